"""No face waits for ever for a keeper, and no face makes the others wait."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import psutil
import pytest

from app.isolation.keeper import client as module
from app.isolation.keeper.client import KeeperClient, KeeperSilent
from app.isolation.keeper.meeting import read_word
from app.isolation.keeper.messages import packed
from app.kernel.ids import ProfileId
from app.kernel.paths import Paths
from tests.support.keeper_child import WINDOW, keeper_child
from tests.support.stage import until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="sockets and signals")


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_SILENCE_S", 1.0)
    monkeypatch.setattr(module, "GREETING_S", 1.0)


def _client(paths: Paths) -> KeeperClient:
    return until(lambda: KeeperClient.find(paths))


def _address(paths: Paths) -> str:
    word = read_word(paths)
    assert word is not None
    return word.address


@contextmanager
def _stopped(process: subprocess.Popen[bytes]) -> Iterator[None]:
    os.kill(process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process.pid, signal.SIGCONT)


def test_a_stopped_keeper_is_told_and_found_again_when_it_goes_on(paths: Paths, impatient: None):
    with keeper_child(paths) as process, _client(paths) as face:
        with _stopped(process):
            with pytest.raises(KeeperSilent, match=f"end process {process.pid}"):
                face.windows()
            with pytest.raises(KeeperSilent):  # no late answer is taken for another one's
                face.windows()
            with pytest.raises(KeeperSilent):
                KeeperClient.find(paths)
            with pytest.raises(KeeperSilent):
                KeeperClient.start(paths)

        with _client(paths) as again:
            assert again.windows() == []


def test_a_long_wait_goes_on_while_the_keeper_lives(paths: Paths, impatient: None):
    with keeper_child(paths, BEAT_S=0.1), _client(paths) as face:
        assert face.wait(ProfileId("A"), 3) == "person"


def test_a_wait_ends_when_the_keeper_stops_in_it(paths: Paths, impatient: None):
    with (
        keeper_child(paths, BEAT_S=0.1) as process,
        _client(paths) as face,
        _stopped(process),
        pytest.raises(KeeperSilent),
    ):
        face.wait(ProfileId("A"))


def test_a_keeper_whose_loop_hangs_is_silent(paths: Paths, impatient: None):
    with keeper_child(paths, BEAT_S=0.1), _client(paths) as face:
        with pytest.raises(KeeperSilent):
            face._ask("hang")
        with pytest.raises(KeeperSilent):
            KeeperClient.find(paths)


def test_an_answer_that_is_due_soon_is_not_waited_for_for_ever(paths: Paths, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "_ANSWER_S", 0.5)
    monkeypatch.setattr(module, "_ANSWERED_LATE", frozenset())

    with keeper_child(paths, BEAT_S=0.1), _client(paths) as face, pytest.raises(KeeperSilent):
        face.wait(ProfileId("A"), 60)


def test_faces_stopped_in_their_greeting_keep_nobody_waiting(paths: Paths, impatient: None):
    with keeper_child(paths), ExitStack() as stack:
        _client(paths).close()
        for number in range(5):
            stranger = stack.enter_context(socket.socket(socket.AF_UNIX))
            stranger.connect(_address(paths))
            stranger.sendall(b"\0" * number)

        with _client(paths) as face:
            assert face.windows() == []


def test_more_connections_than_the_system_allows_keep_the_keeper_neither_busy_nor_shut(paths: Paths):
    with keeper_child(paths, GREETING_S=0.5, most_files=48, window=WINDOW) as process, ExitStack() as stack:
        _client(paths).close()
        before = _cpu_s(process.pid)
        for _ in range(100):
            stranger = stack.enter_context(socket.socket(socket.AF_UNIX))
            stranger.connect(_address(paths))

        with _client(paths) as face:
            assert face.windows() == [WINDOW]

        assert _cpu_s(process.pid) - before < 0.5


def test_a_face_that_dies_in_a_wait_does_not_keep_the_keeper(paths: Paths):
    with keeper_child(paths, BEAT_S=0.1) as process:
        face = _client(paths)
        face._connection.send_bytes(packed({"op": "wait", "seconds": 1000, "beats": True}))
        face.close()

        assert process.wait(20) == 0


def _cpu_s(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)
