"""Where a keeper and its faces meet: private, keyed, and only in a folder of one's own."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from multiprocessing import AuthenticationError
from multiprocessing.connection import Connection, Listener
from pathlib import Path
from typing import Any, Self

import pytest

from app.isolation.keeper import meeting as module
from app.isolation.keeper.meeting import (
    Meeting,
    close_listener,
    connect,
    keeper_lock,
    open_listener,
    read_word,
)
from app.kernel.errors import FolderNotWritable
from app.kernel.paths import Paths, private_folder

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="sockets here, pipes on Windows")


class Accepting:
    """Accepts one face on a thread of its own, which is gone when the block ends."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self.accepted: Connection | None = None
        self.error: BaseException | None = None
        self._thread = threading.Thread(target=self._accept)

    def _accept(self) -> None:
        try:
            self.accepted = self._listener.accept()
        except (AuthenticationError, OSError, EOFError) as error:
            self.error = error

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join(10)
        assert not self._thread.is_alive()


@pytest.fixture
def listener(paths: Paths) -> Iterator[Listener]:
    private_folder(paths.state)
    found = open_listener(paths)
    yield found
    close_listener(paths, found)


def word_of(paths: Paths) -> Meeting:
    found = read_word(paths)
    assert found is not None
    return found


def test_a_face_with_the_word_is_let_in(paths: Paths, listener: Listener):
    with Accepting(listener) as accepting, connect(word_of(paths)) as face:
        face.send_bytes(b"hello")

    assert accepting.accepted is not None
    with accepting.accepted as keeper:
        assert keeper.recv_bytes() == b"hello"


def test_a_face_without_the_key_is_not(paths: Paths, listener: Listener):
    with Accepting(listener) as accepting, pytest.raises(AuthenticationError):
        connect(replace(word_of(paths), key=bytes(32)))

    assert isinstance(accepting.error, AuthenticationError)
    assert accepting.accepted is None


def test_word_and_socket_are_for_this_user_only(paths: Paths, listener: Listener):
    word = word_of(paths)

    assert (paths.state / "keeper.json").stat().st_mode & 0o777 == 0o600
    assert Path(word.address).parent == paths.runtime
    assert paths.runtime.stat().st_mode & 0o777 == 0o700
    assert (word.pid, len(word.key)) == (os.getpid(), 32)


def test_every_keeper_has_a_key_of_its_own(paths: Paths, listener: Listener):
    before = word_of(paths)
    close_listener(paths, listener)

    again = open_listener(paths)

    assert word_of(paths).key != before.key
    close_listener(paths, again)


def test_a_closed_keeper_leaves_no_word_and_no_socket(paths: Paths, listener: Listener):
    word = word_of(paths)

    close_listener(paths, listener)

    assert read_word(paths) is None
    assert not Path(word.address).exists()
    with pytest.raises(OSError):
        connect(word)


def test_the_socket_of_a_dead_keeper_is_replaced(paths: Paths):
    private_folder(paths.state)
    (private_folder(paths.runtime) / "keeper.sock").write_text("left behind")

    listener = open_listener(paths)

    with Accepting(listener) as accepting, connect(word_of(paths)):
        pass
    assert accepting.accepted is not None
    accepting.accepted.close()
    close_listener(paths, listener)


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
        open_listener(paths)

    assert list(trap.iterdir()) == []
    assert read_word(paths) is None


def test_a_folder_of_somebody_else_is_refused(paths: Paths, monkeypatch: pytest.MonkeyPatch):
    private_folder(paths.state)
    private_folder(paths.runtime)
    monkeypatch.setattr(module.os, "getuid", lambda: 4711_4711)

    with pytest.raises(FolderNotWritable, match="belongs to somebody else"):
        open_listener(paths)


def test_on_windows_every_keeper_has_a_pipe_that_nobody_can_guess(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sys, "platform", "win32")

    one, other = module._fresh_address(paths), module._fresh_address(paths)

    assert module._family() == "AF_PIPE"
    assert one.startswith("\\\\.\\pipe\\berth-")
    assert len(one) == len("\\\\.\\pipe\\berth-") + 32
    assert one != other
