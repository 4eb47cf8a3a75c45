"""Whether what a window shows is true, and its fingerprint a steady name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.isolation.checks import Check, Level
from app.isolation.coherence.truth import fingerprint_id, judge_truth
from app.isolation.plan import Fingerprint, GeoMode, LaunchPlan, Mode, Place, WebRtcPolicy
from tests.support.plans import plan_for
from tests.support.probes import VERSION, Shows

BERLIN = Fingerprint(languages=("de-DE", "en"), timezone="Europe/Berlin")
FIXED = replace(BERLIN, geolocation=GeoMode.FIXED, place=Place(52.5, 13.4, 30.0))


def plan(settings: Fingerprint = BERLIN, mode: Mode = Mode.HANDS_ON) -> LaunchPlan:
    return replace(plan_for(Path("/nowhere"), settings=settings), mode=mode)


def judged(
    shows: Shows, settings: Fingerprint = BERLIN, mode: Mode = Mode.HANDS_ON, version: str = VERSION
) -> dict[str, Check]:
    checks = judge_truth(plan(settings, mode), shows.probe(), engine_version=version)
    return {check.id: check for check in checks if check.level is not Level.GREEN}


def levels(found: dict[str, Check]) -> dict[str, Level]:
    return {name: check.level for name, check in found.items()}


def test_a_true_window_is_green_in_every_line():
    assert judged(Shows()) == {}


HIGH = Shows().facts["main"]["hintsHigh"]


@pytest.mark.parametrize(
    ("facts", "line", "level"),
    [
        ({"userAgent": "Mozilla/5.0 (X11; Linux) Chrome/140.0.0.0"}, "engine.truth", Level.RED),
        ({"userAgent": "Mozilla/5.0 (X11; Linux) HeadlessChrome/156.0.0.0"}, "engine.truth", Level.RED),
        ({"hintsHigh": {**HIGH, "uaFullVersion": "156.0.1.1"}}, "engine.truth", Level.RED),
        ({"hintsHigh": {**HIGH, "architecture": ""}}, "engine.hints", Level.RED),
        ({"hintsHigh": None}, "engine.hints", Level.AMBER),
        ({"platform": "Win32"}, "engine.system", Level.RED),
        ({"webdriver": True}, "window.driver", Level.RED),
        ({"driverNames": ["__playwright"]}, "window.driver", Level.RED),
        ({"tampered": ["Navigator.languages"]}, "functions", Level.RED),
        ({"canvasSteady": False}, "canvas.steady", Level.RED),
        ({"pageCanvasSteady": False}, "canvas.steady", Level.RED),
        ({"audio": {"hash": "x", "steady": False}}, "canvas.steady", Level.RED),
        ({"pageWebgl": None, "webgl": None}, "machine.graphics", Level.AMBER),
        ({"pageWebgl": {"renderer": "ANGLE (Google, SwiftShader)"}}, "machine.graphics", Level.AMBER),
        ({"timezone": "Etc/UTC"}, "machine.utc", Level.AMBER),
        ({"outer": [2400, 800]}, "window.fits", Level.AMBER),
        ({"available": [1920, 1100]}, "window.fits", Level.AMBER),
        ({"inner": [1280, 800]}, "window.fits", Level.AMBER),
        ({"geolocation": {"state": "granted", "place": None}}, "geolocation", Level.AMBER),
        ({"candidates": ["candidate:1 1 udp 2 192.168.1.5 5 typ host"]}, "webrtc", Level.RED),
        ({"candidates": ["candidate:1 1 udp 2 ab-cd.local 5 typ host"]}, "webrtc", Level.AMBER),
        ({"stored": ["cookies"]}, "storage.empty", Level.RED),
        *(
            ({fact: unknown}, line, Level.AMBER)
            for fact, line in (("candidates", "webrtc"), ("stored", "storage.empty"))
            for unknown in (None, "late", ["failed NotAllowedError: no"])
        ),
    ],
)
def test_one_untruth_is_one_line(facts: dict[str, Any], line: str, level: Level):
    found = judged(Shows().everywhere(**facts))

    assert levels(found) == {line: level}


def test_a_brand_of_another_version_is_an_untruth():
    low = {"brands": ["Chromium 150", "Not:A-Brand 8"], "mobile": False, "platform": "Linux"}

    assert levels(judged(Shows().everywhere(hintsLow=low))) == {"engine.truth": Level.RED}


def test_the_engines_own_version_decides():
    assert levels(judged(Shows(), version="157.0.1.1")) == {"engine.truth": Level.RED}


def test_a_browser_without_hints_is_judged_by_its_user_agent():
    found = judged(Shows().everywhere(hintsLow=None, hintsHigh=None))

    assert levels(found) == {"engine.hints": Level.AMBER}


def test_an_automation_window_has_to_say_that_a_script_drives_it():
    assert levels(judged(Shows(), mode=Mode.AUTOMATION)) == {"window.driver": Level.RED}
    assert judged(Shows().everywhere(webdriver=True), mode=Mode.AUTOMATION) == {}


@pytest.mark.parametrize("settings", [replace(BERLIN, canvas="noise"), replace(BERLIN, audio="noise")])
def test_noise_that_was_chosen_is_said_and_is_no_untruth(settings: Fingerprint):
    shows = Shows().everywhere(tampered=["AudioBuffer.getChannelData"], canvasSteady=False)

    assert levels(judged(shows, settings)) == {"functions": Level.AMBER, "canvas.steady": Level.AMBER}


@pytest.mark.parametrize("state", ["prompt", "granted", "denied"])
def test_a_fixed_place_is_asked_for_as_in_any_browser(state: str):
    shows = Shows().everywhere(
        geolocation={"state": state, "place": [52.5, 13.4, 30] if state == "granted" else None}
    )

    assert judged(shows, FIXED) == {}


def test_another_place_than_the_fixed_one_is_an_untruth():
    shows = Shows()
    shows.facts["frame"]["geolocation"] = {"state": "granted", "place": [1.0, 2.0, 30.0]}

    assert levels(judged(shows, FIXED)) == {"geolocation": Level.RED}


@pytest.mark.parametrize(
    ("candidates", "expected"),
    [([], {}), (["candidate:1 1 udp 2 203.0.113.5 5 typ srflx"], {"webrtc": Level.AMBER})],
)
def test_webrtc_past_the_proxy_is_said_where_it_was_chosen(candidates: list[str], expected: dict[str, Level]):
    shows = Shows().everywhere(candidates=candidates)

    assert levels(judged(shows, replace(BERLIN, webrtc=WebRtcPolicy.DEFAULT))) == expected


@pytest.mark.parametrize("told", [{}, {"failed": "TypeError"}])
def test_a_window_that_showed_nothing_is_not_judged_here(told: dict[str, Any]):
    shows = Shows()
    shows.facts["main"] = told

    assert judge_truth(plan(), shows.probe(), engine_version=VERSION) == ()


def test_the_fingerprint_is_named_alike_for_the_same_and_otherwise_for_another_value():
    one, again = fingerprint_id(Shows().probe()), fingerprint_id(Shows().everywhere(inner=[900, 500]).probe())
    other = fingerprint_id(Shows().everywhere(cores=2).probe())

    assert one == again
    assert len(one) == 32
    assert other != one


def test_a_value_that_came_too_late_is_left_out_of_the_name_and_nothing_has_none():
    shows = Shows()
    shows.facts.clear()

    assert fingerprint_id(shows.probe()) == ""
    assert fingerprint_id(Shows().everywhere(audio="late").probe()) != ""
