"""Small parts: labels, buttons and lines in the program's looks."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtGui import Qt as GuiQt
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.ui.theme.icons import ICON_PX, icon

_LONG_WORD = 30


def label(text: str = "", kind: str = "", *, wraps: bool = False) -> QLabel:
    """A label of a kind: title, heading, muted, small, danger, warn or ok. Names are never read as HTML."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wraps)
    if kind:
        made.setProperty("kind", kind)
    return made


def set_kind(widget: QWidget, kind: str, key: str = "kind") -> None:
    """Gives a widget another look."""
    if widget.property(key) == kind:
        return
    widget.setProperty(key, kind)
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)


class PushButton(QPushButton):
    """A button that Enter presses, too; Qt's own wants the space bar outside of dialogs."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not pressed_by_enter(self, event):
            super().keyPressEvent(event)


class ToolButton(QToolButton):
    """The same with an icon alone."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not pressed_by_enter(self, event):
            super().keyPressEvent(event)


def pressed_by_enter(button: QAbstractButton, event: QKeyEvent) -> bool:
    """Presses a button where the key is Enter; whether it was."""
    if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        return False
    if not event.isAutoRepeat():
        button.click()
    return True


def button(
    text: str, name: str, clicked: Callable[[], object] | None = None, *, kind: str = "", icon_name: str = ""
) -> QPushButton:
    """A button with a text; `name` is what tests and scripts find it by."""
    made = PushButton(text)
    made.setObjectName(name)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    if kind:
        made.setProperty("kind", kind)
    if icon_name:
        tone = {"primary": "on_accent", "danger": "danger", "link": "accent"}.get(kind, "text")
        made.setIcon(icon(icon_name, tone))
        made.setIconSize(QSize(ICON_PX, ICON_PX))
    if clicked is not None:
        made.clicked.connect(lambda _checked=False: clicked())
    return made


def icon_button(
    icon_name: str, text: str, name: str, clicked: Callable[[], object] | None = None, *, tone: str = "text"
) -> QToolButton:
    """A button that shows an icon only; `text` is its tooltip and what a screen reader says."""
    made = ToolButton()
    made.setObjectName(name)
    made.setIcon(icon(icon_name, tone))
    made.setIconSize(QSize(ICON_PX, ICON_PX))
    made.setToolTip(plain_tip(text))
    made.setAccessibleName(text)
    made.setProperty("kind", "quiet")
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    if clicked is not None:
        made.clicked.connect(lambda _checked=False: clicked())
    return made


def plain_tip(text: str) -> str:
    """A tooltip that shows a name as it is; Qt would read one that looks like HTML as HTML."""
    return GuiQt.convertFromPlainText(text) if GuiQt.mightBeRichText(text) else text


def breakable(text: str, *, anywhere: bool = False) -> str:
    """Long words may be broken after the usual signs of addresses, or anywhere; they widen nothing then."""
    if not anywhere:
        return text if len(text) < _LONG_WORD else _after_signs(text)
    words = text.split(" ")
    return " ".join(word if len(word) < _LONG_WORD else "\u200b".join(word) for word in words)


def _after_signs(text: str) -> str:
    return "".join(f"{letter}\u200b" if letter in "/.-_?&=:," else letter for letter in text)


def hairline() -> QFrame:
    """A thin line between two parts."""
    made = QFrame()
    made.setProperty("kind", "hairline")
    return made


def plain(kind: str = "plain") -> QWidget:
    """A widget that only holds others, in a look of the style sheet."""
    made = QWidget()
    made.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, True)
    made.setProperty("kind", kind)
    return made


def side_by_side() -> QSplitter:
    """Parts beside each other with a hairline between them that can be dragged; none goes away by that."""
    made = QSplitter(Qt.Orientation.Horizontal)
    made.setHandleWidth(1)
    made.setChildrenCollapsible(False)
    return made


def centred(box: QWidget, width_px: int) -> QVBoxLayout:
    """A column of a fixed width in the middle of its page.

    Not by alignment: an aligned widget gets the height that it would have without wrapped lines.
    """
    box.setFixedWidth(width_px)
    row = QHBoxLayout()
    row.addStretch(1)
    row.addWidget(box)
    row.addStretch(1)
    column = QVBoxLayout()
    column.addStretch(2)
    column.addLayout(row)
    column.addStretch(3)
    return column


class ElidedLabel(QLabel):
    """One line that ends in … where there is no room; the tooltip then holds the whole."""

    def __init__(self, text: str = "", kind: str = "", mode: Qt.TextElideMode | None = None) -> None:
        super().__init__()
        self._whole = ""
        self._mode = mode or Qt.TextElideMode.ElideRight
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        if kind:
            self.setProperty("kind", kind)
        self.setText(text)

    def setText(self, text: str) -> None:
        self._whole = " ".join(text.split())
        super().setText(self._whole)
        self.setAccessibleName(self._whole)

    def minimumSizeHint(self) -> QSize:
        return QSize(24, super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        metrics = QFontMetrics(self.font())
        shown = metrics.elidedText(self._whole, self._mode, self.width())
        self.setToolTip(plain_tip(self._whole) if shown != self._whole else "")
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), int(self.alignment()), shown)
