"""Keys drawn as the caps of a keyboard."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.language import tr
from app.ui.theme.palette import tokens_now

_HEIGHT_PX, _PAD_PX, _GAP_PX, _LEAST_PX = 24, 8, 4, 24


class Keycaps(QWidget):
    """One or several ways to press the same thing, with “or” between them."""

    def __init__(self, keys: Sequence[str]) -> None:
        super().__init__()
        self._ways = [[cap for cap in _caps(way) if cap] for way in keys]
        self.text = f" {tr('or')} ".join("+".join(caps) for caps in self._ways)
        self.setAccessibleName(self.text)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        width = sum(self._width(text, is_cap=is_cap) + _GAP_PX for text, is_cap in self._pieces())
        return QSize(max(0, width - _GAP_PX), _HEIGHT_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, painter, left = tokens_now(), QPainter(self), 0
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for text, is_cap in self._pieces():
            width = self._width(text, is_cap=is_cap)
            box = QRectF(left + 0.5, 0.5, width - 1, _HEIGHT_PX - 1)
            if is_cap:
                painter.setPen(QColor(tokens.border))
                painter.setBrush(QColor(tokens.raised))
                painter.drawRoundedRect(box, 5, 5)
            painter.setPen(QColor(tokens.text if is_cap else tokens.muted))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)
            left += width + _GAP_PX

    def _pieces(self) -> list[tuple[str, bool]]:
        pieces: list[tuple[str, bool]] = []
        for caps in self._ways:
            if pieces:
                pieces.append((tr("or"), False))
            pieces += [(cap, True) for cap in caps]
        return pieces

    def _width(self, text: str, *, is_cap: bool) -> int:
        width = self.fontMetrics().horizontalAdvance(text)
        return max(_LEAST_PX, width + 2 * _PAD_PX) if is_cap else width + 4


def _caps(keys: str) -> list[str]:
    shown = QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
    if shown.endswith("++"):
        return [*shown[:-2].split("+"), "+"]
    return shown.split("+") if len(shown) > 1 else [shown]
