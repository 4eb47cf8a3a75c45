"""Watches the GUI thread: a thread of its own notes how long the event loop was away, and where."""

from __future__ import annotations

import faulthandler
import logging
import tempfile
import threading
import time
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer

_log = logging.getLogger("berth.gui.watchdog")
_BEAT_MS = 5
_FRAMES = 10


@dataclass(frozen=True, slots=True)
class Block:
    """The GUI thread was away for so long; `where` is what it did when that was noticed, innermost first.

    `busy` is how long of it the thread itself computed; the rest it waited.
    """

    seconds: float
    busy: float
    where: str


class Watchdog(QObject):
    """Beats on the GUI thread; a thread looks whether it does. For tests and development."""

    def __init__(self, limit_s: float, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._limit_s = limit_s
        self._last = time.perf_counter()
        self._busy = time.thread_time()
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
        self._last, self._busy = time.perf_counter(), time.thread_time()
        self._timer.start()
        self._thread.start()

    def stop(self) -> None:
        """Ends it."""
        self._timer.stop()
        self._stopping.set()
        self._thread.join()

    def _on_beat(self) -> None:
        now, busy = time.perf_counter(), time.thread_time()
        away, self._last = now - self._last, now
        computed, self._busy = busy - self._busy, busy
        self.longest_s = max(self.longest_s, away)
        if away > self._limit_s:
            where, self._where = self._where, ""
            self.blocks.append(Block(away, computed, where))
            _log.info(
                "the GUI thread was away for %.0f ms, %.0f of them busy\n%s",
                away * 1000,
                computed * 1000,
                where,
            )

    def _main(self) -> None:
        while not self._stopping.wait(self._limit_s / 4):
            if time.perf_counter() - self._last > self._limit_s * 0.8 and not self._where:
                self._where = self._stack()

    def _stack(self) -> str:
        """What the GUI thread does now.

        By faulthandler, which only reads: with Python 3.11, walking the frames of a thread that runs on
        crashes the process sooner or later.
        """
        with tempfile.TemporaryFile() as file:
            faulthandler.dump_traceback(file, all_threads=True)
            file.seek(0)
            threads = file.read().decode(errors="replace").split("\n\n")
        mine = next((one for one in threads if f"{self._gui:#018x}" in one), "")
        return "\n".join(mine.splitlines()[1 : 1 + _FRAMES])
