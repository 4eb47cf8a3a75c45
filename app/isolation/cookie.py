"""A cookie, and the rules by which a browser would take or refuse it; pure."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, replace
from enum import StrEnum

from app.kernel.secret import Secret
from app.kernel.text import Text, say

_MOST_BYTES = 4096  # name and value together
_MOST_ATTRIBUTE_BYTES = 1024
_LATEST_S = 253_402_300_799.0  # the end of the year 9999
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")  # browsers take a tab
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")


class SameSite(StrEnum):
    """When a cookie goes along to another site's pages; UNSET leaves that to the browser."""

    UNSET = ""
    STRICT = "Strict"
    LAX = "Lax"
    NONE = "None"


@dataclass(frozen=True, slots=True)
class Cookie:
    """One cookie. `domain` has no dot in front; `host_only` says whether hosts below it get it too.

    `expires` is in seconds since 1970; None ends with the browser session. `partition` is the site under
    which alone it is sent, empty for all.
    """

    name: str
    value: Secret
    domain: str
    host_only: bool = True
    path: str = "/"
    expires: float | None = None
    http_only: bool = False
    secure: bool = False
    same_site: SameSite = SameSite.UNSET
    partition: str = ""
    partition_is_crossed: bool = False

    @property
    def key(self) -> tuple[str, str, bool, str, str]:
        """Two cookies with the same key cannot be in one browser."""
        return self.name, self.domain, self.host_only, self.path, self.partition

    @property
    def written_domain(self) -> str:
        """The domain as files spell it: with a dot in front where it holds for the hosts below."""
        return self.domain if self.host_only else f".{self.domain}"


@dataclass(frozen=True, slots=True)
class CookieNote:
    """What happened to one cookie of a file, and why; never its value. `place` counts from 1."""

    place: int
    name: str
    domain: str
    why: Text


class CookieWrong(Exception):
    """No browser would take this cookie."""

    def __init__(self, why: Text) -> None:
        super().__init__(why.source)
        self.why = why


def judge(cookie: Cookie, now_s: float) -> Text | None:
    """Why a browser would refuse the cookie; None where it would not."""
    return (
        _judge_text(cookie)
        or _judge_domain(cookie.domain)
        or _judge_date(cookie.expires, now_s)
        or _judge_promises(cookie)
    )


def clean_domain(text: str) -> str:
    """A domain in one spelling: lower case, ASCII, no dot at either end. Raises CookieWrong."""
    domain = text.strip().strip(".").lower()
    if domain.startswith("[") and domain.endswith("]"):
        domain = domain[1:-1]
    if not domain.isascii():
        try:
            domain = domain.encode("idna").decode()
        except UnicodeError:
            raise CookieWrong(_WRONG_DOMAIN) from None
    return domain


def is_address(domain: str) -> bool:
    """Whether a domain is an IP address, below which no host can be."""
    try:
        ipaddress.ip_address(domain)
    except ValueError:
        return False
    return True


def belongs_to(cookie: Cookie, site: str) -> bool:
    """Whether a cookie is of this host or of one below it."""
    return cookie.domain == site or cookie.domain.endswith(f".{site}")


def is_sent_to(cookie: Cookie, host: str) -> bool:
    """Whether a browser would send the cookie to the first page of this host."""
    fits = cookie.domain == host or (not cookie.host_only and host.endswith(f".{cookie.domain}"))
    return fits and cookie.path == "/" and not cookie.partition


def settled(cookie: Cookie) -> Cookie:
    """The same cookie, as a browser keeps it: one of an IP address is of that host alone."""
    return replace(cookie, host_only=True) if is_address(cookie.domain) else cookie


_WRONG_DOMAIN = say("This is not the domain of a site.")


def _judge_text(cookie: Cookie) -> Text | None:
    name, value = cookie.name, cookie.value.reveal()
    if not name:
        return say("It has no name.")
    if _CONTROL.search(name + value + cookie.path) or ";" in name + value + cookie.path or "=" in name:
        return say("Its name, value or path has a character that cookies cannot have.")
    if name != name.strip() or value != value.strip():
        return say("Its name or value begins or ends with a space.")
    if len((name + value).encode("utf-8", "surrogatepass")) > _MOST_BYTES:
        return say("It is longer than the {most} bytes that browsers keep.", most=_MOST_BYTES)
    if not cookie.path.startswith("/"):
        return say("Its path does not begin with a slash.")
    if len(cookie.path.encode("utf-8", "surrogatepass")) > _MOST_ATTRIBUTE_BYTES:
        return say("Its path is longer than browsers allow.")
    try:
        (name + value + cookie.path).encode()
    except UnicodeEncodeError:
        return say("Its name, value or path has a character that cookies cannot have.")
    return None


def _judge_domain(domain: str) -> Text | None:
    if is_address(domain):
        return None
    labels = domain.split(".")
    is_host = len(domain) <= 253 and all(_LABEL.fullmatch(label) for label in labels)
    if not is_host or labels[-1].isdigit():
        return _WRONG_DOMAIN
    return None


def _judge_date(expires: float | None, now_s: float) -> Text | None:
    if expires is None:
        return None
    if not 0 < expires <= _LATEST_S:
        return say("Its date cannot be read.")
    if expires <= now_s:
        return say("It has expired.")
    return None


def _judge_promises(cookie: Cookie) -> Text | None:
    name = cookie.name.lower()
    if cookie.same_site is SameSite.NONE and not cookie.secure:
        return say("It is for all sites (SameSite None), and that needs Secure.")
    if cookie.partition and not cookie.secure:
        return say("It is kept apart by site (partitioned), and that needs Secure.")
    if name.startswith("__secure-") and not cookie.secure:
        return say("Its name begins with __Secure-, and that needs Secure.")
    if name.startswith("__host-") and not (cookie.secure and cookie.host_only and cookie.path == "/"):
        return say("Its name begins with __Host-, and that needs Secure, one host alone, and the path /.")
    if not cookie.host_only and "." not in cookie.domain:
        return say("It would be for every site under .{domain}.", domain=cookie.domain)
    return None
