"""The table of stores: what a click on a row does, and which columns are shown."""

from __future__ import annotations

import json

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtWidgets import QMenu

from app.kernel.text import say
from app.ui.language import told, tr
from app.ui.pages.stores.column_fit import ColumnFit
from app.ui.pages.stores.columns import COLUMN_AT, COLUMNS
from app.ui.pages.stores.model import StoreModel
from app.ui.pages.stores.painting import StorePainter
from app.ui.theme.theme import Theme
from app.ui.widgets.record_list import LEAST_PX, RecordList
from app.ui.window_states import WindowStates

_NAME = COLUMN_AT["name"]
_ALWAYS = frozenset({"number", "name"})
HEADER_HINT = say("Click to sort, drag to move, right click to choose columns")


class StoreList(RecordList):
    """Shows the model. What people do with rows goes out as signals."""

    rows_activated = Signal(list)  # profiles
    act_clicked = Signal(str, str)  # profile, act

    def __init__(self, model: StoreModel, states: WindowStates, theme: Theme) -> None:
        super().__init__(model, theme, _NAME)
        self.setObjectName("store_list")
        self.setAccessibleName(tr("Stores"))
        self.painter_of_rows = StorePainter(self, model, states, lambda: theme.row_px)
        self.setItemDelegate(self.painter_of_rows)
        self._set_up_header()
        self.column_fit = ColumnFit(self)
        self.reset_columns()
        self.painter_of_rows.act_clicked.connect(self.act_clicked)
        self.doubleClicked.connect(self._on_double_clicked)

    def on_enter(self) -> None:
        self.rows_activated.emit(self.picked if self.picked_count > 1 else [self.current])

    def keep_neighbour_in_mind(self) -> None:
        """Before the selected stores go: the one behind them, or before, is selected then."""
        rows = [index.row() for index in self.selectionModel().selectedRows()]
        if rows:
            behind = self._records.id_at(max(rows) + 1) or self._records.id_at(min(rows) - 1)
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
            if isinstance(width, int) and LEAST_PX <= width <= 2_000:
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

    def _set_up_header(self) -> None:
        header = self.horizontalHeader()
        header.setSectionsMovable(True)
        header.setStretchLastSection(False)
        header.setToolTip(told(HEADER_HINT))
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._on_header_menu)
        header.sortIndicatorChanged.connect(self._records.sort)

    def _on_header_menu(self, place: QPoint) -> None:
        menu = self.column_menu(QMenu(self))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.horizontalHeader().mapToGlobal(place))

    def _on_double_clicked(self, index: QModelIndex) -> None:
        if COLUMNS[index.column()].id != "acts":
            self.rows_activated.emit([self._records.id_at(index.row())])
