"""The two sites of the probe: small pages that post what they see, answered by the profile's own relay.

Why `*.localhost` behind the relay, and not a server of our own or the preflight's `.invalid` name:
- Service workers, files of an origin, WebGPU and client hints exist in secure contexts only. Browsers take
  every name under `localhost` for one without a certificate, which `.invalid` could only have with one.
- Each such name is a site of its own, so two of them are enough for a frame of another site.
- The browser sends them to its relay like everything else, and the relay answers itself: no other listener,
  nothing a store or another profile could reach, no packet upstream, and the way to stores may stay shut.
- Names are drawn anew for each check: pages of stores cannot know them, and their storage starts empty.

Pages are served as "404 Not Found": browsers show them all the same, and Chromium lists such a visit
neither on its history page nor among the suggestions of its address bar.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

from app.isolation.network.http_head import Request
from app.kernel import assets

CONTEXTS = (
    "main",
    "blank",
    "frame",
    "srcdoc",
    "sandbox",
    "cross",
    "popup",
    "dedicated",
    "nested",
    "blob",
    "shared",
    "service",
)
_HINTS = (
    "Sec-CH-UA-Full-Version-List, Sec-CH-UA-Platform-Version, Sec-CH-UA-Arch, Sec-CH-UA-Bitness, "
    "Sec-CH-UA-Model, Sec-CH-Device-Memory, Sec-CH-DPR"
)
_SCRIPTS = frozenset({"collect.js", "worker.js", "shared.js", "service.js"})
_FOLDER = "resources/check"
# The frame of the other site is sent the hints, too.
_DELEGATED = ", ".join(
    f"{name}=*"
    for name in (
        "ch-ua-full-version-list",
        "ch-ua-platform-version",
        "ch-ua-arch",
        "ch-ua-bitness",
        "ch-ua-model",
        "ch-device-memory",
        "ch-dpr",
    )
)
_PAGE = (
    '<!doctype html><html lang="en" data-other="{other}"><meta charset="utf-8"><title>Berth</title>'
    '<link rel="icon" href="data:,"><body><p>Berth is checking this window.</p>{scripts}</body></html>'
)


@dataclass(slots=True)
class Shown:
    """What one context posted, and the headers it was posted with."""

    facts: dict[str, Any]
    headers: Mapping[str, str]


@dataclass(slots=True)
class ProbeSite:
    """Answers the browser during one check. Threads: the keeper's loop."""

    nonce: str = field(default_factory=lambda: secrets.token_hex(16))
    shown: dict[str, Shown] = field(default_factory=dict)
    document_headers: dict[str, Mapping[str, str]] = field(default_factory=dict)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    may_clear: bool = False
    cleared: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def hosts(self) -> tuple[str, str]:
        """The names of both sites."""
        return f"a{self.nonce}.localhost", f"b{self.nonce}.localhost"

    @property
    def origins(self) -> tuple[str, str]:
        """Where pages keep what they store."""
        first, other = self.hosts
        return f"http://{first}", f"http://{other}"

    @property
    def url(self) -> str:
        """The page that makes all other contexts."""
        return f"{self.origins[0]}/main"

    @property
    def missing(self) -> tuple[str, ...]:
        """Contexts that have not posted anything yet."""
        return tuple(name for name in CONTEXTS if name not in self.shown)

    def answer(self, request: Request, body: bytes) -> bytes:
        """The whole answer to one request of the browser."""
        parts = urlsplit(request.path)
        name = parts.path.strip("/")
        asked = parse_qs(parts.query)
        context = asked.get("context", [""])[0]
        if name == "report" and request.method == "POST":
            self._take(context, request, body)
            return _answer(204, b"", "text/plain")
        if name in _SCRIPTS:
            return _answer(200, _asset(name), "text/javascript; charset=utf-8")
        if name in ("main", "frame"):
            self.document_headers[context or name] = _headers(request)
            return _answer(404, self._page(name, context), "text/html; charset=utf-8")
        if name == "done" and self.may_clear:
            self.cleared.set()
            return _answer(200, b"", "text/plain", 'Clear-Site-Data: "*"')
        return _answer(204 if name == "done" else 404, b"", "text/plain")

    def _take(self, context: str, request: Request, body: bytes) -> None:
        try:
            facts = json.loads(body)
        except ValueError:
            facts = None
        if context in CONTEXTS and isinstance(facts, dict):
            self.shown.setdefault(context, Shown(facts, _headers(request)))
            self.changed.set()

    def _page(self, name: str, context: str) -> bytes:
        collect = _asset("collect.js").decode()
        if name == "main":
            last = _asset("main.js").decode()
        else:
            # The page is told where it came from: one of an opaque origin could not say.
            base = self.origins[context == "cross"]
            named = context if context in CONTEXTS else ""
            last = f"berthReport({json.dumps(base)}, {json.dumps(named)});"
        scripts = f'<script id="collect">{collect}</script><script>{last}</script>'
        return _PAGE.replace("{other}", self.origins[1]).replace("{scripts}", scripts).encode()


def _answer(status: int, body: bytes, kind: str, *more: str) -> bytes:
    reason = {200: "OK", 204: "No Content", 404: "Not Found"}[status]
    lines = [
        f"HTTP/1.1 {status} {reason}",
        f"Content-Type: {kind}",
        f"Content-Length: {len(body)}",
        f"Accept-CH: {_HINTS}",
        f"Permissions-Policy: {_DELEGATED}",
        "Cache-Control: no-store",
        "Connection: close",
        *more,
    ]
    return "\r\n".join(lines).encode("ascii") + b"\r\n\r\n" + body


def _headers(request: Request) -> Mapping[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in request.headers}


@cache
def _asset(name: str) -> bytes:
    return (assets.folder(_FOLDER) / name).read_bytes()
