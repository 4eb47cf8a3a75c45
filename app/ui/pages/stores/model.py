"""The list of stores as Qt sees it: ordered ids, and rows read a page at a time when they are looked at."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal, Slot

from app.isolation.profile_listing import ProfileRow
from app.isolation.profiles import Profiles
from app.kernel.changes import All
from app.kernel.clock import Clock
from app.kernel.errors import Problem
from app.ui.language import told
from app.ui.pages.stores.columns import COLUMN_AT, COLUMNS, Seen
from app.ui.telling import named
from app.ui.widgets.parts import plain_tip
from app.ui.window_states import WindowStates

Index = QModelIndex | QPersistentModelIndex
ID_ROLE = Qt.ItemDataRole.UserRole
_PAGE_ROWS = 64
_MOST_ROWS = 2_048
_NOWHERE = QModelIndex()


class StoreModel(QAbstractTableModel):
    """Shows the profiles of some ids. One read of a page is the most that painting ever waits for."""

    sort_wanted = Signal(int, Qt.SortOrder)

    def __init__(
        self, profiles: Profiles, states: WindowStates, clock: Clock, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._profiles = profiles
        self._states = states
        self._clock = clock
        self._ids: list[str] = []
        self._at: dict[str, int] = {}
        self._rows: OrderedDict[str, ProfileRow] = OrderedDict()
        states.changed.connect(self._on_states_changed)

    @property
    def ids(self) -> Sequence[str]:
        """The profiles of the list, in order."""
        return self._ids

    def show(self, ids: Sequence[str]) -> None:
        """Shows these profiles in this order."""
        if list(ids) == self._ids:
            return
        self.beginResetModel()
        self._ids = list(ids)
        self._at = {profile: at for at, profile in enumerate(self._ids)}
        self.endResetModel()

    def forget(self, changed: Iterable[str] | All) -> None:
        """These records are not what they were; what is on the screen is read again."""
        if isinstance(changed, All):
            self._rows.clear()
            if self._ids:
                self.dataChanged.emit(self.index(0, 0), self.index(len(self._ids) - 1, len(COLUMNS) - 1))
            return
        for profile in changed:
            self._rows.pop(profile, None)
            self._refresh(profile)

    def at(self, profile: str) -> int | None:
        """In which row a profile stands."""
        return self._at.get(profile)

    def id_at(self, row: int) -> str:
        """The profile of a row; empty beyond the end."""
        return self._ids[row] if 0 <= row < len(self._ids) else ""

    def row_at(self, row: int) -> ProfileRow | None:
        """The record of a row; None where it is gone or the vault is locked."""
        profile = self.id_at(row)
        if not profile:
            return None
        found = self._rows.get(profile)
        if found is None:
            self._read(row)
            found = self._rows.get(profile)
        return found

    def seen(self, row: ProfileRow) -> Seen:
        """What a cell's text is made from."""
        return Seen(row, self._states, self._clock.now())

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
        if role == Qt.ItemDataRole.AccessibleTextRole and column.id != "acts":
            return named(told(column.title), text)
        return text

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is Qt.Orientation.Horizontal and 0 <= section < len(COLUMNS):
            if role == Qt.ItemDataRole.DisplayRole and COLUMNS[section].id == "acts":
                return ""  # its buttons speak for themselves, and are narrower than their names
            if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
                return told(COLUMNS[section].title)
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Asks for the ids in another order; SQL sorts, not this model."""
        self.sort_wanted.emit(column, order)

    def _read(self, row: int) -> None:
        start = row - row % _PAGE_ROWS
        wanted = [one for one in self._ids[start : start + _PAGE_ROWS] if one not in self._rows]
        try:
            found = self._profiles.rows(wanted)
        except Problem:
            return  # locked in this moment: the page goes, too
        for one in found:
            self._rows[one.profile.id] = one
            self._rows.move_to_end(one.profile.id)
        while len(self._rows) > _MOST_ROWS:
            self._rows.popitem(last=False)

    def _refresh(self, profile: str) -> None:
        row = self._at.get(profile)
        if row is not None:
            self.dataChanged.emit(self.index(row, 0), self.index(row, len(COLUMNS) - 1))

    @Slot(object)
    def _on_states_changed(self, profiles: frozenset[str]) -> None:
        for profile in profiles:
            row = self._at.get(profile)
            if row is not None:
                for column in _LIVE_COLUMNS:
                    self.dataChanged.emit(self.index(row, column), self.index(row, column))


_TEXT_ROLES = frozenset(
    {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole}
)
_LIVE_COLUMNS = tuple(COLUMN_AT[name] for name in ("window", "unread", "acts"))
