"""A small HTTP/1.1 server for one site, which remembers every connection and request."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import h11

_BODY_LIMIT_BYTES = 1024 * 1024
_IDLE_LIMIT_S = 120.0
_READ_BYTES = 65536


@dataclass(frozen=True, slots=True)
class Request:
    """What arrived at a site, and from which address."""

    host: str
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    source: str

    @property
    def cookies(self) -> dict[str, str]:
        """The cookies that came along."""
        try:
            return {name: item.value for name, item in SimpleCookie(self.headers.get("cookie", "")).items()}
        except CookieError:
            return {}

    @property
    def form(self) -> dict[str, str]:
        """The fields of a posted form."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace")))


@dataclass(frozen=True, slots=True)
class Response:
    """What a site answers."""

    body: bytes = b""
    content_type: str = "text/html; charset=utf-8"
    status: int = 200
    headers: tuple[tuple[str, str], ...] = field(default=())


class Site:
    """One host of the local internet."""

    def __init__(self, name: str, handle: Callable[[Request], Response]) -> None:
        self.name = name
        self.port = 0
        self.requests: list[Request] = []
        self.sources: list[str] = []
        self._handle = handle
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._serving: set[asyncio.Task[None] | None] = set()

    async def start(self, address: str) -> None:
        """Listens on a free port of an address."""
        self._server = await asyncio.start_server(self._serve, address, 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stops listening and drops every connection."""
        if self._server is not None:
            await end(self._server, self._writers, self._serving)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        source: str = writer.get_extra_info("peername")[0]
        self.sources.append(source)
        self._writers.add(writer)
        self._serving.add(asyncio.current_task())
        http = h11.Connection(h11.SERVER)
        try:
            with contextlib.suppress(ConnectionError, TimeoutError, h11.ProtocolError):
                while (request := await self._read(http, reader, source)) is not None:
                    self.requests.append(request)
                    await self._answer(http, writer, self._handle(request))
                    if http.our_state is not h11.DONE or http.their_state is not h11.DONE:
                        break
                    http.start_next_cycle()
        finally:
            await let_go(writer, self._writers)
            self._serving.discard(asyncio.current_task())

    async def _read(self, http: h11.Connection, reader: asyncio.StreamReader, source: str) -> Request | None:
        head: h11.Request | None = None
        body = bytearray()
        while True:
            event: Any = http.next_event()
            if event is h11.NEED_DATA:
                async with asyncio.timeout(_IDLE_LIMIT_S):
                    http.receive_data(await reader.read(_READ_BYTES))
            elif isinstance(event, h11.Request):
                head = event
            elif isinstance(event, h11.Data):
                body += event.data
                if len(body) > _BODY_LIMIT_BYTES:
                    return None
            elif isinstance(event, h11.EndOfMessage) and head is not None:
                return self._request(head, bytes(body), source)
            else:
                return None

    def _request(self, head: h11.Request, body: bytes, source: str) -> Request:
        target = urlsplit(head.target.decode("latin-1"))
        return Request(
            host=self.name,
            method=head.method.decode("ascii"),
            path=target.path or "/",
            query=dict(parse_qsl(target.query)),
            headers={name.decode("latin-1"): value.decode("latin-1") for name, value in head.headers},
            body=body,
            source=source,
        )

    async def _answer(self, http: h11.Connection, writer: asyncio.StreamWriter, response: Response) -> None:
        headers = [
            ("Content-Type", response.content_type),
            ("Content-Length", str(len(response.body))),
            *response.headers,
        ]
        if all(name.lower() != "cache-control" for name, _ in headers):
            headers.append(("Cache-Control", "no-store"))
        reason = HTTPStatus(response.status).phrase
        head = h11.Response(status_code=response.status, headers=headers, reason=reason.encode("ascii"))
        writer.write(http.send(head) or b"")
        writer.write(http.send(h11.Data(data=response.body)) or b"")
        writer.write(http.send(h11.EndOfMessage()) or b"")
        await writer.drain()


async def end(
    server: asyncio.Server, writers: set[asyncio.StreamWriter], serving: set[asyncio.Task[None] | None]
) -> None:
    """Stops listening, breaks every connection, and waits until they have been let go."""
    # WORKAROUND CPython 3.11 to 3.13: a connection accepted in the very turn in which Server.close() is
    # called is never closed. Those that are being accepted take the loop a few turns to be known here.
    for _ in range(5):
        await asyncio.sleep(0)
    server.close()
    for writer in list(writers):
        writer.transport.abort()
    await asyncio.gather(*(task for task in serving if task is not None), return_exceptions=True)


async def let_go(writer: asyncio.StreamWriter, writers: set[asyncio.StreamWriter]) -> None:
    """Closes when everything written has gone out; until then the connection can still be broken."""
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    writers.discard(writer)
