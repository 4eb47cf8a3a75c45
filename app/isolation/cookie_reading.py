"""Reads cookies from what other programs write: Netscape, extensions' JSON, Playwright's JSON, a header."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from app.isolation.cookie import (
    Cookie,
    CookieNote,
    CookieWrong,
    SameSite,
    clean_domain,
    judge,
    settled,
)
from app.kernel.errors import UsageProblem
from app.kernel.secret import Secret
from app.kernel.text import Text, say

MOST_BYTES = 16 * 1024 * 1024
_LATEST_S = 253_402_300_799.0
_HTTP_ONLY = "#HttpOnly_"
_COLUMNS = 7
_SHOWN = 80
_SAME_SITES = {
    "": SameSite.UNSET,
    "unspecified": SameSite.UNSET,
    "no_restriction": SameSite.NONE,
    "none": SameSite.NONE,
    "lax": SameSite.LAX,
    "strict": SameSite.STRICT,
}
_WORDS = {"true": True, "false": False, "1": True, "0": False}
_BAD_DATE = say("Its date cannot be read.")


class CookiesUnreadable(UsageProblem):
    """A file holds no cookies in any form that is known."""

    @staticmethod
    def at_all() -> CookiesUnreadable:
        """Nothing in it is a cookie."""
        return CookiesUnreadable(
            say("No cookies can be read from this."),
            say("Give a cookies.txt, the JSON of a cookie extension or of Playwright, or a Cookie header."),
        )

    @staticmethod
    def no_host() -> CookiesUnreadable:
        """A header does not say which site it is for."""
        return CookiesUnreadable(
            say("This is a Cookie header, which does not say for which site it is."),
            say("Name the site, such as --host www.example.com."),
        )

    @staticmethod
    def too_large() -> CookiesUnreadable:
        """More than all cookies of a browser can be."""
        return CookiesUnreadable(
            say("This file is too large for cookies."), say("Choose the file that holds the cookies alone.")
        )


@dataclass(frozen=True, slots=True)
class ReadCookies:
    """What a file holds: cookies a browser would take, those it would not, and those read with a change."""

    format: str
    cookies: tuple[Cookie, ...]
    refused: tuple[CookieNote, ...] = ()
    changed: tuple[CookieNote, ...] = ()


@dataclass(slots=True)
class _Raw:
    """One cookie before it is judged; `changed` says what was read otherwise than it was written."""

    place: int
    name: str
    domain: str
    read: Callable[[], Cookie]
    changed: Text | None = None


def read_cookies(raw: bytes, now_s: float, host: str = "") -> ReadCookies:
    """Cookies from a file's content, in whatever known form it is; `host` is for a header alone.

    Raises CookiesUnreadable where it is no such file at all.
    """
    if len(raw) > MOST_BYTES:
        raise CookiesUnreadable.too_large()
    text = _decoded(raw)
    if text[:1] in ("[", "{"):
        return _judged("json", _from_json(text), now_s)
    if "\t" in text or text.startswith("# "):
        return _judged("netscape", _from_netscape(text), now_s)
    return _judged("header", _from_header(text, host), now_s)


def _decoded(raw: bytes) -> str:
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = raw.decode(encoding).lstrip()
    except UnicodeDecodeError:
        raise CookiesUnreadable.at_all() from None
    if not text.strip() or "\0" in text:
        raise CookiesUnreadable.at_all()
    return text


def _judged(form: str, found: Iterable[_Raw], now_s: float) -> ReadCookies:
    good: dict[tuple[object, ...], tuple[_Raw, Cookie]] = {}
    refused: list[CookieNote] = []
    for one in found:
        try:
            cookie = settled(one.read())
        except CookieWrong as wrong:
            refused.append(_note(one, wrong.why))
            continue
        why = judge(cookie, now_s)
        if why is not None:
            refused.append(_note(one, why))
            continue
        if cookie.key in good:
            refused.append(_note(good[cookie.key][0], say("It comes again further down.")))
        good[cookie.key] = one, cookie
    if not good and not refused:
        raise CookiesUnreadable.at_all()
    changed = tuple(_note(one, one.changed) for one, _ in good.values() if one.changed is not None)
    cookies = tuple(cookie for _, cookie in good.values())
    return ReadCookies(form, cookies, tuple(sorted(refused, key=lambda note: note.place)), changed)


def _note(one: _Raw, why: Text) -> CookieNote:
    return CookieNote(one.place, _shown(one.name), _shown(one.domain), why)


def _shown(text: str) -> str:
    """A name for a report: short, and without what would move a cursor."""
    safe = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
    return safe if len(safe) <= _SHOWN else safe[: _SHOWN - 1] + "…"


# --- Netscape ---------------------------------------------------------------------------------------------


def _from_netscape(text: str) -> Iterable[_Raw]:
    for at, line in enumerate(re.split(r"\r\n|\n|\r", text), start=1):
        is_http_only = line.startswith(_HTTP_ONLY)
        words = line.removeprefix(_HTTP_ONLY)
        if not words.strip() or (words.startswith("#") and not is_http_only):
            continue
        columns = words.split("\t")
        if len(columns) == _COLUMNS - 1:  # an editor took the tab before an empty value away
            columns.append("")
        if len(columns) != _COLUMNS:
            yield _Raw(at, "", "", _refusing(say("Its line does not have seven columns with tabs between.")))
            continue
        yield _Raw(at, columns[5], columns[0], _netscape_reader(columns, is_http_only=is_http_only))


def _netscape_reader(columns: list[str], *, is_http_only: bool) -> Callable[[], Cookie]:
    domain, below, path, secure, expires, name, value = columns

    def read() -> Cookie:
        return Cookie(
            name=name,
            value=Secret(value),
            domain=clean_domain(domain),
            host_only=not _truth(below),
            path=path or "/",
            expires=_date(expires),
            http_only=is_http_only,
            secure=_truth(secure),
        )

    return read


# --- JSON -------------------------------------------------------------------------------------------------


def _from_json(text: str) -> Iterable[_Raw]:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise CookiesUnreadable.at_all() from None
    if isinstance(content, dict):
        content = content.get("cookies", [content] if "name" in content else None)
    if not isinstance(content, list):
        raise CookiesUnreadable.at_all()
    return [_json_raw(at, item) for at, item in enumerate(content, start=1)]


def _json_raw(at: int, item: Any) -> _Raw:
    if not isinstance(item, dict):
        return _Raw(at, "", "", _refusing(say("It is not a cookie.")))
    name, domain = item.get("name"), item.get("domain")
    found = _Raw(
        at,
        name if isinstance(name, str) else "",
        domain if isinstance(domain, str) else "",
        lambda: _json_cookie(item),
    )
    # How extensions write None; in their browser such a cookie went along with HTTPS alone.
    if _lower(item.get("sameSite")) == "no_restriction" and item.get("secure") in (False, None):
        found.changed = say("It is for all sites (SameSite None), so it was made Secure as well.")
        found.read = lambda: replace(_json_cookie(item), secure=True)
    return found


def _json_cookie(item: dict[str, Any]) -> Cookie:
    domain, host_only, is_https = _json_domain(item)
    partition, is_crossed = _json_partition(item)
    return Cookie(
        name=_text(item, "name"),
        value=Secret(_text(item, "value")),
        domain=domain,
        host_only=host_only,
        path=_text(item, "path", "/") or "/",
        expires=None if item.get("session") is True else _json_date(item),
        http_only=_flag(item, "httpOnly"),
        secure=_flag(item, "secure") or is_https,
        same_site=_same_site(item.get("sameSite")),
        partition=partition,
        partition_is_crossed=is_crossed,
    )


def _json_domain(item: dict[str, Any]) -> tuple[str, bool, bool]:
    """Domain, whether it is for that host alone, and whether it comes from an HTTPS address."""
    if item.get("domain") in (None, "") and isinstance(item.get("url"), str):
        try:
            address = urlsplit(item["url"])
            return clean_domain(address.hostname or ""), True, address.scheme == "https"
        except ValueError:
            raise CookieWrong(say("This is not the domain of a site.")) from None
    written = _text(item, "domain").strip()
    host_only = _flag(item, "hostOnly") if item.get("hostOnly") is not None else written[:1] != "."
    return clean_domain(written), host_only, False


def _json_partition(item: dict[str, Any]) -> tuple[str, bool]:
    raw = item.get("partitionKey")
    if raw in (None, ""):
        return "", False
    if isinstance(raw, str):  # Playwright's way
        return raw, item.get("_crHasCrossSiteAncestor") is True
    if isinstance(raw, dict) and isinstance(raw.get("topLevelSite"), str):
        return raw["topLevelSite"], raw.get("hasCrossSiteAncestor") is True
    raise CookieWrong(say("It says in a way that is not known under which site it is kept."))


def _json_date(item: dict[str, Any]) -> float | None:
    for name in ("expirationDate", "expires", "expiry", "expirationTime"):
        if item.get(name) is not None:
            return _date(item[name])
    return None


def _same_site(raw: Any) -> SameSite:
    found = _SAME_SITES.get(_lower(raw)) if raw is None or isinstance(raw, str) else None
    if found is None:
        raise CookieWrong(say("Its SameSite is none of Strict, Lax and None."))
    return found


def _text(item: dict[str, Any], name: str, default: str = "") -> str:
    raw = item.get(name, default)
    if raw is None:
        return default
    if isinstance(raw, bool) or not isinstance(raw, (str, int, float)):
        raise CookieWrong(say("Its {field} is not text.", field=name))
    return str(raw)


def _flag(item: dict[str, Any], name: str) -> bool:
    raw = item.get(name)
    return False if raw is None else _truth(raw)


# --- a header ---------------------------------------------------------------------------------------------


def _from_header(text: str, host: str) -> Iterable[_Raw]:
    line = re.sub(r"^cookie:\s*", "", text.strip(), flags=re.IGNORECASE)
    if "=" not in line or "\n" in line or "\r" in line:
        raise CookiesUnreadable.at_all()
    if not host.strip():
        raise CookiesUnreadable.no_host()
    domain = _host_of(host)
    parts = [part.strip() for part in line.split(";")]
    return [
        _header_raw(at, part, domain) for at, part in enumerate((part for part in parts if part), start=1)
    ]


def _header_raw(at: int, part: str, domain: str) -> _Raw:
    name, equals, value = part.partition("=")
    if not equals:
        return _Raw(at, "", domain, _refusing(say("It has no name.")))
    is_secure = name.strip().lower().startswith(("__secure-", "__host-"))
    cookie = Cookie(name.strip(), Secret(value.strip()), domain, secure=is_secure)
    return _Raw(at, cookie.name, domain, lambda: cookie)


def _host_of(host: str) -> str:
    """The host in what a person gives as one: a name, or an address."""
    try:
        return clean_domain(urlsplit(host if "//" in host else f"//{host}").hostname or "")
    except (ValueError, CookieWrong):
        return ""


# --- values -----------------------------------------------------------------------------------------------


def _date(raw: Any) -> float | None:
    """Seconds since 1970; None for a session. Milliseconds are known by their size. Raises CookieWrong."""
    seconds = _number(raw)
    if seconds is None:
        return None
    if seconds > _LATEST_S:
        seconds /= 1000
    if not math.isfinite(seconds) or seconds > _LATEST_S:
        raise CookieWrong(_BAD_DATE)
    return None if seconds in (0, -1) else seconds


def _number(raw: Any) -> float | None:
    if isinstance(raw, bool) or not isinstance(raw, (int, float, str)):
        raise CookieWrong(_BAD_DATE)
    if raw == "" or _lower(raw) == "session":
        return None
    try:
        return float(raw)
    except OverflowError:
        raise CookieWrong(_BAD_DATE) from None
    except ValueError:
        return _written_date(str(raw))


def _written_date(text: str) -> float:
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(text.strip())
            return found.timestamp() if found.tzinfo is not None else found.replace(tzinfo=UTC).timestamp()
        except (ValueError, TypeError, OverflowError):
            continue
    raise CookieWrong(_BAD_DATE)


def _truth(raw: Any) -> bool:
    found = raw if isinstance(raw, bool) else _WORDS.get(_lower(raw))
    if found is None:
        raise CookieWrong(say("A value in it should be true or false, and is neither."))
    return found


def _lower(raw: Any) -> str:
    return "" if raw is None else str(raw).strip().lower()


def _refusing(why: Text) -> Callable[[], Cookie]:
    def read() -> Cookie:
        raise CookieWrong(why)

    return read
