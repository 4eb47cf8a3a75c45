"""A new passphrase for the vault that is open."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from app.kernel.errors import Problem
from app.kernel.gate import Ability, Act
from app.kernel.secret import Secret
from app.ui.face import Face
from app.ui.first_start.strength import StrengthBar
from app.ui.language import tr
from app.ui.widgets.drawer import Drawer
from app.ui.widgets.fields import Field, PassphraseEdit
from app.ui.widgets.parts import button, label
from app.vault.vault import OpenVault

_SUBJECT = "operator.passphrase"


class PassphraseDrawer(Drawer):
    """Asks for it twice, since a slip of the finger would shut its person out."""

    def __init__(self, host: QWidget, face: Face, vault: OpenVault) -> None:
        super().__init__(host, "passphrase_drawer", tr("Change passphrase"), face.theme.motion_ms)
        self._face = face
        self._vault = vault
        self._is_saving = False
        self.edit = PassphraseEdit("new_passphrase_edit")
        self.again_edit = PassphraseEdit("again_edit")
        self.field = Field(tr("New passphrase"), self.edit)
        self.again_field = Field(tr("The same once more"), self.again_edit)
        self.strength = StrengthBar()
        self.edit.textChanged.connect(self.strength.judge)
        self.edit.textEdited.connect(lambda _text: self.field.say(""))
        self.again_edit.textEdited.connect(lambda _text: self.again_field.say(""))
        self.edit.returnPressed.connect(self.again_edit.setFocus)
        self.again_edit.returnPressed.connect(self.save)
        note = tr(
            "Your recovery code stays the same. Copies of the vault made before still open with the old one."
        )
        for widget in (self.field, self.strength, self.again_field, label(note, "muted", wraps=True)):
            self.body_layout.addWidget(widget)
        self.body_layout.addStretch(1)
        self.cancel_button = button(tr("Cancel"), "cancel_button", self.ask_to_close, kind="quiet")
        self.save_button = button(tr("Change passphrase"), "save_button", self.save, kind="primary")
        self.save_button.setToolTip("Ctrl+Enter")
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self.save)
        self.foot_layout.addWidget(self.cancel_button)
        self.foot_layout.addStretch(1)
        self.foot_layout.addWidget(self.save_button)

    def begin(self) -> None:
        """Slides in."""
        self.slide_in(self.edit)

    def save(self) -> None:
        """Sets it, where both fields hold the same."""
        if self._is_saving:
            return
        if not self.edit.text():
            self.field.say(tr("Type the new passphrase."), "danger")
            self.edit.setFocus()
            return
        if self.edit.text() != self.again_edit.text():
            self.again_field.say(tr("The two are not the same."), "danger")
            self.again_edit.setFocus()
            return
        self._set_saving(True)
        self.banner.clear()
        vault, passphrase = self._vault, Secret(self.edit.text())

        def work() -> None:
            pass_ = vault.gate.admit(vault.session, Act(Ability.SETTING_EDIT, _SUBJECT))
            vault.set_passphrase(pass_, passphrase)

        self._face.jobs.call(work, owner=self, then=self._on_saved, failed=self._on_failed)

    def ask_to_close(self) -> None:
        if not self._is_saving:
            self.end()

    def end(self) -> None:
        self.edit.forget()
        self.again_edit.forget()
        super().end()

    def _on_saved(self, _nothing: None) -> None:
        self._face.toaster.show(tr("The new passphrase is in force."))
        self.end()

    def _on_failed(self, problem: Problem) -> None:
        self._set_saving(False)
        self.banner.show_problem(problem)

    def _set_saving(self, is_saving: bool) -> None:
        self._is_saving = is_saving
        for widget in (self.edit, self.again_edit, self.save_button):
            widget.setEnabled(not is_saving)
        self.save_button.setText(tr("Saving…") if is_saving else tr("Change passphrase"))
