"""The list of proxies as Qt sees it: ordered ids, and rows read a page at a time when they are looked at."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from app.isolation.proxies import Proxies, Proxy
from app.kernel.changes import All
from app.kernel.clock import Clock
from app.kernel.errors import Problem
from app.kernel.ids import ProxyId
from app.ui.language import told
from app.ui.pages.proxies.columns import COLUMNS, Seen
from app.ui.telling import named
from app.ui.widgets.parts import plain_tip

Index = QModelIndex | QPersistentModelIndex
ID_ROLE = Qt.ItemDataRole.UserRole
_PAGE_ROWS = 64
_MOST_ROWS = 2_048
_NOWHERE = QModelIndex()
_TEXT_ROLES = frozenset(
    {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole}
)


class ProxyModel(QAbstractTableModel):
    """Shows the proxies of some ids. One read of a page is the most that painting ever waits for."""

    sort_wanted = Signal(int, Qt.SortOrder)

    def __init__(self, proxies: Proxies, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._proxies = proxies
        self._clock = clock
        self._ids: list[str] = []
        self._at: dict[str, int] = {}
        self._rows: OrderedDict[str, Proxy] = OrderedDict()

    @property
    def ids(self) -> Sequence[str]:
        """The proxies of the list, in order."""
        return self._ids

    def show(self, ids: Sequence[str]) -> None:
        """Shows these proxies in this order."""
        if list(ids) == self._ids:
            return
        self.beginResetModel()
        self._ids = list(ids)
        self._at = {proxy: at for at, proxy in enumerate(self._ids)}
        self.endResetModel()

    def forget(self, changed: Iterable[str] | All) -> None:
        """These records are not what they were; what is on the screen is read again."""
        if isinstance(changed, All):
            self._rows.clear()
            if self._ids:
                self.dataChanged.emit(self.index(0, 0), self.index(len(self._ids) - 1, len(COLUMNS) - 1))
            return
        for proxy in changed:
            self._rows.pop(proxy, None)
            row = self._at.get(proxy)
            if row is not None:
                self.dataChanged.emit(self.index(row, 0), self.index(row, len(COLUMNS) - 1))

    def at(self, proxy: str) -> int | None:
        """In which row a proxy stands."""
        return self._at.get(proxy)

    def id_at(self, row: int) -> str:
        """The proxy of a row; empty beyond the end."""
        return self._ids[row] if 0 <= row < len(self._ids) else ""

    def row_at(self, row: int) -> Proxy | None:
        """The record of a row; None where it is gone or the vault is locked."""
        proxy = self.id_at(row)
        if not proxy:
            return None
        found = self._rows.get(proxy)
        if found is None:
            self._read(row)
            found = self._rows.get(proxy)
        return found

    def seen(self, row: Proxy) -> Seen:
        """What a cell's text is made from."""
        return Seen(row, self._clock.now())

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._ids)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        if role == ID_ROLE:
            return self.id_at(index.row())
        if role not in _TEXT_ROLES:
            return None
        row = self.row_at(index.row())
        if row is None:
            return None
        column = COLUMNS[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(column.tip(self.seen(row))) if column.tip is not None else None
        text = column.text(self.seen(row))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return named(told(column.title), text)
        return text

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is Qt.Orientation.Horizontal and 0 <= section < len(COLUMNS):
            if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
                return told(COLUMNS[section].title)
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            if role == Qt.ItemDataRole.InitialSortOrderRole and not COLUMNS[section].ascends_first:
                return Qt.SortOrder.DescendingOrder
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Asks for the ids in another order; SQL sorts, not this model."""
        self.sort_wanted.emit(column, order)

    def _read(self, row: int) -> None:
        start = row - row % _PAGE_ROWS
        wanted = [ProxyId(one) for one in self._ids[start : start + _PAGE_ROWS] if one not in self._rows]
        try:
            found = self._proxies.rows(wanted)
        except Problem:
            return  # locked in this moment: the page goes, too
        for one in found:
            self._rows[one.id] = one
            self._rows.move_to_end(one.id)
        while len(self._rows) > _MOST_ROWS:
            self._rows.popitem(last=False)
