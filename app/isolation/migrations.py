"""The isolation room's tables: step 2 of the vault's one sequence."""

from __future__ import annotations

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

MIGRATIONS = (Migration(2, "profiles, groups, tags and proxies", _tables),)
