"""Questions to the person: dialogs that never stop the program, and that answer through a callback."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.kernel.errors import Problem
from app.ui.language import told_whole, tr
from app.ui.widgets.parts import button, label

_WIDTH_PX = 440


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer: its key, what its button says, and its look (primary, danger or plain)."""

    key: str
    text: str
    kind: str = ""


class Question(QDialog):
    """A sentence or two, and a button for each answer. Esc gives no answer."""

    def __init__(
        self,
        parent: QWidget | None,
        title: str,
        text: str,
        choices: Sequence[Choice],
        then: Callable[[str], object],
    ) -> None:
        super().__init__(parent)
        self.setObjectName("question")
        self.setWindowTitle(tr("Berth"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._then = then
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(24, 20, 24, 20)
        self.column.setSpacing(12)
        self.title_label = label(title, "title", wraps=True)
        self.text_label = label(text, wraps=True)
        self.setAccessibleName(title)
        self.column.addWidget(self.title_label)
        self.column.addWidget(self.text_label)
        self.text_label.setVisible(bool(text))
        self._row = QHBoxLayout()
        self._row.setSpacing(8)
        self._row.addStretch(1)
        for choice in choices:
            made = button(choice.text, f"answer_{choice.key}_button", kind=choice.kind)
            made.setProperty("answer", choice.key)
            made.clicked.connect(self._on_clicked)
            made.setAutoDefault(False)
            if choice.kind == "primary":
                made.setDefault(True)
            self._row.addWidget(made)
        self.column.addLayout(self._row)
        self.setMinimumWidth(_WIDTH_PX)

    @Slot()
    def _on_clicked(self) -> None:
        self.answer(str(self.sender().property("answer")))

    def answer(self, key: str) -> None:
        """Gives an answer and goes."""
        then = self._then
        self.close()
        then(key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)


class TextQuestion(Question):
    """A question that wants a line of text. It stays until what it was asked for has worked."""

    def __init__(
        self,
        parent: QWidget | None,
        title: str,
        text: str,
        value: str,
        save: str,
        then: Callable[[str, TextQuestion], object],
    ) -> None:
        choices = (Choice("cancel", tr("Cancel")), Choice("save", save, "primary"))
        super().__init__(parent, title, text, choices, self._on_answer)
        self._given = then
        self.edit = QLineEdit(value)
        self.edit.setObjectName("answer_edit")
        self.edit.setMaxLength(400)
        self.edit.setAccessibleName(title)
        self.edit.selectAll()
        self.wrong_label = label(kind="danger", wraps=True)
        self.wrong_label.hide()
        self.column.insertWidget(2, self.edit)
        self.column.insertWidget(3, self.wrong_label)
        self.edit.setFocus()

    def answer(self, key: str) -> None:
        if key == "save":
            self._on_answer(key)
        else:
            self.close()

    def say_problem(self, problem: Problem) -> None:
        """It did not work: what is typed stays, and why is said beneath it."""
        self._set_busy(False)
        self.wrong_label.setText(told_whole(problem))
        self.wrong_label.show()
        self.edit.setFocus()
        self.edit.selectAll()

    def _on_answer(self, key: str) -> None:
        if key == "save":
            self._set_busy(True)
            self.wrong_label.hide()
            self._given(self.edit.text(), self)

    def _set_busy(self, is_busy: bool) -> None:
        for widget in (self.edit, *self.findChildren(QPushButton)):
            if widget.objectName() != "answer_cancel_button":
                widget.setEnabled(not is_busy)


class Prompts:
    """Asks; tests press the same buttons as people."""

    def __init__(self, window: QWidget) -> None:
        self._window = window
        self._open: list[Question] = []

    def ask(
        self, title: str, text: str, choices: Sequence[Choice], then: Callable[[str], object]
    ) -> Question:
        """Asks a question; `then` is given the key of the answer, or is never called."""
        return self._show(Question(self._window, title, text, choices, then))

    def ask_text(
        self, title: str, text: str, value: str, save: str, then: Callable[[str], object]
    ) -> TextQuestion:
        """Asks for a line of text, and goes at once when it is given."""

        def given(answer: str, question: TextQuestion) -> None:
            question.close()
            then(answer)

        return self.ask_until(title, text, value, save, given)

    def ask_until(
        self, title: str, text: str, value: str, save: str, then: Callable[[str, TextQuestion], object]
    ) -> TextQuestion:
        """The same, but it stays until `then` closes it, or says with `say_problem` what is wrong."""
        made = TextQuestion(self._window, title, text, value, save, then)
        self._show(made)
        return made

    def show(self, question: Question) -> None:
        """Asks a question of a kind of its own; its parent is the window's."""
        self._show(question)

    @property
    def window(self) -> QWidget:
        """What questions stand before."""
        return self._window

    def close_all(self) -> None:
        """Takes back every question; at the lock nothing of the vault may stay on the screen."""
        for question in tuple(self._open):
            question.close()

    def _show(self, question: Question) -> Question:
        self._open.append(question)
        question.finished.connect(lambda _code: self._forget(question))
        question.setWindowModality(Qt.WindowModality.WindowModal)
        question.open()
        return question

    def _forget(self, question: Question) -> None:
        if question in self._open:
            self._open.remove(question)
