"""The demo can fail: every kind of crossing between two windows is found."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.demo.comparing import Visit, crossings, own_promises, strays


def visit(customer: str, number: int, **changes: Any) -> Visit:
    languages = ("de-DE", "de") if number == 1 else ("en-US", "en")
    zone = "Europe/Berlin" if number == 1 else "America/New_York"
    return Visit(
        profile=f"Store {number}",
        customer=customer,
        exit_ip=f"127.0.0.{number}",
        timezone=zone,
        languages=languages,
        source=f"127.0.0.{number}",
        facts={
            "timezone": zone,
            "languages": list(languages),
            "signed_in_as": customer,
            "local_storage": customer,
            "indexed_db": customer,
            "webdriver": False,
            "cookies": f"customer={customer}; session=s{number}",
        },
    )


ANNA, BEN = visit("anna", 1), visit("ben", 2)


def but(seen: Visit, **facts: Any) -> Visit:
    return replace(seen, facts={**seen.facts, **facts})


def test_two_windows_that_are_apart_have_nothing_in_common():
    assert crossings(ANNA, BEN) == []
    assert own_promises(ANNA) == []
    assert own_promises(BEN) == []


@pytest.mark.parametrize("name", ["signed_in_as", "local_storage", "indexed_db"])
def test_the_other_windows_customer_is_found_wherever_it_turns_up(name: str):
    told = [f"Store 2: {name} holds the customer of Store 1"]

    assert crossings(ANNA, but(BEN, **{name: "anna"})) == told
    assert crossings(but(BEN, **{name: "anna"}), ANNA) == told


def test_a_shared_exit_is_found():
    assert crossings(ANNA, replace(BEN, source=ANNA.source)) == ["both windows came from 127.0.0.1"]


@pytest.mark.parametrize("cookies", ["session=s1", "a=b; session=s1", "session=s1 ;a=b", " session=s1;"])
def test_a_shared_cookie_is_found(cookies: str):
    assert crossings(ANNA, but(BEN, cookies=cookies)) == ["both windows hold the cookie session=s1"]


@pytest.mark.parametrize("cookies", ["", ";", "session=s2", "session"])
def test_cookies_of_one_window_alone_are_no_crossing(cookies: str):
    assert crossings(ANNA, but(BEN, cookies=cookies)) == []


def test_windows_without_cookies_share_none():
    one, other = (
        {key: value for key, value in seen.facts.items() if key != "cookies"} for seen in (ANNA, BEN)
    )

    assert crossings(replace(ANNA, facts=one), replace(BEN, facts=other)) == []


def test_everything_that_crossed_is_told():
    twin = replace(ANNA, profile="Store 2", customer="ben")

    assert len(crossings(ANNA, twin)) == 1 + 3 + 2


@pytest.mark.parametrize(
    ("fact", "seen", "what"),
    [
        ("timezone", "UTC", "timezone"),
        ("languages", ["en-US"], "languages"),
        ("languages", ["de", "de-DE"], "languages"),
        ("signed_in_as", None, "signed-in customer"),
        ("signed_in_as", "ben", "signed-in customer"),
        ("local_storage", None, "localStorage"),
        ("indexed_db", None, "IndexedDB"),
        ("webdriver", True, "webdriver"),
        ("webdriver", None, "webdriver"),
    ],
)
def test_a_promise_that_is_not_kept_is_told(fact: str, seen: object, what: str):
    (told,) = own_promises(but(ANNA, **{fact: seen}))

    assert told.startswith(f"Store 1: {what} is {seen!r}, expected ")


def test_traffic_from_another_address_than_the_exit_is_told():
    assert own_promises(replace(ANNA, source="127.0.0.9")) == [
        "Store 1: exit address is '127.0.0.9', expected '127.0.0.1'"
    ]


def test_a_window_that_reported_nothing_breaks_every_promise_but_its_address():
    assert len(own_promises(replace(ANNA, facts={}))) == 6


def test_connections_past_every_proxy_are_told_once_each():
    sources = ["127.0.0.1", "10.0.0.5", "127.0.0.2", "10.0.0.5", "10.0.0.4"]

    assert strays(sources, ["127.0.0.1", "127.0.0.2"]) == [
        "a connection came directly from 10.0.0.4",
        "a connection came directly from 10.0.0.5",
    ]


def test_connections_through_the_proxies_are_no_strays():
    assert strays(["127.0.0.1", "127.0.0.2", "127.0.0.1"], ["127.0.0.1", "127.0.0.2"]) == []
    assert strays([], []) == []
