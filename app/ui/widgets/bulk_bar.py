"""The bar beneath a list from two selected rows on: what can be done with all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QWidget

from app.kernel.text import Text
from app.ui.language import told, tr
from app.ui.theme.icons import icon
from app.ui.widgets.parts import button, icon_button, label

LEAST = 2
_GAP_PX = 6
_AFTER_COUNT_PX = 8
_LEFT_PX, _RIGHT_PX = 16, 12
_AROUND_PX = _LEFT_PX + _RIGHT_PX + _AFTER_COUNT_PX + 3 * _GAP_PX


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
    """Shown while several rows are selected. What finds no room stands in a menu at its end."""

    def __init__(self, acts: list[BulkAct], clear: Callable[[], object]) -> None:
        super().__init__()
        self.setObjectName("bulk_bar")
        self.setProperty("kind", "bulk")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, True)
        self.setAccessibleName(tr("Selected stores"))
        self.count_label = label(kind="heading")
        self._in_bin = False
        self._buttons = [
            (
                act,
                button(told(act.title), f"bulk_{act.id}_button", act.run, kind=act.kind, icon_name=act.icon),
            )
            for act in acts
        ]
        self.more_button = icon_button("ellipsis", tr("More"), "bulk_more_button", self._on_more)
        self._clear = icon_button("x", tr("Select none"), "bulk_clear_button", clear)
        row = QHBoxLayout(self)
        row.setContentsMargins(_LEFT_PX, 8, _RIGHT_PX, 8)
        row.setSpacing(_GAP_PX)
        row.addWidget(self.count_label)
        row.addSpacing(_AFTER_COUNT_PX)
        for _, made in self._buttons:
            row.addWidget(made)
        row.addWidget(self.more_button)
        row.addStretch(1)
        row.addWidget(self._clear)
        self.hide()

    def show_count(self, count: int, *, in_bin: bool) -> None:
        """So many rows are selected, in the bin or not."""
        self.setVisible(count >= LEAST)
        self.count_label.setText(tr("%n selected", n=count))
        self._in_bin = in_bin
        self._fit()

    def minimumSizeHint(self) -> QSize:
        # Less than all buttons: a narrow list must not push the pane away.
        return QSize(320, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """As many buttons as there is room for, in their order."""
        ends = self.count_label.sizeHint().width() + self._clear.sizeHint().width()
        room = self.width() - ends - _AROUND_PX
        wanted = [made for act, made in self._buttons if act.in_bin == self._in_bin]
        fitting = _fitting(wanted, room, self.more_button.sizeHint().width() + _GAP_PX)
        had_focus = any(made.hasFocus() and made not in fitting for _, made in self._buttons)
        for _, made in self._buttons:
            made.setVisible(made in fitting)
        self.more_button.setVisible(len(fitting) < len(wanted))
        if had_focus:
            self.more_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_more(self) -> None:
        menu = QMenu(self)
        menu.setObjectName("bulk_menu")
        for act, made in self._buttons:
            if act.in_bin == self._in_bin and made.isHidden():
                tone = "danger" if act.kind == "danger" else "text"
                menu.addAction(icon(act.icon, tone), told(act.title), act.run)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.more_button.mapToGlobal(self.more_button.rect().topLeft()))


def _fitting(wanted: list[QPushButton], room_px: int, more_px: int) -> list[QPushButton]:
    widths = [made.sizeHint().width() + _GAP_PX for made in wanted]
    if sum(widths) <= room_px:
        return wanted
    fitting: list[QPushButton] = []
    left = room_px - more_px
    for made, width in zip(wanted, widths, strict=True):
        if width > left:
            break
        fitting.append(made)
        left -= width
    return fitting
