"""The table of a paged model: keys, hover, and a selection that follows the records."""

from __future__ import annotations

from typing import Any, Protocol

from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from app.ui.theme.theme import Theme
from app.ui.widgets.paged_model import PagedModel

LEAST_PX = 48


class HoverPainter(Protocol):
    """Paints rows, and the one under the mouse in another colour; -1 for none."""

    hovered_row: int


class RecordList(QTableView):
    """Shows the records of a model. Which of them are selected is kept by their ids.

    A list sets its own delegate as `painter_of_rows` and says what Enter does.
    """

    current_changed = Signal(str)  # id, or empty
    picked_changed = Signal()
    menu_wanted = Signal(object)  # a place on the screen
    painter_of_rows: HoverPainter

    def __init__(self, model: PagedModel[Any], theme: Theme, focus_column: int = 0) -> None:
        super().__init__()
        self._records = model
        self._theme = theme
        self._focus_column = focus_column
        self._kept: tuple[str, list[str]] = ("", [])
        self._wanted = ""
        self.setModel(model)
        self._set_up_rows()
        self._set_up_sorting()
        self.on_theme_changed()
        model.modelAboutToBeReset.connect(self._on_about_to_reset)
        model.modelReset.connect(self._on_reset)
        selection = self.selectionModel()
        selection.currentRowChanged.connect(self._on_current_changed)
        selection.selectionChanged.connect(lambda *_: self.picked_changed.emit())
        theme.changed.connect(self.on_theme_changed)

    @property
    def picked(self) -> list[str]:
        """The selected records, from top to bottom."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [self._records.id_at(row) for row in rows]

    @property
    def picked_count(self) -> int:
        """How many records are selected, without naming them."""
        selection = self.selectionModel().selection()
        return sum(selection.at(at).height() for at in range(selection.count()))

    @property
    def current(self) -> str:
        """The record that has the focus; empty for none."""
        return self._records.id_at(self.currentIndex().row()) if self.currentIndex().isValid() else ""

    def select(self, record: str) -> bool:
        """Selects one record and scrolls to it; False where the list does not hold it."""
        row = self._records.at(record)
        if row is None:
            return False
        index = self._records.index(row, self._focus_column)
        self.setCurrentIndex(index)
        self.selectRow(row)
        self.scrollTo(index)
        return True

    def keep_in_mind(self, record: str) -> None:
        """Selects a record as soon as the list holds it."""
        if not self.select(record):
            self._wanted = record

    def on_enter(self) -> None:
        """What Enter does with the record that has the focus."""

    @Slot()
    def on_theme_changed(self) -> None:
        """Rows as high as the theme says."""
        self.verticalHeader().setDefaultSectionSize(self._theme.row_px)
        self.viewport().update()

    def _set_up_rows(self) -> None:
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

    def _set_up_sorting(self) -> None:
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(LEAST_PX)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSortIndicator(0, Qt.SortOrder.AscendingOrder)
        header.setSortIndicatorShown(True)
        header.setSectionsClickable(True)
        # Its own, and empty: for every paint it would ask of each column whether all rows are selected.
        header.setSelectionModel(QItemSelectionModel(self._records, header))

    def _on_current_changed(self, current: QModelIndex, _before: QModelIndex) -> None:
        self.current_changed.emit(self._records.id_at(current.row()) if current.isValid() else "")

    def _on_about_to_reset(self) -> None:
        if self.current or self.picked_count:
            self._kept = (self.current, self.picked)

    def _on_reset(self) -> None:
        is_wanted = bool(self._wanted) and self._records.at(self._wanted) is not None
        if is_wanted:
            self._kept, self._wanted = (self._wanted, [self._wanted]), ""
        current, picked = self._kept
        rows = [row for record in picked if (row := self._records.at(record)) is not None]
        selection, last_column = QItemSelection(), self._records.columnCount() - 1
        for first, last in _spans(sorted(rows)):
            selection.select(self._records.index(first, 0), self._records.index(last, last_column))
        model = self.selectionModel()
        model.select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        row = self._records.at(current)
        if row is not None:
            index = self._records.index(row, self._focus_column)
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
            self.on_enter()
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
