"""Numbered steps that bring a database up to date, each in one transaction, a copy made first."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.kernel.errors import storage_problem
from app.kernel.paths import private_folder
from app.kernel.text import say
from app.vault.errors import ConstraintBroken, UpgradeFailed, damaged, too_new
from app.vault.sqlite import Connection, SqliteError, connect, make_private, raise_typed

__all__ = ["VAULT_MIGRATIONS", "Connection", "Migration", "bring_up_to_date", "in_order", "require_known"]


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the global sequence. `apply` runs inside a transaction and must not end it."""

    number: int
    name: str
    apply: Callable[[Connection], None]


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What a run of the steps works on: files, the key of the database, and the name of a new backup."""

    database: Path
    vault_file: Path
    backups: Path
    key: bytearray
    backup_name: str


def _vault_tables(connection: Connection) -> None:
    connection.execute(
        "CREATE TABLE vault_operator (id TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL,"
        " created INTEGER NOT NULL, disabled INTEGER) STRICT, WITHOUT ROWID"
    )
    connection.execute(
        "CREATE TABLE vault_setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID"
    )
    connection.execute(
        "CREATE TABLE vault_audit (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, operator TEXT NOT NULL,"
        " via TEXT NOT NULL, ability TEXT NOT NULL, subject TEXT NOT NULL, count INTEGER NOT NULL,"
        " reason TEXT, approval TEXT, mac BLOB NOT NULL) STRICT"
    )


def _index_of_subjects(connection: Connection) -> None:
    connection.execute("CREATE INDEX vault_audit_subject ON vault_audit (subject, seq)")


VAULT_MIGRATIONS: tuple[Migration, ...] = (
    Migration(1, "operators, settings and the record of acts", _vault_tables),
    Migration(4, "acts found by what they were done to", _index_of_subjects),
)


def in_order(steps: Iterable[Migration]) -> tuple[Migration, ...]:
    """The vault's own steps and the given ones, sorted. Raises ValueError unless they count 1, 2, 3 …"""
    ordered = sorted({*VAULT_MIGRATIONS, *steps}, key=lambda step: step.number)
    if [step.number for step in ordered] != list(range(1, len(ordered) + 1)):
        raise ValueError(f"migrations must count from 1 without gaps: {[s.number for s in ordered]}")
    return tuple(ordered)


def version_of(connection: Connection) -> int:
    """The number of the last step that a database has seen."""
    row = connection.execute("PRAGMA user_version").fetchone()
    assert row is not None
    return int(row[0])


def require_known(database: Path, key: bytearray, steps: Sequence[Migration]) -> None:
    """Looks at the version without changing a byte of the database. Raises VaultTooNew or VaultDamaged."""
    try:
        # Read-only: closing a writing connection would already fold the -wal file into the database.
        with contextlib.closing(connect(database, key, read_only=True)) as connection:
            found = version_of(connection)
    except SqliteError as error:
        raise_typed(error, database)
    if found < 1:
        raise damaged(say("The database {file} is empty.", file=database.name))
    if found > len(steps):
        raise too_new(database, found, len(steps))


def bring_up_to_date(connection: Connection, steps: Sequence[Migration], upgrade: Upgrade) -> None:
    """Runs the steps a database has not seen, after a backup when it holds anything.

    Raises UpgradeFailed or a storage problem; the version is then that of the last step that went through.
    """
    found = version_of(connection)
    pending = steps[found:]
    if pending and found > 0:
        _back_up(connection, upgrade)
    for step in pending:
        try:
            _run(connection, step)
        except SqliteError as error:
            with contextlib.suppress(
                SqliteError, ConstraintBroken
            ):  # a full or broken disk has a sentence of its own
                raise_typed(error, upgrade.database)
            raise _failed(step, upgrade) from error


def _run(connection: Connection, step: Migration) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        step.apply(connection)
        if not connection.in_transaction:
            raise RuntimeError(f"step {step.number} ended its transaction")
        connection.execute(f"PRAGMA user_version={step.number:d}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _back_up(connection: Connection, upgrade: Upgrade) -> None:
    """A copy under the same key, with the key file, without which it could not be opened."""
    private_folder(upgrade.backups)
    unfinished = upgrade.backups / f".{upgrade.backup_name}.tmp"
    try:
        private_folder(unfinished)
        _copy(connection, unfinished / upgrade.database.name, upgrade.key)
        shutil.copy2(upgrade.vault_file, unfinished / upgrade.vault_file.name)
        unfinished.rename(upgrade.backups / upgrade.backup_name)
    except OSError as error:
        raise storage_problem(error, upgrade.backups) from error
    except SqliteError as error:
        raise_typed(error, upgrade.database)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _copy(connection: Connection, target: Path, key: bytearray) -> None:
    # WORKAROUND: Connection.backup() of sqlcipher3 0.6.4 ends silently at a damaged page; VACUUM INTO raises.
    make_private(target)
    connection.execute("VACUUM INTO ?", (str(target),))
    with contextlib.closing(connect(target, key, read_only=True)) as copy:
        is_whole = copy.execute("PRAGMA cipher_integrity_check").fetchall() == [] and copy.execute(
            "PRAGMA quick_check"
        ).fetchall() == [("ok",)]
    if not is_whole:
        raise damaged(say("The copy made before the upgrade could not be read back."))


def _failed(step: Migration, upgrade: Upgrade) -> UpgradeFailed:
    return UpgradeFailed(
        say("Step {number} ({name}) of the vault's upgrade failed.", number=step.number, name=step.name),
        say(
            "Go on with the Berth you had before: a copy of the vault is in {folder}.",
            folder=str(upgrade.backups / upgrade.backup_name),
        ),
    )
