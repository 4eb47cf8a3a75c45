"""The table of what a person can do: menus, keys, the palette and the page of keys all read it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from app.kernel.text import Text, say
from app.ui.language import told
from app.ui.theme.icons import icon

EVERYWHERE = say("Everywhere")


def _always() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Command:
    """One thing a person can do. `place` names the page it belongs to, for the page of keys.

    The keys of a page's command work while the focus is on that page; `is_wide`: while the page is shown.
    """

    id: str
    title: Text
    run: Callable[[], object]
    icon: str = ""
    keys: tuple[str, ...] = ()
    place: Text = EVERYWHERE
    is_enabled: Callable[[], bool] = _always
    in_palette: bool = True
    is_wide: bool = False


class CommandRegistry(QObject):
    """Knows every command while its owner lives."""

    changed = Signal()
    owner_wanted = Signal(object)  # a page that is not shown, and whose command is about to run

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._commands: dict[str, Command] = {}
        self._actions: dict[str, QAction] = {}
        self._owners: dict[str, QWidget] = {}

    def add(self, owner: QWidget, commands: Iterable[Command], *, is_global: bool = False) -> None:
        """Adds commands. Their keys work in `owner` and what it holds, or in its window while it is shown."""
        for command in commands:
            self._commands[command.id] = command
            self._owners[command.id] = owner
            action = QAction(told(command.title), owner)
            action.setObjectName(command.id)
            if command.icon:
                action.setIcon(icon(command.icon))
            action.setShortcuts([QKeySequence(keys) for keys in command.keys])
            action.setShortcutContext(
                Qt.ShortcutContext.WindowShortcut
                if is_global or command.is_wide
                else Qt.ShortcutContext.WidgetWithChildrenShortcut
            )
            action.triggered.connect(lambda _checked=False, wanted=command.id: self.run(wanted))
            owner.addAction(action)
            self._actions[command.id] = action
            action.destroyed.connect(lambda _gone=None, gone=command.id: self._forget(gone))
        self.changed.emit()

    def all(self) -> tuple[Command, ...]:
        """Every command that exists now."""
        return tuple(self._commands.values())

    def offered(self) -> tuple[Command, ...]:
        """What the palette offers now: nothing that would act on what a hidden page has selected."""
        return tuple(
            command
            for command in self._commands.values()
            if command.in_palette and (command.is_wide or self._is_shown(command.id)) and command.is_enabled()
        )

    def get(self, command_id: str) -> Command | None:
        """A command by its id."""
        return self._commands.get(command_id)

    def run(self, command_id: str) -> bool:
        """Does it, where it can be done now."""
        command = self._commands.get(command_id)
        if command is None or not command.is_enabled():
            return False
        if not self._is_shown(command_id):
            self.owner_wanted.emit(self._owners[command_id])
        command.run()
        return True

    def action(self, command_id: str) -> QAction:
        """The action of a command, enabled or not as it is now."""
        action = self._actions[command_id]
        action.setEnabled(True)  # its keys must go on working: `run` looks again
        return action

    def fill(self, menu: QMenu, ids: Iterable[str]) -> QMenu:
        """Fills a menu with commands; an empty id makes a line between two parts."""
        for command_id in ids:
            if not command_id:
                menu.addSeparator()
                continue
            command = self._commands[command_id]
            entry = menu.addAction(told(command.title))
            if command.icon:
                entry.setIcon(icon(command.icon))
            if command.keys:
                entry.setShortcut(QKeySequence(command.keys[0]))
                entry.setShortcutVisibleInContextMenu(True)
                entry.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)  # shown, not heard twice
            entry.setEnabled(command.is_enabled())
            entry.setObjectName(f"menu_{command_id}")
            entry.triggered.connect(lambda _checked=False, wanted=command_id: self.run(wanted))
        return menu

    def _forget(self, command_id: str) -> None:
        action = self._actions.get(command_id)
        if action is None or not shiboken6.isValid(action):
            self._actions.pop(command_id, None)
            self._commands.pop(command_id, None)
            self._owners.pop(command_id, None)

    def _is_shown(self, command_id: str) -> bool:
        owner = self._owners.get(command_id)
        return owner is not None and shiboken6.isValid(owner) and owner.isVisible()
