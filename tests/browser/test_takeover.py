"""An engine that dies or freezes at the worst moment: nothing goes direct, nobody waits for ever."""

from __future__ import annotations

import asyncio
import http.server
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from app.isolation.browser.engines import find_engines
from app.isolation.browser.process import EngineProcess, start_engine
from app.isolation.keeper.messages import KeeperProblem
from app.isolation.keeper.opening import is_sandboxed
from app.isolation.profile import Profile
from app.kernel.errors import Problem
from tests.support import waiting
from tests.support.engines import mute_engine, striking_engine
from tests.support.stage import Stage, until

STORE_ADDRESS = "127.0.0.77"


class OpenStore:
    """A store that anybody on this machine reaches without a proxy, and that counts who comes."""

    def __init__(self) -> None:
        self.visits: list[str] = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.visits.append(f"{self.client_address[0]} {self.path}")
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                return

        self.server = http.server.ThreadingHTTPServer((STORE_ADDRESS, 0), Handler)
        self.url = f"http://{STORE_ADDRESS}:{self.server.server_port}/"


@pytest.fixture
def open_store() -> Iterator[OpenStore]:
    store = OpenStore()
    thread = threading.Thread(target=store.server.serve_forever, daemon=True)
    thread.start()
    yield store
    store.server.shutdown()
    store.server.server_close()
    thread.join()


def _browsers(stage: Stage) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            words = process.cmdline()
        except psutil.Error:
            continue
        if any(word.startswith(f"--user-data-dir={stage.paths.profiles}") for word in words):
            found.append(process)
    return found


@pytest.mark.parametrize("signal", ["KILL", "STOP"])
def test_an_engine_lost_before_its_tabs_come_back_is_replaced_by_nobody(
    stage: Stage, open_store: OpenStore, tmp_path: Path, signal: str
) -> None:
    lock = f"{stage.paths.profiles}/*/browser/SingletonLock"
    engine = striking_engine(tmp_path, f"kill -{signal} $(readlink {lock} | sed 's/.*-//')")
    stage.make("Anna", None, ("engine_path", engine.path))
    stage.open_store("Anna", "a")
    with stage.keeper() as keeper:
        keeper.open_page(keeper.windows()[0]["profile"], open_store.url)  # refused: a private address
        until(lambda: keeper.windows()[0]["relay_errors"])
        keeper.close_windows()
    (tmp_path / "armed").touch()

    with pytest.raises(KeeperProblem) as caught:
        stage.open("Anna", open_store.url)

    assert caught.value.id in ("engine-failed", "engine-gone")
    until(lambda: not _browsers(stage))
    assert open_store.visits == []
    assert stage.net.direct_arrivals() == ()
    assert [state for state in stage.states().values() if state != "crashed"] == []
    (tmp_path / "armed").unlink()
    assert stage.open_store("Anna", "b").is_open


def test_a_keeper_killed_while_tabs_come_back_leaves_no_browser_behind(
    stage: Stage, open_store: OpenStore, tmp_path: Path
) -> None:
    lock = f"{stage.paths.profiles}/*/browser/SingletonLock"
    # The first engine dies too, so the second one would become the browser.
    kill_both = (
        f"pkill -KILL -f -- '--keeper {stage.paths.data}'; kill -KILL $(readlink {lock} | sed 's/.*-//')"
    )
    engine = striking_engine(tmp_path, kill_both)
    stage.make("Anna", None, ("engine_path", engine.path))
    stage.open_store("Anna", "a")
    with stage.keeper() as keeper:
        keeper.close_windows()
    (tmp_path / "armed").touch()

    with pytest.raises(Exception, match="has ended"):
        stage.open("Anna", open_store.url)

    until(lambda: not _browsers(stage))
    assert open_store.visits == []
    (tmp_path / "armed").unlink()
    assert stage.open_store("Anna", "b").is_open


@pytest.mark.parametrize("dies", [True, False])
def test_an_engine_that_is_lost_while_it_is_looked_at_ends_the_opening(
    stage: Stage, tmp_path: Path, dies: bool
) -> None:
    engine = mute_engine(tmp_path, dies=dies)
    stage.make("Anna", None, ("engine_path", engine.path))

    refused = stage.open("Anna")

    assert not refused.is_open
    assert "window.answers" in {check.id for check in refused.preflight.stops(only_this_once=True)}
    assert stage.states() == {}
    until(lambda: not _browsers(stage))
    assert stage.work.isolation.profiles.get("Anna").last_opened is None


async def _start_alone(stage: Stage, profile: Profile, *, is_ours: bool) -> EngineProcess:
    """A browser on a profile's directory that no keeper knows; its pipe is ours, and stays open."""
    engine = find_engines()[0]
    browser = stage.paths.profile(profile.id) / "browser"
    words = [f"--user-data-dir={browser}", "--no-first-run", "--no-startup-window"]
    words.append("--remote-debugging-pipe")
    words += ["--class=Berth-001"] if is_ours else []
    words += [] if is_sandboxed() else ["--no-sandbox"]
    process = await start_engine(engine.path, words, dict(os.environ), cores=0, turn=0)
    await waiting.until((browser / "SingletonLock").is_symlink)
    return process


async def test_a_browser_that_a_lost_keeper_left_behind_does_not_keep_a_store_shut(stage: Stage) -> None:
    anna = stage.make("Anna")
    await asyncio.to_thread(stage.open_store, "Anna", "a")
    with stage.keeper() as keeper:
        keeper.close_windows()
    left = await _start_alone(stage, anna, is_ours=True)

    opened = await asyncio.to_thread(stage.open_store, "Anna", "b")

    assert opened.is_open
    assert left.has_ended
    left.hang_up()


async def test_a_browser_that_a_person_started_on_a_profile_is_left_alone_and_named(stage: Stage) -> None:
    anna = stage.make("Anna")
    await asyncio.to_thread(stage.open_store, "Anna", "a")
    with stage.keeper() as keeper:
        keeper.close_windows()
    own = await _start_alone(stage, anna, is_ours=False)

    with pytest.raises(Problem, match=str(own.pid)) as caught:
        await asyncio.to_thread(stage.open, "Anna")

    assert caught.value.id == "profile-busy"
    assert not own.has_ended
    await own.end(0, 5)
    own.hang_up()
