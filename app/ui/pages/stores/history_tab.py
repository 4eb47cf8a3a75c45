"""History: who did what with a store, and when."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.isolation.profile_listing import ProfileRow
from app.isolation.room import IsolationRoom
from app.kernel.text import Text, say
from app.ui.face import Face
from app.ui.language import told, tr
from app.ui.telling import ago, exact
from app.ui.widgets.parts import label
from app.vault.history import HistoryLine

_SHOWN = 100
_ONE_ACT_S = 30
ABILITY_TEXTS: dict[str, Text] = {
    "profile.edit": say("Changed"),
    "profile.delete": say("Moved to the bin"),
    "profile.purge": say("Removed for good"),
    "window.open": say("Opened"),
    "window.override": say("Opened in spite of a red check"),
    "secret.reveal": say("Looked at something sealed"),
}


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
        for line in _folded(found):
            what = ABILITY_TEXTS.get(line.ability)
            title = told(what) if what is not None else line.ability
            who = f"{line.operator_name} · {line.via} · {ago(line.at, now)}"
            box = QWidget()
            box.setToolTip(exact(line.at))
            inner = QVBoxLayout(box)
            inner.setContentsMargins(0, 0, 0, 0)
            inner.setSpacing(1)
            inner.addWidget(label(title, "heading"))
            inner.addWidget(label(who, "muted"))
            if line.reason:
                inner.addWidget(label(line.reason, wraps=True))
            self.lines.addWidget(box)
        if not found:
            self.lines.addWidget(label(tr("Nothing yet."), "muted"))


def _folded(found: tuple[HistoryLine, ...]) -> list[HistoryLine]:
    """One opening, or one check, records several acts: those of one kind within moments are one line."""
    kept: list[HistoryLine] = []
    for line in found:
        last = kept[-1] if kept else None
        is_same = (
            last is not None
            and (last.ability, last.operator_name, last.via, last.reason)
            == (line.ability, line.operator_name, line.via, line.reason)
            and (last.at - line.at).total_seconds() < _ONE_ACT_S
        )
        if not is_same:
            kept.append(line)
    return kept
