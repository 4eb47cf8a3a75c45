"""How a row of the list of proxies is painted: flags, badges, and colours of what ends soon."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView, QWidget

from app.ui.pages.proxies.columns import COLUMN_AT, COLUMNS, Seen, exit_notes
from app.ui.pages.proxies.model import Index, ProxyModel
from app.ui.theme.icons import flag
from app.ui.theme.palette import tokens_now
from app.ui.theme.tokens import Tokens

PAD_PX = 8
_LEFT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
_PLAIN = frozenset({"address"})  # columns in the colour of text; what is not painted here is muted


class ProxyPainter(QStyledItemDelegate):
    """Paints from the model's records directly."""

    def __init__(
        self,
        view: QTableView,
        model: ProxyModel,
        row_px: Callable[[], int],
        expiring_days: Callable[[], int],
    ) -> None:
        super().__init__(view)
        self._model = model
        self._row_px = row_px
        self._expiring_days = expiring_days
        self._bold = QFont(view.font())
        self._bold.setBold(True)
        self._ratio = 1.0
        self.hovered_row = -1
        self._painters: dict[str, Callable[[QPainter, QRect, Seen, Tokens], None]] = {
            "name": self._name,
            "exit": self._exit,
            "checked": self._checked,
            "expires": self._expires,
        }

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(COLUMNS[index.column()].width_px, self._row_px())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = self._model.row_at(index.row())
        area: QRect = option.rect
        tokens = tokens_now()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, QColor(tokens.selection))
        elif index.row() == self.hovered_row:
            painter.fillRect(area, QColor(tokens.hover))
        painter.fillRect(area.left(), area.bottom(), area.width(), 1, QColor(tokens.line))
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QColor(tokens.focus))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(area.adjusted(0, 0, -1, -2))
        if row is None:
            return
        self._ratio = painter.device().devicePixelRatioF()
        column, seen = COLUMNS[index.column()], self._model.seen(row)
        inner = area.adjusted(PAD_PX, 0, -PAD_PX, -1)
        paint = self._painters.get(column.id)
        if paint is not None:
            paint(painter, inner, seen, tokens)
        else:
            _text(painter, inner, column.text(seen), tokens.text if column.id in _PLAIN else tokens.muted)

    def _name(self, painter: QPainter, area: QRect, seen: Seen, tokens: Tokens) -> None:
        before = painter.font()
        painter.setFont(self._bold)
        _text(painter, area, seen.row.name, tokens.text)
        painter.setFont(before)

    def _exit(self, painter: QPainter, area: QRect, seen: Seen, tokens: Tokens) -> None:
        found = seen.row.exit
        if found is None:
            return
        drawn = flag(found.country, 13, self._ratio) if found.country else None
        left = area.left()
        if drawn is not None:
            painter.drawPixmap(left, area.center().y() - 6, drawn)
            painter.setPen(QColor(tokens.line))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(left, area.center().y() - 6, 19, 12)
            left += 27
        latency = f"{found.latency_ms} ms"
        width = painter.fontMetrics().horizontalAdvance(latency) + 8
        _text(
            painter,
            QRect(left, area.top(), area.right() - left - width, area.height()),
            found.ip,
            tokens.warn if exit_notes(seen.row) else tokens.text,
        )
        painter.setPen(QColor(tokens.muted))
        right = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
        painter.drawText(area, right, latency)

    def _checked(self, painter: QPainter, area: QRect, seen: Seen, tokens: Tokens) -> None:
        text = COLUMNS[COLUMN_AT["checked"]].text(seen)
        if seen.row.check_problem is None:
            _text(painter, area, text, tokens.muted)
            return
        width = min(area.width() + 4, painter.fontMetrics().horizontalAdvance(text) + 18)
        box = QRectF(area.left() - 2, area.center().y() - 10, width, 21)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.danger_soft))
        painter.drawRoundedRect(box, 10, 10)
        _text(painter, box.adjusted(8, 0, -6, 0).toRect(), text, tokens.danger)

    def _expires(self, painter: QPainter, area: QRect, seen: Seen, tokens: Tokens) -> None:
        if seen.row.expires is None:
            return
        left_s = (seen.row.expires - seen.now).total_seconds()
        is_soon = left_s < self._expiring_days() * 86_400
        colour = tokens.danger if left_s < 0 else tokens.warn if is_soon else tokens.muted
        _text(painter, area, COLUMNS[COLUMN_AT["expires"]].text(seen), colour)

    def createEditor(self, _parent: QWidget, _option: QStyleOptionViewItem, _index: Index) -> QWidget | None:  # type: ignore[override]  # no cell is edited in place
        return None


def _text(painter: QPainter, area: QRect, text: str, colour: str) -> None:
    if text:
        painter.setPen(QColor(colour))
        shown = painter.fontMetrics().elidedText(
            text.replace("\n", " "), Qt.TextElideMode.ElideRight, area.width()
        )
        painter.drawText(area, _LEFT, shown)
