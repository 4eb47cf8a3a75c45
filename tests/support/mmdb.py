"""Writes a small MaxMind database: IPv4 networks and what is said of them."""

from __future__ import annotations

import ipaddress

_BITS = 24


def mmdb(networks: dict[str, dict[str, object]]) -> bytes:
    """The bytes of an MMDB file."""
    tree: list[list[int | None]] = [[None, None]]
    data, places = b"", []
    for text, value in networks.items():
        places.append((ipaddress.IPv4Network(text), len(data)))
        data += _encode(value)
    leaves: dict[tuple[int, int], int] = {}
    for network, offset in places:
        node, bits = 0, int(network.network_address)
        for depth in range(network.prefixlen):
            side = bits >> (31 - depth) & 1
            if depth == network.prefixlen - 1:
                leaves[(node, side)] = offset
                break
            following = tree[node][side]
            if following is None:
                tree.append([None, None])
                following = tree[node][side] = len(tree) - 1
            node = following
    count, records = len(tree), b""
    for number, sides in enumerate(tree):
        for side in (0, 1):
            value = sides[side]
            if (number, side) in leaves:
                value = count + 16 + leaves[(number, side)]
            records += (count if value is None else value).to_bytes(_BITS // 8, "big")
    meta = {
        "binary_format_major_version": 2,
        "binary_format_minor_version": 0,
        "build_epoch": 1,
        "database_type": "Test",
        "description": {"en": "test"},
        "ip_version": 4,
        "languages": ["en"],
        "node_count": count,
        "record_size": _BITS,
    }
    described = _head(7, len(meta))
    for name, fact in meta.items():
        described += _encode(name) + (_number(name, fact) if isinstance(fact, int) else _encode(fact))
    return records + bytes(16) + data + b"\xab\xcd\xefMaxMind.com" + described


def _encode(value: object) -> bytes:
    match value:
        case str():
            raw = value.encode()
            return _head(2, len(raw)) + raw
        case dict():
            return _head(7, len(value)) + b"".join(_encode(k) + _encode(v) for k, v in value.items())
        case list():
            return bytes((len(value), 11 - 7)) + b"".join(_encode(item) for item in value)
    raise TypeError(value)


def _number(name: str, value: int) -> bytes:
    """Readers insist on 16, 32 or 64 bits for each."""
    raw = value.to_bytes(8, "big").lstrip(b"\0")
    if name == "build_epoch":
        return bytes((len(raw), 9 - 7)) + raw
    return _head(6 if name == "node_count" else 5, len(raw)) + raw


def _head(kind: int, size: int) -> bytes:
    return bytes((kind << 5 | size,)) if size < 29 else bytes((kind << 5 | 29, size - 29))
