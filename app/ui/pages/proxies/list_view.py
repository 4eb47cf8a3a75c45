"""The table of proxies: keys, hover, and a selection that follows the records."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import (
    QByteArray,
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from app.ui.language import tr
from app.ui.pages.proxies.columns import COLUMNS
from app.ui.pages.proxies.model import ProxyModel
from app.ui.pages.proxies.painting import ProxyPainter
from app.ui.theme.theme import Theme

_LEAST_PX = 48
# Which columns grow where there is room, by how much of it, and how far.
_GROWING = (("name", 0.4, 340), ("address", 0.3, 280), ("user", 0.15, 180), ("checked", 0.15, 160))


class ProxyList(QTableView):
    """Shows the model. What people do with rows goes out as signals."""

    row_activated = Signal(str)  # proxy
    current_changed = Signal(str)  # proxy, or empty
    picked_changed = Signal()
    menu_wanted = Signal(object)  # a place on the screen

    def __init__(self, model: ProxyModel, theme: Theme, expiring_days: Callable[[], int]) -> None:
        super().__init__()
        self.setObjectName("proxy_list")
        self.setAccessibleName(tr("Proxies"))
        self._proxies = model
        self._theme = theme
        self._kept: tuple[str, list[str]] = ("", [])
        self._is_own = False
        self._is_growing = False
        self.setModel(model)
        self.painter_of_rows = ProxyPainter(self, model, lambda: theme.row_px, expiring_days)
        self.setItemDelegate(self.painter_of_rows)
        self._set_up()
        self._set_up_header()
        self.on_theme_changed()
        model.modelAboutToBeReset.connect(self._on_about_to_reset)
        model.modelReset.connect(self._on_reset)
        selection = self.selectionModel()
        selection.currentRowChanged.connect(self._on_current_changed)
        selection.selectionChanged.connect(lambda *_: self.picked_changed.emit())
        self.doubleClicked.connect(lambda index: self.row_activated.emit(model.id_at(index.row())))
        theme.changed.connect(self.on_theme_changed)

    @property
    def picked(self) -> list[str]:
        """The selected proxies, from top to bottom."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [self._proxies.id_at(row) for row in rows]

    @property
    def picked_count(self) -> int:
        """How many proxies are selected, without naming them."""
        selection = self.selectionModel().selection()
        return sum(selection.at(at).height() for at in range(selection.count()))

    @property
    def current(self) -> str:
        """The proxy that has the focus; empty for none."""
        return self._proxies.id_at(self.currentIndex().row()) if self.currentIndex().isValid() else ""

    def select(self, proxy: str) -> bool:
        """Selects one proxy and scrolls to it; False where the list does not hold it."""
        row = self._proxies.at(proxy)
        if row is None:
            return False
        self.setCurrentIndex(self._proxies.index(row, 0))
        self.selectRow(row)
        self.scrollTo(self._proxies.index(row, 0))
        return True

    def keep_in_mind(self, proxy: str) -> None:
        """Selects a proxy as soon as the list holds it."""
        if not self.select(proxy):
            self._kept = (proxy, [proxy])

    @Slot()
    def on_theme_changed(self) -> None:
        """Rows as high as the theme says."""
        self.verticalHeader().setDefaultSectionSize(self._theme.row_px)
        self.viewport().update()

    def _set_up(self) -> None:
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setCornerButtonEnabled(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    def _set_up_header(self) -> None:
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        header.setMinimumSectionSize(_LEAST_PX)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSortIndicator(0, Qt.SortOrder.AscendingOrder)
        header.setSortIndicatorShown(True)
        header.setSectionsClickable(True)
        self._sorted = (0, Qt.SortOrder.AscendingOrder)
        header.sortIndicatorChanged.connect(self._on_sort)
        # Its own, and empty: for every paint it would ask of each column whether all rows are selected.
        header.setSelectionModel(QItemSelectionModel(self.model(), header))
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
            self._proxies.sort(section, order)
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

    def _on_current_changed(self, current: QModelIndex, _before: QModelIndex) -> None:
        self.current_changed.emit(self._proxies.id_at(current.row()) if current.isValid() else "")

    def _on_about_to_reset(self) -> None:
        if self.current or self.picked_count:
            self._kept = (self.current, self.picked)

    def _on_reset(self) -> None:
        current, picked = self._kept
        selection = QItemSelection()
        last = len(COLUMNS) - 1
        for proxy in picked:
            if (row := self._proxies.at(proxy)) is not None:
                selection.select(self._proxies.index(row, 0), self._proxies.index(row, last))
        model = self.selectionModel()
        model.select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        row = self._proxies.at(current)
        if row is not None:
            model.setCurrentIndex(self._proxies.index(row, 0), QItemSelectionModel.SelectionFlag.NoUpdate)
            self._kept = ("", [])
        else:
            self.current_changed.emit("")
        self.picked_changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current:
            self.row_activated.emit(self.current)
            return
        if (
            event.text()
            and event.text().isprintable()
            and not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            event.ignore()  # letters are keys of the page, not a search within the list
            return
        super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        row = index.row() if index.isValid() else -1
        if row != self.painter_of_rows.hovered_row:
            self.painter_of_rows.hovered_row = row
            self.viewport().update()
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.painter_of_rows.hovered_row = -1
        self.viewport().update()
        super().leaveEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._grow()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self.current:
            self.menu_wanted.emit(event.globalPos())
