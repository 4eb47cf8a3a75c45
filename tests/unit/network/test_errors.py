"""What is said of a path that does not answer."""

from __future__ import annotations

from app.isolation.network.errors import timed_out
from app.isolation.plan import DIRECT, ProxyKind, Upstream


def test_a_silent_proxy_is_named():
    problem = timed_out(Upstream(ProxyKind.SOCKS5, "proxy.example", 1080), 15)

    assert problem.text.english() == (
        "The proxy socks5://proxy.example:1080 did not answer within 15 seconds."
    )
    assert "another proxy" in problem.next_step.english()


def test_without_a_proxy_none_is_blamed():
    problem = timed_out(DIRECT, 7.25)

    assert problem.text.english() == "The internet did not answer within 7.2 seconds."
    assert "proxy" not in problem.next_step.english()
