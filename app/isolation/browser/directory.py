"""A profile's directory: private, locked while its engine runs, and never opened twice."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import socket
from pathlib import Path

import psutil

from app.isolation.browser.problems import ProfileBusy, ProfileElsewhere
from app.kernel.files import FileLock, write_whole
from app.kernel.paths import private_folder

_log = logging.getLogger("berth.directory")
_GOING_TIMEOUT_S = 10.0
_POLL_S = 0.05
_OUR_CLASS = "--class=Berth-"  # which every start of ours has
_ORPHAN_GENTLY_S = 5.0
_ORPHAN_FIRMLY_S = 3.0
# A start time read twice may differ by rounding.
_SAME_START_S = 1.0


class ProfileDirectory:
    """`<data>/profiles/<id>`: the lock, the note of the running engine, and `browser` beneath."""

    def __init__(self, root: Path, profile_name: str) -> None:
        self.root = root
        self.browser = root / "browser"
        self._name = profile_name
        self._lock = FileLock(root / "engine.lock")
        self._note = root / "engine.json"

    async def take(self, *, was_meant: bool = False) -> None:
        """Makes the folder, takes the lock, and waits for an engine that is on its way out.

        `was_meant`: somebody has been told that another computer left its mark here, and goes on.
        Raises ProfileBusy, ProfileElsewhere, FolderNotWritable, StorageFull.
        """
        private_folder(self.root)
        private_folder(self.browser)
        if not self._lock.acquire():
            raise ProfileBusy.by_process(self._name, self._lock.holder())
        try:
            await self._wait_for_old_engine()
            await self._end_orphan()
            self._look_for_strangers(was_meant)
        except BaseException:
            self._lock.release()
            raise

    def note_engine(self, pid: int) -> None:
        """Remembers the engine's process, so that a keeper after us knows it from any other."""
        try:
            started = psutil.Process(pid).create_time()
        except psutil.Error:
            return  # gone already; whoever waits for its first answer will tell
        write_whole(self._note, json.dumps({"pid": pid, "started": started}).encode())

    def give_back(self) -> None:
        """Forgets the engine and frees the lock."""
        self._note.unlink(missing_ok=True)
        self._lock.release()

    async def _end_orphan(self) -> None:
        """Ends a browser of ours that nobody keeps any more: our lock says that it has no keeper.

        A keeper killed in the moment of a second start can leave one: it became the browser when the first
        had gone, and Chromium does not always notice a pipe that was closed before it listened. It would
        answer the next start, which then has no window.
        """
        orphan = await asyncio.to_thread(orphaned_engine, self.browser)
        if orphan is None:
            return
        words = _words(orphan)
        is_ours = "--remote-debugging-pipe" in words and any(word.startswith(_OUR_CLASS) for word in words)
        if not is_ours:
            raise ProfileBusy.by_process(self._name, orphan.pid)  # somebody's own start: not ours to end
        _log.info("a browser without a keeper is ended (process %s)", orphan.pid)
        children = await asyncio.to_thread(_children, orphan)
        for end, limit_s in ((orphan.terminate, _ORPHAN_GENTLY_S), (orphan.kill, _ORPHAN_FIRMLY_S)):
            with contextlib.suppress(psutil.Error):
                end()
            if not (await asyncio.to_thread(psutil.wait_procs, [orphan], limit_s))[1]:
                break
        else:
            raise ProfileBusy.by_process(self._name, orphan.pid)
        for child in children:
            with contextlib.suppress(psutil.Error):
                child.kill()

    def _look_for_strangers(self, was_meant: bool) -> None:
        """A browser's mark of another computer: a shared or copied folder; Chromium would refuse to start."""
        mark = self.browser / "SingletonLock"
        try:
            host = mark.readlink().name.rpartition("-")[0]
        except OSError:
            return
        if host == socket.gethostname():
            return
        if not was_meant:
            raise ProfileElsewhere(self._name, host)
        for name in ("SingletonLock", "SingletonCookie", "SingletonSocket"):
            (self.browser / name).unlink(missing_ok=True)

    async def _wait_for_old_engine(self) -> None:
        pid = running_engine(self.root)
        for _ in range(int(_GOING_TIMEOUT_S / _POLL_S)):
            if pid is None:
                return
            await asyncio.sleep(_POLL_S)
            pid = running_engine(self.root)
        raise ProfileBusy.by_process(self._name, pid)


def running_engine(root: Path) -> int | None:
    """The process id of the engine noted in a profile's folder, if that very process still runs."""
    try:
        note = json.loads((root / "engine.json").read_bytes())
        process = psutil.Process(int(note["pid"]))
        same = abs(process.create_time() - float(note["started"])) < _SAME_START_S
        return process.pid if same and process.status() != psutil.STATUS_ZOMBIE else None
    except (OSError, ValueError, OverflowError, KeyError, TypeError, psutil.Error):
        return None


def orphaned_engine(browser: Path) -> psutil.Process | None:
    """The browser that runs in a directory, by its own mark there; None where it has left none."""
    try:
        host, _, pid = (browser / "SingletonLock").readlink().name.rpartition("-")
        process = psutil.Process(int(pid))
        is_here = host == socket.gethostname() and f"--user-data-dir={browser}" in _words(process)
    except (OSError, ValueError, OverflowError, psutil.Error):
        return None
    return process if is_here and process.is_running() else None


def is_in_use(root: Path) -> bool:
    """Whether a keeper holds this profile's directory or its engine still runs."""
    if not root.is_dir():
        return False
    lock = FileLock(root / "engine.lock")
    if not lock.acquire():
        return True
    lock.release()
    return running_engine(root) is not None


def _words(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.Error:
        return []
