"""Which columns the list of stores shows, and how wide: by the room there is, until a person decides."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QTableView

from app.ui.pages.stores.columns import COLUMN_AT, COLUMNS

# What a narrow list keeps, the dearest first; a column that is not named here is shown on demand only.
_DEAREST = (
    "number",
    "name",
    "window",
    "acts",
    "exit",
    "platform",
    "status",
    "expires",
    "unread",
    "opened",
    "tags",
    "operator",
)
_ALWAYS = frozenset({"number", "name"})
_BEFORE_NAMES = "window"  # for this one names may be cut shorter
_LEAST_NAME_PX = 96
# Which columns grow where there is room, by how much of it, and how far.
_GROWING = (("name", 0.5, 460), ("exit", 0.25, 250), ("tags", 0.15, 260), ("platform", 0.1, 180))


class ColumnFit(QObject):
    """Lays out the columns of a list. Once a person moves, sizes, hides or shows one, all are as they say."""

    def __init__(self, view: QTableView) -> None:
        super().__init__(view)
        self._view = view
        self._header = view.horizontalHeader()
        self._is_fitting = False
        self.is_own = False
        self._header.sectionResized.connect(self._on_changed)
        self._header.sectionMoved.connect(self._on_changed)
        view.viewport().installEventFilter(self)

    def reset(self) -> None:
        """Order, widths and columns by the room there is."""
        self.is_own = False
        with self._fitting():
            for at in range(len(COLUMNS)):
                self._header.moveSection(self._header.visualIndex(at), at)
        self.fit()

    def fit(self) -> None:
        """Shows what there is room for."""
        if self.is_own:
            return
        widths = _widths_in(self._view.viewport().width())
        with self._fitting():
            for at, column in enumerate(COLUMNS):
                self._header.setSectionHidden(at, column.id not in widths)
                if column.id in widths:
                    self._header.resizeSection(at, widths[column.id])

    @contextmanager
    def _fitting(self) -> Iterator[None]:
        before, self._is_fitting = self._is_fitting, True
        try:
            yield
        finally:
            self._is_fitting = before

    def _on_changed(self, *_what: int) -> None:
        if not self._is_fitting:
            self.is_own = True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self._view.viewport():
            self.fit()
        return False


def _widths_in(room_px: int) -> dict[str, int]:
    """The columns that find room, and how wide each is."""
    widths: dict[str, int] = {}
    left = room_px
    for name in _DEAREST:
        least = COLUMNS[COLUMN_AT[name]].least_px
        spare = widths["name"] - _LEAST_NAME_PX if name == _BEFORE_NAMES else 0
        if least > left + spare and name not in _ALWAYS:
            break
        widths[name] = least
        left -= least
    if left < 0:
        widths["name"] = max(_LEAST_NAME_PX, widths["name"] + left)
    room = max(0, left)
    for name, part, most in _GROWING:
        if name in widths:
            more = min(int(room * part), max(0, most - widths[name]))
            widths[name] += more
            left -= more
    # Rows end where the list ends, and with them their buttons.
    if left > 0:
        widths["tags" if "tags" in widths else "name"] += left
    return widths
