"""Countries and zones come from the tzdata tables."""

from __future__ import annotations

import pytest

from app.isolation.fingerprint import timezones as tz


def test_a_country_with_one_zone_has_that_zone():
    assert tz.zones_of("JP") == ("Asia/Tokyo",)
    assert tz.main_zone("JP") == "Asia/Tokyo"


@pytest.mark.parametrize(
    ("country", "zone"), [("US", "America/New_York"), ("DE", "Europe/Berlin"), ("ID", "Asia/Jakarta")]
)
def test_a_country_with_several_zones_has_that_of_its_largest_city(country: str, zone: str):
    assert tz.main_zone(country) == zone


def test_every_country_with_people_has_a_main_zone_of_its_own():
    without = [code for code in tz._countries() if not tz.main_zone(code)]
    foreign = [
        code for code in tz._countries() if tz.main_zone(code) and tz.main_zone(code) not in tz.zones_of(code)
    ]

    assert without == ["BV", "HM"]  # islands of penguins
    assert foreign == []


def test_unknown_places_have_no_zones():
    assert tz.zones_of("XX") == ()
    assert tz.main_zone("XX") == ""
    assert tz.countries_of("UTC") == frozenset()
    assert tz.countries_of("Mars/Olympus") == frozenset()


def test_a_zone_lies_in_its_country_and_where_clocks_agree():
    assert "DE" in tz.countries_of("Europe/Berlin")
    assert "MY" in tz.countries_of("Asia/Singapore")
    assert "US" not in tz.countries_of("Europe/Berlin")


@pytest.mark.parametrize(
    ("old", "new", "country"),
    [
        ("Asia/Saigon", "Asia/Ho_Chi_Minh", "VN"),
        ("Asia/Calcutta", "Asia/Kolkata", "IN"),
        ("US/Pacific", "America/Los_Angeles", "US"),
    ],
)
def test_a_name_that_a_browser_still_uses_means_the_present_one(old: str, new: str, country: str):
    assert tz.same_zone(old, new)
    assert country in tz.countries_of(old)
    assert not tz.same_zone(new, "Europe/London")


def test_only_names_of_the_tables_are_zones_and_countries():
    assert tz.is_zone("Europe/Berlin")
    assert tz.is_zone("UTC")
    assert not tz.is_zone("europe/berlin")
    assert not tz.is_zone("Factory")
    assert not tz.is_zone("")
    assert tz.is_country("GB")
    assert not tz.is_country("UK")
    assert tz.country_name("GB").english() == "Britain (UK)"
    assert tz.country_name("XX").english() == "XX"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("Europe/Berlim", "Europe/Berlin"), ("new york", "America/New_York"), ("singapore", "Singapore")],
)
def test_a_near_zone_is_found(typed: str, meant: str):
    assert meant in tz.near_zones(typed)


def test_nothing_is_near_to_nonsense():
    assert tz.near_zones("qqqqqqqq") == []
