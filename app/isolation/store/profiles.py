"""SQL of profiles, their groups, tags and notes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from app.isolation.plan import Fingerprint
from app.isolation.profile import AccountStatus, Profile, name_key
from app.isolation.search_key import words_of
from app.isolation.store import groups, rows
from app.isolation.store.queries import Parameters, Queries, granted, millis
from app.kernel.gate import Session
from app.kernel.ids import ProfileId
from app.kernel.pages import PAGE_ROWS, Page, bounded, cut, read_mark, write_mark
from app.vault.database import Tx

# By what pages can be sorted; the id after it makes every place in the list unique.
SORTS = {
    "number": "p.number",
    "name": "p.name_key",
    "opened": "-coalesce(p.last_opened, 0)",
    "created": "p.created",
}
_TAGGED = "p.id IN (SELECT profile_id FROM isolation_profile_tag WHERE tag_key = ?)"
_EXPIRING = "p.proxy_id IN (SELECT id FROM isolation_proxy WHERE expires < ?)"


@dataclass(frozen=True, slots=True)
class ProfileQuery:
    """Which profiles a list shows, and in which order; empty fields do not filter.

    Pages come by number, name, opened (newest first) or created; a list of ids in every order of
    `listing.SORTS`, either way round.
    """

    text: str = ""
    ids: tuple[str, ...] | None = None
    group: str = ""
    tag: str = ""
    platform: str = ""
    market: str = ""
    status: AccountStatus | None = None
    operator: str = ""
    is_ungrouped: bool = False
    expiring_before: datetime | None = None
    in_bin: bool = False
    sort: str = "number"
    descending: bool = False
    limit: int = PAGE_ROWS


def page(source: Queries, session: Session, query: ProfileQuery, after: str | None) -> Page[Profile]:
    """One page of the profiles a session may see."""
    params: Parameters = []
    conditions = [granted(session, params), *asked_for(query, params)]
    sort = SORTS[query.sort]
    if after is not None:
        value, last = read_mark(after)
        # The first half alone finds the place in an index over an expression.
        conditions.append(f"{sort} >= ? AND ({sort}, p.id) > (?, ?)")
        params += [value, value, last]
    limit = bounded(query.limit)
    params.append(limit + 1)
    sql = f"{rows.SELECT} WHERE {' AND '.join(conditions)} ORDER BY {sort}, p.id LIMIT ?"
    found, has_more = cut(source.all(sql, params), limit)
    profiles = tuple(rows.read(row) for row in found)
    return Page(profiles, _mark(profiles[-1], query.sort) if has_more else None)


def asked_for(query: ProfileQuery, params: Parameters) -> list[str]:
    """Conditions that hold for the profiles of a query; appends what they need to `params`."""
    found = [f"p.deleted_at IS {'NOT NULL' if query.in_bin else 'NULL'}"]
    found += ["p.group_id IS NULL"] if query.is_ungrouped else []
    texts: list[tuple[str, object]] = [("instr(p.search, ?)", word) for word in words_of(query.text)]
    texts += [
        ("g.name_key = ?", name_key(query.group)),
        (_TAGGED, name_key(query.tag)),
        ("p.platform = ?", query.platform),
        ("p.market = ?", query.market),
        ("p.status = ?", query.status.value if query.status else ""),
        ("p.operator = ?", query.operator),
        (_EXPIRING, millis(query.expiring_before)),
        ("p.id IN (SELECT value FROM json_each(?))", None if query.ids is None else json.dumps(query.ids)),
    ]
    for condition, value in texts:
        if value not in ("", None):
            found.append(condition)
            params.append(value)
    return found


def by_id(source: Queries, session: Session, profile_id: str, *, in_bin: bool) -> Profile | None:
    """A profile by its id."""
    return next(iter(_find(source, session, "p.id = ?", profile_id, in_bin)), None)


def by_name(source: Queries, session: Session, key: str, *, in_bin: bool) -> list[Profile]:
    """Profiles by their name's key: one at most, except in the bin."""
    return _find(source, session, "p.name_key = ?", key, in_bin)


def by_number(source: Queries, session: Session, number: int, *, in_bin: bool) -> Profile | None:
    """A profile by its number."""
    return next(iter(_find(source, session, "p.number = ?", number, in_bin)), None)


def names(source: Queries, session: Session, *, in_bin: bool) -> list[str]:
    """Every name a session may see; for near matches."""
    params: Parameters = []
    condition = granted(session, params)
    state = "NOT NULL" if in_bin else "NULL"
    sql = f"SELECT p.name FROM isolation_profile p WHERE {condition} AND p.deleted_at IS {state}"  # noqa: S608
    return [row[0] for row in source.all(sql, params)]


def owner_of_name(source: Queries, key: str) -> str | None:
    """The id of the living profile that has this name, whoever may see it."""
    row = source.one("SELECT id FROM isolation_profile WHERE name_key = ? AND deleted_at IS NULL", (key,))
    return None if row is None else str(row[0])


def owner_of_number(source: Queries, number: int) -> str | None:
    """The id of the profile that has this number, in the bin or not."""
    row = source.one("SELECT id FROM isolation_profile WHERE number = ?", (number,))
    return None if row is None else str(row[0])


def highest_number(source: Queries) -> int:
    """The highest number given out and not purged; 0 when there is none."""
    row = source.one("SELECT coalesce(max(number), 0) FROM isolation_profile")
    assert row is not None
    return int(row[0])


def fingerprints(source: Queries) -> list[Fingerprint]:
    """The settings of every living profile, for choosing others."""
    found = source.all("SELECT fingerprint FROM isolation_profile WHERE deleted_at IS NULL")
    return [rows.fingerprint(text) for (text,) in found]


def twins(source: Queries, profile: Profile) -> tuple[list[str], int]:
    """The names of a few other living profiles that look the same to a shop, and how many they are.

    By an index: a face asks this at every look at a profile, and there may be thousands of others.
    """
    settings = profile.fingerprint
    found = source.all(
        """
        SELECT name, count(*) OVER () FROM isolation_profile
        WHERE deleted_at IS NULL AND id <> ?
            AND json_extract(fingerprint, '$.timezone') = ?
            AND json_extract(fingerprint, '$.languages') = ?
            AND json_extract(fingerprint, '$.scale') = ?
            AND json_extract(fingerprint, '$.cores') = ?
        ORDER BY number LIMIT 3
        """,
        (
            profile.id,
            settings.timezone,
            json.dumps(settings.languages, separators=(",", ":")),
            settings.scale,
            settings.cores,
        ),
    )
    return [name for name, _ in found], found[0][1] if found else 0


def expired(source: Queries, session: Session, before: int) -> list[Profile]:
    """Profiles that went to the bin before a moment."""
    return _find(source, session, "p.deleted_at < ?", before, in_bin=True)


def ids(source: Queries) -> set[str]:
    """The ids of all profiles, the bin's included."""
    return {row[0] for row in source.all("SELECT id FROM isolation_profile")}


def is_living(source: Queries, profile_id: str) -> bool:
    """Whether a profile is there and not in the bin."""
    sql = "SELECT 1 FROM isolation_profile WHERE id = ? AND deleted_at IS NULL"
    return source.one(sql, (profile_id,)) is not None


def using_proxy(source: Queries, session: Session, proxy: str) -> list[Profile]:
    """The profiles, in the bin or not, that go through a proxy."""
    living = _find(source, session, "p.proxy_id = ?", proxy, in_bin=False)
    return living + _find(source, session, "p.proxy_id = ?", proxy, in_bin=True)


def insert(tx: Tx, profile: Profile, new_group_id: str) -> None:
    """A new profile; its group is made where there is none of that name."""
    values = rows.write(profile, groups.take(tx, profile.group, new_group_id))
    places = ", ".join("?" * len(values))
    sql = f"INSERT INTO isolation_profile ({', '.join(values)}) VALUES ({places})"  # noqa: S608  column names
    tx.execute(sql, list(values.values()))
    _write_tags(tx, profile)


def update(tx: Tx, profile: Profile, new_group_id: str) -> None:
    """Every field of a profile's record; the sealed note is not one of them."""
    values = rows.write(profile, groups.take(tx, profile.group, new_group_id))
    sets = ", ".join(f"{column} = ?" for column in values)
    tx.execute(f"UPDATE isolation_profile SET {sets} WHERE id = ?", [*values.values(), profile.id])  # noqa: S608
    tx.execute("DELETE FROM isolation_profile_tag WHERE profile_id = ?", (profile.id,))
    _write_tags(tx, profile)


def delete(tx: Tx, profile_id: ProfileId) -> None:
    """Removes a profile's row for good."""
    tx.execute("DELETE FROM isolation_profile WHERE id = ?", (profile_id,))


def note(source: Queries, profile_id: ProfileId) -> bytes | None:
    """A profile's sealed note."""
    row = source.one("SELECT note FROM isolation_profile WHERE id = ?", (profile_id,))
    return None if row is None else row[0]


def write_note(tx: Tx, profile_id: ProfileId, sealed: bytes | None, now: int) -> None:
    """Replaces a profile's sealed note."""
    tx.execute("UPDATE isolation_profile SET note = ?, updated = ? WHERE id = ?", (sealed, now, profile_id))


def note_context(profile_id: ProfileId) -> str:
    """What a sealed note is bound to."""
    return f"isolation_profile.note.{profile_id}"


def _find(source: Queries, session: Session, condition: str, value: object, in_bin: bool) -> list[Profile]:
    params: Parameters = [value]
    state = "NOT NULL" if in_bin else "NULL"
    where = f"{condition} AND {granted(session, params)} AND p.deleted_at IS {state}"
    sql = f"{rows.SELECT} WHERE {where} ORDER BY p.id"
    return [rows.read(row) for row in source.all(sql, params)]


def _mark(profile: Profile, sort: str) -> str:
    values: dict[str, str | int] = {
        "number": profile.number,
        "name": name_key(profile.name),
        "opened": -(millis(profile.last_opened) or 0),
        "created": millis(profile.created) or 0,
    }
    return write_mark(values[sort], profile.id)


def _write_tags(tx: Tx, profile: Profile) -> None:
    tx.executemany(
        "INSERT INTO isolation_profile_tag (profile_id, tag_key, tag, position) VALUES (?, ?, ?, ?)",
        [(profile.id, name_key(tag), tag, at) for at, tag in enumerate(profile.tags)],
    )
