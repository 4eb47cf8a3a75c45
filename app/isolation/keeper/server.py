"""The keeper's process: listens for faces, answers them, and ends when no window and no face is left."""

from __future__ import annotations

import asyncio
import json
import logging
import logging.handlers
import signal
import threading
from concurrent.futures import CancelledError
from multiprocessing import AuthenticationError
from multiprocessing.connection import Connection, Listener

from app.isolation.keeper.keeper import Keeper
from app.isolation.keeper.meeting import close_listener, keeper_lock, open_listener
from app.isolation.keeper.messages import LARGEST_MESSAGE, Plain, problem_plain
from app.isolation.keeper.problems import KeeperUnreachable
from app.kernel.clock import SystemClock
from app.kernel.errors import Problem
from app.kernel.paths import Paths, private_folder
from app.kernel.text import say

_log = logging.getLogger("berth.keeper.server")
# Long enough for a command after a command, short enough not to look left behind.
_LINGER_S = 1.0
_LOG_BYTES = 1_000_000


def serve(paths: Paths) -> int:
    """Runs a keeper until it is not needed any more; returns its exit code, at once if one runs already."""
    _log_to_file(paths)
    lock = keeper_lock(paths)
    if not lock.acquire():
        return 0
    try:
        asyncio.run(_Server(paths).run())
    finally:
        lock.release()
    return 0


class _Server:
    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        self._keeper = Keeper(SystemClock())
        self._faces = 0
        self._stopping = asyncio.Event()
        self._is_listening = True
        self._running: asyncio.AbstractEventLoop

    async def run(self) -> None:
        loop = self._running = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.add_signal_handler(number, self._stopping.set)
        listener = open_listener(self._paths)
        acceptor = threading.Thread(target=self._accept, args=(listener,), name="berth-accept", daemon=True)
        acceptor.start()
        try:
            await self._until_unneeded()
        finally:
            self._is_listening = False
            close_listener(self._paths, listener)
            await self._keeper.stop()

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

    def _accept(self, listener: Listener) -> None:
        while True:
            try:
                connection = listener.accept()
            except AuthenticationError:
                continue  # somebody without the key
            except (OSError, EOFError):
                if not self._is_listening:
                    return
                continue  # a face that went away in the middle of its greeting
            threading.Thread(
                target=self._serve_face, args=(connection,), name="berth-face", daemon=True
            ).start()

    def _serve_face(self, connection: Connection) -> None:
        self._count(1)
        prepared: set[str] = set()
        try:
            while True:
                request = json.loads(connection.recv_bytes(LARGEST_MESSAGE))
                answer = asyncio.run_coroutine_threadsafe(
                    self._answer(request, prepared), self._running
                ).result()
                connection.send_bytes(json.dumps(answer, ensure_ascii=False).encode())
        except (OSError, EOFError, ValueError, RuntimeError, CancelledError):
            _log.debug("a face has gone")
        finally:
            connection.close()
            self._count(-1)
            for profile in prepared:
                self._abandon(profile)

    async def _answer(self, request: Plain, prepared: set[str]) -> Plain:
        try:
            answer = await self._keeper.answer(request)
        except Problem as problem:
            return {"problem": problem_plain(problem)}
        except Exception:  # noqa: BLE001 - a bug in one request must not end everybody's windows
            _log.exception("a request failed unexpectedly")
            return {"problem": problem_plain(_bug(str(self._paths.logs)))}
        if request["op"] == "prepare":
            prepared.add(json.loads(request["plan"])["profile"])
        elif request["op"] == "launch":
            prepared.discard(request["profile"])
        return {"ok": answer}

    def _count(self, step: int) -> None:
        def count() -> None:
            self._faces += step
            self._keeper.changed.set()

        try:
            self._running.call_soon_threadsafe(count)
        except RuntimeError:
            return

    def _abandon(self, profile: str) -> None:
        try:
            asyncio.run_coroutine_threadsafe(self._keeper.abandon(profile), self._running)
        except RuntimeError:
            return


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
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger("berth")
    root.setLevel(logging.INFO)
    root.addHandler(handler)
