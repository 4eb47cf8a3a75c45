"""The relay against tinyproxy, both in front of the same authenticated upstream; and fifty relays at once.

load → (our relay | tinyproxy) → tinyproxy with a login → a site; all on this machine, in processes of their
own, through CONNECT tunnels; rounds in alternating order, medians.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import multiprocessing.connection
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from app.isolation.network.relay import Relay
from app.isolation.plan import ProxyKind, Upstream
from app.kernel.secret import Secret
from tests.bench.row import Row

ROUNDS = 9
BULK_BYTES = 192 * 1024 * 1024
SMALL_BYTES = 400
ASKED = 3000
WARM_UP = 200
TOGETHER = 8
CONNECTIONS = 400
RELAYS = 50
BUSY_BYTES = 4 * 1024 * 1024
USER, PASSWORD = "bench", "only-for-the-bench"
_START_LIMIT_S = 15.0
_CHUNK = bytes(1024 * 1024)

Measure = Callable[[int, int], float]


def measure() -> list[Row]:
    """The rows; empty, with a printed reason, where tinyproxy is not installed."""
    tinyproxy = shutil.which("tinyproxy")
    if tinyproxy is None:
        print("relay: not measured, tinyproxy is not installed (apt install tinyproxy)", file=sys.stderr)
        return []
    with contextlib.ExitStack() as stack:
        site = stack.enter_context(_process(_serve_site))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        upstream = stack.enter_context(_tinyproxy(tinyproxy, folder, f"BasicAuth {USER} {PASSWORD}"))
        baseline = stack.enter_context(
            _tinyproxy(tinyproxy, folder, f"Upstream http {USER}:{PASSWORD}@127.0.0.1:{upstream}")
        )
        ours = stack.enter_context(_process(_serve_relay, upstream))
        contenders = (ours, baseline)
        bulk = _alternate(contenders, site, _bulk)
        together = _alternate(contenders, site, _bulk_together)
        asking = _alternate(contenders, site, _keep_alive)
        connecting = _alternate(contenders, site, _new_connections)
        many = stack.enter_context(_process(_serve_many, upstream))
        failed, busy = _busy(many, site)
    return [
        Row("relay: bulk, one connection", bulk[0], "MB/s", bulk[1], 0.9, more_is_better=True),
        Row(f"relay: bulk, {TOGETHER} connections", together[0], "MB/s", together[1], more_is_better=True),
        Row("relay: keep-alive p50", asking[0], "µs", asking[1], 1.3),
        Row("relay: new connections", connecting[0], "/s", connecting[1], 0.5, more_is_better=True),
        Row(f"{RELAYS} busy relays on one core: failed downloads", failed, "", budget=0, note=busy),
    ]


def _alternate(contenders: tuple[int, int], site: int, one: Measure) -> tuple[float, float]:
    """Medians of ours and of tinyproxy, each round in the other order than the one before."""
    figures: dict[int, list[float]] = {port: [] for port in contenders}
    for number in range(ROUNDS):
        for port in contenders if number % 2 else contenders[::-1]:
            figures[port].append(one(port, site))
    return statistics.median(figures[contenders[0]]), statistics.median(figures[contenders[1]])


def _bulk(proxy: int, site: int) -> float:
    return BULK_BYTES / _seconds(lambda: _download(proxy, site, BULK_BYTES)) / 1e6


def _bulk_together(proxy: int, site: int) -> float:
    def all_at_once() -> None:
        each = BULK_BYTES // TOGETHER
        loads = [threading.Thread(target=_download, args=(proxy, site, each)) for _ in range(TOGETHER)]
        for load in loads:
            load.start()
        for load in loads:
            load.join()

    return BULK_BYTES / _seconds(all_at_once) / 1e6


def _keep_alive(proxy: int, site: int) -> float:
    took = []
    with _tunnel(proxy, site) as sock:
        for number in range(WARM_UP + ASKED):
            started = time.perf_counter()
            sock.sendall(b"%016d" % SMALL_BYTES)
            _receive(sock, SMALL_BYTES)
            if number >= WARM_UP:
                took.append(time.perf_counter() - started)
    return statistics.median(took) * 1e6


def _new_connections(proxy: int, site: int) -> float:
    def one_after_the_other() -> None:
        for _ in range(CONNECTIONS):
            _download(proxy, site, SMALL_BYTES)

    return CONNECTIONS / _seconds(one_after_the_other)


def _busy(ports: Sequence[int], site: int) -> tuple[int, str]:
    """Downloads through all relays at the same time; how many failed, and what they made together."""
    failed: list[str] = []

    def load(port: int) -> None:
        try:
            _download(port, site, BUSY_BYTES)
        except OSError as error:
            failed.append(str(error))

    def all_at_once() -> None:
        loads = [threading.Thread(target=load, args=(port,)) for port in ports]
        for one in loads:
            one.start()
        for one in loads:
            one.join()

    took_s = _seconds(all_at_once)
    return len(failed), f"{len(ports) * BUSY_BYTES / took_s / 1e6:.0f} MB/s together"


def _download(proxy: int, site: int, size: int) -> None:
    with _tunnel(proxy, site) as sock:
        sock.sendall(b"%016d" % size)
        _receive(sock, size)


def _receive(sock: socket.socket, size: int) -> None:
    buffer = bytearray(min(size, 1024 * 1024))
    while size:
        got = sock.recv_into(buffer, min(size, len(buffer)))
        if not got:
            raise ConnectionError("the tunnel ended early")
        size -= got


def _seconds(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


@contextlib.contextmanager
def _tunnel(proxy: int, site: int) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", proxy), timeout=60) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.sendall(f"CONNECT 127.0.0.1:{site} HTTP/1.1\r\nHost: 127.0.0.1:{site}\r\n\r\n".encode())
        answer = b""
        while not answer.endswith(b"\r\n\r\n"):
            answer += sock.recv(1) or b"nothing\r\n\r\n"
        if b" 200 " not in answer.split(b"\r\n", 1)[0]:
            raise ConnectionError(f"no tunnel: {answer[:80]!r}")
        yield sock


@contextlib.contextmanager
def _process(serve: Callable[..., None], *words: int) -> Iterator[Any]:
    """A process of its own that serves; gives its port, or ports."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=serve, args=(there, *words), daemon=True)
    process.start()
    try:
        if not here.poll(_START_LIMIT_S):
            raise TimeoutError("a process of the bench did not start")
        yield here.recv()
    finally:
        process.terminate()
        process.join()
        here.close()
        there.close()


def _serve_relay(told: multiprocessing.connection.Connection, upstream_port: int) -> None:
    async def run() -> None:
        upstream = Upstream(ProxyKind.HTTP, "127.0.0.1", upstream_port, USER, Secret(PASSWORD))
        relay = Relay(upstream, allow_private=True, is_ours=lambda port: True)
        told.send(await relay.start())
        relay.open()
        await asyncio.Event().wait()

    asyncio.run(run())


def _serve_many(told: multiprocessing.connection.Connection, upstream_port: int) -> None:
    """Fifty relays on one loop and one core, as in a keeper with fifty windows."""

    async def run() -> None:
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        upstream = Upstream(ProxyKind.HTTP, "127.0.0.1", upstream_port, USER, Secret(PASSWORD))
        relays = [Relay(upstream, allow_private=True, is_ours=lambda port: True) for _ in range(RELAYS)]
        ports = [await relay.start() for relay in relays]
        for relay in relays:
            relay.open()
        told.send(ports)
        await asyncio.Event().wait()

    asyncio.run(run())


def _serve_site(told: multiprocessing.connection.Connection) -> None:
    """Sixteen digits ask for so many bytes."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    told.send(listener.getsockname()[1])
    while True:
        sock, _ = listener.accept()
        threading.Thread(target=_answer, args=(sock,), daemon=True).start()


def _answer(sock: socket.socket) -> None:
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    view = memoryview(_CHUNK)
    with sock, contextlib.suppress(OSError, ValueError):
        while asked := sock.recv(16, socket.MSG_WAITALL):
            left = int(asked)
            while left:
                left -= sock.send(view[: min(left, len(view))])


@contextlib.contextmanager
def _tinyproxy(program: str, folder: Path, line: str) -> Iterator[int]:
    port = _free_port()
    config = folder / f"{port}.conf"
    config.write_text(
        f"Port {port}\nListen 127.0.0.1\nTimeout 600\nMaxClients 200\nLogLevel Critical\n"
        f'LogFile "{folder / "log"}"\nDisableViaHeader Yes\nAllow 127.0.0.1\n{line}\n'
    )
    config.chmod(0o600)
    process = subprocess.Popen(
        [program, "-d", "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def _wait_for(port: int) -> None:
    ends = time.monotonic() + _START_LIMIT_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > ends:
                raise
            time.sleep(0.02)
        else:
            return


if __name__ == "__main__":
    from tests.bench.__main__ import table

    print(table(measure()))
