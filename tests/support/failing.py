"""What fails a test besides its own assertions: unexpected logs, and threads or processes left behind.

Python warnings and exceptions in threads become failures by `filterwarnings = ["error"]`, unexpected passes
by `xfail_strict`; `tests/arch/test_failing_conditions.py` shows that each of them does.
"""

from __future__ import annotations

import logging
import os
import secrets
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from typing import TypeVar

import psutil
import pytest

MARKER = "BERTH_TEST"
GRACE_S = float(os.environ.get("BERTH_TEST_GRACE_S", "15"))
T = TypeVar("T")


class ExpectedLog:
    """Collects what a test logs at WARNING or above, and which of it the test said it expects."""

    def __init__(self) -> None:
        self.records: list[logging.LogRecord] = []
        self._expected: list[tuple[str, str]] = []

    def __call__(self, logger: str, containing: str = "") -> None:
        """Expects at least one record of this logger (or one beneath it) whose message contains a text."""
        self._expected.append((logger, containing))

    def complaints(self) -> list[str]:
        """Records nobody expected, and expected ones that never came."""
        came = set()
        unexpected = []
        for record in self.records:
            matching = {entry for entry in self._expected if _matches(record, *entry)}
            came |= matching
            if not matching:
                unexpected.append(f"unexpected {record.levelname} from {record.name}: {_said(record)}")
        missing = [
            f"expected a warning of {name} with {containing!r}, none came"
            for name, containing in self._expected
            if (name, containing) not in came
        ]
        return unexpected + missing


class _Collecting(logging.Handler):
    def __init__(self, records: list[logging.LogRecord]) -> None:
        super().__init__(logging.WARNING)
        self._records = records

    def emit(self, record: logging.LogRecord) -> None:
        self._records.append(record)


def pytest_configure(config: pytest.Config) -> None:
    """Marks everything this run starts, fixes time zone and language, and bars the real data folder."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # Started in the background of a script; what the tests start shall still hear Ctrl+C.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    outer = os.environ.get(MARKER)
    own = f"{os.getpid()}-{secrets.token_hex(4)}"
    os.environ[MARKER] = f"{outer}/{own}" if outer else own
    os.environ.update(TZ="UTC", LANG="C.UTF-8", LC_ALL="C.UTF-8", PYTHONUTF8="1")
    for name in ("BERTH_PASSPHRASE_FILE", "BERTH_ENGINE"):  # of whoever runs the tests
        os.environ.pop(name, None)
    os.environ["BERTH_HOME"] = "/nonexistent/take-the-berth_home-fixture"
    time.tzset()


@pytest.fixture(autouse=True)
def expected_log() -> Iterator[ExpectedLog]:
    """Fails a test that logs a warning or worse; call it with logger and text to say what is expected."""
    expected = ExpectedLog()
    handler = _Collecting(expected.records)
    logging.getLogger().addHandler(handler)
    yield expected
    logging.getLogger().removeHandler(handler)
    if complaints := expected.complaints():
        pytest.fail("\n".join(complaints), pytrace=False)


@pytest.fixture(autouse=True)
def _nothing_left_behind(expected_log: ExpectedLog) -> Iterator[None]:
    threads = set(threading.enumerate())
    pids = set(psutil.pids())
    yield
    left = _wait_for_none(lambda: _threads_beyond(threads))
    running = _wait_for_none(lambda: _processes_beyond(pids))
    told = [_thread_told(thread) for thread in left] + [_process_told(process) for process in running]
    for process in running:
        _end(process)
    if told:
        pytest.fail("left behind:\n" + "\n".join(told), pytrace=False)


def _matches(record: logging.LogRecord, logger: str, containing: str) -> bool:
    below = record.name == logger or record.name.startswith(logger + ".")
    return below and containing in record.getMessage()


def _said(record: logging.LogRecord) -> str:
    trace = "".join(traceback.format_exception(*record.exc_info)) if record.exc_info else ""
    return f"{record.getMessage()}\n{trace}".rstrip()


def _wait_for_none(look: Callable[[], list[T]]) -> list[T]:
    """What is still there when a short while has passed; what ends in time is not left behind."""
    limit = time.monotonic() + GRACE_S
    while (found := look()) and time.monotonic() < limit:
        time.sleep(0.02)
    return found


def _threads_beyond(known: set[threading.Thread]) -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread not in known and thread.is_alive()]


def _processes_beyond(known: set[int]) -> list[psutil.Process]:
    found = []
    for pid in set(psutil.pids()) - known:
        try:
            process = psutil.Process(pid)
            if process.status() != psutil.STATUS_ZOMBIE and _is_ours(process):
                found.append(process)
        except psutil.Error:
            continue
    return found


def _is_ours(process: psutil.Process) -> bool:
    """Whether this run started it: by the marker it inherited, so that detached ones count, or as a child."""
    own = os.environ[MARKER]
    try:
        marker = process.environ().get(MARKER, "")
    except psutil.AccessDenied:
        marker = ""
    return marker == own or marker.startswith(own + "/") or os.getpid() in _ancestors(process)


def _ancestors(process: psutil.Process) -> list[int]:
    return [parent.pid for parent in process.parents()]


def _thread_told(thread: threading.Thread) -> str:
    frame = sys._current_frames().get(thread.ident or 0)
    where = "".join(traceback.format_stack(frame)[-2:]).rstrip() if frame else ""
    return f"thread {thread.name}\n{where}"


def _process_told(process: psutil.Process) -> str:
    try:
        return f"process {process.pid}: {' '.join(process.cmdline())[:200]}"
    except psutil.Error:
        return f"process {process.pid}"


def _end(process: psutil.Process) -> None:
    try:
        process.kill()
        process.wait(GRACE_S)
    except psutil.Error:
        pass
