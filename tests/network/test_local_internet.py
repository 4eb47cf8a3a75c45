"""The little local internet does what tests and the demo rely on."""

from __future__ import annotations

import asyncio
import json
import socket
import urllib.parse
from http.client import HTTPConnection

import pytest

from app.demo.internet import LocalInternet, LocalInternetThread
from app.isolation.network.probe import probe_exit
from tests.network.conftest import Relays
from tests.network.talking import fetch
from tests.support.waiting import until


class Customer:
    """A browser in miniature: keeps cookies and speaks to a shop directly."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._address = address
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        link = HTTPConnection(*self._address, timeout=10)
        try:
            cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            body = urllib.parse.urlencode(form) if form is not None else None
            link.request(method, path, body, {"Cookie": cookies} if cookies else {})
            answer = link.getresponse()
            for line in answer.headers.get_all("Set-Cookie") or ():
                name, _, value = line.partition(";")[0].partition("=")
                self.cookies[name] = value
            return answer.status, answer.read().decode()
        finally:
            link.close()

    def me(self) -> dict[str, object]:
        return json.loads(self.ask("GET", "/me")[1])


def test_a_customer_who_signs_in_is_known_again_and_another_is_not():
    with LocalInternetThread() as running:
        anna, ben = Customer(running.net.address("store.test")), Customer(running.net.address("store.test"))
        status, _ = anna.ask("POST", "/login?run=r1", {"name": "Anna <b>"})

        assert status == 303
        assert anna.me()["signed_in_as"] == "Anna <b>"
        assert anna.me()["session_cookie"] is True
        assert ben.me()["signed_in_as"] is None
        assert "Anna &lt;b&gt;" in anna.ask("GET", "/")[1]
        assert "Anna" not in ben.ask("GET", "/")[1]

        del anna.cookies["visit"]
        assert anna.me()["signed_in_as"] == "Anna <b>"
        assert anna.me()["session_cookie"] is False

        elsewhere = Customer(running.net.address("mail.test"))
        elsewhere.cookies = dict(anna.cookies)
        assert elsewhere.me()["signed_in_as"] is None


def test_what_a_page_posts_about_itself_is_kept_under_its_run():
    with LocalInternetThread() as running:
        customer = Customer(running.net.address("store.test"))
        link = HTTPConnection(*running.net.address("store.test"), timeout=10)
        link.request("POST", "/report?run=a", json.dumps({"timezone": "Europe/Berlin"}))
        link.getresponse().read()
        link.close()

        reports = running.net.reports("a")
        assert customer.ask("POST", "/report?run=b", {"not": "json"})[0] == 400

    assert [(report.host, report.facts["timezone"]) for report in reports] == [
        ("store.test", "Europe/Berlin")
    ]


async def test_a_visit_past_the_proxies_is_noticed(net: LocalInternet, relays: Relays):
    relay = await relays(net.http_proxy.upstream)
    await fetch(relay.port, net.store_url)
    before = net.direct_arrivals()

    _, writer = await asyncio.open_connection(*net.address("store.test"))
    writer.write(b"\x16\x03\x01 not a request")
    writer.close()
    await writer.wait_closed()
    await until(net.direct_arrivals)

    assert before == ()
    assert [(arrival.host, arrival.source) for arrival in net.direct_arrivals()] == [
        ("store.test", "127.0.0.1")
    ]


def test_names_are_unknown_outside_the_proxies():
    with LocalInternetThread() as running, pytest.raises(socket.gaierror):
        socket.getaddrinfo(urllib.parse.urlsplit(running.net.store_url).hostname, 80)


def test_two_local_internets_run_side_by_side_with_different_secrets():
    with LocalInternetThread() as one, LocalInternetThread() as two:
        first, second = one.net.http_proxy, two.net.http_proxy

        assert first.password != second.password
        assert one.net.socks_proxy.password != first.password
        assert one.run(probe_exit(first.upstream, [one.net.echo_url], timeout_s=10)).ip == first.exit_ip
        assert two.run(probe_exit(second.upstream, [two.net.echo_url], timeout_s=10)).ip == second.exit_ip


def test_a_proxy_can_be_killed_and_revived_from_another_thread():
    with LocalInternetThread() as running:
        proxy = running.net.socks_proxy
        running.kill(proxy)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((proxy.address, proxy.port), timeout=5)

        running.run(proxy.revive())

        with socket.create_connection((proxy.address, proxy.port), timeout=5) as sock:
            assert sock.getpeername() == (proxy.address, proxy.port)
