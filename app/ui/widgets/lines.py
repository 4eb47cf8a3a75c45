"""Lines of a tab: a name and what is said of it, and checks with their level."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from app.isolation.checks import Check, Level
from app.ui.language import told, tr
from app.ui.telling import named
from app.ui.widgets.parts import breakable, label, plain_tip
from app.ui.widgets.sign import Sign

LEVEL_SIGNS = {
    Level.GREEN: ("circle-check", "ok"),
    Level.AMBER: ("triangle-alert", "warn"),
    Level.RED: ("circle-x", "danger"),
}
_NAME_PX = 96
_SIGN_PX = 15
_APART_PX, _CLOSE_PX = 7, 1


class Facts(QWidget):
    """Names and what is said of them, in two columns; the texts can be marked and copied."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(_APART_PX)
        self._grid.setColumnMinimumWidth(0, _NAME_PX)
        self._grid.setColumnStretch(1, 1)
        self._labels: list[QLabel] = []
        self._costs: list[QLabel] = []

    def show_facts(
        self, facts: Sequence[tuple[str, str]], notes: Sequence[str] = (), costs: Sequence[str] = ()
    ) -> None:
        """Shows these. `notes` are tooltips, `costs` stand beneath; one for each fact or none at all."""
        while len(self._labels) < len(facts) * 2:
            self._labels.append(label(kind="muted" if len(self._labels) % 2 == 0 else "", wraps=True))
            at = len(self._labels) - 1
            self._labels[at].setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
            if at % 2:
                self._labels[at].setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._grid.addWidget(self._labels[at], at // 2 * 2, at % 2)
        for at, made in enumerate(self._labels):
            made.setVisible(at < len(facts) * 2)
        self._show_costs(costs)
        for at, (name, text) in enumerate(facts):
            self._labels[at * 2].setText(name)
            self._labels[at * 2 + 1].setText(breakable(text))
            self._labels[at * 2 + 1].setAccessibleName(named(name, text))
            note = notes[at] if at < len(notes) else ""
            self._labels[at * 2].setToolTip(plain_tip(note))
            self._labels[at * 2 + 1].setToolTip(plain_tip(note))

    def _show_costs(self, costs: Sequence[str]) -> None:
        self._grid.setVerticalSpacing(_CLOSE_PX if costs else _APART_PX)
        for at in range(len(self._costs), len(costs)):
            self._costs.append(label(kind="small", wraps=True))
            self._costs[at].setContentsMargins(0, 0, 0, _APART_PX)
            self._grid.addWidget(self._costs[at], at * 2 + 1, 1)
        for at, made in enumerate(self._costs):
            made.setText(costs[at] if at < len(costs) else "")
            made.setVisible(bool(made.text()))


class Checks(QWidget):
    """Checks of a preflight, the worst first."""

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self._checks: tuple[Check, ...] = ()

    def show_checks(self, checks: Sequence[Check]) -> None:
        """Shows these."""
        if tuple(checks) == self._checks:
            return
        self._checks = tuple(checks)
        self._rebuild()

    def _rebuild(self) -> None:
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        order = [Level.RED, Level.AMBER, Level.GREEN]
        for check in sorted(self._checks, key=lambda check: order.index(check.level)):
            self._column.addWidget(self._line(check))

    def _line(self, check: Check) -> QWidget:
        name, tone = LEVEL_SIGNS[check.level]
        text = label(told(check.message), "" if check.level is not Level.GREEN else "muted", wraps=True)
        level = {Level.RED: tr("red"), Level.AMBER: tr("amber"), Level.GREEN: tr("green")}[check.level]
        text.setAccessibleName(named(level, text.text()))
        line = QWidget()
        grid = QGridLayout(line)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.addWidget(Sign(_SIGN_PX, name, tone), 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(text, 0, 1)
        grid.setColumnStretch(1, 1)
        return line
