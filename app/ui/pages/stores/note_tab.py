"""Note: sealed text about a store; shown on request, since a look is recorded, and saved by itself."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from app.isolation.profile_listing import ProfileRow
from app.isolation.room import IsolationRoom
from app.kernel.errors import Problem
from app.kernel.secret import Secret
from app.ui.face import Face
from app.ui.language import tr
from app.ui.widgets.banner import Banner
from app.ui.widgets.parts import button, label

_SAVE_AFTER_MS = 1_500
_LONGEST = 200_000


class NoteTab(QWidget):
    """One store's note."""

    def __init__(self, face: Face, room: IsolationRoom) -> None:
        super().__init__()
        self._face = face
        self._room = room
        self._profile = ""
        self._is_loaded = False
        self._saved = ""
        self.banner = Banner()
        self.hint = label(kind="muted", wraps=True)
        self.show_button = button(tr("Show the note"), "show_note_button", self._load, icon_name="eye")
        self.edit = QPlainTextEdit()
        self.edit.setObjectName("note_edit")
        self.edit.setAccessibleName(tr("Note"))
        self.edit.setPlaceholderText(tr("What should be known about this store? Sealed; saved by itself."))
        self.edit.setTabChangesFocus(True)
        self.edit.setMinimumHeight(180)
        self.edit.textChanged.connect(self._on_text)
        self.state_label = label(kind="muted")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._save)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 16)
        column.setSpacing(10)
        for widget in (self.banner, self.hint, self.show_button):
            column.addWidget(widget)
        column.addWidget(self.edit, 1)
        column.addWidget(self.state_label)
        column.addStretch(0)

    def show_row(self, row: ProfileRow, *, is_shown: bool, is_other: bool) -> None:
        """A store is chosen; its note is not read before somebody asks for it."""
        profile = row.profile
        if is_other:
            self.leave()
            self._profile, self._is_loaded = profile.id, False
            self._set_text("")
            self.state_label.setText("")
            self.banner.clear()
        if self._is_loaded or not is_shown:
            return
        self._profile = profile.id
        self.edit.setReadOnly(profile.deleted_at is not None)
        self.hint.setVisible(profile.has_note)
        self.hint.setText(tr("This note is sealed. Who shows it, and when, is kept in the history."))
        self.show_button.setVisible(profile.has_note)
        self.edit.setVisible(not profile.has_note)
        self._is_loaded = not profile.has_note

    def leave(self) -> None:
        """Saves what has been typed and not yet saved."""
        if self._timer.isActive():
            self._timer.stop()
            self._save()

    def _load(self) -> None:
        profile = self._profile
        self._face.jobs.call(
            lambda: self._room.profiles.reveal_note(profile),
            owner=self,
            then=lambda note: self._on_loaded(profile, note),
            failed=self.banner.show_problem,
        )

    def _on_loaded(self, profile: str, note: Secret) -> None:
        if profile != self._profile:
            return
        self._set_text(note.reveal())
        self._is_loaded = True
        self.hint.hide()
        self.show_button.hide()
        self.edit.show()
        self.edit.setFocus()

    def _set_text(self, text: str) -> None:
        self._saved = text
        self.edit.blockSignals(True)
        self.edit.setPlainText(text)
        self.edit.blockSignals(False)

    def _on_text(self) -> None:
        if self._is_loaded and not self.edit.isReadOnly():
            self.state_label.setText(tr("Not saved yet…"))
            self._timer.start(_SAVE_AFTER_MS)

    def _save(self) -> None:
        text, profile = self.edit.toPlainText(), self._profile
        if text == self._saved or not self._is_loaded:
            return
        if len(text) > _LONGEST:
            self.state_label.setText(tr("The note is too long to be saved; shorten it."))
            return
        self._saved = text
        self._face.jobs.write(
            lambda: self._room.profiles.write_note(profile, Secret(text)),
            owner=self,
            then=lambda _profile: self._on_saved(profile),
            failed=self._on_failed,
        )

    def _on_saved(self, profile: str) -> None:
        if profile == self._profile:
            self.state_label.setText(tr("Saved"))

    def _on_failed(self, problem: Problem) -> None:
        self._saved = "\0"  # so that the next attempt saves again
        self.banner.show_problem(problem)
        self.state_label.setText(tr("Not saved yet…"))
