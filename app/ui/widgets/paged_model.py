"""A long list as Qt sees it: ordered ids, and rows read a page at a time when they are looked at."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Generic, Protocol, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from app.kernel.changes import All
from app.kernel.errors import Problem
from app.kernel.text import Text
from app.ui.language import told
from app.ui.telling import named
from app.ui.widgets.parts import plain_tip

Index = QModelIndex | QPersistentModelIndex
ID_ROLE = Qt.ItemDataRole.UserRole
R = TypeVar("R")
_PAGE_ROWS = 32  # about a screen: more would take longer than a frame
_MOST_ROWS = 512
_NOWHERE = QModelIndex()
_TEXT_ROLES = frozenset(
    {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole}
)


class AnyColumn(Protocol):
    """What the model asks of a column; `text` and `tip` are given what `seen` makes of a row."""

    @property
    def title(self) -> Text: ...
    @property
    def text(self) -> Callable[[Any], str]: ...
    @property
    def tip(self) -> Callable[[Any], str] | None: ...
    @property
    def ascends_first(self) -> bool: ...


class PagedModel(QAbstractTableModel, Generic[R]):
    """Shows the records of some ids. One read of a page is the most that painting ever waits for.

    `buttons` names a column that holds buttons and no words.
    """

    sort_wanted = Signal(int, Qt.SortOrder)

    def __init__(
        self,
        columns: Sequence[AnyColumn],
        read: Callable[[Sequence[str]], Iterable[R]],
        id_of: Callable[[R], str],
        parent: QObject | None = None,
        buttons: int | None = None,
    ) -> None:
        super().__init__(parent)
        self._columns = columns
        self._read_rows = read
        self._id_of = id_of
        self._buttons = buttons
        self._ids: list[str] = []
        self._at: dict[str, int] = {}
        self._rows: OrderedDict[str, R] = OrderedDict()

    @property
    def ids(self) -> Sequence[str]:
        """The records of the list, in order."""
        return self._ids

    def seen(self, row: R) -> Any:
        """What a cell's text is made from."""
        return row

    def show(self, ids: Sequence[str]) -> None:
        """Shows these records in this order."""
        if list(ids) == self._ids:
            return
        self.beginResetModel()
        self._ids = list(ids)
        self._at = {one: at for at, one in enumerate(self._ids)}
        self.endResetModel()

    def forget(self, changed: Iterable[str] | All) -> None:
        """These records are not what they were; what is on the screen is read again."""
        if isinstance(changed, All):
            self._rows.clear()
            self._tell_changed(0, len(self._ids) - 1)
            return
        for one in changed:
            self._rows.pop(one, None)
            if (row := self._at.get(one)) is not None:
                self._tell_changed(row, row)

    def at(self, one: str) -> int | None:
        """In which row a record stands."""
        return self._at.get(one)

    def id_at(self, row: int) -> str:
        """The record of a row, by its id; empty beyond the end."""
        return self._ids[row] if 0 <= row < len(self._ids) else ""

    def row_at(self, row: int) -> R | None:
        """The record of a row; None where it is gone or the vault is locked."""
        one = self.id_at(row)
        if not one:
            return None
        if one not in self._rows:
            self._read(row)
        return self._rows.get(one)

    def row_of(self, one: str) -> R | None:
        """A record by its id; None where the list does not hold it."""
        at = self._at.get(one)
        return None if at is None else self.row_at(at)

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._ids)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        if role == ID_ROLE:
            return self.id_at(index.row())
        row = self.row_at(index.row()) if role in _TEXT_ROLES else None
        if row is None:
            return None
        column = self._columns[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(column.tip(self.seen(row))) if column.tip is not None else None
        text = column.text(self.seen(row))
        if role == Qt.ItemDataRole.AccessibleTextRole and index.column() != self._buttons:
            return named(told(column.title), text)
        return text

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self._columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole and section == self._buttons:
            return ""  # its buttons speak for themselves, and are narrower than their names
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return told(self._columns[section].title)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.InitialSortOrderRole and not self._columns[section].ascends_first:
            return Qt.SortOrder.DescendingOrder
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Asks for the ids in another order; SQL sorts, not this model."""
        self.sort_wanted.emit(column, order)

    def _tell_changed(self, first: int, last: int) -> None:
        if last >= first:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(self._columns) - 1))

    def _read(self, row: int) -> None:
        start = row - row % _PAGE_ROWS
        wanted = [one for one in self._ids[start : start + _PAGE_ROWS] if one not in self._rows]
        try:
            found = self._read_rows(wanted)
        except Problem:
            return  # locked in this moment: the page goes, too
        for one in found:
            self._rows[self._id_of(one)] = one
            self._rows.move_to_end(self._id_of(one))
        while len(self._rows) > _MOST_ROWS:
            self._rows.popitem(last=False)
