"""A provider's page is asked for a new address: once, with a time limit, and its token is told to nobody."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from app.isolation.network.asking import ChangeIpFailed, ask_for_new_ip
from tests.network.trust import tls_in_front, trust_for

TOKEN = "t0ken-9f2c"
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextlib.asynccontextmanager
async def page(answer: bytes, asked: list[bytes]) -> AsyncIterator[int]:
    serving: set[asyncio.Task[None] | None] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.add(asyncio.current_task())
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            asked.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(answer)
            if not answer:
                await reader.read()
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
    await asyncio.gather(*(task for task in serving if task is not None))


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 200_000,
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
    ],
    ids=["ok", "long", "redirect"],
)
async def test_the_page_is_asked_once_with_its_token(answer: bytes):
    asked: list[bytes] = []
    async with page(answer, asked) as port:
        await ask_for_new_ip(f"http://127.0.0.1:{port}/go?key={TOKEN}", limit_s=30, allow_private=True)

    assert len(asked) == 1
    assert asked[0].startswith(f"GET /go?key={TOKEN} HTTP/1.1".encode())


@pytest.mark.parametrize(
    ("answer", "limit_s", "sentence"),
    [
        (b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n", 30, "refused to change the address (code 403)"),
        (b"SSH-2.0-x\r\n\r\n", 30, "does not answer as a web page does"),
        (b"", 0.3, "did not answer within 0.3 seconds"),
    ],
    ids=["403", "nonsense", "silent"],
)
async def test_what_went_wrong_is_one_sentence_without_the_token(
    answer: bytes, limit_s: float, sentence: str
):
    async with page(answer, []) as port:
        url = f"http://127.0.0.1:{port}/{TOKEN}?key={TOKEN}"
        with pytest.raises(ChangeIpFailed) as caught:
            await ask_for_new_ip(url, limit_s=limit_s, allow_private=True)

    assert sentence in caught.value.text.english()
    assert TOKEN not in str(caught.value) + repr(caught.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "169.254.169.254", "10.0.0.1"])
async def test_nothing_private_is_asked(host: str):
    asked: list[bytes] = []
    async with page(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", asked) as port:
        with pytest.raises(ChangeIpFailed, match="private network"):
            await ask_for_new_ip(f"http://{host}:{port}/", limit_s=30)

    assert asked == []


async def test_a_certificate_that_is_not_trusted_is_not_spoken_to(tmp_path: Path):
    asked: list[bytes] = []
    trust = trust_for(tmp_path, "127.0.0.1")
    async with (
        page(b"HTTP/1.1 204 No Content\r\n\r\n", asked) as port,
        tls_in_front(trust.server, ("127.0.0.1", port)) as tls_port,
    ):
        url = f"https://127.0.0.1:{tls_port}/{TOKEN}"
        with pytest.raises(ChangeIpFailed, match="not trusted"):
            await ask_for_new_ip(url, limit_s=30, allow_private=True)
        assert asked == []
        await ask_for_new_ip(url, limit_s=30, allow_private=True, tls=trust.client)

    assert len(asked) == 1


async def test_nobody_there_is_told():
    with pytest.raises(ChangeIpFailed, match="cannot be reached"):
        await ask_for_new_ip("http://127.0.0.1:1/", limit_s=30, allow_private=True)
    with pytest.raises(ChangeIpFailed, match="cannot be reached"):
        await ask_for_new_ip("http://no-such-host.invalid/", limit_s=30)
