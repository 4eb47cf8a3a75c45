"""What was done to one thing, read from the record of acts, newest first."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.kernel.clock import from_millis
from app.vault.readers import Reader

MOST_LINES = 1_000
_LINES = """
    SELECT a.seq, a.at, coalesce(o.name, ''), a.via, a.ability, a.count, a.reason
    FROM vault_audit a LEFT JOIN vault_operator o ON o.id = a.operator
    WHERE a.subject IN (SELECT value FROM json_each(?)) AND a.seq < ?
    ORDER BY a.seq DESC LIMIT ?
"""
_NEWEST = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One act: when, who through which face, by which ability, on how many things at once, and why."""

    seq: int
    at: datetime
    operator_name: str
    via: str
    ability: str
    count: int
    reason: str | None


def history_of(
    reader: Reader, subjects: Sequence[str], limit: int = 100, before: int | None = None
) -> tuple[HistoryLine, ...]:
    """The newest acts on any of these subjects; `before` is the `seq` at which an earlier part ended."""
    wanted = json.dumps(list(subjects))
    lines = max(1, min(limit, MOST_LINES))
    rows = reader.all(_LINES, (wanted, _NEWEST if before is None else before, lines))
    return tuple(HistoryLine(row[0], from_millis(row[1]), *row[2:]) for row in rows)
