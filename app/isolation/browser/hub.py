"""Our DevTools client on a window's private pipe: arms every target, and lets others attach through it.

The hub never sends Runtime.enable: a page could notice it.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from app.isolation.browser.arming import Armed, Arming, Command, Session
from app.isolation.browser.pipe import CdpPipe, Message
from app.isolation.browser.problems import EngineGone
from app.kernel.errors import Problem
from app.kernel.text import say

_log = logging.getLogger("berth.hub")
_COMMAND_TIMEOUT_S = 15.0
_SESSION_TIMEOUT_S = 5.0
_READ_LIMIT_S = 10.0
_READ_PAUSE_S = 0.02
# Every target waits until it is armed, also where there is nothing to say to it: attached without waiting,
# Chromium 156 never comes back from window.open() (measured; a page that opens a popup stood still).
_ATTACH: Message = {"autoAttach": True, "waitForDebuggerOnStart": True, "flatten": True}
# Minimised where there is a window manager, beyond every screen where there is none.
_OUT_OF_SIGHT = {
    "newWindow": True,
    "background": True,
    "windowState": "minimized",
    "left": -5000,
    "top": -5000,
    "width": 100,
    "height": 100,
}
_UNKNOWN_SESSION = -32001
_INVALID_REQUEST = -32600
_REFUSED = -32000
# What no client may ask for: the window's end, and whatever leads past the relay or past this list.
_CLOSES = "Berth closes this window."
_PAST_RELAY = "Berth keeps this window on its own network path."
_PAST_HUB = "Berth does not hand the protocol on."
_NOT_FOR_CLIENTS = {
    "Browser.close": _CLOSES,
    "Browser.crash": _CLOSES,
    "Browser.crashGpuProcess": _CLOSES,
    "Target.setRemoteLocations": _PAST_RELAY,
    "Tethering.bind": _PAST_RELAY,
    "Extensions.loadUnpacked": _PAST_RELAY,
    "Target.sendMessageToTarget": _PAST_HUB,
    "Target.exposeDevToolsProtocol": _PAST_HUB,
}


class CommandFailed(Problem):
    """The browser refused one of our own commands."""

    def __init__(self, method: str, code: int) -> None:
        super().__init__(
            say("The browser refused {method} (code {code}).", method=method, code=code),
            say("Update the browser, and tell us its version if this stays."),
        )


class Follower(Protocol):
    """Somebody of ours who wants to know of the hub's own sessions with pages and frames."""

    def armed(self, session: str, kind: str) -> None:
        """A session has begun; what is sent now comes before the target's first script."""

    def told(self, session: str, method: str, params: Message) -> None:
        """An event of a session."""

    def gone(self, session: str) -> None:
        """A session has ended."""


@dataclass(slots=True)
class Target:
    """A page the window shows, as the browser last described it."""

    id: str
    url: str
    title: str
    context: str


@dataclass(slots=True, eq=False)
class Client:
    """Somebody attached through the hub: a browser session of its own and the sessions below it.

    `discreet` clients create their windows minimised, behind everything else.
    """

    deliver: Callable[[Message], None]
    discreet: bool
    root: str = ""
    sessions: set[str] = field(default_factory=set)
    contexts: set[str] = field(default_factory=set)


class Hub:
    """Owns the pipe. One hub a window; its own session is the root one."""

    def __init__(self, write_fd: int, read_fd: int, arming: Arming) -> None:
        self._pipe = CdpPipe(write_fd, read_fd, self._on_message, self._on_end)
        self._arming = arming
        self._ids = itertools.count(1)
        self._waiting: dict[int, tuple[str, asyncio.Future[Any]]] = {}
        self._relayed: dict[int, tuple[Client, int]] = {}
        self._clients: set[Client] = set()
        self._armed = Armed(arming)
        self._sessions: dict[str, str] = {}
        self._parents: dict[str, str] = {}
        self._hidden_contexts: set[str] = set()
        self._left_contexts: set[str] = set()
        self.followers: list[Follower] = []
        self.pages: dict[str, Target] = {}
        self.page_changed = asyncio.Event()
        self.ended = asyncio.Event()

    async def start(self) -> Message:
        """Connects, starts watching and arming targets, and returns the browser's version answer.

        Raises EngineGone.
        """
        await self._pipe.start()
        version: Message = await self.command("Browser.getVersion")
        await self.command("Target.setDiscoverTargets", discover=True)
        await self.command("Target.setAutoAttach", **_ATTACH)
        return version

    async def command(self, method: str, session: str = "", **params: Any) -> Any:
        """Sends one command of our own and returns its result.

        Raises CommandFailed or EngineGone.
        """
        return await self.ask(method, session, params, _COMMAND_TIMEOUT_S)

    async def ask(self, method: str, session: str, params: Message, limit_s: float | None) -> Any:
        """The same with a time limit of one's own; None waits as long as the browser lives."""
        future = self.begin(method, session, params)
        try:
            return await asyncio.wait_for(future, limit_s)
        except TimeoutError:
            raise EngineGone from None

    def begin(self, method: str, session: str, params: Message) -> asyncio.Future[Any]:
        """Sends a command at once; its result comes by itself, or CommandFailed or EngineGone.

        Raises EngineGone.
        """
        if self.ended.is_set():
            raise EngineGone
        number = next(self._ids)
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        future.add_done_callback(lambda _done: self._waiting.pop(number, None))
        self._waiting[number] = (method, future)
        self._send(number, method, params, session)
        return future

    def close(self) -> None:
        """Ends the pipe; the browser closes itself."""
        self._pipe.close()

    async def attach(self, deliver: Callable[[Message], None], *, discreet: bool = False) -> Client:
        """Lets somebody in with a browser session of its own. Raises EngineGone."""
        client = Client(deliver, discreet)
        answer = await self.command("Target.attachToBrowserTarget")
        client.root = answer["sessionId"]
        client.sessions.add(client.root)
        self._clients.add(client)
        return client

    async def detach(self, client: Client) -> None:
        """Sends a client away at once, with every session it had; nothing of it reaches a page any more.

        Raises CommandFailed or EngineGone when it may still be attached.
        """
        if client not in self._clients:
            return
        self._clients.discard(client)
        self._relayed = {key: value for key, value in self._relayed.items() if value[0] is not client}
        self._left_contexts |= client.contexts
        if not self.ended.is_set():
            await self.command("Target.detachFromTarget", sessionId=client.root)
            self._arm_anew()

    async def detach_all(self) -> None:
        """Sends every client away at once."""
        for client in tuple(self._clients):
            await self.detach(client)

    async def clear_away(self) -> None:
        """Removes the contexts, and the windows in them, of clients that have left."""
        contexts, self._left_contexts = self._left_contexts, set()
        for context in contexts:
            with contextlib.suppress(Problem):
                await self.command("Target.disposeBrowserContext", browserContextId=context)

    async def read_hidden(self, url: str, expression: str) -> Any:
        """Opens a page that no tab shows, in the profile itself, and returns what an expression gives there.

        For pages of Berth's and the browser's own, never a store's. The browser only makes such a page while
        it has another one. It keeps no history and brings no tabs back. None when nothing came in time.
        Raises CommandFailed or EngineGone.
        """
        loop = asyncio.get_running_loop()
        ends = loop.time() + _READ_LIMIT_S
        target = await self._make_hidden(url, ends)
        try:
            session = (await self.command("Target.attachToTarget", targetId=target, flatten=True))[
                "sessionId"
            ]
            while loop.time() < ends:
                answer = await self.command(
                    "Runtime.evaluate", session, expression=expression, awaitPromise=True, returnByValue=True
                )
                value = answer.get("result", {}).get("value")
                if value is not None and "exceptionDetails" not in answer:
                    return value
                await asyncio.sleep(_READ_PAUSE_S)
            return None
        finally:
            await self.command("Target.closeTarget", targetId=target)

    async def _make_hidden(self, url: str, ends: float) -> str:
        """A hidden page, as soon as the browser has any other page."""
        while asyncio.get_running_loop().time() < ends:
            with contextlib.suppress(CommandFailed):
                made = await self.command("Target.createTarget", url=url, hidden=True, background=True)
                return str(made["targetId"])
            await asyncio.sleep(_READ_PAUSE_S)
        raise EngineGone

    async def read_titles(self) -> None:
        """Brings the titles of the pages up to date: the browser tells of a new one only when it is asked.

        Raises CommandFailed or EngineGone.
        """
        for info in (await self.command("Target.getTargets"))["targetInfos"]:
            page = self.pages.get(info["targetId"])
            if page is not None and page.title != info["title"]:
                self._note(info)

    def is_attached(self, page: str) -> bool:
        """Whether the hub has a session with a page: not with a tab that has not been loaded yet."""
        return page in self._sessions

    async def session_of(self, page: str) -> str:
        """The hub's own session with a page, which may come a moment after the page itself.

        Raises EngineGone when the page has gone.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_SESSION_TIMEOUT_S):
                while page not in self._sessions and not self.ended.is_set():
                    self.page_changed.clear()
                    await self.page_changed.wait()
        if page not in self._sessions:
            raise EngineGone
        return self._sessions[page]

    def receive(self, client: Client, message: object) -> None:
        """Passes a client's message on to the browser; nonsense is answered with an error.

        Raises ValueError for what cannot be sent at all.
        """
        if client not in self._clients:
            return
        if not isinstance(message, dict) or not _is_request(message):
            client.deliver(_error(None, _INVALID_REQUEST, "not a request"))
            return
        session = message.get("sessionId", client.root)
        method, params = message["method"], dict(message.get("params", {}))
        if session not in client.sessions:
            client.deliver(_error(message, _UNKNOWN_SESSION, "Session with given id not found."))
        elif why := _refusal(method, params):
            client.deliver(_error(message, _REFUSED, why))
        else:
            if method == "Target.createTarget" and client.discreet:
                params.update(_OUT_OF_SIGHT)
            number = next(self._ids)
            self._relayed[number] = (client, message["id"])
            self._send(number, method, params, session)

    async def sent(self) -> None:
        """Returns when the browser has taken most of what was sent to it."""
        await self._pipe.sent()

    def _send(self, number: int, method: str, params: Message, session: str) -> None:
        message: Message = {"id": number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        self._pipe.send(message)

    def _on_message(self, message: Message) -> None:
        if "id" in message:
            self._on_answer(message)
            return
        if "method" not in message:
            return  # the browser's answer to something that it could not read
        session = message.get("sessionId", "")
        owner = next((client for client in self._clients if session in client.sessions), None)
        if owner is not None:
            self._to_client(owner, message)
        else:
            self._on_own_event(message)

    def _on_answer(self, message: Message) -> None:
        number = message["id"]
        if number in self._relayed:
            client, original = self._relayed.pop(number)
            context = message.get("result", {}).get("browserContextId")
            if context:
                client.contexts.add(context)
                self._hidden_contexts.add(context)
            client.deliver(_without_root({**message, "id": original}, client))
        elif number in self._waiting:
            method, future = self._waiting[number]
            if future.done():
                return
            if "error" in message:
                future.set_exception(CommandFailed(method, int(message["error"].get("code", 0))))
            else:
                future.set_result(message.get("result", {}))

    def _to_client(self, client: Client, message: Message) -> None:
        params = message.get("params", {})
        if message["method"] == "Target.attachedToTarget":
            client.sessions.add(params["sessionId"])
        elif message["method"] == "Target.detachedFromTarget":
            client.sessions.discard(params["sessionId"])
        client.deliver(_without_root(message, client))

    def _on_own_event(self, message: Message) -> None:
        params = message.get("params", {})
        match message["method"]:
            case "Target.attachedToTarget":
                self._parents[params["sessionId"]] = message.get("sessionId", "")
                self._arm(params, message.get("sessionId", ""))
            case "Target.detachedFromTarget":
                self._parents.pop(params["sessionId"], None)
                for follower in self.followers:
                    follower.gone(params["sessionId"])
                self._tell_all(self._armed.remove(params["sessionId"]))
            case "Target.targetCreated" | "Target.targetInfoChanged":
                self._note(params["targetInfo"])
            case "Target.targetDestroyed":
                self._sessions.pop(params["targetId"], None)
                if self.pages.pop(params["targetId"], None) is not None:
                    self.page_changed.set()
            case method:
                for follower in self.followers:
                    follower.told(message.get("sessionId", ""), method, params)

    def _arm(self, params: Message, parent: str) -> None:
        session, info = params["sessionId"], params["targetInfo"]
        if info["type"] == "browser":
            return  # a client's own session: what it attaches to is its affair
        self._sessions[info["targetId"]] = session
        self.page_changed.set()
        # Sent in order and without waiting: the browser runs them before the target's first script.
        self._tell("Target.setAutoAttach", session, _ATTACH)
        for method, values in self._armed.add(session, Session(info["type"], info["targetId"], parent)):
            self._tell(method, session, values)
        for follower in self.followers:
            follower.armed(session, info["type"])
        # Always: a popup, and its opener with it, may wait without saying so (Chromium 156).
        self._tell("Runtime.runIfWaitingForDebugger", session, {})

    def _tell_all(self, commands: Sequence[tuple[str, Command]]) -> None:
        for session, (method, values) in commands:
            self._tell(method, session, values)

    def _arm_anew(self) -> None:
        # A client that goes takes its overrides with it, and with them ours of the same kind.
        self._tell_all(self._armed.anew())

    def sessions(self) -> list[tuple[str, str, str]]:
        """The hub's own sessions: each with its target and that one's kind."""
        return [
            (session, target, kind)
            for target, session in self._sessions.items()
            if (kind := self._armed.kind_of(session))
        ]

    def page_of(self, session: str) -> str:
        """The page whose frame a session is for; empty where it is of no page that the window shows."""
        while parent := self._parents.get(session, ""):
            session = parent
        return next((page for page in self.pages if self._sessions.get(page) == session), "")

    def _tell(self, method: str, session: str, params: Message) -> None:
        self._send(next(self._ids), method, params, session)

    def _note(self, info: Message) -> None:
        context = info.get("browserContextId", "")
        if info["type"] != "page" or context in self._hidden_contexts:
            return
        self.pages[info["targetId"]] = Target(info["targetId"], info["url"], info["title"], context)
        self.page_changed.set()

    def _on_end(self) -> None:
        self.ended.set()
        self.page_changed.set()
        for _, future in tuple(self._waiting.values()):
            if not future.done():
                future.set_exception(EngineGone())
        for client in tuple(self._clients):
            client.deliver({"method": "Inspector.detached", "params": {"reason": "Berth closed the window"}})


def _is_request(message: Message) -> bool:
    return (
        isinstance(message.get("id"), int)
        and isinstance(message.get("method"), str)
        and isinstance(message.get("params", {}), dict)
        and isinstance(message.get("sessionId", ""), str)
    )


def _refusal(method: str, params: Message) -> str:
    """Why a client may not ask for this; empty where it may."""
    if method == "Target.createBrowserContext" and (
        params.get("proxyServer") or params.get("proxyBypassList")
    ):
        return _PAST_RELAY
    return _NOT_FOR_CLIENTS.get(method, "")


def _without_root(message: Message, client: Client) -> Message:
    if message.get("sessionId") == client.root:
        return {key: value for key, value in message.items() if key != "sessionId"}
    return message


def _error(request: Message | None, code: int, text: str) -> Message:
    answer: Message = {"id": request["id"] if request else None, "error": {"code": code, "message": text}}
    if request and "sessionId" in request:
        answer["sessionId"] = request["sessionId"]
    return answer
