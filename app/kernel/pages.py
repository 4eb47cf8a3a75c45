"""Keyset pages: every list is read in pieces, each continuing after the last row of the one before."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from app.kernel.errors import UsageProblem
from app.kernel.text import say

Row = TypeVar("Row")
Mark = tuple[str | int, str]
PAGE_ROWS = 200
MOST_ROWS = 1_000
_TOO_LARGE = 1 << 63


class PageMarkWrong(UsageProblem):
    """What was given to continue a list is not what the list gave."""


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows, and what to hand in for the next ones; None when there are no more."""

    rows: tuple[Row, ...]
    after: str | None = None


def write_mark(value: str | int, row_id: str) -> str:
    """Where a page ended: the sorted value and the id of its last row."""
    return json.dumps([value, row_id], ensure_ascii=False)


def read_mark(text: str) -> Mark:
    """What `write_mark` wrote. Raises PageMarkWrong."""
    value: Any = None
    row_id: Any = None
    try:
        read = json.loads(text)
        value, row_id = read if isinstance(read, list) else (None, None)
    except ValueError:
        pass
    is_value = isinstance(value, str) or (type(value) is int and abs(value) < _TOO_LARGE)
    if is_value and isinstance(row_id, str):
        return value, row_id
    raise PageMarkWrong(
        say("The list cannot be continued from there."), say("Read it again from its beginning.")
    )


def bounded(limit: int) -> int:
    """How many rows a page really holds when somebody asks for so many."""
    return max(1, min(limit, MOST_ROWS))


def cut(rows: list[Row], limit: int) -> tuple[tuple[Row, ...], bool]:
    """The rows of one page, and whether more follow; `rows` was read with one row beyond the page."""
    return tuple(rows[:limit]), len(rows) > limit
