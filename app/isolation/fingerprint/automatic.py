"""Fixes what was left Automatic from the exit's country, once."""

from __future__ import annotations

from dataclasses import replace

from app.isolation.checks import Exit
from app.isolation.fingerprint.languages import languages_of
from app.isolation.fingerprint.timezones import countries_of, home_of, is_country, is_zone, main_zone
from app.isolation.plan import Fingerprint

_NOWHERE = "Etc/UTC"


def fix(settings: Fingerprint, exit_: Exit, market: str = "") -> Fingerprint:
    """Settings with nothing left Automatic; what was fixed before stays as it is.

    Where the exit's country is unknown, the country of its time zone counts, then the profile's market.
    """
    if settings.is_fixed:
        return settings
    country = _country(exit_, market)
    return replace(
        settings,
        languages=settings.languages or languages_of(country),
        timezone=settings.timezone or _zone(country, exit_.timezone),
    )


def is_trusted(market: str, exit_: Exit) -> bool:
    """Whether settings may be fixed for life from this exit: it can be placed, and lies in the market."""
    if is_country(exit_.country):
        return market in ("", exit_.country)
    places = countries_of(exit_.timezone)
    return bool(places) and (not market or market in places)


def _country(exit_: Exit, market: str) -> str:
    if is_country(exit_.country):
        return exit_.country
    if market in countries_of(exit_.timezone):
        return market
    return home_of(exit_.timezone) or market


def _zone(country: str, seen: str) -> str:
    if is_zone(seen) and (not country or country in countries_of(seen)):
        return seen
    return main_zone(country) or _NOWHERE
