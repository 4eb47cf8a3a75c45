"""Compares what a window shows with what its plan promises; pure rules, one check each."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence

from app.isolation.browser.looking import Seen
from app.isolation.checks import Check, Level
from app.isolation.plan import LaunchPlan, Mode
from app.kernel.text import Text, say

# Policies that decide about proxy, WebRTC or DNS, and the values that change nothing for us.
_NETWORK_POLICIES: dict[str, tuple[object, ...]] = {
    "ProxyMode": (),
    "ProxySettings": (),
    "ProxyServer": (),
    "ProxyServerMode": (),
    "ProxyPacUrl": (),
    "ProxyBypassList": (),
    "ProxyOverrideRules": ([],),
    "WebRtcIPHandling": ("disable_non_proxied_udp",),
    "WebRtcIPHandlingUrl": ([],),
    "WebRtcLocalIpsAllowedUrls": ([],),
    "WebRtcUdpPortRange": (),
    "DnsOverHttpsMode": ("off",),
    "DnsOverHttpsTemplates": ("",),
    "DnsOverHttpsTemplatesWithIdentifiers": ("",),
    "BuiltInDnsClientEnabled": (False,),
}
_SCALE_STEP = 0.01
# Languages that Chromium has an interface for; in others real browsers show dates and numbers in English.
_INTERFACES = frozenset(
    [
        "af",
        "am",
        "ar",
        "bg",
        "bn",
        "ca",
        "cs",
        "da",
        "de",
        "el",
        "en",
        "es",
        "et",
        "fa",
        "fi",
        "fil",
        "fr",
        "gu",
        "he",
        "hi",
        "hr",
        "hu",
        "id",
        "it",
        "ja",
        "kn",
        "ko",
        "lt",
        "lv",
        "ml",
        "mr",
        "ms",
        "nb",
        "nl",
        "pl",
        "pt",
        "ro",
        "ru",
        "sk",
        "sl",
        "sr",
        "sv",
        "sw",
        "ta",
        "te",
        "th",
        "tr",
        "uk",
        "ur",
        "vi",
        "zh",
    ]
)
_OLDER_NAMES = {"iw": "he", "in": "id", "no": "nb", "tl": "fil"}


def judge_window(
    plan: LaunchPlan,
    seen: Seen,
    *,
    engine_version: str,
    is_sandboxed: bool,
    machine_cores: int,
    same_zone: Callable[[str, str], bool],
) -> tuple[Check, ...]:
    """The checks of what a page and the browser itself showed.

    `same_zone` knows zones with several names: browsers show some under an older one.
    """
    return (
        _languages(plan, seen),
        _locale(plan, seen),
        _timezone(plan, seen, same_zone),
        _driver(plan, seen),
        _cores(plan, seen, machine_cores),
        _scale(plan, seen),
        _engine(seen, engine_version),
        _policies(seen),
        judge_sandbox(is_sandboxed),
    )


def judge_engine_change(before: str, kind: str, version: str) -> tuple[Check, ...]:
    """Is the browser the one of the last time? `before` is its kind and version, empty the first time.

    The version that stores see moves with the real browser, and nothing else moves with it.
    """
    old_kind, _, old_version = before.partition(" ")
    if not old_version or before == f"{kind} {version}":
        return ()
    facts = {"expected": before.capitalize(), "seen": f"{kind} {version}".capitalize()}
    if old_kind != kind:
        text = say(
            "Stores see another browser than the last time: {seen}, before it was {expected}.", **facts
        )
        return (Check("engine.change", Level.AMBER, text, expected=facts["expected"], seen=facts["seen"]),)
    if _numbers(version)[:1] < _numbers(old_version)[:1]:
        text = say(
            "The browser went back from {expected} to {seen}; an older one may not read what a newer one "
            "has stored, and logins may be lost.",
            **facts,
        )
        return (
            Check("engine.change", Level.RED, text, True, expected=facts["expected"], seen=facts["seen"]),
        )
    text = say("The browser was updated from {expected} to {seen}; nothing else has changed.", **facts)
    return (Check("engine.change", Level.AMBER, text, expected=facts["expected"], seen=facts["seen"]),)


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".") if part.isdigit()]


def judge_extensions(names: Sequence[str]) -> Check:
    """Whether an installed extension may change where traffic goes."""
    if not names:
        return _green("extensions.network", say("No extension controls proxy, WebRTC or DNS."))
    text = say("Extensions that control proxy, WebRTC or DNS: {names}.", names=", ".join(names))
    return Check("extensions.network", Level.RED, text, may_override=False, seen=", ".join(names))


def judge_sandbox(is_sandboxed: bool) -> Check:
    """Whether the browser's own sandbox protects this machine from pages."""
    if is_sandboxed:
        return _green("engine.sandbox", say("The browser's sandbox is on."))
    text = say("The browser's sandbox is off, because Berth runs as root.")
    return Check("engine.sandbox", Level.AMBER, text)


def judge_jail(is_inside: bool) -> Check:
    """Whether the browser is in the network that was made for it."""
    if is_inside:
        text = say("The system itself keeps this window on its relay: the browser has no other way out.")
        return _green("path.jail", text)
    return _red("path.jail", say("The browser is not in the network that was made for it."))


def nothing_seen() -> Check:
    """The window showed nothing in time."""
    text = say("The window could not be checked: it showed no page in time.")
    return Check("window.answers", Level.RED, text)


def _languages(plan: LaunchPlan, seen: Seen) -> Check:
    wanted = list(plan.fingerprint.languages)
    sent = [part.split(";")[0].strip() for part in seen.sent_languages.split(",") if part.strip()]
    facts = {"expected": ", ".join(wanted), "seen": ", ".join(sent)}
    if sent == wanted or _without_bases(sent, wanted) == wanted:
        return _green("language", say("The languages are {seen}.", **facts), **facts)
    if sent[:1] == wanted[:1]:
        # Some versions send only the first language; pages still learn nothing that is not saved.
        is_part = set(sent) <= set(wanted) | {name.split("-")[0] for name in wanted}
        level = Level.GREEN if is_part else Level.AMBER
        text = say("The languages sent are {seen}.", **facts)
        return Check("language", level, text, expected=facts["expected"], seen=facts["seen"])
    return _red("language", say("The languages are {seen}, saved are {expected}.", **facts), **facts)


def _without_bases(sent: list[str], wanted: list[str]) -> list[str]:
    """Chromium adds the bare language after its variant: de-DE, de."""
    return [name for name in sent if name in wanted or not any(w.startswith(name + "-") for w in wanted)]


def _locale(plan: LaunchPlan, seen: Seen) -> Check:
    """Dates and numbers follow the browser's interface, which may be missing in a distribution's build."""
    facts = {"expected": plan.fingerprint.languages[0], "seen": seen.locale}
    if _bare(facts["seen"]) == _bare(facts["expected"]) or _bare(facts["expected"]) not in _INTERFACES:
        return _green("locale", say("Dates and numbers are written as in {seen}.", **facts), **facts)
    text = say(
        "Dates and numbers are written as in {seen}, the first language is {expected}. "
        "The browser's language pack is missing (Debian: sudo apt install chromium-l10n).",
        **facts,
    )
    return Check("locale", Level.RED, text, may_override=True, expected=facts["expected"], seen=facts["seen"])


def _bare(language: str) -> str:
    name = language.split("-", maxsplit=1)[0].lower()
    return _OLDER_NAMES.get(name, name)


def _timezone(plan: LaunchPlan, seen: Seen, same_zone: Callable[[str, str], bool]) -> Check:
    facts = {"expected": plan.fingerprint.timezone, "seen": seen.timezone}
    if same_zone(facts["expected"], facts["seen"]):
        return _green("timezone", say("The time zone is {seen}.", **facts), **facts)
    return _red("timezone", say("The time zone is {seen}, saved is {expected}.", **facts), **facts)


def _driver(plan: LaunchPlan, seen: Seen) -> Check:
    should = plan.mode is Mode.AUTOMATION
    facts = {"expected": str(should).lower(), "seen": str(seen.webdriver).lower()}
    if seen.webdriver == should:
        return _green("webdriver", say("The window says truly who drives it."), **facts)
    return _red("webdriver", say("The window does not say truly who drives it."), **facts)


def _cores(plan: LaunchPlan, seen: Seen, machine_cores: int) -> Check:
    wanted = plan.fingerprint.cores or machine_cores
    facts = {"expected": str(wanted), "seen": str(seen.cores)}
    if seen.cores == wanted:
        return _green("cores", say("The window shows {seen} cores.", **facts), **facts)
    return _red("cores", say("The window shows {seen} cores, saved are {expected}.", **facts), **facts)


def _scale(plan: LaunchPlan, seen: Seen) -> Check:
    wanted = plan.fingerprint.scale
    facts = {"expected": f"{wanted:g}", "seen": f"{seen.scale:g}"}
    if abs(seen.scale - wanted) < _SCALE_STEP:
        return _green("scale", say("The scale is {seen}.", **facts), **facts)
    return _red("scale", say("The scale is {seen}, saved is {expected}.", **facts), **facts)


def _engine(seen: Seen, engine_version: str) -> Check:
    match = re.search(r"Chrome/(\d+)", seen.user_agent)
    facts = {"expected": engine_version.partition(".")[0], "seen": match.group(1) if match else ""}
    if facts["seen"] == facts["expected"] and "Headless" not in seen.user_agent:
        return _green("engine.version", say("The browser shows its real version {seen}.", **facts), **facts)
    text = say("The browser shows version {seen}, it is {expected}.", **facts)
    return _red("engine.version", text, **facts)


def _policies(seen: Seen) -> Check:
    if seen.policies is None:
        text = say("This machine may have policies for the browser, and they could not be read.")
        return Check("policies.network", Level.RED, text, may_override=True)
    wrong = sorted(name for name, value in seen.policies if not _is_harmless(name, value))
    if not wrong:
        return _green("policies.network", say("No policy controls proxy, WebRTC or DNS."))
    text = say("Policies of this machine control proxy, WebRTC or DNS: {names}.", names=", ".join(wrong))
    return _red("policies.network", text, seen=", ".join(wrong))


def _is_harmless(name: str, value: str) -> bool:
    if name not in _NETWORK_POLICIES:
        return True
    try:
        return json.loads(value) in _NETWORK_POLICIES[name]
    except ValueError:
        return False


def _green(check_id: str, text: Text, expected: str = "", seen: str = "") -> Check:
    return Check(check_id, Level.GREEN, text, expected=expected, seen=seen)


def _red(check_id: str, text: Text, expected: str = "", seen: str = "") -> Check:
    return Check(check_id, Level.RED, text, expected=expected, seen=seen)
