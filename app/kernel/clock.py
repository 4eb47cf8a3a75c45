"""Injected time, so that rooms never ask the machine themselves."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Clock(Protocol):
    """Tells the time to rooms; tests hand in one that stands still."""

    def now(self) -> datetime:
        """The current moment, aware, in UTC."""

    def monotonic(self) -> float:
        """Seconds from an arbitrary start that never run backwards."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


def to_millis(moment: datetime) -> int:
    """Whole milliseconds since 1970-01-01 UTC; what databases and ids store."""
    # Not through float seconds: those lose a millisecond now and then.
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def from_millis(millis: int) -> datetime:
    """The aware UTC moment that `to_millis` stored."""
    return _EPOCH + timedelta(milliseconds=millis)
