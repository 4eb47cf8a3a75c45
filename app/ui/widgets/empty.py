"""What stands where a list has nothing to show: why, and what to do."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.ui.widgets.banner import Way
from app.ui.widgets.parts import button, label
from app.ui.widgets.sign import Sign

_SIGN_PX = 44


class EmptyState(QWidget):
    """A sign, a sentence, a second one, and buttons."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sign = Sign(_SIGN_PX)
        self.title_label = label(kind="heading", wraps=True)
        self.title_label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.text_label = label(kind="muted", wraps=True)
        self.text_label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._row = QHBoxLayout()
        self._row.setSpacing(8)
        column = QVBoxLayout(self)
        column.setSpacing(10)
        column.addStretch(2)
        column.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.title_label)
        column.addWidget(self.text_label)
        column.addLayout(self._row)
        column.addStretch(3)

    def say(self, icon_name: str, title: str, text: str = "", ways: Sequence[Way] = ()) -> None:
        """Shows this."""
        self._sign.show_icon(icon_name, "disabled")
        self.title_label.setText(title)
        self.text_label.setText(text)
        self.text_label.setVisible(bool(text))
        had_focus = self.hasFocus() or any(one.hasFocus() for one in self.findChildren(QPushButton))
        while (item := self._row.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        if ways:
            self._row.addStretch(1)
            for way in ways:
                made = button(way.text, way.name, way.act, kind=way.kind)
                self._row.addWidget(made)
                made.show()  # now, not when the layout comes to it: the focus may be passed on to it
            self._row.addStretch(1)
        if had_focus:
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _pass_focus_on(self) -> None:
        """The list that was here may have had the focus; where nothing shows it, nobody could find it."""
        if self.hasFocus():
            first = next((one for one in self.findChildren(QPushButton) if one.isVisible()), None)
            if first is not None:
                first.setFocus(Qt.FocusReason.OtherFocusReason)
            else:
                self.focusNextChild()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        QTimer.singleShot(0, self, self._pass_focus_on)  # when what stands here is there
