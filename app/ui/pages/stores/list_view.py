"""The table of stores: keys, hover, selection that follows the records, and which columns are shown."""

from __future__ import annotations

import json

from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QModelIndex, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView

from app.kernel.text import say
from app.ui.language import told, tr
from app.ui.pages.stores.column_fit import ColumnFit
from app.ui.pages.stores.columns import COLUMN_AT, COLUMNS
from app.ui.pages.stores.model import StoreModel
from app.ui.pages.stores.painting import StorePainter
from app.ui.theme.theme import Theme
from app.ui.window_states import WindowStates

_LEAST_PX = 48
_NAME = COLUMN_AT["name"]
_ALWAYS = frozenset({"number", "name"})
HEADER_HINT = say("Click to sort, drag to move, right click to choose columns")


class StoreList(QTableView):
    """Shows the model. What people do with rows goes out as signals."""

    rows_activated = Signal(list)  # profiles
    act_clicked = Signal(str, str)  # profile, act
    current_changed = Signal(str)  # profile, or empty
    picked_changed = Signal()
    menu_wanted = Signal(object)  # a place on the screen

    def __init__(self, model: StoreModel, states: WindowStates, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("store_list")
        self.setAccessibleName(tr("Stores"))
        self._stores = model
        self._theme = theme
        self.setModel(model)
        self.painter_of_rows = StorePainter(self, model, states, lambda: theme.row_px)
        self.setItemDelegate(self.painter_of_rows)
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
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.DefaultContextMenu)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._set_up_header()
        self.column_fit = ColumnFit(self)
        self.reset_columns()
        self.on_theme_changed()
        self._kept: tuple[str, list[str]] = ("", [])
        self._wanted = ""
        model.modelAboutToBeReset.connect(self._on_about_to_reset)
        model.modelReset.connect(self._on_reset)
        selection = self.selectionModel()
        selection.currentRowChanged.connect(self._on_current_changed)
        selection.selectionChanged.connect(lambda *_: self.picked_changed.emit())
        self.painter_of_rows.act_clicked.connect(self.act_clicked)
        self.doubleClicked.connect(self._on_double_clicked)
        theme.changed.connect(self.on_theme_changed)

    @property
    def picked(self) -> list[str]:
        """The selected profiles, from top to bottom."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [self._stores.id_at(row) for row in rows]

    @property
    def picked_count(self) -> int:
        """How many profiles are selected, without naming them."""
        selection = self.selectionModel().selection()
        return sum(selection.at(at).height() for at in range(selection.count()))

    @property
    def current(self) -> str:
        """The profile that has the focus; empty for none."""
        return self._stores.id_at(self.currentIndex().row()) if self.currentIndex().isValid() else ""

    def select(self, profile: str) -> bool:
        """Selects one profile and scrolls to it; False where the list does not hold it."""
        row = self._stores.at(profile)
        if row is None:
            return False
        self.setCurrentIndex(self._stores.index(row, _NAME))
        self.selectRow(row)
        self.scrollTo(self._stores.index(row, _NAME))
        return True

    def keep_in_mind(self, profile: str) -> None:
        """Selects a profile as soon as the list holds it."""
        if not self.select(profile):
            self._wanted = profile

    def keep_neighbour_in_mind(self) -> None:
        """Before the selected stores go: the one behind them, or before, is selected then."""
        rows = [index.row() for index in self.selectionModel().selectedRows()]
        if rows:
            behind = self._stores.id_at(max(rows) + 1) or self._stores.id_at(min(rows) - 1)
            self._wanted = behind

    def layout_as_text(self) -> str:
        """Order, widths and hidden columns, for saved views and the next start."""
        header = self.horizontalHeader()
        order = [COLUMNS[header.logicalIndex(at)].id for at in range(header.count())]
        hidden = [column.id for at, column in enumerate(COLUMNS) if header.isSectionHidden(at)]
        widths = {
            column.id: header.sectionSize(at)
            for at, column in enumerate(COLUMNS)
            if not header.isSectionHidden(at)
        }
        is_own = self.column_fit.is_own
        return json.dumps({"order": order, "hidden": hidden, "widths": widths, "own": is_own})

    def take_layout(self, text: str) -> None:
        """What `layout_as_text` gave; anything else changes nothing."""
        try:
            raw = json.loads(text)
            order, hidden, widths = list(raw["order"]), set(raw["hidden"]), dict(raw["widths"])
            is_own = bool(raw.get("own", True))
        except (ValueError, KeyError, TypeError, AttributeError):
            return
        if not is_own:
            self.reset_columns()
            return
        self.column_fit.is_own = True
        header = self.horizontalHeader()
        for place, name in enumerate(one for one in order if one in COLUMN_AT):
            header.moveSection(header.visualIndex(COLUMN_AT[name]), place)
        for name, at in COLUMN_AT.items():
            header.setSectionHidden(at, name in hidden and name not in _ALWAYS)
            width = widths.get(name)
            if isinstance(width, int) and _LEAST_PX <= width <= 2_000:
                header.resizeSection(at, width)

    def column_menu(self, menu: QMenu) -> QMenu:
        """Fills a menu in which columns are shown and hidden."""
        header = self.horizontalHeader()
        for at, column in enumerate(COLUMNS):
            entry = menu.addAction(told(column.title))
            entry.setCheckable(True)
            entry.setChecked(not header.isSectionHidden(at))
            entry.setEnabled(column.id not in _ALWAYS)
            entry.toggled.connect(lambda is_shown, one=at: header.setSectionHidden(one, not is_shown))
        menu.addSeparator()
        menu.addAction(tr("Reset columns"), self.reset_columns)
        return menu

    def reset_columns(self) -> None:
        """Order, widths and columns as they were at first."""
        self.column_fit.reset()

    @Slot()
    def on_theme_changed(self) -> None:
        """Rows as high as the theme says."""
        self.verticalHeader().setDefaultSectionSize(self._theme.row_px)
        self.viewport().update()

    def _set_up_header(self) -> None:
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsMovable(True)
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(_LEAST_PX)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setToolTip(told(HEADER_HINT))
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._on_header_menu)
        header.setSortIndicator(0, Qt.SortOrder.AscendingOrder)
        header.setSortIndicatorShown(True)
        header.setSectionsClickable(True)
        header.sortIndicatorChanged.connect(self._stores.sort)
        # Its own, and empty: for every paint it would ask of each column whether all 5,000 rows are selected.
        header.setSelectionModel(QItemSelectionModel(self._stores, header))

    def _on_header_menu(self, place: QPoint) -> None:
        menu = self.column_menu(QMenu(self))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.horizontalHeader().mapToGlobal(place))

    def _on_double_clicked(self, index: QModelIndex) -> None:
        if COLUMNS[index.column()].id != "acts":
            self.rows_activated.emit([self._stores.id_at(index.row())])

    def _on_current_changed(self, current: QModelIndex, _before: QModelIndex) -> None:
        self.current_changed.emit(self._stores.id_at(current.row()) if current.isValid() else "")

    def _on_about_to_reset(self) -> None:
        if self.current or self.picked_count:
            self._kept = (self.current, self.picked)

    def _on_reset(self) -> None:
        is_wanted = bool(self._wanted) and self._stores.at(self._wanted) is not None
        if is_wanted:
            self._kept, self._wanted = (self._wanted, [self._wanted]), ""
        current, picked = self._kept
        rows = [row for profile in picked if (row := self._stores.at(profile)) is not None]
        selection = QItemSelection()
        for first, last in _spans(sorted(rows)):
            selection.select(self._stores.index(first, 0), self._stores.index(last, len(COLUMNS) - 1))
        model = self.selectionModel()
        model.select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        row = self._stores.at(current)
        if row is not None:
            index = self._stores.index(row, _NAME)
            model.setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
            if is_wanted:
                self.scrollTo(index)
            self._kept = ("", [])
        else:
            self.current_changed.emit("")
        self.picked_changed.emit()

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        if action in (QAbstractItemView.CursorAction.MoveHome, QAbstractItemView.CursorAction.MoveEnd):
            modifiers |= Qt.KeyboardModifier.ControlModifier  # to the first or last row, not along the row
        return super().moveCursor(action, modifiers)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current:
            self.rows_activated.emit(self.picked if self.picked_count > 1 else [self.current])
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

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self.current:
            self.menu_wanted.emit(event.globalPos())


def _spans(rows: list[int]) -> list[tuple[int, int]]:
    """Runs of neighbours, so that thousands of selected rows are a few ranges."""
    spans: list[tuple[int, int]] = []
    for row in rows:
        if spans and spans[-1][1] == row - 1:
            spans[-1] = (spans[-1][0], row)
        else:
            spans.append((row, row))
    return spans
