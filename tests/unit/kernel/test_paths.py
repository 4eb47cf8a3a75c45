"""Folders follow --home, BERTH_HOME, then the system; private ones are private."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import platformdirs
import pytest

from app.kernel import paths as module
from app.kernel.errors import FolderNotReadable, FolderNotWritable, FolderShared, UsageProblem
from app.kernel.paths import Paths, is_there, private_folder, require_own_place


def test_home_wins_over_the_environment(tmp_path: Path):
    found = Paths.of(tmp_path / "a", {"BERTH_HOME": str(tmp_path / "b")})

    assert found.data == tmp_path / "a"
    assert found.state == tmp_path / "a" / "state"


def test_the_environment_wins_over_the_system(tmp_path: Path):
    assert Paths.of(None, {"BERTH_HOME": str(tmp_path)}).data == tmp_path


def test_without_either_the_systems_usual_folders_are_taken():
    found = Paths.of(None, {"BERTH_HOME": ""})

    assert found.data == Path(platformdirs.user_data_dir("Berth", appauthor=False))
    assert found.state == Path(platformdirs.user_state_dir("Berth", appauthor=False))


def test_the_real_environment_is_read_when_none_is_given(berth_home: Path):
    assert Paths.of().data == berth_home


def test_a_relative_home_becomes_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)

    assert Paths.of(Path("data"), {}).data == tmp_path / "data"


def test_everything_of_one_berth_lies_below_its_data_and_state(tmp_path: Path):
    found = Paths.of(tmp_path, {})

    below_data = [
        found.vault_file,
        found.database,
        found.vault_lock,
        found.profiles,
        found.bin,
        found.backups,
    ]
    below_state = [found.logs, found.machine_settings]

    assert all(path.parent == found.data for path in below_data)
    assert all(path.parent == found.state for path in below_state)
    assert found.profile("X") == found.profiles / "X"


def test_a_runtime_folder_is_short_enough_for_sockets_however_long_the_data_path_is(tmp_path: Path):
    found = Paths.of(tmp_path / ("x" * 200), {"XDG_RUNTIME_DIR": str(tmp_path)})

    assert found.runtime.parent == tmp_path
    assert len(found.runtime.name) < 30


def test_two_data_folders_have_two_runtime_folders_but_two_spellings_of_one_share_it(tmp_path: Path):
    env = {"XDG_RUNTIME_DIR": str(tmp_path)}
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")

    real = Paths.of(tmp_path / "real", env).runtime

    assert Paths.of(tmp_path / "link", env).runtime == real
    assert Paths.of(tmp_path / "other", env).runtime != real


@pytest.mark.parametrize("env", [{}, {"XDG_RUNTIME_DIR": "/nonexistent"}])
def test_without_a_runtime_dir_the_temp_folder_names_the_user(tmp_path: Path, env: dict[str, str]):
    assert Paths.of(tmp_path, env).runtime.name.startswith(f"berth-{os.getuid()}-")


def test_where_users_have_no_number_the_word_user_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "os", SimpleNamespace(fsencode=os.fsencode))

    assert Paths.of(tmp_path, {}).runtime.name.startswith("berth-user-")


def test_a_private_folder_and_those_made_above_it_shut_others_out(tmp_path: Path):
    folder = tmp_path / "a" / "b"

    assert private_folder(folder) == folder
    assert [path.stat().st_mode & 0o777 for path in (folder, folder.parent)] == [0o700, 0o700]


@pytest.mark.parametrize("mode", [0o755, 0o1777, 0o500])
def test_a_folder_that_is_there_keeps_its_rights(tmp_path: Path, mode: int):
    folder = tmp_path / "theirs"
    folder.mkdir()
    folder.chmod(mode)

    private_folder(folder)

    assert folder.stat().st_mode & 0o7777 == mode


def test_a_file_in_the_place_of_a_folder_is_told(tmp_path: Path):
    (tmp_path / "file").write_text("")

    with pytest.raises(FolderNotWritable):
        private_folder(tmp_path / "file")


@pytest.mark.parametrize(
    ("mode", "entry", "why"),
    [
        (0o1777, "", "Everybody may write"),
        (0o777, "", "Everybody may write"),
        (0o1700, "", "Everybody may write"),
        (0o755, "holiday.jpg", "holds other things"),
        (0o750, "holiday.jpg", "holds other things"),
    ],
)
def test_a_folder_that_others_use_is_no_place_for_a_vault(tmp_path: Path, mode: int, entry: str, why: str):
    folder = tmp_path / "theirs"
    folder.mkdir()
    if entry:
        (folder / entry).write_text("")
    folder.chmod(mode)

    with pytest.raises(FolderShared, match=why) as refused:
        require_own_place(folder)

    assert f"--home {folder}/berth" in str(refused.value)
    assert folder.stat().st_mode & 0o7777 == mode


@pytest.mark.parametrize(("mode", "entry"), [(0o700, "holiday.jpg"), (0o755, ""), (0o755, "vault.lock")])
def test_a_folder_of_ones_own_is_a_place_for_a_vault(tmp_path: Path, mode: int, entry: str):
    folder = tmp_path / "mine"
    folder.mkdir()
    if entry:
        (folder / entry).write_text("")
    folder.chmod(mode)

    require_own_place(folder)
    require_own_place(tmp_path / "missing")


def test_a_folder_of_somebody_else_is_no_place_for_a_vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module.os, "geteuid", lambda: tmp_path.stat().st_uid + 1)

    with pytest.raises(FolderShared, match="belongs to somebody else"):
        require_own_place(tmp_path)


def test_a_folder_that_cannot_be_listed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    tmp_path.chmod(0o755)

    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)

    with pytest.raises(FolderNotReadable, match="Permission denied"):
        require_own_place(tmp_path)


def test_what_cannot_be_seen_is_neither_there_nor_missing(tmp_path: Path):
    (tmp_path / "file").write_text("")

    assert is_there(tmp_path / "file")
    assert not is_there(tmp_path / "missing")
    assert not is_there(tmp_path / "file" / "below")
    with pytest.raises(FolderNotReadable, match="too long"):
        is_there(tmp_path / ("x" * 300))


def test_a_home_of_a_user_that_is_not_there_is_told():
    with pytest.raises(UsageProblem, match="~nobody-is-called-so"):
        Paths.of(Path("~nobody-is-called-so"), {})


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path):
    (tmp_path / "file").write_text("")

    with pytest.raises(FolderNotWritable):
        private_folder(tmp_path / "file" / "below")


def test_rights_are_not_looked_at_where_the_system_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = tmp_path / "open"
    folder.mkdir()
    folder.chmod(0o1777)
    monkeypatch.setattr(module, "os", SimpleNamespace(name="nt"))

    require_own_place(folder)

    assert private_folder(folder) == folder
