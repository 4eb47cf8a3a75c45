"""Bugs: told to the log, shown once per place, written to a report that holds places and no values."""

from __future__ import annotations

import faulthandler
import logging
import platform
import sys
import threading
import traceback
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import IO

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler, qVersion

from app import __version__
from app.kernel.clock import Clock
from app.kernel.errors import Problem
from app.kernel.files import write_whole
from app.kernel.log_places import PlacesOnly, places
from app.kernel.paths import Paths, private_folder

_log = logging.getLogger("berth.gui")
_qt_log = logging.getLogger("berth.gui.qt")
_SIZE_BYTES = 1 << 20
_KEPT = 3
_MOST_REPORTS = 20
# What Qt says of the machine it runs on, and nobody can mend from here.
_HARMLESS = (
    "This plugin does not support propagateSizeHints",
    "This plugin does not support raise()",
    "This plugin does not support grabbing the keyboard",
    "Detected locale",
    "qt.qpa.plugin: Could not find the Qt platform plugin",
    "libva error",
    "Could not register app ID",
)
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


class CrashKeeper:
    """Catches what nobody else caught. `show` is called on any thread, once for each place in the program."""

    def __init__(self, paths: Paths, clock: Clock, show: Callable[[str, Path | None], None]) -> None:
        self._paths = paths
        self._clock = clock
        self._show = show
        self._known: set[str] = set()
        self._lock = threading.Lock()
        self._native: IO[str] | None = None
        self._handler: logging.Handler | None = None
        self._jobs_handler = _FromLog(self)

    def install(self) -> None:
        """From here on nothing is lost. What cannot be written (a read-only folder) is still shown."""
        self._open_log()
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception
        qInstallMessageHandler(_on_qt_message)
        logging.getLogger("berth").addHandler(self._jobs_handler)
        try:
            self._native = (private_folder(self._paths.logs) / "native.log").open("a", encoding="utf-8")
            faulthandler.enable(self._native)
        except (OSError, Problem):
            self._native = None

    def uninstall(self) -> None:
        """Gives the hooks back."""
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__
        qInstallMessageHandler(None)
        berth = logging.getLogger("berth")
        berth.removeHandler(self._jobs_handler)
        if self._handler is not None:
            berth.removeHandler(self._handler)
            self._handler.close()
        if self._native is not None:
            faulthandler.disable()
            self._native.close()

    def native_crash_before(self) -> bool:
        """Whether the run before ended in a native crash; asked once, before `install`."""
        try:
            file = self._paths.logs / "native.log"
            found = "Fatal Python error" in file.read_text("utf-8", "replace")[-20_000:]
            if found:
                file.replace(file.with_suffix(".old.log"))
            return found
        except OSError:
            return False

    def take(self, error: BaseException) -> None:
        """One bug: logged, reported, and shown if this place is new. Threads: any."""
        place = place_of(error)
        with self._lock:
            is_new = place not in self._known
            self._known.add(place)
        if not is_new:
            return
        _log.error("unexpected %s at %s", type(error).__name__, place, exc_info=error)
        self._show(f"{type(error).__name__}, {place}", self._report(error, place))

    def _report(self, error: BaseException, place: str) -> Path | None:
        now = self._clock.now()
        text = "\n".join(
            (
                f"Berth {__version__}, Python {platform.python_version()}, Qt {qVersion()}",
                platform.platform(),
                f"{now.isoformat()}  {type(error).__name__} at {place}",
                "Only types and places in the program: no names, no addresses, no values.",
                "",
                places(error),
                "",
            )
        )
        try:
            folder = private_folder(self._paths.logs)
            file = folder / f"crash-{now:%Y%m%d-%H%M%S}.txt"
            write_whole(file, text.encode())
            for old in sorted(folder.glob("crash-*.txt"))[:-_MOST_REPORTS]:
                old.unlink(missing_ok=True)
        except (OSError, Problem):
            return None
        return file

    def _open_log(self) -> None:
        try:
            folder = private_folder(self._paths.logs)
            self._handler = RotatingFileHandler(
                folder / "gui.log", maxBytes=_SIZE_BYTES, backupCount=_KEPT, encoding="utf-8"
            )
        except (OSError, Problem):
            return
        self._handler.setFormatter(PlacesOnly("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        self._handler.setLevel(logging.INFO)
        berth = logging.getLogger("berth")
        berth.addHandler(self._handler)
        berth.setLevel(logging.INFO)

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        self.take(error)

    def _on_thread_exception(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
            self.take(args.exc_value)


class _FromLog(logging.Handler):
    """Bugs that others caught and logged, such as one in a job."""

    def __init__(self, keeper: CrashKeeper) -> None:
        super().__init__(logging.ERROR)
        self._keeper = keeper

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if error is not None and record.name != _log.name:
            self._keeper.take(error)


def place_of(error: BaseException) -> str:
    """Where a bug happened: the innermost line of ours, and what kind it was."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if f"{Path(frame.filename).parent}".find("app") >= 0]
    last = (ours or frames)[-1:] or []
    return f"{Path(last[0].filename).name}:{last[0].lineno}" if last else type(error).__name__


def _on_qt_message(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    if any(harmless in message for harmless in _HARMLESS):
        return
    _qt_log.log(_LEVELS.get(kind, logging.WARNING), "%s: %s", context.category or "qt", message[:300])
