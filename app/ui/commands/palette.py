"""The palette (Ctrl+K): every command and store by a few letters; a number and Enter opens that store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

import shiboken6
from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.ui.commands.finding import score
from app.ui.commands.registry import CommandRegistry
from app.ui.language import told, tr
from app.ui.theme.icons import icon, painted
from app.ui.theme.palette import tokens_now
from app.ui.theme.tokens import Tokens
from app.ui.widgets.fields import LONGEST_PASTE

_WIDTH_PX = 600
_ROW_PX = 36
_SHOWN_ROWS = 9
_MOST_STORES = 30


@dataclass(frozen=True, slots=True)
class Hit:
    """One line of the palette."""

    text: str
    run: Callable[[], object]
    icon: str = ""
    colour: str = ""
    note: str = ""
    is_note: bool = False  # says something, and does nothing
    is_exact: bool = False  # just what was typed: Enter need not wait for the list to be seen
    order: int = field(default=0, compare=False)


class HitModel(QAbstractListModel):
    """The lines that fit what is typed."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.hits: list[Hit] = []

    def show(self, hits: Sequence[Hit]) -> None:
        """Shows other lines."""
        self.beginResetModel()
        self.hits = list(hits)
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.hits)

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if not index.isValid():
            return None
        hit = self.hits[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return hit.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{hit.text} {hit.note}".strip()
        return None


class _HitDelegate(QStyledItemDelegate):
    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(_ROW_PX, _ROW_PX)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        model = index.model()
        assert isinstance(model, HitModel)
        hit = model.hits[index.row()]
        widget = option.widget
        tokens: Tokens = tokens_now()
        area = option.rect.adjusted(6, 1, -6, -1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(widget.palette().highlight())
            painter.drawRoundedRect(area, 6, 6)
        ratio = widget.devicePixelRatioF()
        if hit.colour:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(hit.colour)
            painter.drawEllipse(area.left() + 12, area.center().y() - 5, 11, 11)
        elif hit.icon:
            painter.drawPixmap(
                area.left() + 10, area.center().y() - 8, painted(hit.icon, tokens.muted, 16, ratio)
            )
        metrics = painter.fontMetrics()
        note_width = min(metrics.horizontalAdvance(hit.note) + 4, area.width() // 3) if hit.note else 0
        text_area = area.adjusted(36, 0, -12 - note_width, 0)
        painter.setPen(tokens.text)
        shown = metrics.elidedText(hit.text, Qt.TextElideMode.ElideRight, text_area.width())
        painter.drawText(text_area, int(Qt.AlignmentFlag.AlignVCenter), shown)
        painter.setPen(tokens.muted)
        painter.drawText(
            area.adjusted(0, 0, -12, 0),
            int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight),
            hit.note,
        )
        painter.restore()


class CommandPalette(QFrame):
    """Lies over the window until something is chosen, Esc is pressed or the focus goes elsewhere."""

    ended = Signal()

    def __init__(
        self,
        host: QWidget,
        commands: CommandRegistry,
        find_stores: Callable[[str, Callable[[list[Hit]], None]], None] | None,
    ) -> None:
        super().__init__(host)
        self.setObjectName("palette")
        self.setProperty("kind", "popup")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, True)
        self.setAccessibleName(tr("Commands"))
        self._commands = commands
        self._find_stores = find_stores
        self._stores: list[Hit] = []
        self._wants_run = False
        self._before: QWidget | None = host.window().focusWidget()
        self.edit = QLineEdit()
        self.edit.setObjectName("palette_edit")
        self.edit.setMaxLength(LONGEST_PASTE)
        self.edit.setPlaceholderText(tr("A command, a store's name, or its number"))
        self.edit.setAccessibleName(tr("A command, a store's name, or its number"))
        self.edit.addAction(icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        self.model = HitModel(self)
        self.list = QListView()
        self.list.setObjectName("palette_list")
        self.list.setAccessibleName(tr("What fits"))
        self.list.setModel(self.model)
        self.list.setItemDelegate(_HitDelegate(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.clicked.connect(lambda _index: self._run())
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        column.addWidget(self.edit)
        column.addWidget(self.list)
        self.edit.textChanged.connect(self._on_text)
        self.edit.installEventFilter(self)
        host.installEventFilter(self)
        self._host = host
        self._on_text("")

    def open(self) -> None:
        """Shows the palette with the caret in it."""
        self._place()
        self.show()
        self.raise_()
        self.edit.setFocus(Qt.FocusReason.PopupFocusReason)

    def end(self, *, gives_focus_back: bool = True) -> None:
        """Takes the palette away."""
        self.edit.removeEventFilter(self)
        self._host.removeEventFilter(self)
        self.hide()
        if gives_focus_back and self._before is not None and shiboken6.isValid(self._before):
            self._before.setFocus(Qt.FocusReason.PopupFocusReason)
        self.ended.emit()
        self.deleteLater()

    def _on_text(self, text: str) -> None:
        self._wants_run = False
        self._stores = []
        self._show()
        wanted = text.strip()
        if self._find_stores is not None and wanted:
            self._find_stores(
                wanted, lambda hits: self._on_stores(text, hits) if shiboken6.isValid(self) else None
            )

    def _on_stores(self, text: str, hits: list[Hit]) -> None:
        if text != self.edit.text():
            return
        self._stores = hits[:_MOST_STORES]
        self._show()
        if self._wants_run and self._stores and self._stores[0].is_exact:
            self._run()
        self._wants_run = False

    def _show(self) -> None:
        text = self.edit.text().strip()
        scored = []
        for command in self._commands.offered():
            title = told(command.title)
            found = score(text, title)
            if found is None:
                found = score(text, command.title.source)  # English works in every language
            if found is not None:
                keys = (
                    QKeySequence(command.keys[0]).toString(QKeySequence.SequenceFormat.NativeText)
                    if command.keys
                    else ""
                )
                scored.append(
                    (
                        -found,
                        title,
                        Hit(title, partial(self._commands.run, command.id), command.icon or "zap", note=keys),
                    )
                )
        commands = [hit for _, _, hit in sorted(scored, key=lambda entry: entry[:2])]
        is_number = text.lstrip("#").isdigit()
        self.model.show([*self._stores, *commands] if is_number or self._stores else commands)
        if self.model.hits:
            self.list.setCurrentIndex(self.model.index(0, 0))
        self._place()

    def _run(self) -> None:
        index = self.list.currentIndex()
        hit = self.model.hits[index.row()] if index.isValid() else None
        if hit is not None and not hit.is_note:
            self.end()
            hit.run()

    def _place(self) -> None:
        rows = max(1, min(_SHOWN_ROWS, len(self.model.hits)))
        self.list.setFixedHeight(rows * _ROW_PX + 2 * self.list.frameWidth() + 4)
        width = min(_WIDTH_PX, self._host.width() - 32)
        self.setFixedWidth(width)
        self.adjustSize()
        self.move((self._host.width() - width) // 2, min(80, max(8, self._host.height() // 10)))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._host:
            if event.type() == QEvent.Type.Resize:
                self._place()
            return False
        if event.type() == QEvent.Type.FocusOut and self.isVisible():
            reason = event.reason()  # type: ignore[attr-defined]  # a QFocusEvent
            if reason not in (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason):
                self.end(gives_focus_back=False)
            return False
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._on_key(event)
        return False

    def _on_key(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.end()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            is_number = self.edit.text().strip().lstrip("#").isdigit()
            if is_number and not self._stores:
                self._wants_run = True  # `12` and Enter, quicker than the list
            else:
                self._run()
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}[
                Qt.Key(key)
            ]
            count = len(self.model.hits)
            if count:
                row = max(0, min(count - 1, self.list.currentIndex().row() + step))
                self.list.setCurrentIndex(self.model.index(row, 0))
        else:
            return False
        return True
