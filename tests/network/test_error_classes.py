"""Each way in which a proxy, or the echo page behind it, can fail has a class and a sentence of its own."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.isolation.network import errors
from app.isolation.network.probe import probe_exit
from app.isolation.plan import ProxyKind, Upstream
from app.kernel.secret import Secret
from tests.network.conftest import Relays
from tests.network.talking import connect, fetch, say
from tests.network.trust import trust_for

LIMIT_S = 30
HTML = b"<!DOCTYPE html><html><body>Please sign in to the hotel's network</body></html>"
CLOSE = b"close"
SOCKS_OK = b"\x05\x00\x00\x01" + bytes(6)


def page(body: bytes, status: bytes = b"200 OK", headers: bytes = b"") -> bytes:
    return b"HTTP/1.1 %s\r\n%sContent-Length: %d\r\n\r\n%s" % (status, headers, len(body), body)


@contextlib.asynccontextmanager
async def proxy(kind: ProxyKind, *answers: bytes) -> AsyncIterator[Upstream]:
    """Says one answer after the other, each when something was asked, and is silent then; CLOSE hangs up."""
    serving: set[asyncio.Task[None] | None] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.add(asyncio.current_task())
        with contextlib.suppress(OSError):
            for answer in answers:
                if answer is CLOSE or not await reader.read(65536):
                    writer.write_eof()
                    break
                writer.write(answer)
            while await reader.read(65536):
                pass
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield Upstream(kind, "127.0.0.1", server.sockets[0].getsockname()[1], "anna", Secret("pw"))
    for _ in range(5):  # one that has just been accepted begins in the loop's next turns
        await asyncio.sleep(0)
    await asyncio.gather(*(task for task in serving if task is not None))


# Over a SOCKS5 proxy, whose own answers are known, what follows is the page's.
TUNNEL = (b"\x05\x02", b"\x01\x00", SOCKS_OK)
TABLE = [
    (ProxyKind.HTTP, (page(b"", b"407 Who"),), errors.AuthFailed, "user name or password"),
    (ProxyKind.HTTP, (page(b"", b"403 No"),), errors.RefusedByRule, "by its own rules (code 403)"),
    (ProxyKind.HTTP, (page(b"", b"451 No"),), errors.RefusedByRule, "by its own rules (code 451)"),
    (ProxyKind.HTTP, (page(b"", b"500 No"),), errors.EchoFailed, "No echo page answered"),
    (ProxyKind.HTTP, (page(HTML),), errors.EchoHtml, "answered with a web page"),
    (ProxyKind.HTTP, (page(b"not an address"),), errors.EchoWrong, "not with an address"),
    (ProxyKind.HTTP, (page(b'{"ip":"999.1.1.1"}'),), errors.EchoWrong, "not with an address"),
    (ProxyKind.HTTP, (page(b'{"ip":'),), errors.EchoWrong, "not with an address"),
    (ProxyKind.HTTP, (b"SSH-2.0-x\r\n", CLOSE), errors.EchoFailed, "No echo page answered"),
    (ProxyKind.SOCKS5, (b"\x05\xff",), errors.AuthFailed, "user name or password"),
    (ProxyKind.SOCKS5, (b"\x05\x02", b"\x01\x01"), errors.AuthFailed, "user name or password"),
    (
        ProxyKind.SOCKS5,
        (b"\x05\x02", b"\x01\x00", b"\x05\x02\x00\x01" + bytes(6)),
        errors.RefusedByRule,
        "by its own rules (code 2)",
    ),
    (ProxyKind.SOCKS5, (*TUNNEL, page(b"", b"403 No")), errors.EchoFailed, "No echo page answered"),
    (ProxyKind.SOCKS5, (*TUNNEL, page(HTML)), errors.EchoHtml, "answered with a web page"),
    (ProxyKind.SOCKS5, (*TUNNEL, page(b"hello")), errors.EchoWrong, "not with an address"),
]


@pytest.mark.parametrize(("kind", "answers", "expected", "sentence"), TABLE)
async def test_what_failed_is_told_apart(
    kind: ProxyKind, answers: tuple[bytes, ...], expected: type[errors.ProxyProblem], sentence: str
):
    async with proxy(kind, *answers) as upstream:
        with pytest.raises(errors.ProxyProblem) as caught:
            await probe_exit(upstream, ["http://echo.test/secret-path"], timeout_s=LIMIT_S)

    assert type(caught.value) is expected
    assert sentence in caught.value.text.english()
    assert caught.value.next_step.english()
    assert "secret-path" not in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "answers", "expected"),
    [
        (ProxyKind.HTTP, (), errors.TimedOut),
        (ProxyKind.SOCKS5, (), errors.TimedOut),
        (ProxyKind.SOCKS5, (b"\x05\x02",), errors.TimedOut),
        (ProxyKind.SOCKS5, TUNNEL, errors.EchoSilent),
    ],
)
async def test_a_silent_proxy_is_not_a_silent_page(
    kind: ProxyKind, answers: tuple[bytes, ...], expected: type[errors.ProxyProblem]
):
    async with proxy(kind, *answers) as upstream:
        with pytest.raises(errors.ProxyProblem) as caught:
            await probe_exit(upstream, ["http://echo.test/"], timeout_s=0.5)

    assert type(caught.value) is expected


async def test_a_page_over_tls_is_told_apart_from_its_proxy(tmp_path: Path):
    trust = trust_for(tmp_path, "echo.test")
    established = b"HTTP/1.1 200 OK\r\n\r\n"
    async with proxy(ProxyKind.HTTP, established) as upstream:
        with pytest.raises(errors.EchoSilent):
            await probe_exit(upstream, ["https://echo.test/"], timeout_s=0.5, tls=trust.client)
    async with proxy(ProxyKind.HTTP, page(b"", b"403 No")) as upstream:
        with pytest.raises(errors.RefusedByRule):
            await probe_exit(upstream, ["https://echo.test/"], timeout_s=LIMIT_S, tls=trust.client)


@pytest.mark.parametrize(
    "header", [b"Proxy-Status: p; error=x\r\n", b"X-Squid-Error: ERR_ACCESS_DENIED 0\r\n"]
)
async def test_a_proxys_own_refusal_of_a_plain_page_is_passed_on_and_noted(relays: Relays, header: bytes):
    async with proxy(ProxyKind.HTTP, page(b"denied", b"403 No", header), CLOSE) as upstream:
        relay = await relays(upstream)
        answer = await fetch(relay.port, "http://store.test/")
        await relay.close()

    assert (answer.status, answer.body) == (403, b"denied")
    assert [error.id for error in relay.errors] == ["rule"]


async def test_a_sites_own_refusal_is_no_fault_of_the_proxy(relays: Relays):
    async with proxy(ProxyKind.HTTP, page(b"members only", b"403 No"), CLOSE) as upstream:
        relay = await relays(upstream)
        answer = await fetch(relay.port, "http://store.test/")
        await relay.close()

    assert answer.status == 403
    assert relay.errors == ()


async def test_a_refused_tunnel_is_noted_with_what_to_do(relays: Relays):
    async with proxy(ProxyKind.HTTP, page(b"", b"403 No")) as upstream:
        relay = await relays(upstream)
        await say(relay.port, connect("http://store.test:80"))
        await relay.close()

    assert [(error.id, error.host) for error in relay.errors] == [("rule", "store.test")]
    assert relay.errors[0].next_step is not None
