"""Speaks to a relay as a browser would, and as a browser never would."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import urlsplit

LIMIT_S = 10.0


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    head: bytes
    body: bytes


class Line:
    """One connection to a relay."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @property
    def port(self) -> int:
        return self.writer.get_extra_info("sockname")[1]

    def send(self, content: bytes) -> None:
        self.writer.write(content)

    async def head(self) -> bytes:
        async with asyncio.timeout(LIMIT_S):
            return await self.reader.readuntil(b"\r\n\r\n")

    async def exactly(self, size: int) -> bytes:
        async with asyncio.timeout(LIMIT_S):
            return await self.reader.readexactly(size)

    async def rest(self) -> bytes:
        """All that comes until the end, also when the end is a broken connection."""
        got = bytearray()
        with contextlib.suppress(ConnectionError):
            async with asyncio.timeout(LIMIT_S):
                while more := await self.reader.read(65536):
                    got += more
        return bytes(got)


@contextlib.asynccontextmanager
async def line(port: int) -> AsyncIterator[Line]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    try:
        yield Line(reader, writer)
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def say(port: int, content: bytes) -> bytes:
    """Everything that a relay answers to some bytes."""
    async with line(port) as one:
        one.send(content)
        return await one.rest()


async def fetch(port: int, url: str, *, method: str = "GET", body: bytes = b"") -> Answer:
    """A plain request in proxy form."""
    length = f"Content-Length: {len(body)}\r\n" if body else ""
    head = f"{method} {url} HTTP/1.1\r\nHost: {urlsplit(url).netloc}\r\n{length}\r\n"
    got = await say(port, head.encode() + body)
    first, _, rest = got.partition(b"\r\n\r\n")
    return Answer(int(first.split()[1]) if first else 0, first, rest)


def connect(url: str) -> bytes:
    """The request for a tunnel to a page's host."""
    place = urlsplit(url).netloc
    return f"CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n\r\n".encode()


def get(url: str, path: str = "/me") -> bytes:
    """A request for within a tunnel."""
    return f"GET {path} HTTP/1.1\r\nHost: {urlsplit(url).netloc}\r\n\r\n".encode()
