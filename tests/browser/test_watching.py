"""A face that watches hears what real windows do, and what was open when their keeper died."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator

import pytest

from app.isolation.keeper.client import KeeperClient
from app.isolation.keeper.last_windows import last_windows, list_file
from app.isolation.keeper.messages import KeeperProblem
from app.isolation.keeper.watching import Watching, Windows, WindowState
from app.kernel.ids import ProfileId
from tests.support.stage import Stage, until


class Face:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[Windows] = []

    def until(self, wanted: Callable[[WindowState], bool], keeper: str = "running") -> WindowState:
        def look() -> WindowState | None:
            now = self.told[-1] if self.told else Windows((), "")
            return next((state for state in now.states if now.keeper == keeper and wanted(state)), None)

        return until(look)

    def saw(self, name: str) -> list[str]:
        """The states that a window went through, each once."""
        states = [state.state for told in self.told for state in told.states if state.name == name]
        return [state for at, state in enumerate(states) if at == 0 or states[at - 1] != state]


@pytest.fixture
def face(stage: Stage) -> Iterator[Face]:
    face = Face()
    watching = Watching(stage.paths, face.told.append)
    watching.start()
    yield face
    watching.stop()


def _page(title: str) -> str:
    return f"data:text/html,<meta charset=utf-8><title>{title}</title>"


def test_a_face_hears_what_a_window_does_from_its_checks_to_its_end(stage: Stage, face: Face):
    anna = stage.make("Anna")
    opened = stage.open_store("Anna", "first")

    state = face.until(lambda one: one.state == "open")
    assert (state.profile, state.number, state.name, state.mode) == (anna.id, 1, "Anna", "hands-on")
    assert (state.pid, state.exit, state.checks) == (
        opened.pid,
        opened.preflight.exit,
        opened.preflight.checks,
    )
    assert state.opened_at is not None
    with stage.keeper() as keeper:
        keeper.open_page(anna.id, _page("(3) WhatsApp"))
        assert face.until(lambda one: one.unread == 3).tabs == 2
        keeper.open_page(anna.id, _page("(99%2B) Messages"))
        state = face.until(lambda one: one.unread == 102)
        assert (state.tabs, state.title) == (3, "(99+) Messages")
        keeper.raise_window(anna.id)
        with pytest.raises(KeeperProblem, match="no open window"):
            keeper.raise_window(ProfileId("nobody"))
        until(lambda: b"Anna" in list_file(stage.paths).read_bytes())
        keeper.close_windows()

    until(lambda: face.told[-1].states == ())
    assert face.saw("Anna") == ["checking", "open", "closing"]
    until(lambda: face.told[-1].keeper == "none")
    assert not list_file(stage.paths).exists()


def test_what_does_not_get_through_the_relay_is_told(stage: Stage, face: Face):
    anna = stage.make("Anna")
    stage.open_store("Anna", "first")
    with stage.keeper() as keeper:
        keeper.open_page(anna.id, "http://10.255.255.1:8080/")

    state = face.until(lambda one: any(fault.host == "10.255.255.1" for fault in one.relay_errors))

    fault = next(fault for fault in state.relay_errors if fault.host == "10.255.255.1")
    assert (fault.port, fault.id) == (8080, "private")
    assert "private network" in fault.text.english()


def test_a_face_hears_of_a_crash_until_the_store_is_open_again(stage: Stage, face: Face):
    stage.make("Anna")
    opened = stage.open_store("Anna", "first")
    os.kill(opened.pid, signal.SIGKILL)

    crashed = face.until(lambda one: one.state == "crashed", keeper="none")

    assert (crashed.name, crashed.number) == ("Anna", 1)
    assert crashed.at is not None
    assert last_windows(stage.paths) == ()  # its note tells of it
    stage.open_store("Anna", "second")
    assert face.until(lambda one: one.state == "open").at is None


def test_what_was_open_when_a_keeper_was_killed_is_told(stage: Stage, face: Face):
    for name in ("Anna", "Bea"):
        stage.make(name)
        stage.open_store(name, name)
    until(lambda: len(face.told[-1].states) == 2)
    until(lambda: b"Bea" in list_file(stage.paths).read_bytes())

    stage.keeper_process().kill()

    until(lambda: face.told[-1].keeper == "lost")
    assert face.told[-1].states == ()
    assert [window.name for window in last_windows(stage.paths)] == ["Anna", "Bea"]


def test_windows_that_the_system_closed_can_be_brought_back(stage: Stage):
    stage.make("Anna")
    stage.open_store("Anna", "first")

    stage.keeper_process().terminate()

    until(lambda: KeeperClient.find(stage.paths) is None)
    assert [window.name for window in until(lambda: last_windows(stage.paths) or None)] == ["Anna"]
