"""The page of keys: every command there is, by the place where it works, with the keys that do it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.kernel.text import Text, say
from app.ui.commands.registry import EVERYWHERE, Command, CommandRegistry
from app.ui.language import told, tr
from app.ui.pages.settings.cards import Card, Row
from app.ui.pages.settings.keycaps import Keycaps
from app.ui.telling import named
from app.ui.widgets.parts import label
from app.ui.widgets.sign import Sign

_ICON_PX = 16
# Keys of single fields and lists, which are no commands of their own.
_ALWAYS: tuple[tuple[Text, Text, tuple[str, ...]], ...] = (
    (EVERYWHERE, say("Close a drawer, or leave the search"), ("Esc",)),
    (EVERYWHERE, say("Save in a drawer"), ("Ctrl+Return",)),
    (EVERYWHERE, say("To the next field or part, and back"), ("Tab", "Shift+Tab")),
    (say("Stores"), say("Open the chosen store, or bring its window to the front"), ("Return",)),
    (say("Stores"), say("The chosen group one place up or down"), ("Alt+Up", "Alt+Down")),
)


class KeyRow(Row):
    """One command and its keys."""

    def __init__(self, title: str, icon_name: str, keys: tuple[str, ...]) -> None:
        super().__init__()
        self.caps = Keycaps(keys)
        self.words = f"{title} {self.caps.text}".casefold()
        self.name_label = label(title, wraps=True)
        self.name_label.setAccessibleName(named(title, self.caps.text) if keys else title)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 7, 16, 7)
        row.setSpacing(12)
        row.addWidget(Sign(_ICON_PX, icon_name, "muted"))
        row.addWidget(self.name_label, 1)
        row.addWidget(self.caps)
        self.setMinimumHeight(38)


class KeysSection(QWidget):
    """Reads the registry each time it is shown, not before: pages bring their commands with them."""

    def __init__(self, commands: CommandRegistry) -> None:
        super().__init__()
        self.setObjectName("keys_section")
        self._commands = commands
        self._text = ""
        self._shown: list[tuple[str, list[tuple[str, str, tuple[str, ...]]]]] = []
        self.cards: list[Card] = []
        self.none_label = label(kind="muted", wraps=True)
        self.none_label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(20)
        self._column.addWidget(self.none_label)
        self._column.addStretch(1)

    def refresh(self) -> None:
        """Shows the commands of now."""
        found = self._read()
        if found == self._shown:
            return
        self._shown = found
        for card in self.cards:
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        self.cards = [
            Card(place, [KeyRow(title, sign, keys) for title, sign, keys in rows], self)
            for place, rows in found
        ]
        for at, card in enumerate(self.cards):
            self._column.insertWidget(at, card)
        self.search(self._text)

    def search(self, text: str) -> None:
        """Shows the commands that fit a text."""
        self._text = text
        shown = sum(card.filter(text) for card in self.cards)
        self.none_label.setText(tr('No key fits "{text}"').format(text=text[:60]))
        self.none_label.setVisible(not shown)

    def _read(self) -> list[tuple[str, list[tuple[str, str, tuple[str, ...]]]]]:
        places: dict[str, list[tuple[str, str, tuple[str, ...]]]] = {told(EVERYWHERE): []}
        for command in sorted(self._commands.all(), key=_has_no_keys):
            if command.keys or command.in_palette:
                rows = places.setdefault(told(command.place), [])
                rows.append((told(command.title), command.icon, command.keys))
        for place, title, keys in _ALWAYS:
            rows = places.setdefault(told(place), [])
            at = next((at for at, row in enumerate(rows) if not row[2]), len(rows))
            rows.insert(at, (told(title), "", keys))
        return list(places.items())


def _has_no_keys(command: Command) -> bool:
    return not command.keys
