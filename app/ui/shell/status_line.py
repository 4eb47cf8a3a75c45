"""The quiet line at the foot: open windows, what keeps them, and jobs with progress and cancel."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QSizePolicy, QWidget

from app.ui.bridge import GuiJobs
from app.ui.language import told, tr
from app.ui.widgets.parts import ElidedLabel, button, icon_button, label
from app.ui.window_states import Doing, WindowStates


class StatusLine(QWidget):
    """Refreshes itself; a click on the windows shows them in the list."""

    windows_clicked = Signal()

    def __init__(self, states: WindowStates, jobs: GuiJobs) -> None:
        super().__init__()
        self.setObjectName("status_line")
        self.setProperty("kind", "status")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, True)
        self._states = states
        self._jobs = jobs
        self.windows_button = button("", "status_windows_button", self.windows_clicked.emit, kind="link")
        self.windows_button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.keeper_label = label(kind="muted")
        self.job_label = ElidedLabel(kind="muted")
        self.job_label.setObjectName("job_label")
        self.job_label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._bar = QProgressBar()
        self._bar.setFixedWidth(120)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(tr("Progress"))
        self._cancel = icon_button("x", tr("Cancel"), "job_cancel_button", self._on_cancel, tone="muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 2, 8, 2)
        row.setSpacing(12)
        row.addWidget(self.windows_button)
        row.addWidget(self.keeper_label)
        row.addStretch(1)
        row.addWidget(self.job_label, 1)
        row.addWidget(self._bar)
        row.addWidget(self._cancel)
        self.setMinimumHeight(30)
        states.changed.connect(self._on_states_changed)
        jobs.titled_changed.connect(self._on_jobs_changed)
        self._on_states_changed()
        self._on_jobs_changed()

    @Slot()
    def _on_states_changed(self, _profiles: object = None) -> None:
        count = self._states.count_open()
        self.windows_button.setText(tr("%n window(s) open", n=count) if count else tr("No window is open"))
        busy = len(self._states.ids((Doing.CHECKING, Doing.WAITING)))
        words = [tr("%n being opened", n=busy)] if busy else []
        if self._states.keeper == "lost":
            words.append(tr("The process that keeps windows open has ended."))
        elif self._states.keeper == "other-version":
            words.append(tr("Windows of another version of Berth are open."))
        self.keeper_label.setText(" · ".join(words))

    @Slot()
    def _on_jobs_changed(self) -> None:
        jobs = self._jobs.titled
        for widget in (self.job_label, self._bar, self._cancel):
            widget.setVisible(bool(jobs))
        if not jobs:
            return
        job = jobs[-1]
        text = told(job.title) if job.title else ""
        progress = job.progress
        if progress is not None and progress.text is not None:
            text = told(progress.text)
        if len(jobs) > 1:
            text = f"{text} · {tr('%n more', n=len(jobs) - 1)}"
        self.job_label.setText(text)
        self._bar.setMaximum(progress.total if progress else 0)
        self._bar.setValue(progress.done if progress else 0)

    def _on_cancel(self) -> None:
        if jobs := self._jobs.titled:
            jobs[-1].cancel()
