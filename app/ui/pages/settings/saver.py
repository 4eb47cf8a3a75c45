"""Stores settings one after another, so that of two quick changes the last one stays."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from app.kernel.errors import Problem
from app.kernel.settings import Settings, Value
from app.ui.bridge import GuiJobs


class SettingSaver(QObject):
    """Writes in jobs; for each setting one at a time, and what is wished meanwhile waits its turn."""

    saved = Signal(str)
    failed = Signal(str, object)  # name, Problem

    def __init__(self, settings: Settings, jobs: GuiJobs, parent: QObject) -> None:
        super().__init__(parent)
        self._settings = settings
        self._jobs = jobs
        self._busy: set[str] = set()
        self._next: dict[str, Callable[[], object]] = {}

    def set(self, name: str, value: Value) -> None:
        """Stores a value that has been checked."""
        self._wish(name, lambda: self._settings.set(name, value))

    def reset(self, name: str) -> None:
        """Goes back to the default."""
        self._wish(name, lambda: self._settings.reset(name))

    def _wish(self, name: str, work: Callable[[], object]) -> None:
        if name in self._busy:
            self._next[name] = work
            return
        self._busy.add(name)
        self._jobs.call(
            work,
            owner=self,
            then=lambda _value: self._end(name, None),
            failed=lambda problem: self._end(name, problem),
        )

    def _end(self, name: str, problem: Problem | None) -> None:
        self._busy.discard(name)
        if (work := self._next.pop(name, None)) is not None:
            self._wish(name, work)
        elif problem is None:
            self.saved.emit(name)
        else:
            self.failed.emit(name, problem)
