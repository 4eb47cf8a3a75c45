"""Writes cookies as other programs read them: Netscape, extensions' JSON, Playwright's JSON, a header."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.isolation.cookie import Cookie, CookieNote, SameSite, clean_domain, is_sent_to
from app.kernel.secret import Secret
from app.kernel.text import Text, say

_HEAD = "# Netscape HTTP Cookie File\n\n"
_EXTENSION_SAME_SITES = {
    SameSite.UNSET: "unspecified",
    SameSite.NONE: "no_restriction",
    SameSite.LAX: "lax",
    SameSite.STRICT: "strict",
}


class CookieFormat(StrEnum):
    """The forms in which cookies can be written."""

    NETSCAPE = "netscape"
    EXTENSION = "extension"
    PLAYWRIGHT = "playwright"
    HEADER = "header"


@dataclass(frozen=True, slots=True)
class WrittenCookies:
    """A file's content, which is a secret, and what the form could not hold."""

    content: Secret
    count: int
    left_out: tuple[CookieNote, ...] = ()


def write_cookies(cookies: Sequence[Cookie], form: CookieFormat, host: str = "") -> WrittenCookies:
    """Cookies in a form; `host` is for a header alone: what a browser would send to that site."""
    reason = _REASONS[form]
    left_out: list[CookieNote] = []
    kept: list[Cookie] = []
    site = clean_domain(host) if form is CookieFormat.HEADER else ""
    for place, cookie in enumerate(cookies, start=1):
        why = reason(cookie, site)
        if why is None:
            kept.append(cookie)
        else:
            left_out.append(CookieNote(place, cookie.name, cookie.written_domain, why))
    return WrittenCookies(Secret(_WRITERS[form](kept)), len(kept), tuple(left_out))


def playwright_plain(cookie: Cookie) -> dict[str, Any]:
    """A cookie as Playwright's storage state holds it."""
    plain: dict[str, Any] = {
        "name": cookie.name,
        "value": cookie.value.reveal(),
        "domain": cookie.written_domain,
        "path": cookie.path,
        "expires": -1 if cookie.expires is None else cookie.expires,
        "httpOnly": cookie.http_only,
        "secure": cookie.secure,
    }
    if cookie.same_site is not SameSite.UNSET:
        plain["sameSite"] = cookie.same_site.value
    if cookie.partition:
        plain["partitionKey"] = cookie.partition
        plain["_crHasCrossSiteAncestor"] = cookie.partition_is_crossed
    return plain


def extension_plain(cookie: Cookie) -> dict[str, Any]:
    """A cookie as browser extensions exchange it."""
    plain: dict[str, Any] = {
        "domain": cookie.written_domain,
        "hostOnly": cookie.host_only,
        "httpOnly": cookie.http_only,
        "name": cookie.name,
        "path": cookie.path,
        "sameSite": _EXTENSION_SAME_SITES[cookie.same_site],
        "secure": cookie.secure,
        "session": cookie.expires is None,
        "storeId": "0",
        "value": cookie.value.reveal(),
    }
    if cookie.expires is not None:
        plain["expirationDate"] = cookie.expires
    if cookie.partition:
        plain["partitionKey"] = {
            "topLevelSite": cookie.partition,
            "hasCrossSiteAncestor": cookie.partition_is_crossed,
        }
    return plain


def _netscape(cookies: Sequence[Cookie]) -> str:
    lines = []
    for cookie in cookies:
        columns = (
            ("#HttpOnly_" if cookie.http_only else "") + cookie.written_domain,
            _word(not cookie.host_only),
            cookie.path,
            _word(cookie.secure),
            str(0 if cookie.expires is None else int(cookie.expires)),
            cookie.name,
            cookie.value.reveal(),
        )
        lines.append("\t".join(columns) + "\n")
    return _HEAD + "".join(lines)


def _extension(cookies: Sequence[Cookie]) -> str:
    return _json([extension_plain(cookie) for cookie in cookies])


def _playwright(cookies: Sequence[Cookie]) -> str:
    return _json({"cookies": [playwright_plain(cookie) for cookie in cookies], "origins": []})


def _header(cookies: Sequence[Cookie]) -> str:
    return "; ".join(f"{cookie.name}={cookie.value.reveal()}" for cookie in cookies) + "\n"


def _json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _word(truth: bool) -> str:
    return "TRUE" if truth else "FALSE"


def _netscape_reason(cookie: Cookie, _site: str) -> Text | None:
    if cookie.partition:
        return say("This form cannot say that it is kept apart by site (partitioned).")
    if "\t" in cookie.value.reveal():  # browsers take it, and it would end the column
        return say("This form cannot hold the tab in its value.")
    return None


def _header_reason(cookie: Cookie, site: str) -> Text | None:
    return None if is_sent_to(cookie, site) else say("It is not sent to {site}.", site=site)


def _no_reason(_cookie: Cookie, _site: str) -> Text | None:
    return None


_WRITERS: dict[CookieFormat, Callable[[Sequence[Cookie]], str]] = {
    CookieFormat.NETSCAPE: _netscape,
    CookieFormat.EXTENSION: _extension,
    CookieFormat.PLAYWRIGHT: _playwright,
    CookieFormat.HEADER: _header,
}
_REASONS: dict[CookieFormat, Callable[[Cookie, str], Text | None]] = {
    CookieFormat.NETSCAPE: _netscape_reason,
    CookieFormat.EXTENSION: _no_reason,
    CookieFormat.PLAYWRIGHT: _no_reason,
    CookieFormat.HEADER: _header_reason,
}
