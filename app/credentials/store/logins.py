"""SQL of sign-ins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from app.credentials.model import Credential
from app.isolation.profile import name_key
from app.kernel.clock import from_millis, to_millis
from app.kernel.ids import CredentialId
from app.kernel.pages import Page, bounded, cut, read_mark, write_mark
from app.vault.database import Tx

_SELECT = "SELECT id, name, site, username, created, updated FROM credentials_login"


class Queries(Protocol):
    """Reads, inside a write or beside it."""

    def all(self, sql: str, params: Sequence[object] = ...) -> list[tuple[Any, ...]]:
        """Every row of a query."""

    def one(self, sql: str, params: Sequence[object] = ...) -> tuple[Any, ...] | None:
        """The first row of a query."""


def page(source: Queries, after: str | None, limit: int) -> Page[Credential]:
    """One page of sign-ins by name."""
    limit = bounded(limit)
    value, last = read_mark(after) if after is not None else ("", "")
    sql = f"{_SELECT} WHERE (name_key, id) > (?, ?) ORDER BY name_key, id LIMIT ?"
    rows, has_more = cut(source.all(sql, (value, last, limit + 1)), limit)
    found = tuple(_credential(row) for row in rows)
    return Page(found, write_mark(name_key(found[-1].name), found[-1].id) if has_more else None)


def find(source: Queries, who: str) -> Credential | None:
    """A sign-in by its id or name."""
    row = source.one(
        f"{_SELECT} WHERE id = ? OR name_key = ? ORDER BY id = ? DESC", (who, name_key(who), who)
    )
    return None if row is None else _credential(row)


def names(source: Queries) -> list[str]:
    """Every name; for near matches."""
    return [row[0] for row in source.all("SELECT name FROM credentials_login")]


def is_taken(source: Queries, name: str) -> bool:
    """Whether a sign-in has this name."""
    return source.one("SELECT 1 FROM credentials_login WHERE name_key = ?", (name_key(name),)) is not None


def password(source: Queries, credential_id: CredentialId) -> bytes | None:
    """A sign-in's sealed password."""
    row = source.one("SELECT password FROM credentials_login WHERE id = ?", (credential_id,))
    return None if row is None else row[0]


def insert(tx: Tx, credential: Credential, sealed: bytes) -> None:
    """A new sign-in."""
    tx.execute(
        "INSERT INTO credentials_login (id, name, name_key, site, username, password, created, updated)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            credential.id,
            credential.name,
            name_key(credential.name),
            credential.site,
            credential.username,
            sealed,
            to_millis(credential.created),
            to_millis(credential.updated),
        ),
    )


def delete(tx: Tx, credential_id: CredentialId) -> None:
    """Removes a sign-in for good."""
    tx.execute("DELETE FROM credentials_login WHERE id = ?", (credential_id,))


def password_context(credential_id: CredentialId) -> str:
    """What a sealed password is bound to."""
    return f"credentials_login.password.{credential_id}"


def _credential(row: tuple[Any, ...]) -> Credential:
    id_, name, site, username, created, updated = row
    return Credential(CredentialId(id_), name, site, username, from_millis(created), from_millis(updated))
