"""How keepers begin, why they could not, and that they end when told to."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.isolation.keeper import client as module
from app.isolation.keeper.client import KeeperClient, KeeperOfOtherVersion
from app.isolation.keeper.meeting import keeper_lock, read_word
from app.isolation.keeper.messages import KeeperProblem
from app.isolation.keeper.problems import KeeperUnreachable
from app.kernel.errors import ExitCode
from app.kernel.ids import ProfileId
from app.kernel.paths import Paths
from tests.support.keeper_child import WINDOW, keeper_child
from tests.support.stage import until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals")
OTHER = 9999


@pytest.fixture
def starts(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """Every keeper process that a face starts."""
    made: list[subprocess.Popen[bytes]] = []
    start = module._start_process

    def counted(paths: Paths) -> subprocess.Popen[bytes]:
        made.append(start(paths))
        return made[-1]

    monkeypatch.setattr(module, "_start_process", counted)
    return made


def _client(paths: Paths) -> KeeperClient:
    return until(lambda: KeeperClient.find(paths))


def test_a_keeper_that_cannot_start_hands_on_why(paths: Paths, starts: list[subprocess.Popen[bytes]]):
    paths.state.write_text("a file where the folder should be")

    with pytest.raises(KeeperProblem, match=str(paths.state)) as caught:
        KeeperClient.start(paths)

    assert caught.value.id == "folder-not-writable"
    assert len(starts) == 2


def test_a_keeper_that_ends_without_a_word_is_not_started_over_and_over(
    paths: Paths, starts: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sys, "executable", "/bin/false")

    with pytest.raises(KeeperUnreachable, match=r"keeper\.log"):
        KeeperClient.start(paths)

    assert len(starts) == 2


def test_a_keeper_starts_where_the_runtime_folder_cannot_be_made(paths: Paths):
    nowhere = Paths(paths.data, paths.state, Path("/proc/berth-test"))

    with KeeperClient.start(nowhere) as face:
        assert face.windows() == []


def test_a_face_waits_for_a_keeper_that_is_closing_its_windows(
    paths: Paths, starts: list[subprocess.Popen[bytes]]
):
    with keeper_child(paths, stop_s=2) as before:
        _client(paths).close()
        before.terminate()
        until(lambda: read_word(paths) is None)

        with KeeperClient.start(paths) as face:
            assert face.windows() == []

        assert before.wait(10) == 0
        assert len(starts) == 1


def test_a_lock_without_a_keeper_to_reach_does_not_start_dozens(
    paths: Paths, starts: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(module, "_START_TIMEOUT_S", 4.0)
    with keeper_lock(paths) as lock:
        assert lock.acquire()
        word = {"address": "/nowhere", "key": "00", "pid": os.getpid()}
        (paths.state / "keeper.json").write_text(json.dumps(word))

        with pytest.raises(KeeperUnreachable):
            KeeperClient.start(paths)

    assert 1 <= len(starts) <= 6


def test_windows_of_another_version_can_be_listed_and_closed_and_nothing_else(paths: Paths):
    with keeper_child(paths, version=OTHER, window=WINDOW) as other:
        with _client(paths) as face:
            with pytest.raises(KeeperOfOtherVersion, match="berth close --all"):
                face.open_page(ProfileId("A"), "https://store.test/")
            with pytest.raises(KeeperOfOtherVersion, match="berth close --all"):
                KeeperClient.start(paths)

            assert face.windows() == [WINDOW]
            assert face.close_windows() == [{"name": "Anna"}]

        assert other.wait(20) == 0


def test_a_keeper_of_another_version_without_windows_makes_room(paths: Paths):
    with keeper_child(paths, version=OTHER) as other:
        _client(paths).close()

        with KeeperClient.start(paths) as face:
            assert face.windows() == []
            assert other.wait(20) == 0


@pytest.mark.parametrize("request_", [{"op": "dance"}, {"op": 5}, {"op": ["close"]}, {}], ids=repr)
def test_a_request_that_is_none_is_a_mistake_of_the_one_who_asks(
    paths: Paths, request_: dict[str, object], monkeypatch: pytest.MonkeyPatch
):
    with keeper_child(paths), _client(paths) as face:
        monkeypatch.setattr(module, "packed", lambda _: json.dumps(request_).encode())
        with pytest.raises(KeeperProblem, match="does not understand") as caught:
            face._ask("dance")

    assert (caught.value.id, caught.value.exit_code) == ("request-wrong", ExitCode.USAGE)


def test_the_log_tells_places_and_never_messages(paths: Paths):
    with keeper_child(paths), _client(paths) as face, pytest.raises(KeeperProblem):
        face._ask("fail", secret="hunter2")

    told = (paths.logs / "keeper.log").read_text()
    assert "builtins.RuntimeError" in told
    assert "keeper_child.py" in told
    assert "hunter2" not in told


def test_a_window_that_does_not_close_does_not_keep_the_keeper(paths: Paths):
    with keeper_child(paths, stop_s=1000, _STOP_S=0.5) as process:
        _client(paths).close()

        process.terminate()

        assert process.wait(10) == 0


@pytest.mark.parametrize("trouble", [{"stop_s": 1000}, {"stop_blocks": True}], ids=["waits", "hangs"])
def test_the_second_request_to_end_ends_a_keeper_whatever_hangs(paths: Paths, trouble: dict[str, object]):
    with keeper_child(paths, **trouble) as process:
        _client(paths).close()

        process.terminate()
        until(lambda: read_word(paths) is None)  # it has begun to end
        process.send_signal(signal.SIGHUP)  # comes along with a session's end, and changes nothing
        process.terminate()

        assert process.wait(10) == -signal.SIGTERM
        with keeper_lock(paths) as lock:
            assert lock.acquire()
