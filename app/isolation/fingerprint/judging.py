"""Compares an exit with a profile's market and settings before a window is opened."""

from __future__ import annotations

from collections.abc import Sequence

from app.isolation.checks import Check, Exit, Level
from app.isolation.fingerprint.timezones import countries_of, country_name, is_country, same_zone
from app.isolation.plan import Before, Fingerprint, Stop
from app.kernel.text import Text, say

COUNTRY = "exit.country"
TIMEZONE = "exit.timezone"
CHANGE = "exit.change"


def judge_exit(market: str, settings: Fingerprint, exit_: Exit) -> tuple[Check, ...]:
    """Two checks: does the exit lie in the profile's market, and does its time zone fit the exit."""
    return _country(market, exit_), _timezone(settings.timezone, exit_)


def judge_change(before: Before, exit_: Exit, stops: Sequence[Stop]) -> tuple[Check, ...]:
    """Is the exit the one of before: its country, its address; nothing where there is no before."""
    if not before.ip:
        return ()
    facts = {"expected": before.ip, "seen": exit_.ip}
    if exit_.ip == before.ip:
        return (_green(CHANGE, say("The exit is the same as before: {seen}.", **facts), before.ip, exit_.ip),)
    is_elsewhere = is_country(before.country) and exit_.country != before.country
    if is_elsewhere and is_country(exit_.country):
        text = say(
            "The exit has moved from {before} to {now}: it is {seen} now.",
            before=country_name(before.country),
            now=country_name(exit_.country),
            seen=exit_.ip,
        )
    elif is_elsewhere:
        text = say("The exit is {seen} now, and nobody knows in which country.", **facts)
    else:
        text = say("The exit is {seen} now; before it was {expected}.", **facts)
    is_stopped = Stop.EXIT in stops or (is_elsewhere and Stop.COUNTRY in stops)
    level = Level.RED if is_stopped else Level.AMBER if is_elsewhere else Level.GREEN
    return (Check(CHANGE, level, text, is_stopped, expected=before.ip, seen=exit_.ip),)


def _country(market: str, exit_: Exit) -> Check:
    seen = exit_.country
    if not is_country(seen):
        return _amber(COUNTRY, say("The country of the exit {ip} is unknown.", ip=exit_.ip), market, seen)
    here = country_name(seen)
    if not market:
        return _green(COUNTRY, say("The exit is in {seen}.", seen=here), "", seen)
    if seen == market:
        return _green(COUNTRY, say("The exit is in {seen}, as the store's market.", seen=here), market, seen)
    text = say(
        "The exit is in {seen}, but the store is set to {market}.", seen=here, market=country_name(market)
    )
    return Check(COUNTRY, Level.RED, text, may_override=True, expected=market, seen=seen)


def _timezone(zone: str, exit_: Exit) -> Check:
    theirs = exit_.timezone
    if not zone:
        return _green(TIMEZONE, say("The time zone will be taken from the exit."), "", theirs)
    is_known = is_country(exit_.country)
    here = country_name(exit_.country)
    if is_known and exit_.country not in countries_of(zone):
        text = say(
            "The time zone {zone} is not one of {country}, where the exit is.", zone=zone, country=here
        )
        return Check(TIMEZONE, Level.RED, text, may_override=True, expected=zone, seen=theirs)
    if theirs and same_zone(zone, theirs):
        return _green(TIMEZONE, say("The time zone {zone} is the exit's.", zone=zone), zone, theirs)
    if theirs:
        text = say("The store's time zone is {zone}, the exit's {seen}.", zone=zone, seen=theirs)
        return _amber(TIMEZONE, text, zone, theirs)
    if is_known:
        text = say("The time zone {zone} is one of {country}.", zone=zone, country=here)
        return _green(TIMEZONE, text, zone, "")
    text = say("Whether the time zone {zone} fits the exit cannot be told.", zone=zone)
    return _amber(TIMEZONE, text, zone, "")


def _green(id_: str, text: Text, expected: str, seen: str) -> Check:
    return Check(id_, Level.GREEN, text, expected=expected, seen=seen)


def _amber(id_: str, text: Text, expected: str, seen: str) -> Check:
    return Check(id_, Level.AMBER, text, expected=expected, seen=seen)
