"""Opens SQLCipher connections, and turns the errors of SQLite into ours."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NoReturn, Protocol

from sqlcipher3 import dbapi2

from app.kernel.errors import FolderNotWritable, Problem, StorageFull, storage_problem
from app.kernel.text import say
from app.vault.errors import ConstraintBroken, StorageFailed, VaultBusy, VaultIsLocked, damaged, is_locked

SqliteError: type[Exception] = dbapi2.Error
Row = tuple[Any, ...]
Parameters = Sequence[object] | dict[str, object]

_BUSY_TIMEOUT_S = 5.0
_CACHED_STATEMENTS = 256
_HEX = b"0123456789abcdef"
# Result codes of https://www.sqlite.org/rescode.html; the lowest byte is the primary one.
_PERM, _BUSY, _LOCKED, READONLY, _INTERRUPT, _IOERR = 3, 5, 6, 8, 9, 10
_CORRUPT, _FULL, _CANTOPEN, _CONSTRAINT, _NOTADB = 11, 13, 14, 19, 26


class Cursor(Protocol):
    """What a statement gives back."""

    @property
    def rowcount(self) -> int:
        """Rows that the statement changed."""

    def fetchone(self) -> Row | None:
        """The next row."""

    def fetchall(self) -> list[Row]:
        """The remaining rows."""


class Connection(Protocol):
    """The part of a database connection that migrations and the vault use."""

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""

    def execute(self, sql: str, params: Parameters = ..., /) -> Cursor:
        """Runs one statement."""

    def executemany(self, sql: str, rows: Iterable[Parameters], /) -> Cursor:
        """Runs one statement for each row."""

    def interrupt(self) -> None:
        """Stops what runs on this connection. Threads: any."""

    def close(self) -> None:
        """Ends the connection."""


def connect(path: Path, key: bytearray, *, read_only: bool = False) -> Connection:
    """A connection whose key never becomes part of a statement, an address or a log.

    The caller sets journal mode and synchronous. Errors are SQLite's own: see `raise_typed`.
    """
    mode = "ro" if read_only else "rwc"
    if not read_only:
        make_private(path)
    connection = dbapi2.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        timeout=_BUSY_TIMEOUT_S,
        cached_statements=_CACHED_STATEMENTS,
    )
    try:
        _prepare(connection, key, read_only)
    except BaseException:
        connection.close()
        raise
    result: Connection = connection
    return result


def raise_typed(error: Exception, path: Path) -> NoReturn:
    """Raises the Problem behind an error of SQLite, or the error itself where only a bug explains it."""
    code = primary_code(error)
    if code == _CONSTRAINT:
        raise ConstraintBroken(str(error)) from error
    if code not in _PROBLEMS:
        raise error
    raise _PROBLEMS[code](path) from error


def primary_code(error: Exception) -> int:
    """SQLite's result code behind an error, 0 where it has none."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def _prepare(connection: Any, key: bytearray, read_only: bool) -> None:
    connection.execute("PRAGMA cipher_log=off")  # before the key: a wrong one would be told on stderr
    # Part of the format. Processors do SHA-256 in hardware: bulk writes cost 1.2x plain SQLite, not 1.4x.
    # As the default and not for one connection, because VACUUM INTO and ATTACH open their target with that.
    connection.execute("PRAGMA cipher_default_hmac_algorithm=HMAC_SHA256")
    text = _raw_key(key)
    try:
        connection.set_key(text)
    finally:
        text[:] = bytes(len(text))
    connection.execute("PRAGMA temp_store=MEMORY")  # sorters and temp tables never reach a file in clear
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA trusted_schema=OFF")
    if read_only:
        connection.execute("PRAGMA query_only=ON")
    connection.execute("SELECT count(*) FROM sqlite_master").fetchone()  # proves the key


def _raw_key(key: bytearray) -> bytearray:
    # Built in place, because a str or bytes of it could not be wiped.
    text = bytearray(len(key) * 2 + 3)
    text[0:2], text[-1:] = b"x'", b"'"
    for index, byte in enumerate(key):
        text[2 + 2 * index] = _HEX[byte >> 4]
        text[3 + 2 * index] = _HEX[byte & 15]
    return text


def make_private(path: Path) -> None:
    """Makes a file that only this user can read, if it is not there. Raises a storage problem."""
    # SQLite makes -wal and -shm with the rights of the database itself.
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise storage_problem(error, path.parent) from error


def _full(path: Path) -> Problem:
    return StorageFull(
        say("The disk is full, so nothing was saved in {folder}.", folder=str(path.parent)),
        say("Free some space and try again; what was stored before is unchanged."),
    )


def _failed(path: Path) -> Problem:
    return StorageFailed(
        say("The system refused to read or write {file}; nothing was changed.", file=str(path)),
        say("Check free space, quota and the health of the disk, then try again."),
    )


def _not_writable(path: Path) -> Problem:
    return FolderNotWritable(
        say("Berth cannot open {file} for writing.", file=str(path)),
        say("Check who owns the folder, or choose another one with --home."),
    )


def _busy(path: Path) -> Problem:
    return VaultBusy(
        say("Another program is using {file}.", file=str(path)),
        say("Close it and try again; only Berth should open this file."),
    )


def _broken(path: Path) -> Problem:
    return damaged(say("{file} is damaged or belongs to another vault.", file=path.name))


def _interrupted(_path: Path) -> VaultIsLocked:
    return is_locked()


_PROBLEMS: dict[int, Callable[[Path], Problem]] = {
    _FULL: _full,
    _IOERR: _failed,
    _PERM: _not_writable,
    READONLY: _not_writable,
    _CANTOPEN: _not_writable,
    _BUSY: _busy,
    _LOCKED: _busy,
    _CORRUPT: _broken,
    _NOTADB: _broken,
    _INTERRUPT: _interrupted,
}
