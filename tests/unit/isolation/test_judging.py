"""What a preflight says of an exit."""

from __future__ import annotations

import pytest

from app.isolation.checks import Exit, Level
from app.isolation.fingerprint.judging import judge_change, judge_exit
from app.isolation.plan import USUAL_STOPS, Before, Fingerprint, Stop

NEW_YORK = Fingerprint(languages=("en",), timezone="America/New_York")


@pytest.mark.parametrize(
    ("market", "settings", "exit_", "country", "timezone"),
    [
        ("US", NEW_YORK, Exit("1.1.1.1", "US", "America/New_York"), Level.GREEN, Level.GREEN),
        ("US", NEW_YORK, Exit("1.1.1.1", "US", "US/Eastern"), Level.GREEN, Level.GREEN),
        ("US", NEW_YORK, Exit("1.1.1.1", "US"), Level.GREEN, Level.GREEN),
        ("", NEW_YORK, Exit("1.1.1.1", "US"), Level.GREEN, Level.GREEN),
        ("US", NEW_YORK, Exit("1.1.1.1", "US", "America/Chicago"), Level.GREEN, Level.AMBER),
        ("US", NEW_YORK, Exit("1.1.1.1", "DE", "Europe/Berlin"), Level.RED, Level.RED),
        ("", NEW_YORK, Exit("1.1.1.1", "DE", "America/New_York"), Level.GREEN, Level.RED),
        ("US", NEW_YORK, Exit("1.1.1.1", "", "Europe/Berlin"), Level.AMBER, Level.AMBER),
        ("US", NEW_YORK, Exit("1.1.1.1", "ZZ"), Level.AMBER, Level.AMBER),
        ("US", NEW_YORK, Exit("1.1.1.1", "", "America/New_York"), Level.AMBER, Level.GREEN),
        ("DE", Fingerprint(), Exit("1.1.1.1", "DE", "Europe/Berlin"), Level.GREEN, Level.GREEN),
    ],
)
def test_country_and_time_zone_of_the_exit_are_judged(
    market: str, settings: Fingerprint, exit_: Exit, country: Level, timezone: Level
):
    first, second = judge_exit(market, settings, exit_)

    assert (first.id, first.level) == ("exit.country", country)
    assert (second.id, second.level) == ("exit.timezone", timezone)


def test_a_wrong_country_is_told_in_one_sentence_and_may_be_overridden():
    country, timezone = judge_exit("US", NEW_YORK, Exit("1.1.1.1", "DE", "Europe/Berlin"))

    assert country.message.english() == "The exit is in Germany, but the store is set to United States."
    assert (country.expected, country.seen) == ("US", "DE")
    assert country.may_override
    assert timezone.may_override
    assert "Germany" in timezone.message.english()


US = Before("3.3.3.3", "US")


@pytest.mark.parametrize(
    ("before", "exit_", "stops", "level"),
    [
        (US, Exit("3.3.3.3", "US"), USUAL_STOPS, Level.GREEN),
        (US, Exit("3.3.3.4", "US"), USUAL_STOPS, Level.GREEN),
        (US, Exit("3.3.3.4", "US"), (Stop.EXIT,), Level.RED),
        (US, Exit("5.5.5.5", "DE"), USUAL_STOPS, Level.RED),
        (US, Exit("5.5.5.5", "DE"), (), Level.AMBER),
        (US, Exit("5.5.5.5", ""), USUAL_STOPS, Level.RED),
        (US, Exit("5.5.5.5", ""), (), Level.AMBER),
        (Before("3.3.3.3", ""), Exit("5.5.5.5", "DE"), USUAL_STOPS, Level.GREEN),
        (US, Exit("3.3.3.3", "DE"), (Stop.EXIT,), Level.GREEN),  # the tables changed, and not the exit
    ],
)
def test_a_change_of_the_exit_stops_what_was_asked_for(
    before: Before, exit_: Exit, stops: tuple[Stop, ...], level: Level
):
    [check] = judge_change(before, exit_, stops)

    assert check.level is level
    assert check.may_override is (level is Level.RED)
    assert exit_.ip in check.message.english()


def test_without_a_last_time_no_change_is_told():
    assert judge_change(Before(engine="chromium 156.0"), Exit("3.3.3.3", "US"), tuple(Stop)) == ()
