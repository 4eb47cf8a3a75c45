"""Notes of crashes stay until the store is opened again, and never stand in the way of anything."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.isolation.keeper import crash_notes
from app.kernel.ids import ProfileId
from tests.support.plans import plan_for

AT = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
NOTE = {"profile": "A", "number": 7, "name": "店铺", "at": "2026-11-22T08:30:00+00:00"}


def crash(profiles: Path, profile: str, name: str = "店铺") -> Path:
    root = profiles / profile
    root.mkdir(parents=True)
    crash_notes.leave(root, replace(plan_for(root), profile=ProfileId(profile), name=name), AT)
    return root


def test_a_crash_is_remembered_with_profile_name_and_time(tmp_path: Path):
    root = crash(tmp_path, "A")

    assert crash_notes.read_all(tmp_path) == [NOTE]
    assert (root / "crashed.json").stat().st_mode & 0o777 == 0o600


def test_crashes_are_told_in_the_order_of_their_profiles(tmp_path: Path):
    for profile in ("C", "A", "B"):
        crash(tmp_path, profile)

    assert [note["profile"] for note in crash_notes.read_all(tmp_path)] == ["A", "B", "C"]


def test_a_later_crash_replaces_the_earlier_one(tmp_path: Path):
    root = crash(tmp_path, "A", name="Before")

    crash_notes.leave(root, replace(plan_for(root), name="After"), AT)

    assert [note["name"] for note in crash_notes.read_all(tmp_path)] == ["After"]


def test_a_forgotten_crash_is_gone_and_may_be_forgotten_twice(tmp_path: Path):
    root = crash(tmp_path, "A")

    crash_notes.forget(root)
    crash_notes.forget(root)

    assert crash_notes.read_all(tmp_path) == []


def test_a_note_that_cannot_be_written_is_lost_and_nothing_else(tmp_path: Path):
    crash_notes.leave(tmp_path / "gone", plan_for(tmp_path), AT)

    assert list(tmp_path.iterdir()) == []


def test_without_profiles_there_are_no_crashes(tmp_path: Path):
    assert crash_notes.read_all(tmp_path / "none") == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b"null",
        b"{}",
        json.dumps({"profile": "B"}).encode(),
        json.dumps(NOTE | {"number": "7"}).encode(),
        json.dumps(NOTE | {"profile": None}).encode(),
        pytest.param(b"[" * 200_000, id="nested too deep"),
    ],
    ids=repr,
)
def test_a_broken_note_is_passed_over_and_hides_no_other(tmp_path: Path, content: bytes):
    crash(tmp_path, "A")
    (crash(tmp_path, "B") / "crashed.json").write_bytes(content)

    assert crash_notes.read_all(tmp_path) == [NOTE]


def test_a_note_that_is_a_folder_is_passed_over(tmp_path: Path):
    (tmp_path / "A" / "crashed.json").mkdir(parents=True)

    found: list[dict[str, Any]] = crash_notes.read_all(tmp_path)

    assert found == []


def test_a_note_that_cannot_be_removed_does_not_stand_in_the_way_of_an_opening(tmp_path: Path):
    (tmp_path / "crashed.json").mkdir()

    crash_notes.forget(tmp_path)

    assert (tmp_path / "crashed.json").is_dir()
