"""Read-only connections, lent one at a time and kept for the next who asks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from app.vault.errors import is_locked
from app.vault.sqlite import READONLY, Connection, Parameters, Row, SqliteError, primary_code, raise_typed

_IDLE = 4
_ROUNDS = 100
_ROUND_S = 0.05


class Reader:
    """Runs queries on a connection that cannot write."""

    def __init__(self, connection: Connection, path: Path) -> None:
        self._connection = connection
        self._path = path

    def all(self, sql: str, params: Parameters = ()) -> list[Row]:
        """Every row of a query."""
        try:
            return self._connection.execute(sql, params).fetchall()
        except SqliteError as error:
            self._raise(error)

    def one(self, sql: str, params: Parameters = ()) -> Row | None:
        """The first row of a query."""
        try:
            return self._connection.execute(sql, params).fetchone()
        except SqliteError as error:
            self._raise(error)

    def _raise(self, error: Exception) -> NoReturn:
        if primary_code(error) == READONLY:
            raise error  # a service that writes through a reader is a bug, not a disk without rights
        raise_typed(error, self._path)


class Readers:
    """Opens a connection when none is free, so that nobody waits for a reader. Threads: any."""

    def __init__(self, path: Path, open_one: Callable[[], Connection]) -> None:
        self._path = path
        self._open_one = open_one
        self._changed = threading.Condition()
        self._free: list[Connection] = []
        self._lent: set[Connection] = set()
        self._is_closed = False

    @contextmanager
    def take(self) -> Iterator[Reader]:
        """Lends a connection. Raises VaultIsLocked."""
        connection = self._lend()
        try:
            yield Reader(connection, self._path)
        finally:
            self._give_back(connection)

    def close(self) -> None:
        """Interrupts queries that run, waits for their readers, and closes all connections.

        One that is not given back within five seconds is closed when it is.
        """
        with self._changed:
            self._is_closed = True
            for _ in range(_ROUNDS):
                if not self._lent:
                    break
                for connection in self._lent:
                    connection.interrupt()
                # Again and again: one that is between two queries feels nothing of the first interrupt.
                self._changed.wait(_ROUND_S)
            while self._free:
                self._free.pop().close()

    def _lend(self) -> Connection:
        with self._changed:
            if self._is_closed:
                raise is_locked()
            connection = self._free.pop() if self._free else self._open()
            self._lent.add(connection)
            return connection

    def _open(self) -> Connection:
        try:
            return self._open_one()
        except SqliteError as error:
            raise_typed(error, self._path)

    def _give_back(self, connection: Connection) -> None:
        with self._changed:
            self._lent.discard(connection)
            if self._is_closed or len(self._free) >= _IDLE:
                connection.close()
            else:
                self._free.append(connection)
            self._changed.notify_all()
