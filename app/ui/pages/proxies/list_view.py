"""The table of proxies: sorting, and columns that grow until a person sets their widths."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QByteArray, Qt, Signal
from PySide6.QtGui import QResizeEvent

from app.ui.language import tr
from app.ui.pages.proxies.columns import COLUMNS
from app.ui.pages.proxies.model import ProxyModel
from app.ui.pages.proxies.painting import ProxyPainter
from app.ui.theme.theme import Theme
from app.ui.widgets.record_list import RecordList

# Which columns grow where there is room, by how much of it, and how far.
_GROWING = (("name", 0.4, 340), ("address", 0.3, 280), ("user", 0.15, 180), ("checked", 0.15, 160))


class ProxyList(RecordList):
    """Shows the model. What people do with rows goes out as signals."""

    row_activated = Signal(str)  # proxy

    def __init__(self, model: ProxyModel, theme: Theme, expiring_days: Callable[[], int]) -> None:
        super().__init__(model, theme)
        self.setObjectName("proxy_list")
        self.setAccessibleName(tr("Proxies"))
        self._is_own = False
        self._is_growing = False
        self.painter_of_rows = ProxyPainter(self, model, lambda: theme.row_px, expiring_days)
        self.setItemDelegate(self.painter_of_rows)
        self._set_up_header()
        self.doubleClicked.connect(lambda index: self.row_activated.emit(model.id_at(index.row())))

    def on_enter(self) -> None:
        self.row_activated.emit(self.current)

    def _set_up_header(self) -> None:
        header = self.horizontalHeader()
        header.setStretchLastSection(True)
        self._sorted = (0, Qt.SortOrder.AscendingOrder)
        header.sortIndicatorChanged.connect(self._on_sort)
        self._grow()
        header.sectionResized.connect(self._on_resized)

    def take_layout(self, state: QByteArray) -> bool:
        """Widths and order of sorting as they were left; False where they cannot be read."""
        self._is_own = True
        self._is_growing = True
        header = self.horizontalHeader()
        found = header.restoreState(state)
        self._is_growing = False
        self._is_own = found
        self._on_sort(header.sortIndicatorSection(), header.sortIndicatorOrder())
        return found

    @property
    def layout_to_keep(self) -> QByteArray | None:
        """Widths that the person has chosen; None while they are the program's."""
        return self.horizontalHeader().saveState() if self._is_own else None

    def _grow(self) -> None:
        """Gives what room there is to the columns that are often cut off, until a person sets widths."""
        if self._is_own:
            return
        header = self.horizontalHeader()
        room = max(0, self.viewport().width() - sum(column.width_px for column in COLUMNS))
        widths = {column.id: column.width_px for column in COLUMNS}
        for name, part, most in _GROWING:
            widths[name] = max(widths[name], min(most, widths[name] + int(room * part)))
        self._is_growing = True
        for at, column in enumerate(COLUMNS):
            header.resizeSection(at, widths[column.id])
        self._is_growing = False

    def _on_sort(self, section: int, order: Qt.SortOrder) -> None:
        if 0 <= section < len(COLUMNS) and COLUMNS[section].sort:
            self._sorted = (section, order)
            self._records.sort(section, order)
            return
        # Qt has moved the arrow to a column that nothing is sorted by.
        header = self.horizontalHeader()
        header.blockSignals(True)
        header.setSortIndicator(*self._sorted)
        header.blockSignals(False)
        header.viewport().update()

    def _on_resized(self, section: int, _before: int, _now: int) -> None:
        # The last one is stretched by Qt.
        if not self._is_growing and section != len(COLUMNS) - 1:
            self._is_own = True

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._grow()
