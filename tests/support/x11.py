"""A person at an X screen: real keys and clicks, eyes for pictures, and another program to paste in."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import time
from pathlib import Path

from PIL import Image, ImageChops, ImageGrab

from tests.support.stage import until

LIMIT_S = 60.0
_LOOK_S = 0.15
_CLIENT_MESSAGE = 33  # X.h
_CARET_PX = 120  # a caret that blinks is no change
_PASTE = """
from PySide6.QtGui import QGuiApplication
program = QGuiApplication([])
print(program.clipboard().text(), end="")
"""


class Person:
    """Uses one program through the X server alone. `pictures` is where each step is kept."""

    def __init__(self, program: subprocess.Popen[bytes], pictures: Path) -> None:
        self._program = program
        self._pictures = pictures
        self._count = 0
        pictures.mkdir(parents=True, exist_ok=True)

    # --- windows --------------------------------------------------------------------------------------------

    def windows(self) -> list[str]:
        """The program's windows that can be seen, the front one last."""
        return self._search("--onlyvisible", "--pid", str(self._program.pid))

    def windows_of_class(self, name: str) -> list[str]:
        """Other programs' windows that can be seen, by their class."""
        return self._search("--onlyvisible", "--class", name)

    def wait_for_window(self) -> None:
        """Waits until the program shows something, then gives it the keyboard."""
        until(lambda: self.windows() or None, LIMIT_S)
        self.attend()

    def attend(self) -> None:
        """Turns to the program's front window, as a click on its title would."""
        # A window that goes in the middle of a search ends it.
        front = until(lambda: self.windows() or None, LIMIT_S)[-1]
        _xdotool("windowraise", front)
        _xdotool("windowfocus", "--sync", front)

    def wait_for_dialog(self, *, there: bool = True) -> None:
        """Waits until a dialog lies over the main window, or lies there no more."""
        until(lambda: (len(self.windows()) > 1) is there, LIMIT_S)
        self.attend()

    def close_window(self) -> None:
        """Asks the front window to close, as the cross in its title does (ICCCM, WM_DELETE_WINDOW)."""
        _send_delete(int(self.windows()[-1]))

    def ended(self) -> int:
        """Waits for the program's end, and gives its exit code."""
        return self._program.wait(LIMIT_S)

    # --- keys and mouse -------------------------------------------------------------------------------------

    def press(self, *keys: str) -> None:
        """Presses keys: `ctrl+n`, `Return`, `Tab`."""
        for key in keys:
            _xdotool("key", "--clearmodifiers", key)

    def type(self, text: str) -> None:
        """Types letters."""
        _xdotool("type", "--clearmodifiers", "--delay", "12", text)

    def click(self, x: int, y: int) -> None:
        """Moves the pointer there and clicks."""
        _xdotool("mousemove", "--sync", str(x), str(y))
        _xdotool("click", "1")

    def pasted(self) -> str:
        """What another program would paste now."""
        environ = {**os.environ, "QT_QPA_PLATFORM": "xcb"}
        done = subprocess.run(
            [sys.executable, "-c", _PASTE],
            env=environ,
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=True,
        )
        return done.stdout

    # --- eyes -----------------------------------------------------------------------------------------------

    def look(self) -> Image.Image:
        """The screen as it is."""
        return ImageGrab.grab(xdisplay=os.environ["DISPLAY"]).convert("RGB")

    def settle(self) -> Image.Image:
        """Waits until the screen stands still."""
        last, still = self.look(), 0
        ends = time.monotonic() + LIMIT_S
        while still < 3:
            assert time.monotonic() < ends, "the screen never stands still"
            time.sleep(_LOOK_S)
            now = self.look()
            still = still + 1 if _difference(last, now) <= _CARET_PX else 0
            last = now
        return last

    def keep(self, name: str) -> Image.Image:
        """Waits until the screen stands still, and keeps a picture of it."""
        self._count += 1
        seen = self.settle()
        seen.save(self._pictures / f"{self._count:02d}-{name}.png")
        return seen

    def find_colour(self, colour: str, at_least: int = 20) -> tuple[int, int]:
        """The middle of everything on the screen in exactly this colour, as soon as there is enough of it."""
        wanted = tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))

        def search() -> tuple[int, int] | None:
            mask = self.mask(self.look(), wanted)
            box = mask.getbbox()
            if box is None or sum(mask.histogram()[1:]) < at_least:
                return None
            return (box[0] + box[2]) // 2, (box[1] + box[3]) // 2

        return until(search, LIMIT_S)

    @staticmethod
    def mask(picture: Image.Image, colour: tuple[int, ...]) -> Image.Image:
        """White where a picture has this colour."""
        bands = [
            band.point(lambda value, wanted=wanted: 255 if value == wanted else 0)
            for band, wanted in zip(picture.split(), colour, strict=True)
        ]
        return ImageChops.darker(ImageChops.darker(bands[0], bands[1]), bands[2])

    def _search(self, *words: str) -> list[str]:
        done = subprocess.run(["xdotool", "search", *words], capture_output=True, text=True, timeout=LIMIT_S)
        return done.stdout.split()


def _difference(one: Image.Image, other: Image.Image) -> int:
    if one.size != other.size:
        return one.width * one.height
    return sum(ImageChops.difference(one, other).convert("L").histogram()[1:])


class _ClientMessage(ctypes.Structure):
    """Xlib's XClientMessageEvent, as long as an XEvent."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong),
        ("message_type", ctypes.c_ulong),
        ("format", ctypes.c_int),
        ("data", ctypes.c_long * 5),
        ("rest", ctypes.c_long * 12),
    )


def _send_delete(window: int) -> None:
    x11 = ctypes.CDLL("libX11.so.6")
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XInternAtom.restype = ctypes.c_ulong
    display = ctypes.c_void_p(x11.XOpenDisplay(None))
    atom = {name: x11.XInternAtom(display, name, 0) for name in (b"WM_PROTOCOLS", b"WM_DELETE_WINDOW")}
    message = _ClientMessage(type=_CLIENT_MESSAGE, window=window, format=32)
    message.message_type = atom[b"WM_PROTOCOLS"]
    message.data[0] = atom[b"WM_DELETE_WINDOW"]
    x11.XSendEvent(display, ctypes.c_ulong(window), 0, ctypes.c_long(0), ctypes.byref(message))
    x11.XCloseDisplay(display)


def _xdotool(*words: str) -> None:
    subprocess.run(["xdotool", *words], check=True, capture_output=True, timeout=LIMIT_S)
