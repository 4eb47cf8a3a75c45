"""A stand-in for a closed profile: its settings and extensions in a folder of their own, for one check.

A browser that starts on the profile itself would write into it: visits, its last session in place of the
person's tabs, session cookies. So a closed profile is checked on a copy of what decides about what pages see,
while the profile's own lock is held. No cookie, login or page is copied.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from app.kernel.paths import private_folder

FOLDER = "check"
_COPIED = (
    "Local State",
    "Default/Preferences",
    "Default/Secure Preferences",
    "Default/Extensions",
    "Default/Local Extension Settings",
)


def make_stand_in(browser: Path, folder: Path) -> None:
    """Copies what counts; something left there by a check that was cut short goes first. Blocking.

    Raises FolderNotWritable.
    """
    remove_stand_in(folder)
    private_folder(folder)
    private_folder(folder / "browser")
    for name in _COPIED:
        source, target = browser / name, folder / "browser" / name
        if source.is_dir():
            shutil.copytree(source, target, symlinks=True)
        elif source.is_file():
            target.parent.mkdir(mode=0o700, exist_ok=True)
            shutil.copyfile(source, target)


def remove_stand_in(folder: Path) -> None:
    """Removes it whole. Blocking."""
    shutil.rmtree(folder, ignore_errors=True)
