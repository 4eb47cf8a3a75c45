"""History: who did what with a store, and when."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.isolation.profile_listing import ProfileRow
from app.isolation.room import IsolationRoom
from app.ui.face import Face
from app.ui.language import tr
from app.ui.pages.stores.events import event_title, folded
from app.ui.telling import ago, exact
from app.ui.widgets.parts import label
from app.vault.history import HistoryLine

_SHOWN = 100


class HistoryTab(QWidget):
    """The last acts, the newest first."""

    def __init__(self, face: Face, room: IsolationRoom) -> None:
        super().__init__()
        self._face = face
        self._room = room
        self._wanted = ""
        self.lines = QVBoxLayout()
        self.lines.setSpacing(10)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 16)
        column.addLayout(self.lines)
        column.addStretch(1)

    def show_row(self, row: ProfileRow, *, is_shown: bool) -> None:
        """Reads the history when somebody looks at it."""
        if not is_shown:
            return
        profile = self._wanted = row.profile.id
        self._face.jobs.call(
            lambda: self._room.profiles.history(profile, limit=_SHOWN),
            owner=self,
            then=lambda found: self._show(profile, found),
            failed=lambda _problem: None,
        )

    def _show(self, profile: str, found: tuple[HistoryLine, ...]) -> None:
        if profile != self._wanted:
            return
        while (item := self.lines.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        now = self._face.clock.now()
        for line in folded(found):
            who = f"{line.operator_name} · {line.via} · {ago(line.at, now)}"
            box = QWidget()
            box.setToolTip(exact(line.at))
            inner = QVBoxLayout(box)
            inner.setContentsMargins(0, 0, 0, 0)
            inner.setSpacing(1)
            inner.addWidget(label(event_title(line), "heading"))
            inner.addWidget(label(who, "muted"))
            if line.reason:
                inner.addWidget(label(line.reason, wraps=True))
            self.lines.addWidget(box)
        if not found:
            self.lines.addWidget(label(tr("Nothing yet."), "muted"))
