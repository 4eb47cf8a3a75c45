"""Which checks keep a window shut."""

from __future__ import annotations

import pytest

from app.isolation.checks import Check, Level, Preflight
from app.kernel.text import say


def check(level: Level, may_override: bool = False) -> Check:
    return Check(f"{level}.{may_override}", level, say("So it is."), may_override)


@pytest.mark.parametrize("only_this_once", [False, True])
@pytest.mark.parametrize("level", [Level.GREEN, Level.AMBER])
def test_green_and_amber_stop_nothing(level: Level, only_this_once: bool):
    assert Preflight(None, (check(level), check(level, may_override=True))).stops(only_this_once) == ()


@pytest.mark.parametrize(
    ("may_override", "only_this_once", "stops"),
    [(False, False, True), (False, True, True), (True, False, True), (True, True, False)],
)
def test_red_stops_unless_it_may_be_overridden_and_is(may_override: bool, only_this_once: bool, stops: bool):
    red = check(Level.RED, may_override)

    assert Preflight(None, (check(Level.GREEN), red)).stops(only_this_once) == ((red,) if stops else ())


def test_an_override_leaves_the_reds_that_nobody_may_answer_for():
    hard, soft = check(Level.RED), check(Level.RED, may_override=True)

    assert Preflight(None, (soft, hard)).stops(only_this_once=True) == (hard,)
    assert Preflight(None, (soft, hard)).stops(only_this_once=False) == (soft, hard)
