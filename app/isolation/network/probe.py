"""Where a profile's traffic comes out: asks echo pages through its upstream, one after the other."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import re
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import h11

from app.isolation.checks import Exit
from app.isolation.network import errors
from app.isolation.network.country import country_of
from app.isolation.network.dial import system_trust
from app.isolation.network.errors import (
    AuthFailed,
    EchoFailed,
    HostKeyChanged,
    Intercepted,
    KeyFileWrong,
    ProxyProblem,
    Refused,
    RefusedByRule,
    TargetFailed,
    TimedOut,
    Unreachable,
)
from app.isolation.network.leg import Ended, Leg
from app.isolation.network.upstreams import RULE_CODES, Connector, PinsKeys, connector_for
from app.isolation.plan import Upstream
from app.kernel.text import say

__all__ = [
    "AuthFailed",
    "EchoFailed",
    "Intercepted",
    "ProxyProblem",
    "Refused",
    "RefusedByRule",
    "TimedOut",
    "Unreachable",
    "probe_exit",
]

_BODY_LIMIT_BYTES = 64 * 1024
_FINAL = (AuthFailed, HostKeyChanged, Intercepted, KeyFileWrong, Unreachable)
# By what is told first; of equals, the last.
_RANK: dict[type[ProxyProblem], int] = {
    TargetFailed: 0,
    EchoFailed: 1,
    RefusedByRule: 2,
    Refused: 3,
    TimedOut: 4,
}
_HTML = re.compile(r"<(!doctype|html|head|body|\?xml|!--)", re.IGNORECASE)
_COUNTRY_KEYS = ("country_iso", "country_code", "countryCode", "country")
_TIMEZONE_KEYS = ("timezone", "time_zone")
_TIMEZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+/-]{1,62}")
_COUNTRY = re.compile(r"[A-Za-z]{2}")
_HEADERS = (
    ("User-Agent", "Mozilla/5.0"),
    ("Accept", "application/json, text/plain"),
    ("Connection", "close"),
)


async def probe_exit(
    upstream: Upstream,
    echo_urls: Sequence[str],
    *,
    timeout_s: float,
    tls: ssl.SSLContext | None = None,
    learned: Callable[[str], None] | None = None,
    country: Callable[[str], str] = country_of,
) -> Exit:
    """The exit as the first echo page that answers saw it. `tls` replaces the system's trust.

    `learned` is given the host key of an SSH server that had none pinned. Raises AuthFailed, Refused,
    RefusedByRule, TimedOut, Intercepted, Unreachable, HostKeyChanged, KeyFileWrong or an EchoFailed.
    """
    ends = time.monotonic() + timeout_s
    worst: ProxyProblem | None = None
    # An echo page is chosen by the user, so it may lie on this machine; stores may not.
    for number, url in enumerate(echo_urls, start=1):
        left = ends - time.monotonic()
        if left <= 0:
            break
        share = left if number == len(echo_urls) else left / 2
        connector = connector_for(upstream, allow_private=True, tls=tls, limit_s=share)
        echo = _Echo(connector, url, tls, country)
        try:
            async with asyncio.timeout(share):
                return await echo.ask()
        except _FINAL:
            raise
        except (TimeoutError, TimedOut):
            # A proxy asked for a whole page answers for it: which of the two is silent, nobody knows.
            is_there = echo.was_reached
            found: ProxyProblem = (
                errors.echo_silent(_shown(url), upstream, share)
                if is_there
                else errors.timed_out(upstream, timeout_s)
            )
            worst = _worse(worst, found)
        except (Refused, RefusedByRule, EchoFailed, TargetFailed) as problem:
            worst = _worse(worst, problem)
        finally:
            if isinstance(connector, PinsKeys) and not upstream.host_key and connector.host_key:
                upstream = replace(upstream, host_key=connector.host_key)
                if learned is not None:
                    learned(connector.host_key)
            await connector.close()
    raise errors.echo_failed() if worst is None or isinstance(worst, TargetFailed) else worst


def _worse(before: ProxyProblem | None, now: ProxyProblem) -> ProxyProblem:
    """What is to be told when several pages failed: the proxy's own faults before those of pages."""
    if before is None or _RANK[_kind(now)] >= _RANK[_kind(before)]:
        return now
    return before


def _kind(problem: ProxyProblem) -> type[ProxyProblem]:
    return next(kind for kind in _RANK if isinstance(problem, kind))


@dataclass(slots=True)
class _Echo:
    connector: Connector
    url: str
    tls: ssl.SSLContext | None
    country: Callable[[str], str]
    was_reached: bool = False  # whether the proxy says that the page's host is at the other end

    async def ask(self) -> Exit:
        """One GET. Raises ProxyProblem."""
        try:
            parts = urlsplit(self.url)
            host, secure = parts.hostname or "", parts.scheme == "https"
            port = parts.port or (443 if secure else 80)
        except ValueError:
            raise errors.echo_failed() from None
        if parts.scheme not in ("http", "https") or not host:
            raise errors.echo_failed(say("{url} is not an address of an echo page.", url=self.url[:80]))
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        started = time.monotonic()
        try:
            body = await (self._https(host, port, path) if secure else self._http(host, port, path))
        except (h11.LocalProtocolError, UnicodeError):  # signs that no request can hold, such as blanks
            raise errors.echo_failed(
                say("{url} is not an address of an echo page.", url=self.url[:80])
            ) from None
        latency_ms = max(1, round((time.monotonic() - started) * 1000))
        return read_answer(body, latency_ms=latency_ms, page=_shown(self.url), country=self.country)

    async def _http(self, host: str, port: int, path: str) -> bytes:
        route = await self.connector.plain(host, port)
        self.was_reached = not route.absolute
        target = f"http://{_authority(host, port, 80)}{path}" if route.absolute else path
        extra = tuple((name.decode("ascii"), value.decode("ascii")) for name, value in route.headers)
        try:
            return await self._get(route.leg, target, _authority(host, port, 80), extra)
        finally:
            route.leg.abort()

    async def _https(self, host: str, port: int, path: str) -> bytes:
        leg = await self.connector.tunnel(host, port)
        self.was_reached = True
        try:
            await leg.start_tls(self.tls or await system_trust(), host)
            return await self._get(leg, path, _authority(host, port, 443), ())
        except ssl.SSLCertVerificationError:
            raise errors.intercepted(host) from None
        except (ssl.SSLError, ConnectionError):
            raise errors.echo_failed() from None
        finally:
            leg.abort()

    async def _get(self, leg: Leg, target: str, host: str, extra: tuple[tuple[str, str], ...]) -> bytes:
        http = h11.Connection(h11.CLIENT)
        headers = [("Host", host), *_HEADERS, *extra]
        answers_for_page = not target.startswith("http://")
        leg.write(http.send(h11.Request(method="GET", target=target, headers=headers)) or b"")
        leg.write(http.send(h11.EndOfMessage()) or b"")
        body = bytearray()
        try:
            while True:
                event = http.next_event()
                if event is h11.NEED_DATA:
                    http.receive_data(await leg.read_some())
                elif isinstance(event, h11.Response):
                    self._check(event.status_code, by_proxy=not answers_for_page)
                elif isinstance(event, h11.Data):
                    body += event.data
                    if len(body) > _BODY_LIMIT_BYTES:
                        raise errors.echo_failed()
                elif isinstance(event, h11.EndOfMessage):
                    return bytes(body)
        except (h11.ProtocolError, Ended):
            raise errors.echo_failed() from None

    def _check(self, status: int, *, by_proxy: bool) -> None:
        if status == 407:
            raise errors.auth_failed(self.connector.upstream)
        if by_proxy and status in RULE_CODES:
            raise errors.refused_by_rule(self.connector.upstream, status)
        if status != 200:  # a redirect too: it could lead anywhere
            raise errors.echo_failed()


def read_answer(
    body: bytes, *, latency_ms: int, page: str = "", country: Callable[[str], str] = country_of
) -> Exit:
    """The exit out of an echo page's JSON or plain text; `page` is its name. Raises EchoFailed."""
    text = body.decode("utf-8", "replace").strip()
    if _HTML.match(text):
        raise errors.echo_html(page)
    facts: Mapping[str, object] = {"ip": text}
    if text.startswith("{"):
        try:
            facts = json.loads(text)
        except (ValueError, RecursionError):
            raise errors.echo_wrong(page) from None
    try:
        ip = str(ipaddress.ip_address(str(facts.get("ip", ""))))
    except ValueError:
        raise errors.echo_wrong(page) from None
    place = country(ip) or _first(facts, _COUNTRY_KEYS, _COUNTRY).upper()
    return Exit(ip, place, _first(facts, _TIMEZONE_KEYS, _TIMEZONE), latency_ms)


def _first(facts: Mapping[str, object], keys: Sequence[str], shape: re.Pattern[str]) -> str:
    for key in keys:
        value = facts.get(key)
        if isinstance(value, str) and shape.fullmatch(value):
            return value
    return ""


def _shown(url: str) -> str:
    """An echo page as sentences name it: its host alone, since the rest may hold a token."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _authority(host: str, port: int, default: int) -> str:
    name = f"[{host}]" if ":" in host else host
    return name if port == default else f"{name}:{port}"
