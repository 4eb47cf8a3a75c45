"""Whether a value is the same in every context."""

from __future__ import annotations

from typing import Any

import pytest

from app.isolation.checks import Check, Level
from app.isolation.coherence.sameness import ROWS, judge_sameness
from tests.support.probes import Shows


def line(shows: Shows, wanted: str) -> Check:
    return next(check for check in judge_sameness(shows.probe()) if check.id == wanted)


def test_a_coherent_browser_is_green_in_every_line():
    assert [check for check in judge_sameness(Shows().probe()) if check.level is not Level.GREEN] == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_one_other_value_in_one_context_is_found_and_named(row: Any):
    shows = Shows()
    where = row.contexts[-1]
    shows.facts[where][row.facts[0]] = "something else"

    found = line(shows, row.id)

    assert found.level is row.worst
    assert where in found.message.english()
    assert "something else" in found.seen
    assert found.advice is not None
    assert [check.id for check in judge_sameness(shows.probe()) if check.level is not Level.GREEN] == [row.id]


def test_a_value_that_is_missing_in_one_context_is_another_value():
    shows = Shows()
    shows.facts["shared"]["webgl"] = None

    assert line(shows, "same.webgl").level is Level.RED


def test_a_value_that_came_too_late_is_no_contradiction():
    shows = Shows()
    shows.facts["popup"]["audio"] = "late"

    found = line(shows, "same.audio")
    assert found.level is Level.AMBER
    assert "only 6 of 7 contexts" in found.message.english()


def test_what_no_context_or_only_one_told_is_not_green():
    shows = Shows().everywhere(audio="late")
    for name, facts in shows.facts.items():
        if name != "main":
            del facts["offsets"]

    assert line(shows, "same.audio").level is Level.AMBER
    assert "only 0 of 7" in line(shows, "same.audio").message.english()
    assert line(shows, "same.timezone").level is Level.AMBER
    assert "only 1 of 12" in line(shows, "same.timezone").message.english()


def test_text_on_a_canvas_may_differ_where_no_page_stands_behind_it():
    shows = Shows()
    shows.facts["service"]["offscreenText"] = "another"

    assert line(shows, "same.canvas-text").level is Level.GREEN


def test_a_canvas_of_a_page_and_one_of_none_are_one_canvas():
    shows = Shows()
    for facts in shows.facts.values():
        if "canvasShapes" in facts:
            facts["canvasShapes"] = "noise in pages only"

    assert line(shows, "same.canvas").level is Level.RED


@pytest.mark.parametrize("told", [None, {"failed": "TypeError"}])
def test_a_context_that_shows_nothing_is_red_by_itself_and_nowhere_else(told: dict[str, Any] | None):
    shows = Shows()
    del shows.facts["nested"]
    if told is not None:
        shows.facts["nested"] = told

    wrong = [check for check in judge_sameness(shows.probe()) if check.level is not Level.GREEN]

    assert [(check.id, check.level, check.seen) for check in wrong] == [("contexts", Level.RED, "11")]
    assert "nested" in wrong[0].message.english()


def test_a_long_value_is_cut():
    assert len(line(Shows().everywhere(plugins=["x" * 500]), "same.plugins").seen) == 120


def test_no_context_at_all_is_told_without_a_fault():
    shows = Shows()
    shows.facts.clear()

    assert line(shows, "contexts").seen == "0"
