"""A profile's directory: private, locked while its engine runs, and never opened twice."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import psutil

from app.isolation.browser.problems import ProfileBusy
from app.kernel.files import FileLock, write_whole
from app.kernel.paths import private_folder

_GOING_TIMEOUT_S = 10.0
_POLL_S = 0.05
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

    async def take(self) -> None:
        """Makes the folder, takes the lock, and waits for an engine that is on its way out.

        Raises ProfileBusy, FolderNotWritable, StorageFull.
        """
        private_folder(self.root)
        private_folder(self.browser)
        if not self._lock.acquire():
            raise ProfileBusy.by_process(self._name, self._lock.holder())
        try:
            await self._wait_for_old_engine()
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


def is_in_use(root: Path) -> bool:
    """Whether a keeper holds this profile's directory or its engine still runs."""
    if not root.is_dir():
        return False
    lock = FileLock(root / "engine.lock")
    if not lock.acquire():
        return True
    lock.release()
    return running_engine(root) is not None
