"""The demo takes the screen that is there, makes one where there is none, and leaves nothing behind."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import psutil
import pytest

from app.demo.screen import NoVirtualScreen, some_screen

# Tells a number as Xvfb does, and stays until it is ended.
STAYS = 'echo $$ > "$0.pid"; echo 77 > /proc/self/fd/$2; exec /bin/sleep 60'
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="virtual screens are for Linux")


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without a screen; its PATH is a folder of the test's own."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def put_xvfb(folder: Path, body: str) -> None:
    path = folder / "Xvfb"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def screens() -> tuple[str | None, str | None]:
    return os.environ.get("DISPLAY"), os.environ.get("WAYLAND_DISPLAY")


@pytest.mark.parametrize("name", ["DISPLAY", "WAYLAND_DISPLAY"])
def test_a_screen_that_is_there_is_taken(programs: Path, monkeypatch: pytest.MonkeyPatch, name: str):
    monkeypatch.setenv(name, ":5")
    before = screens()

    with some_screen() as is_virtual:
        within = screens()

    assert not is_virtual
    assert within == screens() == before


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_other_systems_always_have_a_screen(programs: Path, monkeypatch: pytest.MonkeyPatch, platform: str):
    monkeypatch.setattr(sys, "platform", platform)

    with some_screen() as is_virtual:
        assert not is_virtual


def test_without_screen_and_xvfb_it_is_told_what_to_install(programs: Path):
    with pytest.raises(NoVirtualScreen) as told, some_screen():
        pytest.fail("there is no screen")

    assert "apt install xvfb" in told.value.next_step.english()


def test_a_virtual_screen_that_was_asked_for_is_not_replaced_by_the_real_one(
    programs: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("DISPLAY", ":5")

    with pytest.raises(NoVirtualScreen), some_screen(always_virtual=True):
        pytest.fail("this is the real screen")


def test_a_virtual_screen_lasts_as_long_as_the_block(programs: Path, monkeypatch: pytest.MonkeyPatch):
    put_xvfb(programs, STAYS)
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")

    with some_screen(always_virtual=True) as is_virtual:
        within = screens()
        pid = int((programs / "Xvfb.pid").read_text())
        ran = psutil.pid_exists(pid)

    assert is_virtual
    assert within == (":77", None)
    assert ran
    assert not psutil.pid_exists(pid)
    assert screens() == (None, "wayland-0")


def test_a_virtual_screen_goes_when_the_block_fails(programs: Path):
    put_xvfb(programs, STAYS)

    with pytest.raises(ZeroDivisionError), some_screen():
        raise ZeroDivisionError

    assert not psutil.pid_exists(int((programs / "Xvfb.pid").read_text()))
    assert screens() == (None, None)


def test_a_virtual_screen_that_does_not_start_is_told(programs: Path, monkeypatch: pytest.MonkeyPatch):
    put_xvfb(programs, "exit 1")
    monkeypatch.setenv("DISPLAY", ":5")

    with pytest.raises(NoVirtualScreen), some_screen(always_virtual=True):
        pytest.fail("there is no screen")

    assert screens() == (":5", None)
