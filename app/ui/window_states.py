"""What every store's window is doing, live from the keeper, with what this program itself knows of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from app.isolation.checks import Preflight
from app.isolation.keeper.watching import Watching, Windows, WindowState
from app.isolation.plan import Mode
from app.kernel.errors import Problem
from app.kernel.paths import Paths
from app.kernel.text import Text, say
from app.ui.bridge import Postman


class Doing(StrEnum):
    """What people see of a window."""

    CLOSED = "closed"
    WAITING = "waiting"
    CHECKING = "checking"
    OPEN = "open"
    HELD = "held"
    CLOSING = "closing"
    BLOCKED = "blocked"
    CRASHED = "crashed"


DOING_TEXTS: dict[Doing, Text] = {
    Doing.CLOSED: say("Not open"),
    Doing.WAITING: say("Waiting"),
    Doing.CHECKING: say("Checking"),
    Doing.OPEN: say("Running"),
    Doing.HELD: say("Held back"),
    Doing.CLOSING: say("Closing"),
    Doing.BLOCKED: say("Blocked"),
    Doing.CRASHED: say("Crashed"),
}
SCRIPTED_TEXT = say("Script")
# What asks for a person's attention first, when a list is sorted by window.
RANK = (
    *(Doing.HELD, Doing.BLOCKED, Doing.CRASHED, Doing.OPEN),
    *(Doing.CLOSING, Doing.CHECKING, Doing.WAITING, Doing.CLOSED),
)
UP = frozenset({Doing.OPEN, Doing.HELD})  # in front of a person
LIVE = UP | {Doing.CLOSING, Doing.CHECKING, Doing.WAITING}
_WORD_MS = 1_500
FAULTY = frozenset({Doing.BLOCKED, Doing.CRASHED, Doing.HELD})


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a store's window did not open: red checks, or a problem."""

    preflight: Preflight | None = None
    problem: Problem | None = None


class WindowStates(QObject):
    """Windows by profile. Lives as long as the program: windows go on while the vault is locked."""

    changed = Signal(object)  # frozenset of profile ids
    crashed = Signal(object)  # WindowState
    held = Signal(object)  # WindowState
    keeper_lost = Signal()

    def __init__(self, paths: Paths, postman: Postman, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._watching = Watching(paths, lambda windows: postman.post(lambda: self._on_told(windows)))
        self._states: dict[str, WindowState] = {}
        self._mine: dict[str, Doing] = {}  # asked for here, and not yet known to the keeper
        self._refusals: dict[str, Refusal] = {}
        self._was_told = False
        self.keeper = "none"

    def start(self) -> None:
        """Begins to watch."""
        self._watching.start()

    def stop(self) -> None:
        """Ends the watching thread."""
        self._watching.stop()

    def doing(self, profile: str) -> Doing:
        """What a store's window is doing."""
        state = self._states.get(profile)
        if state is not None and state.state in ("open", "held", "closing", "checking"):
            return Doing(state.state)
        if profile in self._mine:
            return self._mine[profile]
        if profile in self._refusals:
            return Doing.BLOCKED
        return Doing.CRASHED if state is not None and state.state == "crashed" else Doing.CLOSED

    def state(self, profile: str) -> WindowState | None:
        """What the keeper says of a window."""
        return self._states.get(profile)

    def is_scripted(self, profile: str) -> bool:
        """Whether a script may drive the store's open window."""
        state = self._states.get(profile)
        return state is not None and state.mode == Mode.AUTOMATION and state.state in ("open", "closing")

    def doing_text(self, profile: str) -> Text:
        """What people read of a store's window: one that a script may drive says so."""
        doing = self.doing(profile)
        return SCRIPTED_TEXT if doing is Doing.OPEN and self.is_scripted(profile) else DOING_TEXTS[doing]

    def refusal(self, profile: str) -> Refusal | None:
        """Why a window was refused the last time."""
        return self._refusals.get(profile)

    def unread(self, profile: str) -> int:
        """Unread messages by the titles of a window's pages."""
        state = self._states.get(profile)
        return state.unread if state is not None and state.state in ("open", "held") else 0

    def ids(self, doings: Iterable[Doing]) -> tuple[str, ...]:
        """The profiles whose windows are doing one of these."""
        wanted = frozenset(doings)
        known = {*self._states, *self._mine, *self._refusals}
        return tuple(sorted(profile for profile in known if self.doing(profile) in wanted))

    def open_windows(self) -> tuple[WindowState, ...]:
        """Windows in front of a person, by number."""
        running = (state for state in self._states.values() if state.state in ("open", "held", "closing"))
        return tuple(sorted(running, key=lambda state: state.number))

    def count_open(self) -> int:
        """How many windows are open."""
        return len(self.open_windows())

    def note_mine(self, profile: str, doing: Doing | None) -> None:
        """This program has asked for an opening (None: it is over)."""
        self.note_many((profile,), doing)

    def note_many(self, profiles: Iterable[str], doing: Doing | None) -> None:
        """The same for many at once, told once."""
        wanted = tuple(profiles)
        for profile in wanted:
            if doing is None:
                self._mine.pop(profile, None)
            else:
                self._mine[profile] = doing
                self._refusals.pop(profile, None)
        if wanted:
            self.changed.emit(frozenset(wanted))

    def note_opened(self, profile: str) -> None:
        """It has just opened here; the keeper's word of it is on its way."""
        self.note_mine(profile, Doing.OPEN)
        timer = QTimer(self)  # a child: it ends with the program
        timer.setSingleShot(True)
        timer.timeout.connect(partial(self._drop_mine, profile))
        timer.timeout.connect(timer.deleteLater)
        timer.start(_WORD_MS)

    def note_refusal(self, profile: str, refusal: Refusal | None) -> None:
        """A window was refused; None: that is settled."""
        if refusal is None:
            self._refusals.pop(profile, None)
        else:
            self._refusals[profile] = refusal
        self.changed.emit(frozenset({profile}))

    def forget_refusals(self) -> None:
        """At the lock: the sentences name exits."""
        gone, self._refusals = frozenset(self._refusals), {}
        if gone:
            self.changed.emit(gone)

    def _drop_mine(self, profile: str) -> None:
        if self._mine.get(profile) is Doing.OPEN:
            self.note_mine(profile, None)

    def _on_told(self, windows: Windows) -> None:
        before, self._states = self._states, {state.profile: state for state in windows.states}
        was_lost = windows.keeper == "lost" and self.keeper != "lost"
        self.keeper = windows.keeper
        changed = frozenset(
            profile
            for profile in {*before, *self._states}
            if before.get(profile) != self._states.get(profile)
        )
        for profile in self._states:
            if self._mine.get(profile) is Doing.OPEN:
                del self._mine[profile]
        if was_lost:  # what opened a moment ago has gone with it
            gone = frozenset(profile for profile, doing in self._mine.items() if doing is Doing.OPEN)
            self._mine = {profile: doing for profile, doing in self._mine.items() if profile not in gone}
            changed |= gone
        is_first, self._was_told = not self._was_told, True
        if changed or is_first:
            self.changed.emit(changed)
        for state in windows.states if not is_first else ():
            old = before.get(state.profile)
            if state.state == "crashed" and (old is None or old.state != "crashed"):
                self.crashed.emit(state)
            if state.state == "held" and (old is None or old.state != "held"):
                self.held.emit(state)
        if was_lost and not is_first:
            self.keeper_lost.emit()
