"""The rail on the left: one button for each page, with text or, folded, its icon alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.kernel.text import Text
from app.ui.language import told, tr
from app.ui.theme.icons import icon
from app.ui.widgets.parts import PushButton, icon_button, label
from app.ui.widgets.sign import OwnSign

WIDE_PX = 160
NARROW_PX = 56


@dataclass(frozen=True, slots=True)
class Entry:
    """One page of the rail."""

    id: str
    title: Text
    icon: str
    key: str


class Rail(QWidget):
    """Chooses a page."""

    chosen = Signal(str)
    folded = Signal(bool)

    def __init__(self, entries: Sequence[Entry], last: Sequence[str], is_folded: bool) -> None:
        super().__init__()
        self.setObjectName("rail")
        self.setProperty("kind", "rail")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, True)
        self.setAccessibleName(tr("Pages"))
        self._buttons: dict[str, QPushButton] = {}
        self._texts = {entry.id: told(entry.title) for entry in entries}
        self._group = QButtonGroup(self)
        self._is_folded = is_folded
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 12, 8, 8)
        column.setSpacing(4)
        column.addLayout(self._build_head())
        column.addSpacing(8)
        for entry in entries:
            if entry.id not in last:
                column.addWidget(self._build_button(entry))
        column.addStretch(1)
        for entry in entries:
            if entry.id in last:
                column.addWidget(self._build_button(entry))
        self._fold_button = icon_button("chevrons-left", tr("Fold"), "rail_fold_button", self._on_fold)
        column.addWidget(self._fold_button)
        self._show_folded()

    def select(self, page: str) -> None:
        """Marks a page as the one that is shown."""
        if found := self._buttons.get(page):
            found.setChecked(True)

    def _build_head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(6, 0, 0, 0)
        row.setSpacing(10)
        self._name = label(tr("Berth"), "title")
        row.addWidget(OwnSign(26))
        row.addWidget(self._name, 1)
        return row

    def _build_button(self, entry: Entry) -> QPushButton:
        made = PushButton()
        made.setObjectName(f"rail_{entry.id}_button")
        made.setProperty("kind", "rail")
        made.setCheckable(True)
        made.setIcon(icon(entry.icon))
        made.setIconSize(QSize(18, 18))
        made.setAccessibleName(self._texts[entry.id])
        made.setToolTip(f"{self._texts[entry.id]} ({entry.key})")
        made.setCursor(Qt.CursorShape.PointingHandCursor)
        made.clicked.connect(lambda _checked=False, page=entry.id: self.chosen.emit(page))
        self._group.addButton(made)
        self._buttons[entry.id] = made
        return made

    def _on_fold(self) -> None:
        self._is_folded = not self._is_folded
        self._show_folded()
        self.folded.emit(self._is_folded)

    def _show_folded(self) -> None:
        self.setFixedWidth(NARROW_PX if self._is_folded else WIDE_PX)
        self._name.setVisible(not self._is_folded)
        for page, made in self._buttons.items():
            made.setText("" if self._is_folded else f"  {self._texts[page]}")
        what = tr("Unfold") if self._is_folded else tr("Fold")
        self._fold_button.setIcon(icon("chevrons-right" if self._is_folded else "chevrons-left", "muted"))
        self._fold_button.setToolTip(what)
        self._fold_button.setAccessibleName(what)
