"""An SSH server as a profile's path: sites through it, its key pinned, and every failure told apart."""

from __future__ import annotations

import asyncio
import dataclasses
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import asyncssh
import pytest

from app.demo.internet import LocalInternet
from app.isolation.network import errors
from app.isolation.network.leg import Scratch
from app.isolation.network.probe import probe_exit
from app.isolation.network.ssh import SshConnector, offered_host_key
from app.isolation.network.ssh_channel import ChannelSession
from app.isolation.network.upstreams import connector_for
from app.isolation.plan import ProxyKind, Upstream
from app.kernel.secret import Secret
from tests.network.conftest import Relays
from tests.network.ssh_server import PASSWORD, SshServer, key_file, ssh_server
from tests.network.talking import connect, fetch, get, line, say
from tests.network.trust import Trust, tls_in_front, trust_for
from tests.support.waiting import until

WRONG = "wr0ng-p4ss"
LIMIT_S = 30


@pytest.fixture
async def server(net: LocalInternet) -> AsyncIterator[SshServer]:
    async with ssh_server(net) as server:
        yield server


async def test_stores_are_reached_through_the_server_which_looks_up_their_names(
    net: LocalInternet, server: SshServer, relays: Relays, looked_up: list[str]
):
    relay = await relays(server.upstream)

    plain = await fetch(relay.port, net.store_url + "me")
    async with line(relay.port) as one:
        one.send(connect(net.store_url))
        await one.head()
        one.send(get(net.store_url))
        tunnel = await one.head()

    assert plain.status == 200
    assert tunnel.startswith(b"HTTP/1.1 200")
    assert {name for name, _ in server.asked} == {"store.test"}
    assert "store.test" not in looked_up
    assert {request.source for request in net.requests("store.test")} == {server.exit_ip}
    assert net.direct_arrivals() == ()
    assert server.logins == 1
    assert relay.errors == ()


async def test_the_exit_is_seen_and_the_first_key_is_learned(net: LocalInternet, server: SshServer):
    learned: list[str] = []

    seen = await probe_exit(server.upstream, [net.echo_url], timeout_s=LIMIT_S, learned=learned.append)

    assert seen.ip == server.exit_ip
    assert learned == [server.fingerprint]
    await until(lambda: not server.connections, LIMIT_S)


async def test_an_echo_page_over_tls_is_read_through_the_server(
    net: LocalInternet, server: SshServer, tmp_path: Path
):
    trust: Trust = trust_for(tmp_path, "echo.test")
    behind = net.address("echo.test")
    async with tls_in_front(trust.server, behind, behind[0]) as port:
        url = f"https://echo.test:{port}/json"
        seen = await probe_exit(server.upstream, [url], timeout_s=LIMIT_S, tls=trust.client)

    assert seen.ip == "127.0.0.1"  # what the page behind the TLS front sees


async def test_sixty_four_megabytes_arrive_unchanged(net: LocalInternet, server: SshServer, relays: Relays):
    relay = await relays(server.upstream)
    size = 64 * 1024 * 1024
    url = net.url("echo.test", f"/bytes?n={size}")
    async with line(relay.port) as one:
        one.send(connect(url))
        await one.head()
        one.send(get(url, f"/bytes?n={size}"))
        await one.head()
        got, left = hashlib.sha256(), size
        while left:
            async with asyncio.timeout(LIMIT_S):
                more = await one.reader.read(min(left, 1 << 20))
            assert more
            got.update(more)
            left -= len(more)

    assert got.digest() == hashlib.sha256(bytes(size)).digest()


async def test_a_browser_that_does_not_read_holds_the_server_back(
    net: LocalInternet, server: SshServer, relays: Relays
):
    relay = await relays(server.upstream)
    url = net.url("echo.test", "/")
    async with line(relay.port) as one:
        one.reader._transport.pause_reading()
        one.send(connect(url) + get(url, f"/bytes?n={64 * 1024 * 1024}"))

        def waiting() -> int:
            return sum(leg.transport.get_write_buffer_size() for leg in relay._passages)

        await until(lambda: waiting() > 100_000, LIMIT_S)
        for _ in range(200):
            await asyncio.sleep(0)
        assert waiting() < 2 * 1024 * 1024


async def test_what_is_posted_arrives_whole(net: LocalInternet, server: SshServer, relays: Relays):
    relay = await relays(server.upstream)
    body = b'{"filler": "' + b"x" * 3_000_000 + b'"}'

    answer = await fetch(relay.port, net.url("echo.test", "/headers"), method="POST", body=body[:900_000])

    assert answer.status in (200, 404)
    assert relay.errors == ()


async def test_a_side_that_has_said_everything_still_hears_the_answer(
    net: LocalInternet, server: SshServer, relays: Relays
):
    relay = await relays(server.upstream)
    async with line(relay.port) as one:
        one.send(connect(net.store_url))
        await one.head()
        one.send(get(net.store_url))
        one.writer.write_eof()

        got = await one.rest()

    assert got.startswith(b"HTTP/1.1 200 OK")
    await until(lambda: relay.live == 0, LIMIT_S)


async def test_many_sites_share_one_sign_in(net: LocalInternet, server: SshServer, relays: Relays):
    relay = await relays(server.upstream)

    answers = await asyncio.gather(*(fetch(relay.port, net.store_url) for _ in range(40)))

    assert {answer.status for answer in answers} == {200}
    assert server.logins == 1


async def test_a_connection_that_died_is_made_again(net: LocalInternet, server: SshServer, relays: Relays):
    relay = await relays(server.upstream)
    assert (await fetch(relay.port, net.store_url)).status == 200

    await server.kill()
    refused = await fetch(relay.port, net.store_url)
    await server.start()
    again = await fetch(relay.port, net.store_url)

    assert (refused.status, again.status) == (502, 200)
    assert [error.id for error in relay.errors] == ["refused"]
    assert net.direct_arrivals() == ()


async def test_a_server_killed_in_the_middle_breaks_the_page(
    net: LocalInternet, server: SshServer, relays: Relays
):
    relay = await relays(server.upstream)
    size = 64 * 1024 * 1024
    url = net.url("echo.test", f"/bytes?n={size}")
    async with line(relay.port) as one:
        one.send(connect(url))
        await one.head()
        one.send(get(url, f"/bytes?n={size}"))
        await one.head()

        await server.kill()
        got = await one.rest()

    assert len(got) < size
    assert net.direct_arrivals() == ()
    await until(lambda: relay.live == 0, LIMIT_S)


class Ending(asyncio.BufferedProtocol):
    """Remembers how a channel ended."""

    def __init__(self) -> None:
        self.ended: asyncio.Future[Exception | None] = asyncio.get_running_loop().create_future()

    def get_buffer(self, sizehint: int) -> bytearray:
        return bytearray(max(1, sizehint))

    def connection_lost(self, exc: Exception | None) -> None:
        self.ended.set_result(exc)


@pytest.mark.parametrize("cuts", [True, False])
async def test_a_channel_that_is_cut_is_no_proper_end(net: LocalInternet, server: SshServer, cuts: bool):
    server.cuts = cuts
    connector = SshConnector(server.upstream, Scratch(), LIMIT_S)
    connection, ending = await connector._connected(), Ending()
    port = net.address("store.test")[1]

    channel, _ = await connection.create_connection(lambda: ChannelSession(ending), "store.test", port)
    channel.write(b"GET /me HTTP/1.1\r\nHost: store.test\r\nConnection: close\r\n\r\n")
    async with asyncio.timeout(LIMIT_S):
        error = await ending.ended
    await connector.close()

    assert isinstance(error, ConnectionResetError) is cuts


async def test_closing_a_relay_signs_out(net: LocalInternet, server: SshServer, relays: Relays):
    relay = await relays(server.upstream)
    assert (await fetch(relay.port, net.store_url)).status == 200
    assert server.connections

    await relay.close()

    await until(lambda: not server.connections, LIMIT_S)


async def test_a_wrong_password_is_told_apart_and_not_tried_for_every_picture(
    net: LocalInternet, server: SshServer, relays: Relays
):
    relay = await relays(dataclasses.replace(server.upstream, password=Secret(WRONG)))

    answers = [await fetch(relay.port, net.store_url) for _ in range(5)]

    assert {answer.status for answer in answers} == {502}
    assert {error.id for error in relay.errors} == {"auth"}
    assert server.tries == 1
    assert all(WRONG.encode() not in answer.body for answer in answers)


async def test_another_key_is_refused_before_the_password_is_sent(
    net: LocalInternet, server: SshServer, relays: Relays
):
    pinned = dataclasses.replace(server.upstream, host_key=server.fingerprint)
    await server.kill()
    server.key = asyncssh.generate_private_key("ssh-ed25519")
    await server.start()
    server.tries = 0
    relay = await relays(pinned)

    answer = await fetch(relay.port, net.store_url)
    with pytest.raises(errors.HostKeyChanged) as caught:
        await probe_exit(pinned, [net.echo_url], timeout_s=LIMIT_S)

    assert answer.status == 502
    assert [error.id for error in relay.errors] == ["host-key"]
    assert server.key.get_fingerprint() in caught.value.text.english()
    assert server.tries == 0
    assert PASSWORD not in str(caught.value)
    assert await offered_host_key(pinned, limit_s=LIMIT_S) == server.fingerprint


async def test_the_key_that_the_probe_saw_holds_for_the_relay(
    net: LocalInternet, server: SshServer, relays: Relays
):
    relay = await relays(server.upstream)
    relay.trust("ssh-ed25519 SHA256:another")

    assert (await fetch(relay.port, net.store_url)).status == 502
    assert [error.id for error in relay.errors] == ["host-key"]


async def test_a_server_with_a_second_key_keeps_the_pinned_one(net: LocalInternet, server: SshServer):
    pinned = dataclasses.replace(server.upstream, host_key=server.fingerprint)
    first = server.key
    await server.kill()
    acceptor = await asyncssh.listen(
        "127.0.0.1", 0, server_host_keys=[asyncssh.generate_private_key("ecdsa-sha2-nistp256"), first]
    )
    try:
        offered = await offered_host_key(
            dataclasses.replace(pinned, port=acceptor.get_port()), limit_s=LIMIT_S
        )
    finally:
        acceptor.close()
        await acceptor.wait_closed()

    assert offered == pinned.host_key


@pytest.mark.parametrize("passphrase", ["", "my key's own"])
async def test_a_private_key_signs_in(net: LocalInternet, server: SshServer, tmp_path: Path, passphrase: str):
    path = key_file(tmp_path, server, passphrase)
    upstream = dataclasses.replace(server.upstream, key_file=str(path), password=Secret(passphrase))

    seen = await probe_exit(upstream, [net.echo_url], timeout_s=LIMIT_S)

    assert seen.ip == server.exit_ip
    assert server.tries == 0


@pytest.mark.parametrize("content", [None, b"no key at all"])
async def test_a_private_key_that_cannot_be_used_is_told_without_its_path(
    net: LocalInternet, server: SshServer, tmp_path: Path, content: bytes | None
):
    path = tmp_path / "id_secret_place"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(errors.KeyFileWrong) as caught:
        await probe_exit(
            dataclasses.replace(server.upstream, key_file=str(path)), [net.echo_url], timeout_s=LIMIT_S
        )

    assert "id_secret_place" not in str(caught.value)
    assert server.tries == 0


async def test_a_key_that_the_server_does_not_know_is_a_refused_login(
    net: LocalInternet, server: SshServer, tmp_path: Path
):
    path = key_file(tmp_path, server)
    server.client_keys = "other"

    with pytest.raises(errors.AuthFailed):
        await probe_exit(
            dataclasses.replace(server.upstream, key_file=str(path)), [net.echo_url], timeout_s=LIMIT_S
        )


async def test_what_the_server_does_not_do_is_told_apart(
    net: LocalInternet, server: SshServer, relays: Relays
):
    relay = await relays(server.upstream)

    nowhere = await say(relay.port, connect("http://nowhere.test:80"))
    server.allows_forwarding = False
    forbidden = await say(relay.port, connect(net.store_url))

    assert nowhere.split()[1] == forbidden.split()[1] == b"502"
    assert [error.id for error in relay.errors] == ["target", "rule"]


async def test_what_is_no_ssh_server_is_told_apart(net: LocalInternet):
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n" + b"x" * 9000 + b"\r\n" * 2000)
        writer.close()

    other = await asyncio.start_server(serve, "127.0.0.1", 0)
    upstream = Upstream(ProxyKind.SSH, "127.0.0.1", other.sockets[0].getsockname()[1], "anna", Secret(WRONG))
    async with other:
        with pytest.raises(errors.Refused):
            await probe_exit(upstream, [net.echo_url], timeout_s=LIMIT_S)


async def test_a_server_that_says_nothing_meets_the_time_limit(net: LocalInternet):
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        while await reader.read(4096):
            pass
        writer.close()

    silent = await asyncio.start_server(serve, "127.0.0.1", 0)
    upstream = Upstream(ProxyKind.SSH, "127.0.0.1", silent.sockets[0].getsockname()[1], "anna", Secret(WRONG))
    async with silent:
        with pytest.raises(errors.TimedOut):
            await connector_for(upstream, limit_s=0.5).tunnel("store.test", 80)


async def test_nobody_there_and_no_such_name_are_told_apart(net: LocalInternet, server: SshServer):
    away = dataclasses.replace(server.upstream, host="no-such-server.invalid")
    await server.kill()

    with pytest.raises(errors.Refused):
        await probe_exit(server.upstream, [net.echo_url], timeout_s=LIMIT_S)
    with pytest.raises(errors.Unreachable):
        await probe_exit(away, [net.echo_url], timeout_s=LIMIT_S)


async def test_a_site_that_is_no_longer_wanted_is_let_go(net: LocalInternet, server: SshServer):
    connector = SshConnector(server.upstream, Scratch(), LIMIT_S)
    (await connector.tunnel("store.test", net.address("store.test")[1])).abort()
    attempt = asyncio.create_task(connector.tunnel("store.test", net.address("store.test")[1]))
    await asyncio.sleep(0)
    attempt.cancel()
    await asyncio.gather(attempt, return_exceptions=True)

    await until(lambda: not connector._opening, LIMIT_S)
    await connector.close()
    await until(lambda: not server.connections, LIMIT_S)
