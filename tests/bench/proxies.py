"""A thousand proxies checked at once, as `berth proxy check --all` does: most work, some fail in four ways.

All are local: 750 answer after 0.15 to 0.9 seconds, 50 refuse the password, 50 forbid it by rule, 100 refuse
the connection, 50 never answer. On a hundred addresses, so that no more than ten stand behind one host.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import random
import resource
import socket
import sys
import time
from collections import Counter

from app.isolation.plan import ProxyKind, Upstream
from app.isolation.proxy_checking import Checked, Checking
from app.isolation.store.proxies import Proxy
from app.kernel.clock import SystemClock
from app.kernel.ids import ProxyId
from app.kernel.secret import Secret
from app.kernel.settings import MemorySettings, Scope, Settings
from tests.bench.row import Row

MANY = 1000
HOSTS = 100
_KINDS = ("good",) * 15 + ("password",) + ("rule",) + ("nobody",) * 2 + ("silent",)
_EXPECTED = {
    "good": "",
    "password": "auth-failed",
    "rule": "refused-by-rule",
    "nobody": "refused",
    "silent": "timed-out",
}
_LIMIT_S = 8
_BUDGET_S = 20.0


async def measure() -> list[Row]:
    """The rows."""
    if not sys.platform.startswith("linux"):
        print("proxies: not measured, only Linux has all of 127.0.0.0/8", file=sys.stderr)
        return []
    settings = Settings({Scope.VAULT: MemorySettings(), Scope.MACHINE: MemorySettings()})
    settings.set("network.echo_urls", "http://echo.test/")
    settings.set("network.probe_timeout_s", _LIMIT_S)
    async with contextlib.AsyncExitStack() as stack:
        wanted, kinds = [], {}
        for number in range(MANY):
            kind = _KINDS[number % len(_KINDS)]
            upstream = await _proxy(stack, f"127.20.{number % HOSTS}.1", kind, number)
            proxy = _saved(number, upstream)
            kinds[proxy.id] = kind
            wanted.append((proxy, upstream))
        found: list[Checked] = []
        cpu, started = time.process_time(), time.perf_counter()
        await Checking(settings).check_all(wanted, SystemClock(), found.append)
        took, cpu = time.perf_counter() - started, time.process_time() - cpu
    wrong = Counter(
        (kinds[one.proxy.id], one.proxy.check_problem.id if one.proxy.check_problem else "") for one in found
    )
    missed = sum(count for (kind, seen), count in wrong.items() if _EXPECTED[kind] != seen)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    note = f"{cpu:.1f} s CPU with the proxies themselves, {peak_mb:.0f} MB at most"
    return [
        Row(f"proxies: {MANY} checked", took, "s", budget=_BUDGET_S, note=note),
        Row("proxies: told apart wrongly", missed, "", budget=0),
    ]


def _saved(number: int, upstream: Upstream) -> Proxy:
    now = SystemClock().now()
    return Proxy(
        id=ProxyId(f"P{number}"),
        name=f"P{number}",
        kind=upstream.kind,
        host=upstream.host,
        port=upstream.port,
        username=upstream.username,
        has_password=True,
        has_change_ip_url=False,
        used_by=0,
        created=now,
        updated=now,
    )


async def _proxy(stack: contextlib.AsyncExitStack, host: str, kind: str, number: int) -> Upstream:
    password = "right" if kind != "password" else "wrong"
    if kind == "nobody":
        with socket.socket() as sock:
            sock.bind((host, 0))
            port = int(sock.getsockname()[1])
        return Upstream(ProxyKind.HTTP, host, port, "anna", Secret(password))
    delay_s = random.Random(number).uniform(0.15, 0.9)
    login = base64.b64encode(b"anna:right")

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            if kind == "silent":
                await reader.read()
            else:
                await asyncio.sleep(delay_s)
                writer.write(_answer(kind, login in head, host))
        writer.close()

    server = await stack.enter_async_context(await asyncio.start_server(serve, host, 0))
    return Upstream(ProxyKind.HTTP, host, server.sockets[0].getsockname()[1], "anna", Secret(password))


def _answer(kind: str, is_in: bool, host: str) -> bytes:
    if not is_in:
        return b"HTTP/1.1 407 Who\r\nContent-Length: 0\r\n\r\n"
    if kind == "rule":
        return b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"
    body = b'{"ip":"%s"}' % host.encode()
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
