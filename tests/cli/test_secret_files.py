"""Secrets from files: all of it or a sentence, and nothing that never ends."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.commands import ROOT, Done, berth

LIMIT = 64 * 1024


def test_a_note_as_long_as_the_limit_is_kept_whole(home: Path, tmp_path: Path):
    note = "x" + "备" * ((LIMIT - 1) // 3)  # the last letter would be cut by one that reads a byte less

    kept = _set_note(tmp_path, note.encode())
    shown = berth("profile", "show", "Anna", "--note", "--json")

    assert kept.code == 0, kept.err
    assert shown.json["note"] == note


@pytest.mark.parametrize("content", [b"x" * (LIMIT + 1), ("备" * 30_000).encode()], ids=["plain", "Chinese"])
def test_a_longer_note_is_refused_with_the_limit_and_the_old_one_stays(
    home: Path, tmp_path: Path, content: bytes
):
    _set_note(tmp_path, b"old")

    done = _set_note(tmp_path, content)

    assert done.code == 3
    assert "longer than 65,536 bytes" in done.err
    assert berth("profile", "show", "Anna", "--note", "--json").json["note"] == "old"


def test_a_longer_password_is_refused_not_cut(berth_home: Path, tmp_path: Path):
    done = berth("init", "--json", "--passphrase-file", _file(tmp_path, b"x" * (LIMIT + 1)))

    assert done.code == 3
    assert "longer than" in done.err
    assert not (berth_home / "vault.json").exists()


def test_a_zero_byte_is_no_text(berth_home: Path, tmp_path: Path):
    done = berth("init", "--json", "--passphrase-file", _file(tmp_path, b"five words\0 and more"))

    assert done.code == 3
    assert "zero byte" in done.err


@pytest.mark.parametrize("kind", ["device", "folder"])
def test_only_a_plain_file_is_read(berth_home: Path, tmp_path: Path, kind: str):
    path = {"device": Path("/dev/zero"), "folder": tmp_path}[kind]

    done = berth("init", "--json", "--passphrase-file", path)

    assert done.code == 3
    assert "not a plain file" in done.err
    assert not (berth_home / "vault.json").exists()


def test_a_passphrase_comes_from_another_programs_pipe(berth_home: Path):
    words = [sys.executable, "-m", "app", "init", "--json", "--passphrase-file"]
    line = f"{shlex.join(words)} <(echo 'five words from a manager')"

    done = subprocess.run(
        ["bash", "-c", line], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )

    assert done.returncode == 0, done.stderr
    assert (berth_home / "vault.json").exists()


def test_a_pipe_that_nobody_writes_to_does_not_keep_anybody_waiting(berth_home: Path, tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")

    done = berth("init", "--json", "--passphrase-file", tmp_path / "pipe")

    assert done.code == 3
    assert "it is empty" in done.err


def _set_note(folder: Path, content: bytes) -> Done:
    berth("profile", "new", "Anna")
    return berth("profile", "set", "Anna", "--note-file", _file(folder, content), "--json")


def _file(folder: Path, content: bytes) -> Path:
    path = folder / "secret"
    path.write_bytes(content)
    path.chmod(0o600)
    return path
