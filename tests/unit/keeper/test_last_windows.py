"""The list of windows that a keeper leaves when it dies."""

from __future__ import annotations

import json
import os
from dataclasses import replace

import pytest

from app.isolation.keeper.last_windows import (
    LastWindow,
    LastWindows,
    forget_last_windows,
    last_windows,
    list_file,
)
from app.isolation.keeper.meeting import keeper_lock
from app.kernel.ids import ProfileId
from app.kernel.paths import Paths, private_folder
from tests.support.plans import plan_for

ANNA = LastWindow(ProfileId("A"), 7, "安娜")


def _left(paths: Paths, content: bytes) -> None:
    private_folder(paths.state)
    list_file(paths).write_bytes(content)


def _list(*windows: object) -> bytes:
    return json.dumps({"windows": windows}).encode()


def test_what_was_open_can_be_read_when_no_keeper_runs(paths: Paths):
    private_folder(paths.state)
    keeping = LastWindows(paths)
    with keeper_lock(paths) as lock:
        assert lock.acquire()
        keeping.remember([replace(plan_for(paths.data), profile=ProfileId("A"), name="安娜")])
        keeping.close()

        assert last_windows(paths) == ()

    assert last_windows(paths) == (ANNA,)
    assert b"password" not in list_file(paths).read_bytes()
    if os.name == "posix":
        assert list_file(paths).stat().st_mode & 0o777 == 0o600


def test_with_no_window_the_list_goes_away(paths: Paths):
    private_folder(paths.state)
    keeping = LastWindows(paths)

    keeping.remember([plan_for(paths.data)])
    keeping.remember([])
    keeping.close()

    assert not list_file(paths).exists()
    assert last_windows(paths) == ()


def test_a_list_that_nobody_wants_is_forgotten(paths: Paths):
    _left(paths, _list({"profile": "A", "number": 7, "name": "安娜"}))

    forget_last_windows(paths)

    assert last_windows(paths) == ()
    forget_last_windows(paths)


def test_a_running_keepers_list_is_not_forgotten(paths: Paths):
    _left(paths, _list({"profile": "A", "number": 7, "name": "安娜"}))
    with keeper_lock(paths) as lock:
        assert lock.acquire()
        forget_last_windows(paths)

    assert last_windows(paths) == (ANNA,)


def test_where_no_keeper_can_run_the_list_is_read_all_the_same(paths: Paths):
    _left(paths, _list({"profile": "A", "number": 7, "name": "安娜"}))
    (paths.state / "keeper.lock").mkdir()

    assert last_windows(paths) == (ANNA,)


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"[]", b"nonsense", b"\xff", b"{}", b'{"windows": 3}', b"[" * 100_000),
        *(_list(3), _list({"profile": 1, "number": 7, "name": "x"}), _list({"profile": "A"})),
    ],
)
def test_a_broken_list_is_no_list(paths: Paths, content: bytes):
    _left(paths, content)

    assert last_windows(paths) == ()


def test_a_folder_that_cannot_be_written_loses_the_list_and_nothing_else(paths: Paths):
    paths.data.joinpath("state").write_text("a file in the way")
    keeping = LastWindows(paths)

    keeping.remember([plan_for(paths.data)])
    keeping.remember([])
    keeping.close()
