"""Which targets never pass a relay: private addresses in every spelling, background update checks."""

from __future__ import annotations

import ipaddress
import re

_HOST = re.compile(r"[A-Za-z0-9_.:%~!$&'()*+,;=-]{1,255}", re.ASCII)
_LOCAL_NAMES = ("localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_V4_COMPATIBLE = ipaddress.IPv6Network("::/96")

# Only what fetches updates of the browser itself. The Web Store lives on clients2.google.com and
# clients2.googleusercontent.com, sign-in pages on accounts.google.com, Safe Browsing on its own names.
_BACKGROUND = (
    "update.googleapis.com",
    "gvt1.com",
    "optimizationguide-pa.googleapis.com",
    "msedge.api.cdp.microsoft.com",
    "go-updater.brave.com",
    "brave-core-ext.s3.brave.com",
    "variations.brave.com",
)
_BACKGROUND_EXACT = frozenset(_BACKGROUND)
_BACKGROUND_BELOW = tuple("." + name for name in _BACKGROUND)


def is_host(host: str) -> bool:
    """Whether a text can be a host at all: short, ASCII, no spaces or control characters."""
    return _HOST.fullmatch(host) is not None


def is_background(host: str) -> bool:
    """Whether this is the browser asking for its own updates."""
    name = host.rstrip(".").lower()
    return name in _BACKGROUND_EXACT or name.endswith(_BACKGROUND_BELOW)


def is_private(host: str) -> bool:
    """Whether a host, as written, means this machine or a private network. Names are not resolved."""
    name = host.strip("[]").rstrip(".").lower()
    if not name or name in _LOCAL_NAMES or name.endswith(".localhost"):
        return True
    address = read_address(name)
    return address is not None and is_private_address(address)


def read_address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address that a literal means, in any spelling that resolvers accept; None for a name."""
    if ":" in name:
        try:
            return ipaddress.IPv6Address(name.split("%", 1)[0])
        except ValueError:
            return None
    return _read_v4(name)


def is_private_address(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether an address is loopback, link-local, private, multicast, unspecified or reserved."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = _inside(address)
        if inner is not None:
            return is_private_address(inner)
        if address.is_site_local:
            return True
    return not address.is_global or address.is_multicast or address.is_reserved


def _inside(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if address in _NAT64 or (address in _V4_COMPATIBLE and int(address) > 0xFFFF):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def _read_v4(name: str) -> ipaddress.IPv4Address | None:
    """As inet_aton reads it: one to four parts, decimal, octal or hexadecimal; the last fills the rest."""
    parts = name.split(".")
    if len(parts) > 4:
        return None
    numbers = [_number(part) for part in parts]
    whole = 0
    for number in numbers[:-1]:
        if number is None or number > 255:
            return None
        whole = whole << 8 | number
    last, room = numbers[-1], 8 * (5 - len(parts))
    if last is None or last >= 1 << room:
        return None
    return ipaddress.IPv4Address(whole << room | last)


def _number(part: str) -> int | None:
    # A fixed length keeps int() cheap for hostile input; no real part is longer than 11 octal digits.
    if not 0 < len(part) <= 16 or not part.isascii():
        return None
    try:
        if part.startswith("0x"):
            digits = part[2:] or "0"
            return int(digits, base=16) if digits.isalnum() else None
        if not part.isdigit():
            return None
        return int(part, 8) if part.startswith("0") and len(part) > 1 else int(part)
    except ValueError:
        return None
