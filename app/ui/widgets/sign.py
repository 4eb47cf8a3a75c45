"""A small picture that is drawn anew whenever it is shown: it follows the palette and the screen's scale."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget


class Sign(QWidget):
    """An icon in a fixed size. A label would keep a pixmap of the colours and the scale of its first day."""

    def __init__(self, size_px: int, icon: QIcon | None = None) -> None:
        super().__init__()
        self._icon = icon or QIcon()
        self.setFixedSize(QSize(size_px, size_px))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_icon(self, icon: QIcon) -> None:
        """Shows another one."""
        self._icon = icon
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        self._icon.paint(QPainter(self), self.rect())
