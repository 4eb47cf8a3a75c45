"""The relay of one window: a loopback HTTP proxy, shut until told, that knows no way but its upstream."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import cast

from app.isolation.network.door import Answerer, Door, RelayError, State
from app.isolation.network.leg import Leg, Scratch
from app.isolation.network.passage import HEAD_LIMIT_S, Passage
from app.isolation.network.upstreams import Connector, PinsKeys, connector_for
from app.isolation.plan import Upstream
from app.kernel.clock import Clock, SystemClock

__all__ = ["Relay", "RelayError"]

_log = logging.getLogger("berth.relay")
_BACKLOG = 512
_MOST_CONNECTIONS = 2000
# WORKAROUND CPython 3.11 to 3.13: a connection accepted in the very turn in which Server.close() is called
# is never closed; after a few turns every one of them is known here.
_ACCEPTING_TURNS = 5


class Relay:
    """Takes connections of one engine's processes only, and passes them on only while open.

    Threads: everything on the loop that started it.
    """

    def __init__(
        self,
        upstream: Upstream,
        *,
        allow_private: bool,
        is_ours: Callable[[int], bool],
        connector: Connector | None = None,
        clock: Clock | None = None,
        head_limit_s: float = HEAD_LIMIT_S,
    ) -> None:
        self._is_ours = is_ours
        self._head_limit_s = head_limit_s
        self._scratch = Scratch()
        self._connector = connector or connector_for(
            upstream, allow_private=allow_private, scratch=self._scratch
        )
        self.noted: Callable[[], None] = lambda: None  # called with each new error
        self._door = Door(allow_private, clock or SystemClock(), self._note)
        self._server: asyncio.Server | None = None
        self._passages: dict[Leg, Passage] = {}
        self._is_closed = False
        self._looking = ThreadPoolExecutor(1, "berth-relay-peers")
        self._is_empty = asyncio.Event()
        self._tasks: dict[Leg, asyncio.Task[None]] = {}

    async def start(self, listener: socket.socket | None = None) -> int:
        """Listens on a free loopback port, shut; returns the port.

        `listener` is one that was made elsewhere, in a network of its own; it is the relay's from now on.
        """
        loop = asyncio.get_running_loop()
        where = {"host": "127.0.0.1", "port": 0} if listener is None else {"sock": listener}
        self._server = await loop.create_server(
            lambda: Leg(self._scratch, made=self._on_connection, lost=self._on_lost),
            backlog=_BACKLOG,
            **where,
        )
        return self.port

    @property
    def port(self) -> int:
        """Where it listens; 0 before the start."""
        if self._server is None or not self._server.sockets:
            return 0
        return cast(int, self._server.sockets[0].getsockname()[1])

    def begin_preflight(self, nonce: str, echo_urls: Sequence[str]) -> None:
        """Lets only the echo hosts pass, and answers http://<nonce>.berth.invalid/ itself."""
        self.shut()
        self._door.begin_preflight(nonce, echo_urls)

    def witnessed(self, nonce: str) -> bool:
        """Whether, since `begin_preflight`, that nonce was answered here and an echo connection passed."""
        return self._door.witnessed(nonce)

    def trust(self, host_key: str) -> None:
        """Pins the key that an SSH server has just shown to the probe."""
        if isinstance(self._connector, PinsKeys):
            self._connector.trust(host_key)

    def play_site(self, hosts: Sequence[str], answerer: Answerer) -> None:
        """Is these hosts itself until `end_site`, shut or open; nothing of them goes to the upstream."""
        self._door.play_site(hosts, answerer)

    def end_site(self) -> None:
        """Is nobody's site any more."""
        self._door.play_site((), None)

    @property
    def is_open(self) -> bool:
        """Whether stores can be reached."""
        return self._door.state is State.OPEN

    def open(self) -> None:
        """Everything that is allowed passes from now on."""
        self._door.state = State.OPEN

    def shut(self) -> None:
        """Nothing passes from now on, and every live connection breaks at once."""
        self._door.state = State.SHUT
        self._abort_all()

    def hold(self) -> None:
        """As `shut`, for a window that goes on: pages are told that their exit has gone astray."""
        self._door.state = State.HELD
        self._abort_all()

    async def close(self) -> None:
        """Stops listening and ends every connection."""
        self._door.state = State.SHUT
        self._is_closed = True  # what is just being accepted is dropped as it comes
        for _ in range(_ACCEPTING_TURNS):
            await asyncio.sleep(0)
        if self._server is not None:
            self._server.close()
        tasks = list(self._tasks.values())
        self._abort_all()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._passages:
            await self._is_empty.wait()  # transports tell of their end in the loop's next turns
        if self._server is not None:
            await self._server.wait_closed()
            self._server = None
        await self._connector.close()
        self._looking.shutdown(wait=False)

    @property
    def errors(self) -> tuple[RelayError, ...]:
        """The last hundred things that did not pass, oldest first."""
        return self._door.errors

    @property
    def passed(self) -> int:
        """Connections that reached the upstream so far."""
        return self._door.passed

    @property
    def live(self) -> int:
        """Connections of the browser right now."""
        return len(self._passages)

    def _note(self) -> None:
        self.noted()

    def _on_connection(self, client: Leg) -> None:
        if self._is_closed or len(self._passages) >= _MOST_CONNECTIONS:
            client.abort()
            return
        passage = Passage(client, self._door, self._connector, self._head_limit_s)
        self._passages[client] = passage
        self._is_empty.clear()
        task = asyncio.get_running_loop().create_task(self._serve(client, passage))
        self._tasks[client] = task
        task.add_done_callback(lambda done: self._on_served(client, done))

    async def _serve(self, client: Leg, passage: Passage) -> None:
        peer_port: int = client.transport.get_extra_info("peername")[1]
        # Looking through processes takes milliseconds, which no other window should wait for; and a thread
        # of our own does not wait for anybody's name servers.
        loop = asyncio.get_running_loop()
        if await loop.run_in_executor(self._looking, self._is_ours, peer_port):
            await passage.run()
        else:
            client.abort()

    def _on_served(self, client: Leg, task: asyncio.Task[None]) -> None:
        self._tasks.pop(client, None)
        if not task.cancelled() and (bug := task.exception()) is not None:
            client.abort()
            _log.error("a relay connection failed unexpectedly", exc_info=bug)

    def _on_lost(self, client: Leg) -> None:
        self._passages.pop(client, None)
        if not self._passages:
            self._is_empty.set()
        if (task := self._tasks.get(client)) is not None:
            task.cancel()

    def _abort_all(self) -> None:
        for task in list(self._tasks.values()):
            task.cancel()
        for passage in list(self._passages.values()):
            passage.abort()
