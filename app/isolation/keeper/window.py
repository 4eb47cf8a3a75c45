"""One running window: its engine, hub and relay, how it is closed, and how its end is seen."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from app.isolation.browser.directory import ProfileDirectory
from app.isolation.browser.endpoint import Endpoint
from app.isolation.browser.hub import Hub, Target
from app.isolation.browser.jail import Jail
from app.isolation.browser.listening import Listening, Shortcut
from app.isolation.browser.process import Ending, EngineProcess, start_engine
from app.isolation.browser.switches import second_start
from app.isolation.checks import Check, Exit, Preflight
from app.isolation.keeper.problems import NotForScripts, NotOpen
from app.isolation.network.country import country_of
from app.isolation.network.relay import Relay
from app.isolation.plan import LaunchPlan, Mode
from app.kernel.errors import Problem

_log = logging.getLogger("berth.keeper.window")
_CLOSE_GENTLY_S = 10.0
_CLOSE_FIRMLY_S = 5.0
_CLOSE_ANSWER_S = 3.0
_WINDOW_TIMEOUT_S = 30.0
_HAND_OVER_S = 10.0
_MESSENGER_END_S = 1.0
# A navigation may swap a page's target; only a longer absence means that the person closed it.
_EMPTY_GRACE_S = 0.5
_FIRST_ADDRESS_S = 3.0
_NEW_TAB = "chrome://new"


class State(StrEnum):
    """What a window is doing."""

    CHECKING = "checking"
    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"
    CRASHED = "crashed"


class Reason(StrEnum):
    """Why a window ended."""

    ASKED = "asked"
    PERSON = "person"
    CRASHED = "crashed"
    BLOCKED = "blocked"
    KEEPER = "keeper-ended"


class RunningWindow:
    """Everything that belongs to one open profile. Threads: the keeper's loop."""

    def __init__(
        self,
        plan: LaunchPlan,
        directory: ProfileDirectory,
        relay: Relay,
        process: EngineProcess,
        hub: Hub,
        arguments: list[str],
        now: datetime,
        jail: Jail | None = None,
    ) -> None:
        self.plan = plan
        self._jail = jail
        self.directory = directory
        self.relay = relay
        self.process = process
        self.hub = hub
        self._arguments = arguments
        self.opened_at = now
        self.changed: Callable[[], None] = _nothing  # called whenever it may look different to a face
        self.heard: Callable[[str, str, str], None] = _nobody  # profile, page, shortcut
        self._listening: Listening | None = None
        self.relay.noted = self._tell
        self._state = State.CHECKING
        self.preflight = Preflight(None, ())
        self.held: tuple[Check, ...] = ()
        self.engine_version = ""
        self.country_of: Callable[[str], str] = country_of
        self.after: asyncio.Task[None] | None = None
        self._reason: Reason | None = None
        self._endpoint: Endpoint | None = None
        self._address: asyncio.Task[str] | None = None
        self.closed: asyncio.Future[Reason] = asyncio.get_running_loop().create_future()
        self._watcher = asyncio.create_task(self._watch(), name=f"window-{plan.profile}")

    @property
    def state(self) -> State:
        """What it is doing."""
        return self._state

    @state.setter
    def state(self, state: State) -> None:
        self._state = state
        self._tell()

    def hold(self, checks: tuple[Check, ...]) -> None:
        """Lets nothing of an open window through, and says why."""
        if self._state is State.OPEN and self.held != checks:
            self.held = checks
            self.relay.hold()
            self._tell()

    def release(self) -> None:
        """What was held goes on."""
        if self.held:
            self.held = ()
            if self._state is State.OPEN:
                self.relay.open()
            self._tell()

    def saw_exit(self, found: Exit) -> None:
        """Where the window comes out now."""
        if self.preflight.exit is None or self.preflight.exit.ip != found.ip:
            self.preflight = Preflight(found, self.preflight.checks)
            self._tell()

    async def show(self, urls: tuple[str, ...], environment: dict[str, str], *, restores: bool) -> None:
        """Opens the relay and makes the window, with the tabs of its last session where it has some.

        Raises TimeoutError.
        """
        self.relay.open()
        async with asyncio.timeout(_WINDOW_TIMEOUT_S):
            if restores:
                await self._ask_for_session(urls, environment)
            else:
                for number, url in enumerate(urls):
                    await self.hub.command("Target.createTarget", url=url, newWindow=number == 0)
            while not self.hub.pages and not self.hub.ended.is_set():
                self.hub.page_changed.clear()
                await self.hub.page_changed.wait()
        self.state = State.OPEN

    async def _ask_for_session(self, urls: tuple[str, ...], environment: dict[str, str]) -> None:
        """Asks the running browser for a window by a second start, as a person would.

        Only that way do the tabs come back in their order, with the right one in front. Raises TimeoutError.
        """
        words = [*second_start(self._arguments), *urls]
        messenger = await start_engine(
            self.plan.engine.path, words, environment, cores=0, turn=0, jail=self._jail
        )
        waits = {asyncio.create_task(messenger.wait()), asyncio.create_task(self.hub.ended.wait())}
        try:
            # Well before the time after which Chromium gives a silent browser up and takes its place.
            done, _ = await asyncio.wait(waits, timeout=_HAND_OVER_S, return_when=asyncio.FIRST_COMPLETED)
            if not done:
                raise TimeoutError
        finally:
            for wait in waits:
                wait.cancel()
            messenger.hang_up()
            await messenger.end(0.0, _MESSENGER_END_S)

    async def first_page_loaded(self, limit_s: float) -> None:
        """Returns when a page has a title of its own, the time is over, or the browser has ended."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(limit_s):
                while not self.hub.ended.is_set() and not any(map(_has_title, self.hub.pages.values())):
                    self.hub.page_changed.clear()
                    await self.hub.page_changed.wait()

    async def fill_if_empty(self) -> None:
        """Opens the start pages where the last session had no tab left to bring back."""
        try:
            async with asyncio.timeout(_FIRST_ADDRESS_S):
                while not all(page.url for page in self.hub.pages.values()):
                    self.hub.page_changed.clear()
                    await self.hub.page_changed.wait()
        except TimeoutError:
            return
        empty = [page.id for page in self.hub.pages.values() if page.url.startswith(_NEW_TAB)]
        if len(empty) != len(self.hub.pages):
            return
        for url in self.plan.start_pages:
            await self.hub.command("Target.createTarget", url=url)
        for page in empty if self.plan.start_pages else ():
            await self.hub.command("Target.closeTarget", targetId=page)

    async def read_titles(self) -> None:
        """Finds out what the pages of an open window are called now."""
        if self.state is State.OPEN:
            with contextlib.suppress(Problem):
                await self.hub.read_titles()

    async def script_address(self) -> str:
        """Where a script attaches, for as long as the window lives; nothing listens before the first asking.

        A secret: whoever knows it has the window. Raises NotForScripts or NotOpen.
        """
        if self.plan.mode is not Mode.AUTOMATION:
            raise NotForScripts(self.plan.name)
        if self.state is not State.OPEN:
            raise NotOpen
        if self._endpoint is None or self._address is None:
            self._endpoint = Endpoint(self.hub, discreet=False, serves_next=True)
            self._address = asyncio.create_task(self._endpoint.start())
        return await asyncio.shield(self._address)

    async def listen(self, shortcuts: Sequence[Shortcut]) -> None:
        """Listens for these keys in every page of the window, in place of those before; none ends it.

        Raises EngineGone.
        """
        if self._listening is None:
            self._listening = Listening(self.hub, lambda page, key: self.heard(self.plan.profile, page, key))
        await self._listening.listen(shortcuts)

    async def close(self, reason: Reason) -> Reason:
        """Shuts the relay, asks the browser to close, and waits until it is gone."""
        if not self.closed.done() and self._reason is None:
            await self._ask_to_close(reason)
        return await asyncio.shield(self.closed)

    async def _watch(self) -> None:
        emptied = asyncio.create_task(self._until_empty())
        ended = asyncio.create_task(self.process.wait())
        await asyncio.wait({emptied, ended}, return_when=asyncio.FIRST_COMPLETED)
        emptied.cancel()
        if not self.hub.ended.is_set() and not ended.done() and self._reason is None:
            await self._ask_to_close(Reason.PERSON)
        ending = await self.process.end(_CLOSE_GENTLY_S, _CLOSE_FIRMLY_S)
        ended.cancel()
        await self._settle(ending)

    async def _ask_to_close(self, reason: Reason) -> None:
        self._reason = reason
        self.state = State.CLOSING
        # A tab that had not loaded yet would still ask for its page while the browser closes.
        self.relay.shut()
        try:
            await asyncio.wait_for(self.hub.command("Browser.close"), _CLOSE_ANSWER_S)
        except (Problem, TimeoutError):
            self.hub.close()

    async def _until_empty(self) -> None:
        """Returns when the person has closed the last tab, or when the window is being closed."""
        while not self.hub.ended.is_set():
            self.hub.page_changed.clear()
            if self.state is State.CLOSING:
                return
            if self.state is State.OPEN and not self.hub.pages:
                await asyncio.sleep(_EMPTY_GRACE_S)
                if not self.hub.pages:
                    return
            await self.hub.page_changed.wait()
            self._tell()

    def _tell(self) -> None:
        self.changed()

    async def _settle(self, ending: Ending) -> None:
        reason = self._reason
        if reason is None:
            reason = Reason.CRASHED if ending.code or ending.signal else Reason.PERSON
        if reason is Reason.CRASHED:
            _log.info(
                "the engine of %s ended (code %s, signal %s)", self.plan.profile, ending.code, ending.signal
            )
        self.state = State.CRASHED if reason is Reason.CRASHED else State.CLOSED
        self.hub.close()
        if self._listening is not None:
            await self._listening.end()
        if self._endpoint is not None:
            await self._endpoint.stop()
        await self.relay.close()
        if self._jail is not None:
            self._jail.close()
        self.directory.give_back()
        if not self.closed.done():
            self.closed.set_result(reason)


def _nothing() -> None:
    """Until somebody wants to know."""


def _nobody(_profile: str, _page: str, _shortcut: str) -> None:
    """Until somebody wants to hear."""


def _has_title(page: Target) -> bool:
    # Until a page gives a title, the browser shows its address in its place.
    return bool(page.title) and page.title not in page.url


def has_session(browser_dir: Path) -> bool:
    """Whether the browser has tabs to bring back."""
    try:
        return any(
            entry.name.startswith("Session_") for entry in os.scandir(browser_dir / "Default" / "Sessions")
        )
    except OSError:
        return False
