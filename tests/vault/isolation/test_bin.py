"""The bin: nothing goes that was not moved first, and what was cut short is finished or undone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from app.isolation.profile import Profile
from app.isolation.profile_problems import NameTaken, ProfileAmbiguous, ProfileIsOpen, ProfileMissing
from app.isolation.profiles import ProfileQuery
from app.kernel.errors import FolderNotWritable, StorageFull
from app.kernel.text import say
from app.vault.database import Database
from tests.vault.isolation.conftest import Rooms


def _with_folder(rooms: Rooms, name: str) -> tuple[Profile, Path]:
    profile = rooms.profiles.new(name)
    folder = rooms.paths.profile(profile.id)
    (folder / "browser").mkdir(parents=True)
    (folder / "browser" / "Cookies").write_text("login")
    return profile, folder


def test_a_deleted_profile_keeps_its_folder_and_frees_its_name(rooms: Rooms):
    profile, folder = _with_folder(rooms, "Anna")

    rooms.profiles.delete("Anna")

    assert (folder / "browser" / "Cookies").read_text() == "login"
    with pytest.raises(ProfileMissing):
        rooms.profiles.get("Anna")
    assert [found.id for found in rooms.profiles.each(ProfileQuery(in_bin=True))] == [profile.id]
    assert rooms.profiles.new("Anna").number == 2


def test_a_restored_profile_is_as_it_was(rooms: Rooms):
    before, folder = _with_folder(rooms, "Anna")
    rooms.profiles.delete("Anna")

    assert rooms.profiles.restore("Anna") == before
    assert rooms.profiles.get("Anna") == before
    assert folder.is_dir()


def test_restoring_into_a_taken_name_asks_for_another(rooms: Rooms):
    first = rooms.profiles.new("Anna")
    rooms.profiles.delete("Anna")
    rooms.profiles.new("Anna")

    with pytest.raises(NameTaken):
        rooms.profiles.restore("Anna")
    assert rooms.profiles.get("Anna", in_bin=True).id == first.id

    assert rooms.profiles.restore("Anna", name="Anna old").name == "Anna old"


def test_two_of_one_name_in_the_bin_are_told_apart_by_number(rooms: Rooms):
    for _ in range(2):
        rooms.profiles.new("Anna")
        rooms.profiles.delete("Anna")

    with pytest.raises(ProfileAmbiguous, match="#1 Anna, #2 Anna"):
        rooms.profiles.restore("Anna")
    assert rooms.profiles.restore("2").number == 2


def test_purging_removes_record_and_folder(rooms: Rooms):
    _, folder = _with_folder(rooms, "Anna")
    rooms.profiles.delete("Anna")

    rooms.profiles.purge("Anna")

    assert not folder.exists()
    assert list(rooms.paths.bin.iterdir()) == []
    with pytest.raises(ProfileMissing):
        rooms.profiles.restore("Anna")


def test_only_what_is_in_the_bin_can_be_purged(rooms: Rooms):
    rooms.profiles.new("Anna")

    with pytest.raises(ProfileMissing):
        rooms.profiles.purge("Anna")


def test_an_open_window_stops_deleting_and_purging(rooms: Rooms):
    profile, folder = _with_folder(rooms, "Anna")
    rooms.running.add(profile.id)

    with pytest.raises(ProfileIsOpen):
        rooms.profiles.delete("Anna")

    rooms.running.clear()
    rooms.profiles.delete("Anna")
    rooms.running.add(profile.id)
    with pytest.raises(ProfileIsOpen):
        rooms.profiles.purge("Anna")
    assert rooms.profiles.purge_expired(-1) == ()
    assert folder.is_dir()


def test_the_folder_is_moved_away_before_anything_is_removed(rooms: Rooms, monkeypatch: pytest.MonkeyPatch):
    profile, folder = _with_folder(rooms, "Anna")
    rooms.profiles.delete("Anna")
    seen = []

    def look(path: Path) -> None:
        seen.append((path, folder.exists(), rooms.profiles.page(ProfileQuery(in_bin=True)).rows))

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", look)
        rooms.profiles.purge("Anna")

    assert seen == [(rooms.paths.bin / profile.id, False, ())]


def test_a_purge_that_cannot_be_recorded_puts_the_folder_back(rooms: Rooms, monkeypatch: pytest.MonkeyPatch):
    _, folder = _with_folder(rooms, "Anna")
    rooms.profiles.delete("Anna")

    def full(*_: object, **__: object) -> None:
        raise StorageFull(say("The disk is full."), say("Free some space."))

    with monkeypatch.context() as patch:
        patch.setattr(Database, "write", full)
        with pytest.raises(StorageFull):
            rooms.profiles.purge("Anna")

    assert (folder / "browser" / "Cookies").read_text() == "login"
    assert rooms.profiles.restore("Anna").name == "Anna"


def test_a_purge_cut_short_before_its_record_can_be_undone(rooms: Rooms):
    profile, folder = _with_folder(rooms, "Anna")
    rooms.profiles.delete("Anna")
    rooms.paths.bin.mkdir()
    folder.rename(rooms.paths.bin / profile.id)  # and then the power went

    rooms.profiles.restore("Anna")

    assert (folder / "browser" / "Cookies").read_text() == "login"


def test_a_purge_cut_short_after_its_record_is_finished_by_the_next(rooms: Rooms):
    profile, _ = _with_folder(rooms, "Anna")
    rooms.profiles.delete("Anna")
    rooms.profiles.purge("Anna")
    left = rooms.paths.bin / profile.id
    left.mkdir()
    stranger = rooms.paths.bin / "not ours"
    stranger.mkdir()

    rooms.profiles.purge_expired(30)

    assert not left.exists()
    assert stranger.exists()


def test_purging_again_finishes_a_folder_left_in_the_bin(rooms: Rooms):
    profile, folder = _with_folder(rooms, "Anna")
    rooms.profiles.delete("Anna")
    (rooms.paths.bin / profile.id).mkdir(parents=True)

    rooms.profiles.purge("Anna")

    assert not folder.exists()
    assert not (rooms.paths.bin / profile.id).exists()


def test_expired_profiles_go_and_fresh_ones_stay(rooms: Rooms):
    rooms.profiles.new("old")
    rooms.profiles.delete("old")
    rooms.clock.move(days=31)
    rooms.profiles.new("fresh")
    rooms.profiles.delete("fresh")

    purged = rooms.profiles.purge_expired(30)

    assert [profile.name for profile in purged] == ["old"]
    assert [found.name for found in rooms.profiles.each(ProfileQuery(in_bin=True))] == ["fresh"]


def test_a_folder_that_cannot_be_moved_keeps_the_profile(rooms: Rooms, monkeypatch: pytest.MonkeyPatch):
    _, folder = _with_folder(rooms, "Anna")
    rooms.profiles.delete("Anna")

    def refused(self: Path, target: Path) -> None:
        raise PermissionError(13, "in use")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", refused)
        with pytest.raises(FolderNotWritable):
            rooms.profiles.purge("Anna")

    assert folder.is_dir()
    assert rooms.profiles.restore("Anna").name == "Anna"


def test_a_folder_that_cannot_be_removed_is_told(rooms: Rooms, monkeypatch: pytest.MonkeyPatch):
    _with_folder(rooms, "Anna")
    rooms.profiles.delete("Anna")

    def refused(path: Path) -> None:
        raise PermissionError(13, "in use")

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", refused)
        with pytest.raises(FolderNotWritable):
            rooms.profiles.purge("Anna")

    rooms.profiles.purge_expired(30)
    assert list(rooms.paths.bin.iterdir()) == []


def test_a_profile_restored_meanwhile_is_not_deleted_again(rooms: Rooms):
    stale = rooms.profiles.new("Anna")
    rooms.profiles.delete("Anna")

    with pytest.raises(ProfileMissing):
        rooms.profiles._bin.delete(stale)
