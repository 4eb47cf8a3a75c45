"""The bar beneath the list from two selected stores on: what can be done with all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.kernel.text import Text
from app.ui.language import told, tr
from app.ui.widgets.parts import button, icon_button, label

LEAST = 2


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
