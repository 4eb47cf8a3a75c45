"""Problems of browsers say what happened and what to do; the browser's own words stay inside."""

from __future__ import annotations

import pytest

from app.isolation.browser.problems import (
    EngineFailed,
    EngineGone,
    NoEngine,
    NoScreen,
    PreferencesBroken,
    ProfileBusy,
)
from app.kernel.errors import ExitCode, Problem

EVERY = [
    NoEngine.at_all(),
    NoEngine.named("brave"),
    NoScreen(),
    EngineFailed.at_start("chromium", 1, ""),
    EngineFailed.silent("chromium", 30),
    EngineFailed.missing("/opt/none"),
    ProfileBusy.open_here("Anna"),
    ProfileBusy.by_process("Anna", 4711),
    ProfileBusy.by_process("Anna", None),
    EngineGone(),
    PreferencesBroken("/data/Preferences"),
]


@pytest.mark.parametrize("problem", EVERY, ids=str)
def test_every_sentence_is_whole_and_has_a_next_step(problem: Problem):
    for text in (problem.text.english(), problem.next_step.english()):
        assert text.endswith(".")
        assert "{" not in text


@pytest.mark.parametrize(
    ("problem", "named"),
    [
        (NoEngine.named("brave"), "brave"),
        (EngineFailed.at_start("chromium", 21, ""), "chromium, code 21"),
        (EngineFailed.silent("edge", 30), "30 seconds (edge)"),
        (EngineFailed.missing("/opt/none"), "/opt/none"),
        (ProfileBusy.open_here("Anna"), "Anna"),
        (ProfileBusy.by_process("Anna", 4711), "process 4711"),
        (PreferencesBroken("/data/Preferences"), "/data/Preferences"),
    ],
)
def test_the_sentence_names_what_it_is_about(problem: Problem, named: str):
    assert named in problem.text.english()


def test_a_missing_browser_is_not_found_and_the_rest_failed():
    assert NoEngine.at_all().exit_code is ExitCode.NOT_FOUND
    assert NoScreen().exit_code is ExitCode.FAILED


@pytest.mark.parametrize(
    ("stderr", "hint"),
    [
        ("[1:1] No usable SANDBOX! Update your kernel", "chromium-sandbox"),
        ("Missing X server or $DISPLAY", "xvfb-run"),
        ("The platform failed to initialize: ozone", "xvfb-run"),
        ("The profile appears to be in use by another Chromium process", "same profile folder"),
        ("Opening in existing browser session.", "same profile folder"),
        ("Segmentation fault", "install it again"),
        ("", "install it again"),
    ],
)
def test_the_browsers_last_words_choose_the_hint(stderr: str, hint: str):
    assert hint in EngineFailed.at_start("chromium", 1, stderr).next_step.english()


def test_the_browsers_last_words_are_never_shown():
    problem = EngineFailed.at_start("chromium", 1, "canary https://store.test/?token=canary sandbox")

    assert "canary" not in str(problem)
    assert "canary" not in repr(problem.as_json())
