"""SQL of saved views."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.isolation.profile import name_key
from app.isolation.store.queries import Queries
from app.kernel.ids import ViewId
from app.vault.database import Tx

_SELECT = "SELECT id, name, content FROM isolation_view"
_SAVE = """
    INSERT INTO isolation_view (id, name, name_key, content, position)
    VALUES (?, ?, ?, ?, (SELECT coalesce(max(position), -1) + 1 FROM isolation_view))
    ON CONFLICT (name_key) DO UPDATE SET name = excluded.name, content = excluded.content
"""


@dataclass(frozen=True, slots=True)
class View:
    """What a list showed when somebody saved it; `content` is the face's own JSON."""

    id: ViewId
    name: str
    content: str


def every(source: Queries) -> tuple[View, ...]:
    """All views, in their places."""
    return tuple(_view(row) for row in source.all(f"{_SELECT} ORDER BY position, name_key"))


def by_name(source: Queries, key: str) -> View | None:
    """A view by its name's key."""
    row = source.one(f"{_SELECT} WHERE name_key = ?", (key,))
    return None if row is None else _view(row)


def save(tx: Tx, view: View) -> None:
    """A new view behind the others, or another content for the one of this name."""
    tx.execute(_SAVE, (view.id, view.name, name_key(view.name), view.content))


def rename(tx: Tx, view: ViewId, name: str) -> None:
    """Another name."""
    tx.execute("UPDATE isolation_view SET name = ?, name_key = ? WHERE id = ?", (name, name_key(name), view))


def remove(tx: Tx, view: ViewId) -> None:
    """Takes a view away."""
    tx.execute("DELETE FROM isolation_view WHERE id = ?", (view,))


def place(tx: Tx, first: Sequence[ViewId]) -> None:
    """Puts views into this order, and those that are not named behind them, as they stood."""
    order = dict.fromkeys([*first, *(view.id for view in every(tx))])
    tx.executemany("UPDATE isolation_view SET position = ? WHERE id = ?", list(enumerate(order)))


def _view(row: Sequence[Any]) -> View:
    return View(ViewId(row[0]), row[1], row[2])
