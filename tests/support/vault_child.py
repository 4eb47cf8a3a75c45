"""What the children of vault tests do: hold a vault, die while making one, write, fill a disk."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from app.kernel.errors import Problem
from app.kernel.paths import Paths
from app.vault import creating
from app.vault.database import Tx
from app.vault.kdf import FLOOR_KDF
from app.vault.vault import OpenVault
from tests.support.vaults import PASSPHRASE, add_note, notes, pass_for, vault_at


def hold(paths: Paths) -> None:
    """Keeps the vault open until the input ends."""
    with vault_at(paths).unlock(PASSPHRASE, via="test"):
        print("held", flush=True)
        sys.stdin.read()


def create(paths: Paths, after: str) -> None:
    """Dies in the middle of making a vault."""
    database = creating._write_database
    die: dict[str, Callable[[], None]] = {
        "nothing": lambda: _patch("_write_database", lambda *_: _die()),
        "database": lambda: _patch("_write_database", lambda *given: (database(*given), _die())),
        "key file": lambda: _patch("_put_in_place", lambda *_: _die()),
        "first rename": lambda: _patch("_put_in_place", _rename_one),
    }
    die[after]()
    vault_at(paths).create(PASSPHRASE, kdf=FLOOR_KDF)


def write(paths: Paths, bulk: str) -> None:
    """Writes one transaction after another, three rows each, and says so after each."""
    with vault_at(paths).unlock(PASSPHRASE, via="test") as opened:
        start = len(notes(opened)) // 3
        for number in itertools.count(start):
            rows = [(f"{number} {part} " + "x" * (number * 37 % 3000),) for part in range(3)]
            opened.database.write(
                pass_for(opened), lambda tx, rows=rows: _insert(tx, rows), bulk=bulk == "bulk"
            )
            print(number, flush=True)


def fill_tmpfs(paths: Paths) -> None:
    """Copies the vault to a tiny disk of its own, fills it through the vault, and tells what happened."""
    tiny = paths.data / "tiny"
    tiny.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(tiny)], check=True)
    for name in ("vault.json", "data.db"):
        (tiny / name).write_bytes((paths.data / name).read_bytes())
    small = Paths.of(tiny, {})
    (tiny / "ballast").write_bytes(bytes(9 << 20))
    _fill(small)
    _delete_and_go_on(small)


def fill_limit(paths: Paths) -> None:
    """Fills a vault whose files may not grow beyond a limit, as under a quota."""
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, resource.RLIM_INFINITY))
    _fill(paths)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    _delete_and_go_on(paths)


def _fill(paths: Paths) -> None:
    with vault_at(paths).unlock(PASSPHRASE, via="test") as opened:
        written = _write_until_refused(opened)
        stored = notes(opened)
        print(
            "kept" if len(stored) == written else f"lost: {written} written, {len(stored)} stored", flush=True
        )
        fault = [line.id for line in opened.check_integrity().lines if not line.ok]
        print(f"faults {fault}", flush=True)
    with vault_at(paths).unlock(PASSPHRASE, via="test") as opened:
        print("kept" if len(notes(opened)) == written else "lost after reopening", flush=True)


def _write_until_refused(opened: OpenVault) -> int:
    for number in itertools.count():
        try:
            add_note(opened, f"{number} " + "y" * 50_000)
        except Problem as problem:
            print(problem.id, flush=True)
            print(problem, flush=True)
            return number
    raise AssertionError


def _delete_and_go_on(paths: Paths) -> None:
    (paths.data / "ballast").unlink(missing_ok=True)  # now there is room
    with vault_at(paths).unlock(PASSPHRASE, via="test") as opened:
        opened.database.write(pass_for(opened), lambda tx: tx.execute("DELETE FROM test_note"))
        add_note(opened, "after")
        print(f"then {notes(opened)}", flush=True)


def _insert(tx: Tx, rows: list[tuple[str]]) -> None:
    tx.executemany("INSERT INTO test_note (body) VALUES (?)", rows)


def _rename_one(paths: Paths) -> None:
    creating.pending(paths.database).rename(paths.database)
    _die()


def _patch(name: str, instead: Callable[..., object]) -> None:
    setattr(creating, name, instead)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    what, home, *words = sys.argv[1:]
    globals()[what](Paths.of(Path(home), {}), *words)
