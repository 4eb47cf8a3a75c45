"""The bar beneath the list from two selected stores on: what can be done with all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.kernel.text import Text
from app.ui.language import told, tr
from app.ui.widgets.parts import button, icon_button, label

LEAST = 2
_AROUND_WORD_PX = 56  # icon, padding and the gap to the next one
_AROUND_PX = 110


@dataclass(frozen=True, slots=True)
class BulkAct:
    """One button of the bar."""

    id: str
    title: Text
    icon: str
    run: Callable[[], object]
    in_bin: bool = False
    kind: str = ""


class BulkBar(QWidget):
    """Shown while several stores are selected."""

    def __init__(self, acts: list[BulkAct], clear: Callable[[], object]) -> None:
        super().__init__()
        self.setObjectName("bulk_bar")
        self.setProperty("kind", "bulk")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, True)
        self.setAccessibleName(tr("Selected stores"))
        self.count_label = label(kind="heading")
        self._buttons = [
            (
                act,
                button(told(act.title), f"bulk_{act.id}_button", act.run, kind=act.kind, icon_name=act.icon),
            )
            for act in acts
        ]
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 12, 8)
        row.setSpacing(6)
        row.addWidget(self.count_label)
        row.addSpacing(8)
        for _, made in self._buttons:
            row.addWidget(made)
        row.addStretch(1)
        row.addWidget(icon_button("x", tr("Select none"), "bulk_clear_button", clear))
        self.hide()

    def show_count(self, count: int, *, in_bin: bool) -> None:
        """So many stores are selected, in the bin or not."""
        self.setVisible(count >= LEAST)
        self.count_label.setText(tr("%n selected", n=count))
        for act, made in self._buttons:
            made.setVisible(act.in_bin == in_bin)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        # Less than the buttons with their words: a narrow list must not push the pane away.
        return QSize(320, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Words beside the icons where there is room for all of them."""
        shown = [(act, made) for act, made in self._buttons if not made.isHidden()]
        metrics = self.fontMetrics()
        words = sum(metrics.horizontalAdvance(told(act.title)) + _AROUND_WORD_PX for act, _ in shown)
        has_room = self.width() >= words + metrics.horizontalAdvance(self.count_label.text()) + _AROUND_PX
        for act, made in shown:
            made.setText(told(act.title) if has_room else "")
            made.setToolTip("" if has_room else told(act.title))
            made.setAccessibleName(told(act.title))
