"""The keeper's process: listens for faces, answers them, and ends when no window and no face is left."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import logging.handlers
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future
from multiprocessing import AuthenticationError
from multiprocessing.connection import Connection

from app.isolation.keeper.keeper import Keeper
from app.isolation.keeper.last_windows import LastWindows
from app.isolation.keeper.meeting import GREETING_S, Door, close_door, keeper_lock, open_door, read_word
from app.isolation.keeper.messages import (
    BEAT_S,
    LARGEST_MESSAGE,
    Plain,
    packed,
    problem_plain,
    unpacked,
)
from app.isolation.keeper.problems import KeeperUnreachable
from app.kernel.clock import SystemClock
from app.kernel.errors import Problem
from app.kernel.files import FileLock
from app.kernel.log_places import PlacesOnly
from app.kernel.paths import Paths, private_folder
from app.kernel.text import say

_log = logging.getLogger("berth.keeper.server")
# Long enough for a command after a command, short enough not to look left behind.
_LINGER_S = 1.0
_LOG_BYTES = 1_000_000
_HANDOVER_S = 15.0  # for a keeper that is closing its windows, before the next one may begin
_STOP_S = 30.0  # for closing every window; the browsers of the rest end with their pipes
_LEAVE_S = 5.0  # for everything after that
_PAUSE_S = 0.1
_MOST_FACES = 128


def serve(paths: Paths) -> int:
    """Runs a keeper until it is not needed any more; returns its exit code, at once if one listens already.

    Raises Problem when it cannot begin, and says so on its standard output to the face that started it.
    """
    try:
        _log_to_file(paths)
        lock = keeper_lock(paths)
        if not _take(lock, paths):
            return 0
        with lock:
            asyncio.run(_Server(paths).run())
    except Problem as problem:
        _hand_on(problem)
        raise
    return 0


class _Server:
    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        self._last = LastWindows(paths)
        self._keeper = Keeper(SystemClock(), self._last.remember)
        self._faces = 0
        self._places = threading.BoundedSemaphore(_MOST_FACES)
        self._stopping = asyncio.Event()
        self._is_listening = True
        self._running: asyncio.AbstractEventLoop

    async def run(self) -> None:
        loop = self._running = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.add_signal_handler(number, self._stop_by_signal)
        door = open_door(self._paths)
        _let_go_of_the_starter()
        threading.Thread(target=self._accept, args=(door,), name="berth-accept", daemon=True).start()
        try:
            await self._until_unneeded()
        finally:
            self._is_listening = False
            close_door(self._paths, door)
            await self._stop()

    def _stop_by_signal(self) -> None:
        self._stopping.set()
        # A second one ends the process on the spot, whatever hangs; its browsers then end with their pipes.
        for number in (signal.SIGTERM, signal.SIGINT):
            self._running.remove_signal_handler(number)
            signal.signal(number, signal.SIG_DFL)
        # A session that ends sends this right behind SIGTERM; that is no second thought.
        self._running.remove_signal_handler(signal.SIGHUP)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    async def _stop(self) -> None:
        # Never cancelled: after the loop, threads that hang could still keep the process.
        leaving = threading.Timer(_STOP_S + _LEAVE_S, os._exit, (1,))
        leaving.daemon = True
        leaving.start()
        try:
            async with asyncio.timeout(_STOP_S):
                await self._keeper.stop()
        except TimeoutError:
            _log.warning("windows did not close in %s seconds; they end with this process", _STOP_S)
        self._last.close()

    async def _until_unneeded(self) -> None:
        while not self._stopping.is_set():
            self._keeper.changed.clear()
            is_needed = self._faces > 0 or not self._keeper.is_idle
            waits = {
                asyncio.create_task(self._keeper.changed.wait()),
                asyncio.create_task(self._stopping.wait()),
            }
            done, pending = await asyncio.wait(
                waits, timeout=None if is_needed else _LINGER_S, return_when=asyncio.FIRST_COMPLETED
            )
            for task in pending:
                task.cancel()
            if not done and self._faces == 0 and self._keeper.is_idle:
                return

    def _accept(self, door: Door) -> None:
        while self._is_listening:
            if not self._places.acquire(timeout=_PAUSE_S):
                continue  # whoever comes waits outside
            try:
                connection = door.listener.accept()
                threading.Thread(
                    target=self._meet, args=(connection, door), name="berth-face", daemon=True
                ).start()
            except (OSError, EOFError, RuntimeError):
                # No number left for a connection, or no room for a thread: some end soon.
                self._places.release()
                time.sleep(_PAUSE_S)

    def _meet(self, connection: Connection, door: Door) -> None:
        try:
            with connection:
                door.greet(connection, GREETING_S)
                self._serve_face(connection)
        except (OSError, EOFError, AuthenticationError):
            _log.debug("somebody without the key, or who went away")
        finally:
            self._places.release()

    def _serve_face(self, connection: Connection) -> None:
        self._count(1)
        prepared: set[str] = set()
        try:
            while True:
                request = unpacked(connection.recv_bytes(LARGEST_MESSAGE))
                with self._uncounted_while_watching(request):
                    answer = self._at_work(connection, request, prepared)
                connection.send_bytes(packed(answer))
        except (OSError, EOFError, ValueError, RuntimeError, CancelledError):
            _log.debug("a face has gone")
        finally:
            self._count(-1)
            for profile in prepared:
                self._abandon(profile)

    @contextlib.contextmanager
    def _uncounted_while_watching(self, request: Plain) -> Iterator[None]:
        """Who only looks on does not keep a keeper that has nothing to do."""
        step = int(request.get("op") in ("watch", "heard"))
        self._count(-step)
        try:
            yield
        finally:
            self._count(step)

    def _at_work(self, connection: Connection, request: Plain, prepared: set[str]) -> Plain:
        """The answer, however late; meanwhile a face that wants to know hears that the keeper lives."""
        answer = asyncio.run_coroutine_threadsafe(self._answer(request, prepared), self._running)
        try:
            while request.get("beats"):
                with contextlib.suppress(TimeoutError):
                    return answer.result(BEAT_S)
                # Through the loop, so that one that hangs is silent.
                beat = asyncio.run_coroutine_threadsafe(self._beat(), self._running).result()
                connection.send_bytes(packed(beat))
        except OSError:
            _finish(answer, request)
            raise
        return answer.result()

    async def _beat(self) -> Plain:
        return {"beat": True}

    async def _answer(self, request: Plain, prepared: set[str]) -> Plain:
        op = request.get("op")
        try:
            answer = await self._keeper.answer(request)
        except Problem as problem:
            return {"problem": problem_plain(problem)}
        except Exception:  # noqa: BLE001 - a bug in one request must not end everybody's windows
            _log.exception("a request failed unexpectedly")
            return {"problem": problem_plain(_bug(str(self._paths.logs)))}
        if op == "prepare":
            prepared.add(json.loads(request["plan"])["profile"])
        elif op in ("launch", "check"):
            prepared.discard(request["profile"])
        return {"ok": answer}

    def _count(self, step: int) -> None:
        def count() -> None:
            self._faces += step
            self._keeper.changed.set()

        if step == 0:
            return
        try:
            self._running.call_soon_threadsafe(count)
        except RuntimeError:
            return

    def _abandon(self, profile: str) -> None:
        try:
            asyncio.run_coroutine_threadsafe(self._keeper.abandon(profile), self._running)
        except RuntimeError:
            return


def _take(lock: FileLock, paths: Paths) -> bool:
    """Takes the keeper's lock, after waiting for one that is closing its windows; False if one listens."""
    ends = time.monotonic() + _HANDOVER_S
    while not lock.acquire():
        word = read_word(paths)
        is_up = word is not None and word.pid == lock.holder()
        if is_up or time.monotonic() > ends:
            return False
        time.sleep(_PAUSE_S)
    return True


def _hand_on(problem: Problem) -> None:
    """Tells the face that started this keeper why it cannot run."""
    if sys.stdout is not None:
        with contextlib.suppress(OSError):
            print(json.dumps({"problem": problem_plain(problem)}), flush=True)  # noqa: T201 - a pipe, not a face


def _let_go_of_the_starter() -> None:
    """From here on nobody reads what this process or its children say."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)


def _finish(answer: Future[Plain], request: Plain) -> None:
    """What was begun for a face that has gone comes to its end, so that it can be cleared away."""
    if request.get("op") in ("wait", "watch", "heard"):
        answer.cancel()
    with contextlib.suppress(CancelledError):
        answer.result()


def _bug(logs: str) -> Problem:
    return KeeperUnreachable(
        say("Something in Berth itself went wrong while the store was opened; it was not opened."),
        say("Try again; the log in {logs} says where.", logs=logs),
    )


def _log_to_file(paths: Paths) -> None:
    folder = private_folder(paths.logs)
    handler = logging.handlers.RotatingFileHandler(
        folder / "keeper.log", maxBytes=_LOG_BYTES, backupCount=2, encoding="utf-8"
    )
    handler.setFormatter(PlacesOnly("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger("berth")
    root.setLevel(logging.INFO)
    root.addHandler(handler)
    for name in ("websockets", "berth.endpoint.websockets"):  # they tell of every connection
        logging.getLogger(name).setLevel(logging.WARNING)
