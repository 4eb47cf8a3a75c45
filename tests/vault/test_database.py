"""Writing and reading an open database."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlcipher3 import dbapi2

from app.kernel.changes import ALL, Changes, Kind
from app.kernel.errors import FolderNotWritable, Problem, StorageFull
from app.kernel.events import EventHub
from app.kernel.facts import Fact
from app.kernel.paths import Paths
from app.vault.database import Tx
from app.vault.errors import ConstraintBroken, StorageFailed, VaultBusy, VaultDamaged, VaultIsLocked
from app.vault.sqlite import raise_typed
from app.vault.vault import OpenVault, Vault
from tests.support.vaults import PASSPHRASE, add_note, notes, pass_for

NOTE = Kind("test.note")
_LIMIT_S = 30.0


@dataclass(frozen=True, slots=True)
class NoteAdded(Fact):
    """What the writes of these tests tell."""

    body: str


@pytest.fixture
def heard(hub: EventHub) -> list[object]:
    """Everything the vault publishes."""
    events: list[object] = []
    hub.subscribe(object, events.append)
    return events


def _audit(opened: OpenVault) -> list[tuple[object, ...]]:
    with opened.database.reader() as reader:
        return reader.all(
            "SELECT operator, via, ability, subject, count, reason FROM vault_audit WHERE seq > 1"
        )


def _insert(body: str) -> Callable[[Tx], None]:
    def work(tx: Tx) -> None:
        tx.execute("INSERT INTO test_note (body) VALUES (?)", (body,))
        tx.touch(NOTE, body)
        tx.tell(NoteAdded(body))

    return work


# -- writes


def test_a_write_gives_back_what_its_work_returns(opened: OpenVault):
    result = opened.database.write(pass_for(opened), lambda tx: tx.all("SELECT 1, 'a'"))

    assert result == [(1, "a")]


def test_a_write_reads_what_it_has_just_written(opened: OpenVault):
    def work(tx: Tx) -> object:
        _insert("new")(tx)
        return tx.one("SELECT body FROM test_note")

    assert opened.database.write(pass_for(opened), work) == ("new",)


def test_every_write_leaves_who_what_how_and_why(opened: OpenVault):
    opened.database.write(pass_for(opened, "anna", reason="asked by phone"), _insert("a"))

    assert _audit(opened) == [(opened.session.operator, "test", "setting.edit", "anna", 1, "asked by phone")]


def test_work_that_fails_leaves_neither_its_rows_nor_its_record(opened: OpenVault, heard: list[object]):
    def work(tx: Tx) -> None:
        _insert("half")(tx)
        raise LookupError("stop")

    with pytest.raises(LookupError, match="stop"):
        opened.database.write(pass_for(opened), work)

    assert notes(opened) == []
    assert _audit(opened) == []
    assert heard == []


def test_after_work_that_failed_the_chain_goes_on(opened: OpenVault):
    with pytest.raises(ZeroDivisionError):
        opened.database.write(pass_for(opened), lambda tx: 1 / 0)

    add_note(opened, "next")

    assert notes(opened) == ["next"]
    assert opened.check_integrity().ok


def test_changes_and_facts_go_out_once_and_only_after_the_commit(opened: OpenVault, hub: EventHub):
    seen: list[tuple[object, list[str]]] = []
    hub.subscribe(Changes, lambda event: seen.append((event, notes(opened))))
    hub.subscribe(NoteAdded, lambda event: seen.append((event, notes(opened))))

    opened.database.write(pass_for(opened), _insert("told"))

    assert [event for event, _ in seen] == [Changes({NOTE: frozenset({"told"})}), NoteAdded("told")]
    assert all(stored == ["told"] for _, stored in seen)


def test_a_write_that_touches_nothing_publishes_nothing(opened: OpenVault, heard: list[object]):
    add_note(opened, "quiet")

    assert heard == []


@pytest.mark.parametrize("ids", [(), tuple(str(number) for number in range(1001))])
def test_touching_a_kind_without_ids_or_with_very_many_means_all_of_it(
    opened: OpenVault, heard: list[object], ids: tuple[str, ...]
):
    def work(tx: Tx) -> None:
        tx.touch(NOTE, "one")
        tx.touch(NOTE, *ids)
        tx.touch(NOTE, "two")

    opened.database.write(pass_for(opened), work)

    assert heard == [Changes({NOTE: ALL})]


def test_a_listener_that_fails_does_not_fail_the_write(opened: OpenVault, hub: EventHub, expected_log):
    expected_log("berth.events", "Changes")
    hub.subscribe(Changes, lambda event: 1 / 0)

    opened.database.write(pass_for(opened), _insert("kept"))

    assert notes(opened) == ["kept"]


def test_writes_of_many_threads_come_one_after_another(opened: OpenVault):
    def many(name: int) -> None:
        for number in range(20):
            add_note(opened, f"{name}.{number}", bulk=number % 2 == 0)

    threads = [threading.Thread(target=many, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(_LIMIT_S)

    assert len(notes(opened)) == 80
    assert opened.check_integrity().ok
    assert opened.database.head.seq == 81


def test_a_write_needs_a_pass(opened: OpenVault):
    with pytest.raises(TypeError, match="Pass"):
        opened.database.write(None, _insert("no"))

    assert notes(opened) == []


def test_a_write_inside_a_write_is_refused_instead_of_waiting_for_itself(opened: OpenVault):
    with pytest.raises(RuntimeError, match="inside a write"):
        opened.database.write(pass_for(opened), lambda tx: add_note(opened, "inner"))
    with pytest.raises(RuntimeError, match="inside a write"):
        opened.database.write(pass_for(opened), lambda tx: opened.lock())

    assert notes(opened) == []


def test_closing_a_database_twice_is_closing_it_once(opened: OpenVault):
    opened.database.close()
    opened.database.close()

    with pytest.raises(VaultIsLocked):
        add_note(opened, "late")


def test_work_cannot_end_its_own_transaction(opened: OpenVault):
    def work(tx: Tx) -> None:
        tx.execute("ROLLBACK")

    with pytest.raises(RuntimeError, match="ended its transaction"):
        opened.database.write(pass_for(opened), work)

    assert _audit(opened) == []


def test_a_transaction_is_of_no_use_after_its_work(opened: OpenVault):
    kept: list[Tx] = []
    opened.database.write(pass_for(opened), kept.append)

    with pytest.raises(RuntimeError, match="after its work"):
        kept[0].execute("DELETE FROM test_note")


def test_a_row_that_breaks_a_rule_can_be_told_from_a_bug(opened: OpenVault):
    add_note(opened, "twice")

    with pytest.raises(ConstraintBroken):
        add_note(opened, "twice")
    with pytest.raises(ConstraintBroken):
        opened.database.write(
            pass_for(opened), lambda tx: tx.executemany("INSERT INTO test_tag VALUES (?, ?)", [(99, "x")])
        )
    with pytest.raises(dbapi2.OperationalError):
        opened.database.write(pass_for(opened), lambda tx: tx.execute("SELECT nothing FROM nowhere"))

    assert notes(opened) == ["twice"]


def test_a_rule_that_is_checked_at_commit_undoes_the_whole_write(opened: OpenVault):
    def work(tx: Tx) -> None:
        tx.execute("PRAGMA defer_foreign_keys=ON")
        tx.execute("INSERT INTO test_tag VALUES (99, 'x')")

    with pytest.raises(ConstraintBroken):
        opened.database.write(pass_for(opened), work)

    assert opened.check_integrity().ok
    assert _audit(opened) == []


def test_a_full_database_undoes_the_write_and_stays_usable(opened: OpenVault):
    add_note(opened, "before")
    opened.database.write(pass_for(opened), lambda tx: tx.execute("PRAGMA max_page_count=20"))

    with pytest.raises(StorageFull):
        add_note(opened, "y" * 200_000)

    assert notes(opened) == ["before"]
    add_note(opened, "after")
    assert notes(opened) == ["before", "after"]


def test_a_commit_reaches_the_disk_unless_it_is_one_of_many(opened: OpenVault):
    def synchronous(bulk: bool) -> object:
        return opened.database.write(pass_for(opened), lambda tx: tx.one("PRAGMA synchronous"), bulk=bulk)

    full, normal = (2,), (1,)

    assert [synchronous(bulk) for bulk in (False, True, True, False)] == [full, normal, normal, full]


# -- reads


def test_a_reader_sees_what_was_committed_before_it_asked(opened: OpenVault):
    with opened.database.reader() as reader:
        assert reader.one("SELECT count(*) FROM test_note") == (0,)
        add_note(opened, "new")

        assert reader.one("SELECT count(*) FROM test_note") == (1,)
        assert reader.one("SELECT 1 WHERE 0") is None


@pytest.mark.parametrize("sql", ["DELETE FROM test_note", "CREATE TABLE t (a)", "PRAGMA user_version=9"])
def test_a_reader_cannot_write(opened: OpenVault, sql: str):
    add_note(opened, "kept")

    with opened.database.reader() as reader, pytest.raises(dbapi2.OperationalError):
        reader.all(sql)

    assert notes(opened) == ["kept"]


def test_a_reader_cannot_allow_itself_to_write(opened: OpenVault):
    with opened.database.reader() as reader:
        reader.one("PRAGMA query_only=OFF")
        with pytest.raises(dbapi2.OperationalError):
            reader.one("DELETE FROM test_note")


def test_a_mistake_in_a_query_is_a_bug_and_stays_one(opened: OpenVault):
    with opened.database.reader() as reader, pytest.raises(dbapi2.OperationalError):
        reader.all("SELECT nothing FROM nowhere")


def test_more_readers_than_are_kept_can_read_at_once(opened: OpenVault):
    add_note(opened, "seen by all")
    all_in, seen = threading.Barrier(7), []

    def read() -> None:
        with opened.database.reader() as reader:
            all_in.wait(_LIMIT_S)
            seen.append(reader.one("SELECT body FROM test_note"))

    threads = [threading.Thread(target=read) for _ in range(7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(_LIMIT_S)

    assert seen == [("seen by all",)] * 7
    assert len(opened.database._readers._free) == 4


def test_reading_goes_on_while_a_write_is_under_way(opened: OpenVault):
    add_note(opened, "old")

    def work(tx: Tx) -> list[str]:
        _insert("new")(tx)
        return notes(opened)

    assert opened.database.write(pass_for(opened), work) == ["old"]
    assert notes(opened) == ["old", "new"]


def test_locking_stops_a_query_that_runs(vault: Vault):
    opened = vault.unlock(PASSPHRASE, via="test")
    running, stopped = threading.Event(), []

    def count_for_ever() -> None:
        with opened.database.reader() as reader:
            running.set()
            try:
                reader.one(
                    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
                )
            except VaultIsLocked as problem:
                stopped.append(problem)

    thread = threading.Thread(target=count_for_ever)
    thread.start()
    assert running.wait(_LIMIT_S)

    opened.lock()

    thread.join(_LIMIT_S)
    assert len(stopped) == 1


def test_locking_does_not_wait_for_ever_for_a_reader_that_is_kept(vault: Vault, monkeypatch):
    monkeypatch.setattr("app.vault.readers._ROUNDS", 2)
    opened = vault.unlock(PASSPHRASE, via="test")

    with opened.database.reader() as reader:
        opened.lock()
        assert reader.one("SELECT 1") == (1,)

    with pytest.raises(dbapi2.ProgrammingError):
        reader.one("SELECT 1")


def test_a_reader_that_cannot_open_says_why(opened: OpenVault, paths: Paths):
    away = paths.database.with_name("away")
    paths.database.rename(away)

    with opened.database.reader(), pytest.raises(FolderNotWritable), opened.database.reader():
        pass

    away.rename(paths.database)


# -- how connections are set up, and what errors become


def test_no_connection_may_write_temporary_files_or_follow_untrusted_schema(opened: OpenVault):
    pragmas = ("temp_store", "foreign_keys", "trusted_schema", "journal_mode")
    wanted = [(2,), (1,), (0,), ("wal",)]

    writing = opened.database.write(
        pass_for(opened), lambda tx: [tx.one(f"PRAGMA {name}") for name in pragmas]
    )
    with opened.database.reader() as reader:
        reading = [reader.one(f"PRAGMA {name}") for name in pragmas]
        assert reader.one("PRAGMA query_only") == (1,)

    assert writing == wanted
    assert reading == wanted


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        (3, FolderNotWritable),
        (5, VaultBusy),
        (6, VaultBusy),
        (8, FolderNotWritable),
        (9, VaultIsLocked),
        (10, StorageFailed),
        (778, StorageFailed),
        (11, VaultDamaged),
        (13, StorageFull),
        (14, FolderNotWritable),
        (19, ConstraintBroken),
        (26, VaultDamaged),
    ],
)
def test_errors_of_sqlite_that_people_can_meet_have_a_sentence(paths: Paths, code: int, problem: type):
    error = dbapi2.OperationalError("x")
    error.sqlite_errorcode = code

    with pytest.raises(problem) as caught:
        raise_typed(error, paths.database)

    assert caught.value.__cause__ is error
    assert problem is ConstraintBroken or (isinstance(caught.value, Problem) and caught.value.next_step)


def test_other_errors_of_sqlite_stay_bugs(paths: Paths):
    error = dbapi2.ProgrammingError("x")

    with pytest.raises(dbapi2.ProgrammingError) as caught:
        raise_typed(error, paths.database)

    assert caught.value is error


def test_an_act_on_many_things_is_recorded_for_each_of_them(opened: OpenVault):
    def work(tx: Tx) -> None:
        tx.name_subjects(["a", "b"])

    opened.database.write(pass_for(opened, "many"), work)
    opened.database.write(pass_for(opened, "none"), lambda tx: tx.name_subjects([]))

    with opened.database.reader() as reader:
        rows = reader.all("SELECT seq, subject FROM vault_audit ORDER BY seq DESC LIMIT 3")
    assert [subject for _, subject in rows] == ["none", "b", "a"]
    assert opened.database.head.seq == rows[0][0]
    assert opened.check_integrity().ok


def test_the_record_of_an_act_on_many_things_is_taken_back_with_it(opened: OpenVault):
    head = opened.database.head

    def work(tx: Tx) -> None:
        tx.name_subjects(["a", "b"])
        raise LookupError

    with pytest.raises(LookupError):
        opened.database.write(pass_for(opened), work)

    assert opened.database.head == head
    assert opened.check_integrity().ok
