"""What every window is doing, told to a face as it happens: a thread that watches whichever keeper runs."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from app.isolation.checks import Check, Exit
from app.isolation.keeper import crash_notes
from app.isolation.keeper.client import NEVER, KeeperClient
from app.isolation.keeper.last_windows import last_windows, list_file
from app.isolation.keeper.meeting import word_file
from app.isolation.keeper.messages import Plain, checks_from, preflight_from, text_from
from app.kernel.errors import Problem
from app.kernel.ids import ProfileId
from app.kernel.paths import Paths
from app.kernel.text import Text

_LOOK_S = 0.1  # for a keeper that has begun
_ASK_S = 1.0  # between questions to a keeper that cannot be watched
_GREETING_S = 2.0
_JOIN_S = 5.0
NONE, RUNNING, LOST, OTHER_VERSION = "none", "running", "lost", "other-version"


@dataclass(frozen=True, slots=True)
class RelayFault:
    """One thing that did not get through a window's relay."""

    at: datetime
    host: str
    port: int
    id: str
    text: Text
    next_step: Text | None = None


@dataclass(frozen=True, slots=True)
class WindowState:
    """What one window is doing: checking, open, held, closing, or crashed and not opened again since.

    A held window is open, and nothing of it gets through; `held` says why. `at` is when it crashed. What is
    not known of a window, for instance while it is checked, is empty.
    """

    profile: ProfileId
    number: int
    name: str
    state: str
    mode: str = ""
    pid: int = 0
    opened_at: datetime | None = None
    exit: Exit | None = None
    checks: tuple[Check, ...] = ()
    tabs: int = 0
    unread: int = 0
    title: str = ""
    relay_errors: tuple[RelayFault, ...] = ()
    held: tuple[Check, ...] = ()
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Windows:
    """All windows, and who keeps them: none, running, other-version, or lost.

    Lost: the last keeper ended without being asked, and `last_windows` says what was open.
    """

    states: tuple[WindowState, ...]
    keeper: str


class Watching:
    """Tells `told` all windows at the start, and whenever anything has changed.

    Threads: `told` is called on the watching thread, or on that which forgets a crash; never on two at once.
    """

    def __init__(self, paths: Paths, told: Callable[[Windows], None]) -> None:
        self._paths = paths
        self._told = told
        self._thread = threading.Thread(target=self._main, name="berth-watching", daemon=True)
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._client: KeeperClient | None = None
        self._telling = threading.Lock()
        self._running: tuple[WindowState, ...] = ()
        self._crashed: tuple[WindowState, ...] = ()
        self._last_told: Windows | None = None

    def start(self) -> None:
        """Begins to watch."""
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread; after this nothing is told any more."""
        self._stopping.set()
        with self._lock:
            if self._client is not None:
                self._client.interrupt()
        if self._thread.ident is not None:
            self._thread.join(_JOIN_S)

    def forget_crash(self, profile: ProfileId) -> None:
        """Somebody has seen that this window crashed. Blocking, for as long as a file takes."""
        crash_notes.forget(self._paths.profile(profile))
        with self._telling:
            self._look_for_crashes()
            if self._last_told is not None:
                self._tell(self._last_told.keeper)

    def _main(self) -> None:
        with self._telling:
            self._look_for_crashes()
        nobody: object = None  # the word of a keeper that is not there any more
        while not self._stopping.is_set():
            word = _mark(word_file(self._paths))
            if word is None or word == nobody:
                self._tell_nobody()
                self._stopping.wait(_LOOK_S)
            elif not self._attend():
                nobody = word

    def _attend(self) -> bool:
        """Watches the keeper until it ends, or for a while; False where none is there."""
        try:
            client = KeeperClient.find(self._paths, _GREETING_S, self._hold)
            if client is None:
                return False
            with client:
                if client.is_of_this_version:
                    self._watch(client)
                else:
                    self._ask_now_and_then(client)
        except Problem:  # silent, or gone; what is known of its windows stands until more is known
            self._stopping.wait(_LOOK_S)
        finally:
            with self._lock:
                self._client = None
        return True

    def _hold(self, client: KeeperClient) -> None:
        with self._lock:
            self._client = client
            if self._stopping.is_set():
                client.interrupt()

    def _watch(self, client: KeeperClient) -> None:
        revision = NEVER
        while not self._stopping.is_set():
            revision, windows = client.watch(revision)
            self._tell_running(tuple(_state(window) for window in windows), RUNNING)

    def _ask_now_and_then(self, client: KeeperClient) -> None:
        while not self._stopping.is_set():
            self._tell_running(tuple(_basics(window) for window in client.windows()), OTHER_VERSION)
            self._stopping.wait(_ASK_S)

    def _tell_running(self, states: tuple[WindowState, ...], keeper: str) -> None:
        with self._telling:
            before = {state.profile for state in self._running}
            self._running = states
            if before != {state.profile for state in states}:
                self._look_for_crashes()
            self._tell(keeper)

    def _tell_nobody(self) -> None:
        with self._telling:
            if self._running:
                self._running = ()
                self._look_for_crashes()
            has_list = _mark(list_file(self._paths)) is not None
            was_lost = self._last_told is not None and self._last_told.keeper == LOST
            is_lost = has_list and (was_lost or bool(last_windows(self._paths)))
            self._tell(LOST if is_lost else NONE)

    def _look_for_crashes(self) -> None:
        self._crashed = tuple(_crash(note) for note in crash_notes.read_all(self._paths.profiles))

    def _tell(self, keeper: str) -> None:
        known = {state.profile for state in self._running}
        crashed = tuple(state for state in self._crashed if state.profile not in known)
        windows = Windows(self._running + crashed, keeper)
        if windows != self._last_told and not self._stopping.is_set():
            self._last_told = windows
            self._told(windows)


def _mark(path: Path) -> tuple[int, int] | None:
    """Tells one file from another one in its place; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino


def _basics(raw: Plain) -> WindowState:
    """As much as any version tells of a window."""
    return WindowState(ProfileId(raw["profile"]), raw["number"], raw["name"], raw["state"])


def _state(raw: Plain) -> WindowState:
    state = replace(_basics(raw), mode=raw["mode"])
    if "preflight" not in raw:  # it is being checked
        return state
    preflight = preflight_from(raw["preflight"])
    return replace(
        state,
        pid=raw["pid"],
        opened_at=datetime.fromisoformat(raw["opened_at"]),
        exit=preflight.exit,
        checks=preflight.checks,
        tabs=raw["tabs"],
        unread=raw["unread"],
        title=raw["title"],
        held=checks_from(raw["held"]),
        relay_errors=tuple(_fault(error) for error in raw["relay_errors"]),
    )


def _fault(raw: Plain) -> RelayFault:
    at = datetime.fromisoformat(raw["at"])
    advice = raw.get("advice")
    next_step = text_from(advice) if advice else None
    return RelayFault(at, raw["host"], raw["port"], raw["id"], text_from(raw["text"]), next_step)


def _crash(note: dict[str, Any]) -> WindowState:
    basics = _basics({**note, "state": "crashed"})
    with contextlib.suppress(ValueError):
        return replace(basics, at=datetime.fromisoformat(note["at"]))
    return basics
