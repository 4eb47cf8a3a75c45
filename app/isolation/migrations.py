"""The isolation room's tables: steps 2 and 5 to 8 of the vault's one sequence."""

from __future__ import annotations

import json

from app.isolation.search_key import search_key, sort_key
from app.vault.migrations import Connection, Migration


def _tables(connection: Connection) -> None:
    for statement in _STATEMENTS:
        connection.execute(statement)


_STATEMENTS = (
    """
    CREATE TABLE isolation_group (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        name_key TEXT NOT NULL UNIQUE
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE isolation_proxy (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        name_key TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL,
        host TEXT NOT NULL,
        port INTEGER NOT NULL,
        username TEXT NOT NULL,
        password BLOB,        -- sealed
        change_ip_url BLOB,   -- sealed: such addresses carry a token
        created INTEGER NOT NULL,
        updated INTEGER NOT NULL,
        UNIQUE (kind, host, port, username)
    ) STRICT
    """,
    """
    CREATE TABLE isolation_profile (
        id TEXT PRIMARY KEY,
        number INTEGER NOT NULL UNIQUE,  -- those in the bin keep theirs
        name TEXT NOT NULL,
        name_key TEXT NOT NULL,
        colour TEXT NOT NULL,
        template TEXT NOT NULL,
        platform TEXT NOT NULL,
        market TEXT NOT NULL,
        legal_entity TEXT NOT NULL,
        status TEXT NOT NULL,
        group_id TEXT REFERENCES isolation_group (id),
        operator TEXT NOT NULL,
        engine_kind TEXT NOT NULL,
        engine_path TEXT NOT NULL,
        engine_channel TEXT NOT NULL,
        password_store TEXT NOT NULL,
        jail INTEGER NOT NULL,
        fingerprint TEXT NOT NULL,       -- JSON
        proxy_id TEXT REFERENCES isolation_proxy (id),  -- NULL: direct
        start_pages TEXT NOT NULL,       -- JSON
        download_folder TEXT NOT NULL,
        allow_private INTEGER NOT NULL,
        note BLOB,                       -- sealed
        last_opened INTEGER,
        engine_seen TEXT NOT NULL,
        exit TEXT,                       -- JSON
        exit_seen INTEGER,
        created INTEGER NOT NULL,
        updated INTEGER NOT NULL,
        deleted_at INTEGER
    ) STRICT
    """,
    "CREATE UNIQUE INDEX isolation_profile_name ON isolation_profile (name_key) WHERE deleted_at IS NULL",
    "CREATE INDEX isolation_profile_created ON isolation_profile (created, id) WHERE deleted_at IS NULL",
    """
    CREATE INDEX isolation_profile_opened ON isolation_profile (-coalesce(last_opened, 0), id)
    WHERE deleted_at IS NULL
    """,
    "CREATE INDEX isolation_profile_group ON isolation_profile (group_id)",
    "CREATE INDEX isolation_profile_proxy ON isolation_profile (proxy_id)",
    """
    CREATE TABLE isolation_profile_tag (
        profile_id TEXT NOT NULL REFERENCES isolation_profile (id) ON DELETE CASCADE,
        tag_key TEXT NOT NULL,
        tag TEXT NOT NULL,
        position INTEGER NOT NULL,
        PRIMARY KEY (profile_id, tag_key)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX isolation_profile_tag_by_tag ON isolation_profile_tag (tag_key, profile_id)",
)

_FOR_FACES = (
    # What lists search and sort by; see search_key.
    "ALTER TABLE isolation_profile ADD COLUMN search TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE isolation_profile ADD COLUMN name_sort TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE isolation_profile ADD COLUMN operator_sort TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE isolation_profile ADD COLUMN tags_sort TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE isolation_group ADD COLUMN colour TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE isolation_group ADD COLUMN position INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE isolation_proxy ADD COLUMN expires INTEGER",
    "ALTER TABLE isolation_proxy ADD COLUMN provider TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE isolation_proxy ADD COLUMN exit TEXT",  # JSON, of the last check that went well
    "ALTER TABLE isolation_proxy ADD COLUMN checked INTEGER",
    "ALTER TABLE isolation_proxy ADD COLUMN check_problem TEXT",  # JSON; NULL: the last check went well
    """
    CREATE TABLE isolation_view (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        name_key TEXT NOT NULL UNIQUE,
        content TEXT NOT NULL,           -- JSON, the face's own
        position INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
)


_SEARCHED = """
    SELECT p.number, p.market, p.exit, p.name, coalesce(g.name, ''), p.operator, p.legal_entity, p.platform,
        (SELECT json_group_array(tag) FROM
            (SELECT tag FROM isolation_profile_tag WHERE profile_id = p.id ORDER BY position)),
        p.id
    FROM isolation_profile p LEFT JOIN isolation_group g ON g.id = p.group_id
"""
_FILL = (
    "UPDATE isolation_profile SET search = ?, name_sort = ?, operator_sort = ?, tags_sort = ? WHERE id = ?"
)
_PLACE = "UPDATE isolation_group SET position = ? WHERE id = ?"


def _for_faces(connection: Connection) -> None:
    for statement in _FOR_FACES:
        connection.execute(statement)
    for number, market, found, name, group, operator, entity, platform, listed, id_ in connection.execute(
        _SEARCHED
    ).fetchall():
        tags = json.loads(listed)
        labels = (name, group, *tags, operator, entity, platform)
        ip = json.loads(found)["ip"] if found else ""
        sorts = (sort_key(name), sort_key(operator), sort_key(" ".join(tags)))
        connection.execute(_FILL, (search_key(number, market, ip, labels), *sorts, id_))
    groups = connection.execute("SELECT name, id FROM isolation_group").fetchall()
    for position, (_, id_) in enumerate(sorted(groups, key=lambda row: sort_key(row[0]))):
        connection.execute(_PLACE, (position, id_))


# What makes two profiles look the same to a shop; queries for twins must say the same expressions.
_TWINS = """
    CREATE INDEX isolation_profile_looks ON isolation_profile (
        json_extract(fingerprint, '$.timezone'), json_extract(fingerprint, '$.languages'),
        json_extract(fingerprint, '$.scale'), json_extract(fingerprint, '$.cores')
    ) WHERE deleted_at IS NULL
"""


def _for_twins(connection: Connection) -> None:
    connection.execute(_TWINS)


def _for_stops(connection: Connection) -> None:
    connection.execute(
        "ALTER TABLE isolation_profile ADD COLUMN stops TEXT NOT NULL DEFAULT 'network country'"
    )
    # Until now it meant nothing.
    connection.execute("UPDATE isolation_profile SET jail = 1")


_FOR_THE_POOL = (
    "ALTER TABLE isolation_proxy ADD COLUMN key_file TEXT NOT NULL DEFAULT ''",  # SSH: a path, no secret
    "ALTER TABLE isolation_proxy ADD COLUMN host_key TEXT NOT NULL DEFAULT ''",  # SSH: the pinned one
    "ALTER TABLE isolation_proxy ADD COLUMN price TEXT NOT NULL DEFAULT ''",
    "CREATE INDEX isolation_proxy_exit ON isolation_proxy (exit ->> '$.ip')",
    # Which profile came out where and from when to when: one row for each stretch at one address.
    """
    CREATE TABLE isolation_exit_seen (
        profile_id TEXT NOT NULL REFERENCES isolation_profile (id) ON DELETE CASCADE,
        since INTEGER NOT NULL,
        until INTEGER NOT NULL,
        ip TEXT NOT NULL,
        country TEXT NOT NULL,
        PRIMARY KEY (profile_id, since)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX isolation_exit_seen_ip ON isolation_exit_seen (ip, until)",
    """
    INSERT INTO isolation_exit_seen (profile_id, since, until, ip, country)
    SELECT id, exit_seen, exit_seen, exit ->> '$.ip', coalesce(exit ->> '$.country', '')
    FROM isolation_profile WHERE exit IS NOT NULL AND exit_seen IS NOT NULL
    """,
)


def _for_the_pool(connection: Connection) -> None:
    for statement in _FOR_THE_POOL:
        connection.execute(statement)


MIGRATIONS = (
    Migration(2, "profiles, groups, tags and proxies", _tables),
    Migration(5, "what the window program lists", _for_faces),
    Migration(6, "twins found without reading every profile", _for_twins),
    Migration(7, "what keeps a window shut", _for_stops),
    Migration(8, "SSH keys and prices of proxies, and where every profile came out", _for_the_pool),
)
