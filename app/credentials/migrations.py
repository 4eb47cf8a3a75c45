"""The credentials room's table: step 3 of the vault's one sequence."""

from __future__ import annotations

from app.vault.migrations import Connection, Migration


def _table(connection: Connection) -> None:
    connection.execute(
        """
        CREATE TABLE credentials_login (
            id TEXT PRIMARY KEY,
            name TEXT NOT NULL,
            name_key TEXT NOT NULL UNIQUE,
            site TEXT NOT NULL,
            username TEXT NOT NULL,
            password BLOB NOT NULL,  -- sealed
            created INTEGER NOT NULL,
            updated INTEGER NOT NULL
        ) STRICT
        """
    )


MIGRATIONS = (Migration(3, "sign-ins", _table),)
