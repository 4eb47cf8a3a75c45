"""Every check of a window can be green, and can be not green."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.isolation.browser.judging import (
    judge_engine_change,
    judge_extensions,
    judge_sandbox,
    judge_window,
    nothing_seen,
)
from app.isolation.browser.looking import Seen
from app.isolation.checks import Check, Level
from app.isolation.plan import Fingerprint, LaunchPlan, Mode
from tests.support.plans import plan_for

SETTINGS = Fingerprint(languages=("de-DE", "en"), timezone="Europe/Berlin", scale=1.25, cores=4)
AGENT = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"
)
SEEN = Seen(
    sent_languages="de-DE,en;q=0.9",
    timezone="Europe/Berlin",
    locale="de-DE",
    webdriver=False,
    cores=4,
    scale=1.25,
    user_agent=AGENT,
    echo='{"ip": "203.0.113.7"}',
    policies=(("HomepageLocation", '"https://example.com"'),),
)
EVERY = [
    "language",
    "locale",
    "timezone",
    "webdriver",
    "cores",
    "scale",
    "engine.version",
    "policies.network",
    "engine.sandbox",
]
G, A, R = Level.GREEN, Level.AMBER, Level.RED


def same_zone(one: str, other: str) -> bool:
    return one == other or {one, other} == {"Asia/Kolkata", "Asia/Calcutta"}


def plan(**changes: Any) -> LaunchPlan:
    return replace(plan_for(Path("/data/p"), settings=replace(SETTINGS, **changes)), screen=())


def judged(wanted: LaunchPlan | None = None, *, sandbox: bool = True, **seen: Any) -> dict[str, Check]:
    checks = judge_window(
        wanted or plan(),
        replace(SEEN, **seen),
        engine_version="156.0.8078.79",
        is_sandboxed=sandbox,
        machine_cores=8,
        same_zone=same_zone,
    )
    return {check.id: check for check in checks}


def policies(**values: Any) -> tuple[tuple[str, str], ...]:
    return tuple((name, json.dumps(value)) for name, value in values.items())


def test_a_window_that_is_as_promised_is_green_throughout():
    found = judged()

    assert list(found) == EVERY
    assert {check.level for check in found.values()} == {G}


WRONG: list[tuple[str, dict[str, Any], Level]] = [
    ("language", {"sent_languages": "en-US,en;q=0.9"}, R),
    ("timezone", {"timezone": "UTC"}, R),
    ("webdriver", {"webdriver": True}, R),
    ("cores", {"cores": 8}, R),
    ("scale", {"scale": 1.0}, R),
    ("engine.version", {"user_agent": AGENT.replace("156", "155")}, R),
    ("policies.network", {"policies": policies(ProxyMode="direct")}, R),
    ("locale", {"locale": "en-US"}, R),
    ("policies.network", {"policies": None}, R),
    ("engine.sandbox", {"sandbox": False}, A),
]


@pytest.mark.parametrize(("check_id", "change", "level"), WRONG)
def test_what_is_wrong_fails_its_own_check_and_no_other(check_id: str, change: dict[str, Any], level: Level):
    found = judged(**change)

    assert {name: check.level for name, check in found.items() if check.level is not G} == {check_id: level}


def test_every_check_can_fail():
    assert {check_id for check_id, _, _ in WRONG} == set(EVERY)


@pytest.mark.parametrize(("check_id", "change", "level"), WRONG)
def test_only_unreadable_policies_and_a_missing_language_pack_may_be_overridden(
    check_id: str, change: dict[str, Any], level: Level
):
    assert judged(**change)[check_id].may_override == (change in ({"policies": None}, {"locale": "en-US"}))


@pytest.mark.parametrize(
    ("sent", "saved", "level"),
    [
        ("de-DE,en;q=0.9", ("de-DE", "en"), G),
        ("de-DE, en ; q=0.9", ("de-DE", "en"), G),
        ("de-DE,de;q=0.9,en;q=0.8", ("de-DE", "en"), G),  # Chromium adds the bare language
        ("de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7", ("de-DE", "en-US"), G),
        ("de-DE", ("de-DE", "en"), G),  # only the first is sent
        ("de-DE,de;q=0.9", ("de-DE", "en"), G),
        ("de-DE,fr;q=0.9", ("de-DE", "en"), A),  # one that nobody saved
        ("de-DE,en,zh-CN", ("de-DE", "en"), A),
        ("en,de-DE;q=0.9", ("de-DE", "en"), R),
        ("de,en;q=0.9", ("de-DE", "en"), R),
        ("en-US,en;q=0.9", ("de-DE", "en"), R),
        ("", ("de-DE", "en"), R),
    ],
)
def test_the_languages_sent_are_those_saved(sent: str, saved: tuple[str, ...], level: Level):
    assert judged(plan(languages=saved), sent_languages=sent)["language"].level is level


def test_wrong_languages_are_told_with_what_was_saved():
    check = judged(sent_languages="en-US,en;q=0.9")["language"]

    assert check.message.english() == "The languages are en-US, en, saved are de-DE, en."
    assert (check.expected, check.seen) == ("de-DE, en", "en-US, en")


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ("de-DE,de;q=0.9,en;q=0.8", "The languages are de-DE, de, en."),
        ("de-DE", "The languages sent are de-DE."),
        ("de-DE,fr", "The languages sent are de-DE, fr."),
    ],
)
def test_a_part_of_the_languages_is_told_as_what_was_sent(sent: str, told: str):
    assert judged(sent_languages=sent)["language"].message.english() == told


@pytest.mark.parametrize(
    ("check_id", "change", "told"),
    [
        ("timezone", {"timezone": "UTC"}, "The time zone is UTC, saved is Europe/Berlin."),
        ("webdriver", {"webdriver": True}, "The window does not say truly who drives it."),
        ("cores", {"cores": 8}, "The window shows 8 cores, saved are 4."),
        ("scale", {"scale": 1.0}, "The scale is 1, saved is 1.25."),
        ("engine.version", {"user_agent": "Chrome/155.0"}, "The browser shows version 155, it is 156."),
        (
            "policies.network",
            {"policies": None},
            "This machine may have policies for the browser, and they could not be read.",
        ),
        ("engine.sandbox", {"sandbox": False}, "The browser's sandbox is off, because Berth runs as root."),
    ],
)
def test_what_is_wrong_is_told_with_what_was_seen_and_saved(check_id: str, change: dict[str, Any], told: str):
    assert judged(**change)[check_id].message.english() == told


@pytest.mark.parametrize(
    ("seen", "level"), [("Asia/Kolkata", G), ("Asia/Calcutta", G), ("Asia/Colombo", R), ("", R)]
)
def test_a_zone_may_be_shown_under_its_older_name(seen: str, level: Level):
    assert judged(plan(timezone="Asia/Kolkata"), timezone=seen)["timezone"].level is level


@pytest.mark.parametrize(
    ("mode", "webdriver", "level"),
    [
        (Mode.HANDS_ON, False, G),
        (Mode.HANDS_ON, True, R),
        (Mode.AUTOMATION, True, G),
        (Mode.AUTOMATION, False, R),
    ],
)
def test_a_window_must_say_truly_who_drives_it(mode: Mode, webdriver: bool, level: Level):
    assert judged(replace(plan(), mode=mode), webdriver=webdriver)["webdriver"].level is level


@pytest.mark.parametrize(("saved", "seen", "level"), [(4, 4, G), (4, 8, R), (0, 8, G), (0, 4, R)])
def test_cores_are_those_saved_or_all_of_the_machine(saved: int, seen: int, level: Level):
    assert judged(plan(cores=saved), cores=seen)["cores"].level is level


@pytest.mark.parametrize(("seen", "level"), [(1.25, G), (1.2541667, G), (1.2459, G), (1.27, R), (1.0, R)])
def test_the_scale_may_differ_by_rounding_only(seen: float, level: Level):
    assert judged(scale=seen)["scale"].level is level


@pytest.mark.parametrize(
    ("agent", "level"),
    [
        (AGENT, G),
        (AGENT + " Edg/156.0.0.0", G),
        (AGENT.replace("Chrome/156", "HeadlessChrome/156"), R),
        (AGENT.replace("156", "15"), R),
        (AGENT.replace("156", "1560"), R),
        ("Mozilla/5.0 Firefox/156.0", R),
        ("", R),
    ],
)
def test_the_browser_shows_the_version_that_it_is(agent: str, level: Level):
    assert judged(user_agent=agent)["engine.version"].level is level


@pytest.mark.parametrize(
    ("name", "harmless", "harmful"),
    [
        ("ProxyMode", [], ["direct", "system", "fixed_servers"]),
        ("ProxySettings", [], [{}, {"ProxyMode": "direct"}]),
        ("ProxyServer", [], ["proxy.corp:8080", ""]),
        ("ProxyServerMode", [], [0, 2]),
        ("ProxyPacUrl", [], ["http://wpad/wpad.dat"]),
        ("ProxyBypassList", [], ["*.corp"]),
        ("ProxyOverrideRules", [[]], [[{"DestinationMatchers": ["*"]}]]),
        ("WebRtcIPHandling", ["disable_non_proxied_udp"], ["default", "default_public_interface_only"]),
        ("WebRtcIPHandlingUrl", [[]], [[{"url": "*", "handling": "default"}]]),
        ("WebRtcLocalIpsAllowedUrls", [[]], [["https://store.test"]]),
        ("WebRtcUdpPortRange", [], ["10000-11999", ""]),
        ("DnsOverHttpsMode", ["off"], ["automatic", "secure"]),
        ("DnsOverHttpsTemplates", [""], ["https://dns.corp/dns-query{?dns}"]),
        ("DnsOverHttpsTemplatesWithIdentifiers", [""], ["https://dns.corp/${USER_EMAIL}"]),
        ("BuiltInDnsClientEnabled", [False], [True]),
    ],
)
def test_policies_of_the_network_are_harmless_only_where_they_say_what_we_do(
    name: str, harmless: list[Any], harmful: list[Any]
):
    for value in harmless:
        assert judged(policies=policies(**{name: value}))["policies.network"].level is G
    for value in harmful:
        check = judged(policies=policies(**{name: value}))["policies.network"]
        assert (check.level, check.seen) == (R, name)


@pytest.mark.parametrize("value", ["None", "", "{", "undefined"])
def test_a_network_policy_whose_value_cannot_be_read_is_red(value: str):
    assert judged(policies=(("DnsOverHttpsMode", value),))["policies.network"].level is R


def test_every_harmful_policy_is_named():
    found = judged(policies=policies(ProxyServer="x", DnsOverHttpsMode="secure", SyncDisabled=True))

    assert found["policies.network"].message.english() == (
        "Policies of this machine control proxy, WebRTC or DNS: DnsOverHttpsMode, ProxyServer."
    )


def test_no_policies_at_all_are_green():
    assert judged(policies=())["policies.network"].level is G


def test_extensions_that_control_the_network_are_red_and_nobody_may_override_them():
    check = judge_extensions(["SwitchyOmega", "VPN {x}"])

    assert (check.id, check.level, check.may_override) == ("extensions.network", R, False)
    assert check.message.english() == "Extensions that control proxy, WebRTC or DNS: SwitchyOmega, VPN {x}."


def test_no_such_extension_is_green():
    check = judge_extensions([])

    assert (check.id, check.level) == ("extensions.network", G)


@pytest.mark.parametrize(("is_sandboxed", "level"), [(True, G), (False, A)])
def test_a_missing_sandbox_is_amber(is_sandboxed: bool, level: Level):
    assert judge_sandbox(is_sandboxed).level is level


def test_a_window_that_showed_nothing_is_red_for_everybody():
    check = nothing_seen()

    assert (check.id, check.level, check.may_override) == ("window.answers", R, False)


@pytest.mark.parametrize(
    ("first", "seen", "level"),
    [
        ("de-DE", "de", G),
        ("en-MY", "en-GB", G),
        ("zh-CN", "zh-CN", G),
        ("he-IL", "iw", G),
        ("nb-NO", "no", G),
        ("km-KH", "en-US", G),  # Chromium has no interface in Khmer: every real browser there shows this
        ("de-DE", "en-US", R),
        ("id-ID", "en-US", R),
        ("ja", "", R),
    ],
)
def test_dates_and_numbers_follow_the_first_language_where_the_browser_knows_it(
    first: str, seen: str, level: Level
):
    assert judged(plan(languages=(first,)), sent_languages=first, locale=seen)["locale"].level is level


@pytest.mark.parametrize(
    ("before", "level"),
    [
        ("", None),
        ("chromium", None),  # as an early version of the program wrote it
        ("chromium 156.0.2.10", None),
        ("chromium 156.0.2.9", Level.AMBER),
        ("chromium 155.0.9.99", Level.AMBER),
        ("chromium 156.0.3.1", Level.AMBER),  # the same generation reads what it has stored
        ("chromium 157.0.0.1", Level.RED),
        ("edge 157.0.0.1", Level.AMBER),
    ],
)
def test_a_browser_that_changed_is_told_and_one_that_went_back_a_version_is_red(
    before: str, level: Level | None
):
    found = judge_engine_change(before, "chromium", "156.0.2.10")

    assert [check.level for check in found] == ([] if level is None else [level])
    for check in found:
        assert check.may_override is (level is Level.RED)
