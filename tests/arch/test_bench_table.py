"""The bench's table says rightly whether a budget was met."""

from __future__ import annotations

import pytest

from tests.bench.__main__ import table
from tests.bench.row import Row


@pytest.mark.parametrize(
    ("row", "met"),
    [
        (Row("slower than allowed", 1.4, "s", 1.0, 1.3), False),
        (Row("just within", 1.3, "s", 1.0, 1.3), True),
        (Row("fast enough", 0.9, "MB/s", 1.0, 0.9, more_is_better=True), True),
        (Row("too slow", 0.8, "MB/s", 1.0, 0.9, more_is_better=True), False),
        (Row("on its own, within", 19.0, "ms", None, 20), True),
        (Row("on its own, beyond", 21.0, "ms", None, 20), False),
        (Row("only told", 21.0, "ms", 3.0), None),
    ],
)
def test_a_budget_is_met_or_not(row: Row, met: bool | None):
    assert row.is_met is met


def test_the_table_shows_figures_ratio_budget_and_verdict():
    lines = table([Row("open", 1.4, "s", 1.0, 1.3, note="n=5"), Row("p95", 12, "ms", None, 20)]).splitlines()

    assert lines[0].split() == ["what", "ours", "against", "ratio", "budget", "met"]
    assert lines[2].split() == ["open", "1.4", "s", "1", "s", "1.40x", "≤", "1.3x", "NO", "n=5"]
    assert lines[3].split() == ["p95", "12", "ms", "≤", "20", "ms", "yes"]
