"""SQL of the groups that profiles stand in, each with its colour and its place."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from app.isolation.profile import name_key
from app.isolation.store import rows
from app.isolation.store.queries import Parameters, Queries
from app.kernel.changes import All, Kind
from app.kernel.gate import Session
from app.kernel.ids import GroupId, ProfileId
from app.vault.database import Tx

GROUP = Kind("group")
_SELECT = "SELECT g.id, g.name, g.colour FROM isolation_group g"
_INSERT = """
    INSERT INTO isolation_group (id, name, name_key, position)
    VALUES (?, ?, ?, (SELECT coalesce(max(position), -1) + 1 FROM isolation_group))
    ON CONFLICT (name_key) DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Group:
    """A group of profiles; its colour is empty where nobody chose one."""

    id: GroupId
    name: str
    colour: str


def visible(session: Session, params: Parameters) -> str:
    """A condition that holds for the groups a session may see; appends what it needs to `params`."""
    if isinstance(session.grants, All):
        return "1"
    grants = json.dumps(sorted(session.grants))
    params += [grants, grants]
    inside = "(SELECT value FROM json_each(?))"
    return f"(g.id IN {inside} OR g.id IN (SELECT group_id FROM isolation_profile WHERE id IN {inside}))"  # noqa: S608


def every(source: Queries, session: Session) -> tuple[Group, ...]:
    """The groups a session may see, in their places."""
    params: Parameters = []
    sql = f"{_SELECT} WHERE {visible(session, params)} ORDER BY g.position, g.name_key"
    return tuple(Group(GroupId(row[0]), row[1], row[2]) for row in source.all(sql, params))


def owner_of_name(source: Queries, key: str) -> GroupId | None:
    """The id of the group that has this name, whoever may see it."""
    row = source.one("SELECT id FROM isolation_group WHERE name_key = ?", (key,))
    return None if row is None else GroupId(row[0])


def take(tx: Tx, name: str, new_id: str) -> GroupId | None:
    """The id of a group by its name, made behind the others where there is none; None for no name."""
    if not name:
        return None
    if tx.execute(_INSERT, (new_id, name, name_key(name))).rowcount > 0:
        tx.touch(GROUP, new_id)
    return owner_of_name(tx, name_key(name))


def rename(tx: Tx, group: GroupId, name: str) -> None:
    """Another name, which its profiles are found by from now on."""
    tx.execute(
        "UPDATE isolation_group SET name = ?, name_key = ? WHERE id = ?", (name, name_key(name), group)
    )
    _find_anew(tx, members(tx, group))


def recolour(tx: Tx, group: GroupId, colour: str) -> None:
    """Another colour, or none."""
    tx.execute("UPDATE isolation_group SET colour = ? WHERE id = ?", (colour, group))


def place(tx: Tx, first: Sequence[GroupId]) -> None:
    """Puts groups into this order, and those that are not named behind them, as they stood."""
    others = [row[0] for row in tx.all("SELECT id FROM isolation_group ORDER BY position, name_key")]
    order = dict.fromkeys([*first, *others])
    tx.executemany("UPDATE isolation_group SET position = ? WHERE id = ?", list(enumerate(order)))


def members(source: Queries, group: GroupId) -> list[ProfileId]:
    """The profiles in a group, those in the bin too."""
    sql = "SELECT id FROM isolation_profile WHERE group_id = ?"
    return [ProfileId(row[0]) for row in source.all(sql, (group,))]


def remove(tx: Tx, group: GroupId) -> None:
    """Takes the group away; its profiles stay, and belong to none."""
    found = members(tx, group)
    tx.execute("UPDATE isolation_profile SET group_id = NULL WHERE group_id = ?", (group,))
    tx.execute("DELETE FROM isolation_group WHERE id = ?", (group,))
    _find_anew(tx, found)


def _find_anew(tx: Tx, profiles: Sequence[ProfileId]) -> None:
    sql = f"{rows.SELECT} WHERE p.id IN (SELECT value FROM json_each(?))"  # noqa: S608  the columns of rows
    found = [rows.read(row) for row in tx.all(sql, (json.dumps(profiles),))]
    tx.executemany(
        "UPDATE isolation_profile SET search = ? WHERE id = ?", [(rows.search(one), one.id) for one in found]
    )
