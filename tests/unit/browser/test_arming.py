"""What each kind of target is told before its first script."""

from __future__ import annotations

import sys

import pytest

from app.isolation.browser.arming import Armed, Arming, Command, Session
from app.isolation.plan import Fingerprint, GeoMode, Place

BERLIN = Place(52.52, 13.405, 30.0)
FIXED = Fingerprint(languages=("de-DE",), timezone="Europe/Berlin", geolocation=GeoMode.FIXED, place=BERLIN)
PLACE_COMMAND = (
    "Emulation.setGeolocationOverride",
    {"latitude": 52.52, "longitude": 13.405, "accuracy": 30.0},
)
ZONE_COMMAND = ("Emulation.setTimezoneOverride", {"timezoneId": "Europe/Berlin"})
PAGES = ["page", "iframe"]
WORKERS = ["worker", "shared_worker", "service_worker"]


@pytest.mark.parametrize("target", PAGES)
def test_pages_and_frames_are_told_the_fixed_place(target: str):
    assert Arming(FIXED, tz_works=True).commands(target) == [PLACE_COMMAND]


@pytest.mark.parametrize("target", [*WORKERS, "browser", "tab", ""])
def test_targets_without_geolocation_are_not_told_a_place(target: str):
    assert Arming(FIXED, tz_works=True).commands(target) == []


@pytest.mark.parametrize("mode", [GeoMode.REAL, GeoMode.BLOCKED])
def test_a_place_kept_from_before_is_told_only_while_it_is_fixed(mode: GeoMode):
    arming = Arming(Fingerprint(geolocation=mode, place=BERLIN), tz_works=True)

    assert arming.commands("page") == []


def test_where_tz_does_not_work_pages_are_told_place_and_zone():
    assert Arming(FIXED, tz_works=False).commands("page") == [PLACE_COMMAND, ZONE_COMMAND]


@pytest.mark.parametrize("target", [*PAGES, *WORKERS])
def test_where_tz_does_not_work_the_zone_is_said_again_to_whatever_runs_scripts(target: str):
    arming = Arming(FIXED, tz_works=False)

    assert arming.lasting_commands(target) == [ZONE_COMMAND]
    assert arming.commands(target)[-1:] == [ZONE_COMMAND]


def test_targets_that_run_no_scripts_are_not_told_a_zone():
    assert Arming(FIXED, tz_works=False).lasting_commands("browser") == []


def test_where_tz_works_nothing_is_said_again():
    assert Arming(FIXED, tz_works=True).lasting_commands("page") == []


def test_only_windows_needs_the_zone_by_command():
    told = Arming(Fingerprint(timezone="Europe/Berlin")).commands("page")

    assert bool(told) is (sys.platform == "win32")


NOISY = Fingerprint(canvas="noise")


@pytest.mark.parametrize("target", PAGES)
def test_documents_run_the_noise_before_their_first_script_and_in_the_first_empty_one(target: str):
    [first, (method, values)] = Arming(NOISY, profile="A", tz_works=True).commands(target)

    assert first == ("Page.enable", {})
    assert method == "Page.addScriptToEvaluateOnNewDocument"
    assert values["runImmediately"] is True


@pytest.mark.parametrize("target", WORKERS)
def test_workers_run_the_noise_while_they_wait(target: str):
    [(method, values)] = Arming(NOISY, profile="A", tz_works=True).commands(target)

    assert (method, values["silent"]) == ("Runtime.evaluate", True)


def test_the_noise_of_another_profile_is_another():
    one, other = (Arming(NOISY, profile=name, tz_works=True).commands("page") for name in "AB")

    assert one != other


def said(found: list[tuple[str, Command]]) -> list[tuple[str, str]]:
    return [(session, method) for session, (method, _) in found]


def test_a_target_that_is_announced_twice_is_told_once():
    armed = Armed(Arming(FIXED, tz_works=False))

    first = armed.add("one", Session("shared_worker", "worker", ""))
    second = armed.add("two", Session("shared_worker", "worker", "page"))

    assert first == [ZONE_COMMAND]
    assert second == []


def test_another_session_says_it_when_the_one_that_did_has_ended():
    armed = Armed(Arming(FIXED, tz_works=False))
    armed.add("one", Session("page", "page", ""))
    armed.add("two", Session("shared_worker", "worker", "one"))
    armed.add("three", Session("shared_worker", "worker", ""))

    again = armed.remove("one")  # and the session below it, of which the browser says nothing

    assert said(again) == [("three", "Emulation.setTimezoneOverride")]
    assert armed.add("four", Session("shared_worker", "worker", "")) == []


def test_every_target_hears_its_zone_again_once_when_any_session_ends():
    armed = Armed(Arming(FIXED, tz_works=False))
    armed.add("opener", Session("page", "opener", ""))
    armed.add("popup", Session("page", "popup", ""))
    armed.add("worker", Session("service_worker", "worker", ""))
    armed.add("again", Session("service_worker", "worker", "popup"))

    again = armed.remove("opener")

    assert said(again) == [
        ("popup", "Emulation.setTimezoneOverride"),
        ("worker", "Emulation.setTimezoneOverride"),
    ]


def test_a_session_that_nobody_knew_ends_quietly():
    assert Armed(Arming(FIXED, tz_works=True)).remove("stranger") == []
