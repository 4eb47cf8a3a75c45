"""Times, numbers and countries as people read them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QLocale

from app.isolation.plan import ProxyKind
from app.ui.language import tr
from app.ui.telling import (
    ago,
    beside,
    country_title,
    day,
    exact,
    far_end,
    named,
    number,
    proxy_words,
    until,
)

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale("en_US"))
    yield
    QLocale.setDefault(before)


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (-5, "just now"),  # a clock that was put back
        (0, "just now"),
        (59, "just now"),
        (60, "1 min ago"),
        (3_599, "59 min ago"),
        (3_600, "1 h ago"),
        (86_399, "23 h ago"),
        (86_400, "1 d ago"),
        (30 * 86_400 - 1, "29 d ago"),
        (30 * 86_400, "2026-10-23"),
    ],
)
def test_how_long_ago_is_told_in_one_unit(seconds: int, told: str):
    assert ago(NOW - timedelta(seconds=seconds), NOW) == told


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (-0.01, "expired"),
        (0, "today"),
        (0.99, "today"),
        (1, "in 1 d"),
        (59.9, "in 59 d"),
        (60, "2027-01-21"),
    ],
)
def test_how_long_something_lasts_is_told_in_days(days: float, told: str):
    assert until(NOW + timedelta(days=days), NOW) == told


def test_what_never_was_is_told_as_nothing():
    assert (ago(None, NOW), until(None, NOW), exact(None)) == ("", "", "")


def test_the_exact_time_is_the_local_one_to_the_second():
    assert exact(NOW) == "2026-11-22 12:00:00"
    assert day(NOW) == "2026-11-22"


def test_digits_are_grouped():
    assert number(1_234_567) == "1,234,567"
    assert number(12) == "12"


def test_a_country_has_a_name_and_one_that_nobody_knows_its_code():
    assert [country_title(market) for market in ("DE", "VN", "XX", "")] == ["Germany", "Vietnam", "XX", ""]


def test_a_proxy_is_told_without_its_password_and_ipv6_stands_in_brackets():
    assert far_end("proxy.example", 8080) == "proxy.example:8080"
    assert far_end("2001:db8::1", 1080) == "[2001:db8::1]:1080"
    assert proxy_words(ProxyKind.SOCKS5, "2001:db8::1", 1080, "") == "SOCKS5 · [2001:db8::1]:1080"
    assert proxy_words(ProxyKind.HTTP, "proxy.example", 80, "me") == "HTTP · proxy.example:80 · user me"


def test_names_values_and_what_stands_beside_them_are_one_text():
    assert named("Running", "2") == "Running: 2"
    assert beside("in 3 d", "2026-11-25") == "in 3 d (2026-11-25)"


@pytest.mark.parametrize(("count", "told"), [(7, "7 more"), (999, "999 more"), (5_000, "5,000 more")])
def test_counted_things_have_their_digits_grouped(count: int, told: str):
    assert tr("%n more", n=count) == told
