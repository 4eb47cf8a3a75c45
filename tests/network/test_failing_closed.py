"""When the proxy fails, the page fails; the reason is told apart and nothing goes another way."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import html
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from app.demo.internet import Behaviour, LocalInternet, LocalProxy
from app.isolation.network.relay import Relay
from app.isolation.plan import ProxyKind, Upstream
from app.kernel.secret import Secret
from tests.network.conftest import Relays
from tests.network.talking import connect, fetch, get, line, say
from tests.support.waiting import until

WRONG = "wr0ng-p4ss"


async def both_ways_fail(net: LocalInternet, relay: Relay, expected: str) -> None:
    """A plain request and a tunnel are answered with 502 and told in the ring."""
    plain = await fetch(relay.port, net.store_url)
    tunnel = await say(relay.port, connect(net.store_url))

    assert (plain.status, tunnel.split()[1]) == (502, b"502")
    assert [error.id for error in relay.errors] == [expected, expected]
    assert html.escape(relay.errors[0].text.english()).encode() in plain.body
    assert b"Proxy-Authenticate" not in plain.head
    assert WRONG.encode() not in plain.body + tunnel
    assert net.requests("store.test") == ()
    assert net.direct_arrivals() == ()


async def test_a_wrong_password_is_told_and_the_browser_is_not_asked_for_one(
    net: LocalInternet, proxy: LocalProxy, relays: Relays
):
    relay = await relays(dataclasses.replace(proxy.upstream, password=Secret(WRONG)))

    await both_ways_fail(net, relay, "auth")


async def test_a_login_that_is_missing_is_told_as_such(net: LocalInternet, proxy: LocalProxy, relays: Relays):
    relay = await relays(Upstream(proxy.kind, proxy.address, proxy.port))

    await both_ways_fail(net, relay, "auth")


async def test_a_password_the_proxy_changed_its_mind_about_is_told(
    net: LocalInternet, proxy: LocalProxy, relays: Relays
):
    relay = await relays(proxy.upstream)
    assert (await fetch(relay.port, net.store_url)).status == 200
    proxy.behaviour = Behaviour.WRONG_PASSWORD

    again = await fetch(relay.port, net.store_url)

    assert again.status == 502
    assert [error.id for error in relay.errors] == ["auth"]


async def test_a_hanging_proxy_meets_the_time_limit(net: LocalInternet, proxy: LocalProxy, relays: Relays):
    proxy.behaviour = Behaviour.HANG
    relay = await relays(proxy.upstream, limit_s=0.3)

    tunnel = await say(relay.port, connect(net.store_url))

    assert tunnel.split()[1] == b"502"
    assert [error.id for error in relay.errors] == ["timeout"]
    await until(lambda: proxy.live == 0)


async def test_a_proxy_that_is_not_running_refuses(net: LocalInternet, proxy: LocalProxy, relays: Relays):
    relay = await relays(proxy.upstream)
    proxy.kill()

    await both_ways_fail(net, relay, "refused")


async def test_a_proxy_whose_rules_forbid_it_refuses(net: LocalInternet, proxy: LocalProxy, relays: Relays):
    proxy.behaviour = Behaviour.REFUSE
    relay = await relays(proxy.upstream)

    tunnel = await say(relay.port, connect(net.store_url))

    assert tunnel.split()[1] == b"502"
    assert [error.id for error in relay.errors] == ["rule"]


async def test_a_site_that_does_not_exist_is_no_fault_of_the_proxy(
    net: LocalInternet, proxy: LocalProxy, relays: Relays
):
    relay = await relays(proxy.upstream)

    tunnel = await say(relay.port, connect("http://nowhere.test:80"))

    assert tunnel.split()[1] == b"502"
    assert [error.id for error in relay.errors] == ["target"]


@pytest.mark.parametrize("kind", [ProxyKind.HTTP, ProxyKind.SOCKS5])
async def test_a_proxy_whose_name_is_not_known_is_unreachable(
    net: LocalInternet, relays: Relays, kind: ProxyKind
):
    relay = await relays(Upstream(kind, "no-such-proxy.invalid", 8080, "anna", Secret(WRONG)))

    await both_ways_fail(net, relay, "unreachable")


@pytest.mark.parametrize("is_tunnel", [True, False])
async def test_a_proxy_killed_in_the_middle_breaks_the_page_and_nothing_goes_direct(
    net: LocalInternet, proxy: LocalProxy, relays: Relays, is_tunnel: bool
):
    size = 8 * 1024 * 1024
    url = net.url("echo.test", f"/bytes?n={size}")
    relay = await relays(proxy.upstream)
    proxy.die_after = 512 * 1024
    async with line(relay.port) as one:
        if is_tunnel:
            one.send(connect(url) + get(url, f"/bytes?n={size}"))
        else:
            one.send(f"GET {url} HTTP/1.1\r\nHost: x\r\n\r\n".encode())

        got = await one.rest()
    after = await fetch(relay.port, net.store_url)

    assert 0 < len(got) < size
    assert after.status == 502
    assert relay.errors[-1].id == "refused"
    assert net.direct_arrivals() == ()
    assert net.requests("store.test") == ()
    await until(lambda: relay.live == 0)


async def test_a_proxy_that_comes_back_is_used_again(net: LocalInternet, proxy: LocalProxy, relays: Relays):
    relay = await relays(proxy.upstream)
    proxy.kill()
    failed = await fetch(relay.port, net.store_url)
    await proxy.revive()

    again = await fetch(relay.port, net.store_url)

    assert (failed.status, again.status) == (502, 200)


Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextlib.asynccontextmanager
async def odd_proxy(kind: ProxyKind, talk: Talk) -> AsyncIterator[Upstream]:
    """A proxy that speaks as the test says."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await talk(reader, writer)
            await reader.read()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield Upstream(kind, "127.0.0.1", server.sockets[0].getsockname()[1], "anna", Secret(WRONG))
    finally:
        server.close()


async def test_first_bytes_that_come_with_the_proxys_answer_are_not_lost(relays: Relays):
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nVia: x\r\n\r\nHELLO")
        writer.write_eof()

    async with odd_proxy(ProxyKind.HTTP, talk) as upstream:
        relay = await relays(upstream)
        got = await say(relay.port, connect("http://store.test:80"))

    assert got == b"HTTP/1.1 200 Connection established\r\n\r\nHELLO"


async def test_an_answer_that_comes_byte_by_byte_is_read_whole(relays: Relays):
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for byte in b"HTTP/1.0 200 OK\r\nA: b\r\n\r\nX":
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0.001)
        writer.write_eof()

    async with odd_proxy(ProxyKind.HTTP, talk) as upstream:
        relay = await relays(upstream)
        got = await say(relay.port, connect("http://store.test:80"))

    assert got == b"HTTP/1.1 200 Connection established\r\n\r\nX"


@pytest.mark.parametrize(
    "answer",
    [b"SSH-2.0-OpenSSH\r\n\r\n", b"\x05\xff", b"HTTP/1.1 x\r\n\r\n", b"\0" * 70_000, b""],
    ids=["ssh", "socks", "no status", "zeros", "nothing"],
)
async def test_a_proxy_that_answers_nonsense_refuses(relays: Relays, answer: bytes):
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.write_eof()

    async with odd_proxy(ProxyKind.HTTP, talk) as upstream:
        relay = await relays(upstream)
        got = await say(relay.port, connect("http://store.test:80"))

    assert got.split()[1] == b"502"
    assert [error.id for error in relay.errors] == ["refused"]


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([b"\x05\xff"], "auth"),
        ([b"\x05\x02", b"\x01\x01"], "auth"),
        ([b"\x05\x02", b""], "auth"),
        ([b"\x05\x02", b"\x01\x00", b""], "refused"),
        ([b"\x05\x02", b"\x01\x00", b"\x05\x04\x00\x01" + bytes(6)], "target"),
        ([b"\x05\x02", b"\x01\x00", b"\x05\x02\x00\x01" + bytes(6)], "rule"),
        ([b"HT"], "refused"),
        ([b""], "refused"),
    ],
)
async def test_the_answers_of_a_socks_proxy_are_told_apart(
    relays: Relays, answers: list[bytes], expected: str
):
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in answers:
            await reader.read(4096)
            writer.write(answer)
            await writer.drain()
        writer.write_eof()

    async with odd_proxy(ProxyKind.SOCKS5, talk) as upstream:
        relay = await relays(upstream)
        got = await say(relay.port, connect("http://store.test:80"))

    assert got.split()[1] == b"502"
    assert [error.id for error in relay.errors] == [expected]
    assert WRONG not in relay.errors[0].text.english()


@pytest.mark.parametrize(
    ("status", "expected"),
    [(407, "auth"), (401, "auth"), (403, "rule"), (402, "rule"), (504, "target")],
)
async def test_the_answers_of_an_http_proxy_are_told_apart(relays: Relays, status: int, expected: str):
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n".encode())

    async with odd_proxy(ProxyKind.HTTP, talk) as upstream:
        relay = await relays(upstream)
        await say(relay.port, connect("http://store.test:80"))

    assert [error.id for error in relay.errors] == [expected]


async def test_a_password_in_any_letters_reaches_an_http_proxy(net: LocalInternet, relays: Relays):
    net.http_proxy.password = "pässwörd-密码"
    relay = await relays(net.http_proxy.upstream)

    plain = await fetch(relay.port, net.store_url)
    tunnel = await say(
        relay.port,
        connect(net.store_url) + get(net.store_url).replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"),
    )

    assert plain.status == 200
    assert b"HTTP/1.1 200 OK" in tunnel
