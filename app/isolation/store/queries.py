"""What reading and writing share: a query's Protocol, grants as SQL, and times as milliseconds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from app.kernel.changes import All
from app.kernel.clock import from_millis, to_millis
from app.kernel.gate import Session

Parameters = list[object]


class Queries(Protocol):
    """Reads, inside a write or beside it."""

    def all(self, sql: str, params: Sequence[object] = ...) -> list[tuple[Any, ...]]:
        """Every row of a query."""

    def one(self, sql: str, params: Sequence[object] = ...) -> tuple[Any, ...] | None:
        """The first row of a query."""


def column(source: Queries, sql: str, params: Sequence[object] = ()) -> list[str]:
    """The one column of a query, of values without spaces, such as ids; in the query's order.

    SQLite hands it over as one row: for each row, a thread of Python waits for its turn, and thousands of
    turns hold up a face that paints.
    """
    found = source.one(f"SELECT group_concat(id, ' ') FROM ({sql})", params)  # noqa: S608  SQL of this room
    return found[0].split(" ") if found is not None and found[0] else []


def granted(session: Session, params: Parameters, alias: str = "p") -> str:
    """A condition that holds for the profiles a session may see; appends what it needs to `params`."""
    if isinstance(session.grants, All):
        return "1"
    grants = json.dumps(sorted(session.grants))
    params += [grants, grants]
    inside = "(SELECT value FROM json_each(?))"
    return f"({alias}.id IN {inside} OR {alias}.group_id IN {inside})"


def millis(moment: datetime | None) -> int | None:
    """A moment as the database stores it."""
    return None if moment is None else to_millis(moment)


def moment(stored: int | None) -> datetime | None:
    """A moment as the database stored it."""
    return None if stored is None else from_millis(stored)
