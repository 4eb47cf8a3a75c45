"""Looks whether a vault is whole: key file, every page, every reference, every row of the record of acts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from app.kernel.errors import Problem
from app.kernel.text import Text, say
from app.vault import keyfile
from app.vault.audit import PAGE, first_fault
from app.vault.database import Database
from app.vault.keys import Keys
from app.vault.readers import Reader
from app.vault.sqlite import Row

_SHOWN = 3
_Look = Callable[[Reader], Text | None]


@dataclass(frozen=True, slots=True)
class IntegrityLine:
    """One thing that was looked at."""

    id: str
    ok: bool
    text: Text


@dataclass(frozen=True, slots=True)
class IntegrityReport:
    """Everything that was looked at."""

    lines: tuple[IntegrityLine, ...]

    @property
    def ok(self) -> bool:
        """Whether the vault is whole."""
        return all(line.ok for line in self.lines)


def check(database: Database, keys: Keys, vault_file: Path) -> IntegrityReport:
    """Reads the whole database once or twice; seconds for a large one. Threads: any."""

    def audit(reader: Reader) -> Text | None:
        head = database.head  # before the rows, so that a write meanwhile cannot look like a missing one
        return first_fault(_acts(reader), keys, head)

    def key_file(_reader: Reader) -> None:
        keyfile.read(vault_file).require_genuine(keys)

    looks: tuple[tuple[str, _Look, Text], ...] = (
        ("key-file", key_file, say("The key file is as Berth wrote it.")),
        ("pages", _pages, say("Every page of the database is as Berth wrote it.")),
        ("structure", _structure, say("Tables and indexes agree.")),
        ("references", _references, say("Nothing refers to a row that is missing.")),
        ("audit", audit, say("The record of acts is whole.")),
    )
    return IntegrityReport(tuple(_line(database, *look) for look in looks))


def _line(database: Database, name: str, look: _Look, fine: Text) -> IntegrityLine:
    try:
        with database.reader() as reader:
            fault = look(reader)
    except Problem as problem:
        fault = problem.text
    return IntegrityLine(name, fault is None, fine if fault is None else fault)


def _pages(reader: Reader) -> Text | None:
    faults = [str(row[0]) for row in reader.all("PRAGMA cipher_integrity_check")]
    return say("Pages were changed: {faults}.", faults=_few(faults)) if faults else None


def _structure(reader: Reader) -> Text | None:
    faults = [str(row[0]) for row in reader.all("PRAGMA quick_check") if row[0] != "ok"]
    return say("Tables and indexes disagree: {faults}.", faults=_few(faults)) if faults else None


def _references(reader: Reader) -> Text | None:
    faults = [f"{row[0]} → {row[2]}" for row in reader.all("PRAGMA foreign_key_check")]
    return say("Rows refer to missing ones: {faults}.", faults=_few(faults)) if faults else None


def _few(faults: list[str]) -> str:
    more = f" … (+{len(faults) - _SHOWN})" if len(faults) > _SHOWN else ""
    return "; ".join(faults[:_SHOWN]) + more


def _acts(reader: Reader) -> Iterator[Row]:
    after = 0
    while rows := reader.all(PAGE, (after,)):
        yield from rows
        after = rows[-1][0]
