"""The window program as people start it, in a process of its own on the X screen of the test."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.isolation.keeper.client import KeeperClient, windows_and_crashes
from app.kernel.paths import Paths
from tests.support.x11 import Person

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def at_the_program(pictures: str, paths: Paths, **environ: str) -> Iterator[Person]:
    """Somebody who has just started it. What they keep lies in build/`pictures`; at the end nothing runs on.

    Raises AssertionError where the program has said a traceback.
    """
    folder = ROOT / "build" / pictures
    for old in folder.glob("*.png"):
        old.unlink()
    around = {name: value for name, value in os.environ.items() if name != "WAYLAND_DISPLAY"}
    program = subprocess.Popen(
        [sys.executable, "-m", "app", "gui"],
        cwd=ROOT,
        env={**around, "QT_QPA_PLATFORM": "xcb", **environ},
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        person = Person(program, folder)
        person.wait_for_window()
        yield person
    finally:
        if program.poll() is None:
            program.kill()
        _, said = program.communicate()
        keeper = KeeperClient.find(paths)
        if keeper is not None:
            with keeper:
                keeper.close_windows()
    assert b"Traceback" not in said, said.decode()


def open_now(paths: Paths) -> set[str]:
    """The names of the stores whose windows are open, as the keeper says."""
    return {window["name"] for window in windows_and_crashes(paths) if window["state"] == "open"}
