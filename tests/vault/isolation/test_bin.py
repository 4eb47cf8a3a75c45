"""The bin: nothing goes that was not moved first, and what was cut short is finished or undone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from app.isolation.profile import Profile
from app.isolation.profile_problems import NameTaken, ProfileAmbiguous, ProfileIsOpen, ProfileMissing
from app.isolation.profiles import ProfileQuery
from app.kernel.errors import FolderNotReadable, FolderNotWritable, StorageFull
from app.kernel.text import say
from app.vault.database import Database
from tests.vault.isolation.conftest import Rooms, rooms_over


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


# -- cut short at any point: the steps called separately, on real folders


def _kill(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def _reopened(rooms: Rooms) -> Rooms:
    return rooms_over(rooms.vault, rooms.paths, rooms.clock, rooms.running)


def _in_bin(rooms: Rooms) -> set[str]:
    return {folder.name for folder in rooms.paths.bin.iterdir()}


def _purge_killed_before_its_record(rooms: Rooms, profile: Profile) -> None:
    rooms.paths.bin.mkdir(exist_ok=True)
    rooms.paths.profile(profile.id).rename(rooms.paths.bin / profile.id)


def test_a_restore_cut_short_leaves_a_profile_in_the_bin_with_its_folder(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch
):
    profile, folder = _with_folder(rooms, "Anna")
    rooms.profiles.delete("Anna")
    _purge_killed_before_its_record(rooms, profile)

    with monkeypatch.context() as patch:
        patch.setattr(Database, "write", _kill)
        with pytest.raises(KeyboardInterrupt):
            rooms.profiles.restore("Anna")

    assert rooms.profiles.get("Anna", in_bin=True).id == profile.id
    assert (folder / "browser" / "Cookies").read_text() == "login"
    rooms.profiles.restore("Anna")
    assert (folder / "browser" / "Cookies").read_text() == "login"


def test_the_folder_of_a_living_profile_comes_home_before_anything_can_open_it(rooms: Rooms):
    profile, folder = _with_folder(rooms, "Anna")
    _purge_killed_before_its_record(rooms, profile)

    _reopened(rooms)

    assert (folder / "browser" / "Cookies").read_text() == "login"
    assert _in_bin(rooms) == set()


def test_the_folder_of_a_profile_in_the_bin_is_left_to_restore_and_purge(rooms: Rooms):
    profile, folder = _with_folder(rooms, "Anna")
    rooms.profiles.delete("Anna")
    _purge_killed_before_its_record(rooms, profile)

    _reopened(rooms)

    assert not folder.exists()
    assert _in_bin(rooms) == {profile.id}


def test_the_folder_with_the_history_wins_over_a_fresh_one_and_neither_is_lost(rooms: Rooms):
    profile, folder = _with_folder(rooms, "Anna")
    _purge_killed_before_its_record(rooms, profile)
    folder.mkdir()
    (folder / "engine.lock").write_text("1")  # an opening that found no folder made this one

    _reopened(rooms)

    assert (folder / "browser" / "Cookies").read_text() == "login"
    assert _in_bin(rooms) == {f"{profile.id}.2"}


def test_a_folder_with_more_history_than_the_one_in_the_bin_stays(rooms: Rooms):
    profile, folder = _with_folder(rooms, "Anna")
    _purge_killed_before_its_record(rooms, profile)
    folder.mkdir()
    (folder / "Cookies").write_text("many logins, and more of them than before")

    _reopened(rooms)
    _reopened(rooms)

    assert (folder / "Cookies").exists()
    assert (rooms.paths.bin / f"{profile.id}.2" / "browser" / "Cookies").read_text() == "login"


def test_a_folder_in_use_is_never_moved(rooms: Rooms):
    profile, folder = _with_folder(rooms, "Anna")
    _purge_killed_before_its_record(rooms, profile)
    folder.mkdir()
    rooms.running.add(profile.id)

    _reopened(rooms)

    assert list(folder.iterdir()) == []
    assert _in_bin(rooms) == {profile.id}


def test_a_swap_cut_short_is_finished_by_the_next(rooms: Rooms):
    profile, folder = _with_folder(rooms, "Anna")
    _purge_killed_before_its_record(rooms, profile)
    (rooms.paths.bin / f"{profile.id}.2").mkdir()  # the fresh one had made room, and then the power went

    _reopened(rooms)

    assert (folder / "browser" / "Cookies").read_text() == "login"
    assert _in_bin(rooms) == {f"{profile.id}.2"}


def test_a_purge_with_two_folders_that_cannot_be_recorded_loses_neither(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch
):
    profile, folder = _with_folder(rooms, "Anna")
    rooms.profiles.delete("Anna")
    _purge_killed_before_its_record(rooms, profile)
    folder.mkdir()
    (folder / "new").write_text("")

    with monkeypatch.context() as patch:
        patch.setattr(Database, "write", _kill)
        with pytest.raises(KeyboardInterrupt):
            rooms.profiles.purge("Anna")

    assert (folder / "new").exists()
    assert (rooms.paths.bin / profile.id / "browser" / "Cookies").read_text() == "login"
    rooms.profiles.purge("Anna")
    assert not folder.exists()
    assert _in_bin(rooms) == set()


def test_a_purge_of_a_profile_that_was_never_opened_can_fail_and_be_repeated(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch
):
    rooms.profiles.new("Anna")
    rooms.profiles.delete("Anna")

    with monkeypatch.context() as patch:
        patch.setattr(Database, "write", _kill)
        with pytest.raises(KeyboardInterrupt):
            rooms.profiles.purge("Anna")

    assert rooms.profiles.purge("Anna").name == "Anna"


def test_a_purge_cut_short_while_it_removes_is_finished_with_all_its_folders(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch
):
    profile, _ = _with_folder(rooms, "Anna")
    (rooms.paths.bin / f"{profile.id}.2").mkdir(parents=True)
    rooms.profiles.delete("Anna")

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", _kill)
        with pytest.raises(KeyboardInterrupt):
            rooms.profiles.purge("Anna")
    left = _in_bin(rooms)
    rooms.profiles.purge_expired(30)

    assert left == {profile.id, f"{profile.id}.2"}
    assert _in_bin(rooms) == set()


def test_a_bin_that_cannot_be_read_stops_only_what_needs_it(rooms: Rooms, monkeypatch: pytest.MonkeyPatch):
    rooms.profiles.new("Anna")
    rooms.profiles.delete("Anna")
    rooms.paths.bin.mkdir()

    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "iterdir", refuse)
        assert _reopened(rooms).profiles.get("Anna", in_bin=True).name == "Anna"
        with pytest.raises(FolderNotReadable):
            rooms.profiles.restore("Anna")


def test_a_folder_that_vanishes_while_it_is_measured_counts_nothing(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch
):
    profile, folder = _with_folder(rooms, "Anna")
    _purge_killed_before_its_record(rooms, profile)
    folder.mkdir()

    def gone(path: Path) -> None:
        raise FileNotFoundError(2, "No such file or directory")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "lstat", gone)
        _reopened(rooms)

    assert (folder / "browser" / "Cookies").read_text() == "login"  # even, so the older one


def test_a_folder_that_vanishes_while_it_is_removed_is_gone(rooms: Rooms, monkeypatch: pytest.MonkeyPatch):
    _with_folder(rooms, "Anna")
    rooms.profiles.delete("Anna")

    def gone(path: Path) -> None:
        raise FileNotFoundError(2, "No such file or directory")

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", gone)

        assert rooms.profiles.purge("Anna").name == "Anna"
