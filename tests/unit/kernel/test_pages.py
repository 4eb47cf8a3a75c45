"""A page ends with a mark from which the next one continues, and no other text is taken for one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.pages import Page, PageMarkWrong, cut, read_mark, write_mark


@given(st.one_of(st.text(), st.integers(min_value=-(1 << 62), max_value=1 << 62)), st.text())
def test_a_mark_is_read_as_it_was_written(value: str | int, row_id: str):
    assert read_mark(write_mark(value, row_id)) == (value, row_id)


@pytest.mark.parametrize(
    "text",
    [
        *("", "x", "5", "null", "[1]", '[1,"a",2]', '{"a":1,"b":2}', '[true,"a"]', '[1.5,"a"]', '[null,"a"]'),
        *('["a",5]', '["a",null]', f'[{1 << 63},"a"]', f'[{-(1 << 70)},"a"]'),
    ],
)
def test_another_text_is_refused(text: str):
    with pytest.raises(PageMarkWrong):
        read_mark(text)


def test_rows_beyond_the_page_are_cut_and_noticed():
    assert cut([1, 2, 3], 2) == ((1, 2), True)
    assert cut([1, 2], 2) == ((1, 2), False)
    assert Page((1,)).after is None
