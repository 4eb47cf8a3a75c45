"""Read-only connections, lent one at a time and kept for the next who asks."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import NoReturn, Self

from app.vault.errors import is_locked
from app.vault.sqlite import READONLY, Connection, Parameters, Row, SqliteError, primary_code, raise_typed

_IDLE = 4
_ROUNDS = 100
_ROUND_S = 0.05


class Reader:
    """Runs queries on a connection that cannot write, for the length of a `with`."""

    # The same object lends itself again and again: one of its own for each `with` took as long as a query.
    __slots__ = ("_connection", "_path", "_readers")

    def __init__(self, connection: Connection, path: Path, readers: Readers) -> None:
        self._connection = connection
        self._path = path
        self._readers = readers

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._readers.give_back(self)

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

    def interrupt(self) -> None:
        """Stops the query that runs; it raises VaultIsLocked. Threads: any."""
        self._connection.interrupt()

    def close(self) -> None:
        """Ends the connection."""
        self._connection.close()

    def _raise(self, error: Exception) -> NoReturn:
        if primary_code(error) == READONLY:
            raise error  # a service that writes through a reader is a bug, not a disk without rights
        raise_typed(error, self._path)


class Readers:
    """Opens a connection when none is free, so that nobody waits for a reader. Threads: any."""

    def __init__(self, path: Path, open_one: Callable[[], Connection]) -> None:
        self._path = path
        self._open_one = open_one
        self._lock = threading.Lock()
        self._given_back = threading.Condition(self._lock)
        self._free: list[Reader] = []
        self._lent: set[Reader] = set()
        self._is_closed = False

    def lend(self) -> Reader:
        """A reader for a `with` at once, which gives it back. Raises VaultIsLocked or a storage problem."""
        with self._lock:
            if self._is_closed:
                raise is_locked()
            reader = self._free.pop() if self._free else self._open()
            self._lent.add(reader)
            return reader

    def give_back(self, reader: Reader) -> None:
        """Keeps a reader for the next who asks."""
        with self._lock:
            self._lent.discard(reader)
            if self._is_closed or len(self._free) >= _IDLE:
                reader.close()
                self._given_back.notify_all()
            else:
                self._free.append(reader)

    def close(self) -> None:
        """Interrupts queries that run, waits for their readers, and closes all connections.

        One that is not given back within five seconds is closed when it is.
        """
        with self._lock:
            self._is_closed = True
            for _ in range(_ROUNDS):
                if not self._lent:
                    break
                for reader in self._lent:
                    reader.interrupt()
                # Again and again: one that is between two queries feels nothing of the first interrupt.
                self._given_back.wait(_ROUND_S)
            while self._free:
                self._free.pop().close()

    def _open(self) -> Reader:
        try:
            return Reader(self._open_one(), self._path, self)
        except SqliteError as error:
            raise_typed(error, self._path)
