"""The door of a relay: shut, echo hosts only, or open, and what it remembers."""

from __future__ import annotations

import pytest

from app.isolation.network.door import Door, State
from app.isolation.network.errors import auth_failed
from app.isolation.plan import ProxyKind, Upstream
from app.kernel.clock import SystemClock

ECHO = ("http://echo.test:8000/json", "https://ip.example.com/")


def door(allow_private: bool = False) -> Door:
    return Door(allow_private, SystemClock())


def test_a_new_door_lets_nothing_through():
    refusal = door().refusal("example.com", 443)

    assert refusal is not None
    assert (refusal.id, refusal.status) == ("shut", 503)


def test_in_preflight_only_the_echo_hosts_pass_and_only_on_their_ports():
    one = door()
    one.begin_preflight("n1", ECHO)

    assert one.refusal("echo.test", 8000) is None
    assert one.refusal("ip.example.com", 443) is None
    assert one.refusal("echo.test", 80) is not None
    assert one.refusal("ip.example.com", 80) is not None
    assert one.refusal("store.test", 8000) is not None


@pytest.mark.parametrize("url", ["", "nonsense", "http://a:99999/", "http://[::x/", "http://"])
def test_an_echo_address_that_is_none_lets_nothing_through(url):
    one = door()

    one.begin_preflight("n1", [url])

    assert one.refusal("store.test", 80) is not None


def test_an_echo_page_on_this_machine_passes_in_preflight_and_not_after():
    one = door()
    one.begin_preflight("n1", ["http://127.0.0.1:8000/"])
    in_preflight = one.refusal("127.0.0.1", 8000)
    one.state = State.OPEN

    after = one.refusal("127.0.0.1", 8000)

    assert in_preflight is None
    assert after is not None
    assert after.id == "private"


def test_a_nonce_is_witnessed_only_with_its_answer_and_an_echo_connection():
    one = door()
    one.begin_preflight("Nonce1", ECHO)
    assert not one.witnessed("Nonce1")

    assert one.answers_itself("nonce1.berth.invalid")
    assert not one.witnessed("Nonce1")

    one.count("echo.test", 8000)
    assert one.witnessed("Nonce1")
    assert not one.witnessed("other")


def test_a_new_preflight_forgets_what_the_last_one_witnessed():
    one = door()
    one.begin_preflight("n1", ECHO)
    one.answers_itself("n1.berth.invalid")
    one.count("echo.test", 8000)

    one.begin_preflight("n2", ECHO)

    assert not one.witnessed("n1")
    assert not one.witnessed("n2")


@pytest.mark.parametrize("state", [State.SHUT, State.OPEN])
def test_the_nonce_is_answered_in_preflight_only(state):
    one = door()
    one.begin_preflight("n1", ECHO)
    one.state = state

    assert not one.answers_itself("n1.berth.invalid")
    assert one.refusal("n1.berth.invalid", 80) is not None


def test_private_targets_pass_where_the_profile_allows_them():
    one = door(allow_private=True)
    one.state = State.OPEN

    assert one.refusal("192.168.1.1", 80) is None


def test_the_ring_keeps_the_last_hundred_without_passwords():
    one = door()
    problem = auth_failed(Upstream(ProxyKind.HTTP, "proxy.test", 80, "anna"))

    for number in range(250):
        one.note(f"host{number}", 443, problem)

    assert len(one.errors) == 100
    assert (one.errors[-1].host, one.errors[-1].port, one.errors[-1].id) == ("host249", 443, "auth")
    assert "anna" not in one.errors[-1].text.english()


@pytest.mark.parametrize("state", list(State))
def test_the_door_itself_is_a_site_in_every_state_until_it_is_not(state: State):
    one = door(allow_private=True)
    one.state = state
    one.play_site(["a1.localhost"], lambda _request, body: body)
    during = one.site_of("a1.localhost"), one.site_of("a2.localhost")

    tunnel = one.refusal("a1.localhost", 443)
    one.play_site((), None)

    assert during[0] is not None
    assert during[1] is None
    assert tunnel is not None
    assert tunnel.id == "own"
    assert one.site_of("a1.localhost") is None
