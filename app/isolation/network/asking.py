"""Asks a proxy provider's own page for a new address: one GET from this machine, never to a private place."""

from __future__ import annotations

import asyncio
import ssl
from urllib.parse import urlsplit

import h11

from app.isolation.network.dial import OnlyPrivate, dial, look_up, public_only, system_trust
from app.isolation.network.leg import Ended, Leg, Scratch
from app.kernel.errors import Problem
from app.kernel.text import Text, say

_BODY_LIMIT_BYTES = 64 * 1024
_ASK_PROVIDER = say("Look at the page's address in your provider's account, then set the proxy again.")


class ChangeIpFailed(Problem):
    """The provider's page did not do it. Sentences name only its host: the rest holds a token."""


async def ask_for_new_ip(
    url: str, *, limit_s: float, allow_private: bool = False, tls: ssl.SSLContext | None = None
) -> None:
    """Asks once; a redirect counts as a yes and is not followed. Raises ChangeIpFailed."""
    parts = urlsplit(url)
    host, secure = parts.hostname or "", parts.scheme == "https"
    try:
        port = parts.port or (443 if secure else 80)
        async with asyncio.timeout(limit_s):
            status = await _ask(host, port, parts.path, parts.query, tls, secure, allow_private)
    except OnlyPrivate:
        raise _failed(say("{host} is inside a private network, where no provider is.", host=host)) from None
    except ssl.SSLCertVerificationError:
        raise _failed(say("The certificate shown for {host} is not trusted.", host=host)) from None
    except TimeoutError:
        limit = round(limit_s, 1)
        raise _failed(
            say("{host} did not answer within {limit} seconds.", host=host, limit=limit),
            say("Its page may have done it all the same: check the proxy."),
        ) from None
    except (OSError, h11.ProtocolError):
        raise _failed(
            say("{host} cannot be reached, or does not answer as a web page does.", host=host)
        ) from None
    except ValueError:
        raise _failed(say("The address of the page that changes the IP is no URL.")) from None
    if not 200 <= status < 400:
        raise _failed(say("{host} refused to change the address (code {code}).", host=host, code=status))


async def _ask(
    host: str, port: int, path: str, query: str, tls: ssl.SSLContext | None, secure: bool, allow_private: bool
) -> int:
    found = await look_up(host, port)
    allowed = found if allow_private else public_only(found)
    context = (tls or await system_trust()) if secure else None
    leg = await dial(allowed, host, port, Scratch(), context)
    try:
        target = (path or "/") + (f"?{query}" if query else "")
        name = f"[{host}]" if ":" in host else host
        authority = name if port == (443 if secure else 80) else f"{name}:{port}"
        return await _status(leg, target, authority)
    finally:
        leg.abort()


async def _status(leg: Leg, target: str, authority: str) -> int:
    http = h11.Connection(h11.CLIENT)
    headers = [("Host", authority), ("User-Agent", "Berth"), ("Accept", "*/*"), ("Connection", "close")]
    leg.write(http.send(h11.Request(method="GET", target=target, headers=headers)) or b"")
    leg.write(http.send(h11.EndOfMessage()) or b"")
    status, read = 0, 0
    while True:
        event = http.next_event()
        if event is h11.NEED_DATA:
            try:
                http.receive_data(await leg.read_some())
            except Ended:
                http.receive_data(b"")
        elif isinstance(event, h11.Response):
            status = event.status_code
        elif isinstance(event, h11.Data):
            read += len(event.data)
        # Some pages answer only when the new address is there, so what they say is waited for.
        if isinstance(event, h11.EndOfMessage | h11.ConnectionClosed) or read > _BODY_LIMIT_BYTES:
            return status


def _failed(text: Text, next_step: Text = _ASK_PROVIDER) -> ChangeIpFailed:
    return ChangeIpFailed(text, next_step)
