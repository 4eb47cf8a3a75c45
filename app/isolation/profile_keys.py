"""The keys of `profile set` as one table: how each value is read and when it may still change."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from app.isolation.fingerprint.timezones import is_country
from app.isolation.plan import Fingerprint, GeoMode, Place, Stop, WebRtcPolicy
from app.isolation.profile import (
    ENGINE_CHANNELS,
    ENGINE_KINDS,
    PASSWORD_STORES,
    AccountStatus,
    Profile,
    ValueWrong,
    check_number,
    clean_colour,
    clean_folder,
    clean_label,
    clean_name,
    clean_program,
    clean_urls,
)
from app.isolation.template import AUTOMATIC, WEBRTC_WORDS
from app.kernel.errors import UsageProblem
from app.kernel.text import Text, echoed, say

T = TypeVar("T")
_SIZE = re.compile(r"(\d{1,5})\s*[xX×]\s*(\d{1,5})")
_SEPARATORS = re.compile(r"[,，、;；]")
_BOOLEANS = {"on": True, "yes": True, "true": True, "off": False, "no": False, "false": False}
_WEBRTC = {**WEBRTC_WORDS, **{policy.value: policy for policy in WebRtcPolicy}}
MAX_TAGS = 30


class KeyUnknown(UsageProblem):
    """No setting of a profile has this key."""


class Change(StrEnum):
    """When a setting may change: any time; with a confirmation once a shop has seen it; never."""

    ANY_TIME = "any time"
    ASKS_AFTER_FIRST_OPENING = "asks after the first opening"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Key:
    """One key: reads a text into a profile's draft, and shows the present value as text."""

    name: str
    example: str
    read: Callable[[Profile, str], Profile]
    show: Callable[[Profile], str]
    change: Change = Change.ANY_TIME


def key(name: str) -> Key:
    """A key by its name; underscores count as dashes. Raises KeyUnknown with the near match."""
    wanted = name.strip().lower().replace("_", "-")
    if found := KEYS.get(wanted):
        return found
    if wanted == "note":
        next_step = say("A note is sealed and never given on a command line; use the note command.")
    elif near := difflib.get_close_matches(wanted, [*KEYS, *_TAILS], n=1, cutoff=0.5):
        next_step = say("Did you mean {near}?", near=_TAILS.get(near[0], near[0]))
    else:
        next_step = say("Choose one of: {keys}.", keys=", ".join(KEYS))
    raise KeyUnknown(say("A profile has no setting called {key}.", key=echoed(name)), next_step)


def _wrong(name: str, value: str, next_step: Text) -> ValueWrong:
    return ValueWrong(
        say("{value} does not fit {key}.", value=echoed(value) or say("Nothing"), key=name), next_step
    )


def _one_of(name: str, value: str, choices: Mapping[str, T]) -> T:
    found = choices.get(value.strip().lower())
    if found is None:
        shown = ", ".join(choice or "(empty)" for choice in choices)
        raise _wrong(name, value, say("Choose one of: {choices}.", choices=shown))
    return found


def _number(name: str, value: str, example: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise _wrong(name, value, say("Use a number such as {example}.", example=example)) from None


def _whole(name: str, value: str, example: str) -> int:
    # int() alone would take 1_000 and, in any script, digits that nobody can read back.
    if not re.fullmatch(r"[0-9]{1,9}", value.strip()):
        raise _wrong(name, value, say("Use a whole number such as {example}.", example=example))
    return int(value)


def _read_number(profile: Profile, value: str) -> Profile:
    return replace(profile, number=check_number(_whole("number", value.lstrip("#"), "12")))


def _read_market(profile: Profile, value: str) -> Profile:
    market = value.strip().upper()
    if market == "UK":
        raise _wrong("market", value, say("The country code of the United Kingdom is GB."))
    if market and not is_country(market):
        raise _wrong("market", value, say("Use a country code of two letters, such as US or MY."))
    return replace(profile, market=market)


def _read_status(profile: Profile, value: str) -> Profile:
    return replace(profile, status=_one_of("status", value, {item.value: item for item in AccountStatus}))


def _read_tags(profile: Profile, value: str) -> Profile:
    labels = (clean_label(part) for part in _SEPARATORS.split(value))
    by_key = {label.casefold(): label for label in labels if label}
    if len(by_key) > MAX_TAGS:
        raise _wrong("tags", value, say("Keep at most {most} tags.", most=MAX_TAGS))
    return replace(profile, tags=tuple(by_key.values()))


def _read_engine(profile: Profile, value: str) -> Profile:
    kind = _one_of("engine", value, {item: item for item in ENGINE_KINDS})
    return replace(profile, engine=replace(profile.engine, kind=kind))


def _read_engine_path(profile: Profile, value: str) -> Profile:
    return replace(profile, engine=replace(profile.engine, path=clean_program(value)))


def _read_engine_channel(profile: Profile, value: str) -> Profile:
    channel = _one_of("engine-channel", value, {item: item for item in ENGINE_CHANNELS})
    return replace(profile, engine=replace(profile.engine, channel=channel))


def _read_password_store(profile: Profile, value: str) -> Profile:
    store = _one_of("password-store", value, {item: item for item in PASSWORD_STORES})
    return replace(profile, password_store=store)


def _read_languages(settings: Fingerprint, value: str) -> Fingerprint:
    tags = tuple(part.strip() for part in re.split(r"[,，、;；\s]+", value) if part.strip())
    return replace(settings, languages=() if tags in ((), (AUTOMATIC,)) else tags)


def _read_timezone(settings: Fingerprint, value: str) -> Fingerprint:
    zone = value.strip()
    return replace(settings, timezone="" if zone.lower() == AUTOMATIC else zone)


def _read_geolocation(settings: Fingerprint, value: str) -> Fingerprint:
    name = "fingerprint.geolocation"
    if not re.search(r"[0-9]", value):
        words = {"real": GeoMode.REAL, "blocked": GeoMode.BLOCKED}
        return replace(settings, geolocation=_one_of(name, value, words), place=None)
    example = "3.139,101.687"
    parts = [_number(name, part, example) for part in _SEPARATORS.split(value)]
    if len(parts) not in (2, 3):
        raise _wrong(name, value, say("Use latitude and longitude, such as {example}.", example=example))
    return replace(settings, geolocation=GeoMode.FIXED, place=Place(*parts))


def _read_window(settings: Fingerprint, value: str) -> Fingerprint:
    match = _SIZE.fullmatch(value.strip())
    if match is None:
        raise _wrong("fingerprint.window", value, say("Use a size such as {example}.", example="1280x800"))
    return replace(settings, window_width_px=int(match[1]), window_height_px=int(match[2]))


def _read_scale(settings: Fingerprint, value: str) -> Fingerprint:
    return replace(settings, scale=_number("fingerprint.scale", value, "1.25"))


def _read_cores(settings: Fingerprint, value: str) -> Fingerprint:
    return replace(settings, cores=_whole("fingerprint.cores", value, "4"))


def _read_webrtc(settings: Fingerprint, value: str) -> Fingerprint:
    return replace(settings, webrtc=_one_of("fingerprint.webrtc", value, _WEBRTC))


def _show_geolocation(profile: Profile) -> str:
    place = profile.fingerprint.place
    if place is None:
        return profile.fingerprint.geolocation.value
    return f"{place.latitude:.10g},{place.longitude:.10g},{place.accuracy_m:g}"


def _show_webrtc(profile: Profile) -> str:
    return next(word for word, policy in WEBRTC_WORDS.items() if policy is profile.fingerprint.webrtc)


def _on_off(name: str, field: str) -> Callable[[Profile, str], Profile]:
    return lambda profile, value: replace(profile, **{field: _one_of(name, value, _BOOLEANS)})  # type: ignore[arg-type]  # a boolean field


def _stop(name: str, stop: Stop) -> Key:
    def read(profile: Profile, value: str) -> Profile:
        wanted = {*profile.stops} - {stop} | ({stop} if _one_of(name, value, _BOOLEANS) else set())
        return replace(profile, stops=tuple(one for one in Stop if one in wanted))

    return Key(name, "on", read, lambda profile: _shown(stop in profile.stops))


def _label(field: str) -> Callable[[Profile, str], Profile]:
    return lambda profile, value: replace(profile, **{field: clean_label(value)})  # type: ignore[arg-type]  # a text field


def _shown(is_on: bool) -> str:
    return "on" if is_on else "off"


def _fingerprint(
    name: str,
    example: str,
    read: Callable[[Fingerprint, str], Fingerprint],
    show: Callable[[Profile], str],
) -> Key:
    def into(profile: Profile, value: str) -> Profile:
        return replace(profile, fingerprint=read(profile.fingerprint, value))

    return Key(f"fingerprint.{name}", example, into, show, Change.ASKS_AFTER_FIRST_OPENING)


def _plain(name: str) -> Callable[[Fingerprint, str], Fingerprint]:
    return lambda settings, value: replace(settings, **{name: value.strip().lower()})  # type: ignore[arg-type]  # a text field


_TABLE = (
    Key("name", "Anna US", lambda p, v: replace(p, name=clean_name(v)), lambda p: p.name),
    Key("number", "12", _read_number, lambda p: str(p.number)),
    Key("colour", "#1E88E5", lambda p, v: replace(p, colour=clean_colour(v)), lambda p: p.colour),
    Key("platform", "tiktok-shop", _label("platform"), lambda p: p.platform),
    Key("market", "US", _read_market, lambda p: p.market),
    Key("legal-entity", "Anna Trading Ltd", _label("legal_entity"), lambda p: p.legal_entity),
    Key("status", "normal", _read_status, lambda p: p.status.value),
    Key("group", "Team A", _label("group"), lambda p: p.group),
    Key("tags", "new, beauty", _read_tags, lambda p: ", ".join(p.tags)),
    Key("operator", "anna", _label("operator"), lambda p: p.operator),
    Key("engine", "chrome", _read_engine, lambda p: p.engine.kind),
    Key("engine-path", "/opt/google/chrome/chrome", _read_engine_path, lambda p: p.engine.path),
    Key("engine-channel", "stable", _read_engine_channel, lambda p: p.engine.channel),
    Key("password-store", "basic", _read_password_store, lambda p: p.password_store, Change.NEVER),
    Key("jail", "off", _on_off("jail", "jail"), lambda p: _shown(p.jail), Change.NEVER),
    Key(
        "start-pages",
        "https://seller-us.tiktok.com/",
        lambda p, v: replace(p, start_pages=clean_urls(v.split())),
        lambda p: " ".join(p.start_pages),
    ),
    Key(
        "downloads",
        "/home/anna/Downloads/us",
        lambda p, v: replace(p, download_folder=clean_folder(v)),
        lambda p: p.download_folder,
    ),
    Key(
        "allow-private",
        "off",
        _on_off("allow-private", "allow_private"),
        lambda p: _shown(p.allow_private),
    ),
    _stop("stop-without-network", Stop.NETWORK),
    _stop("stop-at-new-exit", Stop.EXIT),
    _stop("stop-at-new-country", Stop.COUNTRY),
    _fingerprint(
        "languages", "en-US, en", _read_languages, lambda p: ", ".join(p.fingerprint.languages) or AUTOMATIC
    ),
    _fingerprint(
        "timezone", "America/New_York", _read_timezone, lambda p: p.fingerprint.timezone or AUTOMATIC
    ),
    _fingerprint("geolocation", "blocked", _read_geolocation, _show_geolocation),
    _fingerprint(
        "window",
        "1280x800",
        _read_window,
        lambda p: f"{p.fingerprint.window_width_px}x{p.fingerprint.window_height_px}",
    ),
    _fingerprint("scale", "1.25", _read_scale, lambda p: f"{p.fingerprint.scale:g}"),
    _fingerprint("cores", "4", _read_cores, lambda p: str(p.fingerprint.cores)),
    _fingerprint("webrtc", "proxy-only", _read_webrtc, _show_webrtc),
    _fingerprint("canvas", "real", _plain("canvas"), lambda p: p.fingerprint.canvas),
    _fingerprint("audio", "real", _plain("audio"), lambda p: p.fingerprint.audio),
)
KEYS: Mapping[str, Key] = {row.name: row for row in _TABLE}
_TAILS = {name.removeprefix("fingerprint."): name for name in KEYS if name.startswith("fingerprint.")}
