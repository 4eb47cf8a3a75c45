"""SQL of where every profile came out, from when to when."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from app.isolation.checks import Exit
from app.isolation.profile import Profile
from app.isolation.store.queries import Parameters, Queries, granted
from app.kernel.clock import from_millis, to_millis
from app.kernel.gate import Session
from app.kernel.ids import ProfileId
from app.vault.database import Tx


@dataclass(frozen=True, slots=True)
class ExitUse:
    """One stretch of time in which a profile came out at an address. `is_now`: it was seen there last."""

    profile: ProfileId
    number: int
    name: str
    ip: str
    country: str
    since: datetime
    until: datetime
    is_now: bool

    @property
    def shown_number(self) -> str:
        """The number with its leading zeros."""
        return f"{self.number:03d}"


_SELECT = """
    SELECT e.profile_id, p.number, p.name, e.ip, e.country, e.since, e.until,
        e.since = (SELECT max(l.since) FROM isolation_exit_seen l WHERE l.profile_id = e.profile_id)
    FROM isolation_exit_seen e JOIN isolation_profile p ON p.id = e.profile_id
"""


def note(tx: Tx, profile: ProfileId, found: Exit, now: datetime) -> None:
    """A profile comes out here now: its last stretch grows, or a new one begins."""
    at = to_millis(now)
    last = tx.one(
        "SELECT since, ip FROM isolation_exit_seen WHERE profile_id = ? ORDER BY since DESC LIMIT 1",
        (profile,),
    )
    if last is not None and last[1] == found.ip:
        sql = "UPDATE isolation_exit_seen SET until = ?, country = ? WHERE profile_id = ? AND since = ?"
        tx.execute(sql, (at, found.country, profile, last[0]))
        return
    tx.execute(
        "INSERT OR REPLACE INTO isolation_exit_seen (profile_id, since, until, ip, country)"
        " VALUES (?, ?, ?, ?, ?)",
        (profile, at, at, found.ip, found.country),
    )


def last_ip(source: Queries, profile: ProfileId) -> str:
    """The address where a profile came out last; empty where it never did."""
    found = source.one(
        "SELECT ip FROM isolation_exit_seen WHERE profile_id = ? ORDER BY since DESC LIMIT 1", (profile,)
    )
    return "" if found is None else str(found[0])


def note_move(tx: Tx, profile: ProfileId, found: Exit, now: datetime) -> None:
    """An open window's exit changed: it was at its last one until now."""
    tx.execute(
        "UPDATE isolation_exit_seen SET until = ? WHERE profile_id = ? AND since ="
        " (SELECT max(since) FROM isolation_exit_seen WHERE profile_id = ?)",
        (to_millis(now), profile, profile),
    )
    note(tx, profile, found, now)


def take_back(tx: Tx, before: Profile, opened: datetime) -> None:
    """Forgets what an opening at this time noted; the profile was `before` as it is given here."""
    at = to_millis(opened)
    seen = to_millis(before.exit_seen) if before.exit_seen is not None else -1
    tx.execute("DELETE FROM isolation_exit_seen WHERE profile_id = ? AND since >= ?", (before.id, at))
    tx.execute(
        "UPDATE isolation_exit_seen SET until = max(since, ?) WHERE profile_id = ? AND until >= ?",
        (seen, before.id, at),
    )


def uses(source: Queries, session: Session, ips: Iterable[str]) -> list[ExitUse]:
    """Who of the profiles a session may see came out at these addresses; the newest first."""
    params: Parameters = [json.dumps(sorted(set(ips)))]
    condition = f"e.ip IN (SELECT value FROM json_each(?)) AND {granted(session, params)}"  # noqa: S608
    return _read(source, f"{_SELECT} WHERE {condition} ORDER BY e.until DESC", params)


def history(source: Queries, profile: ProfileId, limit: int) -> list[ExitUse]:
    """Where one profile came out, the newest first."""
    sql = f"{_SELECT} WHERE e.profile_id = ? ORDER BY e.since DESC LIMIT ?"
    return _read(source, sql, [profile, limit])


def _read(source: Queries, sql: str, params: Parameters) -> list[ExitUse]:
    return [
        ExitUse(
            ProfileId(id_),
            number,
            name,
            ip,
            country,
            from_millis(since),
            from_millis(until),
            bool(is_now),
        )
        for id_, number, name, ip, country, since, until, is_now in source.all(sql, params)
    ]
