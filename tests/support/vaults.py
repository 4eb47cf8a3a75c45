"""Real vaults for tests: quick to make, because they use the weakest key derivation Berth allows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from app.kernel.clock import SystemClock
from app.kernel.events import EventHub
from app.kernel.gate import Ability, Act, Pass
from app.kernel.paths import Paths
from app.kernel.secret import Secret
from app.vault.migrations import VAULT_MIGRATIONS, Connection, Migration
from app.vault.vault import OpenVault, Vault

PASSPHRASE = Secret("correct horse battery staple")


class StillClock(SystemClock):
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def move(self, **by: float) -> None:
        self.moment += timedelta(**by)


def add_notes(connection: Connection) -> None:
    """A table for tests of the database itself."""
    connection.execute("CREATE TABLE test_note (id INTEGER PRIMARY KEY, body TEXT NOT NULL UNIQUE) STRICT")
    connection.execute(
        "CREATE TABLE test_tag (note INTEGER NOT NULL REFERENCES test_note(id), word TEXT NOT NULL) STRICT"
    )


NOTES = Migration(2, "notes for tests", add_notes)


def vault_at(paths: Paths, steps: Sequence[Migration] = (NOTES,), hub: EventHub | None = None) -> Vault:
    """The vault of a folder, made or not."""
    return Vault(paths, SystemClock(), without_gaps(steps), hub or EventHub())


def without_gaps(steps: Sequence[Migration]) -> tuple[Migration, ...]:
    """Steps of a test, with empty ones in the places of the rooms that it leaves out."""
    taken = {step.number for step in (*VAULT_MIGRATIONS, *steps)}
    left_out = set(range(1, max(taken))) - taken
    return (*steps, *(Migration(number, "another room", lambda _: None) for number in sorted(left_out)))


def pass_for(opened: OpenVault, subject: str = "test", *, reason: str | None = None) -> Pass:
    """What the gate gives the owner for an act."""
    return opened.gate.admit(opened.session, Act(Ability.SETTING_EDIT, subject), reason=reason)


def add_note(opened: OpenVault, body: str, *, bulk: bool = False) -> None:
    """One note, one write."""
    opened.database.write(
        pass_for(opened), lambda tx: tx.execute("INSERT INTO test_note (body) VALUES (?)", (body,)), bulk=bulk
    )


def notes(opened: OpenVault) -> list[str]:
    """Every note, in the order they were written."""
    with opened.database.reader() as reader:
        return [row[0] for row in reader.all("SELECT body FROM test_note ORDER BY id")]
