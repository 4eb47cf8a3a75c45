"""Folders follow --home, BERTH_HOME, then the system; private ones are private."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import platformdirs
import pytest

from app.kernel import paths as module
from app.kernel.errors import FolderNotWritable
from app.kernel.paths import Paths, private_folder


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


def test_a_private_folder_shuts_others_out_even_if_it_was_open(tmp_path: Path):
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True, mode=0o755)
    folder.chmod(0o755)

    assert private_folder(folder) == folder
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path):
    (tmp_path / "file").write_text("")

    with pytest.raises(FolderNotWritable):
        private_folder(tmp_path / "file" / "below")


def test_modes_are_left_alone_where_the_system_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = tmp_path / "open"
    folder.mkdir()
    folder.chmod(0o755)
    monkeypatch.setattr(module, "os", SimpleNamespace(name="nt"))

    private_folder(folder)

    assert folder.stat().st_mode & 0o777 == 0o755
