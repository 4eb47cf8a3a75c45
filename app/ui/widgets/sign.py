"""A small picture that is drawn anew whenever it is shown: it follows the palette and the screen's scale."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.theme.icons import app_sign, painted
from app.ui.theme.palette import tokens_now


class Sign(QWidget):
    """An icon of the set in a fixed size; empty for none.

    A label would keep a pixmap of the colours and the scale of its first day. Nor does this keep a QIcon: its
    engine is Python's and Qt's at once, and the two do not agree about its end when the program ends.
    """

    def __init__(self, size_px: int, name: str = "", tone: str = "text") -> None:
        super().__init__()
        self._size_px = size_px
        self._name, self._tone = name, tone
        self.setFixedSize(QSize(size_px, size_px))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_icon(self, name: str, tone: str = "text") -> None:
        """Shows another one."""
        self._name, self._tone = name, tone
        self.update()

    def pixmap(self) -> QPixmap:
        """What is drawn now."""
        if not self._name:
            return QPixmap()
        colour = getattr(tokens_now(), self._tone)
        return painted(self._name, colour, self._size_px, self.devicePixelRatioF())

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).drawPixmap(0, 0, self.pixmap())


class OwnSign(Sign):
    """The program's own icon."""

    def pixmap(self) -> QPixmap:
        return app_sign(self._size_px, self.devicePixelRatioF())
