"""Whoever speaks to a relay in a way no browser does is refused, and costs nobody else anything."""

from __future__ import annotations

import asyncio

import pytest

from app.demo.internet import LocalInternet
from tests.network.conftest import Relays
from tests.network.talking import fetch, line, say
from tests.support.waiting import until


@pytest.mark.parametrize(
    "content",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200) + b"\r\n\r\n",
        b"\x05\x01\x00\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: store.test\r\n\r\n",
        b"CONNECT store.test HTTP/1.1\r\n\r\n",
        b"CONNECT user:pw@store.test:80 HTTP/1.1\r\n\r\n",
        b"\r\n\r\n\r\n\r\n",
        b"GET http://store.test/ HTTP/1.1\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
        b"A" * 5_000_000,
    ],
    ids=[
        "tls",
        "socks",
        "origin form",
        "no port",
        "user in target",
        "empty",
        "long header",
        "five megabytes",
    ],
)
async def test_what_is_no_request_is_refused(net: LocalInternet, relays: Relays, content: bytes):
    relay = await relays(net.http_proxy.upstream)

    got = await say(relay.port, content)

    assert got.startswith(b"HTTP/1.1 400 ") or got == b""
    assert net.http_proxy.connections == 0
    await until(lambda: relay.live == 0)


async def test_a_head_that_drips_meets_the_time_limit(net: LocalInternet, relays: Relays):
    relay = await relays(net.http_proxy.upstream, head_limit_s=0.3)
    async with line(relay.port) as slow, line(relay.port) as silent:
        slow.send(b"GET http://store.test/ HTTP/1.1\r\nX: ")
        drip = asyncio.create_task(_drip(slow.writer))

        assert await slow.rest() == b""
        assert await silent.rest() == b""
        drip.cancel()
    assert relay.live == 0


async def _drip(writer: asyncio.StreamWriter) -> None:
    while not writer.is_closing():
        writer.write(b"y")
        await asyncio.sleep(0.02)


async def test_a_hundred_silent_connections_do_not_keep_a_page_from_loading(
    net: LocalInternet, relays: Relays
):
    relay = await relays(net.http_proxy.upstream)
    silent = [await asyncio.open_connection("127.0.0.1", relay.port) for _ in range(100)]

    answer = await fetch(relay.port, net.store_url)

    assert answer.status == 200
    for _, writer in silent:
        writer.close()
    await until(lambda: relay.live == 0)


async def test_a_client_that_leaves_while_its_tunnel_is_made_leaves_nothing_behind(
    net: LocalInternet, relays: Relays
):
    relay = await relays(net.socks_proxy.upstream)
    async with line(relay.port) as one:
        one.send(b"CONNECT store.test:1 HTTP/1.1\r\n\r\n")
        one.writer.transport.abort()

    await until(lambda: relay.live == 0 and net.socks_proxy.live == 0)


async def test_a_body_in_pieces_of_unknown_length_is_refused(net: LocalInternet, relays: Relays):
    relay = await relays(net.http_proxy.upstream)
    head = f"POST {net.store_url}report HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"

    got = await say(relay.port, head.encode())

    assert got.startswith(b"HTTP/1.1 411 ")
    assert net.http_proxy.connections == 0
