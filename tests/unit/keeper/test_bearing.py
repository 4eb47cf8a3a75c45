"""How many windows a machine bears."""

from __future__ import annotations

import pytest

from app.isolation.checks import Level
from app.isolation.keeper.bearing import judge_memory, windows_at_once

GB = 1_000_000_000


@pytest.mark.parametrize(
    ("cores", "free", "at_once"),
    [(2, 8 * GB, 2), (16, 64 * GB, 8), (8, 2 * GB, 4), (8, GB // 10, 1), (1, 64 * GB, 1)],
)
def test_a_browser_a_core_starts_at_the_same_time_while_there_is_memory(cores: int, free: int, at_once: int):
    assert windows_at_once(cores, free) == at_once


def test_a_machine_whose_memory_is_full_says_so_before_one_more_window():
    [check] = judge_memory(250_000_000)

    assert (check.level, check.may_override) == (Level.RED, True)
    assert "250 MB" in check.message.english()
    assert judge_memory(GB) == ()
