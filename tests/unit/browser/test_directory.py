"""A profile's directory is private, taken once, and knows its engine from any other process."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from app.isolation.browser import directory as module
from app.isolation.browser.directory import ProfileDirectory, is_in_use, running_engine
from app.isolation.browser.problems import ProfileBusy
from app.kernel.errors import FolderNotWritable


@pytest.fixture
def engine() -> Iterator[subprocess.Popen[bytes]]:
    """A process that stands for the engine: it runs until it is told to end."""
    process = subprocess.Popen(["/bin/sleep", "60"])
    yield process
    process.kill()
    process.wait()


def note(root: Path, content: Any) -> None:
    root.mkdir(exist_ok=True)
    (root / "engine.json").write_bytes(
        content if isinstance(content, bytes) else json.dumps(content).encode()
    )


async def test_taking_makes_private_folders_and_shuts_others_out(tmp_path: Path):
    one, two = ProfileDirectory(tmp_path / "p", "Anna"), ProfileDirectory(tmp_path / "p", "Anna")

    await one.take()

    assert [path.stat().st_mode & 0o777 for path in (one.root, one.browser)] == [0o700, 0o700]
    with pytest.raises(ProfileBusy) as told:
        await two.take()
    assert f"Anna is in use by process {os.getpid()}" in told.value.text.english()
    one.give_back()


async def test_a_directory_given_back_can_be_taken_again(tmp_path: Path):
    one, two = ProfileDirectory(tmp_path / "p", "Anna"), ProfileDirectory(tmp_path / "p", "Anna")
    await one.take()
    one.note_engine(os.getpid())

    one.give_back()

    await two.take()
    assert not (two.root / "engine.json").exists()
    two.give_back()


async def test_an_engine_that_stays_keeps_the_directory_and_frees_the_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(module, "_GOING_TIMEOUT_S", 0.03)
    monkeypatch.setattr(module, "_POLL_S", 0.01)
    one = ProfileDirectory(tmp_path / "p", "Anna")
    one.root.mkdir()
    one.note_engine(os.getpid())

    with pytest.raises(ProfileBusy, match=f"process {os.getpid()}"):
        await one.take()

    (one.root / "engine.json").unlink()
    await one.take()
    one.give_back()


async def test_an_engine_on_its_way_out_is_waited_for(
    tmp_path: Path, engine: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(module, "_POLL_S", 0.001)
    one = ProfileDirectory(tmp_path / "p", "Anna")
    one.root.mkdir()
    one.note_engine(engine.pid)
    taking = asyncio.ensure_future(one.take())
    await asyncio.sleep(0)
    was_waiting = not taking.done()

    engine.terminate()
    await asyncio.wait_for(taking, 5)

    assert was_waiting
    one.give_back()


async def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path):
    (tmp_path / "file").write_text("")

    with pytest.raises(FolderNotWritable):
        await ProfileDirectory(tmp_path / "file" / "p", "Anna").take()


def test_a_noted_engine_is_known_again(tmp_path: Path, engine: subprocess.Popen[bytes]):
    ProfileDirectory(tmp_path, "Anna").note_engine(engine.pid)

    assert running_engine(tmp_path) == engine.pid


def test_an_engine_that_ended_is_gone_even_before_anybody_waited_for_it(
    tmp_path: Path, engine: subprocess.Popen[bytes]
):
    ProfileDirectory(tmp_path, "Anna").note_engine(engine.pid)

    engine.kill()
    os.waitid(os.P_PID, engine.pid, os.WEXITED | os.WNOWAIT)  # it has ended, and stays as a zombie

    assert psutil.pid_exists(engine.pid)
    assert running_engine(tmp_path) is None


def test_an_engine_that_has_gone_already_leaves_no_note(tmp_path: Path, engine: subprocess.Popen[bytes]):
    engine.kill()
    engine.wait()

    ProfileDirectory(tmp_path, "Anna").note_engine(engine.pid)

    assert not (tmp_path / "engine.json").exists()


def test_another_process_with_the_same_number_is_not_the_engine(tmp_path: Path):
    started = psutil.Process().create_time()
    note(tmp_path, {"pid": os.getpid(), "started": started - 3600})

    assert running_engine(tmp_path) is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff",
        [],
        None,
        {},
        {"pid": os.getpid()},
        {"pid": "x", "started": 1},
        {"pid": None, "started": 1},
        {"pid": -1, "started": 1},
        {"pid": 10**30, "started": 1},
        {"pid": float("inf"), "started": 1},
    ],
    ids=repr,
)
def test_a_note_that_tells_nothing_is_no_engine(tmp_path: Path, content: Any):
    note(tmp_path, content)

    assert running_engine(tmp_path) is None


def test_a_folder_without_a_note_has_no_engine(tmp_path: Path):
    assert running_engine(tmp_path) is None


async def test_a_directory_is_in_use_while_it_is_taken(tmp_path: Path):
    one = ProfileDirectory(tmp_path / "p", "Anna")
    before = is_in_use(one.root)
    await one.take()

    while_taken = is_in_use(one.root)
    one.give_back()

    assert (before, while_taken, is_in_use(one.root)) == (False, True, False)


def test_a_directory_is_in_use_while_an_engine_outlives_its_keeper(
    tmp_path: Path, engine: subprocess.Popen[bytes]
):
    ProfileDirectory(tmp_path, "Anna").note_engine(engine.pid)

    assert is_in_use(tmp_path)


def test_asking_makes_no_folder(tmp_path: Path):
    assert not is_in_use(tmp_path / "p")
    assert not (tmp_path / "p").exists()
