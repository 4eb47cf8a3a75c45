"""Texts cut to a width with …, remembered by whoever paints them, and gone with it: they may be names."""

from __future__ import annotations

from collections import OrderedDict

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter

_MOST = 4_096


class Eliding:
    """Cuts texts for one painter of rows. Measuring takes longer than painting."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, str, int], str] = OrderedDict()

    def __call__(self, painter: QPainter, text: str, width_px: int) -> str:
        """The text as it fits, in the painter's font, in one line."""
        key = (painter.font().key(), text, width_px)
        found = self._known.get(key)
        if found is None:
            metrics = painter.fontMetrics()
            found = metrics.elidedText(text.replace("\n", " "), Qt.TextElideMode.ElideRight, width_px)
            self._known[key] = found
            if len(self._known) > _MOST:
                self._known.popitem(last=False)
        return found
