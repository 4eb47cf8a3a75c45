"""Is what the window shows true? The engine, the machine, the settings, and nothing in disguise."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from app.isolation.checks import Check, Level
from app.isolation.coherence.probing import Probe
from app.isolation.coherence.sameness import LATE, ONE_TRUTH, shown
from app.isolation.plan import Fingerprint, GeoMode, LaunchPlan, Mode, WebRtcPolicy
from app.kernel.text import Text, say

_MAJOR = re.compile(r"(?:Chrome|Chromium)/(\d+)")
_SOFTWARE = ("swiftshader", "llvmpipe", "softpipe", "software", "basic render")
# What a user agent, `navigator.platform` and the platform hint say on one and the same system.
_SYSTEMS = (
    ("Windows NT", "Win", "Windows"),
    ("Macintosh", "Mac", "macOS"),
    ("CrOS", "Linux", "Chrome OS"),
    ("Linux", "Linux", "Linux"),
)
_FAILED = "failed "  # how the probe's lists begin when they could not be made
_AGAIN = say("Check again when the computer is less busy; an extension may also be in the way.")
_UTC = frozenset({"UTC", "Etc/UTC", "GMT", "Etc/GMT", "Etc/UCT", "Zulu", "Universal"})
# What makes up the fingerprint: everything a site can keep that does not change by itself.
_LASTING = [
    "userAgent",
    "platform",
    "vendor",
    "language",
    "languages",
    "cores",
    "memory",
    "hintsLow",
    "hintsHigh",
    "timezone",
    "offsets",
    "locale",
    "numbers",
    "offscreenShapes",
    "offscreenText",
    "canvasShapes",
    "canvasText",
    "webgl",
    "pageWebgl",
    "webgl2",
    "audio",
    "fonts",
    "screen",
    "depth",
    "scale",
    "pointer",
    "touch",
    "plugins",
    "pdf",
]


def judge_truth(plan: LaunchPlan, probe: Probe, *, engine_version: str) -> tuple[Check, ...]:
    """The checks of one window's main page, and of all contexts where a disguise could hide."""
    facts = probe.facts("main")
    if not facts or "failed" in facts:
        return ()  # the missing context is red already
    return (
        _engine(facts, engine_version),
        _complete(facts),
        _system(facts),
        _driver(plan, facts, probe),
        _functions(plan.fingerprint, probe),
        _steady(plan.fingerprint, probe),
        _graphics(facts),
        _utc(facts),
        _window(facts),
        _place(plan.fingerprint, probe),
        _webrtc(plan.fingerprint, facts),
        _stored(facts),
    )


def fingerprint_id(probe: Probe) -> str:
    """A short name for what the window shows: the same after each start, another where a value differs."""
    facts = probe.facts("main")
    values = {name: facts[name] for name in _LASTING if name in facts and facts[name] != LATE}
    text = json.dumps(values, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32] if values else ""


def _engine(facts: Mapping[str, Any], engine_version: str) -> Check:
    agent = str(facts.get("userAgent"))
    match = _MAJOR.search(agent)
    high, low = facts.get("hintsHigh"), facts.get("hintsLow")
    majors = {match.group(1) if match else "", engine_version.partition(".")[0]}
    if low is not None:
        majors |= _engine_majors(low["brands"])
    full = str(high.get("uaFullVersion", "")) if isinstance(high, dict) else engine_version
    seen = f"{full} ({', '.join(sorted(majors))})"
    if len(majors) == 1 and full == engine_version and "Headless" not in agent:
        text = say("Name, hints and the browser itself give one version: {version}.", version=full)
        return _green("engine.truth", text, engine_version, full)
    text = say("The browser says it is {seen}, and is {version}.", seen=seen, version=engine_version)
    return Check("engine.truth", Level.RED, text, expected=engine_version, seen=seen, advice=ONE_TRUTH)


def _engine_majors(brands: list[str]) -> set[str]:
    """Versions of the real brands; the one that browsers make up has another."""
    named = [brand.rpartition(" ") for brand in brands]
    return {version for name, _, version in named if name == "Chromium"}


def _complete(facts: Mapping[str, Any]) -> Check:
    high = facts.get("hintsHigh")
    if not isinstance(high, dict):
        text = say("This browser has no detailed client hints.")
        return Check("engine.hints", Level.AMBER, text)
    empty = [
        name for name in ("architecture", "bitness", "uaFullVersion", "fullVersionList") if not high[name]
    ]
    if not empty:
        return _green("engine.hints", say("The detailed client hints are complete."), "", "")
    text = say("Client hints that a real browser fills are empty: {names}.", names=", ".join(empty))
    return Check("engine.hints", Level.RED, text, seen=", ".join(empty), advice=ONE_TRUTH)


def _system(facts: Mapping[str, Any]) -> Check:
    agent, platform = str(facts.get("userAgent")), str(facts.get("platform"))
    low = facts.get("hintsLow")
    hint = str(low["platform"]) if low is not None else ""
    row = next((row for row in _SYSTEMS if row[0] in agent), None)
    seen = f"{platform} / {hint}"
    if row is not None and platform.startswith(row[1]) and hint in ("", row[2]):
        return _green("engine.system", say("Every value names the same operating system."), row[2], seen)
    text = say("Name and hints give different operating systems.")
    return Check(
        "engine.system", Level.RED, text, expected=row[2] if row else "", seen=seen, advice=ONE_TRUTH
    )


def _driver(plan: LaunchPlan, facts: Mapping[str, Any], probe: Probe) -> Check:
    names = sorted({name for context in probe.shown for name in _list(probe.facts(context), "driverNames")})
    should = plan.mode is Mode.AUTOMATION
    seen = ", ".join(names) or shown(facts.get("webdriver"))
    expected = shown(should)
    if not names and bool(facts.get("webdriver")) is should:
        return _green(
            "window.driver", say("No page can find a script that drives it falsely."), expected, seen
        )
    text = say("Pages see a driver that should not be there: {seen}.", seen=seen)
    return Check("window.driver", Level.RED, text, expected=expected, seen=seen, advice=ONE_TRUTH)


def _functions(settings: Fingerprint, probe: Probe) -> Check:
    wrong: dict[str, list[str]] = {}
    for context in probe.shown:
        for name in _list(probe.facts(context), "tampered"):
            wrong.setdefault(name, []).append(context)
    if not wrong:
        return _green("functions", say("The browser's own functions are untouched in every context."), "", "")
    seen = ", ".join(sorted(wrong))
    if _has_noise(settings):
        text = say("Pages can see that noise is on: {names} are not the browser's own.", names=seen)
        advice = say('Set canvas and audio to "real" where a store must not notice it.')
        return Check("functions", Level.AMBER, text, seen=seen, advice=advice)
    text = say("Functions that are not the browser's own: {names}.", names=seen)
    advice = say("An extension may have replaced them; switch extensions off one after the other.")
    return Check("functions", Level.RED, text, seen=seen, advice=advice)


def _steady(settings: Fingerprint, probe: Probe) -> Check:
    unsteady = [name for name in probe.shown if _is_unsteady(probe.facts(name))]
    if not unsteady:
        text = say("Canvas and audio give the same when asked twice.")
        return _green("canvas.steady", text, "", "")
    where = ", ".join(unsteady)
    if _has_noise(settings):
        text = say("Noise on canvas or audio can be measured in {where}.", where=where)
        advice = say('Set canvas and audio to "real" where a store must not notice it.')
        return Check("canvas.steady", Level.AMBER, text, seen=where, advice=advice)
    text = say("Canvas or audio give something else when asked twice, in {where}.", where=where)
    advice = say("An extension may add noise; switch extensions off one after the other.")
    return Check("canvas.steady", Level.RED, text, seen=where, advice=advice)


def _is_unsteady(facts: Mapping[str, Any]) -> bool:
    audio = facts.get("audio")
    return (
        facts.get("canvasSteady") is False
        or facts.get("pageCanvasSteady") is False
        or (isinstance(audio, dict) and audio.get("steady") is False)
    )


def _has_noise(settings: Fingerprint) -> bool:
    return settings.canvas != "real" or settings.audio != "real"


def _graphics(facts: Mapping[str, Any]) -> Check:
    """A finding of the machine, not of the profile: it is true, and rare among shoppers and sellers."""
    found = facts.get("pageWebgl") or facts.get("webgl")
    renderer = str(found["renderer"]) if isinstance(found, dict) else ""
    if renderer and not any(word in renderer.lower() for word in _SOFTWARE):
        return _green("machine.graphics", say("Graphics come from {name}.", name=renderer), "", renderer)
    text = say("This computer shows no graphics card to pages; that is true here, and sites may find it odd.")
    advice = say("Use a computer with a graphics card, and its driver, for stores that look closely.")
    return Check("machine.graphics", Level.AMBER, text, seen=renderer, advice=advice)


def _utc(facts: Mapping[str, Any]) -> Check:
    zone = str(facts.get("timezone"))
    if zone not in _UTC:
        return _green("machine.utc", say("The time zone is one that people live in."), "", zone)
    text = say("The time zone is UTC, which servers have and people seldom do.")
    advice = say("Give the profile the time zone of its market.")
    return Check("machine.utc", Level.AMBER, text, seen=zone, advice=advice)


def _window(facts: Mapping[str, Any]) -> Check:
    screen, available = facts.get("screen") or [0, 0], facts.get("available") or [0, 0]
    outer, inner = facts.get("outer") or [0, 0], facts.get("inner") or [0, 0]
    seen = f"{outer[0]}×{outer[1]} / {screen[0]}×{screen[1]}"
    is_inside = all(available[at] <= screen[at] and outer[at] <= screen[at] for at in (0, 1))
    has_frame = outer[1] > inner[1] > 0
    if is_inside and has_frame:
        return _green(
            "window.fits", say("The window fits on the screen, with its bars around the page."), "", seen
        )
    if not is_inside:
        text = say("The window is larger than the screen: {seen}.", seen=seen)
        advice = say("Choose a smaller window size for this profile, or a screen with more room.")
        return Check("window.fits", Level.AMBER, text, seen=seen, advice=advice)
    text = say("The window has no bars of a browser around the page.")
    return Check("window.fits", Level.AMBER, text, seen=seen)


def _place(settings: Fingerprint, probe: Probe) -> Check:
    """Blocked means denied; else the browser asks the person, as it would without Berth."""
    told = probe.facts("main").get("geolocation")
    state = str(told.get("state")) if isinstance(told, dict) else ""
    wanted = ("denied",) if settings.geolocation is GeoMode.BLOCKED else ("prompt", "granted", "denied")
    places = {
        shown(found["place"])
        for name in probe.shown
        if isinstance(found := probe.facts(name).get("geolocation"), dict)
        and isinstance(found["place"], list)
    }
    expected = ""
    if settings.geolocation is GeoMode.FIXED and settings.place is not None:
        expected = shown([settings.place.latitude, settings.place.longitude, settings.place.accuracy_m])
        if any(json.loads(place) != json.loads(expected) for place in places):
            text = say("Pages are told another place than the one that was set.")
            seen = ", ".join(sorted(places))
            return Check("geolocation", Level.RED, text, expected=expected, seen=seen, advice=ONE_TRUTH)
    if state in wanted:
        text = say("Sites learn a place only as the settings say.")
        return _green("geolocation", text, expected or wanted[0], ", ".join(sorted(places)) or state)
    text = say('Asked for the place, the browser says "{state}".', state=state)
    advice = say("Look at the browser's own settings for this profile: a permission was changed there.")
    return Check("geolocation", Level.AMBER, text, expected=wanted[0], seen=state, advice=advice)


def _webrtc(settings: Fingerprint, facts: Mapping[str, Any]) -> Check:
    found = _measured(facts, "candidates")
    if found is None:
        text = say("What WebRTC tells pages could not be looked at.")
        return Check("webrtc", Level.AMBER, text, advice=_AGAIN)
    addresses = [parts[4] for line in found if len(parts := line.split()) > 4]
    real = sorted({address for address in addresses if not address.endswith(".local")})
    seen = ", ".join(real or sorted(set(addresses)))
    if settings.webrtc is not WebRtcPolicy.PROXY_ONLY:
        level = Level.AMBER if real else Level.GREEN
        text = say("WebRTC may go past the proxy in this profile, as its settings say.")
        advice = say('Choose "proxy only" for WebRTC unless calls have to work.')
        return Check("webrtc", level, text, seen=seen, advice=advice)
    if not addresses:
        return _green("webrtc", say("WebRTC tells pages no address."), "", "")
    level = Level.RED if real else Level.AMBER
    text = say("WebRTC tells pages addresses of this computer: {addresses}.", addresses=seen)
    return Check("webrtc", level, text, seen=seen, advice=ONE_TRUTH)


def _stored(facts: Mapping[str, Any]) -> Check:
    found = _measured(facts, "stored")
    if found is None:
        text = say("Whether a new site finds something stored could not be looked at.")
        return Check("storage.empty", Level.AMBER, text, advice=_AGAIN)
    if not found:
        text = say("A site that this profile meets for the first time finds nothing stored.")
        return _green("storage.empty", text, "", "")
    seen = ", ".join(found)
    text = say("A site that this profile meets for the first time finds stored: {names}.", names=seen)
    return Check("storage.empty", Level.RED, text, seen=seen, advice=ONE_TRUTH)


def _measured(facts: Mapping[str, Any], name: str) -> list[str] | None:
    """A list that the probe has made; None where it came too late, failed, or was never begun."""
    value = facts.get(name)
    if not isinstance(value, list):
        return None
    found = [str(part) for part in value]
    return None if any(part.startswith(_FAILED) for part in found) else found


def _list(facts: Mapping[str, Any], name: str) -> list[str]:
    value = facts.get(name)
    return [str(part) for part in value] if isinstance(value, list) else []


def _green(id_: str, text: Text, expected: str, seen: str) -> Check:
    return Check(id_, Level.GREEN, text, expected=expected, seen=seen)
