"""Windows on a grid: all on the screens, none larger than its cell, in order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.isolation.browser.placing import Area
from app.isolation.keeper.arranging import grid

FULL_HD = Area(0, 0, 1920, 1080)
SCREENS = st.lists(
    st.builds(
        Area,
        st.integers(-4000, 4000),
        st.integers(-2000, 2000),
        st.integers(600, 4000),
        st.integers(400, 2500),
    ),
    min_size=1,
    max_size=4,
)


def test_two_windows_share_a_wide_screen_side_by_side():
    assert grid(2, [FULL_HD]) == [Area(0, 0, 960, 1080), Area(960, 0, 960, 1080)]


def test_six_windows_stand_in_two_rows_of_three():
    cells = grid(6, [FULL_HD])

    assert [(cell.left, cell.top) for cell in cells] == [
        *((0, 0), (640, 0), (1280, 0)),
        *((0, 540), (640, 540), (1280, 540)),
    ]


def test_a_screen_twice_as_large_takes_twice_as_many():
    small = Area(1920, 0, 960, 1080)

    cells = grid(6, [FULL_HD, small])

    assert sum(cell.left < 1920 for cell in cells) == 4


@pytest.mark.parametrize("count", [0, 1, 12, 40])
def test_more_than_fit_overlap_and_none_is_too_small_to_use(count: int):
    cells = grid(count, [FULL_HD])

    assert len(cells) == count
    assert all(cell.width >= 520 and cell.height >= 360 for cell in cells)
    assert len({(cell.left, cell.top) for cell in cells}) == count, "each can be reached"


@given(count=st.integers(0, 60), screens=SCREENS)
def test_every_window_gets_a_place_on_one_of_the_screens(count: int, screens: list[Area]):
    cells = grid(count, screens)

    assert len(cells) == count
    for cell in cells:
        assert any(
            screen.left <= cell.left
            and screen.top <= cell.top
            and cell.left + cell.width <= screen.left + screen.width + 1
            and cell.top + cell.height <= screen.top + screen.height + 1
            for screen in screens
        )
