"""A screen for the tour where there is none: a virtual one, for as long as the tour takes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from app.kernel.errors import Problem
from app.kernel.text import say

_SIZE = "1600x1000x24"


class NoVirtualScreen(Problem):
    """There is no screen, and none can be made."""

    def __init__(self) -> None:
        super().__init__(
            say("There is no screen here, and Xvfb, which makes a virtual one, is missing or did not start."),
            say("Run the demo inside a desktop session, or install Xvfb: sudo apt install xvfb."),
        )


@contextmanager
def some_screen(*, always_virtual: bool = False, size: str = _SIZE) -> Iterator[bool]:
    """Makes sure that windows have a screen; yields whether it is a virtual one. Raises NoVirtualScreen.

    `size` is that of a virtual one: width, height and bits of a pixel.
    """
    has_screen = (
        not sys.platform.startswith("linux") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
    if has_screen and not always_virtual:
        yield False
        return
    path = shutil.which("Xvfb")
    if path is None:
        raise NoVirtualScreen
    read_fd, write_fd = os.pipe()
    process = subprocess.Popen(
        # Without -noreset it starts anew when its last client leaves, and refuses who comes just then.
        [path, "-displayfd", str(write_fd), "-screen", "0", size, "-nolisten", "tcp", "-noreset"],
        pass_fds=[write_fd],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(write_fd)
    before = {name: os.environ.pop(name, None) for name in ("DISPLAY", "WAYLAND_DISPLAY")}
    try:
        with os.fdopen(read_fd) as told:
            number = told.readline().strip()  # empty when Xvfb ended instead
        if not number:
            raise NoVirtualScreen
        os.environ["DISPLAY"] = f":{number}"
        yield True
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
        process.terminate()
        process.wait()
