"""Clocks that stand still until they are moved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


class FakeClock:
    """Fulfils `kernel.clock.Clock`; `step` moves both of its times."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start
        self._monotonic = 100.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    def step(self, seconds: float) -> None:
        """Lets time pass, backwards with a negative number (then only the wall clock runs)."""
        self._now += timedelta(seconds=seconds)
        self._monotonic += max(0.0, seconds)
