"""What a setting is changed with: a choice, a number, a switch, or lines of text."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QMimeData, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QSizePolicy,
    QWidget,
)

from app.kernel.settings import Setting, Value
from app.ui.language import told, tr
from app.ui.telling import named
from app.ui.theme.palette import tokens_now
from app.ui.widgets.fields import LONGEST_PASTE, Choice
from app.ui.widgets.parts import icon_button

_PAUSE_MS = 500  # so that a number that is counted up, or a line that is typed, is one change
_MOST_LETTERS = 20_000
_CONTROL_PX = 210
_LINES_PX = 92
_NUMBER_PX = 84
_ARROW_PX = 14
_MOST = 2**31 - 1
_MOST_DIGITS = 11
_STEPS = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_PageUp: 10, Qt.Key.Key_PageDown: -10}


class ChoiceControl(Choice):
    """A choice of a setting."""

    given = Signal(object)

    def __init__(self, row: Setting) -> None:
        texts = [told(text) for text in row.choice_texts] or list(row.choices)
        super().__init__(f"{_name(row)}_choice", list(zip(row.choices, texts, strict=True)))
        self.setFixedWidth(_CONTROL_PX)
        self.chosen.connect(self.given.emit)

    def show_value(self, value: Value) -> None:
        """Shows what is stored."""
        self.choose(str(value))

    def finish(self) -> None:
        """Nothing waits here."""

    def drop(self) -> None:
        """Nothing waits here."""


class NumberControl(QWidget):
    """A number within its bounds: typed, by the arrow keys, or by its two buttons."""

    given = Signal(object)

    def __init__(self, row: Setting) -> None:
        super().__init__()
        self._least = row.minimum if row.minimum is not None else -_MOST
        self._most = row.maximum if row.maximum is not None else _MOST
        self.edit = _NumberEdit(self.step)
        self.edit.setObjectName(f"{_name(row)}_edit")
        less = icon_button("minus", tr("Less", "one step down"), f"{_name(row)}_less_button", tone="muted")
        more = icon_button("plus", tr("More", "one step up"), f"{_name(row)}_more_button", tone="muted")
        for made, by, what in ((less, -1, tr("Less", "one step down")), (more, 1, tr("More", "one step up"))):
            made.setAccessibleName(named(told(row.short), what))
            made.setAutoRepeat(True)
            made.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the field's arrow keys do the same
            made.clicked.connect(partial(self._on_clicked, by))
        self.setFocusProxy(self.edit)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for widget in (less, self.edit, more):
            layout.addWidget(widget)
        self._timer = _timer(self, self._give)
        self.edit.textEdited.connect(lambda _text: self._timer.start())
        self.edit.editingFinished.connect(self.finish)

    def show_value(self, value: Value) -> None:
        """Shows what is stored, unless somebody is just changing it."""
        if not self._timer.isActive() and self.edit.text() != str(value):
            self.edit.setText(str(value))

    def finish(self) -> None:
        """Gives what was changed a moment ago."""
        if self._timer.isActive():
            self._timer.stop()
            self._give()

    def drop(self) -> None:
        """Forgets what was changed a moment ago."""
        self._timer.stop()

    def step(self, by: int) -> None:
        """Counts up or down, no further than the bounds."""
        text = self.edit.text().strip()
        number = int(text) if text.removeprefix("-").isdecimal() else self._least
        self.edit.setText(str(min(self._most, max(self._least, number + by))))
        self._timer.start()

    def _give(self) -> None:
        self.given.emit(self.edit.text().strip())

    def _on_clicked(self, by: int, _checked: bool = False) -> None:
        self.step(by)

    def setAccessibleName(self, name: str) -> None:
        self.edit.setAccessibleName(name)

    def setAccessibleDescription(self, text: str) -> None:
        self.edit.setAccessibleDescription(text)


class _NumberEdit(QLineEdit):
    """Not a spin box: with a style sheet Qt gives the field of one without buttons no room."""

    def __init__(self, step: Callable[[int], None]) -> None:
        super().__init__()
        self._step = step
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setMaxLength(_MOST_DIGITS)
        self.setFixedWidth(_NUMBER_PX)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = _STEPS.get(Qt.Key(event.key()))
        if by is not None:
            self._step(by)
        else:
            super().keyPressEvent(event)


class SwitchControl(QAbstractButton):
    """On or off."""

    given = Signal(object)

    def __init__(self, row: Setting) -> None:
        super().__init__()
        self.setObjectName(f"{_name(row)}_switch")
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self.given.emit)

    def show_value(self, value: Value) -> None:
        """Shows what is stored."""
        self.setChecked(bool(value))

    def finish(self) -> None:
        """Nothing waits here."""

    def drop(self) -> None:
        """Nothing waits here."""

    def sizeHint(self) -> QSize:
        return QSize(46, 28)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, painter = tokens_now(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        track = QRectF(4, 4, 38, 20)
        painter.setPen(QPen(QColor(tokens.accent if self.isChecked() else tokens.border), 1))
        painter.setBrush(QColor(tokens.accent if self.isChecked() else tokens.surface))
        painter.drawRoundedRect(track, 10, 10)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.on_accent if self.isChecked() else tokens.border))
        painter.drawEllipse(QRectF(25 if self.isChecked() else 7, 7, 14, 14))
        if self.hasFocus():
            painter.setPen(QPen(QColor(tokens.focus), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(1, 1, 44, 26), 13, 13)


class LinesControl(QPlainTextEdit):
    """A list, one a line."""

    given = Signal(object)

    def __init__(self, row: Setting) -> None:
        super().__init__()
        self.setObjectName(f"{_name(row)}_edit")
        self.setTabChangesFocus(True)
        self.setFixedHeight(_LINES_PX)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._timer = _timer(self, self._give)
        self.textChanged.connect(self._timer.start)

    def show_value(self, value: Value) -> None:
        """Shows what is stored, unless somebody is just changing it."""
        if self._timer.isActive() or not isinstance(value, tuple) or self._lines() == value:
            return
        self.blockSignals(True)
        self.setPlainText("\n".join(value))
        self.blockSignals(False)

    def finish(self) -> None:
        """Gives what was changed a moment ago."""
        if self._timer.isActive():
            self._timer.stop()
            self._give()

    def drop(self) -> None:
        """Forgets what was changed a moment ago."""
        self._timer.stop()

    def _give(self) -> None:
        self.given.emit(self._lines())

    def _lines(self) -> tuple[str, ...]:
        return tuple(self.toPlainText()[:_MOST_LETTERS].split())

    def insertFromMimeData(self, source: QMimeData) -> None:
        self.insertPlainText(
            source.text()[:_MOST_LETTERS]
        )  # no more is read, and megabytes would stop the program

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.finish()
        super().focusOutEvent(event)


class LineControl(QLineEdit):
    """One line of text."""

    given = Signal(object)

    def __init__(self, row: Setting) -> None:
        super().__init__()
        self.setObjectName(f"{_name(row)}_edit")
        self.setMaxLength(LONGEST_PASTE)
        self.setFixedWidth(_CONTROL_PX)
        self._stored = ""
        self.editingFinished.connect(self.finish)

    def show_value(self, value: Value) -> None:
        """Shows what is stored, unless somebody is just changing it."""
        if self.text() == self._stored:
            self.setText(str(value))
        self._stored = str(value)

    def finish(self) -> None:
        """Gives what was typed."""
        if self.text() != self._stored:
            self.given.emit(self.text())

    def drop(self) -> None:
        """Forgets what was typed."""
        self.setText(self._stored)


Control = ChoiceControl | NumberControl | SwitchControl | LinesControl | LineControl


def control_for(row: Setting) -> Control:
    """The control that fits a row of the table of settings."""
    if isinstance(row.default, tuple):
        return LinesControl(row)
    if isinstance(row.default, bool):
        return SwitchControl(row)
    if isinstance(row.default, int):
        return NumberControl(row)
    return ChoiceControl(row) if row.choices else LineControl(row)


def _name(row: Setting) -> str:
    return row.name.replace(".", "_")


def _timer(owner: QWidget, call: Callable[[], None]) -> QTimer:
    timer = QTimer(owner)
    timer.setSingleShot(True)
    timer.setInterval(_PAUSE_MS)
    timer.timeout.connect(call)
    return timer
