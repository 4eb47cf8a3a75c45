"""Opening a TCP or TLS connection to one address of a host, each with its time limit."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl

from app.isolation.network.leg import Leg, Scratch
from app.isolation.network.targets import is_private_address

_KEEPALIVE_IDLE_S = 60
_FIRST_ADDRESSES_S = 5.0


class OnlyPrivate(OSError):
    """A name led to private addresses alone, and those are not allowed."""


async def dial(
    host: str,
    port: int,
    scratch: Scratch,
    *,
    tls: ssl.SSLContext | None = None,
    public_only: bool = False,
) -> Leg:
    """A leg to the first address of `host` that answers.

    Raises OSError: the last address's own, gaierror for an unknown name, OnlyPrivate.
    """
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if public_only:
        # By what the name leads to, and then by that very address: nothing can change in between.
        addresses = [item for item in addresses if not is_private_address(ipaddress.ip_address(_bare(item)))]
        if not addresses:
            raise OnlyPrivate
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
