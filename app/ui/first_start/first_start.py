"""The first start: a passphrase, then its recovery code; the first store follows on the stores page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.kernel.clock import Clock
from app.kernel.errors import Problem
from app.kernel.paths import Paths
from app.kernel.secret import Secret
from app.ui.clipboard import SecretClipboard
from app.ui.first_start.recovery_sheet import draw, save_pdf
from app.ui.first_start.strength import QUICKLY_GUESSED, StrengthBar
from app.ui.language import tr
from app.ui.vault_door import VaultDoor
from app.ui.widgets.banner import Banner
from app.ui.widgets.fields import Field, PassphraseEdit
from app.ui.widgets.parts import ElidedLabel, button, centred, label
from app.ui.widgets.sign import OwnSign

_WIDTH_PX = 520
_OWNER = "owner"


class FirstStart(QWidget):
    """Steps one and two. When the code is confirmed, the vault is unlocked and step three begins."""

    language_wanted = Signal(str)
    unlock_failed = Signal(object)  # Problem: the vault is made, and the lock screen goes on

    def __init__(self, door: VaultDoor, paths: Paths, clock: Clock) -> None:
        super().__init__()
        self.setObjectName("first_start")
        self.stack = QStackedWidget()
        self.passphrase_step = PassphraseStep(door, str(paths.data), self._on_made)
        self.passphrase_step.language_wanted.connect(self.language_wanted)
        self.code_step: CodeStep | None = None
        self._door = door
        self._paths = paths
        self._clock = clock
        self._passphrase: Secret | None = None
        self.stack.addWidget(self.passphrase_step)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.stack)

    def begin(self) -> None:
        """Puts the caret into the first field."""
        self.passphrase_step.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def holds_code(self) -> bool:
        """Whether a recovery code is on the screen that has not been confirmed."""
        return self.code_step is not None

    def _on_made(self, passphrase: Secret, code: Secret) -> None:
        self._passphrase = passphrase
        made = self._clock.now().astimezone().strftime("%Y-%m-%d")
        self.code_step = CodeStep(code, str(self._paths.data), made, self._on_confirmed)
        self.stack.addWidget(self.code_step)
        self.stack.setCurrentWidget(self.code_step)
        self.code_step.copy_button.setFocus()

    def _on_confirmed(self) -> None:
        passphrase, self._passphrase = self._passphrase, None
        if passphrase is None or self.code_step is None:
            return  # pressed twice
        self.code_step.set_busy()
        self._door.unlock(passphrase, self._on_unlock_failed)

    def _on_unlock_failed(self, problem: Problem) -> None:
        self.unlock_failed.emit(problem)


class _Step(QWidget):
    def __init__(self, number: int, title: str) -> None:
        super().__init__()
        sign = OwnSign(48)
        self.step_label = label(tr("Step {number} of 3").format(number=number), "muted")
        self.title_label = label(title, "title", wraps=True)
        self.banner = Banner(closes=False)
        box = QWidget()
        self.column = QVBoxLayout(box)
        self.column.setSpacing(14)
        self.column.addWidget(sign, 0, Qt.AlignmentFlag.AlignLeft)
        for widget in (self.step_label, self.title_label, self.banner):
            self.column.addWidget(widget)
        self.setLayout(centred(box, _WIDTH_PX))


class PassphraseStep(_Step):
    """Step one: one field with show, a bar in words, and one line on what a lost passphrase means."""

    language_wanted = Signal(str)

    def __init__(self, door: VaultDoor, folder: str, made: Callable[[Secret, Secret], None]) -> None:
        super().__init__(1, tr("Choose a passphrase"))
        self._door = door
        self._made = made
        self.column.addWidget(
            label(
                tr("It encrypts everything Berth keeps on this computer. There is no account and no server."),
                "muted",
                wraps=True,
            )
        )
        self.edit = PassphraseEdit("new_passphrase_edit")
        self.edit.returnPressed.connect(self._on_next)
        self._is_wished = False  # Next was pressed before it was known how good the passphrase is
        self._is_weak_one_meant = False
        self.strength = StrengthBar(self._on_judged)
        self.edit.textChanged.connect(self._on_typed)
        self.column.addWidget(Field(tr("Passphrase"), self.edit))
        self.column.addWidget(self.strength)
        self.column.addWidget(
            label(tr("A forgotten passphrase cannot be found again; keep the recovery code."), wraps=True)
        )
        self.next_button = button(tr("Next"), "make_vault_button", self._on_next, kind="primary")
        row = QHBoxLayout()
        for code, text in (("zh", "中文"), ("en", "English")):
            made_button = button(text, f"language_{code}_button", kind="link")
            made_button.clicked.connect(lambda _checked=False, wanted=code: self.language_wanted.emit(wanted))
            row.addWidget(made_button)
        row.addStretch(1)
        row.addWidget(self.next_button)
        self.column.addLayout(row)
        place = ElidedLabel(tr("Data folder: {folder}").format(folder=folder), "muted")
        self.column.addWidget(place)

    @Slot(str)
    def _on_typed(self, text: str) -> None:
        self._is_wished = self._is_weak_one_meant = False
        self.strength.judge(text)

    def _on_judged(self, score: int) -> None:
        if self._is_wished and score >= 0:
            self._on_next()

    @Slot()
    def _on_next(self) -> None:
        passphrase = Secret(self.edit.text())
        if self._door.is_busy:
            return
        if not passphrase:
            self.edit.setFocus()
            return
        self._is_wished = self.strength.score < 0
        if self._is_wished:
            return
        if self.strength.score <= QUICKLY_GUESSED and not self._is_weak_one_meant:
            self._is_weak_one_meant = True
            self.banner.show_text(
                tr("This passphrase is quickly guessed."),
                tr("Whoever has this computer could open the vault. Press Next again to use it anyway."),
                level="warn",
            )
            return
        self._set_busy(True)
        self.banner.clear()

        def then(code: Secret) -> None:
            self.edit.forget()
            self._made(passphrase, code)

        self._door.create(passphrase, _OWNER, then, self._on_failed)

    def _on_failed(self, problem: Problem) -> None:
        self._set_busy(False)
        self.banner.show_problem(problem)

    def _set_busy(self, is_busy: bool) -> None:
        self.edit.setEnabled(not is_busy)
        self.next_button.setEnabled(not is_busy)
        self.next_button.setText(tr("Making the vault…") if is_busy else tr("Next"))


class CodeStep(_Step):
    """Step two: the code, shown once; its last group is typed to go on."""

    def __init__(self, code: Secret, folder: str, made: str, confirmed: Callable[[], None]) -> None:
        super().__init__(2, tr("Save your recovery code"))
        self._code = code
        self._folder = folder
        self._made = made
        self._confirmed = confirmed
        self._clipboard = SecretClipboard(self)
        self.column.addWidget(
            label(
                tr("It is shown only now. With it you can set a new passphrase; without both all is lost."),
                wraps=True,
            )
        )
        self.column.addWidget(self._build_card())
        self.column.addLayout(self._build_ways())
        self.last_edit = QLineEdit()
        self.last_edit.setObjectName("last_group_edit")
        self.last_edit.setMaxLength(16)
        self.last_edit.setPlaceholderText("····")
        self.last_edit.textChanged.connect(self._on_typed)
        self.last_edit.returnPressed.connect(self._on_next)
        self.last_field = Field(tr("Type its last group to go on"), self.last_edit)
        self.column.addWidget(self.last_field)
        self.next_button = button(tr("I have saved it"), "code_saved_button", self._on_next, kind="primary")
        self.next_button.setEnabled(False)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.next_button)
        self.column.addLayout(row)

    def set_busy(self) -> None:
        """The vault is being unlocked."""
        self.last_edit.setEnabled(False)
        self.next_button.setEnabled(False)
        self.next_button.setText(tr("Unlocking…"))

    def _build_card(self) -> QFrame:
        card = QFrame()
        card.setProperty("kind", "card")
        grid = QGridLayout(card)
        grid.setContentsMargins(20, 16, 20, 16)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(8)
        groups = self._code.reveal().split("-")
        for at, group in enumerate(groups):
            shown = label(group)
            font = shown.font()
            font.setFamilies(
                ["Cascadia Mono", "Menlo", "DejaVu Sans Mono", "Noto Sans Mono CJK SC", "monospace"]
            )
            font.setPointSizeF(font.pointSizeF() * 1.6)
            font.setBold(True)
            shown.setFont(font)
            shown.setAlignment(Qt.AlignmentFlag.AlignCenter)
            grid.addWidget(shown, at // 4, at % 4)
        card.setAccessibleName(tr("Recovery code"))
        return card

    def _build_ways(self) -> QHBoxLayout:
        self.print_button = button(tr("Print…"), "print_code_button", self._on_print, icon_name="printer")
        self.pdf_button = button(tr("Save as PDF…"), "pdf_code_button", self._on_pdf, icon_name="file-text")
        self.copy_button = button(tr("Copy"), "copy_code_button", self._on_copy, icon_name="copy")
        row = QHBoxLayout()
        row.setSpacing(8)
        for made in (self.print_button, self.pdf_button, self.copy_button):
            row.addWidget(made)
        row.addStretch(1)
        return row

    @Slot(str)
    def _on_typed(self, _text: str) -> None:
        self.next_button.setEnabled(self._is_right())
        self.last_field.say("")

    def _is_right(self) -> bool:
        alike = str.maketrans({"O": "0", "I": "1", "L": "1"})
        typed = "".join(letter for letter in self.last_edit.text().upper() if letter.isalnum()).translate(
            alike
        )
        return bool(typed) and typed == self._code.reveal().rpartition("-")[2]

    @Slot()
    def _on_next(self) -> None:
        if not self._is_right():
            self.last_field.say(tr("That is not the last group of this code."), "danger")
            return
        self._clipboard.clear()
        self._confirmed()

    def _on_copy(self) -> None:
        self._clipboard.put(self._code)
        self.copy_button.setText(tr("Copied"))

    def _on_pdf(self) -> None:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        dialog = QFileDialog(self, tr("Save as PDF…"), folder, "PDF (*.pdf)")
        dialog.setObjectName("pdf_dialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("pdf")
        dialog.selectFile("Berth-recovery-code.pdf")
        dialog.fileSelected.connect(self.save_pdf_to)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(str)
    def save_pdf_to(self, file: str) -> None:
        """Writes the sheet to a file."""
        try:
            save_pdf(Path(file), self._code, self._folder, self._made)
        except Problem as problem:
            self.banner.show_problem(problem)
            return
        self.banner.show_text(tr("Saved: {file}").format(file=file), level="ok")

    def _on_print(self) -> None:
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrinterInfo

        if not QPrinterInfo.availablePrinterNames():
            self.banner.show_text(
                tr("No printer was found."),
                tr("Save the code as a PDF and print that, or write it down."),
                level="warn",
            )
            return
        printer = QPrinter()
        dialog = QPrintDialog(printer, self)
        dialog.accepted.connect(lambda: draw(printer, self._code, self._folder, self._made))
        dialog.finished.connect(dialog.deleteLater)
        QDialog.open(dialog)  # its own `open` wants a slot
