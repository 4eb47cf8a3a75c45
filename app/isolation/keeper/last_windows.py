"""Which windows were open when a keeper ended without being asked: a list beside it, without any secret."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from app.isolation.keeper.meeting import keeper_lock
from app.isolation.plan import LaunchPlan
from app.kernel.errors import Problem
from app.kernel.files import write_whole
from app.kernel.ids import ProfileId
from app.kernel.paths import Paths

_LARGEST = 4 * 1024 * 1024
_SHAPE = {"profile": str, "number": int, "name": str}


@dataclass(frozen=True, slots=True)
class LastWindow:
    """A window that was open."""

    profile: ProfileId
    number: int
    name: str


class LastWindows:
    """The keeper's hand on the list; it writes on a thread of its own, since disks may be slow."""

    def __init__(self, paths: Paths) -> None:
        self._path = list_file(paths)
        self._writing = ThreadPoolExecutor(1, "berth-last-windows")

    def remember(self, plans: Sequence[LaunchPlan]) -> None:
        """These windows are open now; with none the list goes away."""
        windows = [LastWindow(ProfileId(plan.profile), plan.number, plan.name) for plan in plans]
        self._writing.submit(_write, self._path, windows)

    def close(self) -> None:
        """Returns when everything is written."""
        self._writing.shutdown()


def last_windows(paths: Paths) -> tuple[LastWindow, ...]:
    """What was open when the last keeper ended without being asked; nothing while one runs."""
    found = _read(list_file(paths))
    return found if found and not is_kept(paths) else ()


def forget_last_windows(paths: Paths) -> None:
    """Nobody wants them back; does nothing while a keeper runs, whose list it is then."""
    if last_windows(paths):
        with contextlib.suppress(OSError):
            list_file(paths).unlink()


def is_kept(paths: Paths) -> bool:
    """Whether a keeper runs in this data folder, or is just beginning."""
    try:
        with keeper_lock(paths) as lock:
            return not lock.acquire()
    except Problem:  # where the lock cannot be had at all, no keeper can have it
        return False


def list_file(paths: Paths) -> Path:
    """Where the list is."""
    return paths.state / "windows.json"


def _write(path: Path, windows: Sequence[LastWindow]) -> None:
    """A full disk loses the list and nothing else."""
    with contextlib.suppress(OSError, Problem):
        if windows:
            content = json.dumps({"windows": [asdict(window) for window in windows]}, ensure_ascii=False)
            write_whole(path, content.encode())
        else:
            path.unlink(missing_ok=True)


def _read(path: Path) -> tuple[LastWindow, ...]:
    try:
        with path.open("rb") as file:
            content = json.loads(file.read(_LARGEST))
    except (OSError, ValueError, RecursionError):
        return ()
    listed = content.get("windows") if isinstance(content, dict) else None
    return tuple(
        LastWindow(ProfileId(one["profile"]), one["number"], one["name"])
        for one in (listed if isinstance(listed, list) else ())
        if isinstance(one, dict) and all(isinstance(one.get(key), kind) for key, kind in _SHAPE.items())
    )
