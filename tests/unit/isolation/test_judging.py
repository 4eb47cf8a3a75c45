"""What a preflight says of an exit."""

from __future__ import annotations

import pytest

from app.isolation.checks import Exit, Level
from app.isolation.fingerprint.judging import judge_exit
from app.isolation.plan import Fingerprint

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
