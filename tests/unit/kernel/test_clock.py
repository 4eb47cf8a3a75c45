"""Moments become whole milliseconds and come back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from app.kernel.clock import SystemClock, from_millis, to_millis


@given(st.integers(min_value=0, max_value=4_102_444_800_000))
def test_milliseconds_come_back_as_they_were_stored(millis: int):
    assert to_millis(from_millis(millis)) == millis


def test_the_zone_of_a_moment_does_not_change_what_is_stored():
    moment = datetime(2026, 11, 22, 8, 0, 0, 1000, tzinfo=UTC)

    shifted = moment.astimezone(timezone(timedelta(hours=8)))

    assert to_millis(shifted) == to_millis(moment) == 1795334400001


def test_the_systems_clock_is_aware_and_never_runs_backwards():
    clock = SystemClock()

    first, second = clock.monotonic(), clock.monotonic()

    assert clock.now().tzinfo is UTC
    assert second >= first
