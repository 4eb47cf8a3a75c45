"""The tree beside the list: all, running, faulty, expiring, groups, tags and the bin, each with its count."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QCollator, QLocale, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QDropEvent, QFont, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
)

from app.isolation.profile_listing import Counts
from app.ui.language import tr
from app.ui.telling import named, number
from app.ui.theme.icons import painted
from app.ui.theme.palette import tokens_now
from app.ui.widgets.parts import plain_tip

_ROW_PX = 30
_NODE = Qt.ItemDataRole.UserRole
_COUNT = Qt.ItemDataRole.UserRole + 1
_ICON = Qt.ItemDataRole.UserRole + 2
_COLOUR = Qt.ItemDataRole.UserRole + 3


class NodeKind(StrEnum):
    """What a node of the tree shows."""

    ALL = "all"
    RUNNING = "running"
    FAULTY = "faulty"
    EXPIRING = "expiring"
    GROUPS = "groups"
    GROUP = "group"
    UNGROUPED = "ungrouped"
    TAGS = "tags"
    TAG = "tag"
    BIN = "bin"


@dataclass(frozen=True, slots=True)
class Node:
    """One node; `name` is that of the group or tag, `id` the group's."""

    kind: NodeKind
    name: str = ""
    id: str = ""

    @property
    def key(self) -> tuple[NodeKind, str]:
        """What stays the same when a group is renamed."""
        return self.kind, self.id or self.name


ALL_STORES = Node(NodeKind.ALL)
_HEADINGS = frozenset({NodeKind.GROUPS, NodeKind.TAGS})


class _Painter(QStyledItemDelegate):
    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(120, _ROW_PX)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        widget = option.widget
        assert isinstance(widget, QTreeWidget)
        tokens, area = tokens_now(), option.rect
        is_heading = index.data(_NODE).kind in _HEADINGS
        # The whole width, whatever the indent: a selection that is cut looks like a mistake.
        whole = QRect(6, area.top() + 1, widget.viewport().width() - 12, area.height() - 2)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._ground(painter, whole, option.state, is_heading)
        left = self._sign(painter, whole.left() + 10, area, index, widget.devicePixelRatioF())
        count = index.data(_COUNT)
        shown_count = "" if count is None else number(count)
        count_width = painter.fontMetrics().horizontalAdvance(shown_count) + 8 if shown_count else 0
        text_area = QRect(left, area.top(), whole.right() - left - count_width - 8, area.height())
        if is_heading:
            font = QFont(painter.font())
            font.setBold(True)
            font.setPointSizeF(font.pointSizeF() * 0.9)
            painter.setFont(font)
        painter.setPen(QColor(tokens.muted if is_heading else tokens.text))
        text = painter.fontMetrics().elidedText(
            str(index.data()), Qt.TextElideMode.ElideRight, text_area.width()
        )
        painter.drawText(text_area, int(Qt.AlignmentFlag.AlignVCenter), text)
        painter.setPen(QColor(tokens.muted))
        right = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
        painter.drawText(whole.adjusted(0, 0, -10, 0), right, shown_count)
        painter.restore()

    def _ground(self, painter: QPainter, whole: QRect, state: QStyle.StateFlag, is_heading: bool) -> None:
        tokens = tokens_now()
        painter.setPen(Qt.PenStyle.NoPen)
        if state & QStyle.StateFlag.State_Selected:
            painter.setBrush(QColor(tokens.selection))
            painter.drawRoundedRect(whole, 6, 6)
        elif state & QStyle.StateFlag.State_MouseOver and not is_heading:
            painter.setBrush(QColor(tokens.hover))
            painter.drawRoundedRect(whole, 6, 6)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QColor(tokens.focus))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(whole.adjusted(0, 0, -1, -1), 6, 6)

    def _sign(
        self,
        painter: QPainter,
        left: int,
        area: QRect,
        index: QModelIndex | QPersistentModelIndex,
        ratio: float,
    ) -> int:
        """A group's colour or a node's icon; where the text begins."""
        if colour := index.data(_COLOUR):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(left + 2, area.center().y() - 5, 11, 11, 3, 3)
        elif name := index.data(_ICON):
            painter.drawPixmap(left, area.center().y() - 7, painted(name, tokens_now().muted, 16, ratio))
        else:
            return left
        return left + 24


class SideTree(QTreeWidget):
    """Chooses what the list shows; groups change places by dragging, or by Alt and the arrow keys."""

    chosen = Signal(object)  # Node
    reordered = Signal(list)  # ids of groups
    menu_wanted = Signal(object, object)  # Node, a place on the screen

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("side_tree")
        self.setAccessibleName(tr("Groups and tags"))
        self.setHeaderHidden(True)
        self.setIndentation(0)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setItemDelegate(_Painter(self))
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setMouseTracking(True)
        self._node = ALL_STORES
        self._shown: tuple[object, ...] = ()
        self._items: dict[Node, QTreeWidgetItem] = {}
        self.currentItemChanged.connect(self._on_current_changed)

    @property
    def node(self) -> Node:
        """What is chosen."""
        return self._node

    def choose(self, node: Node) -> bool:
        """Chooses a node, a group by its id whatever it is called now.

        False where it is not there: all stores are chosen then.
        """
        found = self._find(node)
        item = found or self._items.get(ALL_STORES)
        if item is not None:
            self.setCurrentItem(item)
        return found is not None

    def can_move(self, node: Node, by: int) -> bool:
        """Whether a group has a place so many steps below (above, where `by` is negative)."""
        groups = self._groups()
        return node.id in groups and 0 <= groups.index(node.id) + by < len(groups)

    def move_group(self, node: Node, by: int) -> None:
        """Asks for the order in which a group stands so many places below, or above."""
        if not self.can_move(node, by):
            return
        groups = self._groups()
        at = groups.index(node.id)
        groups.insert(at + by, groups.pop(at))
        self.reordered.emit(groups)

    def show_counts(self, counts: Counts, running: int, faulty: int) -> None:
        """Shows the groups and tags there are, and how many stand where; the choice stays."""
        shape = (counts, running, faulty)
        if shape == self._shown:
            return
        self._shown = shape
        self.blockSignals(True)
        chosen = self._node
        self.clear()
        self._items.clear()
        self._add(ALL_STORES, tr("All stores"), counts.living, "store")
        self._add(Node(NodeKind.RUNNING), tr("Running"), running, "play")
        self._add(Node(NodeKind.FAULTY), tr("Faulty"), faulty, "triangle-alert")
        self._add(Node(NodeKind.EXPIRING), tr("Proxy expiring"), counts.expiring, "calendar-clock")
        if counts.groups:
            self._add(Node(NodeKind.GROUPS), tr("Groups"), None, "")
            for group in counts.groups:
                node = Node(NodeKind.GROUP, group.name, group.id)
                self._add(node, group.name, group.count, "folder", group.colour)
            if counts.ungrouped:
                self._add(Node(NodeKind.UNGROUPED), tr("Without a group"), counts.ungrouped, "folder-open")
        if counts.tags:
            collator = QCollator(QLocale(QLocale.Language.Chinese))  # Chinese by its sound, Latin as ever
            self._add(Node(NodeKind.TAGS), tr("Tags"), None, "")
            for tag in sorted(counts.tags, key=lambda tag: collator.sortKey(tag.name)):
                self._add(Node(NodeKind.TAG, tag.name), tag.name, tag.count, "tag")
        self._add(Node(NodeKind.BIN), tr("Bin"), counts.in_bin, "trash-2")
        found = self._find(chosen) or self._items[ALL_STORES]
        self.setCurrentItem(found)
        self.blockSignals(False)
        node = found.data(0, _NODE)
        if node != chosen:
            self._node = node
            self.chosen.emit(node)

    def show_live(self, running: int, faulty: int) -> None:
        """Only the counts of windows are others."""
        for kind, count in ((NodeKind.RUNNING, running), (NodeKind.FAULTY, faulty)):
            item = self._items.get(Node(kind))
            if item is not None and item.data(0, _COUNT) != count:
                item.setData(0, _COUNT, count)

    def _find(self, node: Node) -> QTreeWidgetItem | None:
        """A group that comes without its id is looked for by its name."""
        is_named = node.kind is NodeKind.GROUP and not node.id

        def is_same(one: Node) -> bool:
            return (one.kind, one.name) == (node.kind, node.name) if is_named else one.key == node.key

        return next((item for one, item in self._items.items() if is_same(one)), None)

    def _groups(self) -> list[str]:
        return [node.id for node in self._items if node.kind is NodeKind.GROUP]

    def _add(self, node: Node, text: str, count: int | None, icon_name: str, colour: str = "") -> None:
        item = QTreeWidgetItem([text])
        item.setData(0, _NODE, node)
        item.setData(0, _COUNT, count)
        item.setData(0, _ICON, icon_name)
        item.setData(0, _COLOUR, colour)
        item.setToolTip(0, plain_tip(text) if len(text) > 18 else "")
        spoken = text if count is None else named(text, number(count))
        item.setData(0, Qt.ItemDataRole.AccessibleTextRole, spoken)
        flags = Qt.ItemFlag.ItemIsEnabled
        if node.kind not in _HEADINGS:
            flags |= Qt.ItemFlag.ItemIsSelectable
        if node.kind is NodeKind.GROUP:
            flags |= Qt.ItemFlag.ItemIsDragEnabled
        item.setFlags(flags)
        self.addTopLevelItem(item)
        self._items[node] = item

    def _on_current_changed(self, item: QTreeWidgetItem | None, _before: object) -> None:
        if item is None:
            return
        node = item.data(0, _NODE)
        if node.kind in _HEADINGS or node == self._node:
            return
        self._node = node
        self.chosen.emit(node)

    def dropEvent(self, event: QDropEvent) -> None:
        moved = self.currentItem()
        place = event.position().toPoint()
        target = self.itemAt(place)
        node = moved.data(0, _NODE) if moved is not None else None
        event.setDropAction(Qt.DropAction.IgnoreAction)
        event.accept()
        if node is None or node.kind is not NodeKind.GROUP or target is None:
            return
        order = [group for group in self._groups() if group != node.id]
        other = target.data(0, _NODE)
        at = order.index(other.id) if other.kind is NodeKind.GROUP and other.id in order else 0
        if other.kind is NodeKind.GROUP and place.y() > self.visualItemRect(target).center().y():
            at += 1
        elif other.kind in (NodeKind.UNGROUPED, NodeKind.TAGS, NodeKind.TAG, NodeKind.BIN):
            at = len(order)
        order.insert(at, node.id)
        self.reordered.emit(order)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        item = self.currentItem()
        if by and item is not None and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.move_group(item.data(0, _NODE), by)
            return
        super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        item = self.itemAt(event.pos()) or self.currentItem()
        if item is not None:
            self.menu_wanted.emit(item.data(0, _NODE), event.globalPos())


def node_from(raw: object) -> Node:
    """The node that a saved view names; all stores for anything else."""
    if isinstance(raw, list) and len(raw) == 3 and all(isinstance(part, str) for part in raw):
        with suppress(ValueError):
            return Node(NodeKind(raw[0]), raw[1], raw[2])
    return ALL_STORES
