"""Opening, closing and raising windows as people click: in turn, a few at once, the last wish counts."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Signal

from app.isolation.browser.engines import Engine, find_engines
from app.isolation.keeper.client import KeeperClient
from app.isolation.keeper.problems import NotOpen
from app.isolation.opening import Opened, Opening
from app.kernel.errors import Problem
from app.kernel.gate import Answer, Refused
from app.kernel.ids import ProfileId
from app.kernel.paths import Paths
from app.ui.bridge import GuiJobs
from app.ui.window_states import Doing, Refusal, WindowStates


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants of one window."""

    wants_open: bool
    only_this_once: bool = False
    reason: str | None = None


class WindowActs(QObject):
    """What a person does with windows while the vault is unlocked.

    For each profile one act at a time; what is wished meanwhile waits, and only the last wish is kept.
    """

    opened = Signal(object)  # Opened
    refused = Signal(str)  # profile id; WindowStates has the reasons
    failed = Signal(str, object)  # profile id, Problem
    reason_needed = Signal(str, object)  # profile id, Refused

    def __init__(
        self,
        opening: Opening,
        states: WindowStates,
        jobs: GuiJobs,
        paths: Paths,
        at_once: Callable[[], int],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._opening = opening
        self._states = states
        self._jobs = jobs
        self._paths = paths
        self._at_once = at_once
        self._busy: dict[str, Wish] = {}
        self._next: dict[str, Wish] = {}
        self._queue: deque[tuple[str, Wish]] = deque()
        self._opening_now = 0
        self._engines: tuple[Engine, ...] | None = None

    def open(
        self, profiles: Sequence[str], *, only_this_once: bool = False, reason: str | None = None
    ) -> None:
        """Opens windows, in the order given; one that is open comes to the front instead."""
        for profile in profiles:
            if self._states.doing(profile) is Doing.OPEN and profile not in self._busy:
                self.bring_to_front(profile)
            else:
                self._wish(profile, Wish(True, only_this_once, reason))

    def close(self, profiles: Sequence[str]) -> None:
        """Closes windows cleanly; one that still waits for its turn is not opened."""
        for profile in profiles:
            self._wish(profile, Wish(False))

    def bring_to_front(self, profile: str) -> None:
        """Raises an open window."""
        self._ask_keeper(profile, lambda keeper: keeper.raise_window(ProfileId(profile)))

    def cancel_waiting(self) -> None:
        """Forgets what waits for its turn."""
        waiting, self._queue = [profile for profile, _ in self._queue], deque()
        self._next.clear()
        for profile in waiting:
            self._states.note_mine(profile, None)

    def end(self) -> None:
        """At the lock: what waits is not opened; what is being opened goes on, and the keeper tells of it."""
        self.cancel_waiting()
        for profile in tuple(self._busy):
            self._states.note_mine(profile, None)

    @property
    def waiting(self) -> int:
        """How many windows wait for their turn."""
        return len(self._queue)

    def _wish(self, profile: str, wish: Wish) -> None:
        if profile in self._busy:
            self._next[profile] = wish
            return
        for waiting in [entry for entry in self._queue if entry[0] == profile]:
            self._queue.remove(waiting)
            self._states.note_mine(profile, None)
        if wish.wants_open:
            self._queue.append((profile, wish))
            self._states.note_mine(profile, Doing.WAITING)
            self._take_next()
        else:
            self._close(profile, wish)  # the keeper knows best whether there is anything to close

    def _take_next(self) -> None:
        while self._queue and self._opening_now < max(1, self._at_once()):
            profile, wish = self._queue.popleft()
            self._opening_now += 1
            self._busy[profile] = wish
            self._states.note_mine(profile, Doing.CHECKING)
            self._jobs.call(
                partial(self._open_now, profile, wish),
                owner=self,
                then=partial(self._on_opened, profile),
                failed=partial(self._on_open_failed, profile),
            )

    def _open_now(self, profile: str, wish: Wish) -> Opened:
        if self._engines is None or not self._engines:
            self._engines = find_engines()
        return self._opening.open_window(
            profile, only_this_once=wish.only_this_once, reason=wish.reason, engines=self._engines
        )

    def _on_opened(self, profile: str, opened: Opened) -> None:
        self._opening_now -= 1
        if not opened.is_open:
            self._states.note_refusal(profile, Refusal(preflight=opened.preflight))
        self._end(profile, is_open=opened.is_open)
        if opened.is_open:
            if profile not in self._busy:
                self._states.note_opened(profile)
            self.opened.emit(opened)
        else:
            self.refused.emit(profile)

    def _on_open_failed(self, profile: str, problem: Problem) -> None:
        self._opening_now -= 1
        if isinstance(problem, Refused) and problem.needs is Answer.REASON:
            self._end(profile, is_open=False)
            self.reason_needed.emit(profile, problem)
            return
        is_open = problem.id == "window-busy"  # perhaps by another face: no refusal
        if not is_open:
            self._engines = None  # one of them may have been installed or removed
            self._states.note_refusal(profile, Refusal(problem=problem))
        self._end(profile, is_open=is_open)
        self.failed.emit(profile, problem)

    def _close(self, profile: str, wish: Wish) -> None:
        self._busy[profile] = wish

        def work(keeper: KeeperClient) -> None:
            try:
                keeper.close_windows(ProfileId(profile))
            except NotOpen:
                return  # its person was quicker
            except Problem as problem:
                if problem.id != "not-open":
                    raise

        self._ask_keeper(profile, work, ends=True)

    def _ask_keeper(self, profile: str, ask: Callable[[KeeperClient], object], *, ends: bool = False) -> None:
        def work() -> None:
            keeper = KeeperClient.find(self._paths)
            if keeper is not None:
                with keeper:
                    ask(keeper)

        def done(_nothing: None) -> None:
            if ends:
                self._end(profile, is_open=False)

        def failed(problem: Problem) -> None:
            if ends:
                self._end(profile, is_open=self._states.doing(profile) is Doing.OPEN)
            self.failed.emit(profile, problem)

        self._jobs.call(work, owner=self, then=done, failed=failed)

    def _end(self, profile: str, *, is_open: bool) -> None:
        self._busy.pop(profile, None)
        self._states.note_mine(profile, None)
        wish = self._next.pop(profile, None)
        if wish is not None and wish.wants_open is not is_open:  # else it is as wished
            self._wish(profile, wish)
        self._take_next()
