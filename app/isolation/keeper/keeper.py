"""The keeper's table of windows and what faces may ask of it. Threads: its one loop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence

from app.isolation.browser import acting
from app.isolation.browser.cookie_jar import empty_jar, fill_jar, read_jar
from app.isolation.browser.inserting import insert_text
from app.isolation.browser.listening import shortcut_from
from app.isolation.browser.looking import Eyes
from app.isolation.browser.placing import Area, place, screen_of
from app.isolation.browser.raising import bring_to_front, seen_page
from app.isolation.checks import Preflight
from app.isolation.cookie import belongs_to
from app.isolation.keeper import crash_notes
from app.isolation.keeper.arranging import grid
from app.isolation.keeper.describing import describe, describe_opening
from app.isolation.keeper.guarding import Guard, follow_machine
from app.isolation.keeper.hearing import Hearing
from app.isolation.keeper.idleness import is_in_use
from app.isolation.keeper.inspecting import Inspection, inspect_closed, inspect_open
from app.isolation.keeper.messages import (
    PROTOCOL_VERSION,
    Plain,
    RequestWrong,
    checks_plain,
    cookie_from,
    cookie_plain,
    preflight_plain,
)
from app.isolation.keeper.news import News
from app.isolation.keeper.opening import Blocked, Prepared, launch, prepare
from app.isolation.keeper.problems import (
    CannotPlace,
    CheckRunning,
    NotOpen,
    NotPrepared,
    PageMissing,
    TabMissing,
    WindowBusy,
)
from app.isolation.keeper.window import Reason, RunningWindow, State
from app.isolation.plan import Fingerprint, LaunchPlan, fingerprint_from
from app.kernel.clock import Clock

_log = logging.getLogger("berth.keeper")
_OPENING_LIMIT_S = 60.0
_TITLES_S = 1.5


class Keeper:
    """Owns every running window. It knows launch plans, and no vault."""

    def __init__(self, clock: Clock, remember: Callable[[Sequence[LaunchPlan]], None] | None = None) -> None:
        self._clock = clock
        self._remember = remember or _nothing
        self._left: dict[str, LaunchPlan] = {}
        self._eyes = Eyes()
        self._windows: dict[str, RunningWindow] = {}
        self._prepared: dict[str, Prepared] = {}
        self._opening: dict[str, LaunchPlan] = {}
        self._warming: set[asyncio.Task[None]] = set()
        self._guards: dict[str, Guard] = {}
        self._following: asyncio.Task[None] | None = None
        self._titles_at = 0.0
        self._checking: set[str] = set()
        self._news = News(self._seen)
        self._heard = Hearing()
        self.changed = asyncio.Event()

    @property
    def is_idle(self) -> bool:
        """Whether nothing is open or being opened."""
        return not (self._windows or self._prepared or self._opening)

    async def stop(self) -> None:
        """Closes every window cleanly and ends."""
        async with asyncio.TaskGroup() as group:
            for window in tuple(self._windows.values()):
                group.create_task(window.close(Reason.KEEPER))
            for profile in tuple(self._prepared):
                group.create_task(self.abandon(profile))
        if self._following is not None:
            self._following.cancel()
        await self._eyes.stop()

    async def answer(self, request: Plain) -> Plain:
        """Does what one request asks. Raises Problem."""
        handlers: dict[str, Callable[[Plain], Awaitable[Plain]]] = {
            "hello": self._hello,
            "prepare": self._prepare,
            "launch": self._launch,
            "abandon": self._abandon,
            "windows": self._list,
            "close": self._close,
            "raise": self._raise,
            "look-again": self._look_again,
            "arrange": self._arrange,
            "hibernate": self._hibernate,
            "wait": self._wait,
            "watch": self._watch,
            "type": self._type,
            "screenshot": self._screenshot,
            "open-page": self._open_page,
            "close-page": self._close_page,
            "endpoint": self._endpoint,
            "insert": self._insert,
            "tabs": self._tabs,
            "focus-tab": self._focus_tab,
            "close-tab": self._close_tab,
            "picture": self._picture,
            "listen": self._listen,
            "heard": self._heard_after,
            "cookies": self._cookies,
            "set-cookies": self._set_cookies,
            "remove-cookies": self._remove_cookies,
            "check": self._check,
        }
        handler = handlers.get(str(request.get("op")))
        if handler is None:
            raise RequestWrong
        return await handler(request)

    async def abandon(self, profile: str) -> None:
        """Frees a profile that was prepared and never launched, for instance because its face died."""
        prepared = self._prepared.pop(profile, None)
        if prepared is not None:
            await prepared.give_up()
            self._touch()

    async def _hello(self, _request: Plain) -> Plain:
        return {"version": PROTOCOL_VERSION}

    async def _prepare(self, request: Plain) -> Plain:
        plan = LaunchPlan.from_json(request["plan"])
        with self._claim(plan):
            warming = asyncio.create_task(self._eyes.start())  # needed soon, and not at once
            self._warming.add(warming)
            warming.add_done_callback(self._warming.discard)
            prepared = await prepare(plan)
            self._prepared[plan.profile] = prepared
        seen = Preflight(prepared.exit, prepared.checks, prepared.host_key)
        return {"preflight": preflight_plain(seen)}

    async def _launch(self, request: Plain) -> Plain:
        profile = str(request["profile"])
        prepared = self._prepared.pop(profile, None)
        if prepared is None:
            raise NotPrepared
        self._opening[profile] = prepared.plan
        try:
            window = await launch(prepared, fingerprint_from(request["fingerprint"]), self._eyes, self._clock)
        except Blocked as blocked:
            _log.info("profile %s was not opened: preflight is red", profile)
            return {"event": "refused", "preflight": preflight_plain(blocked.preflight)}
        finally:
            self._opening.pop(profile, None)
            self._touch()
        self._windows[profile] = window
        window.changed = self._touch
        window.heard = self._heard.note
        self._guards[profile] = Guard(window)
        if self._following is None:
            self._following = asyncio.create_task(follow_machine(self._guards.values), name="berth-machine")
        self._left[profile] = window.plan
        self._remember(tuple(self._left.values()))
        crash_notes.forget(window.directory.root)
        window.closed.add_done_callback(lambda _done: self._on_closed(profile, window))
        return {"event": "open", **describe(window)}

    async def _abandon(self, request: Plain) -> Plain:
        await self.abandon(str(request["profile"]))
        return {}

    async def _list(self, _request: Plain) -> Plain:
        return {"windows": self._seen()}

    async def _watch(self, request: Plain) -> Plain:
        since = int(request["since"])
        following = asyncio.create_task(self._follow_titles())
        try:
            return await self._news.after(since)
        finally:
            following.cancel()

    async def _follow_titles(self) -> None:
        """The browser tells of another title only when it is asked, so it is, while somebody looks."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(self._titles_at + _TITLES_S - loop.time())
            if self._titles_at + _TITLES_S <= loop.time():  # else another face's turn was just now
                self._titles_at = loop.time()
                await asyncio.gather(*(window.read_titles() for window in self._windows.values()))

    async def _close(self, request: Plain) -> Plain:
        wanted = request.get("profile")
        await self._until_opened(wanted)
        if wanted is not None and wanted not in self._windows:
            raise NotOpen
        windows = [window for key, window in self._windows.items() if wanted in (None, key)]
        reasons = await asyncio.gather(*(window.close(Reason.ASKED) for window in windows))
        return {
            "closed": [
                {"profile": window.plan.profile, "name": window.plan.name, "reason": reason.value}
                for window, reason in zip(windows, reasons, strict=True)
            ]
        }

    async def _until_opened(self, wanted: str | None) -> None:
        """A window that is being opened can be closed only when it is open, or was refused."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_OPENING_LIMIT_S):
                while [key for key in (*self._opening, *self._prepared) if wanted in (None, key)]:
                    self.changed.clear()
                    await self.changed.wait()

    async def _raise(self, request: Plain) -> Plain:
        await bring_to_front(self._window(request).hub)
        return {}

    async def _look_again(self, request: Plain) -> Plain:
        """Looks at the exit now; `go_on` takes it as it is for the right one."""
        window = self._window(request)
        guard = self._guards[str(request["profile"])]
        if (shown := request.get("go_on")) is not None:
            guard.go_on([(str(one[0]), str(one[1])) for one in shown])
        else:
            await guard.look()
        return {"held": checks_plain(window.held)}

    async def _arrange(self, request: Plain) -> Plain:
        """Puts windows on a grid over the screens that a face knows, or over the one that they are on."""
        wanted = request.get("profiles")
        windows = [
            window
            for key, window in self._windows.items()
            if window.state is State.OPEN and (wanted is None or key in wanted)
        ]
        windows.sort(key=lambda window: window.plan.number)
        if not windows:
            return {"arranged": []}
        if any(_is_wayland(window.plan) for window in windows):
            raise CannotPlace
        screens = [Area(*screen) for screen in request.get("screens", ())]
        if not screens:
            screens = [await screen_of(windows[0].hub, windows[0].plan.fingerprint.scale)]
        for window, area in zip(windows, grid(len(windows), screens), strict=True):
            await place(window.hub, area, window.plan.fingerprint.scale)
        return {"arranged": [window.plan.profile for window in windows]}

    async def _hibernate(self, request: Plain) -> Plain:
        """Closes windows that nobody needs now; their tabs come back when they are opened again."""
        wanted = request.get("profiles")
        rested, awake = [], []
        for key, window in tuple(self._windows.items()):
            if wanted is not None and key not in wanted:
                continue
            if await is_in_use(window):
                awake.append(window)
            else:
                rested.append(window)
        await asyncio.gather(*(window.close(Reason.ASKED) for window in rested))
        return {
            "closed": [_named(window) for window in rested],
            "awake": [_named(window) for window in awake],
        }

    async def _wait(self, request: Plain) -> Plain:
        window = self._window(request)
        try:
            reason = await asyncio.wait_for(asyncio.shield(window.closed), float(request["seconds"]))
        except TimeoutError:
            return {"reason": None}
        return {"reason": reason.value}

    async def _type(self, request: Plain) -> Plain:
        window, page = self._page(request)
        await acting.type_into(
            window.hub, page, str(request["selector"]), str(request["text"]), enter=bool(request["enter"])
        )
        return {}

    async def _screenshot(self, request: Plain) -> Plain:
        window, page = self._page(request)
        return {"png": await acting.screenshot(window.hub, page)}

    async def _open_page(self, request: Plain) -> Plain:
        window = self._window(request)
        return {"page": await acting.open_page(window.hub, str(request["url"]))}

    async def _close_page(self, request: Plain) -> Plain:
        window, page = self._page(request)
        await acting.close_page(window.hub, page)
        return {}

    async def _endpoint(self, request: Plain) -> Plain:
        return {"address": await self._window(request).script_address()}

    async def _insert(self, request: Plain) -> Plain:
        return {"page": await insert_text(self._window(request).hub, str(request["text"]))}

    async def _tabs(self, request: Plain) -> Plain:
        hub = self._window(request).hub
        await hub.read_titles()
        front = await seen_page(hub)
        return {
            "tabs": [
                {"id": page.id, "url": page.url, "title": page.title, "in_front": page.id == front}
                for page in hub.pages.values()
            ]
        }

    async def _focus_tab(self, request: Plain) -> Plain:
        window, tab = self._tab(request)
        await window.hub.command("Target.activateTarget", targetId=tab)
        return {}

    async def _close_tab(self, request: Plain) -> Plain:
        window, tab = self._tab(request)
        await acting.close_page(window.hub, tab)
        return {}

    async def _picture(self, request: Plain) -> Plain:
        window = self._window(request)
        tab = str(request["tab"]) or await seen_page(window.hub) or next(reversed(window.hub.pages), "")
        if tab not in window.hub.pages:
            raise TabMissing
        return {"png": await acting.screenshot(window.hub, tab)}

    async def _listen(self, request: Plain) -> Plain:
        await self._window(request).listen([shortcut_from(one) for one in request["shortcuts"]])
        return {}

    async def _heard_after(self, request: Plain) -> Plain:
        return await self._heard.after(int(request["since"]))

    def _tab(self, request: Plain) -> tuple[RunningWindow, str]:
        window, tab = self._window(request), str(request["tab"])
        if tab not in window.hub.pages:
            raise TabMissing
        return window, tab

    async def _cookies(self, request: Plain) -> Plain:
        return {"cookies": [cookie_plain(one) for one in await read_jar(self._window(request).hub)]}

    async def _set_cookies(self, request: Plain) -> Plain:
        cookies = [cookie_from(one) for one in request["cookies"]]
        return {"refused": list(await fill_jar(self._window(request).hub, cookies))}

    async def _remove_cookies(self, request: Plain) -> Plain:
        hub, site = self._window(request).hub, str(request["site"])
        gone = [one for one in await read_jar(hub) if not site or belongs_to(one, site)]
        await empty_jar(hub, gone)
        left = {one.key for one in await read_jar(hub)}
        return {"removed": sum(one.key not in left for one in gone)}

    async def _check(self, request: Plain) -> Plain:
        """Looks closely at a window, or at a prepared profile, which is then closed again."""
        profile = str(request["profile"])
        if profile in self._checking:
            raise CheckRunning
        self._checking.add(profile)
        try:
            if (prepared := self._prepared.pop(profile, None)) is not None:
                found = await self._check_prepared(prepared, fingerprint_from(request["fingerprint"]))
            else:
                window, guard = self._window(request), self._guards[profile]
                await guard.look()  # what it finds has its consequences
                found = await inspect_open(window, guard.right)
        finally:
            self._checking.discard(profile)
        return {
            "checks": checks_plain(found.checks),
            "fingerprint_id": found.fingerprint_id,
        }

    async def _check_prepared(self, prepared: Prepared, settings: Fingerprint) -> Inspection:
        profile = prepared.plan.profile
        self._opening[profile] = prepared.plan
        try:
            return await inspect_closed(prepared, settings, self._eyes, self._clock)
        finally:
            self._opening.pop(profile, None)
            self._touch()

    def _window(self, request: Plain) -> RunningWindow:
        window = self._windows.get(str(request["profile"]))
        if window is None:
            raise NotOpen
        return window

    def _page(self, request: Plain) -> tuple[RunningWindow, str]:
        window = self._window(request)
        for page in window.hub.pages.values():
            if page.url.startswith(str(request["url"])):
                return window, page.id
        raise PageMissing(str(request["url"]))

    def _on_closed(self, profile: str, window: RunningWindow) -> None:
        self._windows.pop(profile, None)
        if (guard := self._guards.pop(profile, None)) is not None:
            guard.end()
        reason = window.closed.result()
        if reason is Reason.CRASHED:
            crash_notes.leave(window.directory.root, window.plan, self._clock.now())
        if reason is not Reason.KEEPER:  # the others ended because somebody wanted it, or have a note
            self._left.pop(profile, None)
            self._remember(tuple(self._left.values()))
        self._touch()

    def _touch(self) -> None:
        self.changed.set()
        self._news.ring()

    def _seen(self) -> list[Plain]:
        opening = {
            prepared.plan.profile: prepared.plan for prepared in self._prepared.values()
        } | self._opening
        windows = [describe(window) for window in self._windows.values()]
        return [*windows, *(describe_opening(plan) for plan in opening.values())]

    @contextlib.contextmanager
    def _claim(self, plan: LaunchPlan) -> Iterator[None]:
        profile = plan.profile
        if profile in self._windows or profile in self._prepared or profile in self._opening:
            raise WindowBusy(plan.name)
        self._opening[profile] = plan
        try:
            yield
        finally:
            self._opening.pop(profile, None)
            self._touch()


def _is_wayland(plan: LaunchPlan) -> bool:
    return dict(plan.screen).get("XDG_SESSION_TYPE") == "wayland"


def _named(window: RunningWindow) -> Plain:
    return {"profile": window.plan.profile, "number": window.plan.number, "name": window.plan.name}


def _nothing(_plans: Sequence[LaunchPlan]) -> None:
    """For a keeper that leaves no list behind."""
