"""SQL of lists that hold all ids in order and read rows as they are shown, and of what stands where."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.isolation.checks import Exit
from app.isolation.plan import ProxyKind
from app.isolation.profile import AccountStatus, name_key
from app.isolation.profile_listing import Counts, GroupCount, ProfileRow, ProxyLine, TagCount
from app.isolation.store import rows
from app.isolation.store.groups import visible
from app.isolation.store.profiles import ProfileQuery, asked_for
from app.isolation.store.queries import Parameters, Queries, column, granted, millis, moment
from app.kernel.gate import Session
from app.kernel.ids import GroupId, ProfileId, ProxyId

_PROXY = "LEFT JOIN isolation_proxy x ON x.id = p.proxy_id"
_SEVERITY = " ".join(f"WHEN '{status.value}' THEN {place}" for place, status in enumerate(AccountStatus))
# By what a list of ids can be sorted. An empty value is NULL, which comes last either way round.
SORTS: dict[str, tuple[str, ...]] = {
    "number": ("p.number",),
    "name": ("nullif(p.name_sort, '')",),
    "platform": ("nullif(p.platform, '')", "nullif(p.market, '')"),
    "status": (f"CASE p.status {_SEVERITY} END",),
    "exit": ("nullif(p.exit ->> '$.country', '')", "p.exit ->> '$.ip'"),
    "expires": ("x.expires",),
    "operator": ("nullif(p.operator_sort, '')",),
    "group": ("g.position", "g.name_key"),
    "tags": ("nullif(p.tags_sort, '')",),
    "opened": ("p.last_opened",),
    "created": ("p.created",),
}
_PROXY_COLUMNS = "x.id, x.name, x.kind, x.host, x.port, x.username, x.expires, x.exit, x.checked"
# One read: a total for each state, then one line for each group and each tag.
_COUNTS = """
    WITH seen AS MATERIALIZED (
        SELECT p.id, p.group_id, p.deleted_at, coalesce(x.expires < ?, 0) AS expiring
        FROM isolation_profile p {proxy} WHERE {granted}
    ), living AS MATERIALIZED (SELECT * FROM seen WHERE deleted_at IS NULL)
    SELECT 'all', NULL, NULL, NULL, 0, (SELECT count(*) FROM living),
        (SELECT count(*) FROM seen WHERE deleted_at IS NOT NULL),
        (SELECT coalesce(sum(expiring), 0) FROM living),
        (SELECT count(*) FROM living WHERE group_id IS NULL)
    UNION ALL
    SELECT 'group', g.id, g.name, g.colour, g.position, count(l.id), 0, 0, 0
    FROM isolation_group g LEFT JOIN living l ON l.group_id = g.id WHERE {visible} GROUP BY g.id
    UNION ALL
    SELECT 'tag', NULL, min(t.tag), NULL, 0, count(*), 0, 0, 0
    FROM isolation_profile_tag t JOIN living l ON l.id = t.profile_id GROUP BY t.tag_key
"""


def ids(source: Queries, session: Session, query: ProfileQuery) -> tuple[ProfileId, ...]:
    """The ids of all profiles of a query that a session may see, in order; limit and pages do not count."""
    params: Parameters = []
    conditions = " AND ".join([granted(session, params), *asked_for(query, params)])
    way = "DESC" if query.descending else "ASC"
    order = ", ".join(f"{value} {way} NULLS LAST" for value in SORTS[query.sort])
    proxy = _PROXY if query.sort == "expires" else ""
    sql = f"SELECT p.id AS id {rows.FROM} {proxy} WHERE {conditions} ORDER BY {order}, p.number"
    return tuple(ProfileId(one) for one in column(source, sql, params))


def some(source: Queries, session: Session, wanted: Sequence[str]) -> tuple[ProfileRow, ...]:
    """The rows of these ids, in the bin or not, in the order asked for; what is not there is left out."""
    params: Parameters = []
    sql = (
        f"SELECT {rows.COLUMNS}, {_PROXY_COLUMNS} {rows.FROM} {_PROXY}"  # noqa: S608
        f" WHERE {granted(session, params)} AND p.id IN (SELECT value FROM json_each(?))"
    )
    params.append(json.dumps(list(wanted)))
    found = {row.profile.id: row for row in map(_row, source.all(sql, params))}
    return tuple(found[ProfileId(one)] for one in wanted if one in found)


def counts(source: Queries, session: Session, expiring_before: datetime | None) -> Counts:
    """How many profiles stand where. Groups come in their places, tags by name."""
    params: Parameters = [millis(expiring_before)]
    sql = _COUNTS.format(proxy=_PROXY, granted=granted(session, params), visible=visible(session, params))
    found = source.all(sql, params)
    (total,) = (row for row in found if row[0] == "all")
    groups = sorted((row for row in found if row[0] == "group"), key=lambda row: (row[4], row[2]))
    tags = sorted((row for row in found if row[0] == "tag"), key=lambda row: name_key(row[2]))
    living, in_bin, expiring, ungrouped = total[5:]
    return Counts(
        living,
        in_bin,
        expiring,
        ungrouped,
        groups=tuple(GroupCount(GroupId(row[1]), row[2], row[3], row[5]) for row in groups),
        tags=tuple(TagCount(row[2], row[5]) for row in tags),
    )


def _row(row: Sequence[Any]) -> ProfileRow:
    return ProfileRow(rows.read(row[: rows.COUNT]), _line(row[rows.COUNT :]))


def _line(row: Sequence[Any]) -> ProxyLine | None:
    if row[0] is None:
        return None
    id_, name, kind, host, port, username, expires, found, checked = row
    return ProxyLine(
        id=ProxyId(id_),
        name=name,
        kind=ProxyKind(kind),
        host=host,
        port=port,
        username=username,
        expires=moment(expires),
        exit=Exit(**json.loads(found)) if found else None,
        checked=moment(checked),
    )
