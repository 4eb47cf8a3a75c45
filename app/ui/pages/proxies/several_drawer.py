"""Add several proxies: paste their lines, see how each is read, add all that are good."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QSizePolicy,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.isolation.profile import MAX_LABEL, NameWrong, clean_label
from app.isolation.proxies import Proxies
from app.isolation.proxy_importing import opened
from app.kernel.errors import Problem
from app.kernel.jobs import Job, Progress, to_its_end
from app.kernel.text import Text, say
from app.ui.face import Face
from app.ui.language import tr
from app.ui.pages.proxies.date_edit import DateEdit
from app.ui.pages.proxies.lines_model import LinesModel, shown
from app.ui.pages.proxies.reading import (
    MOST_LINES,
    FarEnd,
    Reading,
    Standing,
    cut,
    decide,
    known_far_ends,
    read,
    read_lines,
)
from app.ui.prompts import Choice
from app.ui.telling import number
from app.ui.widgets.drawer import Drawer
from app.ui.widgets.fields import Field
from app.ui.widgets.parts import ElidedLabel, button, label, plain_tip

_WIDTH_PX = 720
_PASTE_PX = 104
_PAUSE_MS = 250
_BATCH = 25
_WIDTHS_PX = (58, 128, 270)


class PasteEdit(QPlainTextEdit):
    """Takes a paste of any size, and keeps as much as can be read."""

    was_cut = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("lines_edit")
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setTabChangesFocus(True)
        self.setPlaceholderText(
            "198.51.100.7:8080:user:password\nsocks5://user:password@198.51.100.8:1080\n…"
        )

    def insertFromMimeData(self, source: QMimeData) -> None:
        text, is_cut = cut(source.text())
        self.insertPlainText(text)
        if is_cut:
            self.was_cut.emit()


@dataclass(frozen=True, slots=True)
class _Outcome:
    added: frozenset[int]
    failed: dict[int, Text]


class SeveralDrawer(Drawer):
    """`added` says how many were."""

    added = Signal(int)

    def __init__(self, host: QWidget, face: Face, proxies: Proxies) -> None:
        super().__init__(
            host, "several_proxies_drawer", tr("Add several proxies"), face.theme.motion_ms, _WIDTH_PX
        )
        self._face = face
        self._proxies = proxies
        self._asked = 0
        self._is_adding = False
        self._job: Job[_Outcome] | None = None
        self._file: Path | None = None
        self._read_text = ""  # what the preview is made from
        self._known: dict[FarEnd, str] = {}
        self.model = LinesModel(self)
        self.edit = PasteEdit()
        self.edit.setFixedHeight(_PASTE_PX)
        self.file_label = ElidedLabel(kind="muted")
        self.file_label.setObjectName("proxies_file_label")
        self.file_label.hide()
        self.table = self._build_table()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(self._read)
        self.edit.textChanged.connect(self._on_text)
        self.edit.was_cut.connect(self._on_cut)
        face.jobs.titled_changed.connect(self._on_jobs_changed)
        self._build_body()
        self._build_foot()
        self._show()

    @property
    def good(self) -> int:
        """How many lines can be added now."""
        return self.model.count(Standing.GOOD)

    @property
    def _source(self) -> str:
        """What the lines come from: the paste, or the name of a file."""
        return self.edit.toPlainText() if self._file is None else f"\0{self._file}"

    def read_file(self, path: str) -> None:
        """Reads the lines of a file in place of pasted ones."""
        if self._is_adding:
            return
        self.edit.clear()
        self._file = Path(path)
        self.file_label.setText(tr("From the file {name}").format(name=self._file.name))
        self.file_label.show()
        self.banner.clear()
        self._timer.start()

    def begin(self) -> None:
        """Slides in."""
        self.slide_in(self.edit)

    def ask_to_close(self) -> None:
        if self._is_adding:
            return
        if not self.good and not self.model.count(Standing.AMBIGUOUS):
            self.end()
            return
        self._face.prompts.ask(
            tr("Leave without adding them?"),
            tr("%n line(s) could be added.", n=self.good + self.model.count(Standing.AMBIGUOUS)),
            (Choice("stay", tr("Go on"), "primary"), Choice("leave", tr("Leave"), "danger")),
            lambda key: self.end() if key == "leave" else None,
        )

    def end(self) -> None:
        self._timer.stop()
        self._is_adding = False
        self.edit.blockSignals(True)
        self.edit.clear()  # it holds passwords
        super().end()

    def choose(self, way: int, *, all_lines: bool) -> None:
        """Reads the chosen line, or every one with two readings: 0 address first, 1 login first."""
        row = self.table.currentIndex().row()
        line = self.model.lines[row] if 0 <= row < len(self.model.lines) else None
        if line is None and not all_lines:
            return
        wanted = None if all_lines or line is None else line.number
        self.model.show(decide(self.model.lines, wanted, way, self._known))
        self._show()
        self._to_next_ambiguous()

    def add(self) -> None:
        """Adds every good line."""
        if self._is_adding:
            return
        if self._source != self._read_text:
            self._timer.stop()
            self._read()  # nothing is added, and nothing goes with the drawer, that nobody has seen
            return
        if not self.good or not self._are_facts_right():
            return
        self._set_adding(True)
        self._job = None
        lines = [line for line in self.model.lines if line.standing is Standing.GOOD]
        provider, moment = clean_label(self.provider_edit.text()), self.date_edit.moment

        lines = [
            replace(line, provider=provider or line.provider, expires=moment or line.expires)
            for line in lines
        ]

        async def work(report: Callable[[Progress], None]) -> _Outcome:
            done: set[int] = set()
            failed: dict[int, Text] = {}
            for start in range(0, len(lines), _BATCH):
                report(
                    Progress(
                        start,
                        len(lines),
                        say("Added {done} of {total} proxies", done=len(done), total=len(lines)),
                    )
                )
                outcome = await to_its_end(
                    asyncio.to_thread(self._proxies.add_lines, lines[start : start + _BATCH])
                )
                failed |= {number: note for number, note in outcome.items() if note is not None}
                done |= {number for number, note in outcome.items() if note is None}
            return _Outcome(frozenset(done), failed)

        self._job = self._face.jobs.start(
            work, owner=self, then=self._on_added, failed=self._on_failed, title=say("Adding proxies")
        )

    def _are_facts_right(self) -> bool:
        """Whether what all of them shall have can be stored; before the first one is."""
        try:
            clean_label(self.provider_edit.text())
        except NameWrong as problem:
            self.provider_field.say_problem(problem)
            self.provider_edit.setFocus()
            return False
        if self.date_edit.is_wrong:
            self.date_field.say(tr("Write a day as 2027-03-31, or leave it empty for never."), "danger")
            self.date_edit.edit.setFocus()
            return False
        return True

    def _build_table(self) -> QTableView:
        table = QTableView()
        table.setObjectName("lines_table")
        table.setAccessibleName(tr("How each line is read"))
        table.setModel(self.model)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.setCornerButtonEnabled(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(30)
        table.setMinimumHeight(132)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for at, width in enumerate(_WIDTHS_PX):
            header.resizeSection(at, width)
        table.selectionModel().currentRowChanged.connect(lambda *_: self._show_choice())
        return table

    def _build_body(self) -> None:
        hint = tr("One a line, in any form; at most {count} lines at once.").format(count=number(MOST_LINES))
        self.lines_field = Field(tr("Proxies"), self.edit, hint)
        self.body_layout.setSpacing(12)
        self.body_layout.addWidget(self.lines_field)
        self.body_layout.addLayout(self._build_file_row())
        self.summary_label = label(kind="heading", wraps=True)
        self.body_layout.addWidget(self.summary_label)
        self.body_layout.addWidget(self._build_ambiguous())
        self.body_layout.addWidget(self.table, 1)
        self.body_layout.addWidget(self._build_choice())
        self.provider_edit = QLineEdit()
        self.provider_edit.setObjectName("provider_edit")
        self.provider_edit.setMaxLength(MAX_LABEL)
        self.provider_field = Field(tr("Provider of all"), self.provider_edit)
        self.provider_edit.textEdited.connect(lambda _text: self.provider_field.say(""))
        self.date_edit = DateEdit("expires_edit")
        self.date_field = Field(tr("All expire on"), self.date_edit, focus=self.date_edit.edit)
        self.date_edit.changed.connect(lambda: self.date_field.say(""))
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self.provider_field, 1)
        row.addWidget(self.date_field, 1)
        self.body_layout.addLayout(row)

    def _build_file_row(self) -> QHBoxLayout:
        self.file_button = button(
            tr("From a file…"), "proxies_file_button", self._on_choose_file, icon_name="folder-open"
        )
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.file_button)
        row.addWidget(self.file_label, 1)
        return row

    def _build_ambiguous(self) -> QWidget:
        self.all_bar = QWidget()
        row = QHBoxLayout(self.all_bar)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for way, text in (
            (0, tr("In all, the address comes first")),
            (1, tr("In all, the login comes first")),
        ):
            made = button(text, f"all_reading_{way}_button", partial(self.choose, way, all_lines=True))
            row.addWidget(made)
        row.addStretch(1)
        return self.all_bar

    def _build_choice(self) -> QWidget:
        self.choice_bar = QWidget()
        column = QVBoxLayout(self.choice_bar)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self.choice_label = label(kind="heading")
        column.addWidget(self.choice_label)
        self.choice_buttons = [
            button("", f"reading_{way}_button", partial(self.choose, way, all_lines=False)) for way in (0, 1)
        ]
        for made in self.choice_buttons:
            # A long user name must not widen the drawer.
            made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            column.addWidget(made)
        return self.choice_bar

    def _build_foot(self) -> None:
        self.cancel_button = button(tr("Cancel"), "cancel_button", self.ask_to_close, kind="quiet")
        self.add_button = button(tr("Add"), "add_button", self.add, kind="primary")
        self.add_button.setToolTip("Ctrl+Enter")
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self.add)
        self.foot_layout.addWidget(self.cancel_button)
        self.foot_layout.addStretch(1)
        self.foot_layout.addWidget(self.add_button)

    def _read(self) -> None:
        self._asked += 1
        asked, proxies, file = self._asked, self._proxies, self._file
        whole = self._source
        text, is_cut = cut(self.edit.toPlainText())

        def work() -> tuple[Reading, dict[FarEnd, str]]:
            known = known_far_ends(proxies)
            if file is not None:
                with opened(file) as lines:
                    return read_lines(lines, known), known
            return read(text, known, was_cut=is_cut), known

        def done(found: tuple[Reading, dict[FarEnd, str]]) -> None:
            if asked == self._asked and not self._is_adding:
                reading, self._known = found
                self._read_text = whole
                self.model.show(reading.lines)
                if reading.was_cut:
                    self._on_cut()
                self._show()

        self._face.jobs.call(work, owner=self, then=done, failed=self.banner.show_problem)

    def _show(self) -> None:
        good, two = self.good, self.model.count(Standing.AMBIGUOUS)
        parts = [
            tr("%n ready", n=good),
            tr("%n known already", n=self.model.count(Standing.KNOWN)),
            tr("%n with two readings", n=two),
            tr("%n wrong", n=self.model.count(Standing.WRONG)),
        ]
        has_lines = bool(self.model.lines)
        self.summary_label.setText(" · ".join(parts) if has_lines else "")
        self.summary_label.setVisible(has_lines)
        self.table.setEnabled(has_lines)
        self.all_bar.setVisible(two > 0)
        self.add_button.setEnabled(good > 0 and not self._is_adding)
        self.add_button.setText(tr("Add %n proxy(ies)", n=good) if good else tr("Add"))
        self._show_choice()

    def _show_choice(self) -> None:
        row = self.table.currentIndex().row()
        line = self.model.lines[row] if 0 <= row < len(self.model.lines) else None
        is_open = line is not None and line.standing is Standing.AMBIGUOUS
        self.choice_bar.setVisible(is_open)
        if line is None or not is_open:
            return
        self.choice_label.setText(tr("How is line {number} meant?").format(number=number(line.number)))
        for made, reading in zip(self.choice_buttons, line.readings, strict=False):
            made.setText(shown(reading).replace("&", "&&"))
            made.setToolTip(plain_tip(shown(reading)))

    def _to_next_ambiguous(self) -> None:
        at = next(
            (at for at, line in enumerate(self.model.lines) if line.standing is Standing.AMBIGUOUS), None
        )
        if at is not None:
            self.table.selectRow(at)
        else:
            self.add_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_text(self) -> None:
        self._file = None
        self.file_label.hide()
        self._timer.start()

    def _on_choose_file(self) -> None:
        kinds = f"{tr('Text and tables')} (*.txt *.csv);;{tr('All files')} (*)"
        dialog = QFileDialog(self, tr("Proxies from a file"), "", kinds)
        dialog.setObjectName("proxies_file_dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.read_file)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_cut(self) -> None:
        if self._file is not None:
            self.banner.show_text(
                tr("The file is longer than what is read at once; the rest was left out."),
                tr("`berth proxy import` reads files of any length."),
                level="warn",
            )
            return
        self.banner.show_text(
            tr("The paste was longer than what is read at once; the rest was left out."),
            tr("Add these first, then paste the rest."),
            level="warn",
        )

    def _on_jobs_changed(self) -> None:
        if self._is_adding and self._job is not None and self._job.is_done:
            # Cancelled at the foot of the window, of which nobody is told.
            self._set_adding(False)
            self._read()

    def _on_added(self, outcome: _Outcome) -> None:
        self._set_adding(False)
        self._asked += 1
        if outcome.added:
            self.added.emit(len(outcome.added))
        self.model.show(
            [
                replace(line, standing=Standing.ADDED)
                if line.number in outcome.added
                else replace(line, standing=Standing.WRONG, note=outcome.failed[line.number])
                if line.number in outcome.failed
                else line
                for line in self.model.lines
            ]
        )
        left = len(outcome.failed) + self.model.count(Standing.AMBIGUOUS) + self.model.count(Standing.WRONG)
        if not left:
            self.end()
            return
        self._show()
        self.banner.show_text(
            tr("%n proxy(ies) added.", n=len(outcome.added)),
            tr("What was not added stands below."),
            level="ok" if outcome.added else "warn",
        )

    def _on_failed(self, problem: Problem) -> None:
        self._set_adding(False)
        self.banner.show_problem(problem)

    def _set_adding(self, is_adding: bool) -> None:
        self._is_adding = is_adding
        self.edit.setReadOnly(is_adding)
        self.file_button.setEnabled(not is_adding)
        self.add_button.setEnabled(not is_adding)
        if is_adding:
            self.add_button.setText(tr("Adding…"))
