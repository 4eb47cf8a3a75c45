"""Processes that are killed while they write, and disks that are full."""

from __future__ import annotations

import os
import random
import resource
import shutil
import subprocess
import sys

import pytest

from app.kernel.errors import StorageFull
from app.kernel.paths import Paths
from app.vault.errors import StorageFailed
from app.vault.kdf import FLOOR_KDF
from app.vault.vault import Vault
from tests.support.children import ROOT, child
from tests.support.vaults import PASSPHRASE, add_note, notes, vault_at


def _kill_while_writing(paths: Paths, acknowledged: int, mode: str) -> int:
    """Kills a child after it said so many writes are done; gives the number of the last one it said."""
    with child("write", paths, mode) as writer:
        last = [writer.line() for _ in range(acknowledged)]
        last += writer.kill()
    return int([line for line in last if line.isdigit()][-1])


def _check_after_kill(vault: Vault, last: int) -> None:
    with vault.unlock(PASSPHRASE, via="test") as opened:
        stored = notes(opened)
        report = opened.check_integrity()
    parts = [body.split()[:2] for body in stored]
    count = len(stored) // 3
    assert report.ok, [line.text.english() for line in report.lines if not line.ok]
    assert parts == [[str(number), str(part)] for number in range(count) for part in range(3)]
    assert count in (last + 1, last + 2)  # all that were acknowledged, perhaps the one under way


@pytest.mark.parametrize("mode", ["full", "bulk"])
def test_a_kill_loses_no_acknowledged_write_and_leaves_no_half_of_one(vault: Vault, paths: Paths, mode: str):
    chance = random.Random(mode)

    for _ in range(3):
        last = _kill_while_writing(paths, chance.randrange(1, 60), mode)

        _check_after_kill(vault, last)


@pytest.mark.long
@pytest.mark.parametrize("mode", ["full", "bulk"])
@pytest.mark.parametrize("seed", range(10))  # ten each, so that none comes near the time limit of a test
def test_two_hundred_kills_lose_no_acknowledged_write(vault: Vault, paths: Paths, mode: str, seed: int):
    chance = random.Random(f"{mode} {seed}")

    for _ in range(10):
        last = _kill_while_writing(paths, chance.randrange(1, 120), mode)

        _check_after_kill(vault, last)


def test_a_killed_writer_leaves_the_vault_free(vault: Vault, paths: Paths):
    _kill_while_writing(paths, 1, "full")

    vault.unlock(PASSPHRASE, via="test").lock()


# -- a disk without room


def _private_mounts() -> tuple[str, ...]:
    """A command under which this user may mount a disk of its own, or nothing."""
    for command in (("unshare", "--mount"), ("unshare", "--map-root-user", "--mount")):
        probe = [*command, "mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", "/mnt"]
        if (
            shutil.which("unshare")
            and subprocess.run(probe, capture_output=True, check=False).returncode == 0
        ):
            return command
    return ()


def test_on_a_full_disk_a_write_is_undone_and_told_and_room_heals_it(vault: Vault, paths: Paths):
    before = _private_mounts()
    if not before:
        pytest.skip("no tiny disk can be mounted here (no user namespaces); the limit test below stands in")

    with child("fill_tmpfs", paths, before=before) as filling:
        assert filling.wait() == 0, filling.stderr
        lines = filling.rest()

    assert lines[0] == "storage-full"
    assert "Free some space" in lines[1]
    assert lines[2:] == ["kept", "faults []", "kept", "then ['after']"]


@pytest.mark.skipif(os.name != "posix", reason="file size limits are POSIX")
def test_a_system_that_refuses_to_write_more_undoes_the_write_and_says_so(vault: Vault, paths: Paths):
    with child("fill_limit", paths) as filling:
        assert filling.wait() == 0, filling.stderr
        lines = filling.rest()

    assert lines[0] in ("storage-failed", "storage-full")
    assert lines[2:] == ["kept", "faults []", "kept", "then ['after']"]


@pytest.mark.skipif(os.name != "posix", reason="file size limits are POSIX")
def test_a_vault_that_has_no_room_to_be_made_is_not_made(paths: Paths):
    code = (
        "import resource, sys; from pathlib import Path; from app.kernel.paths import Paths\n"
        "from app.kernel.errors import Problem; from app.vault.kdf import FLOOR_KDF\n"
        "from tests.support.vaults import PASSPHRASE, vault_at\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, resource.RLIM_INFINITY))\n"
        "try: vault_at(Paths.of(Path(sys.argv[1]), {})).create(PASSPHRASE, kdf=FLOOR_KDF)\n"
        "except Problem as problem: print(problem.id)"
    )

    done = subprocess.run(
        [sys.executable, "-c", code, str(paths.data)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() in ("storage-failed", "storage-full")
    assert [path.name for path in paths.data.iterdir()] == ["vault.lock"]
    assert not vault_at(paths).exists()


def test_the_children_write_what_this_process_reads(vault: Vault, paths: Paths):
    with vault.unlock(PASSPHRASE, via="test") as opened:
        for part in range(3):
            add_note(opened, f"0 {part}")

    last = _kill_while_writing(paths, 2, "full")

    assert last >= 2
    _check_after_kill(vault, last)


def test_a_disk_without_room_for_a_new_vault_leaves_nothing_of_it(paths: Paths):
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (16 * 1024, limits[1]))
    try:
        with pytest.raises((StorageFailed, StorageFull)):
            vault_at(paths).create(PASSPHRASE, kdf=FLOOR_KDF)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    assert not paths.vault_file.exists()
    assert not paths.database.exists()
    vault_at(paths).create(PASSPHRASE, kdf=FLOOR_KDF)
    vault_at(paths).unlock(PASSPHRASE, via="test").lock()
