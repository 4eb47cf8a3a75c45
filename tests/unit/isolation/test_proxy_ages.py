"""How long ago a proxy was checked, in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.cli.proxies import _age
from app.isolation.plan import ProxyKind
from app.isolation.proxies import CheckProblem, Proxy
from app.kernel.ids import ProxyId
from app.kernel.text import say

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PROXY = Proxy(ProxyId("P"), "P", ProxyKind.HTTP, "a.example", 80, "", False, False, 0, NOW, NOW)


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(seconds=5), "0 min ago"),
        (timedelta(minutes=119), "119 min ago"),
        (timedelta(hours=47), "47 h ago"),
        (timedelta(days=3), "3 days ago"),
        (timedelta(minutes=-5), "0 min ago"),
    ],
)
def test_an_age_is_told_in_words(ago: timedelta, words: str):
    assert _age(replace(PROXY, checked=NOW - ago), NOW) == words


def test_a_proxy_that_was_never_checked_has_no_age():
    assert _age(PROXY, NOW) == "never"


def test_a_failed_check_says_so():
    problem = CheckProblem("timed-out", say("No answer."), say("Try again."))

    assert _age(replace(PROXY, checked=NOW, check_problem=problem), NOW) == "0 min ago, failed"
