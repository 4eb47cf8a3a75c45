"""How the window program begins: its own arguments, one instance, then the event loop until its end."""

from __future__ import annotations

import argparse
import ctypes
import gc
import os
import signal
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from app.kernel.errors import ExitCode, Problem
from app.kernel.paths import Paths

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

_TURN_S = 0.001
_M_ARENA_MAX = -8
_ARENAS = 2


def main(words: Sequence[str]) -> int:
    """Runs the window program; returns its exit code. `words` are those of `berth`, `gui` among them."""
    args = _read(words)
    try:
        paths = Paths.of(args.home)
    except Problem as problem:
        sys.stderr.write(f"{problem}\n")
        return int(problem.exit_code)
    # Imported here: `berth gui --help` needs no Qt.
    from PySide6.QtWidgets import QApplication

    from app.ui.single_instance import SingleInstance

    qt = _qt_application()
    only = SingleInstance(paths)
    if not only.take(args.store):
        return int(ExitCode.DONE)
    from app.ui.application import Application

    application = Application(qt, paths)
    only.asked.connect(application.show_window)
    _quit_on_signals(qt)
    application.begin()
    spare_the_collector()
    application.show_window(args.store)
    try:
        return int(QApplication.exec())
    finally:
        application.end()
        only.release()


def _read(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="berth gui", description="Open the window program.")
    parser.add_argument("--home", type=Path, metavar="DIR", help="data folder (or BERTH_HOME)")
    parser.add_argument("store", nargs="*", metavar="STORE", help="a store to open, by name or number")
    rest = list(words)
    if "gui" in rest:
        rest.remove("gui")
    return parser.parse_args(rest)


def spare_the_collector() -> None:
    """Takes what is there at the start, and stays until the end, out of the search for cycles.

    Modules and classes are nine tenths of all objects. Each full search through them holds every thread for
    30 ms and more, whichever thread it befalls (gc.freeze).
    """
    gc.freeze()


def _qt_application() -> QApplication:
    from PySide6.QtCore import QCoreApplication, Qt
    from PySide6.QtWidgets import QApplication

    from app import __version__
    from app.ui.theme.icons import app_icon

    # How long a thread that computes may keep others waiting: a frame asks for its turn a hundred times.
    sys.setswitchinterval(_TURN_S)
    _share_memory()
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_DontShowIconsInMenus, False)
    with _input_methods():
        qt = QApplication([sys.argv[0] if sys.argv else "berth"])
    qt.setApplicationName("Berth")
    qt.setApplicationVersion(__version__)
    qt.setDesktopFileName("berth")
    qt.setWindowIcon(app_icon())
    qt.setQuitOnLastWindowClosed(False)
    return qt


def _share_memory() -> None:
    """Few arenas for many short threads: glibc keeps one for each otherwise, mostly empty (mallopt(3))."""
    if sys.platform.startswith("linux"):
        with suppress(OSError, AttributeError):  # another C library has no such knob
            ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _ARENAS)


@contextmanager
def _input_methods() -> Iterator[None]:
    """Chinese input by fcitx: PySide6 brings no plugin for it, but fcitx answers as IBus does, by its portal.

    Only while Qt chooses its plugin: the browsers of stores shall find what the person has set.
    """
    asked = f"{os.environ.get('QT_IM_MODULE', '')} {os.environ.get('XMODIFIERS', '')}"
    if not sys.platform.startswith("linux") or "fcitx" not in asked:
        yield
        return
    ours = {"QT_IM_MODULE": "ibus", "IBUS_USE_PORTAL": "1"}
    before = {name: os.environ.get(name) for name in ours}
    os.environ.update(ours)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def _quit_on_signals(qt: QApplication) -> None:
    """Ctrl+C and a session's end close the program as people would: cleanly."""
    from PySide6.QtCore import QSocketNotifier

    # Python runs handlers between two of its own steps, and Qt's loop takes none while idle: a byte wakes it.
    ours, theirs = socket.socketpair()
    for end in (ours, theirs):
        end.setblocking(False)
    signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: None)
    notifier = QSocketNotifier(ours.fileno(), QSocketNotifier.Type.Read, qt)
    notifier.activated.connect(qt.quit)
    notifier.destroyed.connect(lambda _gone=None, ends=(ours, theirs): [end.close() for end in ends])
