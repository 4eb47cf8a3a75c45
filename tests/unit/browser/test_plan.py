"""Launch plans travel whole, refuse what is none, and keep the proxy's password out of sight."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.isolation.plan import (
    DIRECT,
    Before,
    EngineChoice,
    Fingerprint,
    GeoMode,
    LaunchPlan,
    Mode,
    Place,
    ProxyKind,
    Stop,
    Upstream,
    WebRtcPolicy,
    fingerprint_from,
    fingerprint_plain,
)
from app.kernel.ids import ProfileId
from app.kernel.secret import Secret
from tests.support.plans import plan_for

PASSWORD = "hunter2-canary"
# Any text a name, path or variable can be, names of files that are not UTF-8 among them.
TEXT = st.text(st.characters(codec=None), max_size=12)
TEXTS = st.lists(TEXT, max_size=3).map(tuple)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
PLACES = st.builds(Place, st.floats(-90, 90), st.floats(-180, 180), st.floats(0, 1e5))
FINGERPRINTS = st.builds(
    Fingerprint,
    languages=TEXTS,
    timezone=TEXT,
    geolocation=st.sampled_from(GeoMode),
    place=st.none() | PLACES,
    window_width_px=st.integers(1, 9999),
    window_height_px=st.integers(1, 9999),
    scale=st.floats(0.5, 3),
    cores=st.integers(0, 256),
    webrtc=st.sampled_from(WebRtcPolicy),
    canvas=TEXT,
    audio=TEXT,
)
UPSTREAMS = st.builds(
    Upstream, st.sampled_from(ProxyKind), TEXT, st.integers(0, 65535), TEXT, TEXT.map(Secret)
)
PLANS = st.builds(
    LaunchPlan,
    profile=TEXT.map(ProfileId),
    number=st.integers(0, 10**9),
    name=TEXT,
    colour=TEXT,
    directory=TEXT,
    engine=st.builds(EngineChoice, TEXT, TEXT, TEXT),
    mode=st.sampled_from(Mode),
    fingerprint=FINGERPRINTS,
    upstream=UPSTREAMS,
    start_pages=TEXTS,
    urls=TEXTS,
    market=TEXT,
    password_store=TEXT,
    download_folder=TEXT,
    echo_urls=TEXTS,
    probe_timeout_s=st.floats(0, 1e6),
    allow_private=st.booleans(),
    only_this_once=st.booleans(),
    screen=st.lists(st.tuples(TEXT, TEXT), max_size=3).map(tuple),
    stops=st.lists(st.sampled_from(Stop), unique=True).map(tuple),
    before=st.builds(Before, TEXT, TEXT, TEXT),
    watch_s=st.floats(0, 1e6),
)


def proxied() -> LaunchPlan:
    return replace(
        plan_for(Path("/data/p")),
        upstream=Upstream(ProxyKind.SOCKS5, "proxy.test", 1080, "anna", Secret(PASSWORD)),
    )


def comparable(plan: LaunchPlan) -> tuple[LaunchPlan, str]:
    """Secrets compare to nothing, so the password stands beside the plan."""
    upstream = plan.upstream
    bare = Upstream(upstream.kind, upstream.host, upstream.port, upstream.username, SAME)
    return replace(plan, upstream=bare), upstream.password.reveal()


SAME = Secret("")


@settings(max_examples=25)
@given(plan=PLANS)
def test_a_plan_comes_back_as_it_was_whatever_its_texts_hold(plan: LaunchPlan):
    found = LaunchPlan.from_json(plan.to_json())

    assert comparable(found) == comparable(plan)


@pytest.mark.parametrize(
    "text",
    [
        '"}], "only_this_once": true, "x": [{"',
        "a\nb\r\x00\x1b[2J",
        "店铺 \U0001f6cd\u202e",
        "\udcff",
        "{name}",
        "x" * 100_000,
    ],
)
def test_hostile_texts_change_nothing_but_their_own_field(text: str):
    plan = replace(proxied(), name=text, urls=(text,), screen=(("DISPLAY", text),))

    found = LaunchPlan.from_json(plan.to_json())

    assert comparable(found) == comparable(plan)
    assert not found.only_this_once


def test_a_plan_holds_the_password_only_in_what_travels():
    plan = proxied()

    shown = [repr(plan), str(plan), f"{plan}", repr(plan.upstream), plan.upstream.shown()]

    assert PASSWORD.encode() in plan.to_json()
    assert not any(PASSWORD in text for text in shown)
    assert plan.upstream.shown() == "socks5://anna@proxy.test:1080"


def test_a_problem_with_a_plan_does_not_tell_its_password():
    raw = json.loads(proxied().to_json())
    raw["upstream"][0] = "teleport"

    with pytest.raises(ValueError) as told:
        LaunchPlan.from_json(json.dumps(raw))

    assert PASSWORD not in str(told.value)


@pytest.mark.parametrize(
    ("upstream", "shown"),
    [
        (DIRECT, "direct"),
        (Upstream(ProxyKind.HTTP, "proxy.test", 8080), "http://proxy.test:8080"),
        (Upstream(ProxyKind.HTTPS, "2001:db8::1", 443, "anna"), "https://anna@[2001:db8::1]:443"),
    ],
)
def test_an_upstream_is_shown_with_kind_user_and_address(upstream: Upstream, shown: str):
    assert upstream.shown() == shown


@pytest.mark.parametrize("version", [0, 1, 3, "2", None])
def test_a_plan_of_another_version_is_refused(version: object):
    raw = json.loads(proxied().to_json())
    raw["plan_version"] = version

    with pytest.raises(ValueError, match="another version"):
        LaunchPlan.from_json(json.dumps(raw))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        "[]",
        "null",
        '"plan"',
        "{}",
        '{"plan_version": 1}',
        pytest.param("[" * 100_000, id="deep"),
    ],
)
def test_what_is_no_plan_is_refused(content: bytes | str):
    with pytest.raises(ValueError):
        LaunchPlan.from_json(content)


@pytest.mark.parametrize("key", json.loads(proxied().to_json()))
def test_a_plan_without_one_of_its_parts_is_refused(key: str):
    raw = json.loads(proxied().to_json())
    del raw[key]

    with pytest.raises(ValueError, match="not a launch plan"):
        LaunchPlan.from_json(json.dumps(raw))


def test_a_plan_with_a_part_nobody_knows_is_refused():
    raw = json.loads(proxied().to_json()) | {"sandbox": False}

    with pytest.raises(ValueError):
        LaunchPlan.from_json(json.dumps(raw))


@settings(max_examples=50)
@given(key=st.sampled_from(sorted(json.loads(proxied().to_json()))), value=JSON)
def test_a_part_of_another_shape_is_refused_or_read_but_never_fails_otherwise(key: str, value: Any):
    raw = json.loads(proxied().to_json()) | {key: value}

    try:
        found = LaunchPlan.from_json(json.dumps(raw))
    except ValueError:
        return
    assert isinstance(found, LaunchPlan)


@settings(max_examples=25)
@given(chosen=FINGERPRINTS)
def test_fingerprint_settings_come_back_from_json_as_they_were(chosen: Fingerprint):
    assert fingerprint_from(json.loads(json.dumps(fingerprint_plain(chosen)))) == chosen


def test_fingerprint_settings_that_say_little_take_the_safe_values():
    found = fingerprint_from({})

    assert found.geolocation is GeoMode.BLOCKED
    assert found.webrtc is WebRtcPolicy.PROXY_ONLY
    assert not found.is_fixed


def test_unknown_fingerprint_settings_are_named():
    with pytest.raises(ValueError, match="device_memory, webgl"):
        fingerprint_from({"webgl": 1, "device_memory": 8})


@pytest.mark.parametrize(
    ("languages", "timezone", "is_fixed"),
    [((), "", False), (("en",), "", False), ((), "UTC", False), (("en",), "UTC", True)],
)
def test_settings_are_fixed_once_nothing_is_left_to_the_exit(
    languages: tuple[str, ...], timezone: str, is_fixed: bool
):
    assert Fingerprint(languages=languages, timezone=timezone).is_fixed is is_fixed
