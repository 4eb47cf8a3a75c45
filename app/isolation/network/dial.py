"""Opening a TCP or TLS connection to one address of a host, each with its time limit."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
import ssl
import time

from app.isolation.network.leg import Leg, Scratch
from app.isolation.network.targets import is_private_address

_KEEPALIVE_IDLE_S = 60
_FIRST_ADDRESSES_S = 5.0
_KEPT_S = 30.0


class OnlyPrivate(OSError):
    """A name led to private addresses alone, and those are not allowed."""


class Addresses:
    """Looks up one proxy's own name: one question at a time, and its answer is kept for a short while."""

    def __init__(self, host: str, port: int) -> None:
        self.host = host
        self.port = port
        self._asking = asyncio.Lock()
        self._known: list[str] = []
        self._good_until = 0.0

    async def all(self) -> list[str]:
        """The addresses, best first. Raises gaierror."""
        async with self._asking:
            if time.monotonic() >= self._good_until:
                self._known = await look_up(self.host, self.port)
                self._good_until = time.monotonic() + _KEPT_S
            return self._known

    def forget(self) -> None:
        """None of them answered: asks again the next time."""
        self._good_until = 0.0


async def look_up(host: str, port: int) -> list[str]:
    """Every address of a host, best first; a literal needs no question. Raises gaierror."""
    with contextlib.suppress(ValueError):
        return [str(ipaddress.ip_address(host))]
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def public_only(addresses: list[str]) -> list[str]:
    """What is left without private addresses. Raises OnlyPrivate."""
    public = [item for item in addresses if not is_private_address(ipaddress.ip_address(_bare(item)))]
    if not public:
        raise OnlyPrivate
    return public


async def dial(
    addresses: list[str], host: str, port: int, scratch: Scratch, tls: ssl.SSLContext | None = None
) -> Leg:
    """A leg to the first address that answers; `host` is the name its certificate must carry.

    Raises OSError: the last address's own.
    """
    for address in addresses[:-1]:
        try:
            async with asyncio.timeout(_FIRST_ADDRESSES_S):
                return await _connect(address, port, scratch, tls, host)
        except OSError:  # TimeoutError is one; the next address may answer
            continue
    return await _connect(addresses[-1], port, scratch, tls, host)


async def system_trust() -> ssl.SSLContext:
    """A context with the system's certificates; reading them takes longer than a loop may be held."""
    return await asyncio.to_thread(ssl.create_default_context)


async def _connect(address: str, port: int, scratch: Scratch, tls: ssl.SSLContext | None, name: str) -> Leg:
    # asyncio itself sets TCP_NODELAY on every TCP transport, ours and the listener's.
    loop = asyncio.get_running_loop()
    _, leg = await loop.create_connection(
        lambda: Leg(scratch), address, port, ssl=tls, server_hostname=name if tls is not None else None
    )
    sock: socket.socket = leg.transport.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if hasattr(socket, "TCP_KEEPIDLE"):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, _KEEPALIVE_IDLE_S)
    return leg


def _bare(address: str) -> str:
    return address.split("%", 1)[0]
