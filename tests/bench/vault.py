"""What the sealed database costs: bulk insert, keyset page and point lookup, beside plain sqlite3.

Same schema, same statements, same journal mode; ours through `Database` with its audit row, its gate's pass
and its reader pool. The two take turns, chunk by chunk and query by query, so that a busy machine hurts both.
"""

from __future__ import annotations

import contextlib
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from app.kernel.gate import Ability, Act, Pass
from app.kernel.paths import Paths
from app.kernel.secret import Secret
from app.vault.database import Tx
from app.vault.kdf import FLOOR_KDF
from app.vault.migrations import Connection, Migration
from app.vault.vault import OpenVault
from tests.bench.row import Row
from tests.support.vaults import vault_at

CHUNKS = 60
CHUNK_ROWS = 2000
QUERIES = 3000
PAGE_ROWS = 50

_COLUMNS = (
    "id TEXT PRIMARY KEY, name TEXT NOT NULL, phone TEXT NOT NULL, note TEXT NOT NULL, seen INTEGER NOT NULL"
)
_SCHEMA = (
    f"CREATE TABLE customer ({_COLUMNS}) STRICT",
    "CREATE INDEX customer_seen ON customer (seen DESC, id DESC)",
    "CREATE INDEX customer_phone ON customer (phone)",
)
_INSERT = "INSERT INTO customer (id, name, phone, note, seen) VALUES (?, ?, ?, ?, ?)"
_PAGE = (
    "SELECT id, name, phone, note, seen FROM customer WHERE (seen, id) < (?, ?)"
    f" ORDER BY seen DESC, id DESC LIMIT {PAGE_ROWS}"
)
_POINT = "SELECT id, name, phone, note, seen FROM customer WHERE id = ?"
_Customer = tuple[str, str, str, str, int]


def measure() -> list[Row]:
    """The second budget of a vault's database: three ratios."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="berth-bench-")))
        opened = stack.enter_context(_sealed(folder))
        plain = stack.enter_context(contextlib.closing(_plain(folder)))
        customers = _customers(CHUNKS * CHUNK_ROWS)
        admitted = opened.gate.admit(opened.session, Act(Ability.SETTING_EDIT, "bench"))
        # The mean of the inserts, because every now and then one of them pays for a checkpoint of all.
        inserts = _in_turns(_inserting(opened, admitted, plain, customers), statistics.fmean, warm_up=3)
        plain.execute("PRAGMA cache_size=-32768")  # as our readers
        pages = _in_turns(_paging(opened, plain, customers), statistics.median, warm_up=200)
        points = _in_turns(_looking_up(opened, plain, customers), statistics.median, warm_up=200)
    rows_per_s = [CHUNK_ROWS / seconds for seconds in inserts]
    return [
        Row(
            "bulk insert, time for 2,000 rows",
            inserts[0] * 1e3,
            "ms",
            inserts[1] * 1e3,
            1.4,
            note=f"{rows_per_s[0]:,.0f} rows/s",
        ),
        Row("keyset page of 50", pages[0] * 1e3, "ms", pages[1] * 1e3, 1.7),
        Row("point lookup", points[0] * 1e3, "ms", points[1] * 1e3, 1.4),
    ]


_Turn = tuple[Callable[[], object], Callable[[], object]]


def _in_turns(
    turns: Iterator[_Turn], middle: Callable[[list[float]], float], warm_up: int
) -> tuple[float, float]:
    """The usual seconds of ours and of the other one, each going first every other time."""
    taken: tuple[list[float], list[float]] = ([], [])
    for number, pair in enumerate(turns):
        for which in (0, 1) if number % 2 else (1, 0):
            started = time.perf_counter()
            pair[which]()
            taken[which].append(time.perf_counter() - started)
    return middle(taken[0][warm_up:]), middle(taken[1][warm_up:])


def _inserting(
    opened: OpenVault, admitted: Pass, plain: sqlite3.Connection, customers: list[_Customer]
) -> Iterator[_Turn]:
    for start in range(0, len(customers), CHUNK_ROWS):
        chunk = customers[start : start + CHUNK_ROWS]

        def work(tx: Tx, chunk: list[_Customer] = chunk) -> None:
            tx.executemany(_INSERT, chunk)

        def ours(work: Callable[[Tx], None] = work) -> None:
            opened.database.write(admitted, work, bulk=True)

        def other(chunk: list[_Customer] = chunk) -> None:
            plain.execute("BEGIN IMMEDIATE")
            plain.executemany(_INSERT, chunk)
            plain.execute("COMMIT")

        yield ours, other


def _paging(opened: OpenVault, plain: sqlite3.Connection, customers: list[_Customer]) -> Iterator[_Turn]:
    for customer in random.Random(2).sample(customers, QUERIES):
        yield _asking(opened, plain, _PAGE, (customer[4], customer[0]))


def _looking_up(opened: OpenVault, plain: sqlite3.Connection, customers: list[_Customer]) -> Iterator[_Turn]:
    for customer in random.Random(3).sample(customers, QUERIES):
        yield _asking(opened, plain, _POINT, (customer[0],))


def _asking(opened: OpenVault, plain: sqlite3.Connection, sql: str, params: tuple[object, ...]) -> _Turn:
    def ours() -> None:
        with opened.database.reader() as reader:
            assert reader.all(sql, params)

    def other() -> None:
        assert plain.execute(sql, params).fetchall()

    return ours, other


@contextlib.contextmanager
def _sealed(folder: Path) -> Iterator[OpenVault]:
    passphrase = Secret("only for measuring")
    vault = vault_at(Paths.of(folder / "home", {}), [Migration(2, "bench", _tables)])
    vault.create(passphrase, kdf=FLOOR_KDF)
    with vault.unlock(passphrase, via="bench") as opened:
        yield opened


def _plain(folder: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(folder / "plain.db", isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "temp_store=MEMORY", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    for pragma in ("cache_size=-65536", "wal_autocheckpoint=4000"):  # as our writer
        connection.execute(f"PRAGMA {pragma}")
    for statement in _SCHEMA:
        connection.execute(statement)
    return connection


def _tables(connection: Connection) -> None:
    for statement in _SCHEMA:
        connection.execute(statement)


def _customers(count: int) -> list[_Customer]:
    chance = random.Random(1)
    words = ["订单", "退款", "parcel", "late", "size M", "地址", "thanks", "refund", "colour", "again"]
    return [
        (
            f"{number:010d}{chance.getrandbits(64):016X}",
            f"customer {chance.getrandbits(32):x}",
            f"+86138{chance.randrange(10**8):08d}",
            " ".join(chance.choices(words, k=12)),
            1_700_000_000_000 + chance.randrange(10**10),
        )
        for number in range(count)
    ]


if __name__ == "__main__":
    from tests.bench.__main__ import table

    print(table(measure()))
