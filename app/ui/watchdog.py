"""Watches the GUI thread: a thread of its own notes how long the event loop was away, and where."""

from __future__ import annotations

import logging
import sys
import threading
import time
import traceback
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer

_log = logging.getLogger("berth.gui.watchdog")
_BEAT_MS = 5


@dataclass(frozen=True, slots=True)
class Block:
    """The GUI thread was away for so long; `where` is what it did when that was noticed."""

    seconds: float
    where: str


class Watchdog(QObject):
    """Beats on the GUI thread; a thread looks whether it does. For tests and development."""

    def __init__(self, limit_s: float, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._limit_s = limit_s
        self._last = time.perf_counter()
        self._gui = threading.get_ident()
        self._timer = QTimer(self)
        self._timer.setInterval(_BEAT_MS)
        self._timer.timeout.connect(self._on_beat)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._main, name="berth-watchdog", daemon=True)
        self._where = ""
        self.blocks: list[Block] = []
        self.longest_s = 0.0

    def start(self) -> None:
        """Begins to watch the thread that calls this."""
        self._last = time.perf_counter()
        self._timer.start()
        self._thread.start()

    def stop(self) -> None:
        """Ends it."""
        self._timer.stop()
        self._stopping.set()
        self._thread.join()

    def _on_beat(self) -> None:
        now = time.perf_counter()
        away, self._last = now - self._last, now
        self.longest_s = max(self.longest_s, away)
        if away > self._limit_s:
            where, self._where = self._where, ""
            self.blocks.append(Block(away, where))
            _log.info("the GUI thread was away for %.0f ms\n%s", away * 1000, where)

    def _main(self) -> None:
        while not self._stopping.wait(self._limit_s / 4):
            if time.perf_counter() - self._last > self._limit_s * 0.8 and not self._where:
                frame = sys._current_frames().get(self._gui)  # noqa: SLF001 - there is no other way to ask
                self._where = "".join(traceback.format_stack(frame)[-8:]) if frame else ""
