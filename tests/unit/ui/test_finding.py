"""The palette finds what somebody means: whole words first, then beginnings, then letters in order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ui.commands.finding import score


def best(wanted: str, *texts: str) -> list[str]:
    """The texts that fit, the best first."""
    scored = [(found, text) for text in texts if (found := score(wanted, text)) is not None]
    return [text for _, text in sorted(scored, key=lambda entry: -entry[0])]


def test_nothing_typed_fits_everything_alike():
    assert {score("", text) for text in ("Lock", "Quit", "")} == {0}
    assert score("   ", "Lock") == 0


@given(st.text(), st.text())
def test_whatever_is_typed_never_fails(wanted: str, text: str):
    found = score(wanted, text)

    assert found is None or isinstance(found, int)


@given(st.text(min_size=1))
def test_a_text_fits_itself(text: str):
    assert score(text, text) is not None


@pytest.mark.parametrize("wanted", ["lock", "LOCK", "Lock", " lock "])
def test_case_and_spaces_around_do_not_matter(wanted: str):
    assert score(wanted, "Lock") == score("lock", "lOCK")


def test_letters_must_come_in_order():
    assert score("swb", "Switch between 中文 and English") is not None
    assert score("bws", "Switch between") is None
    assert score("lockk", "Lock") is None


def test_a_whole_word_beats_the_middle_of_one_and_that_beats_scattered_letters():
    assert best("row", "Remove old words", "Switch rows", "Brown") == [
        "Switch rows",
        "Brown",
        "Remove old words",
    ]


def test_beginnings_of_words_beat_letters_anywhere():
    assert best("ns", "Find names", "New store") == ["New store", "Find names"]


def test_of_two_that_begin_alike_the_shorter_one_wins():
    assert best("open", "Open, or bring to the front of everything", "Open") == [
        "Open",
        "Open, or bring to the front of everything",
    ]


def test_chinese_is_found_by_its_signs():
    assert best("锁定", "锁定", "退出") == ["锁定"]
    assert best("新店", "新建店铺", "退出") == ["新建店铺"]


def test_spaces_between_letters_are_skipped():
    assert score("n s", "New store") is not None
