"""Fields of forms: a label, what is typed or chosen, and beneath it what is wrong or worth knowing."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QCompleter, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.kernel.errors import Problem
from app.ui.language import told_whole, tr
from app.ui.theme.icons import icon, painted
from app.ui.theme.palette import tokens_now
from app.ui.widgets.parts import label, set_kind

LONGEST_PASTE = 4_096
_ARROW_PX = 14
_SHOWN_ROWS = 12


class Field(QWidget):
    """One field of a form."""

    def __init__(
        self,
        text: str,
        edit: QWidget,
        hint: str = "",
        focus: QWidget | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.edit = edit
        self._marked = edit.focusProxy() or edit  # a part that marks its own field has no proxy
        self._hint = hint
        self.name_label = label(text, "heading")
        self.name_label.setBuddy(focus or edit)
        (focus or edit).setAccessibleName(text)
        self._message: QLabel | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(5)
        column.addWidget(self.name_label)
        column.addWidget(edit)
        if hint:
            self.say("")

    @property
    def message_label(self) -> QLabel:
        """Where the hint stands, or what is wrong; most fields of a form never need it."""
        if self._message is None:
            self._message = label("", "muted", wraps=True)
            self._message.hide()
            column = self.layout()
            assert column is not None
            column.addWidget(self._message)
        return self._message

    def say(self, text: str, kind: str = "muted") -> None:
        """Something about what was typed; an empty text brings the hint back."""
        if self._message is None and not text and not self._hint:
            return
        self.message_label.setText(text or self._hint)
        self.message_label.setVisible(bool(text or self._hint))
        set_kind(self.message_label, kind if text else "muted")
        if isinstance(self._marked, QLineEdit | QComboBox):
            set_kind(self._marked, "wrong" if kind == "danger" and text else "", "state")

    def say_problem(self, problem: Problem) -> None:
        """What is wrong with it, and what to do."""
        self.say(told_whole(problem), "danger")


class PassphraseEdit(QLineEdit):
    """A field for a secret, hidden unless the person wants to see it."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setMaxLength(LONGEST_PASTE)
        self._show = self.addAction(icon("eye", "muted"), QLineEdit.ActionPosition.TrailingPosition)
        self._show.setText(tr("Show"))
        self._show.setToolTip(tr("Show"))
        self._show.setCheckable(True)
        self._show.toggled.connect(self._on_toggled)

    def forget(self) -> None:
        """Empties the field and its undo history, and hides again."""
        self.setText("")
        self._show.setChecked(False)

    def _on_toggled(self, shows: bool) -> None:
        self.setEchoMode(QLineEdit.EchoMode.Normal if shows else QLineEdit.EchoMode.Password)
        self._show.setIcon(icon("eye-off" if shows else "eye", "muted"))
        self._show.setText(tr("Hide") if shows else tr("Show"))
        self._show.setToolTip(self._show.text())


class _Combo(QComboBox):
    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # it scrolls the page, not the choice

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        # A style sheet takes the arrow away.
        sign = painted("chevron-down", tokens_now().muted, _ARROW_PX, self.devicePixelRatioF())
        place = self.rect().adjusted(0, 0, -8, 0)
        QPainter(self).drawPixmap(place.right() - _ARROW_PX, place.center().y() - _ARROW_PX // 2 + 1, sign)


class Choice(_Combo):
    """A choice of values, each with a text."""

    chosen = Signal(str)

    def __init__(self, name: str, values: list[tuple[str, str]], value: str = "") -> None:
        super().__init__()
        self.setObjectName(name)
        for key, text in values:
            self.addItem(text, key)
        self.choose(value)
        self.activated.connect(lambda _index: self.chosen.emit(self.value))

    @property
    def value(self) -> str:
        """The chosen value."""
        return str(self.currentData() or "")

    def choose(self, value: str) -> None:
        """Chooses a value; one that is not in the list is added as it is."""
        at = self.findData(value)
        if at < 0 and value:
            self.addItem(value, value)
            at = self.count() - 1
        self.setCurrentIndex(max(0, at))


class OpenChoice(_Combo):
    """Known values to choose from, in a field that takes any other one, too."""

    entered = Signal()

    def __init__(self, name: str, values: list[tuple[str, str]], value: str = "", most: int = 8_192) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("kind", "open")
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMaxVisibleItems(_SHOWN_ROWS)
        self.addItems([text for _, text in values])
        for at, (key, text) in enumerate(values):
            if key != text:
                self.setItemData(at, key)
        self.line.setMaxLength(most)
        self.line.returnPressed.connect(self.entered)
        completer = self.completer()
        assert completer is not None
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        at = next((at for at, (key, _) in enumerate(values) if key == value), -1) if value else -1
        self.setCurrentIndex(at)
        if at < 0:
            self.setEditText(value)
        self.line.setCursorPosition(0)

    @property
    def line(self) -> QLineEdit:
        """Where it is typed."""
        line = self.lineEdit()
        assert line is not None
        return line

    @property
    def value(self) -> str:
        """The value of the text that stands there, or that text."""
        text = self.currentText()
        at = self.findText(text, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchCaseSensitive)
        key = self.itemData(at) if at >= 0 else None
        return text if key is None else str(key)

    def setAccessibleName(self, name: str) -> None:
        super().setAccessibleName(name)
        self.line.setAccessibleName(name)
