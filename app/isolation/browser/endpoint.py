"""A hub's door for a client: a WebSocket on loopback with a random port and an unguessable path."""

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
from websockets.protocol import State

from app.isolation.browser.hub import Client, Hub
from app.isolation.browser.pipe import Message, encoded
from app.kernel.errors import Problem

_log = logging.getLogger("berth.endpoint")
_sockets_log = logging.getLogger("berth.endpoint.websockets")
# Whoever knocks with something that is no handshake is nobody's concern.
_sockets_log.addFilter(lambda record: record.msg != "opening handshake failed")
# Chromium ends its pipe over a message of 100 MiB, and the window with it.
_LARGEST_MESSAGE = 32 * 1024 * 1024
_MOST_UNREAD = 256 * 1024 * 1024  # answers that a client leaves lying
_NOT_JSON = 1007
_LEAVING_S = 5.0  # for a client that has just gone, when the next one is at the door already
_CLOSE_S = 1.0


class Endpoint:
    """One client at a time. A request with any `Origin` (a web page), a wrong `Host` or path is refused.

    `serves_next`: when a client has gone, with everything it had, the next one may come; otherwise the first
    is the only one, and the door closes behind it.
    """

    def __init__(self, hub: Hub, *, discreet: bool, serves_next: bool = False) -> None:
        self._hub = hub
        self._discreet = discreet
        self._serves_next = serves_next
        self._path = "/" + secrets.token_urlsafe(32)
        self._server: Server | None = None
        self._holder: ServerConnection | None = None
        self._is_served = False
        self._free = asyncio.Event()
        self._free.set()
        self._port = 0

    async def start(self) -> str:
        """Starts listening and returns the address, which is a secret."""
        self._server = await serve(
            self._serve,
            "127.0.0.1",
            0,
            process_request=self._admit,
            max_size=_LARGEST_MESSAGE,
            compression=None,
            ping_interval=None,
            close_timeout=_CLOSE_S,
            server_header=None,
            logger=_sockets_log,
        )
        self._port = next(iter(self._server.sockets)).getsockname()[1]
        return f"ws://127.0.0.1:{self._port}{self._path}"

    async def stop(self) -> None:
        """Sends the client away and listens no more."""
        if self._holder is not None:
            await self._holder.close()
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def __aenter__(self) -> str:
        return await self.start()

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def _admit(self, connection: ServerConnection, request: Request) -> Response | None:
        right = (
            secrets.compare_digest(request.path.encode(), self._path.encode())
            and request.headers.get_all("Host") == [f"127.0.0.1:{self._port}"]
            and "Origin" not in request.headers
        )
        if not right:
            return connection.respond(HTTPStatus.FORBIDDEN, "")
        if not await self._is_free():
            return connection.respond(HTTPStatus.CONFLICT, "Another client is attached.\n")
        self._holder = connection
        self._free.clear()
        return None

    async def _is_free(self) -> bool:
        """Whether nobody is in; one who is just leaving, or never came in, is waited for."""
        holder = self._holder
        if holder is not None and holder.state is not State.OPEN:
            if not self._is_served:
                self._let_go()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._free.wait(), _LEAVING_S)
        return self._holder is None

    def _let_go(self) -> None:
        self._holder, self._is_served = None, False
        self._free.set()

    async def _serve(self, connection: ServerConnection) -> None:
        self._is_served = True
        if not self._serves_next and self._server is not None:
            self._server.close(close_connections=False)  # the one client is in; nobody else may even knock
        try:
            await self._attend(connection)
        finally:
            if self._serves_next:
                self._let_go()

    async def _attend(self, connection: ServerConnection) -> None:
        outgoing = _Outgoing(connection)
        try:
            client = await self._hub.attach(outgoing.put, discreet=self._discreet)
        except Problem:
            return
        writer = asyncio.create_task(outgoing.write())
        # A browser that has gone answers nothing more; its client must not wait for it for ever.
        closer = asyncio.create_task(_close_at_end(self._hub, connection))
        try:
            async for text in connection:
                self._hub.receive(client, json.loads(text))
                await self._hub.sent()  # as fast as the browser takes it, and no faster
        except (ValueError, RecursionError):
            await connection.close(_NOT_JSON)
        except ConnectionClosed:
            _log.debug("a client left without saying so")
        finally:
            writer.cancel()
            closer.cancel()
            await self._clear(client)

    async def _clear(self, client: Client) -> None:
        """Nothing of the client stays: no session, no override, no context."""
        with contextlib.suppress(Problem):
            await self._hub.detach(client)
        with contextlib.suppress(Problem):
            await self._hub.clear_away()


class _Outgoing:
    """What a client is told, in order. One that reads nothing is cut off before it fills the memory."""

    def __init__(self, connection: ServerConnection) -> None:
        self._connection = connection
        self._queue: asyncio.Queue[bytes] = asyncio.Queue()
        self._unread = 0

    def put(self, message: Message) -> None:
        """Queues a message for the client."""
        raw = encoded(message)
        self._unread += len(raw)
        if self._unread > _MOST_UNREAD:
            self._connection.transport.abort()
        else:
            self._queue.put_nowait(raw)

    async def write(self) -> None:
        """Sends what is queued until the client has gone."""
        try:
            while True:
                raw = await self._queue.get()
                await self._connection.send(raw, text=True)
                self._unread -= len(raw)
        except ConnectionClosed:
            return


async def _close_at_end(hub: Hub, connection: ServerConnection) -> None:
    await hub.ended.wait()
    await connection.close()
