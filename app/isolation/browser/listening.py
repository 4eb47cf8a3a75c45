"""Listens for shortcuts in the pages of a window, before the page and without a trace for it.

A listener in the capture phase lives in an isolated world of every frame, installed before the page's first
script. What it hears comes out as the value of a promise that is waited for; Runtime.enable is never sent.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from app.isolation.browser.acting import WORLD
from app.isolation.browser.hub import Hub
from app.isolation.browser.pipe import Message
from app.kernel.errors import Problem, UsageProblem
from app.kernel.text import echoed, say

_KINDS = frozenset({"page", "iframe"})
_MODIFIERS = ("ctrl", "alt", "shift", "meta")
_SPELLINGS = {"control": "ctrl", "cmd": "meta", "command": "meta", "win": "meta", "option": "alt"}
_NAMED = frozenset({"enter", "tab", "escape", "space", "insert", "home", "end", "pageup", "pagedown"})
_LATER = {"space": " "}

# It may run again in the same document, which changes the keys, and puts the listeners back where a page that
# wrote itself anew (document.open) took them away; the same one twice is one.
_LISTEN = """((shortcuts) => {
  const ours = globalThis.berthKeys ??= { waiting: [], wake: null, held: new Set() };
  ours.shortcuts = shortcuts;
  ours.next ??= () => new Promise((done) => {
    ours.wake?.('');
    ours.wake = null;
    if (ours.waiting.length) done(ours.waiting.shift()); else ours.wake = done;
  });
  const key = (event) => {
    const physical = /^(Key|Digit)(.)$/.exec(event.code);
    return [event.key.toLowerCase(), physical ? physical[2].toLowerCase() : ''];
  };
  const found = (event) => event.isComposing || event.getModifierState('AltGraph') ? null
    : ours.shortcuts.find((one) => one.ctrl === event.ctrlKey && one.alt === event.altKey
      && one.shift === event.shiftKey && one.meta === event.metaKey && key(event).includes(one.key));
  const stop = (event) => { event.preventDefault(); event.stopImmediatePropagation(); };
  ours.down ??= (event) => {
    const one = event.isTrusted ? found(event) : null;
    if (!one) return;
    if (one.stops) { stop(event); ours.held.add(event.code); }
    if (event.repeat) return;
    const wake = ours.wake;
    ours.wake = null;
    if (wake) wake(one.id); else ours.waiting.push(one.id);
  };
  ours.up ??= (event) => { if (event.isTrusted && ours.held.delete(event.code)) stop(event); };
  addEventListener('keydown', ours.down, true);
  addEventListener('keyup', ours.up, true);
})"""
_NEXT = "globalThis.berthKeys.next()"


class ShortcutWrong(UsageProblem):
    """This is no combination of keys."""

    def __init__(self, written: str) -> None:
        super().__init__(
            say("{keys} is no combination of keys that a page can be listened to for.", keys=echoed(written)),
            say("Write it like Ctrl+Shift+K or Alt+Enter."),
        )


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A combination of keys. `stops` keeps it from the page and from the browser's own use of it there."""

    id: str
    key: str
    ctrl: bool = False
    alt: bool = False
    shift: bool = False
    meta: bool = False
    stops: bool = True


def shortcut(identifier: str, written: str, *, stops: bool = True) -> Shortcut:
    """A combination as people write it, such as Ctrl+Shift+K. Raises ShortcutWrong.

    A letter or digit needs Ctrl, Alt or Meta: it would be typed otherwise.
    """
    *before, last = (part.strip().lower() for part in written.split("+"))
    names = [_SPELLINGS.get(part, part) for part in before]
    is_typed = len(last) == 1 or last == "space"
    is_known = (
        is_typed or last in _NAMED or (last[:1] == "f" and last[1:].isdigit() and 1 <= int(last[1:]) <= 24)
    )
    has_hold = bool({"ctrl", "alt", "meta"} & set(names))
    if (
        not is_known
        or set(names) - set(_MODIFIERS)
        or len(names) != len(set(names))
        or (is_typed and not has_hold)
    ):
        raise ShortcutWrong(written)
    held = {name: name in names for name in _MODIFIERS}
    return Shortcut(identifier, _LATER.get(last, last), **held, stops=stops)


def shortcut_plain(one: Shortcut) -> Message:
    """A shortcut for the channel."""
    return asdict(one)


def shortcut_from(raw: Message) -> Shortcut:
    """The shortcut that `shortcut_plain` wrote."""
    return Shortcut(**raw)


class Listening:
    """Follows every frame of a window; `heard` is called with the page's id and the shortcut's."""

    def __init__(self, hub: Hub, heard: Callable[[str, str], None]) -> None:
        self._hub = hub
        self._heard = heard
        self._source = ""
        self._sessions: set[str] = set()
        self._scripts: dict[str, str] = {}
        self._frames: dict[tuple[str, str], set[asyncio.Task[None]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def listen(self, shortcuts: Sequence[Shortcut]) -> None:
        """Listens for these from now on, in place of those before. Raises EngineGone."""
        wanted = json.dumps([shortcut_plain(one) for one in shortcuts])
        self._source = f"{_LISTEN}({wanted})"
        if self not in self._hub.followers:
            self._hub.followers.append(self)
        for session, _, kind in self._hub.sessions():
            if kind in _KINDS:
                self._install(session)
        await self._settled()

    async def _settled(self) -> None:
        """Returns when every script that was sent is there."""
        if self._tasks:
            await asyncio.wait(tuple(self._tasks))

    async def end(self) -> None:
        """Follows nothing any more."""
        if self in self._hub.followers:
            self._hub.followers.remove(self)
        tasks = [*itertools.chain.from_iterable(self._frames.values()), *self._tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def armed(self, session: str, kind: str) -> None:
        if kind in _KINDS:
            with contextlib.suppress(Problem):
                self._install(session)

    def told(self, session: str, method: str, params: Message) -> None:
        if session not in self._sessions:
            return
        match method:
            case "Page.frameNavigated" if params["frame"].get("id"):
                self._follow(session, params["frame"]["id"])
            case "Page.frameAttached" | "Page.documentOpened":
                frame = params["frameId"] if "frameId" in params else params["frame"]["id"]
                self._follow(session, frame)
            case "Page.frameDetached":
                self._leave(session, params["frameId"])
            case _:
                return

    def gone(self, session: str) -> None:
        self._sessions.discard(session)
        self._scripts.pop(session, None)
        for known, frame in tuple(self._frames):
            if known == session:
                self._leave(known, frame)

    def _install(self, session: str) -> None:
        """The script for what is shown and for what comes; sent at once, before a target's first script.

        Raises EngineGone.
        """
        self._sessions.add(session)
        self._hub.begin("Page.enable", session, {}).add_done_callback(_take_note)
        script = {"source": self._source, "worldName": WORLD, "runImmediately": True}
        made = self._hub.begin("Page.addScriptToEvaluateOnNewDocument", session, script)
        task = asyncio.create_task(self._take_up(session, made))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _take_up(self, session: str, made: asyncio.Future[Any]) -> None:
        """Removes the script before, and waits in each frame that is there already."""
        try:
            number = str((await made)["identifier"])
            before = self._scripts.get(session)
            self._scripts[session] = number
            if before is not None:
                await self._hub.command(
                    "Page.removeScriptToEvaluateOnNewDocument", session, identifier=before
                )
            tree = (await self._hub.command("Page.getFrameTree", session))["frameTree"]
        except Problem:  # it went away meanwhile
            return
        for frame in _frames(tree):
            self._follow(session, frame, again=False)

    def _follow(self, session: str, frame: str, *, again: bool = True) -> None:
        """Waits in a frame. Whoever waits in it already is left: it ends with its document, or gives way."""
        waiting = self._frames.setdefault((session, frame), set())
        if waiting and not again:
            return
        task = asyncio.create_task(self._wait_in(session, frame))
        waiting.add(task)
        task.add_done_callback(waiting.discard)

    def _leave(self, session: str, frame: str) -> None:
        for task in self._frames.pop((session, frame), ()):
            task.cancel()

    async def _wait_in(self, session: str, frame: str) -> None:
        try:
            made = await self._hub.command(
                "Page.createIsolatedWorld", session, frameId=frame, worldName=WORLD
            )
            world = made["executionContextId"]
            # Where the browser has not run it yet, it runs now; a second time it changes nothing.
            await self._hub.command("Runtime.evaluate", session, expression=self._source, contextId=world)
            params = {"expression": _NEXT, "contextId": world, "awaitPromise": True, "returnByValue": True}
            while True:
                answer = await self._hub.ask("Runtime.evaluate", session, params, None)
                pressed = answer.get("result", {}).get("value")
                if not pressed:  # somebody else waits in this document now
                    return
                self._heard(self._hub.page_of(session), str(pressed))
        except Problem:  # the frame went on to another document, or away
            return


def _take_note(done: asyncio.Future[Any]) -> None:
    """Nobody needs the answer, and an error means that the target went away."""
    if not done.cancelled():
        done.exception()


def _frames(tree: dict[str, Any]) -> list[str]:
    return [
        str(tree["frame"]["id"]),
        *(frame for below in tree.get("childFrames", ()) for frame in _frames(below)),
    ]
