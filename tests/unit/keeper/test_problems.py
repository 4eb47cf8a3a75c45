"""Problems of the keeper say what happened and what to do."""

from __future__ import annotations

import pytest

from app.isolation.keeper.client import KeeperOfOtherVersion, KeeperSilent
from app.isolation.keeper.messages import RequestWrong
from app.isolation.keeper.problems import (
    KeeperUnreachable,
    NotOpen,
    NotPrepared,
    PageMissing,
    WindowAmbiguous,
    WindowBusy,
)
from app.kernel.errors import ExitCode, Problem

EVERY = [
    WindowBusy("Anna"),
    WindowAmbiguous("7", ["#7 Anna", "#9 7"]),
    NotOpen(),
    PageMissing("https://store.test/"),
    NotPrepared(),
    KeeperUnreachable.not_started("/state/keeper.log"),
    KeeperUnreachable.gone(),
    KeeperSilent(4711),
    KeeperOfOtherVersion(),
    RequestWrong(),
]


@pytest.mark.parametrize("problem", EVERY, ids=str)
def test_every_sentence_is_whole_and_has_a_next_step(problem: Problem):
    for text in (problem.text.english(), problem.next_step.english()):
        assert text.endswith(".")
        assert "{" not in text


@pytest.mark.parametrize(
    ("problem", "code"),
    [
        (WindowBusy("Anna"), ExitCode.FAILED),
        (NotOpen(), ExitCode.NOT_FOUND),
        (WindowAmbiguous("7", []), ExitCode.USAGE),
        (PageMissing("x"), ExitCode.NOT_FOUND),
        (KeeperUnreachable.gone(), ExitCode.FAILED),
        (KeeperSilent(4711), ExitCode.FAILED),
        (RequestWrong(), ExitCode.USAGE),
    ],
)
def test_what_is_missing_is_told_apart_from_what_failed(problem: Problem, code: ExitCode):
    assert problem.exit_code is code


def test_an_endless_address_does_not_make_an_endless_sentence():
    assert len(PageMissing("https://store.test/" + "x" * 10_000).text.english()) < 300


def test_the_log_is_named():
    assert "/state/keeper.log" in KeeperUnreachable.not_started("/state/keeper.log").next_step.english()


def test_a_busy_store_is_named():
    assert WindowBusy("Anna").text.english() == "Anna is already open."
