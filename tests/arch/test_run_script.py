"""The entry script tells what it is about to do, and stops with the exact command when it may not."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WORDS = ("setup", "test", "check", "bench", "berth")


@pytest.fixture
def bare_machine(tmp_path: Path) -> Path:
    """A copy of the script on a machine without Python, where an ordinary user has no sudo."""
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("bash", "dirname", "cat", "sed", "sort", "grep", "uname"):
        real = next(path for folder in ("/bin", "/usr/bin") if (path := Path(folder, name)).exists())
        (tools / name).symlink_to(real)
    _stub(tools / "id", "echo 1000")
    _stub(tools / "dpkg-query", "exit 1")
    _stub(tools / "apt-get", "echo must not run >&2; exit 1")
    home = tmp_path / "berth"
    home.mkdir()
    for name in ("run", "uv.lock", "pyproject.toml"):
        (home / name).write_bytes((ROOT / name).read_bytes())
    return tmp_path


def test_without_root_and_sudo_it_prints_the_exact_command_and_stops(bare_machine: Path):
    done = _run(bare_machine, "setup")

    assert done.returncode == 1
    assert "Debian packages to install: " in done.stderr
    assert "apt-get update && apt-get install --yes --no-install-recommends" in done.stderr
    assert {"python3", "python3-venv", "chromium", "chromium-sandbox", "xvfb"} <= set(done.stderr.split())
    assert "must not run" not in done.stderr
    assert not (bare_machine / "berth" / ".venv").exists()


def test_tests_want_more_packages_than_running(bare_machine: Path):
    running, testing = _run(bare_machine, "setup"), _run(bare_machine, "test")

    assert "tinyproxy" not in running.stderr
    assert {"tinyproxy-bin", "fonts-noto-cjk", "chromium-l10n"} <= set(testing.stderr.split())


def test_sudo_that_refuses_is_told_with_the_command_to_run(bare_machine: Path):
    _stub(bare_machine / "bin" / "sudo", "exit 1")

    done = _run(bare_machine, "setup")

    assert done.returncode == 1
    assert "sudo apt-get update && sudo apt-get install" in done.stderr


def test_help_names_every_word_and_sets_nothing_up(bare_machine: Path):
    done = _run(bare_machine, "help")

    assert done.returncode == 0
    assert all(f"./run {word}" in done.stdout for word in WORDS)
    assert done.stderr == ""


def test_it_works_with_its_input_closed(bare_machine: Path):
    done = subprocess.run(
        ["bash", "-c", f"exec bash {bare_machine}/berth/run help <&-"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")


def test_ci_is_nothing_but_the_tests():
    lines = (ROOT / ".ci" / "run").read_text().splitlines()

    assert lines[-1] == "exec ./run test"
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    assert os.access(ROOT / "run", os.X_OK)


def _run(machine: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(machine / "bin" / "bash"), str(machine / "berth" / "run"), *words],
        env={"PATH": str(machine / "bin"), "HOME": str(machine)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


def _stub(path: Path, line: str) -> None:
    path.write_text(f"#!/bin/bash\n{line}\n")
    path.chmod(0o755)
