"""Opens the database of a vault whose keys are at hand."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from app.kernel.clock import Clock
from app.kernel.events import EventHub
from app.kernel.paths import Paths, is_there
from app.kernel.text import say
from app.vault.database import Database
from app.vault.errors import damaged, missing
from app.vault.kdf import wipe
from app.vault.keys import Keys, Purpose
from app.vault.migrations import Migration, Upgrade, bring_up_to_date, require_known
from app.vault.readers import Readers
from app.vault.sqlite import Connection, SqliteError, connect, raise_typed

_WRITER_CACHE_KIB = 64 * 1024  # a page that is not in here is decrypted again
_READER_CACHE_KIB = 32 * 1024
_CHECKPOINT_PAGES = 4000  # pages that change again and again are written to the database less often
_WAL_LIMIT_BYTES = 64 << 20
PENDING = ".new"


def pending(path: Path) -> Path:
    """Where a file of a vault stands while the vault is being made."""
    return path.with_name(path.name + PENDING)


def require_present(paths: Paths) -> None:
    """Raises VaultMissing where there is none, VaultDamaged where only one of its two files is left."""
    has_keys, has_data = is_there(paths.vault_file), is_there(paths.database)
    if not has_keys and (not has_data or is_there(pending(paths.vault_file))):
        raise missing(paths.data)
    if not has_keys:
        raise damaged(say("The database is there, but its key file vault.json is missing."))
    if not has_data:
        raise damaged(say("vault.json is there, but the database data.db is missing."))


def open_database(
    paths: Paths, keys: Keys, steps: Sequence[Migration], clock: Clock, hub: EventHub, backup_name: str
) -> Database:
    """The database, brought up to date, its writer running."""
    key = keys.derive(Purpose.DATABASE)
    upgrade = Upgrade(paths.database, paths.vault_file, paths.backups, key, backup_name)
    readers = Readers(paths.database, partial(_open_reader, paths.database, keys))
    try:
        require_known(paths.database, key, steps)
        writer = open_writer(paths.database, key)
        try:
            bring_up_to_date(writer, steps, upgrade)
            return Database(paths.database, keys, writer, readers, clock, hub).start()
        except BaseException:
            writer.close()
            raise
    except SqliteError as error:
        raise_typed(error, paths.database)
    finally:
        wipe(key)


def open_writer(path: Path, key: bytearray) -> Connection:
    """A connection that may write, in WAL mode, every commit on the disk before it counts."""
    connection = connect(path, key)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute(f"PRAGMA cache_size=-{_WRITER_CACHE_KIB}")
        connection.execute(f"PRAGMA wal_autocheckpoint={_CHECKPOINT_PAGES}")
        connection.execute(f"PRAGMA journal_size_limit={_WAL_LIMIT_BYTES}")
    except BaseException:
        connection.close()
        raise
    return connection


def _open_reader(path: Path, keys: Keys) -> Connection:
    key = keys.derive(Purpose.DATABASE)
    try:
        connection = connect(path, key, read_only=True)
        connection.execute(f"PRAGMA cache_size=-{_READER_CACHE_KIB}")
        return connection
    finally:
        wipe(key)
