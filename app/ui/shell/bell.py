"""The bell: what happened while nobody looked — crashes, refusals, proxies that expire — until it is seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from PySide6.QtCore import QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QToolButton

from app.kernel.clock import Clock
from app.kernel.text import Text
from app.ui.language import told, tr
from app.ui.telling import ago
from app.ui.theme.icons import icon
from app.ui.theme.palette import tokens_now

_MOST = 30
_LONGEST = 90
_BADGE_PX = 15
_TOO_MANY = 10


@dataclass(frozen=True, slots=True)
class Note:
    """One thing that happened, and what a click on it shows."""

    text: Text
    at: datetime
    target: str  # a profile's id, or what `on_note` knows otherwise


class Notes(QObject):
    """The newest things that happened while the vault was open; they name stores and go with the lock."""

    changed = Signal()

    def __init__(self, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.clock = clock
        self.all: list[Note] = []
        self.unseen = 0

    def add(self, text: Text, target: str) -> None:
        """Something happened; it is told in the language of whenever somebody looks."""
        self.all = [Note(text, self.clock.now(), target), *self.all][:_MOST]
        self.unseen = min(self.unseen + 1, _MOST)
        self.changed.emit()

    def clear(self) -> None:
        """At the lock."""
        self.all = []
        self.mark_seen()

    def mark_seen(self) -> None:
        """Somebody has looked."""
        self.unseen = 0
        self.changed.emit()


class Bell(QToolButton):
    """Shows how many notes are new, and the notes as a menu."""

    def __init__(self, notes: Notes, on_note: Callable[[Note], None]) -> None:
        super().__init__()
        self._on_note = on_note
        self.setObjectName("bell_button")
        self.setProperty("kind", "quiet")
        self.setIcon(icon("bell"))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._notes = notes
        notes.changed.connect(self._on_changed)
        self.clicked.connect(self._on_clicked)
        self._on_changed()

    def _on_changed(self) -> None:
        text = tr("%n new note(s)", n=self._notes.unseen) if self._notes.unseen else tr("Notes")
        self.setToolTip(text)
        self.setAccessibleName(text)
        self.update()

    def _on_clicked(self) -> None:
        menu = QMenu(self)
        menu.setObjectName("bell_menu")
        now = self._notes.clock.now()
        for note in self._notes.all:
            text = told(note.text)
            text = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
            menu.addAction(f"{text}   {ago(note.at, now)}".replace("&", "&&"), partial(self._on_note, note))
        if not self._notes.all:
            menu.addAction(tr("Nothing has happened that needs you.")).setEnabled(False)
        self._notes.mark_seen()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.mapToGlobal(self.rect().bottomLeft()))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._notes.unseen:
            return
        tokens = tokens_now()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.danger))
        box = QRectF(self.width() - _BADGE_PX - 1, 1, _BADGE_PX, _BADGE_PX)
        painter.drawEllipse(box)
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * 0.75)
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(tokens.on_danger))
        shown = str(self._notes.unseen) if self._notes.unseen < _TOO_MANY else f"{_TOO_MANY - 1}+"
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), shown)
