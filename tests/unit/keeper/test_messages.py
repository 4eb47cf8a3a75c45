"""What travels between a face and the keeper arrives as it was sent."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.isolation.browser.problems import NoEngine, ProfileBusy
from app.isolation.checks import Check, Exit, Level, Preflight
from app.isolation.keeper.messages import (
    KeeperProblem,
    exit_plain,
    packed,
    preflight_from,
    preflight_plain,
    problem_from,
    problem_plain,
    text_from,
    text_plain,
    unpacked,
)
from app.isolation.keeper.problems import NotOpen
from app.kernel.errors import ExitCode, Problem, RefusedProblem
from app.kernel.text import Text, say

TEXT = st.text(st.characters(codec=None), max_size=20)
FACTS = st.dictionaries(TEXT, TEXT | st.integers() | st.floats(allow_nan=False), max_size=3)
PLAIN_TEXTS = st.builds(Text, TEXT, FACTS, st.none() | st.integers())
# A fact may be a sentence itself.
TEXTS = st.builds(
    Text, TEXT, FACTS | st.dictionaries(TEXT, TEXT | PLAIN_TEXTS, max_size=3), st.none() | st.integers()
)
EXITS = st.builds(Exit, TEXT, TEXT, TEXT, st.integers(0, 10**6))
CHECKS = st.builds(Check, TEXT, st.sampled_from(Level), TEXTS, st.booleans(), TEXT, TEXT, st.none() | TEXTS)
PREFLIGHTS = st.builds(Preflight, st.none() | EXITS, st.lists(CHECKS, max_size=4).map(tuple))


def sent(plain: dict[str, Any]) -> dict[str, Any]:
    """Through the channel."""
    received: dict[str, Any] = json.loads(json.dumps(plain))
    return received


@given(text=TEXTS)
def test_a_sentence_arrives_with_its_facts(text: Text):
    assert text_from(sent(text_plain(text))) == text


@given(preflight=PREFLIGHTS)
def test_a_preflight_arrives_with_every_check(preflight: Preflight):
    assert preflight_from(sent(preflight_plain(preflight))) == preflight


def test_a_red_check_still_stops_and_may_still_be_overridden():
    red = Check("exit.country", Level.RED, say("Wrong {x}.", x="{y}"), may_override=True)

    found = preflight_from(sent(preflight_plain(Preflight(None, (red,)))))

    assert found.stops(only_this_once=False) == (red,)
    assert found.stops(only_this_once=True) == ()


def test_an_exit_travels_with_all_it_knows():
    assert Exit(**exit_plain(Exit("203.0.113.7", "DE", "Europe/Berlin", 41))) == Exit(
        "203.0.113.7", "DE", "Europe/Berlin", 41
    )


@pytest.mark.parametrize(
    "problem",
    [
        NotOpen(),
        NoEngine.named("brave"),
        ProfileBusy.by_process("Anna {x}", 7),
        RefusedProblem(say("No."), say("Ask.")),
    ],
    ids=lambda problem: problem.id,
)
def test_a_problem_is_raised_again_as_it_was(problem: Problem):
    found = problem_from(sent(problem_plain(problem)))

    assert isinstance(found, KeeperProblem)
    assert found.as_json() == problem.as_json()
    assert str(found) == str(problem)
    assert found.exit_code is problem.exit_code


def test_one_problem_does_not_lend_its_exit_code_to_others():
    problem_from(problem_plain(NotOpen()))

    assert KeeperProblem.exit_code is ExitCode.FAILED


@pytest.mark.parametrize("level", ["purple", ""])
def test_a_level_nobody_knows_is_not_taken_for_green(level: str):
    plain = preflight_plain(Preflight(None, (Check("a", Level.RED, say("No.")),)))
    plain["checks"][0]["level"] = level

    with pytest.raises(ValueError):
        preflight_from(plain)


@given(message=st.dictionaries(TEXT, TEXT | st.integers() | st.lists(TEXT)))
def test_a_message_arrives_as_it_was_packed(message: dict[str, Any]):
    assert unpacked(packed(message)) == message


def test_half_a_character_travels_too():
    message = {"name": "\ud800"}

    assert unpacked(packed(message)) == message


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"\xff", b"[]", b"5", pytest.param(b"[" * 200_000, id="nested too deep")],
    ids=repr,
)
def test_what_is_no_message_is_told_as_that(raw: bytes):
    with pytest.raises(ValueError):
        unpacked(raw)
