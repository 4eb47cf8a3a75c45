"""What echo pages say is read in the shapes that they come in."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.isolation.network.country import country_of
from app.isolation.network.errors import EchoFailed
from app.isolation.network.probe import read_answer


@pytest.mark.parametrize(
    ("body", "ip", "country", "timezone"),
    [
        (b"127.9.9.9\n", "127.9.9.9", "", ""),
        (b'{"ip":"127.9.9.9"}', "127.9.9.9", "", ""),
        (b'{"ip":"127.9.9.9","country":"de","timezone":"Europe/Berlin"}', "127.9.9.9", "DE", "Europe/Berlin"),
        (
            b'{"ip":"127.9.9.9","country":"Germany","country_iso":"DE","time_zone":"Europe/Berlin"}',
            "127.9.9.9",
            "DE",
            "Europe/Berlin",
        ),
        (b'{"ip":"127.9.9.9","country_code":"BR","timezone":{"id":"x"}}', "127.9.9.9", "BR", ""),
        (b'{"ip":"127.9.9.9","country":7,"timezone":"../../etc/passwd"}', "127.9.9.9", "", ""),
        (b'{"ip":"8.8.8.8","country":"FR"}', "8.8.8.8", "US", ""),
        (b'{"ip":"2001:4860:4860:0:0:0:0:8888"}', "2001:4860:4860::8888", "US", ""),
    ],
)
def test_an_answer_is_read(body, ip, country, timezone):
    seen = read_answer(body, latency_ms=12)

    assert (seen.ip, seen.country, seen.timezone, seen.latency_ms) == (ip, country, timezone, 12)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"{",
        b"{}",
        b"[]",
        b'{"ip":null}',
        b'{"ip":"1.2.3.4, 5.6.7.8"}',
        b'{"ip":' * 60_000,
        b"\xff",
    ],
)
def test_an_answer_without_an_address_is_none(body):
    with pytest.raises(EchoFailed):
        read_answer(body, latency_ms=1)


plain = st.none() | st.text(max_size=20) | st.integers() | st.lists(st.integers(), max_size=3)


@settings(max_examples=40)
@given(plain | st.dictionaries(st.text(max_size=5), plain, max_size=3))
@example("127.0.0.1")
def test_any_json_is_either_an_exit_or_a_problem(facts):
    body = json.dumps({"ip": facts}).encode()

    try:
        seen = read_answer(body, latency_ms=1)
    except EchoFailed:
        return

    assert seen.ip in json.dumps(facts)


def test_an_address_that_no_registry_knows_has_no_country():
    assert country_of("127.0.0.1") == ""
    assert country_of("nonsense") == ""
    assert country_of("8.8.8.8") == "US"
