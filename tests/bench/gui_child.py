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

    qt = QApplication([])
    window = QMainWindow()
    window.setCentralWidget(Label("Berth"))
    window.resize(1280, 800)
    window.show()
    _until(qt.processEvents, lambda: bool(painted))
    return {"first_paint_ms": (painted[0] - started) * 1000, "memory_mb": _memory_mb()}


def ours(home: Path, passphrase: str) -> dict[str, float]:
    """Unlocked to the first paint of the list; then keystrokes, scrolling and memory."""
    from PySide6.QtCore import QEvent, QObject
    from PySide6.QtTest import QTest

    from app.kernel.paths import Paths
    from app.ui.application import Application
    from app.ui.main import _qt_application
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

    application.door._on_opened = on_opened  # type: ignore[method-assign]

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
    sys.excepthook = sys.__excepthook__  # what goes wrong here belongs to whoever measures
    application.window.resize(1280, 800)
    page = application.window.shown
    assert isinstance(page, LockPage)
    page.passphrase_edit.setText(passphrase)
    page.unlock_button.click()
    _until(qt.processEvents, lambda: bool(painted))
    qt.removeEventFilter(eyes)
    found = {"first_paint_ms": (painted[0] - unlocked[0]) * 1000}
    _until(qt.processEvents, lambda: not application.jobs.running)
    found["memory_mb"] = _memory_mb()
    assert application.signed_in is not None
    stores, edit = application.signed_in.stores, application.signed_in.frame.top_bar.search_edit
    strokes = []
    for text in _WORDS:
        edit.setText(text[:-1])
        edit.textEdited.emit(edit.text())
        _settle(qt.processEvents, stores)
        resets: list[bool] = []
        note = lambda resets=resets: resets.append(True)  # noqa: E731 - one to disconnect again
        stores.model.modelReset.connect(note)
        begun = time.perf_counter()
        QTest.keyClicks(edit, text[-1])
        _until(qt.processEvents, lambda resets=resets: bool(resets) or _is_same(stores))
        stores.list.viewport().repaint()
        strokes.append((time.perf_counter() - begun) * 1000)
        stores.model.modelReset.disconnect(note)
    found["keystroke_ms"] = statistics.median(strokes)
    edit.clear()
    _settle(qt.processEvents, stores)
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


def _settle(step: Callable[[], object], page: object) -> None:
    ends = time.monotonic() + 0.3
    _until(step, lambda: time.monotonic() > ends and not page.face.jobs.running)  # type: ignore[attr-defined]


def _is_same(page: object) -> bool:
    """A search that finds what the one before found resets nothing; it has been answered when no job runs."""
    from PySide6.QtWidgets import QLineEdit

    edit = page.window().findChild(QLineEdit, "search_edit")  # type: ignore[attr-defined]
    return not page.face.jobs.running and page.search_text == edit.text()  # type: ignore[attr-defined]


def _until(step: Callable[[], object], is_true: Callable[[], bool]) -> None:
    ends = time.monotonic() + _LIMIT_S
    while not is_true():
        assert time.monotonic() < ends, "waited in vain"
        step()


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
