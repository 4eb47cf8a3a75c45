"""The sample store: sign in, be known again, and a page that says what it sees of its visitor."""

from __future__ import annotations

import html
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from app.demo.internet.pages import FAVICON, PAGE, SIGN_IN, SIGNED_IN
from app.demo.internet.web import Request, Response

_KEEP_S = 30 * 24 * 3600
_NAME_LIMIT = 60


@dataclass(frozen=True, slots=True)
class Report:
    """What a page read back in its browser, with the headers and source address that the site saw."""

    host: str
    run: str
    source: str
    headers: Mapping[str, str]
    facts: Mapping[str, object]


class Shop:
    """One store with its customers; everything is forgotten when the local internet ends."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.echo_url = ""
        self._customers: dict[str, str] = {}
        self._visits: dict[str, str] = {}
        self._reports: list[Report] = []

    def reports(self, run: str) -> tuple[Report, ...]:
        """What was posted under a run's name, oldest first."""
        return tuple(report for report in list(self._reports) if report.run == run)

    def handle(self, request: Request) -> Response:
        """Answers one request."""
        match request.method, request.path:
            case "GET", "/":
                return self._front(request)
            case "POST", "/login":
                return self._login(request)
            case "POST" | "GET", "/logout":
                return _to("/", (_cookie("customer", "", 0), _cookie("visit", "", 0)))
            case "GET", "/me":
                return _json(self._me(request))
            case "POST", "/report":
                return self._report(request)
            case "GET", "/favicon.ico":
                return Response(FAVICON, "image/svg+xml")
        return Response(b"<!doctype html><title>Not found</title>Not found", status=404)

    def _me(self, request: Request) -> dict[str, object]:
        customer = self._customers.get(request.cookies.get("customer", ""))
        return {
            "signed_in_as": customer,
            "persistent_cookie": customer is not None,
            "session_cookie": request.cookies.get("visit", "") in self._visits,
            "address": request.source,
        }

    def _front(self, request: Request) -> Response:
        customer = self._customers.get(request.cookies.get("customer", ""))
        run = request.query.get("run", "")
        values = {
            "title": self.title,
            "host": request.host,
            "address": request.source,
            "customer": customer or "",
            "initial": (customer or "?")[:1].upper(),
            "language_header": request.headers.get("accept-language", "none"),
            "query": urlencode({"run": run}) if run else "",
        }
        safe = {name: html.escape(value) for name, value in values.items()}
        inner = _fill(SIGNED_IN if customer else SIGN_IN, safe)
        return Response(_fill(PAGE, safe).replace("{{inner}}", inner).encode())

    def _login(self, request: Request) -> Response:
        name = request.form.get("name", "").strip()[:_NAME_LIMIT]
        if not name:
            return _to("/", ())
        token, visit = secrets.token_hex(8), secrets.token_hex(8)
        self._customers[token] = name
        self._visits[visit] = name
        query = {"welcome": "1", **({"run": request.query["run"]} if "run" in request.query else {})}
        return _to(f"/?{urlencode(query)}", (_cookie("customer", token, _KEEP_S), _cookie("visit", visit)))

    def _report(self, request: Request) -> Response:
        try:
            facts = json.loads(request.body)
        except ValueError:
            return Response(b"not JSON", "text/plain", status=400)
        facts = {**facts, **self._me(request)} if isinstance(facts, dict) else {}
        self._reports.append(
            Report(request.host, request.query.get("run", ""), request.source, request.headers, facts)
        )
        return _json({"ok": True})


def _cookie(name: str, value: str, max_age_s: int | None = None) -> tuple[str, str]:
    age = f"; Max-Age={max_age_s}" if max_age_s is not None else ""
    return "Set-Cookie", f"{name}={value}; Path=/; SameSite=Lax{age}"


def _to(path: str, headers: tuple[tuple[str, str], ...]) -> Response:
    return Response(status=303, headers=(("Location", path), *headers))


def _json(facts: object) -> Response:
    return Response(json.dumps(facts).encode(), "application/json")


def _fill(template: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        template = template.replace("{{" + name + "}}", value)
    return template
