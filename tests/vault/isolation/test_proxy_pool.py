"""The pool of proxies: listed, described, moved, checked through a real network."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from app.demo.internet import LocalInternetThread
from app.isolation.checks import Exit
from app.isolation.network.errors import AuthFailed, ProxyProblem, Refused
from app.isolation.network.proxy_string import ProxyStringWrong, write
from app.isolation.plan import Upstream
from app.isolation.profile import NameWrong
from app.isolation.profile_problems import SortUnknown
from app.isolation.profiles import PROFILE
from app.isolation.proxies import PROXY, ProxyKnown, ProxyMissing, ProxyNameTaken
from app.isolation.proxy_checking import MOST_PER_HOST, Checking
from app.kernel.changes import Changes
from app.kernel.gate import Ability
from app.kernel.gate import Refused as GateRefused
from tests.vault.isolation.conftest import Rooms


@pytest.fixture
def internet(rooms: Rooms) -> Iterator[LocalInternetThread]:
    """The local internet, whose echo page the settings name."""
    with LocalInternetThread() as internet:
        rooms.settings.set("network.echo_urls", internet.net.echo_url)
        yield internet


@pytest.fixture
def pool(rooms: Rooms) -> Rooms:
    """Three proxies that differ in every column; two profiles go through the first."""
    one = rooms.proxies.add("http://anna:x@b.example:8080", "Beta")
    rooms.clock.move(minutes=1)
    rooms.proxies.add("socks5://bob:x@a.example:1080", "alpha")
    rooms.clock.move(minutes=1)
    rooms.proxies.add("http://c.example:80", "代理")
    rooms.proxies.change("Beta", expires=rooms.clock.now() + timedelta(days=9), provider="Zeta")
    rooms.proxies.change("alpha", expires=rooms.clock.now() + timedelta(days=2))
    for name in ("Anna", "Bea"):
        rooms.profiles.new(name, proxy=one.name)
    return rooms


def _found(rooms: Rooms, monkeypatch: pytest.MonkeyPatch, who: str, found: Exit | ProxyProblem) -> None:
    def probe(_self: Checking, _upstream: Upstream, *_: object) -> Exit:
        if isinstance(found, ProxyProblem):
            raise found
        return found

    monkeypatch.setattr(Checking, "probe", probe)
    rooms.proxies.check(who)
    rooms.clock.move(minutes=1)


def _listed(rooms: Rooms, text: str = "", sort: str = "name", descending: bool = False) -> str:
    return " ".join(proxy.name for proxy in rooms.proxies.rows(rooms.proxies.ids(text, sort, descending)))


@pytest.mark.parametrize(
    ("sort", "up", "down"),
    [
        ("name", "alpha Beta 代理", "代理 Beta alpha"),
        ("kind", "Beta 代理 alpha", "alpha Beta 代理"),
        ("host", "alpha Beta 代理", "代理 Beta alpha"),
        ("expires", "alpha Beta 代理", "Beta alpha 代理"),
        ("provider", "Beta alpha 代理", "Beta alpha 代理"),
        ("exit", "alpha Beta 代理", "Beta alpha 代理"),
        ("latency", "Beta alpha 代理", "alpha Beta 代理"),
        ("checked", "Beta alpha 代理", "alpha Beta 代理"),
        ("used", "alpha 代理 Beta", "Beta alpha 代理"),
        ("created", "Beta alpha 代理", "代理 alpha Beta"),
    ],
)
def test_proxies_come_in_the_order_asked_for(
    pool: Rooms, monkeypatch: pytest.MonkeyPatch, sort: str, up: str, down: str
):
    _found(pool, monkeypatch, "Beta", Exit("203.0.113.1", "US", latency_ms=10))
    _found(pool, monkeypatch, "alpha", Exit("203.0.113.2", "DE", latency_ms=90))

    assert _listed(pool, sort=sort) == up
    assert _listed(pool, sort=sort, descending=True) == down


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("BETA", "Beta"),
        ("socks", "alpha"),
        ("anna http", "Beta"),
        ("a.example:1080", "alpha"),
        ("代", "代理"),
    ],
)
def test_proxies_are_searched(pool: Rooms, text: str, names: str):
    assert _listed(pool, text) == names
    assert _listed(pool, f"{text} nothing") == ""
    assert _listed(pool, "x" * 5_000_000) == ""


def test_rows_come_as_asked_for(pool: Rooms):
    alpha, beta = pool.proxies.get("alpha"), pool.proxies.get("Beta")

    assert pool.proxies.rows([beta.id, "nobody", alpha.id]) == (beta, alpha)
    with pytest.raises(SortUnknown):
        pool.proxies.ids(sort="colour")


def test_a_person_lists_the_proxies_of_granted_profiles(pool: Rooms):
    few = pool.seen_by(pool.profiles.get("Anna").id)

    assert _listed(few) == "Beta"
    assert few.proxies.rows([pool.proxies.get("alpha").id]) == ()
    with pytest.raises(GateRefused):
        pool.seen_by(abilities=frozenset({Ability.PROFILE_VIEW})).proxies.ids()


def test_where_a_proxy_is_used_is_told(pool: Rooms):
    pool.profiles.delete("Anna")

    users = pool.proxies.users("Beta")

    assert [(user.shown_number, user.name, user.deleted_at is None) for user in users] == [
        ("002", "Bea", True),
        ("001", "Anna", False),
    ]


def test_what_is_known_of_a_proxy_is_changed(pool: Rooms, changes: list[Changes]):
    until = pool.clock.now() + timedelta(days=30)

    changed = pool.proxies.change("Beta", name="Gamma", expires=until, provider=" Lumi ")

    assert (changed.name, changed.expires, changed.provider) == ("Gamma", until, "Lumi")
    assert pool.proxies.change("Gamma", name="").name == "b.example:8080"
    assert pool.proxies.change("b.example:8080", name="").name == "b.example:8080"  # it is its own
    assert pool.proxies.change("b.example:8080", expires=None, provider="").expires is None
    assert pool.profiles.rows(pool.profiles.ids())[0].proxy is not None
    assert all(change.touches(PROXY, changed.id) for change in changes[-2:])


@pytest.mark.parametrize("name", ["alpha", "direct", "a\nb"])
def test_a_name_that_a_proxy_cannot_have_changes_nothing(pool: Rooms, name: str):
    with pytest.raises((ProxyNameTaken, NameWrong)):
        pool.proxies.change("Beta", name=name, provider="New")

    assert pool.proxies.get("Beta").provider == "Zeta"


def test_a_proxy_moves_to_another_far_end_and_forgets_what_was_found(
    pool: Rooms, monkeypatch: pytest.MonkeyPatch, changes: list[Changes]
):
    _found(pool, monkeypatch, "Beta", Exit("203.0.113.1", "US"))

    moved = pool.proxies.change("Beta", text="socks5://new:pass@d.example:1081")

    assert moved.upstream.shown() == "socks5://new@d.example:1081"
    assert (moved.name, moved.exit, moved.checked, moved.used_by) == ("Beta", None, None, 2)
    assert changes[-1].touches(PROFILE, pool.profiles.get("Anna").id)
    with pytest.raises(ProxyKnown, match="alpha"):
        pool.proxies.change("Beta", text="socks5://bob:other@a.example:1080")
    with pytest.raises(ProxyStringWrong):
        pool.proxies.change("Beta", text="")


def test_another_password_for_the_same_far_end_keeps_what_was_found(
    pool: Rooms, monkeypatch: pytest.MonkeyPatch
):
    _found(pool, monkeypatch, "代理", Exit("203.0.113.1", "US"))
    pool.proxies.change("代理", text="http://c.example:80")

    assert pool.proxies.get("代理").exit == Exit("203.0.113.1", "US")


def test_a_proxy_that_works_is_checked(rooms: Rooms, internet: LocalInternetThread, changes: list[Changes]):
    proxy = rooms.proxies.add(write(internet.net.http_proxy.upstream), "US")

    checked = rooms.proxies.check("US")

    assert checked.exit is not None
    assert (checked.exit.ip, checked.exit.country) == (internet.net.http_proxy.exit_ip, "US")
    assert checked.exit.latency_ms > 0
    assert (checked.checked, checked.check_problem) == (rooms.clock.now(), None)
    assert rooms.proxies.get("US") == checked
    assert changes[-1].touches(PROXY, proxy.id)


def test_a_failed_check_is_a_result_and_keeps_the_last_good_exit(rooms: Rooms, internet: LocalInternetThread):
    upstream = internet.net.socks_proxy.upstream
    rooms.proxies.add(write(upstream), "DE")
    good = rooms.proxies.check("DE")
    rooms.clock.move(hours=1)
    rooms.proxies.change("DE", text=f"socks5://{upstream.username}:wrong@{upstream.host}:{upstream.port}")

    bad = rooms.proxies.check("DE")

    assert bad.check_problem is not None
    assert bad.check_problem.id == "auth-failed"
    assert "wrong" not in bad.check_problem.text.english()
    assert bad.check_problem.next_step.english()
    assert (bad.exit, bad.checked) == (good.exit, rooms.clock.now())
    assert rooms.proxies.get("DE") == bad


def test_what_a_check_found_is_not_stored_for_another_far_end(pool: Rooms, monkeypatch: pytest.MonkeyPatch):
    def probe(_self: Checking, _upstream: Upstream, *_: object) -> Exit:
        pool.clock.move(minutes=1)
        pool.proxies.change("Beta", text="http://other.example:80")
        return Exit("203.0.113.1", "US")

    monkeypatch.setattr(Checking, "probe", probe)

    assert pool.proxies.check("Beta").exit is None


def test_a_proxy_that_goes_while_it_is_checked_is_no_bug(pool: Rooms, monkeypatch: pytest.MonkeyPatch):
    def probe(_self: Checking, _upstream: Upstream, *_: object) -> Exit:
        pool.proxies.remove("alpha")
        return Exit("203.0.113.1", "US")

    monkeypatch.setattr(Checking, "probe", probe)

    assert pool.proxies.check("alpha").exit == Exit("203.0.113.1", "US")


def test_many_are_checked_at_once_and_few_through_one_host(pool: Rooms, monkeypatch: pytest.MonkeyPatch):
    names = [pool.proxies.add(f"http://u{number}:x@one.example:80").id for number in range(24)]
    busy, most, lock = 0, 0, threading.Lock()
    full = threading.Event()

    async def probe_exit(*_: object, **__: Any) -> Exit:
        nonlocal busy, most
        with lock:
            busy += 1
            most = max(most, busy)
            if busy == MOST_PER_HOST:
                full.set()
        full.wait(10)
        with lock:
            busy -= 1
        return Exit("203.0.113.1", "US")

    monkeypatch.setattr("app.isolation.network.probe.probe_exit", probe_exit)
    with ThreadPoolExecutor(16) as threads:
        checked = list(threads.map(pool.proxies.check, names))

    assert most == MOST_PER_HOST
    assert {proxy.exit for proxy in checked} == {Exit("203.0.113.1", "US")}


def test_a_proxy_that_is_not_saved_is_tried(rooms: Rooms, internet: LocalInternetThread):
    upstream = internet.net.http_proxy.upstream
    rooms.proxies.add(write(upstream), "US")

    assert rooms.proxies.check_text(f" {write(internet.net.socks_proxy.upstream)} ").country == "DE"
    assert rooms.proxies.check_text("us").country == "US"
    rooms.settings.set("network.echo_urls", internet.net.echo_address_url)
    assert rooms.proxies.check_text("Direct").ip
    assert [proxy.name for proxy in rooms.proxies.page().rows] == ["US"]
    assert rooms.proxies.get("US").checked is None


def test_a_proxy_that_cannot_be_tried_says_why(rooms: Rooms, internet: LocalInternetThread):
    upstream = internet.net.http_proxy.upstream
    internet.kill(internet.net.socks_proxy)

    with pytest.raises(AuthFailed):
        rooms.proxies.check_text(f"http://{upstream.username}:wrong@{upstream.host}:{upstream.port}")
    with pytest.raises(Refused):
        rooms.proxies.check_text(write(internet.net.socks_proxy.upstream))
    with pytest.raises(ProxyMissing):
        rooms.proxies.check_text("nobody")
    with pytest.raises(ProxyStringWrong):
        rooms.proxies.check_text("http://:::")


def test_the_history_of_a_proxy_begins_with_its_adding(pool: Rooms, monkeypatch: pytest.MonkeyPatch):
    _found(pool, monkeypatch, "Beta", Exit("203.0.113.1", "US"))

    lines = pool.proxies.history("Beta")

    assert [line.ability for line in lines] == [
        *["proxy.view"] * 2,
        *["proxy.edit"] * 2,
    ]  # the password, the result
    assert pool.proxies.history("Beta", limit=1, before=lines[0].seq) == lines[1:2]
