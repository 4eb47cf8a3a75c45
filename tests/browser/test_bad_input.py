"""What cannot be opened is refused in one sentence with the next step, and the store stays as it was."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.isolation.browser.engines import Engine
from app.kernel.errors import ExitCode, Problem
from tests.support.stage import Stage


def _problem(stage: Stage, name: str = "Anna", **how: object) -> Problem:
    with pytest.raises(Problem) as caught:
        stage.open(name, **how)
    assert caught.value.text.english()
    assert caught.value.next_step.english()
    assert stage.states() == {}
    return caught.value


def _script(path: Path, body: str) -> Engine:
    path.write_text(f'#!/bin/sh\ncase "$1" in --version) echo "Chromium 156.0.1.2";; *) {body};; esac\n')
    path.chmod(0o755)
    return Engine("chromium", "custom", "156.0.1.2", str(path))


def test_without_any_browser_the_sentence_names_what_to_install(stage: Stage) -> None:
    stage.make("Anna")

    problem = _problem(stage, engines=())

    assert problem.id == "no-engine"
    assert problem.exit_code is ExitCode.NOT_FOUND
    assert "install" in problem.next_step.english().lower()


def test_a_browser_that_is_not_there_any_more_is_named(stage: Stage) -> None:
    stage.make("Anna", None, ("engine", "edge"))

    problem = _problem(stage)

    assert problem.id == "no-engine"
    assert "edge" in problem.text.english()


def test_a_browser_that_dies_at_start_is_told_with_its_likely_reason(stage: Stage, tmp_path: Path) -> None:
    stage.make("Anna")
    dying = _script(tmp_path / "dying", "echo 'No usable sandbox!' >&2; exit 3")

    problem = _problem(stage, engines=(dying,))

    assert problem.id == "engine-failed"
    assert "code 3" in problem.text.english()
    assert "chromium-sandbox" in problem.next_step.english()
    assert stage.open_store("Anna", "a").is_open


def test_a_browser_that_is_no_program_is_told(stage: Stage, tmp_path: Path) -> None:
    stage.make("Anna")
    broken = tmp_path / "broken"
    broken.write_bytes(b"\x7fELF nonsense")
    broken.chmod(0o755)

    problem = _problem(stage, engines=(Engine("chromium", "custom", "1.2.3.4", str(broken)),))

    assert problem.id == "engine-failed"
    assert str(broken) in problem.text.english()


def test_a_browser_directory_in_use_by_another_browser_is_not_shared(stage: Stage) -> None:
    profile = stage.make("Anna")
    root = stage.paths.profile(profile.id)
    root.mkdir(parents=True)
    with subprocess.Popen(["flock", str(root / "engine.lock"), "cat"], stdin=subprocess.PIPE) as holder:
        assert holder.stdin is not None
        while subprocess.run(["flock", "-n", str(root / "engine.lock"), "true"], check=False).returncode == 0:
            continue

        problem = _problem(stage)

        holder.stdin.close()
    assert problem.id == "profile-busy"


def test_a_profile_folder_that_cannot_be_written_is_named(stage: Stage) -> None:
    profile = stage.make("Anna")
    stage.paths.profiles.mkdir(exist_ok=True)
    stage.paths.profile(profile.id).write_text("not a folder")

    problem = _problem(stage)

    assert problem.id == "folder-not-writable"
    assert profile.id in problem.text.english()


@pytest.fixture
def tiny_disk(stage: Stage) -> Iterator[Path]:
    """A profile folder on a disk of a few kilobytes, which is full."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    folder = stage.paths.profile(stage.make("Anna").id)
    folder.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32k", "none", str(folder)], check=True)
    (folder / "browser" / "Default").mkdir(parents=True)
    with (folder / "filler").open("wb", buffering=0) as filler:
        while True:
            try:
                filler.write(b"x" * 512)
            except OSError:
                break
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_is_told_and_leaves_everything_as_it_was(stage: Stage, tiny_disk: Path) -> None:
    before = stage.work.isolation.profiles.get("Anna")

    problem = _problem(stage)

    assert problem.id == "storage-full"
    left = sorted(path.name for path in tiny_disk.rglob("*") if path.is_file())
    assert [name for name in left if name.endswith(".tmp")] == []
    assert not (tiny_disk / "browser" / "Default" / "Preferences").exists()
    after = stage.work.isolation.profiles.get("Anna")
    assert (after.last_opened, after.name, after.proxy) == (before.last_opened, before.name, before.proxy)


def test_browser_settings_that_cannot_be_read_are_left_untouched(stage: Stage) -> None:
    profile = stage.make("Anna")
    path = stage.paths.profile(profile.id) / "browser" / "Default" / "Preferences"
    path.parent.mkdir(parents=True)
    path.write_bytes(b'{"intl": {"accept_la')

    problem = _problem(stage)

    assert problem.id == "preferences-broken"
    assert path.read_bytes() == b'{"intl": {"accept_la'


def test_without_a_screen_the_sentence_says_so(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.make("Anna")
    monkeypatch.delenv("DISPLAY")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)

    problem = _problem(stage)

    assert problem.id == "no-screen"


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "file:///etc/passwd", "chrome://settings", "", "--flag"]
)
def test_an_address_that_is_no_page_of_a_store_is_refused(stage: Stage, url: str) -> None:
    stage.make("Anna")

    with pytest.raises(Problem) as caught:
        stage.open("Anna", url)

    assert caught.value.exit_code is ExitCode.USAGE
    assert stage.net.requests("store.test") == ()
