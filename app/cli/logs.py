"""The log file of the command line: what should be acted on, and where bugs happened, never values."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

from app.kernel.errors import Problem
from app.kernel.log_places import PlacesOnly
from app.kernel.paths import Paths, private_folder

_log = logging.getLogger("berth")
_SIZE = 1 << 20
_KEPT = 3


def open_in(paths: Paths) -> None:
    """Sends what `berth.*` loggers say to a file, made when there is something to say."""
    close()
    handler = RotatingFileHandler(
        paths.logs / "berth.log", maxBytes=_SIZE, backupCount=_KEPT, encoding="utf-8", delay=True
    )
    handler.setLevel(logging.WARNING)
    handler.setFormatter(PlacesOnly("%(asctime)s %(levelname)s %(name)s %(message)s"))
    handler.addFilter(_MakesFolder(paths.logs))
    _log.addHandler(handler)
    _log.propagate = False
    logging.raiseExceptions = False  # a log that cannot be written must not break a command


def close() -> None:
    """Closes the file."""
    for handler in list(_log.handlers):
        _log.removeHandler(handler)
        handler.close()
    _log.propagate = True


def report(error: BaseException) -> Path | None:
    """Writes where a bug happened; the file's place, or None where there is no file. Never raises."""
    try:
        _log.error("unexpected %s", type(error).__name__, exc_info=error)
        for handler in _log.handlers:
            if isinstance(handler, RotatingFileHandler) and Path(handler.baseFilename).exists():
                return Path(handler.baseFilename)
    except Exception:  # noqa: BLE001 - the sentence about the first bug is worth more than the second
        return None
    return None


class _MakesFolder(logging.Filter):
    """Makes the log's folder at the first record, so that a command that logs nothing leaves nothing."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def filter(self, record: logging.LogRecord) -> bool:  # noqa: ARG002
        try:
            private_folder(self._folder)
        except Problem:
            return False
        return True
