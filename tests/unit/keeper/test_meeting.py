"""Where a keeper and its faces meet: private, keyed, and only in a folder of one's own."""

from __future__ import annotations

import hashlib
import json
import os
import socket
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from multiprocessing import AuthenticationError
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Self

import pytest

from app.isolation.keeper import meeting as module
from app.isolation.keeper.meeting import (
    Door,
    Meeting,
    close_door,
    connect,
    keeper_lock,
    open_door,
    read_word,
)
from app.kernel.errors import FolderNotWritable
from app.kernel.paths import Paths, private_folder

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="sockets here, pipes on Windows")

LIMIT_S = 0.5


class Accepting:
    """Accepts one face on a thread of its own, which is gone when the block ends."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self.accepted: Connection | None = None
        self.error: BaseException | None = None
        self._thread = threading.Thread(target=self._accept)

    def _accept(self) -> None:
        try:
            connection = self._door.listener.accept()
            try:
                self._door.greet(connection, LIMIT_S)
            except BaseException:
                connection.close()
                raise
            self.accepted = connection
        except (AuthenticationError, OSError, EOFError) as error:
            self.error = error

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join(10)
        assert not self._thread.is_alive()


@pytest.fixture
def door(paths: Paths) -> Iterator[Door]:
    private_folder(paths.state)
    found = open_door(paths)
    yield found
    close_door(paths, found)


@contextmanager
def listening(meeting: Meeting, silent_after: str) -> Iterator[None]:
    """In place of the keeper somebody who accepts, says as much, and no more."""
    Path(meeting.address).unlink()
    with socket.socket(socket.AF_UNIX) as keeper:
        keeper.bind(meeting.address)
        keeper.listen()
        said = threading.Event()

        def accept() -> None:
            accepted, _ = keeper.accept()
            with accepted:
                if silent_after == "half a greeting":
                    accepted.sendall(b"\0\0")
                said.wait(10)

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield
        finally:
            said.set()
            thread.join(10)


def _say_and_hang_up(keeper: socket.socket, answer: bytes) -> None:
    accepted, _ = keeper.accept()
    with accepted:
        accepted.sendall(answer)


def word_of(paths: Paths) -> Meeting:
    found = read_word(paths)
    assert found is not None
    return found


def test_a_face_with_the_word_is_let_in(paths: Paths, door: Door):
    with Accepting(door) as accepting, connect(word_of(paths), 10) as face:
        face.send_bytes(b"hello")

    assert accepting.accepted is not None
    with accepting.accepted as keeper:
        assert keeper.recv_bytes() == b"hello"


def test_a_face_without_the_key_is_not(paths: Paths, door: Door):
    with Accepting(door) as accepting, pytest.raises(AuthenticationError):
        connect(replace(word_of(paths), key=bytes(32)), 10)

    assert isinstance(accepting.error, AuthenticationError)
    assert accepting.accepted is None


def test_word_and_socket_are_for_this_user_only(paths: Paths, door: Door):
    word = word_of(paths)

    assert (paths.state / "keeper.json").stat().st_mode & 0o777 == 0o600
    assert Path(word.address).parent == paths.runtime
    assert paths.runtime.stat().st_mode & 0o777 == 0o700
    assert (word.pid, len(word.key)) == (os.getpid(), 32)


def test_every_keeper_has_a_key_of_its_own(paths: Paths, door: Door):
    before = word_of(paths)
    close_door(paths, door)

    again = open_door(paths)

    assert word_of(paths).key != before.key
    close_door(paths, again)


def test_a_closed_keeper_leaves_no_word_and_no_socket(paths: Paths, door: Door):
    word = word_of(paths)

    close_door(paths, door)

    assert read_word(paths) is None
    assert not Path(word.address).exists()
    with pytest.raises(OSError):
        connect(word, 10)


def test_the_socket_of_a_dead_keeper_is_replaced(paths: Paths):
    private_folder(paths.state)
    (private_folder(paths.runtime) / "keeper.sock").write_text("left behind")

    door = open_door(paths)

    with Accepting(door) as accepting, connect(word_of(paths), 10):
        pass
    assert accepting.accepted is not None
    accepting.accepted.close()
    close_door(paths, door)


@pytest.mark.parametrize(
    "word",
    [
        b"",
        b"{",
        b"\xff",
        [],
        {},
        {"address": "/x", "key": "00"},
        {"address": "/x", "key": "xyz", "pid": 1},
        {"address": "/x", "key": 5, "pid": 1},
        {"address": "/x", "key": "00", "pid": "one"},
        {"address": "/x", "key": "00", "pid": -1},
        {"address": 5, "key": "00", "pid": 1},
        b'{"address": "/x", "key": "00", "pid": 1e999}',
        b'{"address": "/\\udc80\\ud800", "key": "00", "pid": 1}',
        pytest.param(b"[" * 200_000, id="nested too deep"),
        pytest.param(b'{"address": "' + b"x" * 200_000 + b'", "key": "00", "pid": 1}', id="too long"),
    ],
    ids=repr,
)
def test_a_word_that_cannot_be_understood_is_none(paths: Paths, word: Any):
    private_folder(paths.state)
    content = word if isinstance(word, bytes) else json.dumps(word).encode()
    (paths.state / "keeper.json").write_bytes(content)

    assert read_word(paths) is None


def test_without_a_word_there_is_no_keeper(paths: Paths):
    assert read_word(paths) is None


def test_one_data_folder_has_one_keeper(paths: Paths):
    with keeper_lock(paths) as one, keeper_lock(paths) as other:
        assert one.acquire()
        assert not other.acquire()
    assert keeper_lock(paths).path.parent == paths.state


def test_a_link_in_place_of_the_folder_is_refused(paths: Paths, tmp_path: Path):
    private_folder(paths.state)
    trap = private_folder(tmp_path / "trap")
    paths.runtime.symlink_to(trap)

    with pytest.raises(FolderNotWritable, match="belongs to somebody else"):
        open_door(paths)

    assert list(trap.iterdir()) == []
    assert read_word(paths) is None


def test_a_folder_of_somebody_else_is_refused(paths: Paths, monkeypatch: pytest.MonkeyPatch):
    private_folder(paths.state)
    private_folder(paths.runtime)
    monkeypatch.setattr(module.os, "getuid", lambda: 4711_4711)

    with pytest.raises(FolderNotWritable, match="belongs to somebody else"):
        open_door(paths)


@pytest.mark.parametrize("silent_after", ["nothing", "half a greeting"])
def test_a_face_that_stops_in_its_greeting_is_cut_off(paths: Paths, door: Door, silent_after: str):
    with socket.socket(socket.AF_UNIX) as face, Accepting(door) as accepting:
        face.connect(word_of(paths).address)
        if silent_after == "half a greeting":
            face.sendall(b"\0\0")

    assert isinstance(accepting.error, TimeoutError)


@pytest.mark.parametrize("silent_after", ["nothing", "half a greeting"])
def test_a_face_does_not_wait_for_a_keeper_that_is_silent(paths: Paths, door: Door, silent_after: str):
    with pytest.raises(TimeoutError), listening(word_of(paths), silent_after):
        connect(word_of(paths), LIMIT_S)


def test_a_face_does_not_wait_where_too_many_wait_already(tmp_path: Path):
    address = str(tmp_path / "full.sock")
    with ExitStack() as stack:
        keeper = stack.enter_context(socket.socket(socket.AF_UNIX))
        keeper.bind(address)
        keeper.listen(0)
        stack.enter_context(socket.socket(socket.AF_UNIX)).connect(address)

        with pytest.raises(TimeoutError):
            connect(Meeting(address, bytes(32), 1), LIMIT_S)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\0\0\0\x05hello",
        b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\0\0\0\x0b#CHALLENGE#",
        b"",
    ],
    ids=repr,
)
def test_somebody_who_talks_nonsense_is_no_keeper(tmp_path: Path, answer: bytes):
    address = str(tmp_path / "nonsense.sock")
    with socket.socket(socket.AF_UNIX) as keeper:
        keeper.bind(address)
        keeper.listen()
        thread = threading.Thread(target=_say_and_hang_up, args=(keeper, answer))
        thread.start()

        with pytest.raises((OSError, EOFError, AuthenticationError)) as caught:
            connect(Meeting(address, bytes(32), 1), 10)
        thread.join(10)

    assert not isinstance(caught.value, TimeoutError)


@pytest.mark.parametrize("address", ["", "/\0", "/" + "x" * 300, "/nowhere/keeper.sock"], ids=ascii)
def test_an_address_that_is_none_leads_nowhere(address: str):
    with pytest.raises((OSError, AuthenticationError)) as caught:
        connect(Meeting(address, bytes(32), 1), 10)

    assert not isinstance(caught.value, TimeoutError)


@pytest.mark.parametrize(
    "runtime", [Path("/proc/berth-test"), Path("/tmp") / ("x" * 120)], ids=["no", "long"]
)
def test_a_runtime_folder_that_cannot_be_used_is_replaced_by_a_private_one(
    paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, runtime: Path
):
    private_folder(paths.state)
    monkeypatch.setattr(tempfile, "tempdir", str(paths.runtime.parent))

    door = open_door(replace(paths, runtime=runtime))

    spare = Path(word_of(paths).address).parent
    assert spare.parent == paths.runtime.parent
    assert spare.stat().st_mode & 0o777 == 0o700
    with Accepting(door) as accepting, connect(word_of(paths), 10):
        pass
    assert accepting.accepted is not None
    accepting.accepted.close()
    close_door(paths, door)


def test_the_private_folder_instead_must_be_ours_too(
    paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    private_folder(paths.state)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    runtime = Path("/proc/berth-test")
    mark = hashlib.sha256(os.fsencode(runtime)).hexdigest()[:16]
    trap = tmp_path / "trap"
    trap.mkdir(mode=0o755)
    (tmp_path / f"berth-{os.getuid()}-{mark}").symlink_to(trap)

    with pytest.raises(FolderNotWritable, match="belongs to somebody else"):
        open_door(replace(paths, runtime=runtime))

    assert trap.stat().st_mode & 0o777 == 0o755


def test_a_keeper_that_cannot_leave_its_word_leaves_no_socket(paths: Paths):
    # No state folder.
    with pytest.raises(FolderNotWritable):
        open_door(paths)

    assert list(paths.runtime.iterdir()) == []


def test_on_windows_every_keeper_has_a_pipe_that_nobody_can_guess(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sys, "platform", "win32")

    one, other = module._fresh_address(paths), module._fresh_address(paths)

    assert module._family() == "AF_PIPE"
    assert one.startswith("\\\\.\\pipe\\berth-")
    assert len(one) == len("\\\\.\\pipe\\berth-") + 32
    assert one != other
