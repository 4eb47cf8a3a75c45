"""Sentences are filled with facts, and no fact can change the sentence around it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.text import Text, echoed, fill, say


@given(st.text())
def test_a_fact_is_printed_as_it_is_whatever_it_holds(hostile: str):
    assert say("Opened {name}.", name=hostile).english() == f"Opened {hostile}."


@pytest.mark.parametrize("hostile", ["{other}", "{0}", "{name.__class__}", "{{", "}", "%s", "{name!r}"])
def test_braces_in_a_fact_are_not_read_as_places(hostile: str):
    filled = say("{name} and {other}", name=hostile, other="secret").english()

    assert filled == f"{hostile} and secret"


def test_a_missing_fact_stays_visible():
    assert fill("Opened {name}.", {}) == "Opened {name}."


def test_numbers_are_filled_in():
    assert say("{n} of {total}", n=2, total=3.5).english() == "2 of 3.5"


def test_json_holds_the_source_the_facts_and_the_sentence():
    assert say("Opened {name}.", name="Anna").as_json() == {
        "id": "Opened {name}.",
        "facts": {"name": "Anna"},
        "text": "Opened Anna.",
    }


def test_a_fact_that_is_a_sentence_is_told_inside_the_other():
    text = say("{file}: {why}", file="a.yaml", why=say("{key} is missing.", key="id"))

    assert text.english() == "a.yaml: id is missing."
    assert text.as_json()["facts"] == {"file": "a.yaml", "why": "id is missing."}


def test_the_facts_of_a_text_cannot_be_changed():
    with pytest.raises(TypeError):
        say("{name}", name="Anna").facts["name"] = "Bert"


def test_a_text_without_facts_has_none():
    assert Text("Done.").facts == {}


@pytest.mark.parametrize(
    "typed", ["socks5://u:pw@h:1080", "u:pw@h", "pw@", "https://x", "1.2.3.4:1080:u:pw", " a:b:c ", "::1"]
)
def test_what_may_hold_a_password_is_not_repeated(typed: str):
    assert echoed(typed) == "***"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        (" Anna ", "Anna"),
        ("proxy.example:1080", "proxy.example:1080"),
        ("a\x1b[31m", "a\ufffd[31m"),
        ("\udcff", "\ufffd"),
        ("x" * 61, "x" * 59 + "…"),
        ("", ""),
    ],
)
def test_other_words_are_repeated_short_and_printable(typed: str, shown: str):
    assert echoed(typed) == shown
