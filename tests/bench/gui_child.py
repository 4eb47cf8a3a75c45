"""A window program, or a bare Qt window, in a process of its own; prints what it measured as JSON."""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.ui.pages.stores.page import StoresPage
    from app.workspace import Workspace

_LIMIT_S = 60.0
_WORDS = ("m", "me", "mei", "a", "an", "ann", "0", "00", "001", "s", "st", "sto")
_FRAMES = 400
_STEP_PX = 24


def bare(started: float) -> dict[str, float]:
    """From the process's start to the first paint of an empty window."""
    from PySide6.QtWidgets import QApplication, QLabel, QMainWindow

    painted: list[float] = []

    class Label(QLabel):
        def paintEvent(self, event: object) -> None:  # noqa: N802 - Qt's name
            super().paintEvent(event)
            painted.append(time.monotonic())

    application = QApplication([])
    window = QMainWindow()
    window.setCentralWidget(Label("Berth"))
    window.resize(1280, 800)
    window.show()
    _until(lambda: bool(painted))
    del application
    return {"first_paint_ms": (painted[0] - started) * 1000, "memory_mb": _memory_mb()}


def ours(home: Path, passphrase: str) -> dict[str, float]:
    """Unlocked to the first paint of the list; then keystrokes, scrolling and memory."""
    from PySide6.QtCore import QEvent, QObject
    from PySide6.QtTest import QTest

    from app.kernel.paths import Paths
    from app.ui.application import Application
    from app.ui.main import _qt_application, spare_the_collector
    from app.ui.shell.lock_page import LockPage

    qt = _qt_application()
    application = Application(qt, Paths.of(home))
    application.settings.set("ui.motion", "off")
    unlocked: list[float] = []
    painted: list[float] = []
    opened = application.door._on_opened

    def on_opened(workspace: Workspace) -> None:
        # Before the program's own slots, which build the frame.
        unlocked.append(time.monotonic())
        opened(workspace)

    application.door._on_opened = on_opened

    class Eyes(QObject):
        def eventFilter(self, watched: object, event: QEvent) -> bool:  # noqa: N802 - Qt's name
            if event.type() == QEvent.Type.Paint and application.signed_in is not None:
                page = application.signed_in.stores
                if watched is page.list.viewport() and page.model.rowCount():
                    painted.append(time.monotonic())
            return False

    eyes = Eyes()
    qt.installEventFilter(eyes)
    application.begin()
    spare_the_collector()
    sys.excepthook = sys.__excepthook__  # what goes wrong here belongs to whoever measures
    application.window.resize(1280, 800)
    page = application.window.shown
    assert isinstance(page, LockPage)
    page.passphrase_edit.setText(passphrase)
    page.unlock_button.click()
    _until(lambda: bool(painted))
    qt.removeEventFilter(eyes)
    found = {"first_paint_ms": (painted[0] - unlocked[0]) * 1000}
    _until(lambda: not application.jobs.running)
    found["memory_mb"] = _memory_mb()
    assert application.signed_in is not None
    stores, edit = application.signed_in.stores, application.signed_in.frame.top_bar.search_edit
    strokes, answered = [], []
    show_head = stores._show_head

    def on_answer() -> None:
        show_head()
        stores.list.viewport().repaint()
        answered.append(time.perf_counter())

    stores._show_head = on_answer  # the last thing that an answer does
    for text in _WORDS:
        edit.setText(text[:-1])
        edit.textEdited.emit(edit.text())
        _settle(stores)
        answered.clear()
        begun = time.perf_counter()
        QTest.keyClicks(edit, text[-1])
        _until(lambda: bool(answered))
        strokes.append((answered[0] - begun) * 1000)
    found["keystroke_ms"] = statistics.median(strokes)
    edit.clear()
    _settle(stores)
    bar, frames = stores.list.verticalScrollBar(), []
    for step in range(_FRAMES):
        begun = time.perf_counter()
        bar.setValue(step * _STEP_PX if step % 2 else bar.maximum() * step // _FRAMES)
        stores.list.viewport().repaint()
        frames.append((time.perf_counter() - begun) * 1000)
    found["longest_frame_ms"] = max(frames)
    found["memory_after_mb"] = _memory_mb()
    application.end()
    return found


def _settle(page: StoresPage) -> None:
    ends = time.monotonic() + 0.3
    _until(lambda: time.monotonic() > ends and not page.face.jobs.running)


def _until(is_true: Callable[[], object]) -> None:
    """In Qt's own loop: one that spins in Python would take turns from the threads that are measured."""
    from PySide6.QtCore import QEventLoop, QTimer

    ends = time.monotonic() + _LIMIT_S
    loop, timer = QEventLoop(), QTimer()
    timer.setInterval(1)
    timer.timeout.connect(lambda: loop.quit() if is_true() or time.monotonic() > ends else None)
    timer.start()
    loop.exec()
    timer.stop()
    assert time.monotonic() < ends, "waited in vain"


def _memory_mb() -> float:
    import psutil

    return float(psutil.Process().memory_full_info().pss) / 1e6


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    words = sys.argv[1:]
    result = (
        bare(float(words[1])) if words[0] == "bare" else ours(Path(words[1]), sys.stdin.readline().strip())
    )
    print(json.dumps(result))
