"""The sealed database while it is open: one writer thread, read-only connections for everybody else."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, TypeVar

from app.kernel.changes import ALL, All, Changes, Kind
from app.kernel.clock import Clock, to_millis
from app.kernel.events import EventHub
from app.kernel.facts import Fact
from app.kernel.gate import Pass
from app.vault.audit import Entry, Head, append, origin, read_head
from app.vault.errors import is_locked
from app.vault.keys import Keys
from app.vault.readers import Reader, Readers
from app.vault.sqlite import Connection, Cursor, Parameters, Row, SqliteError, raise_typed

T = TypeVar("T")
_MANY = 1000
_END: Final = None


class Tx:
    """One write while it happens: reads, writes, and says what changes. Valid inside `work` only."""

    def __init__(self, connection: Connection, path: Path) -> None:
        self._connection: Connection | None = connection
        self._path = path
        self._touched: dict[Kind, set[str] | All] = {}
        self._facts: list[Fact] = []
        self._subjects: tuple[str, ...] = ()

    def execute(self, sql: str, params: Parameters = ()) -> Cursor:
        """Runs one statement. Raises ConstraintBroken where it breaks a rule of its table."""
        try:
            return self._open().execute(sql, params)
        except SqliteError as error:
            raise_typed(error, self._path)

    def executemany(self, sql: str, rows: Iterable[Parameters]) -> Cursor:
        """Runs one statement for each row."""
        try:
            return self._open().executemany(sql, rows)
        except SqliteError as error:
            raise_typed(error, self._path)

    def all(self, sql: str, params: Parameters = ()) -> list[Row]:
        """Every row of a query."""
        return self.execute(sql, params).fetchall()

    def one(self, sql: str, params: Parameters = ()) -> Row | None:
        """The first row of a query."""
        return self.execute(sql, params).fetchone()

    def touch(self, kind: Kind, *ids: str) -> None:
        """These ids of a kind change with this write; without ids, or beyond a thousand, all of the kind."""
        known = self._touched.setdefault(kind, set())
        if isinstance(known, All):
            return
        known.update(ids)
        if not ids or len(known) > _MANY:
            self._touched[kind] = ALL

    def tell(self, fact: Fact) -> None:
        """A fact that becomes true, and is published, with this write."""
        self._facts.append(fact)

    def name_subjects(self, subjects: Iterable[str]) -> None:
        """The record of this act gets a row for each of these, in place of one for the act's own subject."""
        self._subjects = tuple(subjects)

    @property
    def subjects(self) -> tuple[str, ...]:
        """What `name_subjects` was told last."""
        return self._subjects

    def end(self) -> tuple[Changes, tuple[Fact, ...]]:
        """Makes the transaction unusable and gives what it collected; only the database calls this."""
        self._connection = None
        changes = Changes(
            {kind: ids if isinstance(ids, All) else frozenset(ids) for kind, ids in self._touched.items()}
        )
        return changes, tuple(self._facts)

    def _open(self) -> Connection:
        if self._connection is None:
            raise RuntimeError("a transaction was used after its work had ended")
        return self._connection


class _Write:
    """A write on its way to the writer thread."""

    def __init__(self, pass_: Pass, work: Callable[[Tx], Any], bulk: bool) -> None:
        self.pass_ = pass_
        self.work = work
        self.bulk = bulk
        self.done: Future[Any] = Future()


class Database:
    """Writes one after another on a thread of its own; reads at any time from any thread."""

    def __init__(
        self, path: Path, keys: Keys, writer: Connection, readers: Readers, clock: Clock, hub: EventHub
    ) -> None:
        self._path = path
        self._keys = keys
        self._writer = writer
        self._readers = readers
        self._clock = clock
        self._hub = hub
        self._head = origin(keys.vault)
        self._is_bulk = False
        self._lock = threading.Lock()
        self._is_closed = False
        self._queue: queue.SimpleQueue[_Write | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._main, name="berth-writer", daemon=True)

    def start(self) -> Database:
        """Finds the end of the record of acts and starts the writer thread."""
        self._head = read_head(self._writer, self._keys.vault)
        self._thread.start()
        return self

    @property
    def head(self) -> Head:
        """The newest row of the record of acts."""
        return self._head

    @property
    def is_writer_thread(self) -> bool:
        """Whether the caller runs inside a write, or in a listener of one."""
        return threading.current_thread() is self._thread

    def write(self, pass_: Pass, work: Callable[[Tx], T], *, bulk: bool = False) -> T:
        """Runs `work` and its audit row in one transaction; what it touched and told goes out after commit.

        Without `bulk` the commit has reached the disk when this returns; with it, a power cut may take the
        last ones, a crash may not. Whatever `work` raises leaves the database as it was, and comes out here.
        Raises VaultIsLocked, StorageFull, StorageFailed. Threads: any but the writer's own, and it blocks.
        """
        if not isinstance(pass_, Pass):
            raise TypeError("a write needs a Pass from the gate")
        if self.is_writer_thread:
            raise RuntimeError(
                "a write from inside a write, or from a listener of one, would wait for itself"
            )
        job = _Write(pass_, work, bulk)
        with self._lock:
            if self._is_closed:
                raise is_locked()
            self._queue.put(job)
        result: T = job.done.result()
        return result

    def reader(self) -> Reader:
        """A read-only connection for the length of a `with`. Raises VaultIsLocked. Threads: any."""
        return self._readers.lend()

    def close(self) -> None:
        """Lets the writes that wait finish, stops readers, and closes every connection."""
        if self.is_writer_thread:
            raise RuntimeError("the vault cannot be locked from inside a write")
        with self._lock:
            self._is_closed = True
            self._queue.put(_END)
        self._thread.join()
        self._readers.close()
        self._writer.close()  # last: a read-only connection could not fold the -wal file into the database

    def _main(self) -> None:
        while (job := self._queue.get()) is not _END:
            self._serve(job)

    def _serve(self, job: _Write) -> None:
        try:
            result, changes, facts = self._commit(job)
        except BaseException as error:  # noqa: BLE001  it belongs to whoever asked for the write
            job.done.set_exception(error)
            return
        if changes:
            self._hub.publish(changes)
        for fact in facts:
            self._hub.publish(fact)
        job.done.set_result(result)

    def _commit(self, job: _Write) -> tuple[Any, Changes, tuple[Fact, ...]]:
        tx = Tx(self._writer, self._path)
        try:
            self._choose_durability(job.bulk)
            self._writer.execute("BEGIN IMMEDIATE")
            result = job.work(tx)
            changes, facts = tx.end()
            if not self._writer.in_transaction:
                raise RuntimeError("the work of a write ended its transaction")
            entry, head = Entry.of(job.pass_, to_millis(self._clock.now())), self._head
            for subject in tx.subjects or (entry.subject,):
                head = append(self._writer, self._keys, head, replace(entry, subject=subject))
            self._writer.execute("COMMIT")
        except SqliteError as error:
            raise_typed(error, self._path)
        finally:
            tx.end()
            if self._writer.in_transaction:
                self._writer.execute("ROLLBACK")
        self._head = head
        return result, changes, facts

    def _choose_durability(self, bulk: bool) -> None:
        if bulk is not self._is_bulk:
            self._writer.execute(f"PRAGMA synchronous={'NORMAL' if bulk else 'FULL'}")
            self._is_bulk = bulk
