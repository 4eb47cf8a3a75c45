"""The probe learns where a profile comes out, or says exactly why it cannot."""

from __future__ import annotations

import asyncio
import dataclasses
import ssl
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.demo.internet import Behaviour, LocalInternet, LocalProxy
from app.isolation.network.probe import (
    AuthFailed,
    EchoFailed,
    Intercepted,
    ProxyProblem,
    Refused,
    TimedOut,
    Unreachable,
    probe_exit,
)
from app.isolation.network.upstreams import connector_for
from app.isolation.plan import DIRECT, ProxyKind, Upstream
from app.kernel.secret import Secret
from tests.network.conftest import Relays
from tests.network.talking import connect, fetch, get, line
from tests.network.trust import Trust, tls_in_front, trust_for
from tests.support.waiting import until

WRONG = "wr0ng-p4ss"


@pytest.fixture
async def trust(tmp_path: Path) -> Trust:
    return trust_for(tmp_path, "127.0.0.1", "echo.test")


@pytest.fixture
async def https_proxy(net: LocalInternet, trust: Trust) -> AsyncIterator[Upstream]:
    """The HTTP proxy, behind TLS."""
    inner = net.http_proxy
    async with tls_in_front(trust.server, (inner.address, inner.port)) as port:
        yield dataclasses.replace(inner.upstream, kind=ProxyKind.HTTPS, host="127.0.0.1", port=port)


@pytest.fixture
async def https_echo(net: LocalInternet, trust: Trust) -> AsyncIterator[str]:
    """The echo page, behind TLS on its own address."""
    behind = net.address("echo.test")
    async with tls_in_front(trust.server, behind, behind[0]) as port:
        yield f"https://echo.test:{port}/json"


async def test_the_exit_of_each_proxy_is_seen_with_its_country_and_timezone(net: LocalInternet):
    american = await probe_exit(net.http_proxy.upstream, [net.echo_url], timeout_s=5)
    german = await probe_exit(net.socks_proxy.upstream, [net.echo_url], timeout_s=5)

    assert (american.ip, american.country, american.timezone) == (
        net.http_proxy.exit_ip,
        "US",
        "America/New_York",
    )
    assert (german.ip, german.country, german.timezone) == (net.socks_proxy.exit_ip, "DE", "Europe/Berlin")
    assert american.latency_ms >= 1
    assert net.direct_arrivals() == ()


async def test_a_direct_profile_comes_out_here(net: LocalInternet):
    seen = await probe_exit(DIRECT, [net.echo_address_url], timeout_s=5)

    assert seen.ip == "127.0.0.1"


async def test_the_next_echo_page_is_asked_when_one_is_of_no_use(net: LocalInternet, proxy: LocalProxy):
    useless = [
        net.url("echo.test", path) for path in ("/nothing", "/redirect", "/bytes?n=100000", "/headers")
    ]
    useless += ["http://nowhere.test/", "ftp://echo.test/", "http://echo.test:99999/", "nonsense"]

    seen = await probe_exit(proxy.upstream, [*useless, net.url("echo.test", "/text")], timeout_s=10)

    assert seen.ip == proxy.exit_ip
    assert "/json" not in [request.path for request in net.requests("echo.test")]


async def test_no_echo_page_that_answers_is_said_as_that(net: LocalInternet, proxy: LocalProxy):
    with pytest.raises(EchoFailed):
        await probe_exit(proxy.upstream, [net.url("echo.test", "/nothing")], timeout_s=5)
    with pytest.raises(EchoFailed):
        await probe_exit(proxy.upstream, [], timeout_s=5)


@pytest.mark.parametrize("ending", ["/a b", "/中文", "/x\x7f"])
async def test_an_echo_address_that_no_request_can_hold_is_said_as_that(net: LocalInternet, ending: str):
    host, port = net.address("echo.test")

    with pytest.raises(EchoFailed):
        await probe_exit(DIRECT, [f"http://{host}:{port}{ending}"], timeout_s=5)
    with pytest.raises(EchoFailed):
        await probe_exit(DIRECT, ["http://[::1"], timeout_s=5)


async def test_a_wrong_password_is_told_apart(net: LocalInternet, proxy: LocalProxy):
    upstream = dataclasses.replace(proxy.upstream, password=Secret(WRONG))

    with pytest.raises(AuthFailed) as caught:
        await probe_exit(upstream, [net.echo_url, net.echo_url], timeout_s=5)

    assert WRONG not in str(caught.value) + repr(caught.value)
    assert proxy.connections == 1  # the second page would have been refused the same way


async def test_a_dead_proxy_is_told_apart(net: LocalInternet, proxy: LocalProxy):
    proxy.kill()

    with pytest.raises(Refused):
        await probe_exit(proxy.upstream, [net.echo_url], timeout_s=5)


async def test_a_proxy_whose_name_is_unknown_is_told_apart(net: LocalInternet):
    upstream = Upstream(ProxyKind.SOCKS5, "no-such-proxy.invalid", 1080)

    with pytest.raises(Unreachable):
        await probe_exit(upstream, [net.echo_url], timeout_s=5)


async def test_a_hanging_proxy_is_told_apart_within_the_time_limit(net: LocalInternet, proxy: LocalProxy):
    proxy.behaviour = Behaviour.HANG
    started = time.monotonic()

    with pytest.raises(TimedOut):
        await probe_exit(proxy.upstream, [net.echo_url, net.echo_url, net.echo_url], timeout_s=0.6)

    assert time.monotonic() - started < 3
    await until(lambda: proxy.live == 0)


async def test_an_echo_page_over_tls_is_read_through_every_kind_of_proxy(
    net: LocalInternet, trust: Trust, https_proxy: Upstream, https_echo: str
):
    for upstream in (net.http_proxy.upstream, net.socks_proxy.upstream, https_proxy):
        seen = await probe_exit(upstream, [https_echo], timeout_s=5, tls=trust.client)

        # The exit reaches the TLS front; what the page behind it sees is the front's own address.
        assert seen.ip == "127.0.0.1"
    assert [visit.method for visit in net.http_proxy.log] == ["CONNECT", "CONNECT"]
    assert [visit.name for visit in net.socks_proxy.log] == ["echo.test"]


async def test_a_certificate_of_the_echo_page_that_is_not_trusted_means_interception(
    net: LocalInternet, proxy: LocalProxy, https_echo: str
):
    with pytest.raises(Intercepted, match=r"certificate shown for echo\.test"):
        await probe_exit(proxy.upstream, [https_echo, net.echo_url], timeout_s=5)


async def test_a_certificate_of_an_https_proxy_that_is_not_trusted_means_interception(
    net: LocalInternet, https_proxy: Upstream
):
    with pytest.raises(Intercepted, match=r"127\.0\.0\.1"):
        await probe_exit(https_proxy, [net.echo_url], timeout_s=5)

    assert net.http_proxy.log == []


async def test_a_certificate_for_another_name_means_interception(
    net: LocalInternet, trust: Trust, https_proxy: Upstream
):
    other_name = dataclasses.replace(https_proxy, host="localhost")

    with pytest.raises(Intercepted):
        await probe_exit(other_name, [net.echo_url], timeout_s=5, tls=trust.client)


async def test_an_https_proxy_that_speaks_no_tls_is_refused_with_the_way_out(net: LocalInternet):
    upstream = dataclasses.replace(net.http_proxy.upstream, kind=ProxyKind.HTTPS)

    with pytest.raises(Refused) as caught:
        await probe_exit(upstream, [net.echo_url], timeout_s=5)

    assert "http://" in caught.value.next_step.english()


async def test_an_echo_page_that_speaks_no_tls_is_of_no_use(net: LocalInternet, proxy: LocalProxy):
    plain = net.echo_url.replace("http://", "https://")

    with pytest.raises(EchoFailed):
        await probe_exit(proxy.upstream, [plain], timeout_s=5)


async def test_a_relay_works_through_an_https_proxy(
    net: LocalInternet, trust: Trust, https_proxy: Upstream, relays: Relays
):
    connector = connector_for(https_proxy, tls=trust.client)
    relay = await relays(https_proxy, connector=connector)
    size = 6 * 1024 * 1024
    url = net.url("echo.test", f"/bytes?n={size}")

    plain = await fetch(relay.port, net.store_url)
    async with line(relay.port) as one:
        one.send(connect(url))
        await one.head()
        one.send(get(url, f"/bytes?n={size}"))
        await one.head()
        body = await one.exactly(size)

    assert plain.status == 200
    assert body == bytes(size)
    assert relay.errors == ()
    await until(lambda: relay.live == 0)


async def test_a_relay_tells_of_an_intercepted_https_proxy(
    net: LocalInternet, https_proxy: Upstream, relays: Relays
):
    relay = await relays(https_proxy)

    answer = await fetch(relay.port, net.store_url)

    assert answer.status == 502
    assert [error.id for error in relay.errors] == ["intercepted"]


async def test_many_probes_at_once_all_find_their_exit(net: LocalInternet):
    upstreams = [net.http_proxy.upstream, net.socks_proxy.upstream] * 50

    exits = await asyncio.gather(*(probe_exit(one, [net.echo_url], timeout_s=30) for one in upstreams))

    assert [seen.ip for seen in exits] == [net.http_proxy.exit_ip, net.socks_proxy.exit_ip] * 50


def test_every_problem_of_a_proxy_says_what_to_do_next():
    for kind in (AuthFailed, EchoFailed, Intercepted, Refused, TimedOut, Unreachable):
        assert issubclass(kind, ProxyProblem)
        assert kind.exit_code == 1
        assert kind.ring_id != ProxyProblem.ring_id
    assert ssl.create_default_context().verify_mode is ssl.CERT_REQUIRED
