"""What a desktop does to the program while it runs: a screen goes, and the scale changes."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pytest

from app.demo.screen import some_screen
from app.kernel.paths import Paths
from app.ui.theme.tokens import LIGHT
from tests.support.program import at_the_program
from tests.support.stage import until
from tests.support.x11 import Person

BOTH_PX = (2560, 1000)
LEFT_PX = (1280, 800)


@pytest.fixture
def screens() -> Iterator[None]:
    """A desktop over two screens, side by side."""
    with some_screen(always_virtual=True, size=f"{BOTH_PX[0]}x{BOTH_PX[1]}x24"):
        yield


@pytest.fixture
def scale(screens: None, tmp_path: Path) -> Iterator[Scale]:
    """What a desktop's settings tell every program."""
    with Scale(tmp_path) as one:
        yield one


@pytest.fixture
def person(screens: None, paths: Paths) -> Iterator[Person]:
    """Somebody before the first start."""
    with at_the_program("desktops", paths) as one:
        yield one


class Scale:
    """The scale of the desktop, as XSETTINGS tells it (freedesktop.org, XSETTINGS 0.5: Xft/DPI in 1/1024)."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "xsettingsd.conf"
        self.write(1)

    def __enter__(self) -> Self:
        self._daemon = subprocess.Popen(["xsettingsd", "-c", str(self._file)], stderr=subprocess.DEVNULL)
        return self

    def __exit__(self, *_error: object) -> None:
        self._daemon.terminate()
        self._daemon.wait()

    def write(self, scale: float) -> None:
        self._file.write_text(f"Xft/DPI {round(96 * 1024 * scale)}\n")

    def change(self, scale: float) -> None:
        self.write(scale)
        self._daemon.send_signal(signal.SIGHUP)


def place(person: Person) -> tuple[int, int, int, int]:
    """Left, top, width and height of the front window."""
    words = ["xdotool", "getwindowgeometry", "--shell", person.windows()[-1]]
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    found = dict(line.split("=") for line in done.stdout.split())
    return int(found["X"]), int(found["Y"]), int(found["WIDTH"]), int(found["HEIGHT"])


def unplug_the_right_one() -> None:
    width, height = LEFT_PX
    for words in (
        ["--newmode", "one", "0", f"{width}", "0", "0", f"{width}", f"{height}", "0", "0", f"{height}"],
        ["--addmode", "screen", "one"],
        ["--output", "screen", "--mode", "one"],
    ):
        subprocess.run(["xrandr", *words], check=True)


def test_a_window_comes_back_from_a_screen_that_is_unplugged(person: Person):
    front = person.windows()[-1]
    subprocess.run(["xdotool", "windowmove", "--sync", front, "1270", "100"], check=True)
    assert place(person)[0] == 1270
    person.keep("on-the-right")

    unplug_the_right_one()

    def is_back() -> bool:
        left, top, width, height = place(person)
        return 0 <= left <= LEFT_PX[0] - width and 0 <= top <= LEFT_PX[1] - height

    until(is_back, 20)
    person.keep("back")
    first_button_answers(person)


def test_a_window_that_can_still_be_seen_stays_where_it_is(person: Person):
    front = person.windows()[-1]
    subprocess.run(["xdotool", "windowmove", "--sync", front, "60", "40"], check=True)
    before = place(person)

    unplug_the_right_one()
    person.settle()

    assert place(person) == before
    first_button_answers(person)


def test_another_scale_is_taken_over_while_the_program_runs(scale: Scale, person: Person):
    small = button_px(person)
    person.keep("scale-1")

    scale.change(1.5)

    until(lambda: button_px(person) > small * 1.8, 20)
    until(lambda: place(person)[2] >= BOTH_PX[0] / 2 * 1.5, 20)  # nothing of it is beyond its edge
    person.keep("scale-1.5")
    first_button_answers(person)
    large = button_px(person)  # of this page
    scale.change(1)
    until(lambda: button_px(person) < large * 0.7, 20)


def button_px(person: Person) -> int:
    """How much of the screen has the accent's colour: the one button of the first page."""
    wanted = tuple(int(LIGHT.accent[at : at + 2], 16) for at in (1, 3, 5))
    return sum(person.mask(person.look(), wanted).histogram()[1:])


def first_button_answers(person: Person) -> None:
    """The first page goes on to the recovery code."""
    person.attend()
    before = person.settle()
    person.type("correct horse battery staple")
    person.press("Return")
    until(lambda: person.look() != before and button_px(person) > 0, 20)
    person.keep("answers")
