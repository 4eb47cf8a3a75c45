"""What every page is handed: the program's shared helpers, wired once in `application`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.kernel.clock import Clock
from app.kernel.errors import Problem
from app.kernel.settings import Settings
from app.ui.bridge import GuiJobs
from app.ui.commands.registry import CommandRegistry
from app.ui.prompts import Prompts
from app.ui.theme.theme import Theme
from app.ui.vault_door import VaultDoor
from app.ui.widgets.toasts import Toaster
from app.ui.window_states import WindowStates


@dataclass(frozen=True, slots=True)
class Face:
    """Helpers that outlive the pages. `settings` are this machine's alone."""

    jobs: GuiJobs
    theme: Theme
    toaster: Toaster
    prompts: Prompts
    commands: CommandRegistry
    states: WindowStates
    settings: Settings
    door: VaultDoor
    clock: Clock
    show_problem: Callable[[Problem], None]  # in the frame's banner
    kept: dict[str, object] = field(default_factory=dict)  # what pages keep over a lock; never a secret


class Page(QWidget):
    """A page of the frame. Its room is handed to it by whoever builds it; it goes at the lock.

    It is built within its frame, from the outside in: under a style sheet every change of parent is a walk
    through all that a widget holds already.
    """

    search_hint_changed = Signal()

    @property
    def search_hint(self) -> str:
        """What the search field says while it is empty; an empty hint hides the field."""
        return ""

    @property
    def search_text(self) -> str:
        """What is searched for now."""
        return ""

    @property
    def has_edits(self) -> bool:
        """Whether something typed would be lost if the program ended now."""
        return False

    def search(self, text: str) -> None:
        """Shows what fits a text."""

    def settle(self) -> None:
        """Before the lock: saves what can be saved, and lets go of the rest."""

    def focus_first(self) -> None:
        """Gives the focus to what a person will use first."""
        self.setFocus()
