"""How a row of the list of stores is painted: chips, badges, flags, and the three buttons at its end."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QMouseEvent, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from app.isolation.profile_listing import ProfileRow
from app.ui.language import told
from app.ui.pages.stores.columns import COLUMNS, Seen
from app.ui.pages.stores.model import Index, StoreModel
from app.ui.pages.stores.words import STATUS_TEXTS, STATUS_TONES
from app.ui.telling import ago
from app.ui.theme.icons import flag, painted
from app.ui.theme.palette import tokens_now
from app.ui.theme.tokens import Tokens
from app.ui.widgets.eliding import Eliding
from app.ui.window_states import DOING_TEXTS, LIVE, UP, Doing, WindowStates

PAD_PX = 8
_GAP_PX = 10
_ICON_PX = 16
_BUTTON_PX = 28
_EXPIRING_DAYS = 7  # until the page says what the setting is
_DOING_TONES = {
    Doing.CLOSED: "muted",
    Doing.WAITING: "muted",
    Doing.CHECKING: "accent",
    Doing.OPEN: "ok",
    Doing.HELD: "danger",
    Doing.CLOSING: "muted",
    Doing.BLOCKED: "danger",
    Doing.CRASHED: "danger",
}
_LEFT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
_CENTRE = int(Qt.AlignmentFlag.AlignCenter)
# What the buttons at a row's end do, by where they stand.
ACTS = ("open", "front", "close")
_ACT_ICONS = {"open": "play", "front": "app-window", "close": "x"}


class StorePainter(QStyledItemDelegate):
    """Paints from the model's records directly: one call a cell, nothing asked of Qt's roles."""

    act_clicked = Signal(str, str)  # profile, one of ACTS

    def __init__(
        self, view: QTableView, model: StoreModel, states: WindowStates, row_px: Callable[[], int]
    ) -> None:
        super().__init__(view)
        self._model = model
        self._states = states
        self._row_px = row_px
        self._elide = Eliding()
        self._ratio = 1.0
        self._is_selected = False
        self.expiring_days = _EXPIRING_DAYS
        self._bold = QFont(view.font())
        self._bold.setBold(True)
        self.hovered_row = -1
        self._painters: dict[str, Callable[[QPainter, QRect, Seen, Tokens], None]] = {
            "number": self._number,
            "name": self._name,
            "status": self._status,
            "window": self._window,
            "exit": self._exit,
            "expires": self._expires,
            "unread": self._unread,
            "tags": self._tags,
            "acts": self._acts,
        }

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(COLUMNS[index.column()].least_px, self._row_px())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = self._model.row_at(index.row())
        area: QRect = option.rect
        state = option.state
        tokens = tokens_now()
        self._is_selected = bool(state & QStyle.StateFlag.State_Selected)
        if self._is_selected:
            painter.fillRect(area, QColor(tokens.selection))
        elif index.row() == self.hovered_row:
            painter.fillRect(area, QColor(tokens.hover))
        painter.fillRect(area.left(), area.bottom(), area.width(), 1, QColor(tokens.line))
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QColor(tokens.focus))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(area.adjusted(0, 0, -1, -2))
        if row is None:
            return
        self._ratio = painter.device().devicePixelRatioF()
        column = COLUMNS[index.column()]
        inner = area.adjusted(PAD_PX, 0, -PAD_PX, -1)
        paint = self._painters.get(column.id)
        seen = self._model.seen(row)
        if paint is not None:
            paint(painter, inner, seen, tokens)
        else:
            self._text(
                painter, inner, column.text(seen), tokens.text if column.id == "platform" else tokens.muted
            )

    def _text(self, painter: QPainter, area: QRect, text: str, colour: str) -> None:
        if text:
            painter.setPen(QColor(colour))
            shown = self._elide(painter, text, area.width())
            painter.drawText(area, _LEFT, shown)

    def _number(self, painter: QPainter, area: QRect, seen: Seen, tokens: Tokens) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(seen.row.profile.colour))
        painter.drawRoundedRect(QRectF(area.left(), area.center().y() - 6, 12, 12), 3, 3)
        self._text(painter, area.adjusted(20, 0, 0, 0), seen.row.profile.shown_number, tokens.text)

    def _name(self, painter: QPainter, area: QRect, seen: Seen, tokens: Tokens) -> None:
        before = painter.font()
        painter.setFont(self._bold)
        self._text(painter, area, seen.row.profile.name, tokens.text)
        painter.setFont(before)

    def _status(self, painter: QPainter, area: QRect, seen: Seen, tokens: Tokens) -> None:
        status = seen.row.profile.status
        tone = STATUS_TONES[status]
        if tone == "muted":
            self._text(painter, area, told(STATUS_TEXTS[status]), tokens.muted)
        else:
            self._badge(painter, area, told(STATUS_TEXTS[status]), tone, tokens)

    def _window(self, painter: QPainter, area: QRect, seen: Seen, tokens: Tokens) -> None:
        doing = self._states.doing(seen.row.profile.id)
        tone = _DOING_TONES[doing]
        if doing is Doing.OPEN and self._states.is_scripted(seen.row.profile.id):
            tone = "accent"
        if doing is Doing.CLOSED:
            self._text(painter, area, told(DOING_TEXTS[doing]), tokens.muted)
        else:
            text = told(self._states.doing_text(seen.row.profile.id))
            self._badge(painter, area, text, tone, tokens, dot=True)

    def _badge(
        self, painter: QPainter, area: QRect, text: str, tone: str, tokens: Tokens, *, dot: bool = False
    ) -> None:
        colour = QColor(getattr(tokens, tone))
        ground = (
            tokens.hover
            if tone == "muted"
            else tokens.accent_soft
            if tone == "accent"
            else getattr(tokens, f"{tone}_soft")
        )
        metrics = painter.fontMetrics()
        left = 20 if dot else 8
        width = min(area.width(), metrics.horizontalAdvance(text) + left + 8)
        box = QRectF(area.left() - 2, area.center().y() - 10, width, 21)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(box, 10, 10)
        if dot:
            painter.setBrush(colour)
            painter.drawEllipse(QPointF(box.left() + 10, box.center().y()), 3.5, 3.5)
        painter.setPen(colour)
        inner = box.adjusted(left, 0, -6, 0).toRect()
        painter.drawText(inner, _LEFT, self._elide(painter, text, inner.width()))

    def _exit(self, painter: QPainter, area: QRect, seen: Seen, tokens: Tokens) -> None:
        found = seen.row.profile.exit
        if found is None:
            text = COLUMNS[_EXIT].text(seen)
            self._text(painter, area, text, tokens.warn if seen.row.proxy is None else tokens.muted)
            return
        left = self._flag(painter, area, found.country, tokens)
        address = area.adjusted(left, 0, 0, 0)
        self._text(painter, address, found.ip, tokens.text)
        width = painter.fontMetrics().horizontalAdvance(found.ip) + _GAP_PX
        age = ago(seen.row.profile.exit_seen, seen.now)
        if age and painter.fontMetrics().horizontalAdvance(age) <= address.width() - width:
            self._text(painter, address.adjusted(width, 0, 0, 0), age, tokens.muted)

    def _flag(self, painter: QPainter, area: QRect, country: str, tokens: Tokens) -> int:
        drawn = flag(country, 13, self._ratio) if country else None
        if drawn is None:
            return 0
        painter.drawPixmap(area.left(), area.center().y() - 6, drawn)
        painter.setPen(QColor(tokens.line))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(area.left(), area.center().y() - 6, 19, 12)
        return 27

    def _expires(self, painter: QPainter, area: QRect, seen: Seen, tokens: Tokens) -> None:
        proxy = seen.row.proxy
        if proxy is None or proxy.expires is None:
            return
        left_s = (proxy.expires - seen.now).total_seconds()
        is_soon = left_s < self.expiring_days * 86_400
        colour = tokens.danger if left_s < 0 else tokens.warn if is_soon else tokens.muted
        self._text(painter, area, COLUMNS[_EXPIRES].text(seen), colour)

    def _unread(self, painter: QPainter, area: QRect, seen: Seen, tokens: Tokens) -> None:
        count = self._states.unread(seen.row.profile.id)
        if not count:
            return
        text = str(count) if count < 1000 else "999+"
        width = max(20, painter.fontMetrics().horizontalAdvance(text) + 12)
        box = QRectF(area.left(), area.center().y() - 9, width, 19)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.accent))
        painter.drawRoundedRect(box, 9, 9)
        painter.setPen(QColor(tokens.on_accent))
        painter.drawText(box, _CENTRE, text)

    def _tags(self, painter: QPainter, area: QRect, seen: Seen, tokens: Tokens) -> None:
        metrics, left = painter.fontMetrics(), area.left()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for tag in seen.row.profile.tags:
            room = area.right() - left
            if room < 34:
                break
            width = min(room, metrics.horizontalAdvance(tag) + 16)
            box = QRectF(left, area.center().y() - 10, width, 21)
            painter.setPen(QColor(tokens.line))
            painter.setBrush(QColor(tokens.raised))
            painter.drawRoundedRect(box, 5, 5)
            painter.setPen(QColor(tokens.muted))
            inner = box.adjusted(8, 0, -6, 0).toRect()
            painter.drawText(inner, _LEFT, self._elide(painter, tag, inner.width()))
            left += int(width) + 4

    def _acts(self, painter: QPainter, area: QRect, seen: Seen, tokens: Tokens) -> None:
        is_deleted = seen.row.profile.deleted_at is not None
        for at, act in enumerate(ACTS):
            if is_deleted:
                continue
            can = self.can(act, seen.row)
            x = area.left() - 4 + at * (_BUTTON_PX + 2) + (_BUTTON_PX - _ICON_PX) // 2
            off = tokens.disabled if self._is_selected else tokens.line
            colour = (tokens.accent if act == "open" else tokens.muted) if can else off
            painter.drawPixmap(
                x, area.center().y() - 7, painted(_ACT_ICONS[act], colour, _ICON_PX, self._ratio)
            )

    def can(self, act: str, row: ProfileRow) -> bool:
        """Whether a button at a row's end does something now."""
        doing = self._states.doing(row.profile.id)
        if act == "open":
            return doing not in LIVE
        if act == "front":
            return doing in UP
        return doing in LIVE and doing is not Doing.CLOSING

    def act_at(self, area: QRect, x: int) -> str:
        """Which button stands at a place of the last column; empty for none."""
        at = (x - area.left() - PAD_PX + 4) // (_BUTTON_PX + 2)
        return ACTS[at] if 0 <= at < len(ACTS) else ""

    def editorEvent(self, event: QEvent, _model: QObject, option: QStyleOptionViewItem, index: Index) -> bool:
        if COLUMNS[index.column()].id == "acts" and isinstance(event, QMouseEvent):
            row = self._model.row_at(index.row())
            if event.type() == QEvent.Type.MouseButtonDblClick:
                return True  # two clicks on a button are no double click on the row
            if (
                event.type() == QEvent.Type.MouseButtonRelease
                and row is not None
                and row.profile.deleted_at is None
            ):
                act = self.act_at(option.rect, int(event.position().x()))
                if act and self.can(act, row):
                    self.act_clicked.emit(row.profile.id, act)
                return True
        return False


_EXIT = next(at for at, column in enumerate(COLUMNS) if column.id == "exit")
_EXPIRES = next(at for at, column in enumerate(COLUMNS) if column.id == "expires")
