"""Whether headers say what scripts say."""

from __future__ import annotations

import pytest

from app.isolation.checks import Check, Level
from app.isolation.coherence.heading import judge_headers
from tests.support.probes import Shows


def wrong(shows: Shows) -> list[Check]:
    return [check for check in judge_headers(shows.probe()) if check.level is not Level.GREEN]


def test_a_coherent_browser_is_green_in_every_line():
    assert wrong(Shows()) == []


@pytest.mark.parametrize(
    ("header", "value", "line"),
    [
        ("user-agent", "Mozilla/5.0 HeadlessChrome/156.0.0.0", "headers.user-agent"),
        ("accept-language", "en-US,en;q=0.9", "headers.languages"),
        ("accept-language", "de,de-DE;q=0.9,en;q=0.8", "headers.languages"),
        ("accept-language", "", "headers.languages"),
        ("sec-ch-ua", '"Chromium";v="150", "Not:A-Brand";v="8"', "headers.hints-low"),
        ("sec-ch-ua-mobile", "?1", "headers.hints-low"),
        ("sec-ch-ua-platform", '"Windows"', "headers.hints-low"),
        ("sec-ch-ua-full-version-list", '"Chromium";v="156.0.0.1"', "headers.hints-high"),
        ("sec-ch-ua-arch", '"arm"', "headers.hints-high"),
        ("sec-ch-device-memory", "8", "headers.device"),
        ("sec-ch-dpr", "1.25", "headers.device"),
        ("sec-ch-dpr", "many", "headers.device"),
    ],
)
def test_a_header_that_contradicts_one_context_is_found_and_named(header: str, value: str, line: str):
    shows = Shows()
    shows.headers["cross"][header] = value

    found = wrong(shows)

    assert [(check.id, check.level) for check in found] == [(line, Level.RED)]
    assert "cross" in found[0].message.english()


def test_the_request_for_a_page_counts_as_much_as_what_it_posts():
    shows = Shows()
    probe = shows.probe()
    documents = {"popup": {**shows.headers["popup"], "user-agent": "another"}}

    found = judge_headers(type(probe)(probe.shown, documents))

    assert [check.id for check in found if check.level is Level.RED] == ["headers.user-agent"]


@pytest.mark.parametrize("sent", ["de-DE", "de-DE,de;q=0.9", "de-DE,de;q=0.9,en;q=0.8"])
def test_a_browser_may_send_fewer_languages_in_the_same_order(sent: str):
    shows = Shows()
    shows.headers["main"]["accept-language"] = sent

    assert wrong(shows) == []


def test_a_browser_may_add_the_bare_language_after_its_variant():
    shows = Shows().everywhere(languages=["de-DE", "en"])

    assert wrong(shows) == []


def test_workers_send_no_hints_and_pages_must():
    shows = Shows()
    del shows.headers["sandbox"]["sec-ch-ua"]

    found = wrong(shows)

    assert [check.id for check in found] == ["headers.hints-low"]
    assert "sandbox" in found[0].message.english()


def test_a_browser_without_hints_contradicts_nothing():
    shows = Shows().everywhere(hintsLow=None, hintsHigh=None)
    for headers in shows.headers.values():
        for name in [name for name in headers if name.startswith("sec-ch-ua")]:
            del headers[name]

    assert wrong(shows) == []


def test_a_context_that_failed_is_not_judged_here():
    shows = Shows()
    shows.facts["blob"] = {"failed": "TypeError"}
    shows.facts.pop("main")

    assert wrong(shows) == []
