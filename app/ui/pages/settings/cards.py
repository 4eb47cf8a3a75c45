"""Cards of the settings page, and the rows in them: what a setting is, its control, and the way back."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.kernel.errors import Problem
from app.kernel.settings import Setting, Value, check
from app.ui.language import told, told_whole, tr
from app.ui.pages.settings.controls import LinesControl, control_for
from app.ui.widgets.parts import ElidedLabel, hairline, icon_button, label

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_WORDS_PX = 180


class Row(QWidget):
    """One row of a card; `words` are what a search looks through."""

    words = ""


class SettingRow(Row):
    """A row of the table of settings. It says what a person wants; the page stores it."""

    changed = Signal(str, object)  # name, value
    reset_wanted = Signal(str)

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        self.setObjectName(f"setting_{setting.name}")
        self.setting = setting
        title, text = told(setting.short), told(setting.long)
        self.words = " ".join((title, text, setting.name, *map(told, setting.choice_texts))).casefold()
        self.control = control_for(setting)
        self.control.setAccessibleName(title)
        self.control.setAccessibleDescription(text)
        self.control.given.connect(self._on_given)
        self.name_label = label(title, "heading")
        self.name_label.setBuddy(self.control.focusProxy() or self.control)
        self.text_label = label(text, "muted", wraps=True)
        self.text_label.setMinimumWidth(_WORDS_PX)
        self.wrong_label = label(kind="danger", wraps=True)
        self.wrong_label.hide()
        self.note_label = label(kind="warn", wraps=True)
        self.note_label.hide()
        self.reset_button = icon_button(
            "rotate-ccw",
            tr("Back to the default: {value}").format(value=value_text(setting, setting.default)),
            f"reset_{setting.name}_button",
            lambda: self.reset_wanted.emit(setting.name),
            tone="muted",
        )
        keeps_place = self.reset_button.sizePolicy()
        keeps_place.setRetainSizeWhenHidden(True)
        self.reset_button.setSizePolicy(keeps_place)
        self._lay_out()
        self.setTabOrder(self.control, self.reset_button)
        self.show_value(setting.default)

    def show_value(self, value: Value) -> None:
        """Shows what is stored."""
        self.control.show_value(value)
        self.reset_button.setVisible(value != self.setting.default)

    def show_problem(self, problem: Problem | None) -> None:
        """Why a value was not taken; None: it was."""
        self.wrong_label.setVisible(problem is not None)
        if problem is not None:
            self.wrong_label.setText(told_whole(problem))

    def say_note(self, text: str) -> None:
        """Something that is so on this computer, beneath what the setting is."""
        self.note_label.setText(text)
        self.note_label.show()

    def _say_line(self, value: tuple[object, ...]) -> None:
        """Which line of a list is wrong: the core does not repeat addresses, they may hold a password."""
        for number, part in enumerate(value, 1):
            try:
                check(self.setting, (part,))
            except Problem as problem:
                what = tr("Line {number} does not fit.").format(number=number)
                self.wrong_label.setText(f"{what} {told(problem.next_step)}")
                return

    def finish(self) -> None:
        """Gives what was changed a moment ago."""
        self.control.finish()

    def drop(self) -> None:
        """Forgets what was changed a moment ago, and what was said of it."""
        self.control.drop()
        self.show_problem(None)

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(16, 12, 16, 12)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 1)
        grid.addWidget(self.name_label, 0, 0)
        grid.addWidget(self.text_label, 1, 0)
        if isinstance(self.control, LinesControl):
            grid.addWidget(self.control, 2, 0, 1, 3)
        else:
            grid.addWidget(self.control, 0, 2, 2, 1, _RIGHT)
        grid.addWidget(self.reset_button, 0, 1, 2, 1, _RIGHT)
        grid.addWidget(self.wrong_label, 3, 0, 1, 3)
        grid.addWidget(self.note_label, 4, 0, 1, 3)

    def _on_given(self, value: object) -> None:
        try:
            checked = check(self.setting, value)
        except Problem as problem:
            self.show_problem(problem)
            if isinstance(value, tuple):
                self._say_line(value)
            return
        self.show_problem(None)
        self.changed.emit(self.setting.name, checked)


class ActRow(Row):
    """Something to do, or to look at, that is no setting: a title, a text, and its buttons."""

    def __init__(self, title: str, text: str, buttons: Sequence[QWidget], *, is_path: bool = False) -> None:
        super().__init__()
        self.words = f"{title} {text}".casefold()
        self.name_label = label(title, "heading")
        shown: QLabel = label(text, "muted", wraps=True)
        if is_path:
            shown = ElidedLabel(text, "muted", Qt.TextElideMode.ElideMiddle)
        grid = QGridLayout(self)
        grid.setContentsMargins(16, 12, 16, 12)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 1)
        grid.addWidget(self.name_label, 0, 0)
        grid.addWidget(shown, 1, 0)
        row = QHBoxLayout()
        row.setSpacing(8)
        for made in buttons:
            row.addWidget(made)
        grid.addLayout(row, 0, 1, 2, 1)


class Card(QWidget):
    """A heading and the rows beneath it in one frame."""

    def __init__(self, title: str, rows: Sequence[Row] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[Row] = []
        self.title_label = label(title, "heading")
        frame = QFrame()
        frame.setProperty("kind", "card")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.title_label)
        column.addWidget(frame)
        self._inner = QVBoxLayout(frame)
        self._inner.setContentsMargins(0, 0, 0, 0)
        self._inner.setSpacing(0)
        self._lines: list[QFrame] = []
        self.add(rows)

    def add(self, rows: Sequence[Row]) -> None:
        """More rows, at the end."""
        for row in rows:
            line = hairline()
            self._inner.addWidget(line)
            line.setVisible(bool(self.rows))
            self._inner.addWidget(row)
            self._lines.append(line)
            self.rows.append(row)

    def filter(self, text: str) -> int:
        """Shows the rows that hold every word of a text, or all where the heading does; says how many."""
        wanted = text.casefold().split()
        in_title = bool(wanted) and all(word in self.title_label.text().casefold() for word in wanted)
        shown = 0
        for row, line in zip(self.rows, self._lines, strict=True):
            fits = in_title or all(word in row.words for word in wanted)
            row.setVisible(fits)
            line.setVisible(fits and shown > 0)
            shown += fits
        self.setVisible(shown > 0)
        return shown


def value_text(setting: Setting, value: Value) -> str:
    """A value in words."""
    if isinstance(value, tuple):
        return ", ".join(value)
    if isinstance(value, bool):
        return tr("On") if value else tr("Off")
    if value in setting.choices and setting.choice_texts:
        return told(setting.choice_texts[setting.choices.index(str(value))])
    return str(value) or tr("none")
