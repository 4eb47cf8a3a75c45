"""What of Qt is still there: top-level widgets, timers that run, threads, animations."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QAbstractAnimation, QProcess, QThread, QThreadPool, QTimer
from PySide6.QtWidgets import QApplication


def left_over(qt: QApplication) -> list[str]:
    """Everything that a test should have taken away, in words. The program's own end takes all of it."""
    found = [_told(widget) for widget in qt.topLevelWidgets()]
    for one in shiboken6.getAllValidWrappers():
        if not isinstance(one, QTimer | QThread | QAbstractAnimation | QProcess):
            continue
        if isinstance(one, QTimer):
            is_left = one.isActive()
        elif isinstance(one, QThread):
            is_left = one.isRunning()
        elif isinstance(one, QProcess):
            is_left = one.state() is not QProcess.ProcessState.NotRunning
        else:
            is_left = one.state() is QAbstractAnimation.State.Running
        if is_left:
            found.append(_told(one))
    if count := QThreadPool.globalInstance().activeThreadCount():
        found.append(f"{count} threads of Qt's pool")
    return found


def _told(one: object) -> str:
    name = getattr(one, "objectName", lambda: "")()
    return f"{type(one).__name__} {name or '(no name)'} at {id(one):x}"
