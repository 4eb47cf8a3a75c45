"""A face follows whichever keeper runs, and hears when none does."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.isolation.keeper import crash_notes
from app.isolation.keeper import watching as module
from app.isolation.keeper.client import KeeperClient
from app.isolation.keeper.last_windows import forget_last_windows, list_file
from app.isolation.keeper.watching import Watching, Windows
from app.kernel.ids import ProfileId
from app.kernel.paths import Paths, private_folder
from tests.support.keeper_child import WINDOW, keeper_child
from tests.support.plans import plan_for
from tests.support.stage import until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals")
AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class Face:
    """Keeps what it is told."""

    def __init__(self, paths: Paths) -> None:
        self.told: list[Windows] = []
        self.watching = Watching(paths, self.told.append)

    def until(self, keeper: str, *states: str) -> Windows:
        def look() -> Windows | None:
            now = self.told[-1] if self.told else None
            if now is None or now.keeper != keeper:
                return None
            return now if tuple(state.state for state in now.states) == states else None

        return until(look, 10)


@pytest.fixture
def face(paths: Paths) -> Iterator[Face]:
    made = Face(paths)
    yield made
    made.watching.stop()


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that were looked at."""
    seen: list[Path] = []
    mark = module._mark

    def counted(path: Path) -> tuple[int, int] | None:
        seen.append(path)
        return mark(path)

    monkeypatch.setattr(module, "_mark", counted)
    return seen


def _crashed(paths: Paths, profile: str) -> None:
    root = private_folder(paths.profile(profile))
    plan = replace(plan_for(root), profile=ProfileId(profile))
    crash_notes.leave(root, plan, AT)


def _left_open(paths: Paths) -> None:
    private_folder(paths.state)
    listed = [{"profile": "A", "number": 7, "name": "Anna"}]
    list_file(paths).write_text(json.dumps({"windows": listed}))


def test_without_a_keeper_crashes_are_told_once_and_none_is_started(
    paths: Paths, face: Face, looks: list[Path]
):
    _crashed(paths, "A")

    face.watching.start()

    (state,) = face.until("none", "crashed").states
    assert (state.profile, state.number, state.name, state.at) == ("A", 7, "Anna", AT)
    looks.clear()
    until(lambda: len(looks) > 6)
    assert len(face.told) == 1
    assert KeeperClient.find(paths) is None


def test_a_keeper_that_begins_is_found_and_its_end_is_told(paths: Paths, face: Face):
    face.watching.start()
    face.until("none")

    with keeper_child(paths) as keeper:
        face.until("running")
        assert keeper.wait(20) == 0  # whoever only looks on keeps nobody

    face.until("none")


def test_a_watched_keeper_still_answers_others(paths: Paths, face: Face):
    face.watching.start()
    with keeper_child(paths), until(lambda: KeeperClient.find(paths)) as other:
        face.until("running")

        assert other.windows() == []


def test_windows_that_a_keeper_left_behind_are_lost_until_they_are_forgotten(paths: Paths, face: Face):
    with keeper_child(paths) as keeper, until(lambda: KeeperClient.find(paths)):
        face.watching.start()
        face.until("running")
        _left_open(paths)
        keeper.kill()

        face.until("lost")

    forget_last_windows(paths)
    face.until("none")


def test_a_word_of_a_keeper_that_is_dead_is_looked_at_once(paths: Paths, face: Face):
    with keeper_child(paths) as keeper:
        until(lambda: KeeperClient.find(paths)).close()
        keeper.kill()
        keeper.wait(10)

    face.watching.start()
    face.until("none")

    with keeper_child(paths), until(lambda: KeeperClient.find(paths)):
        face.until("running")


def test_a_keeper_of_another_version_is_told(paths: Paths, face: Face):
    face.watching.start()
    with keeper_child(paths, version=9999, window=WINDOW):
        (state,) = face.until("other-version", "open").states
        assert (state.profile, state.number, state.name) == ("A", 7, "Anna")


def test_a_crash_that_was_seen_is_forgotten(paths: Paths, face: Face):
    _crashed(paths, "A")
    _crashed(paths, "B")
    face.watching.start()
    face.until("none", "crashed", "crashed")

    face.watching.forget_crash(ProfileId("A"))

    assert [state.profile for state in face.until("none", "crashed").states] == ["B"]
    assert crash_notes.read_all(paths.profiles)[0]["profile"] == "B"


def test_a_crash_is_forgotten_before_the_watching_began(paths: Paths, face: Face):
    _crashed(paths, "A")

    face.watching.forget_crash(ProfileId("A"))

    assert face.told == []
    assert crash_notes.read_all(paths.profiles) == []


@pytest.mark.parametrize("what", ["nobody", "idle", "stopped", "stopped-before"])
def test_watching_ends_quickly(paths: Paths, looks: list[Path], what: str):
    face = Face(paths)
    with keeper_child(paths) as keeper, until(lambda: KeeperClient.find(paths)):
        if what == "nobody":
            keeper.kill()
            keeper.wait(10)
        if what == "stopped-before":
            os.kill(keeper.pid, signal.SIGSTOP)
        face.watching.start()
        if what in ("idle", "stopped"):
            face.until("running")
        if what == "stopped":
            os.kill(keeper.pid, signal.SIGSTOP)
        until(lambda: looks)
        started = time.monotonic()

        face.watching.stop()

        # A greeting that has begun has a limit of its own.
        assert time.monotonic() - started < (3 if what == "stopped-before" else 0.5)
        told = len(face.told)
        os.kill(keeper.pid, signal.SIGCONT) if what.startswith("stopped") else None
        assert len(face.told) == told


def test_a_keeper_that_answers_with_a_problem_is_asked_again(paths: Paths, face: Face, looks: list[Path]):
    with keeper_child(paths, watch_fails=2):
        face.watching.start()

        face.until("running")


def test_watching_that_never_began_can_be_stopped(paths: Paths):
    Face(paths).watching.stop()
