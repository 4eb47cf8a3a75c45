"""Starting an engine on a private pipe, with its cores, and seeing it end."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psutil

if sys.platform != "win32":
    import fcntl

from app.isolation.browser.jail import Jail, launcher
from app.isolation.browser.jailing import FIRST_FD
from app.isolation.browser.problems import EngineFailed

# The engine reads commands from descriptor 3 and writes answers to 4; ours lie above both.
_LOWEST_OWN_FD = 20
_STDERR_KEPT = 8192
_REAP_PAUSE_S = 0.05


@dataclass(frozen=True, slots=True)
class Ending:
    """How an engine's process ended: exit code, or the signal that ended it."""

    code: int
    signal: int


class EngineProcess:
    """A running engine: its pid, the two ends of its pipe, and its end as something to wait for."""

    def __init__(self, pid: int, write_fd: int, read_fd: int, stderr_fd: int) -> None:
        self.pid = pid
        self.write_fd = write_fd
        self.read_fd = read_fd
        self._stderr_fd = stderr_fd
        self._stderr = b""
        self._reaping = threading.Lock()
        self._is_reaped = False
        self._loop = asyncio.get_running_loop()
        self._ended: asyncio.Future[Ending] = self._loop.create_future()
        self._drainer = threading.Thread(target=self._drain, name=f"berth-engine-{pid}-stderr", daemon=True)
        self._drainer.start()
        threading.Thread(target=self._watch, name=f"berth-engine-{pid}", daemon=True).start()

    @property
    def has_ended(self) -> bool:
        """Whether the process is gone."""
        return self._ended.done()

    async def wait(self) -> Ending:
        """Returns when the process has ended."""
        return await asyncio.shield(self._ended)

    def hang_up(self) -> None:
        """Closes our ends of a pipe that no hub has taken; a browser at the other end closes itself."""
        os.close(self.write_fd)
        os.close(self.read_fd)

    def stderr_tail(self) -> str:
        """The last the engine wrote; only for choosing a hint, never logged: it may name pages."""
        return self._stderr.decode(errors="replace")

    async def end(self, gently_s: float, firmly_s: float) -> Ending:
        """Waits, then asks by signal, then kills the whole tree."""
        for limit_s, send in ((gently_s, self._terminate), (firmly_s, self._kill)):
            try:
                return await asyncio.wait_for(self.wait(), limit_s)
            except TimeoutError:
                send()
        return await self.wait()

    def _terminate(self) -> None:
        self._send(signal.SIGTERM)

    def _kill(self) -> None:
        try:
            children = psutil.Process(self.pid).children(recursive=True)
        except psutil.Error:
            children = []
        self._send(getattr(signal, "SIGKILL", signal.SIGTERM))
        for child in children:
            try:
                child.kill()
            except psutil.Error:
                continue

    def _send(self, number: int) -> None:
        with self._reaping:  # after it the number may belong to somebody else's process
            if not self._is_reaped:
                os.kill(self.pid, number)

    def _watch(self) -> None:
        code = os.waitstatus_to_exitcode(self._reap())
        self._drainer.join(1.0)
        self._tell(Ending(max(code, 0), max(-code, 0)))

    def _reap(self) -> int:
        if hasattr(os, "waitid"):
            os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
        while True:
            with self._reaping:
                pid, status = os.waitpid(self.pid, os.WNOHANG)
                self._is_reaped = pid == self.pid
            if self._is_reaped:
                return status
            time.sleep(_REAP_PAUSE_S)  # only where the system cannot wait without reaping

    def _drain(self) -> None:
        while chunk := os.read(self._stderr_fd, 4096):
            self._stderr = (self._stderr + chunk)[-_STDERR_KEPT:]
        os.close(self._stderr_fd)

    def _tell(self, ending: Ending) -> None:
        def settle() -> None:
            if not self._ended.done():
                self._ended.set_result(ending)

        try:
            self._loop.call_soon_threadsafe(settle)
        except RuntimeError:  # the loop is closed, nobody waits any more
            return


async def start_engine(
    path: str,
    arguments: Sequence[str],
    environment: Mapping[str, str],
    *,
    cores: int,
    turn: int,
    jail: Jail | None = None,
) -> EngineProcess:
    """Starts the real binary with a private pipe and the given number of cores (0: all).

    `turn` spreads profiles with few cores over the machine. In a jail the process is for its first few
    milliseconds the one that enters it, and then, under the same number, the engine.

    Raises EngineFailed when the binary cannot be executed.
    """
    if sys.platform == "win32":
        raise EngineFailed.missing(
            path
        )  # the handles of --remote-debugging-io-pipes come with the Windows build
    command_read, command_write = os.pipe()
    answer_read, answer_write = os.pipe()
    error_read, error_write = os.pipe()
    theirs = [_lifted(command_read), _lifted(answer_write), _lifted(error_write)]
    words = [path, *arguments]
    inside: list[int] = []
    if jail is not None:
        inside = jail.order(path, arguments, environment)
        theirs.append(inside[0])
        words = [*launcher(), "enter"]
    actions = _in_their_places(theirs, inside)
    try:

        def spawn() -> int:
            _limit_cores(cores, turn)
            return os.posix_spawn(words[0], words, environment, file_actions=actions, setsid=_new_session())

        pid = await asyncio.to_thread(_in_own_thread, spawn)
    except OSError as error:
        for fd in (command_write, answer_read, error_read):
            os.close(fd)
        raise EngineFailed.missing(path) from error
    finally:
        for fd in theirs:
            os.close(fd)
    return EngineProcess(pid, command_write, answer_read, error_read)


def _in_their_places(pipe_and_stderr: Sequence[int], inside: Sequence[int]) -> list[tuple[Any, ...]]:
    return [
        *((os.POSIX_SPAWN_DUP2, fd, number) for fd, number in zip(pipe_and_stderr, (3, 4, 2), strict=False)),
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
        *((os.POSIX_SPAWN_DUP2, fd, number) for number, fd in enumerate(inside, FIRST_FD)),
    ]


def _new_session() -> bool:
    # Apart from the terminal's group: Ctrl+C in a shell must not end a store's window.
    return sys.platform.startswith("linux")


def _lifted(fd: int) -> int:
    high = fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, _LOWEST_OWN_FD)
    os.close(fd)
    return high


def _in_own_thread(call: Callable[[], int]) -> int:
    """Runs a call in a thread of its own: affinity belongs to the thread and the child inherits it."""
    box: list[int | BaseException] = []

    def run() -> None:
        try:
            box.append(call())
        except OSError as error:
            box.append(error)

    thread = threading.Thread(target=run, name="berth-spawn")
    thread.start()
    thread.join()
    if isinstance(box[0], BaseException):
        raise box[0]
    return box[0]


def _limit_cores(cores: int, turn: int) -> None:
    if cores <= 0 or not hasattr(os, "sched_setaffinity"):
        return
    allowed = sorted(os.sched_getaffinity(0))
    if cores < len(allowed):
        os.sched_setaffinity(0, {allowed[(turn * cores + step) % len(allowed)] for step in range(cores)})
