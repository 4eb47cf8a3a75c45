"""Automatic settings are fixed from the exit, and only those."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.isolation.checks import Exit
from app.isolation.fingerprint import timezones
from app.isolation.fingerprint.automatic import fix, is_trusted
from app.isolation.fingerprint.choosing import Machine
from app.isolation.fingerprint.languages import is_tag, languages_of
from app.isolation.fingerprint.validating import contradictions
from app.isolation.plan import Fingerprint

AUTOMATIC = Fingerprint()


@pytest.mark.parametrize(
    ("exit_", "zone", "first"),
    [
        (Exit("1.1.1.1", "DE", "Europe/Berlin"), "Europe/Berlin", "de-DE"),
        (Exit("1.1.1.1", "US", "America/Los_Angeles"), "America/Los_Angeles", "en-US"),
        (Exit("1.1.1.1", "US"), "America/New_York", "en-US"),
        (Exit("1.1.1.1", "US", "Europe/Berlin"), "America/New_York", "en-US"),
        (Exit("1.1.1.1", "MY", "Asia/Singapore"), "Asia/Singapore", "ms-MY"),
        (Exit("1.1.1.1", "VN", "Asia/Saigon"), "Asia/Saigon", "vi-VN"),
        (Exit("1.1.1.1", "BR", "nonsense"), "America/Sao_Paulo", "pt-BR"),
        (Exit("1.1.1.1", "", "Asia/Tokyo"), "Asia/Tokyo", "ja-JP"),
        (Exit("1.1.1.1", "ZZ", ""), "Etc/UTC", "en-US"),
        (Exit("1.1.1.1", "BV", ""), "Etc/UTC", "nb-BV"),
    ],
)
def test_zone_and_languages_come_from_the_exit(exit_: Exit, zone: str, first: str):
    fixed = fix(AUTOMATIC, exit_)

    assert (fixed.timezone, fixed.languages[0]) == (zone, first)


def test_an_exit_nobody_knows_falls_back_to_the_market():
    fixed = fix(AUTOMATIC, Exit("1.1.1.1"), "TH")

    assert (fixed.timezone, fixed.languages[0]) == ("Asia/Bangkok", "th-TH")


def test_a_zone_of_several_countries_prefers_the_market():
    assert fix(AUTOMATIC, Exit("1.1.1.1", "", "Asia/Singapore"), "MY").languages[0] == "ms-MY"
    assert fix(AUTOMATIC, Exit("1.1.1.1", "", "Asia/Singapore"), "US").languages[0] == "en-SG"


def test_what_is_fixed_is_never_touched():
    both = Fingerprint(languages=("ja",), timezone="Asia/Tokyo")
    zone_only = Fingerprint(timezone="Asia/Tokyo")

    assert fix(both, Exit("1.1.1.1", "DE", "Europe/Berlin")) is both
    assert fix(zone_only, Exit("1.1.1.1", "DE", "Europe/Berlin")) == Fingerprint(
        languages=("de-DE", "de", "en-US", "en"), timezone="Asia/Tokyo"
    )


@given(st.sampled_from(["", "XX", *sorted(timezones._countries())]), st.text(max_size=20))
def test_nothing_is_left_automatic_and_all_of_it_can_be_shown(country: str, zone: str):
    fixed = fix(AUTOMATIC, Exit("1.1.1.1", country, zone))

    assert fixed.is_fixed
    assert contradictions(fixed, Machine(1)) == ()


def test_english_countries_name_english_once():
    assert languages_of("US") == ("en-US", "en")
    assert languages_of("") == ("en-US", "en")
    assert languages_of("GB") == ("en-GB", "en")


def test_a_language_tag_is_spelled_as_browsers_spell_it():
    assert all(is_tag(tag) for tag in ("de", "de-DE", "zh-Hant-TW", "es-419", "fil-PH"))
    assert not any(is_tag(tag) for tag in ("", "DE", "de_DE", "de-de", "de-DE ", "english", "de-DE\n"))


@pytest.mark.parametrize(
    ("market", "exit_", "trusted"),
    [
        ("US", Exit("1.1.1.1", "US"), True),
        ("", Exit("1.1.1.1", "US"), True),
        ("US", Exit("1.1.1.1", "DE"), False),
        ("US", Exit("1.1.1.1"), False),
        ("", Exit("1.1.1.1"), False),
        ("", Exit("1.1.1.1", "", "Asia/Tokyo"), True),
        ("JP", Exit("1.1.1.1", "", "Asia/Tokyo"), True),
        ("US", Exit("1.1.1.1", "", "Asia/Tokyo"), False),
    ],
)
def test_only_an_exit_in_the_market_fixes_settings_for_life(market: str, exit_: Exit, trusted: bool):
    assert is_trusted(market, exit_) is trusted
