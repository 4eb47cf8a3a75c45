"""A hub's door for one client: a WebSocket on loopback with a random port and an unguessable path."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import secrets
from http import HTTPStatus

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from app.isolation.browser.hub import Hub
from app.isolation.browser.pipe import Message
from app.kernel.errors import Problem

_log = logging.getLogger("berth.endpoint")
_LARGEST_MESSAGE = 256 * 1024 * 1024
_NOT_JSON = 1007


class Endpoint:
    """Open only while somebody is meant to attach; lets one client in, and nobody after it.

    A request with any `Origin` (a web page), a wrong `Host` or a wrong path is refused.
    """

    def __init__(self, hub: Hub, *, discreet: bool) -> None:
        self._hub = hub
        self._discreet = discreet
        self._path = "/" + secrets.token_urlsafe(32)
        self._server: Server | None = None
        self._taken = False
        self._connection: ServerConnection | None = None
        self._port = 0

    async def __aenter__(self) -> str:
        """Starts listening and returns the address, which is a secret."""
        self._server = await serve(
            self._serve,
            "127.0.0.1",
            0,
            process_request=self._admit,
            max_size=_LARGEST_MESSAGE,
            compression=None,
            ping_interval=None,
            server_header=None,
            logger=logging.getLogger("berth.endpoint.websockets"),
        )
        self._port = next(iter(self._server.sockets)).getsockname()[1]
        return f"ws://127.0.0.1:{self._port}{self._path}"

    async def __aexit__(self, *_: object) -> None:
        if self._connection is not None:
            await self._connection.close()
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    def _admit(self, connection: ServerConnection, request: Request) -> Response | None:
        right = (
            secrets.compare_digest(request.path.encode(), self._path.encode())
            and request.headers.get_all("Host") == [f"127.0.0.1:{self._port}"]
            and "Origin" not in request.headers
            and not self._taken
        )
        if not right:
            return connection.respond(HTTPStatus.FORBIDDEN, "")
        self._taken = True
        return None

    async def _serve(self, connection: ServerConnection) -> None:
        self._connection = connection
        if self._server is not None:
            self._server.close(close_connections=False)  # the one client is in; nobody else may even knock
        outgoing: asyncio.Queue[Message] = asyncio.Queue()
        try:
            client = await self._hub.attach(outgoing.put_nowait, discreet=self._discreet)
        except Problem:
            return
        writer = asyncio.create_task(_write(connection, outgoing))
        # A browser that has gone answers nothing more; its client must not wait for it for ever.
        closer = asyncio.create_task(_close_at_end(self._hub, connection))
        try:
            async for text in connection:
                self._hub.receive(client, json.loads(text))
        except ValueError:
            await connection.close(_NOT_JSON)
        except ConnectionClosed:
            _log.debug("a client left without saying so")
        finally:
            writer.cancel()
            closer.cancel()
            with contextlib.suppress(Problem):
                await self._hub.detach(client)
                await self._hub.clear_away()


async def _close_at_end(hub: Hub, connection: ServerConnection) -> None:
    await hub.ended.wait()
    await connection.close()


async def _write(connection: ServerConnection, outgoing: asyncio.Queue[Message]) -> None:
    try:
        while True:
            await connection.send(json.dumps(await outgoing.get(), ensure_ascii=False))
    except ConnectionClosed:
        return
