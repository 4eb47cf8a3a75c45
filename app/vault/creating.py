"""Makes a vault: both files under names of their own first, so that a crash leaves no half of one."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.kernel.errors import storage_problem
from app.kernel.files import sync_folder
from app.kernel.ids import IdSource, OperatorId, VaultId
from app.kernel.paths import Paths, is_there
from app.kernel.secret import Secret
from app.kernel.text import say
from app.vault import keyfile
from app.vault.audit import Entry, append, origin
from app.vault.errors import VaultExists, damaged
from app.vault.kdf import KdfParameters, wipe
from app.vault.keyfile import KeyFile
from app.vault.keys import Keys, Purpose
from app.vault.migrations import Migration, Upgrade, bring_up_to_date
from app.vault.opening import open_writer, pending
from app.vault.operators import add_owner
from app.vault.recovery import new_code
from app.vault.slots import make_slot
from app.vault.sqlite import Connection, SqliteError, raise_typed

_CREATED = "vault.create"


@dataclass(frozen=True, slots=True)
class NewVault:
    """What a new vault is made of, besides its secrets."""

    paths: Paths
    steps: Sequence[Migration]
    vault: VaultId
    owner: OperatorId
    owner_name: str
    at: int


def require_free(paths: Paths) -> None:
    """Raises VaultExists for a vault, VaultDamaged for a database whose key file is gone."""
    if is_there(paths.vault_file):
        raise VaultExists(
            say("There is already a vault in {folder}.", folder=str(paths.data)),
            say("Unlock it, or name another folder with --home."),
        )
    if is_there(paths.database) and not is_there(pending(paths.vault_file)):
        raise damaged(say("The database is there, but its key file vault.json is missing."))


def create(plan: NewVault, passphrase: Secret, kdf: KdfParameters, ids: IdSource) -> Secret:
    """Writes the vault and returns its recovery code; on any failure nothing of it stays."""
    keys = Keys.random(plan.vault)
    code = new_code()
    try:
        _clear(plan.paths)
        slots = (
            make_slot(keys, ids.new(), plan.owner, passphrase, kdf),
            make_slot(keys, ids.new(), plan.owner, code, None),
        )
        _write_database(plan, keys)
        keyfile.write(pending(plan.paths.vault_file), KeyFile(plan.vault, plan.at, slots).signed(keys))
        _put_in_place(plan.paths)
    except BaseException as error:
        with contextlib.suppress(OSError):
            _clear(plan.paths)
        if isinstance(error, OSError):
            raise storage_problem(error, plan.paths.data) from error
        raise
    finally:
        keys.wipe()
    return code


def _write_database(plan: NewVault, keys: Keys) -> None:
    path = pending(plan.paths.database)
    key = keys.derive(Purpose.DATABASE)
    try:
        connection = open_writer(path, key)
        try:
            _fill(connection, plan, keys, key)
        finally:
            connection.close()  # folds the -wal file into the database
    except SqliteError as error:
        raise_typed(error, path)
    finally:
        wipe(key)


def _fill(connection: Connection, plan: NewVault, keys: Keys, key: bytearray) -> None:
    path = pending(plan.paths.database)
    nothing_to_back_up = Upgrade(path, plan.paths.vault_file, plan.paths.backups, key, "")
    bring_up_to_date(connection, plan.steps, nothing_to_back_up)
    connection.execute("BEGIN IMMEDIATE")
    add_owner(connection, plan.owner, plan.owner_name, plan.at)
    append(connection, keys, origin(plan.vault), Entry(plan.at, plan.owner, "init", _CREATED, plan.vault))
    connection.execute("COMMIT")


def _put_in_place(paths: Paths) -> None:
    pending(paths.database).rename(paths.database)
    pending(paths.vault_file).rename(paths.vault_file)
    sync_folder(paths.data)


def _clear(paths: Paths) -> None:
    """Takes away what an interrupted creation left; nobody has ever been given a key to it.

    Only after `require_free`, under the vault's lock. A lost database's log goes too: SQLite would replay
    it into the new one.
    """
    unfinished = pending(paths.database)
    for database in (paths.database, unfinished):
        for path in (database, *_logs_of(database)):
            path.unlink(missing_ok=True)
    pending(paths.vault_file).unlink(missing_ok=True)
    paths.vault_file.unlink(missing_ok=True)


def _logs_of(database: Path) -> list[Path]:
    return [database.with_name(database.name + end) for end in ("-wal", "-shm")]
