"""A profile's record as a row of its table, and back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from app.isolation.checks import Exit
from app.isolation.plan import Fingerprint, Stop, fingerprint_from, fingerprint_plain
from app.isolation.profile import AccountStatus, Engine, Profile, name_key
from app.isolation.search_key import search_key, sort_key
from app.isolation.store.queries import millis, moment
from app.kernel.clock import from_millis
from app.kernel.ids import ProfileId, ProxyId

_TAGS = """(SELECT json_group_array(tag) FROM
    (SELECT tag FROM isolation_profile_tag WHERE profile_id = p.id ORDER BY position))"""
# Columns that the record holds as they are, and those that `read` translates.
_PLAIN = (
    "number",
    "name",
    "colour",
    "template",
    "platform",
    "market",
    "legal_entity",
    "operator",
    "password_store",
    "download_folder",
    "engine_seen",
)
_TRANSLATED = {
    "id": "p.id",
    "created": "p.created",
    "updated": "p.updated",
    "status": "p.status",
    "group": "coalesce(g.name, '')",
    "tags": _TAGS,
    "engine_kind": "p.engine_kind",
    "engine_path": "p.engine_path",
    "engine_channel": "p.engine_channel",
    "jail": "p.jail",
    "fingerprint": "p.fingerprint",
    "proxy": "p.proxy_id",
    "start_pages": "p.start_pages",
    "allow_private": "p.allow_private",
    "stops": "p.stops",
    "has_note": "p.note IS NOT NULL",
    "last_opened": "p.last_opened",
    "exit": "p.exit",
    "exit_seen": "p.exit_seen",
    "deleted_at": "p.deleted_at",
}
_COLUMNS = {**{name: f"p.{name}" for name in _PLAIN}, **_TRANSLATED}
COLUMNS = ", ".join(_COLUMNS.values())
COUNT = len(_COLUMNS)
FROM = "FROM isolation_profile p LEFT JOIN isolation_group g ON g.id = p.group_id"
SELECT = f"SELECT {COLUMNS} {FROM}"


@lru_cache(maxsize=4096)  # a thousand profiles share a few hundred settings, and settings are frozen
def fingerprint(text: str) -> Fingerprint:
    """Fingerprint settings as they are stored."""
    return fingerprint_from(json.loads(text))


def read(row: Sequence[Any]) -> Profile:
    """The record of a row that SELECT gave."""
    found = dict(zip(_COLUMNS, row, strict=True))
    return Profile(
        **{name: found[name] for name in _PLAIN},
        id=ProfileId(found["id"]),
        created=from_millis(found["created"]),
        updated=from_millis(found["updated"]),
        status=AccountStatus(found["status"]),
        group=found["group"],
        tags=tuple(json.loads(found["tags"])),
        engine=Engine(found["engine_kind"], found["engine_path"], found["engine_channel"]),
        jail=bool(found["jail"]),
        fingerprint=fingerprint(found["fingerprint"]),
        proxy=None if found["proxy"] is None else ProxyId(found["proxy"]),
        start_pages=tuple(json.loads(found["start_pages"])),
        allow_private=bool(found["allow_private"]),
        stops=tuple(Stop(word) for word in found["stops"].split()),
        has_note=bool(found["has_note"]),
        last_opened=moment(found["last_opened"]),
        exit=None if found["exit"] is None else Exit(**json.loads(found["exit"])),
        exit_seen=moment(found["exit_seen"]),
        deleted_at=moment(found["deleted_at"]),
    )


def write(profile: Profile, group_id: str | None) -> dict[str, object]:
    """A record's columns and values; the sealed note and the tags stand elsewhere."""
    return {
        **{name: getattr(profile, name) for name in _PLAIN},
        "id": profile.id,
        "name_key": name_key(profile.name),
        "created": millis(profile.created),
        "updated": millis(profile.updated),
        "status": profile.status.value,
        "group_id": group_id,
        "engine_kind": profile.engine.kind,
        "engine_path": profile.engine.path,
        "engine_channel": profile.engine.channel,
        "jail": int(profile.jail),
        "fingerprint": json.dumps(fingerprint_plain(profile.fingerprint)),
        "proxy_id": profile.proxy,
        "start_pages": json.dumps(profile.start_pages, ensure_ascii=False),
        "allow_private": int(profile.allow_private),
        "stops": " ".join(profile.stops),
        "last_opened": millis(profile.last_opened),
        "exit": None if profile.exit is None else json.dumps(asdict(profile.exit)),
        "exit_seen": millis(profile.exit_seen),
        "deleted_at": millis(profile.deleted_at),
        "search": search(profile),
        "name_sort": sort_key(profile.name),
        "operator_sort": sort_key(profile.operator),
        "tags_sort": sort_key(" ".join(profile.tags)),
    }


def search(profile: Profile) -> str:
    """What a search looks in."""
    labels = (
        profile.name,
        profile.group,
        *profile.tags,
        profile.operator,
        profile.legal_entity,
        profile.platform,
    )
    ip = profile.exit.ip if profile.exit else ""
    return search_key(profile.number, profile.market, ip, labels)
