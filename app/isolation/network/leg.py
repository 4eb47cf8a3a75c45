"""One end of a connection: read with waiting at first, then pumped straight into another leg."""
# ruff: noqa: SLF001 - two legs are two objects of one class, and know each other

from __future__ import annotations

import asyncio
import contextlib
import re
import ssl
from collections.abc import Callable
from typing import cast

_READ_BYTES = 256 * 1024
_WRITE_HIGH_BYTES = 256 * 1024
_INBOX_BYTES = 128 * 1024
_HEAD_END = re.compile(rb"\r?\n\r?\n")


class Ended(ConnectionError):
    """The other side closed before it had sent what was waited for."""


class TooLong(ConnectionError):
    """A head is longer than its limit."""


class Scratch:
    """One read buffer for all legs of a loop: each read is handed on before the next one starts."""

    __slots__ = ("view",)

    def __init__(self) -> None:
        self.view = memoryview(bytearray(_READ_BYTES))

    def renew(self) -> None:
        """A transport kept a slice to send it later, so the memory is its own from now on."""
        self.view = memoryview(bytearray(_READ_BYTES))


class Leg(asyncio.BufferedProtocol):
    """A connection's end. The same protocol object stays from first byte to last: none is lost on the way.

    Threads: the loop's only.
    """

    def __init__(
        self,
        scratch: Scratch,
        *,
        made: Callable[[Leg], None] | None = None,
        lost: Callable[[Leg], None] | None = None,
    ) -> None:
        self.transport: asyncio.Transport = cast(asyncio.Transport, None)
        self.is_lost = False
        self.on_lost = lost
        self._scratch = scratch
        self._made = made
        self._is_tls = False
        self._inbox = bytearray()
        self._waiter: asyncio.Future[None] | None = None
        self._has_ended = False
        self._is_held = False
        self._peer: Leg | None = None
        self._sink: Leg | None = None
        self._left = -1

    # --- reading with waiting ---

    async def read_head(self, limit: int) -> bytes:
        """Everything up to and with the first empty line. Raises Ended or TooLong."""
        while True:
            if (found := _HEAD_END.search(self._inbox)) is not None and found.end() <= limit:
                return self._take(found.end())
            if len(self._inbox) >= limit:
                raise TooLong
            await self._more()

    async def read_exactly(self, size: int) -> bytes:
        """This many bytes. Raises Ended."""
        while len(self._inbox) < size:
            await self._more()
        return self._take(size)

    async def read_some(self) -> bytes:
        """What has arrived, at least one byte; empty at the end."""
        if not self._inbox:
            try:
                await self._more()
            except Ended:
                return b""
        return self._take(len(self._inbox))

    async def gone(self) -> None:
        """Waits until the other side has closed or the connection is lost."""
        while not (self.is_lost or self._has_ended):
            await self._wait()

    def write(self, content: bytes) -> None:
        """Sends; never waits."""
        if not self.transport.is_closing():
            self.transport.write(content)

    def end(self) -> None:
        """Says that nothing more will be sent, where the transport can."""
        if not self.transport.is_closing() and self.transport.can_write_eof():
            with contextlib.suppress(OSError):  # a socket that was reset meanwhile; its loss is told next
                self.transport.write_eof()

    def close(self) -> None:
        """Closes after what was written has gone out."""
        if not self.transport.is_closing():  # a TLS transport that is closed twice forgets how to answer
            self.transport.close()

    def abort(self) -> None:
        """Closes at once; the other side sees a broken connection."""
        self.transport.abort()

    async def start_tls(self, context: ssl.SSLContext, name: str) -> None:
        """Speaks TLS from here on. Raises ssl.SSLError or ConnectionError."""
        loop = asyncio.get_running_loop()
        transport = await loop.start_tls(self.transport, self, context, server_hostname=name)
        if transport is None:
            raise Ended
        self.transport, self._is_tls = transport, True

    # --- pumping ---

    def pair(self, other: Leg) -> None:
        """From now on each leg ends with the other."""
        self._peer, other._peer = other, self
        for leg in (self, other):
            if leg.is_lost:
                leg._end_peer(None)

    def unpair(self) -> None:
        """The legs no longer end with each other, and nothing goes from one to the other."""
        if self._peer is not None:
            self._peer._sink = self._peer._peer = None
        self._sink = self._peer = None

    def pump_to(self, sink: Leg, limit: int = -1) -> None:
        """Everything that arrives, or only `limit` bytes of it, goes to `sink`; what is over is dropped."""
        self._sink, self._left = sink, limit
        waiting, self._inbox = self._inbox, bytearray()
        self._release()
        if waiting:
            self._forward(memoryview(waiting))
        if self._has_ended:
            self._pass_end()

    def discard(self) -> None:
        """Everything that arrives is dropped."""
        self._sink, self._left = self, 0
        self._inbox = bytearray()
        self._release()

    # --- asyncio ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self._is_tls = transport.get_extra_info("sslcontext") is not None
        self.transport.set_write_buffer_limits(high=_WRITE_HIGH_BYTES)
        if self._made is not None:
            self._made(self)

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 - asyncio's name
        return self._scratch.view

    def buffer_updated(self, nbytes: int) -> None:
        if self._sink is not None:
            if self._left < 0:  # the fast path: no copy, no check, no task
                transport = self._sink.transport
                if transport.is_closing():
                    return
                transport.write(self._scratch.view[:nbytes])
                if transport.get_write_buffer_size():
                    self._scratch.renew()
            elif self._left:
                self._forward(memoryview(bytes(self._scratch.view[:nbytes])))
            return
        self._inbox += self._scratch.view[:nbytes]
        if len(self._inbox) > _INBOX_BYTES:
            self._hold()
        self._wake()

    def eof_received(self) -> bool:
        self._has_ended = True
        self._wake()
        if self._sink is not None:
            self._pass_end()
        return not self._is_tls

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_lost = True
        self._wake()
        self._end_peer(exc)
        if self.on_lost is not None:
            self.on_lost(self)

    def pause_writing(self) -> None:
        if self._peer is not None:
            self._peer._hold()

    def resume_writing(self) -> None:
        if self._peer is not None:
            self._peer._release()

    # --- private ---

    def _forward(self, content: memoryview) -> None:
        if self._left >= 0:
            content = content[: self._left]
            self._left -= len(content)
        if self._sink is not None and len(content) and not self._sink.transport.is_closing():
            self._sink.transport.write(content)

    def _pass_end(self) -> None:
        peer = self._peer
        if peer is None:
            return
        if self._left >= 0 or peer._has_ended or not peer.transport.can_write_eof():
            peer.close()
            self.close()
        else:
            peer.end()

    def _end_peer(self, error: Exception | None) -> None:
        peer = self._peer
        if peer is not None and not peer.is_lost:
            peer.abort() if error is not None else peer.close()

    def _hold(self) -> None:
        if not self._is_held and not self.is_lost and not self.transport.is_closing():
            self._is_held = True
            self.transport.pause_reading()

    def _release(self) -> None:
        if self._is_held and not self.is_lost and not self.transport.is_closing():
            self._is_held = False
            self.transport.resume_reading()

    def _take(self, size: int) -> bytes:
        taken = bytes(self._inbox[:size])
        del self._inbox[:size]
        if len(self._inbox) <= _INBOX_BYTES:
            self._release()
        return taken

    async def _more(self) -> None:
        if self.is_lost or self._has_ended:
            raise Ended
        await self._wait()

    async def _wait(self) -> None:
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
