"""The record of acts: one row for each write, chained under AUDIT so that none can be changed or cut out."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass

from app.kernel.gate import Pass
from app.kernel.ids import VaultId
from app.kernel.text import Text, say
from app.vault.keys import KeyName, Keys
from app.vault.sqlite import Connection, Row

_INSERT = (
    "INSERT INTO vault_audit (seq, at, operator, via, ability, subject, count, reason, approval, mac)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
PAGE = (
    "SELECT seq, at, operator, via, ability, subject, count, reason, approval, mac"
    " FROM vault_audit WHERE seq > ? ORDER BY seq LIMIT 2000"
)
_LAST = "SELECT seq, mac FROM vault_audit ORDER BY seq DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class Entry:
    """Who did what, when, through which face, and why."""

    at: int
    operator: str
    via: str
    ability: str
    subject: str
    count: int = 1
    reason: str | None = None
    approval: str | None = None

    @staticmethod
    def of(pass_: Pass, at: int) -> Entry:
        """What is recorded of an admitted act; never the text it acts on."""
        session, act = pass_.session, pass_.act
        return Entry(
            at=at,
            operator=session.operator,
            via=session.via,
            ability=act.ability.value,
            subject=act.subject,
            count=act.count,
            reason=pass_.reason,
            approval=pass_.approval,
        )

    def values(self) -> tuple[object, ...]:
        """In the order of the table."""
        return (
            self.at,
            self.operator,
            self.via,
            self.ability,
            self.subject,
            self.count,
            self.reason,
            self.approval,
        )


@dataclass(frozen=True, slots=True)
class Head:
    """The newest row of the chain: how many there are, and the MAC the next one continues."""

    seq: int
    mac: bytes


def origin(vault: VaultId) -> Head:
    """What the first row of a vault continues."""
    return Head(0, f"berth audit 1 {vault}".encode())


def read_head(connection: Connection, vault: VaultId) -> Head:
    """The newest row in the database."""
    row = connection.execute(_LAST).fetchone()
    return origin(vault) if row is None else Head(row[0], row[1])


def append(connection: Connection, keys: Keys, head: Head, entry: Entry) -> Head:
    """Writes the next row inside the caller's transaction; the head counts once that is committed."""
    values = entry.values()
    mac = _mac(keys, head, values)
    connection.execute(_INSERT, (head.seq + 1, *values, mac))
    return Head(head.seq + 1, mac)


def first_fault(rows: Iterable[Row], keys: Keys, newest: Head) -> Text | None:
    """Follows the chain from its first row to `newest` and on; the sentence for the first break, or None."""
    head = origin(keys.vault)
    for seq, *values, mac in rows:
        if seq != head.seq + 1:
            break
        if not hmac.compare_digest(mac, _mac(keys, head, tuple(values))):
            return say("Row {seq} of the record of acts was changed.", seq=seq)
        head = Head(seq, mac)
    else:
        if head.seq >= newest.seq:
            return None
    return say("The record of acts misses row {seq}.", seq=head.seq + 1)


def _mac(keys: Keys, head: Head, values: tuple[object, ...]) -> bytes:
    content = json.dumps([head.seq + 1, *values], ensure_ascii=False, separators=(",", ":")).encode()
    return hmac.digest(keys.key(KeyName.AUDIT), head.mac + content, "sha256")
