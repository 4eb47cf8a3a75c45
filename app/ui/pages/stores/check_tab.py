"""Check: a close look at what a store's window shows, line by line, when a person asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.isolation.checking import Checked
from app.isolation.checks import Check, Level
from app.isolation.profile_listing import ProfileRow
from app.isolation.room import IsolationRoom
from app.kernel.errors import Problem
from app.kernel.text import Text, say
from app.ui.face import Face
from app.ui.language import told, told_whole, tr
from app.ui.telling import ago, exact, named
from app.ui.widgets.lines import LEVEL_SIGNS
from app.ui.widgets.parts import breakable, button, label
from app.ui.widgets.sign import Sign

_SIGN_PX = 15
# By the first word of a line's id, in the order in which they are shown.
_GROUPS: tuple[tuple[Text, frozenset[str]], ...] = (
    (say("The way out"), frozenset({"path", "exit", "relay", "webrtc", "policies", "extensions", "country"})),
    (say("The same everywhere"), frozenset({"contexts", "same", "headers"})),
    (
        say("True to the browser"),
        frozenset({"engine", "functions", "canvas", "webdriver", "window", "machine", "scale", "cores"}),
    ),
    (say("As it was set"), frozenset({"language", "locale", "timezone", "geolocation"})),
    (say("Apart from other stores"), frozenset({"storage", "links"})),
)
_MORE = say("More")  # a line that no group knows is shown all the same


@dataclass(frozen=True, slots=True)
class _Known:
    """The last check of a store, and when it ended."""

    checked: Checked
    at: datetime


class CheckTab(QWidget):
    """Runs the check as a job and shows what it found: what is not green first, green ones folded."""

    def __init__(self, face: Face, room: IsolationRoom) -> None:
        super().__init__()
        self._face = face
        self._room = room
        self._profile = ""
        self._known: dict[str, _Known] = {}
        self._running: set[str] = set()
        self.run_button = button(
            tr("Check now"), "check_run_button", self.run, kind="primary", icon_name="refresh-cw"
        )
        self.state_label = label(kind="muted", wraps=True)
        self.state_label.setObjectName("check_state_label")
        self.problem_label = label(kind="danger", wraps=True)
        self.problem_label.hide()
        self.lines = QWidget()
        self._column = QVBoxLayout(self.lines)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self.green_button = button("", "check_green_button", self._on_green, kind="link")
        self.green = QWidget()
        self._green_column = QVBoxLayout(self.green)
        self._green_column.setContentsMargins(0, 0, 0, 0)
        self._green_column.setSpacing(8)
        self.id_label = label(kind="small", wraps=True)
        self.id_label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        first = QHBoxLayout()
        first.addWidget(self.run_button)
        first.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 16)
        column.setSpacing(10)
        column.addLayout(first)
        column.addWidget(self.state_label)
        column.addWidget(self.problem_label)
        column.addWidget(self.lines)
        column.addWidget(self.green_button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.green)
        column.addWidget(self.id_label)
        column.addStretch(1)

    def show_row(self, row: ProfileRow) -> None:
        """Shows a store, with what was found of it since the program began."""
        is_other = row.profile.id != self._profile
        self._profile = row.profile.id
        self.run_button.setVisible(row.profile.deleted_at is None)
        if is_other:
            self.problem_label.hide()
            self._show_found()
        self._show_state()

    def run(self) -> None:
        """Begins to check the store that is shown."""
        profile = self._profile
        if not profile or profile in self._running:
            return
        self._running.add(profile)
        self.problem_label.hide()
        self._show_state()
        self._face.jobs.call(
            lambda: self._room.checking.check(profile),
            owner=self,
            then=partial(self._on_checked, profile),
            failed=partial(self._on_failed, profile),
            ended=partial(self._on_ended, profile),
            title=say("Checking a store's window"),
        )

    @property
    def shown(self) -> Checked | None:
        """What is shown of the store, for tests and screens."""
        known = self._known.get(self._profile)
        return known.checked if known is not None else None

    def _on_checked(self, profile: str, checked: Checked) -> None:
        self._known[profile] = _Known(checked, self._face.clock.now())
        if profile == self._profile:
            self._show_found()

    def _on_failed(self, profile: str, problem: Problem) -> None:
        if profile == self._profile:
            self.problem_label.setText(told_whole(problem))
            self.problem_label.show()

    def _on_ended(self, profile: str) -> None:
        self._running.discard(profile)
        self._show_state()

    def _on_green(self) -> None:
        self.green.setVisible(not self.green.isVisible())
        self._name_green()

    def _show_state(self) -> None:
        is_running = self._profile in self._running
        self.run_button.setEnabled(not is_running)
        known = self._known.get(self._profile)
        self.state_label.setToolTip(exact(known.at) if known is not None else "")
        if is_running:
            self.state_label.setText(tr("Looking at the window; it takes some seconds."))
        elif known is None:
            self.state_label.setText(
                tr(
                    "Looks at what sites see in this store's window, in twelve kinds of pages and workers. "
                    "No store hears of it."
                )
            )
        else:
            self.state_label.setText(self._summary(known))

    def _summary(self, known: _Known) -> str:
        red = self._count(known.checked, Level.RED)
        amber = self._count(known.checked, Level.AMBER)
        when = ago(known.at, self._face.clock.now())
        where = tr("in the open window") if known.checked.was_open else tr("while the store was closed")
        if not red and not amber:
            what = tr("All is as it has to be")
        else:
            what = tr("{red} wrong, {amber} worth knowing").format(red=red, amber=amber)
        return f"{what} · {where} · {when}"

    def _show_found(self) -> None:
        for column in (self._column, self._green_column):
            _empty(column)
        known = self._known.get(self._profile)
        checks = known.checked.checks if known is not None else ()
        self._fill(self._column, [check for check in checks if check.level is not Level.GREEN])
        self._fill(self._green_column, [check for check in checks if check.level is Level.GREEN])
        self.green.hide()
        self._name_green()
        identity = known.checked.fingerprint_id if known is not None else ""
        self.id_label.setText(tr("Fingerprint {id}").format(id=identity))
        self.id_label.setVisible(bool(identity))
        self._show_state()

    def _name_green(self) -> None:
        known = self._known.get(self._profile)
        count = self._count(known.checked, Level.GREEN) if known is not None else 0
        hidden, open_ = tr("Show %n green line(s)", n=count), tr("Hide %n green line(s)", n=count)
        self.green_button.setText(open_ if self.green.isVisible() else hidden)
        self.green_button.setVisible(bool(count))

    def _fill(self, column: QVBoxLayout, checks: Sequence[Check]) -> None:
        order = (Level.RED, Level.AMBER, Level.GREEN)
        for title, mine in grouped(checks):
            column.addWidget(label(told(title), "heading"))
            for check in sorted(mine, key=lambda check: order.index(check.level)):
                column.addWidget(_line(check))

    @staticmethod
    def _count(checked: Checked, level: Level) -> int:
        return sum(1 for check in checked.checks if check.level is level)


def grouped(checks: Sequence[Check]) -> list[tuple[Text, list[Check]]]:
    """Every line, in the groups that have any; what fits none comes last."""
    found = [
        (title, [check for check in checks if check.id.partition(".")[0] in words])
        for title, words in _GROUPS
    ]
    found.append((_MORE, [check for check in checks if groups_of(check.id) == 0]))
    return [(title, mine) for title, mine in found if mine]


def groups_of(check_id: str) -> int:
    """In how many groups a line would be shown; a test wants one."""
    return sum(1 for _, words in _GROUPS if check_id.partition(".")[0] in words)


def _line(check: Check) -> QWidget:
    """Sign and sentence; beneath, what was expected and seen, and what to do."""
    name, tone = LEVEL_SIGNS[check.level]
    level = {Level.RED: tr("red"), Level.AMBER: tr("amber"), Level.GREEN: tr("green")}[check.level]
    is_green = check.level is Level.GREEN
    text = label(told(check.message), "muted" if is_green else "", wraps=True)
    text.setAccessibleName(named(level, text.text()))
    line = QWidget()
    grid = QGridLayout(line)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(8)
    grid.setVerticalSpacing(2)
    grid.addWidget(Sign(_SIGN_PX, name, tone), 0, 0, Qt.AlignmentFlag.AlignTop)
    grid.addWidget(text, 0, 1)
    grid.setColumnStretch(1, 1)
    for more in _more(check):
        beneath = label(breakable(more), "small", wraps=True)
        beneath.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        grid.addWidget(beneath, grid.rowCount(), 1)
    return line


def _more(check: Check) -> list[str]:
    lines = []
    if check.expected and check.expected != check.seen:
        lines.append(tr("Expected: {value}").format(value=check.expected))
    if check.seen:
        lines.append(tr("Seen: {value}").format(value=check.seen))
    if check.advice is not None:
        lines.append(told(check.advice))
    return lines


def _empty(column: QVBoxLayout) -> None:
    while (item := column.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
