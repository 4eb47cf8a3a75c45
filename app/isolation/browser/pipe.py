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

    async def start(self) -> None:
        """Connects both ends to the running loop."""
        loop = asyncio.get_running_loop()
        self._reader, _ = await loop.connect_read_pipe(
            lambda: _Splitter(self._on_message, self._ended), os.fdopen(self._read_fd, "rb", 0)
        )
        self._writer, _ = await loop.connect_write_pipe(
            asyncio.BaseProtocol, os.fdopen(self._write_fd, "wb", 0)
        )

    def send(self, message: Message) -> None:
        """Queues a message; after the end it is dropped silently, `on_end` has told."""
        if self._writer is not None and not self._writer.is_closing():
            self._writer.write(json.dumps(message, ensure_ascii=False).encode() + b"\0")

    def close(self) -> None:
        """Ends the pipe, which makes the browser close itself cleanly."""
        for transport in (self._writer, self._reader):
            if transport is not None:
                transport.close()

    def _ended(self) -> None:
        if self._writer is not None:
            self._writer.close()
        self._on_end()


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
