"""Opening, closing and raising windows as people click: in turn, a few at once, the last wish counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Signal

from app.isolation.browser.engines import Engine, find_engines
from app.isolation.checks import Check, Exit
from app.isolation.keeper.client import KeeperClient
from app.isolation.opening import Opened, Opening
from app.isolation.plan import Mode
from app.kernel.errors import Problem
from app.kernel.gate import Answer, Refused
from app.kernel.ids import ProfileId
from app.kernel.paths import Paths
from app.ui.bridge import GuiJobs
from app.ui.window_states import UP, Doing, Refusal, WindowStates


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants of one window."""

    wants_open: bool
    only_this_once: bool = False
    reason: str | None = None
    for_script: bool = False


class WindowActs(QObject):
    """What a person does with windows while the vault is unlocked.

    For each profile one act at a time; what is wished meanwhile waits, and only the last wish is kept.
    """

    opened = Signal(object)  # Opened
    refused = Signal(str)  # profile id; WindowStates has the reasons
    failed = Signal(str, object)  # profile id, Problem
    reason_needed = Signal(str, object)  # profile id, Refused
    hibernated = Signal(int, object)  # how many sleep, and the names of those that are in use
    override_reason_needed = Signal(str, object, object)  # profile id, the checks shown, Refused

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
        self._queue: dict[str, Wish] = {}  # in the order in which they wait
        self._unwanted: set[str] = set()  # being opened, and not wished any more
        self._opening_now = 0
        self._engines: tuple[Engine, ...] | None = None
        self._exits: dict[str, Exit] = {}  # as last noted of windows that stand open
        states.changed.connect(self._note_exits)
        self._note_exits({state.profile for state in states.open_windows()})  # opened while it was locked

    @property
    def waiting(self) -> int:
        """How many windows wait for their turn."""
        return len(self._queue)

    def open(
        self,
        profiles: Sequence[str],
        *,
        only_this_once: bool = False,
        reason: str | None = None,
        for_script: bool = False,
    ) -> None:
        """Opens windows, in the order given; one that is open comes to the front instead."""
        wish, fresh = Wish(True, only_this_once, reason, for_script), []
        for profile in profiles:
            if profile in self._busy:
                self._next[profile] = wish
                self._unwanted.discard(profile)
            elif self._states.doing(profile) in UP:
                self.bring_to_front(profile)
            else:
                fresh.append(profile)
        self._line_up(fresh, wish)

    def close(self, profiles: Sequence[str]) -> None:
        """Closes windows cleanly. One that waits is not opened; one that is being checked is given up."""
        waiting = [profile for profile in profiles if self._queue.pop(profile, None) is not None]
        self._states.note_many(waiting, None)
        for profile in profiles:
            if profile in waiting:
                continue
            if profile in self._busy:
                self._next[profile] = Wish(False)
                self._unwanted.add(profile)
            else:
                self._close(profile)

    def bring_to_front(self, profile: str) -> None:
        """Raises an open window."""
        self._ask_keeper(
            lambda keeper: keeper.raise_window(ProfileId(profile)), failed=partial(self.failed.emit, profile)
        )

    def look_again(self, profile: str) -> None:
        """Looks at the exit of an open window now; what it finds, the keeper tells."""
        self._ask_keeper(
            lambda keeper: keeper.look_again(ProfileId(profile)), failed=partial(self.failed.emit, profile)
        )

    def go_on(self, profile: str, shown: Sequence[Check], reason: str | None = None) -> None:
        """Lets a window that is held back go on with what it is held for."""

        def failed(problem: Problem) -> None:
            if isinstance(problem, Refused) and problem.needs is Answer.REASON:
                self.override_reason_needed.emit(profile, tuple(shown), problem)
            else:
                self.failed.emit(profile, problem)

        self._jobs.call(
            lambda: self._opening.go_on(ProfileId(profile), shown, reason=reason),
            owner=self,
            then=lambda _nothing: None,
            failed=failed,
        )

    def arrange(self, profiles: Sequence[str] | None, screens: Sequence[tuple[int, int, int, int]]) -> None:
        """Puts open windows on a grid over the screens; None: all windows."""
        wanted = None if profiles is None else [ProfileId(profile) for profile in profiles]
        self._ask_keeper(lambda keeper: keeper.arrange(wanted, screens), failed=partial(self.failed.emit, ""))

    def hibernate(self, profiles: Sequence[str]) -> None:
        """Closes windows that nobody needs now; `hibernated` tells what became of them."""
        wanted = [ProfileId(profile) for profile in profiles]

        def work() -> tuple[int, list[str]]:
            keeper = KeeperClient.find(self._paths)
            if keeper is None:
                return 0, []
            with keeper:
                closed, awake = keeper.hibernate(wanted)
            return len(closed), [f"{window['number']:03d} {window['name']}" for window in awake]

        self._jobs.call(
            work,
            owner=self,
            then=lambda done: self.hibernated.emit(*done),
            failed=partial(self.failed.emit, ""),
        )

    def cancel_waiting(self) -> None:
        """Forgets what waits for its turn."""
        waiting, self._queue = tuple(self._queue), {}
        self._next.clear()
        self._states.note_many(waiting, None)

    def end(self) -> None:
        """At the lock: what waits is not opened; what is being opened goes on, and the keeper tells of it."""
        self.cancel_waiting()
        self._states.note_many(tuple(self._busy), None)

    def _note_exits(self, profiles: Iterable[str]) -> None:
        moved: dict[ProfileId, Exit] = {}
        for profile in profiles:
            state = self._states.state(profile)
            if state is None or state.state not in UP or state.exit is None:
                self._exits.pop(profile, None)
            elif self._exits.get(profile) != state.exit:
                moved[ProfileId(profile)] = self._exits[profile] = state.exit
        if moved:
            note = partial(self._opening.note_exits, moved)
            self._jobs.call(note, owner=self, failed=lambda problem: self.failed.emit("", problem))

    def _line_up(self, profiles: Sequence[str], wish: Wish) -> None:
        for profile in profiles:
            self._queue.pop(profile, None)
            self._queue[profile] = wish
        self._states.note_many(profiles, Doing.WAITING)
        self._take_next()

    def _take_next(self) -> None:
        while self._queue and self._opening_now < max(1, self._at_once()):
            profile = next(iter(self._queue))
            wish = self._queue.pop(profile)
            self._opening_now += 1
            self._busy[profile] = wish
            self._states.note_mine(profile, Doing.CHECKING)
            self._jobs.call(
                partial(self._open_now, profile, wish),
                owner=self,
                then=partial(self._on_opened, profile),
                failed=partial(self._on_open_failed, profile),
                ended=partial(self._on_open_ended, profile),
            )

    def _open_now(self, profile: str, wish: Wish) -> Opened:
        if not self._engines:
            self._engines = find_engines()
        return self._opening.open_window(
            profile,
            mode=Mode.AUTOMATION if wish.for_script else Mode.HANDS_ON,
            with_endpoint=wish.for_script,
            only_this_once=wish.only_this_once,
            reason=wish.reason,
            engines=self._engines,
            is_wanted=lambda: profile not in self._unwanted,
        )

    def _on_opened(self, profile: str, opened: Opened) -> None:
        if opened.is_open:
            self._end(profile, is_open=True)
            if profile not in self._busy:
                self._states.note_opened(profile)
            self.opened.emit(opened)
            return
        self._states.note_refusal(profile, Refusal(preflight=opened.preflight))
        self._end(profile, is_open=False)
        self.refused.emit(profile)

    def _on_open_failed(self, profile: str, problem: Problem) -> None:
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

    def _on_open_ended(self, profile: str) -> None:
        """In every case, and last: given up in between, nothing else is told."""
        self._opening_now -= 1
        if profile in self._unwanted and profile in self._busy:
            self._end(profile, is_open=False)
        self._take_next()

    def _close(self, profile: str) -> None:
        self._busy[profile] = Wish(False)

        def close(keeper: KeeperClient) -> None:
            try:
                keeper.close_windows(ProfileId(profile))
            except Problem as problem:
                if problem.id != "not-open":  # its person was quicker
                    raise

        def failed(problem: Problem) -> None:
            self._end(profile, is_open=self._states.doing(profile) in UP)
            self.failed.emit(profile, problem)

        self._ask_keeper(close, then=lambda: self._end(profile, is_open=False), failed=failed)

    def _ask_keeper(
        self,
        ask: Callable[[KeeperClient], object],
        *,
        then: Callable[[], None] = lambda: None,
        failed: Callable[[Problem], None],
    ) -> None:
        def work() -> None:
            keeper = KeeperClient.find(self._paths)
            if keeper is not None:
                with keeper:
                    ask(keeper)

        self._jobs.call(work, owner=self, then=lambda _nothing: then(), failed=failed)

    def _end(self, profile: str, *, is_open: bool) -> None:
        self._busy.pop(profile, None)
        self._unwanted.discard(profile)
        self._states.note_mine(profile, None)
        wish = self._next.pop(profile, None)
        if wish is None or wish.wants_open is is_open:
            return  # it is as wished
        if wish.wants_open:
            self._line_up([profile], wish)  # whatever was last told of it: the window has just gone
        else:
            self._close(profile)
