"""A relay serves the process tree of its engine, and nobody else on this machine."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.demo.internet import LocalInternet
from app.isolation.network import peers
from app.isolation.network.peers import EnginePeers, socket_inode
from app.isolation.network.relay import Relay
from tests.network.conftest import Relays
from tests.network.talking import LIMIT_S

# Each round: a line is read, a request made, and what came back is printed.
_BROWSER = """
import socket, sys
for line in sys.stdin:
    port, url = line.split()
    with socket.create_connection(("127.0.0.1", int(port))) as sock:
        try:
            sock.sendall(f"GET {url} HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n".encode())
            got = b""
            while more := sock.recv(65536):
                got += more
        except OSError:
            pass
    print(got[:12].decode() or "nothing", flush=True)
"""
# The same one or two levels further down, as a browser's network process is.
_PARENT = "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1], *sys.argv[2:]])"


class Process:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.pid = process.pid

    async def fetches(self, relay: Relay, url: str) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{relay.port} {url}\n".encode())
        async with asyncio.timeout(LIMIT_S):
            return (await self._process.stdout.readline()).decode().strip()


@contextlib.asynccontextmanager
async def process(*, levels: int = 0) -> AsyncIterator[Process]:
    words = [sys.executable, "-c", *[_PARENT] * levels, _BROWSER]
    running = await asyncio.create_subprocess_exec(
        *words, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    try:
        yield Process(running)
    finally:
        assert running.stdin is not None
        running.stdin.close()
        await running.wait()
        running._transport.close()


@pytest.mark.parametrize("levels", [0, 1, 2])
async def test_the_engine_and_what_it_starts_are_served_and_a_foreign_process_gets_nothing(
    net: LocalInternet, relays: Relays, levels: int
):
    ports: list[int] = []
    engine_peers = EnginePeers(lambda: ports[0])
    relay = await relays(net.http_proxy.upstream, is_ours=engine_peers.owns)
    ports.append(relay.port)
    async with process(levels=levels) as engine, process() as foreign:
        nobody_yet = await engine.fetches(relay, net.store_url)
        engine_peers.follow(engine.pid)

        assert nobody_yet == "nothing"
        assert await foreign.fetches(relay, net.store_url) == "nothing"
        assert await engine.fetches(relay, net.store_url) == "HTTP/1.1 200"
        assert await foreign.fetches(relay, net.store_url) == "nothing"
        assert await engine.fetches(relay, net.store_url) == "HTTP/1.1 200"
    assert len(net.requests("store.test")) == 2


async def test_an_engine_that_is_gone_owns_nothing(net: LocalInternet):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        engine_peers = EnginePeers(lambda: listener.getsockname()[1])
        async with process() as engine:
            engine_peers.follow(engine.pid)
        with socket.create_connection(listener.getsockname()) as client:
            assert not engine_peers.owns(client.getsockname()[1])

        engine_peers.follow(engine.pid)
        with socket.create_connection(listener.getsockname()) as client:
            assert not engine_peers.owns(client.getsockname()[1])


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6])
@pytest.mark.parametrize("way", ["netlink", "table", "psutil"])
def test_a_connection_is_known_by_every_way_of_looking(
    family: socket.AddressFamily, way: str, monkeypatch: pytest.MonkeyPatch
):
    if way == "table":
        monkeypatch.setattr(peers, "_NETLINK_SOCK_DIAG", 9999)
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.socket(family) as client:
        port = listener.getsockname()[1]
        client.connect(("127.0.0.1" if family is socket.AF_INET else "::ffff:127.0.0.1", port))
        own = client.getsockname()[1]
        engine_peers = EnginePeers(lambda: port)
        if way == "psutil":
            monkeypatch.setattr(sys, "platform", "darwin")
        engine_peers.follow(os.getpid())

        assert engine_peers.owns(own)
        assert engine_peers.owns(own)
        assert not engine_peers.owns(port)
        if way != "psutil":
            link = Path(f"/proc/self/fd/{client.fileno()}").readlink()
            assert str(link) == f"socket:[{socket_inode(own, port)}]"
        client.close()
        assert not engine_peers.owns(own)


async def test_a_stolen_port_number_of_another_connection_is_not_enough(net: LocalInternet):
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_server(("127.0.0.1", 0)) as other:
        engine_peers = EnginePeers(lambda: listener.getsockname()[1])
        engine_peers.follow(os.getpid())
        with socket.create_connection(other.getsockname()) as client:
            assert not engine_peers.owns(client.getsockname()[1])
