"""The lock screen: the passphrase, the way back with the recovery code, and which windows are open."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.kernel.errors import LockedProblem, Problem
from app.kernel.secret import Secret
from app.ui.first_start.strength import StrengthBar
from app.ui.language import tr
from app.ui.vault_door import VaultDoor
from app.ui.widgets.banner import Banner
from app.ui.widgets.fields import Field, PassphraseEdit
from app.ui.widgets.parts import ElidedLabel, button, centred, label
from app.ui.widgets.sign import OwnSign
from app.ui.window_states import WindowStates

_WIDTH_PX = 400
_NAMED = 8


class LockPage(QWidget):
    """Unlocks; stays what it is until the vault says that it is open."""

    def __init__(self, door: VaultDoor, states: WindowStates) -> None:
        super().__init__()
        self.setObjectName("lock_page")
        self._door = door
        self._states = states
        self._recovers = False
        self._is_wished = False  # Enter came while the vault was still being locked
        door.locked.connect(self._on_locked)
        sign = OwnSign(56)
        self.title_label = label(tr("Berth is locked"), "title")
        self.title_label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.banner = Banner(closes=False)
        self.code_edit = PassphraseEdit("recovery_code_edit")
        self.code_field = Field(tr("Recovery code"), self.code_edit)
        self.passphrase_edit = PassphraseEdit("passphrase_edit")
        self.passphrase_field = Field(tr("Passphrase"), self.passphrase_edit)
        self.strength = StrengthBar()
        self.passphrase_edit.textChanged.connect(self._on_typed)
        self.passphrase_edit.returnPressed.connect(self._on_unlock)
        self.code_edit.returnPressed.connect(self.passphrase_edit.setFocus)
        self.unlock_button = button(tr("Unlock"), "unlock_button", self._on_unlock, kind="primary")
        self.other_button = button("", "other_way_button", self._on_other_way, kind="link")
        self.windows_card = QFrame()
        self.windows_card.setProperty("kind", "card")
        self._windows = QVBoxLayout(self.windows_card)
        self._windows.setContentsMargins(14, 10, 14, 10)
        self._windows.setSpacing(4)
        box = QWidget()
        column = QVBoxLayout(box)
        column.setSpacing(14)
        column.addWidget(sign, 0, Qt.AlignmentFlag.AlignHCenter)
        for widget in (
            self.title_label,
            self.banner,
            self.code_field,
            self.passphrase_field,
            self.strength,
            self.unlock_button,
        ):
            column.addWidget(widget)
        column.addWidget(self.other_button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(8)
        column.addWidget(self.windows_card)
        self.setLayout(centred(box, _WIDTH_PX))
        states.changed.connect(self._on_states_changed)
        self._show_way()
        self._on_states_changed()

    def begin(self) -> None:
        """Ready for the next person: empty, with the caret where it belongs."""
        self._recovers = False
        self.banner.clear()
        self._show_way()
        self._on_states_changed()
        self.passphrase_edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def forget(self) -> None:
        """Empties both fields."""
        self.passphrase_edit.forget()
        self.code_edit.forget()

    @Slot()
    def _on_unlock(self) -> None:
        secret, code = Secret(self.passphrase_edit.text()), Secret(self.code_edit.text())
        if self._door.is_busy and secret:
            self._is_wished = True
            self._set_busy(True)
            return
        if not secret or (self._recovers and not code):
            (self.code_edit if self._recovers and not code else self.passphrase_edit).setFocus()
            return
        self._set_busy(True)
        self.banner.clear()
        if self._recovers:
            self._door.recover(code, secret, self._on_failed)
        else:
            self._door.unlock(secret, self._on_failed)

    def _on_locked(self) -> None:
        if self._is_wished:
            self._is_wished = False
            self._set_busy(False)
            self._on_unlock()

    def end_of_unlocking(self) -> None:
        """The vault is open: nothing typed stays here."""
        self.forget()
        self._set_busy(False)

    def _on_failed(self, problem: Problem) -> None:
        self._is_wished = False
        self._set_busy(False)
        self.banner.show_problem(problem)
        if isinstance(problem, LockedProblem):
            edit = self.code_edit if self._recovers else self.passphrase_edit
            edit.selectAll()
            edit.setFocus()

    @Slot()
    def _on_other_way(self) -> None:
        self._recovers = not self._recovers
        self.forget()
        self.banner.clear()
        self._show_way()
        (self.code_edit if self._recovers else self.passphrase_edit).setFocus()

    def _show_way(self) -> None:
        self.code_field.setVisible(self._recovers)
        self.strength.setVisible(self._recovers)
        self.passphrase_field.name_label.setText(tr("New passphrase") if self._recovers else tr("Passphrase"))
        self.passphrase_edit.setAccessibleName(self.passphrase_field.name_label.text())
        self.unlock_button.setText(tr("Set passphrase and unlock") if self._recovers else tr("Unlock"))
        self.other_button.setText(
            tr("Back to the passphrase") if self._recovers else tr("Forgot it? Use the recovery code")
        )

    def _set_busy(self, is_busy: bool) -> None:
        for widget in (self.passphrase_edit, self.code_edit, self.unlock_button, self.other_button):
            widget.setEnabled(not is_busy)
        if is_busy:
            self.unlock_button.setText(tr("Unlocking…"))
        else:
            self._show_way()

    @Slot(str)
    def _on_typed(self, text: str) -> None:
        if self._recovers:
            self.strength.judge(text)

    @Slot()
    def _on_states_changed(self, _profiles: object = None) -> None:
        while (item := self._windows.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        found = self._states.open_windows()
        self.windows_card.setVisible(bool(found))
        if not found:
            return
        self._windows.addWidget(label(tr("%n window(s) still open; they go on", n=len(found)), "heading"))
        for state in found[:_NAMED]:
            self._windows.addWidget(ElidedLabel(f"{state.number:03d}  {state.name}", "muted"))
        if len(found) > _NAMED:
            self._windows.addWidget(label(tr("and %n more", n=len(found) - _NAMED), "muted"))
