"""A relay passes what it should, to its upstream only, and nothing before it is told to."""

from __future__ import annotations

import asyncio
import hashlib
import json
import socket

import pytest

from app.demo.internet import Behaviour, LocalInternet, LocalProxy
from app.isolation.network.dial import Addresses
from app.isolation.network.http_head import Request
from app.isolation.network.relay import Relay
from app.isolation.plan import DIRECT
from tests.network.conftest import Relays
from tests.network.talking import connect, fetch, get, line, say
from tests.support.waiting import until


async def test_a_shut_relay_passes_nothing(net: LocalInternet, proxy: LocalProxy, relays: Relays):
    relay = await relays(proxy.upstream, is_open=False)

    plain = await fetch(relay.port, net.store_url)
    tunnel = await say(relay.port, connect(net.store_url))

    assert plain.status == 503
    assert b"not open yet" in plain.body
    assert tunnel.startswith(b"HTTP/1.1 503 ")
    assert proxy.connections == 0
    assert net.arrivals() == ()
    assert relay.passed == 0
    assert [(error.host, error.id) for error in relay.errors] == [("store.test", "shut")] * 2


async def test_an_open_relay_reaches_sites_from_the_proxys_exit(
    net: LocalInternet, proxy: LocalProxy, relays: Relays
):
    relay = await relays(proxy.upstream)

    plain = await fetch(relay.port, net.store_url + "me")
    async with line(relay.port) as one:
        one.send(connect(net.mail_url))
        established = await one.head()
        one.send(get(net.mail_url))
        inside = await one.head()

    assert json.loads(plain.body)["address"] == proxy.exit_ip
    assert b"Connection: close" in plain.head
    assert established.startswith(b"HTTP/1.1 200 ")
    assert inside.startswith(b"HTTP/1.1 200 ")
    assert [visit.name for visit in proxy.log] == ["store.test", "mail.test"]
    assert {visit.user for visit in proxy.log} == {proxy.username}
    assert net.direct_arrivals() == ()
    assert relay.passed == 2
    assert relay.errors == ()


async def test_names_of_sites_are_never_looked_up_on_this_machine(
    net: LocalInternet, proxy: LocalProxy, relays: Relays, looked_up: list[str]
):
    relay = await relays(proxy.upstream)

    await fetch(relay.port, net.store_url)
    await say(relay.port, connect("http://nobody-knows-this.test:443"))
    here = list(looked_up)
    with pytest.raises(socket.gaierror):
        await asyncio.get_running_loop().getaddrinfo("store.test", 80)

    assert here == []
    assert looked_up == ["store.test"]  # which shows that a question would have been heard
    assert [visit.name for visit in proxy.log] == ["store.test", "nobody-knows-this.test"]


async def test_in_preflight_only_the_echo_page_passes(net: LocalInternet, proxy: LocalProxy, relays: Relays):
    relay = await relays(proxy.upstream, is_open=False)
    relay.begin_preflight("n0nce", [net.echo_url])

    own = await fetch(relay.port, "http://n0nce.berth.invalid/")
    before_echo = relay.witnessed("n0nce")
    echo = await fetch(relay.port, net.echo_url)
    store = await fetch(relay.port, net.store_url)

    assert own.status == 200
    assert not before_echo
    assert json.loads(echo.body)["ip"] == proxy.exit_ip
    assert store.status == 503
    assert relay.witnessed("n0nce")
    assert not relay.witnessed("another")
    assert net.requests("store.test") == ()
    assert {visit.name for visit in proxy.log} == {"echo.test"}


async def test_a_nonce_that_another_relay_answered_is_no_witness(net: LocalInternet, relays: Relays):
    asked = await relays(net.http_proxy.upstream, is_open=False)
    other = await relays(net.socks_proxy.upstream, is_open=False)
    asked.begin_preflight("a1", [net.echo_url])
    other.begin_preflight("a1", [net.echo_url])

    await fetch(other.port, "http://a1.berth.invalid/")
    await fetch(other.port, net.echo_url)

    assert other.witnessed("a1")
    assert not asked.witnessed("a1")


@pytest.mark.parametrize("nonce", ["n1", "other"])
async def test_a_nonce_page_never_leaves_the_relay(net: LocalInternet, relays: Relays, nonce: str):
    relay = await relays(net.http_proxy.upstream)

    answer = await fetch(relay.port, f"http://{nonce}.berth.invalid/")

    assert answer.status == 502
    assert net.http_proxy.connections == 0


async def test_shutting_breaks_live_connections_at_once(
    net: LocalInternet, proxy: LocalProxy, relays: Relays
):
    relay = await relays(proxy.upstream)
    async with line(relay.port) as one, line(relay.port) as half:
        one.send(connect(net.store_url))
        await one.head()
        half.send(b"GET http://sto")
        await until(lambda: relay.live == 2)

        relay.shut()
        one.send(get(net.store_url))

        assert await one.rest() == b""
        assert await half.rest() == b""
    await until(lambda: proxy.live == 0)
    assert net.requests("store.test") == ()
    assert relay.live == 0


async def test_a_connection_that_was_on_its_way_when_the_relay_shut_does_not_get_through(
    net: LocalInternet, proxy: LocalProxy, relays: Relays
):
    relay = await relays(proxy.upstream)
    proxy.behaviour = Behaviour.HANG
    async with line(relay.port) as one:
        one.send(connect(net.store_url))
        await until(lambda: proxy.connections == 1)

        relay.shut()

        assert await one.rest() == b""
    await until(lambda: proxy.live == 0)


PRIVATE = ["127.0.0.1", "localhost", "a.localhost", "0x7f000001", "2130706433", "127.1", "10.0.0.1.", "[::1]"]
PRIVATE += ["[::ffff:127.0.0.1]", "169.254.169.254", "[fe80::1]", "0.0.0.0", "224.0.0.1", "0300.0250.1.1"]


@pytest.mark.parametrize("host", PRIVATE)
async def test_private_targets_are_refused_in_every_spelling(net: LocalInternet, relays: Relays, host: str):
    relay = await relays(net.http_proxy.upstream)

    plain = await fetch(relay.port, f"http://{host}:8080/")
    tunnel = await say(relay.port, connect(f"http://{host}:8443"))

    assert (plain.status, tunnel.split()[1]) == (502, b"502")
    assert [error.id for error in relay.errors] == ["private", "private"]
    assert net.http_proxy.connections == 0


async def test_private_targets_pass_where_the_profile_allows_them(
    net: LocalInternet, proxy: LocalProxy, relays: Relays
):
    relay = await relays(proxy.upstream, allow_private=True)

    answer = await fetch(relay.port, net.echo_address_url)

    assert json.loads(answer.body)["ip"] == proxy.exit_ip


async def test_the_browsers_own_update_checks_stay_here(net: LocalInternet, relays: Relays):
    relay = await relays(net.http_proxy.upstream)

    await say(relay.port, connect("https://update.googleapis.com:443"))
    await say(relay.port, connect("https://clients2.google.com:443"))

    assert [visit.name for visit in net.http_proxy.log] == ["clients2.google.com"]
    assert [error.id for error in relay.errors] == ["background", "target"]


async def test_direct_is_taken_only_when_the_plan_says_so_and_never_to_private_addresses(
    net: LocalInternet, relays: Relays
):
    closed = await relays(DIRECT)
    allowed = await relays(DIRECT, allow_private=True)
    host, port = socket.gethostname(), net.address("echo.test")[1]

    literal = await fetch(closed.port, net.echo_address_url)
    by_name = await fetch(closed.port, f"http://{host}:{port}/json")
    wanted = await fetch(allowed.port, net.echo_address_url)

    assert (literal.status, by_name.status) == (502, 502)
    assert {error.id for error in closed.errors} <= {"private", "target"}
    assert wanted.status == 200
    assert len(net.requests("echo.test")) == 1


async def test_what_is_posted_arrives_whole(net: LocalInternet, proxy: LocalProxy, relays: Relays):
    relay = await relays(proxy.upstream)
    body = json.dumps({"filler": "x" * 400_000}).encode()

    answer = await fetch(relay.port, net.store_url + "report?run=r1", method="POST", body=body)

    assert answer.status == 200
    assert len(str(net.reports("r1")[0].facts["filler"])) == 400_000


async def test_a_second_request_on_a_plain_connection_does_not_reach_the_first_site(
    net: LocalInternet, proxy: LocalProxy, relays: Relays
):
    relay = await relays(proxy.upstream)
    first = f"GET {net.store_url}me HTTP/1.1\r\nHost: x\r\n\r\n"
    second = f"GET {net.mail_url}secret HTTP/1.1\r\nHost: y\r\n\r\n"

    got = await say(relay.port, (first + second).encode())

    assert got.count(b"HTTP/1.1 ") == 1
    assert [request.path for request in net.requests("store.test")] == ["/me"]
    assert net.requests("mail.test") == ()


@pytest.mark.parametrize("is_tunnel", [True, False])
async def test_many_megabytes_arrive_unchanged(
    net: LocalInternet, proxy: LocalProxy, relays: Relays, is_tunnel: bool
):
    relay = await relays(proxy.upstream)
    size = 24 * 1024 * 1024
    url = net.url("echo.test", f"/bytes?n={size}")
    async with line(relay.port) as one:
        if is_tunnel:
            one.send(connect(url))
            await one.head()
            one.send(get(url, f"/bytes?n={size}"))
        else:
            one.send(f"GET {url} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        await one.head()

        body = await one.exactly(size)

    assert hashlib.sha256(body).digest() == hashlib.sha256(bytes(size)).digest()


async def test_a_browser_that_does_not_read_holds_the_site_back(
    net: LocalInternet, proxy: LocalProxy, relays: Relays
):
    relay = await relays(proxy.upstream)
    size = 64 * 1024 * 1024
    url = net.url("echo.test", "/")
    async with line(relay.port) as one:
        one.reader._transport.pause_reading()
        one.send(connect(url) + get(url, f"/bytes?n={size}"))

        await until(lambda: _waiting(relay) > 100_000)
        for _ in range(200):
            await asyncio.sleep(0)

        assert _waiting(relay) < 2 * 1024 * 1024


def _waiting(relay: Relay) -> int:
    return sum(leg.transport.get_write_buffer_size() for leg in relay._passages)


async def test_a_side_that_has_said_everything_still_hears_the_answer(net: LocalInternet, relays: Relays):
    relay = await relays(net.socks_proxy.upstream)
    async with line(relay.port) as one:
        one.send(connect(net.store_url))
        await one.head()
        one.send(get(net.store_url))
        one.writer.write_eof()

        got = await one.rest()

    assert got.startswith(b"HTTP/1.1 200 OK")
    await until(lambda: relay.live == 0)


async def test_closing_a_relay_leaves_nothing_open(net: LocalInternet, proxy: LocalProxy, relays: Relays):
    relay = await relays(proxy.upstream)
    async with line(relay.port) as one:
        one.send(connect(net.store_url))
        await one.head()
        port = relay.port

        await relay.close()

        assert await one.rest() == b""
    await until(lambda: proxy.live == 0)
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)


async def test_a_proxys_own_name_is_asked_once_for_many_connections(looked_up: list[str]):
    addresses = Addresses("localhost", 8080)

    answers = await asyncio.gather(*(addresses.all() for _ in range(10)))
    once = list(looked_up)
    addresses.forget()
    await addresses.all()

    assert all("127.0.0.1" in answer for answer in answers)
    assert once == ["localhost"]
    assert looked_up == ["localhost", "localhost"]


async def test_a_relay_can_be_a_site_itself_and_nothing_of_it_reaches_the_upstream(
    net: LocalInternet, proxy: LocalProxy, relays: Relays
):
    relay = await relays(proxy.upstream, is_open=False)
    taken: list[tuple[str, str, int]] = []

    def answer(request: Request, body: bytes) -> bytes:
        taken.append((request.method, request.path, len(body)))
        return b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi"

    relay.play_site(["own.localhost"], answer)
    body = b"x" * 700_000
    head = (
        f"POST http://own.localhost/report?a=1 HTTP/1.1\r\nHost: own.localhost\r\nContent-Length: {len(body)}"
    )

    posted = await say(relay.port, head.encode() + b"\r\n\r\n" + body)
    too_much = await say(relay.port, head.replace(str(len(body)), "99999999").encode() + b"\r\n\r\n")
    tunnel = await say(relay.port, connect("http://own.localhost:443/"))
    relay.end_site()
    after = await fetch(relay.port, "http://own.localhost/")

    assert posted.endswith(b"\r\n\r\nhi")
    assert taken == [("POST", "/report?a=1", len(body))]
    assert too_much.startswith(b"HTTP/1.1 411 ")
    assert tunnel.startswith(b"HTTP/1.1 502 ")
    assert after.status == 503
    assert proxy.connections == 0
