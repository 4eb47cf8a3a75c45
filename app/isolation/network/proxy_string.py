"""Proxy strings in every usual form: read strictly, written canonically, never guessed."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath
from urllib.parse import quote, unquote, urlsplit

from app.isolation.plan import ProxyKind, Upstream
from app.kernel.errors import UsageProblem
from app.kernel.secret import Secret
from app.kernel.text import Text, say

_LENGTH_LIMIT = 2048
_SOCKS_LOGIN_BYTES = 255
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,15})://(.*)", re.DOTALL)
_CHANGE_IP = re.compile(r"(.*?)\s*\[\s*(https?:.*?)\s*\]", re.DOTALL | re.IGNORECASE)
_PORT = re.compile(r"[0-9]{1,5}", re.ASCII)
_NAME = re.compile(
    r"(?=.{1,253}\.?$)[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})(\.[A-Za-z0-9_][A-Za-z0-9_-]{0,62})*\.?"
)
_PIECE = re.compile(r"\[[^\[\]]*\]|[^:]*")
_KINDS = {
    "http": ProxyKind.HTTP,
    "https": ProxyKind.HTTPS,
    "socks5": ProxyKind.SOCKS5,
    "socks5h": ProxyKind.SOCKS5,
    "ssh": ProxyKind.SSH,
}
_LATER = ("socks4", "socks4a")
_SSH_PORT = 22
_KEY = "key="

_FORMS = say(
    "Write host:port, host:port:user:password, user:password@host:port, or a URL such as "
    "socks5://user:password@host:port."
)
_SSH = say("Write ssh://user:password@host, or ssh://user@host?key=/path/of/a/private/key.")


@dataclass(frozen=True, slots=True)
class ProxyString:
    """A proxy as somebody wrote it down, and the page that gives it a new address, where named."""

    upstream: Upstream
    change_ip_url: str = ""


class ProxyStringWrong(UsageProblem):
    """The text is no proxy."""


class ProxyStringAmbiguous(UsageProblem):
    """The text is a proxy in two ways; `readings` holds both."""

    def __init__(self, text: Text, next_step: Text, readings: tuple[ProxyString, ...]) -> None:
        super().__init__(text, next_step)
        self.readings = readings


@dataclass(frozen=True, slots=True)
class _Reading:
    host: str
    port: int
    username: str
    password: str
    address_first: bool

    @property
    def is_likely(self) -> bool:
        """Whether the host looks like one: an address, a dotted name, or this machine."""
        name = self.host.rstrip(".")
        return ":" in name or "." in name or name.lower() == "localhost"


def parse(text: str) -> ProxyString:
    """The proxy that a text names.

    Raises ProxyStringWrong, or ProxyStringAmbiguous when two readings fit. Neither holds the password.
    """
    if len(text) > _LENGTH_LIMIT:
        raise _wrong(say("This is far too long for a proxy."))
    text = text.strip(" \t\r\n")
    _refuse_control(text)
    text, change_ip_url = _split_change_ip(text)
    kind, rest, has_scheme = _split_scheme(text)
    rest, key_file = _split_ssh(rest) if kind is ProxyKind.SSH else (rest, "")
    if not rest:
        raise _wrong(say("There is no proxy in this text."))
    readings = tuple(dict.fromkeys(_readings(rest, has_scheme)))
    likely = tuple(reading for reading in readings if reading.is_likely) or readings
    if not likely:
        raise _why_wrong(rest)
    found = tuple(ProxyString(_upstream(kind, reading, key_file), change_ip_url) for reading in likely)
    if len(found) > 1:
        raise _ambiguous(likely, found)
    return found[0]


def from_parts(
    kind: str, host: str, port: str, username: str = "", password: str = "", change_ip_url: str = ""
) -> ProxyString:
    """The proxy that a table's cells name. Raises ProxyStringWrong, without the password."""
    for part in (kind, host, port, username, password, change_ip_url):
        if len(part) > _LENGTH_LIMIT:
            raise _wrong(say("This is far too long for a proxy."))
        _refuse_control(part)
    name = kind.strip().lower() or "http"
    if name not in _KINDS:
        raise _wrong(say("The kind is none that Berth knows."), say("Use http, https, socks5 or ssh."))
    host_port = _host_port(host.strip(), port.strip())
    if host_port is None:
        raise _wrong(
            say("A port is a number from 1 to 65535.")
            if _host(host.strip()) is not None
            else say("The host is neither a name nor an address.")
        )
    _, url = _split_change_ip(f"x[{change_ip_url}]") if change_ip_url else ("", "")
    reading = _Reading(*host_port, username, password, address_first=True)
    return ProxyString(_upstream(_KINDS[name], reading), url)


def looks_like_port(text: str) -> bool:
    """Whether a cell can only be a port."""
    return bool(_PORT.fullmatch(text)) and 0 < int(text) <= 65535


def write(upstream: Upstream) -> str:
    """The canonical form, password included; `direct` where there is no proxy."""
    if upstream.kind is ProxyKind.DIRECT:
        return "direct"
    host = f"[{upstream.host}]" if ":" in upstream.host else upstream.host
    login = ""
    if upstream.username:
        login = f"{quote(upstream.username, safe='')}:{quote(upstream.password.reveal(), safe='')}@"
    key = f"?{_KEY}{quote(upstream.key_file, safe='')}" if upstream.key_file else ""
    return f"{upstream.kind.value}://{login}{host}:{upstream.port}{key}"


def _refuse_control(text: str) -> None:
    # Control, format and surrogate characters and line ends have no business in a proxy or a login.
    for char in text:
        if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
            if char in "\r\n":
                raise _wrong(say("This is more than one line."), say("Give one proxy at a time."))
            raise _wrong(say("There are invisible characters in this text."), say("Type the proxy by hand."))


def _split_change_ip(text: str) -> tuple[str, str]:
    found = _CHANGE_IP.fullmatch(text)
    if found is None:
        return text, ""
    try:
        has_host = bool(urlsplit(found[2]).hostname) and not set(found[2]) & set("[] ")
    except ValueError:
        has_host = False
    if not has_host:
        raise _wrong(say("The address in square brackets is no URL."))
    return found[1], found[2]


def _split_scheme(text: str) -> tuple[ProxyKind, str, bool]:
    found = _SCHEME.fullmatch(text)
    if found is None:
        return ProxyKind.HTTP, text, False
    name = found[1].lower()
    if name in _LATER:
        raise _wrong(
            say("{scheme} proxies are not supported yet.", scheme=name.upper()),
            say("Ask your provider for the SOCKS5 or HTTP address of the same proxy."),
        )
    if name not in _KINDS:
        raise _wrong(
            say("The part before :// is no kind of proxy that Berth knows."),
            say("Use http://, https://, socks5:// or ssh://."),
        )
    return _KINDS[name], found[2], True


def _split_ssh(rest: str) -> tuple[str, str]:
    """The text with its port, which is 22 where none is named, and the path of a private key."""
    rest, mark, query = rest.partition("?")
    if mark and not query.startswith(_KEY):
        raise _wrong(say("After the question mark only key=/path/of/a/private/key is understood."), _SSH)
    key_file = unquote(query.removeprefix(_KEY), errors="replace")
    if mark and not (PurePosixPath(key_file).is_absolute() or PureWindowsPath(key_file).is_absolute()):
        raise _wrong(say("The private key needs its whole path, from the root on."), _SSH)
    if any(unicodedata.category(char) == "Cc" for char in key_file):
        raise _wrong(say("There are invisible characters in this text."), _SSH)
    login, at, address = rest.removesuffix("/").rpartition("@")
    if at and _host(address) is not None:
        address = f"{address}:{_SSH_PORT}"
    return f"{login}{at}{address}", key_file


def _readings(rest: str, has_scheme: bool) -> Iterator[_Reading]:
    if "@" not in rest:
        yield from _colon_readings(rest)
        return
    login, _, address = rest.rpartition("@")
    host_port = _address(address.removesuffix("/") if has_scheme else address)
    if host_port is not None and (pair := _login(login)) is not None:
        if has_scheme:  # the form of a URL, which is percent-encoded and can be read in one way only
            pair = unquote(pair[0], errors="replace"), unquote(pair[1], errors="replace")
        yield _Reading(*host_port, *pair, address_first=False)
        if has_scheme:
            return
    address, _, login = rest.partition("@")
    host_port = _address(address)
    if host_port is not None and (pair := _login(login)) is not None:
        yield _Reading(*host_port, *pair, address_first=True)


def _colon_readings(rest: str) -> Iterator[_Reading]:
    parts = _split(rest)
    if len(parts) == 2:
        if (host_port := _address(rest)) is not None:
            yield _Reading(*host_port, "", "", address_first=True)
    elif len(parts) >= 4 and not _is_bare_v6(rest):
        first, last = _host_port(parts[0], parts[1]), _host_port(parts[-2], parts[-1])
        if first is not None and parts[2]:
            yield _Reading(*first, parts[2], ":".join(parts[3:]), address_first=True)
        if last is not None and parts[0]:
            yield _Reading(*last, parts[0], ":".join(parts[1:-2]), address_first=False)


def _login(text: str) -> tuple[str, str] | None:
    username, _, password = text.partition(":")
    return (username, password) if username else None


def _address(text: str) -> tuple[str, int] | None:
    parts = _split(text)
    return _host_port(parts[0], parts[1]) if len(parts) == 2 else None


def _split(text: str) -> list[str]:
    """The parts between colons, where a colon in square brackets is none."""
    parts, at = [], 0
    while True:
        found = _PIECE.match(text, at)
        assert found is not None  # the pattern matches the empty text
        piece = found[0]
        if piece.startswith("[") and text[found.end() : found.end() + 1] not in ("", ":"):
            piece = text[at:].split(":", 1)[0]
        parts.append(piece)
        at += len(piece) + 1
        if at > len(text):
            return parts


def _host_port(host: str, port: str) -> tuple[str, int] | None:
    if not _PORT.fullmatch(port) or not 0 < int(port) <= 65535:
        return None
    read = _host(host)
    return (read, int(port)) if read is not None else None


def _host(text: str) -> str | None:
    if text.startswith("[") and text.endswith("]"):
        try:
            return str(ipaddress.IPv6Address(text[1:-1]))
        except ValueError:
            return None
    if not _NAME.fullmatch(text):
        return None
    if text.rstrip(".").rsplit(".", 1)[-1].isdigit():  # then it can only be an IPv4 address
        try:
            return str(ipaddress.IPv4Address(text))
        except ValueError:
            return None
    return text.lower()


def _upstream(kind: ProxyKind, reading: _Reading, key_file: str = "") -> Upstream:
    username, password = reading.username, reading.password
    if any(unicodedata.category(char) == "Cc" for char in username + password):
        raise _wrong(say("There are invisible characters in the login."), say("Ask your provider again."))
    if kind is ProxyKind.SOCKS5:
        if not (username + password).isascii() or max(len(username), len(password)) > _SOCKS_LOGIN_BYTES:
            raise _wrong(
                say("A SOCKS5 login holds at most 255 plain letters, digits and signs."),
                say("Ask your provider for another login, or use the proxy's HTTP address."),
            )
    elif kind is ProxyKind.SSH:
        if not username:
            raise _wrong(say("An SSH server wants a user name."), _SSH)
    elif ":" in username:
        raise _wrong(
            say("A user name for an HTTP proxy cannot hold a colon."),
            say("Ask your provider for another login, or use the proxy's SOCKS5 address."),
        )
    return Upstream(kind, reading.host, reading.port, username, Secret(password), key_file)


def _why_wrong(rest: str) -> ProxyStringWrong:
    if _is_bare_v6(rest):
        return _wrong(say("An IPv6 address needs square brackets."), say("Write [address]:port."))
    parts = _split(rest.rpartition("@")[2])
    if len(parts) == 1:
        return _wrong(say("The port is missing."))
    if any(_PORT.fullmatch(part) and not 0 < int(part) <= 65535 for part in parts):
        return _wrong(say("A port is a number from 1 to 65535."))
    return _wrong(say("This text is no proxy in any form that Berth knows."))


def _is_bare_v6(text: str) -> bool:
    address = text.rpartition("@")[2]
    for candidate in (address, address.rpartition(":")[0]):
        try:
            ipaddress.IPv6Address(candidate)
        except ValueError:
            continue
        return True
    return False


def _ambiguous(readings: tuple[_Reading, ...], found: tuple[ProxyString, ...]) -> ProxyStringAmbiguous:
    first, last = sorted(readings, key=lambda reading: not reading.address_first)
    ordered = tuple(pair[1] for pair in sorted(zip(readings, found, strict=True), key=_address_last))
    # Ports and users stay unsaid: what is a port in one reading is the password in the other.
    return ProxyStringAmbiguous(
        say(
            "This text can be read in two ways: the proxy is {first} and the login follows, "
            "or the login comes first and the proxy is {last}.",
            first=first.host,
            last=last.host,
        ),
        say("Write it as scheme://user:password@host:port, which can be read in one way only."),
        ordered,
    )


def _address_last(pair: tuple[_Reading, ProxyString]) -> bool:
    return not pair[0].address_first


def _wrong(text: Text, next_step: Text = _FORMS) -> ProxyStringWrong:
    return ProxyStringWrong(text, next_step)
