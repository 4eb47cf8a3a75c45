"""Chromium's DevTools protocol over a pair of pipes: JSON messages, each ended by a zero byte."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable
from typing import Any

Message = dict[str, Any]


class CdpPipe:
    """Reads and writes whole messages; `on_message` gets each one, `on_end` comes once when the pipe ends."""

    def __init__(
        self, write_fd: int, read_fd: int, on_message: Callable[[Message], None], on_end: Callable[[], None]
    ) -> None:
        self._write_fd = write_fd
        self._read_fd = read_fd
        self._on_message = on_message
        self._on_end = on_end
        self._writer: asyncio.WriteTransport | None = None
        self._reader: asyncio.ReadTransport | None = None
        self._outlet = _Outlet()

    async def start(self) -> None:
        """Connects both ends to the running loop."""
        loop = asyncio.get_running_loop()
        self._reader, _ = await loop.connect_read_pipe(
            lambda: _Splitter(self._on_message, self._ended), os.fdopen(self._read_fd, "rb", 0)
        )
        self._writer, _ = await loop.connect_write_pipe(
            lambda: self._outlet, os.fdopen(self._write_fd, "wb", 0)
        )

    def send(self, message: Message) -> None:
        """Queues a message; after the end it is dropped silently, `on_end` has told.

        Raises ValueError for one that is no JSON, such as with a number that is none.
        """
        if self._writer is not None and not self._writer.is_closing():
            self._writer.write(encoded(message) + b"\0")

    async def sent(self) -> None:
        """Returns when the browser has taken most of what was queued, or has ended."""
        await self._outlet.open.wait()

    def close(self) -> None:
        """Ends the pipe, which makes the browser close itself cleanly."""
        for transport in (self._writer, self._reader):
            if transport is not None:
                transport.close()

    def _ended(self) -> None:
        if self._writer is not None:
            self._writer.close()
        self._on_end()


def encoded(message: Message) -> bytes:
    """A message as it travels. Half a character, which pages can make, goes as an escape.

    Raises ValueError for a number that is none: Chromium would not say which message it means.
    """
    try:
        return json.dumps(message, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError:
        return json.dumps(message, allow_nan=False).encode()


class _Outlet(asyncio.BaseProtocol):
    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.open.set()

    def pause_writing(self) -> None:
        self.open.clear()

    def resume_writing(self) -> None:
        self.open.set()

    def connection_lost(self, _exc: Exception | None) -> None:
        self.open.set()


class _Splitter(asyncio.Protocol):
    def __init__(self, on_message: Callable[[Message], None], on_end: Callable[[], None]) -> None:
        self._on_message = on_message
        self._on_end = on_end
        self._parts: list[bytes] = []

    def data_received(self, data: bytes) -> None:
        first, *rest = data.split(b"\0")
        self._parts.append(first)
        for part in rest:
            whole = b"".join(self._parts)
            self._parts = [part]
            self._on_message(json.loads(whole))

    def connection_lost(self, _exc: Exception | None) -> None:
        self._on_end()
