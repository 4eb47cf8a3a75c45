"""A channel of an SSH connection in the shape of an asyncio transport, so that a leg can end in it."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import asyncssh


class ChannelTransport(asyncio.Transport):
    """What a leg, or TLS on top of it, writes to and is fed by. Threads: the loop's only."""

    # What asyncio.start_tls asks of a transport before it puts TLS on top.
    _start_tls_compatible = True

    def __init__(self, channel: asyncssh.SSHTCPChannel[bytes], protocol: asyncio.BufferedProtocol) -> None:
        super().__init__()
        self._channel = channel
        self._protocol = protocol
        self._is_closing = False
        self._has_ended = False
        self._is_lost = False

    # --- what the leg does ---

    def write(self, data: bytes | bytearray | memoryview) -> None:
        # After our own end a channel refuses more, where a socket would only drop it.
        if len(data) and not self._channel.is_closing():
            self._channel.write(cast(bytes, data))  # it takes a copy

    def write_eof(self) -> None:
        self._channel.write_eof()

    def can_write_eof(self) -> bool:
        return True

    def close(self) -> None:
        if not self._is_closing:
            self._is_closing = True
            self._channel.close()

    def abort(self) -> None:
        self._is_closing = True
        self._channel.abort()
        # The server's own goodbye may never come.
        asyncio.get_running_loop().call_soon(self.lose, None)

    def is_closing(self) -> bool:
        return self._is_closing

    def pause_reading(self) -> None:
        self._channel.pause_reading()

    def resume_reading(self) -> None:
        self._channel.resume_reading()

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        self._channel.set_write_buffer_limits(high, low)

    def get_write_buffer_size(self) -> int:
        return self._channel.get_write_buffer_size()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return default if name in ("socket", "sslcontext") else self._channel.get_extra_info(name, default)

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self._protocol = cast(asyncio.BufferedProtocol, protocol)

    def get_protocol(self) -> asyncio.BaseProtocol:
        return self._protocol

    def _force_close(self, _error: BaseException | None) -> None:  # asyncio's TLS calls it
        self.abort()

    # --- what the channel does ---

    def feed(self, data: bytes) -> None:
        """Bytes from the far side."""
        left = memoryview(data)
        while left and not self._is_lost:
            room = memoryview(self._protocol.get_buffer(len(left)))
            count = min(len(room), len(left))
            room[:count] = left[:count]
            self._protocol.buffer_updated(count)
            left = left[count:]

    def end(self) -> bool:
        """The far side has said everything; whether our side may still speak."""
        self._has_ended = True
        return bool(self._protocol.eof_received())

    def hold(self) -> None:
        """The channel's window is full."""
        self._protocol.pause_writing()

    def go_on(self) -> None:
        """The channel's window has room again."""
        self._protocol.resume_writing()

    def lose(self, error: Exception | None) -> None:
        """The channel is gone. Without a proper end, what came so far may be half of it."""
        if self._is_lost:
            return
        self._is_lost = True
        if error is None and not (self._has_ended or self._is_closing):
            error = ConnectionResetError()
        self._is_closing = True
        self._protocol.connection_lost(error)


class ChannelSession(asyncssh.SSHTCPSession[bytes]):
    """What asyncssh calls for one channel."""

    def __init__(self, protocol: asyncio.BufferedProtocol) -> None:
        self._protocol = protocol
        self.transport = cast(ChannelTransport, None)

    def connection_made(self, chan: asyncssh.SSHTCPChannel[bytes]) -> None:
        self.transport = ChannelTransport(chan, self._protocol)
        self._protocol.connection_made(self.transport)

    def data_received(self, data: bytes, datatype: asyncssh.DataType) -> None:  # noqa: ARG002 - asyncssh's name
        self.transport.feed(data)

    def eof_received(self) -> bool:
        return self.transport.end()

    def pause_writing(self) -> None:
        self.transport.hold()

    def resume_writing(self) -> None:
        self.transport.go_on()

    def connection_lost(self, exc: Exception | None) -> None:
        self.transport.lose(exc)
