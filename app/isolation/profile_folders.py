"""Where a profile's folder is: at home while it can be opened, in the bin on its way out, never lost between.

The bin holds `<id>`, and `<id>.2`, `<id>.3` … where a second folder of the same profile had to make room.
"""

from __future__ import annotations

import shutil
import stat
from collections.abc import Callable
from pathlib import Path

from app.kernel.errors import reading_problem, storage_problem
from app.kernel.files import sync_folder
from app.kernel.ids import ProfileId, is_ulid
from app.kernel.paths import Paths, is_there, private_folder


class ProfileFolders:
    """Moves folders between their home and the bin, one rename at a time; only `remove` removes."""

    def __init__(self, paths: Paths, is_running: Callable[[ProfileId], bool]) -> None:
        self._paths = paths
        self._is_running = is_running

    def waiting(self) -> set[ProfileId]:
        """The profiles of which the bin holds a folder."""
        names = {folder.name.partition(".")[0] for folder in self._binned()}
        return {ProfileId(name) for name in names if is_ulid(name)}

    def bring_home(self, profile: ProfileId) -> None:
        """Takes the folder out of the bin, if it is there; safe to repeat and to cut short.

        Where two stand against each other the larger one is the one with the history, and the bin's is the
        older one; the other is kept in the bin under a number. A folder in use stays where it is.
        """
        home, away = self._paths.profile(profile), self._paths.bin / profile
        if not is_there(home):
            found = self._in_bin(profile)
            if not found:
                return
            private_folder(home.parent)
            _move(max(found, key=_size), home)
        if not is_there(away) or self._is_running(profile):
            return
        if _size(away) < _size(home):
            _move(away, self._room_for(profile))
            return
        _move(home, self._room_for(profile))
        _move(away, home)

    def take_away(self, profile: ProfileId) -> Path | None:
        """Moves the folder into the bin, beside what is there of this profile; None where there is none."""
        home = self._paths.profile(profile)
        if not is_there(home):
            return None
        private_folder(self._paths.bin)
        away = self._room_for(profile)
        _move(home, away)
        return away

    def put_back(self, profile: ProfileId, away: Path | None) -> None:
        """Undoes `take_away`."""
        if away is not None:
            _move(away, self._paths.profile(profile))

    def remove(self, profile: ProfileId) -> None:
        """Removes all that the bin holds of a profile, for good."""
        for folder in self._in_bin(profile):
            _remove(folder)

    def _in_bin(self, profile: ProfileId) -> list[Path]:
        return sorted(folder for folder in self._binned() if folder.name.partition(".")[0] == profile)

    def _binned(self) -> list[Path]:
        if not is_there(self._paths.bin):
            return []
        try:
            return [folder for folder in self._paths.bin.iterdir() if folder.is_dir()]
        except OSError as error:
            raise reading_problem(error, self._paths.bin) from error

    def _room_for(self, profile: ProfileId) -> Path:
        away, count = self._paths.bin / profile, 1
        while away.exists():
            count += 1
            away = self._paths.bin / f"{profile}.{count}"
        return away


def _size(folder: Path) -> int:
    """Bytes in all files below; those that vanish meanwhile count nothing."""
    total = 0
    for path in folder.rglob("*"):
        try:
            found = path.lstat()
        except OSError:
            continue
        if stat.S_ISREG(found.st_mode):
            total += found.st_size
    return total


def _move(source: Path, target: Path) -> None:
    try:
        source.rename(target)
        sync_folder(target.parent)
        sync_folder(source.parent)
    except OSError as error:
        raise storage_problem(error, source) from error


def _remove(folder: Path) -> None:
    try:
        shutil.rmtree(folder)
    except FileNotFoundError:
        return
    except OSError as error:
        raise storage_problem(error, folder) from error
