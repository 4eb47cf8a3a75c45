"""SQL of saved proxies."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from app.isolation.checks import Exit
from app.isolation.keeper.messages import text_from, text_plain
from app.isolation.plan import ProxyKind, Upstream
from app.isolation.profile import name_key
from app.isolation.store.queries import Parameters, Queries, column, granted, millis, moment
from app.kernel.changes import All
from app.kernel.clock import from_millis, to_millis
from app.kernel.gate import Session
from app.kernel.ids import ProxyId
from app.kernel.pages import Page, bounded, cut, read_mark, write_mark
from app.kernel.text import Text
from app.vault.database import Tx

# One select serves every question; profiles in the bin still hold on to their proxy.
_SELECT = """
    SELECT x.id, x.name, x.kind, x.host, x.port, x.username, x.password IS NOT NULL,
        x.change_ip_url IS NOT NULL, (SELECT count(*) FROM isolation_profile WHERE proxy_id = x.id),
        x.created, x.updated, x.expires, x.provider, x.exit, x.checked, x.check_problem,
        x.key_file, x.host_key, x.price,
        (SELECT max(last_opened) FROM isolation_profile WHERE proxy_id = x.id),
        (SELECT count(DISTINCT e.profile_id) FROM isolation_exit_seen e WHERE e.ip = x.exit ->> '$.ip'
            AND e.profile_id NOT IN (SELECT id FROM isolation_profile WHERE proxy_id = x.id)),
        (SELECT count(*) FROM isolation_proxy y WHERE y.exit ->> '$.ip' = x.exit ->> '$.ip' AND y.id <> x.id),
        x.name_key
    FROM isolation_proxy x
"""
# What a search looks in; the sign between keeps a word from being found across two of them.
_SEARCHED = """(x.name_key || char(10) || x.host || ':' || x.port || char(10) || x.kind || char(10)
    || lower(x.username) || char(10) || lower(x.provider) || char(10)
    || coalesce(x.exit ->> '$.ip', '') || char(10) || lower(coalesce(x.exit ->> '$.country', '')))"""
# By what a list of ids can be sorted. An empty value is NULL, which comes last either way round.
SORTS: dict[str, tuple[str, ...]] = {
    "name": (),
    "kind": ("x.kind",),
    "host": ("x.host", "x.port"),
    "expires": ("x.expires",),
    "provider": ("nullif(lower(x.provider), '')",),
    "exit": ("nullif(x.exit ->> '$.country', '')", "x.exit ->> '$.ip'"),
    "latency": ("nullif(x.exit ->> '$.latency_ms', 0)",),
    "checked": ("x.checked",),
    "used": ("(SELECT count(*) FROM isolation_profile WHERE proxy_id = x.id)",),
    "created": ("x.created",),
}


@dataclass(frozen=True, slots=True)
class CheckProblem:
    """Why a check failed, as the problem said it."""

    id: str
    text: Text
    next_step: Text


@dataclass(frozen=True, slots=True)
class Proxy:
    """A saved proxy as it may be shown: never its password."""

    id: ProxyId
    name: str
    kind: ProxyKind
    host: str
    port: int
    username: str
    has_password: bool
    has_change_ip_url: bool
    used_by: int
    created: datetime
    updated: datetime
    expires: datetime | None = None
    provider: str = ""
    exit: Exit | None = None  # of the last check that went well
    checked: datetime | None = None
    check_problem: CheckProblem | None = None  # of the last check, when it did not
    key_file: str = ""  # SSH: where the private key lies
    host_key: str = ""  # SSH: the pinned key; empty until one was seen
    price: str = ""
    last_used: datetime | None = None  # when a profile of it was opened last
    exit_others: int = 0  # profiles of other proxies that came out at its exit, now or before
    exit_twins: int = 0  # other proxies that came out at its exit when they were checked

    @property
    def upstream(self) -> Upstream:
        """The far end, without its password."""
        return Upstream(
            self.kind,
            self.host,
            self.port,
            self.username,
            key_file=self.key_file,
            host_key=self.host_key,
        )


@dataclass(frozen=True, slots=True)
class SealedProxy:
    """What is stored of a proxy, its two secrets sealed."""

    id: ProxyId
    name: str
    key: str
    kind: ProxyKind
    host: str
    port: int
    username: str
    password: bytes | None
    change_ip_url: bytes | None
    now: datetime
    key_file: str = ""


def page(source: Queries, session: Session, after: str | None, limit: int) -> Page[Proxy]:
    """One page of proxies by name: all of them, or those of the profiles a session may see."""
    limit = bounded(limit)
    params: Parameters = []
    conditions = [_visible(session, params)]
    if after is not None:
        conditions.append("(x.name_key, x.id) > (?, ?)")
        params += read_mark(after)
    sql = f"{_SELECT} WHERE {' AND '.join(conditions)} ORDER BY x.name_key, x.id LIMIT ?"
    rows, has_more = cut(source.all(sql, [*params, limit + 1]), limit)
    mark = write_mark(rows[-1][-1], rows[-1][0]) if has_more else None
    return Page(tuple(_proxy(row) for row in rows), mark)


def ids(
    source: Queries, session: Session, words: Sequence[str], sort: str, *, descending: bool
) -> tuple[ProxyId, ...]:
    """The ids of all proxies that hold every word, in order; those of the profiles a session may see."""
    params: Parameters = []
    conditions = [_visible(session, params), *(f"instr({_SEARCHED}, ?)" for _ in words)]
    params += words
    way = "DESC" if descending else "ASC"
    values = [f"{value} {way} NULLS LAST" for value in SORTS[sort]]
    order = ", ".join([*values, f"x.name_key {way if sort == 'name' else 'ASC'}"])
    where = " AND ".join(conditions)
    sql = f"SELECT x.id AS id FROM isolation_proxy x WHERE {where} ORDER BY {order}"  # noqa: S608  ours only
    return tuple(ProxyId(one) for one in column(source, sql, params))


def unused(source: Queries, session: Session, words: Sequence[str]) -> tuple[Proxy, ...]:
    """Proxies of no profile, not even of one in the bin, that hold every word; by name."""
    params: Parameters = []
    conditions = [
        _visible(session, params),
        "NOT EXISTS (SELECT 1 FROM isolation_profile u WHERE u.proxy_id = x.id)",
        *(f"instr({_SEARCHED}, ?)" for _ in words),
    ]
    sql = f"{_SELECT} WHERE {' AND '.join(conditions)} ORDER BY x.name_key, x.id"
    return tuple(_proxy(row) for row in source.all(sql, [*params, *words]))


def exits_in_use(source: Queries) -> frozenset[str]:
    """The addresses of all proxies that are of some profile, whoever may see them, as checked last."""
    rows = source.all(
        "SELECT DISTINCT x.exit ->> '$.ip' FROM isolation_proxy x WHERE x.exit IS NOT NULL"
        " AND EXISTS (SELECT 1 FROM isolation_profile u WHERE u.proxy_id = x.id)"
    )
    return frozenset(row[0] for row in rows)


def some(source: Queries, session: Session, wanted: Sequence[str]) -> tuple[Proxy, ...]:
    """The proxies with these ids, in the order asked for; what is not there is left out."""
    params: Parameters = [json.dumps(list(wanted))]
    sql = f"{_SELECT} WHERE x.id IN (SELECT value FROM json_each(?)) AND {_visible(session, params)}"  # noqa: S608
    found = {row[0]: row for row in source.all(sql, params)}
    return tuple(_proxy(found[one]) for one in wanted if one in found)


def by_id(source: Queries, session: Session, proxy_id: str) -> Proxy | None:
    """A proxy by its id."""
    return _one(source, session, "x.id = ?", proxy_id)


def just_saved(source: Queries, proxy_id: ProxyId) -> Proxy:
    """A proxy for whoever has just saved it, granted or not."""
    row = source.one(f"{_SELECT} WHERE x.id = ?", (proxy_id,))
    assert row is not None
    return _proxy(row)


def by_name(source: Queries, session: Session, key: str) -> Proxy | None:
    """A proxy by its name's key."""
    return _one(source, session, "x.name_key = ?", key)


def owner_of_upstream(
    source: Queries, kind: ProxyKind, host: str, port: int, username: str
) -> tuple[ProxyId, str] | None:
    """Id and name of the proxy with this far end, whoever may see it."""
    row = source.one(
        "SELECT id, name FROM isolation_proxy WHERE kind = ? AND host = ? AND port = ? AND username = ?",
        (kind.value, host, port, username),
    )
    return None if row is None else (ProxyId(row[0]), row[1])


def owner_of_name(source: Queries, key: str) -> ProxyId | None:
    """The id of the proxy that has this name, whoever may see it."""
    row = source.one("SELECT id FROM isolation_proxy WHERE name_key = ?", (key,))
    return None if row is None else ProxyId(row[0])


def names_like(source: Queries, key: str) -> int:
    """How many names are this one, or this one with a number in brackets after it."""
    row = source.one(
        "SELECT count(*) FROM isolation_proxy WHERE name_key = ? OR (name_key > ? AND name_key < ?)",
        (key, f"{key} (", f"{key} )"),
    )
    return 0 if row is None else int(row[0])


def names(source: Queries, session: Session) -> list[str]:
    """Every name a session may see; for near matches."""
    params: Parameters = []
    sql = f"SELECT x.name FROM isolation_proxy x WHERE {_visible(session, params)}"  # noqa: S608  ours only
    return [row[0] for row in source.all(sql, params)]


def sealed(source: Queries, proxy_id: ProxyId) -> tuple[bytes | None, bytes | None]:
    """A proxy's sealed password and change-IP address."""
    row = source.one("SELECT password, change_ip_url FROM isolation_proxy WHERE id = ?", (proxy_id,))
    return (None, None) if row is None else (row[0], row[1])


def insert(tx: Tx, proxy: SealedProxy) -> None:
    """A new proxy."""
    now = to_millis(proxy.now)
    tx.execute(
        "INSERT INTO isolation_proxy (id, name, name_key, kind, host, port, username, password,"
        " change_ip_url, created, updated, key_file) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            proxy.id,
            proxy.name,
            proxy.key,
            proxy.kind.value,
            proxy.host,
            proxy.port,
            proxy.username,
            proxy.password,
            proxy.change_ip_url,
            now,
            now,
            proxy.key_file,
        ),
    )


def replace_secrets(tx: Tx, proxy: SealedProxy) -> None:
    """A new password and change-IP address for a proxy that is there."""
    tx.execute(
        "UPDATE isolation_proxy SET password = ?, change_ip_url = ?, key_file = ?, updated = ? WHERE id = ?",
        (proxy.password, proxy.change_ip_url, proxy.key_file, to_millis(proxy.now), proxy.id),
    )


def move(tx: Tx, proxy: SealedProxy) -> None:
    """Another far end with its secrets; what was found at the old one is forgotten."""
    replace_secrets(tx, proxy)
    tx.execute(
        "UPDATE isolation_proxy SET kind = ?, host = ?, port = ?, username = ?,"
        " exit = NULL, checked = NULL, check_problem = NULL, host_key = '' WHERE id = ?",
        (proxy.kind.value, proxy.host, proxy.port, proxy.username, proxy.id),
    )


def describe(tx: Tx, proxy: Proxy, now: datetime) -> None:
    """A proxy's name, expiry and provider."""
    tx.execute(
        "UPDATE isolation_proxy SET name = ?, name_key = ?, expires = ?, provider = ?, price = ?, updated = ?"
        " WHERE id = ?",
        (
            *(proxy.name, name_key(proxy.name), millis(proxy.expires), proxy.provider, proxy.price),
            *(to_millis(now), proxy.id),
        ),
    )


def learn_host_key(tx: Tx, proxy_id: ProxyId, host_key: str, seen_at: Upstream) -> None:
    """Pins the first key that a server showed, unless the proxy leads elsewhere now; a pinned one stays."""
    tx.execute(
        "UPDATE isolation_proxy SET host_key = ?"
        " WHERE id = ? AND host_key = '' AND kind = ? AND host = ? AND port = ?",
        (host_key, proxy_id, seen_at.kind.value, seen_at.host, seen_at.port),
    )


def trust_host_key(tx: Tx, proxy_id: ProxyId, host_key: str) -> None:
    """Pins another key, since a person says so."""
    tx.execute("UPDATE isolation_proxy SET host_key = ? WHERE id = ?", (host_key, proxy_id))


def note_check(tx: Tx, proxy: Proxy) -> None:
    """What a check found, unless the proxy was changed while it ran."""
    problem = proxy.check_problem
    found = None if proxy.exit is None else json.dumps(asdict(proxy.exit))
    why = None if problem is None else json.dumps(_problem_plain(problem), ensure_ascii=False)
    tx.execute(
        "UPDATE isolation_proxy SET exit = ?, checked = ?, check_problem = ? WHERE id = ? AND updated = ?",
        (found, millis(proxy.checked), why, proxy.id, millis(proxy.updated)),
    )


def delete(tx: Tx, proxy_id: ProxyId) -> None:
    """Removes a proxy for good."""
    tx.execute("DELETE FROM isolation_proxy WHERE id = ?", (proxy_id,))


def password_context(proxy_id: ProxyId) -> str:
    """What a sealed password is bound to."""
    return f"isolation_proxy.password.{proxy_id}"


def change_ip_context(proxy_id: ProxyId) -> str:
    """What a sealed change-IP address is bound to."""
    return f"isolation_proxy.change_ip_url.{proxy_id}"


def _visible(session: Session, params: Parameters) -> str:
    if isinstance(session.grants, All):
        return "1"
    return f"x.id IN (SELECT p.proxy_id FROM isolation_profile p WHERE {granted(session, params)})"  # noqa: S608


def _one(source: Queries, session: Session, condition: str, value: str) -> Proxy | None:
    params: Parameters = [value]
    sql = f"{_SELECT} WHERE {condition} AND {_visible(session, params)}"
    row = source.one(sql, params)
    return None if row is None else _proxy(row)


def _proxy(row: Sequence[Any]) -> Proxy:
    id_, name, kind, host, port, username, has_password, has_change, used, created, updated, *checks = row
    expires, provider, found, checked, problem, key_file, host_key, price, *used_when, _key = checks
    last_used, others, twins = used_when
    return Proxy(
        id=ProxyId(id_),
        name=name,
        kind=ProxyKind(kind),
        host=host,
        port=port,
        username=username,
        has_password=bool(has_password),
        has_change_ip_url=bool(has_change),
        used_by=used,
        created=from_millis(created),
        updated=from_millis(updated),
        expires=moment(expires),
        provider=provider,
        exit=None if found is None else Exit(**json.loads(found)),
        checked=moment(checked),
        check_problem=None if problem is None else _problem(json.loads(problem)),
        key_file=key_file,
        host_key=host_key,
        price=price,
        last_used=moment(last_used),
        exit_others=others,
        exit_twins=twins,
    )


def _problem_plain(problem: CheckProblem) -> dict[str, object]:
    return {
        "id": problem.id,
        "text": text_plain(problem.text),
        "next_step": text_plain(problem.next_step),
    }


def _problem(raw: dict[str, Any]) -> CheckProblem:
    return CheckProblem(raw["id"], text_from(raw["text"]), text_from(raw["next_step"]))
