"""How a relay reaches sites: through an HTTP, HTTPS, SOCKS5 or SSH proxy, or directly if the plan says so."""

from __future__ import annotations

import asyncio
import base64
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, cast, runtime_checkable

from python_socks import ProxyError, ProxyType
from python_socks.async_.asyncio.v2 import Proxy

from app.isolation.network import errors
from app.isolation.network.dial import Addresses, OnlyPrivate, dial, look_up, public_only, system_trust
from app.isolation.network.leg import Ended, Leg, Scratch, TooLong
from app.isolation.plan import ProxyKind, Upstream

if TYPE_CHECKING:
    from app.isolation.network.ssh import SshConnector

CONNECT_LIMIT_S = 20.0
_HEAD_LIMIT_BYTES = 64 * 1024
_SOCKS_NO_METHOD = b"\x05\xff"
_SOCKS_WANTS_LOGIN = b"\x05\x02"
_SOCKS_NOT_ALLOWED = 2
_HTTP_AUTH = frozenset({401, 407})
# What an HTTP proxy answers itself, where it reaches the site and does not want to.
RULE_CODES = frozenset({403, 451})
_HTTP_TARGET = frozenset({404, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class PlainRoute:
    """A leg for one plain-HTTP request: its request line names the whole URL or only the path."""

    leg: Leg
    absolute: bool
    headers: tuple[tuple[bytes, bytes], ...] = ()


class Connector(Protocol):
    """Reaches sites for one relay. All methods raise ProxyProblem."""

    upstream: Upstream

    async def tunnel(self, host: str, port: int) -> Leg:
        """A leg whose bytes go to the site unchanged."""

    async def plain(self, host: str, port: int) -> PlainRoute:
        """A leg for one plain-HTTP request."""

    async def close(self) -> None:
        """Ends what is kept open between requests."""


@runtime_checkable
class PinsKeys(Protocol):
    """A connector that knows its server by a key."""

    @property
    def host_key(self) -> str:
        """The pinned key; empty until the first one was seen."""

    def trust(self, host_key: str) -> None:
        """Pins this key where none is pinned."""


def connector_for(
    upstream: Upstream,
    *,
    allow_private: bool = False,
    scratch: Scratch | None = None,
    tls: ssl.SSLContext | None = None,
    limit_s: float = CONNECT_LIMIT_S,
) -> Connector:
    """The connector that a plan's upstream asks for. `tls` replaces the system's trust for HTTPS proxies."""
    scratch = scratch or Scratch()
    match upstream.kind:
        case ProxyKind.DIRECT:
            return DirectConnector(upstream, scratch, allow_private, limit_s)
        case ProxyKind.SOCKS5:
            return SocksConnector(upstream, scratch, limit_s)
        case ProxyKind.HTTP:
            return HttpConnector(upstream, scratch, None, limit_s)
        case ProxyKind.HTTPS:
            return HttpConnector(upstream, scratch, tls, limit_s)
        case ProxyKind.SSH:
            return LateSshConnector(upstream, scratch, limit_s)


class DirectConnector:
    """No proxy at all; only made when the plan says `direct`."""

    def __init__(self, upstream: Upstream, scratch: Scratch, allow_private: bool, limit_s: float) -> None:
        self.upstream = upstream
        self._scratch = scratch
        self._allow_private = allow_private
        self._limit_s = limit_s

    async def tunnel(self, host: str, port: int) -> Leg:
        try:
            async with asyncio.timeout(self._limit_s):
                found = await look_up(host, port)
                # By what the name leads to, and then by that very address: nothing can change in between.
                allowed = found if self._allow_private else public_only(found)
                return await dial(allowed, host, port, self._scratch)
        except OnlyPrivate:
            raise errors.target_refused(host) from None
        except OSError as error:
            raise errors.from_os_error(error, self.upstream, host, self._limit_s) from None
        except ValueError:  # a name that cannot be written for the resolver
            raise errors.target_failed(host, self.upstream) from None

    async def plain(self, host: str, port: int) -> PlainRoute:
        return PlainRoute(await self.tunnel(host, port), absolute=False)

    async def close(self) -> None:
        """Nothing is kept open."""


class _ProxyConnector:
    """What HTTP and SOCKS5 have in common: the handshake is python-socks's, the connection is ours."""

    proxy_type: ProxyType

    def __init__(
        self, upstream: Upstream, scratch: Scratch, tls: ssl.SSLContext | None, limit_s: float
    ) -> None:
        self.upstream = upstream
        self._scratch = scratch
        self._tls = tls
        self._limit_s = limit_s
        self._addresses = Addresses(upstream.host, upstream.port)

    async def tunnel(self, host: str, port: int) -> Leg:
        dialled = _Dialled(self)
        username, password = self._login()
        # `forward` is where python-socks takes its connection from: ours keeps every byte that follows
        # the proxy's answer, and can be pumped without a copy.
        proxy = Proxy(
            self.proxy_type,
            self.upstream.host,
            self.upstream.port,
            username,
            password,
            rdns=True,
            forward=cast(Proxy, dialled),
        )
        try:
            await proxy.connect(host, port, timeout=self._limit_s)
        except ProxyError as error:
            raise self._answered(error.error_code, dialled.answers, host) from None
        except (Ended, TooLong):
            raise self._hung_up(dialled.answers) from None
        except OSError as error:
            raise errors.from_os_error(error, self.upstream, host, self._limit_s) from None
        except ValueError:  # a name or login that the protocol cannot carry
            raise errors.target_failed(host, self.upstream) from None
        assert dialled.leg is not None
        return dialled.leg

    async def dial(self) -> Leg:
        """A leg to the proxy itself. Raises OSError."""
        if self.upstream.kind is ProxyKind.HTTPS and self._tls is None:
            self._tls = await system_trust()
        addresses = await self._addresses.all()
        try:
            return await dial(addresses, self.upstream.host, self.upstream.port, self._scratch, self._tls)
        except OSError:
            self._addresses.forget()
            raise

    async def close(self) -> None:
        """Nothing is kept open."""

    def _login(self) -> tuple[str | None, str | None]:
        if not self.upstream.username:
            return None, None
        return self.upstream.username, self.upstream.password.reveal()

    def _answered(self, code: int | None, answers: list[bytes], host: str) -> errors.ProxyProblem:
        raise NotImplementedError

    def _hung_up(self, answers: list[bytes]) -> errors.ProxyProblem:  # noqa: ARG002 - SOCKS looks
        return errors.refused(self.upstream)


class SocksConnector(_ProxyConnector):
    """A SOCKS5 proxy; site names are always given to it."""

    proxy_type = ProxyType.SOCKS5

    def __init__(self, upstream: Upstream, scratch: Scratch, limit_s: float) -> None:
        super().__init__(upstream, scratch, None, limit_s)

    async def plain(self, host: str, port: int) -> PlainRoute:
        return PlainRoute(await self.tunnel(host, port), absolute=False)

    def _answered(self, code: int | None, answers: list[bytes], host: str) -> errors.ProxyProblem:
        if code is None:  # python-socks gives no code before the request itself, so we look at the bytes
            return self._hung_up(answers)
        if code == _SOCKS_NOT_ALLOWED:
            return errors.refused_by_rule(self.upstream, code)
        return errors.target_failed(host, self.upstream)

    def _hung_up(self, answers: list[bytes]) -> errors.ProxyProblem:
        last = answers[-1] if answers else b""
        asked_to_log_in = answers[:1] == [_SOCKS_WANTS_LOGIN]
        if last == _SOCKS_NO_METHOD or (
            asked_to_log_in and len(answers) < 3 and answers[1:] != [b"\x01\x00"]
        ):
            return errors.auth_failed(self.upstream)
        return errors.refused(self.upstream)


class HttpConnector(_ProxyConnector):
    """An HTTP proxy, over TLS where it is an HTTPS one."""

    proxy_type = ProxyType.HTTP

    async def plain(self, host: str, port: int) -> PlainRoute:  # noqa: ARG002 - the request names it
        # Many HTTP proxies refuse CONNECT to port 80, so plain requests are forwarded whole.
        try:
            async with asyncio.timeout(self._limit_s):
                leg = await self.dial()
        except OSError as error:
            raise errors.from_os_error(error, self.upstream, host, self._limit_s) from None
        return PlainRoute(leg, absolute=True, headers=self._headers())

    def _headers(self) -> tuple[tuple[bytes, bytes], ...]:
        if not self.upstream.username:
            return ()
        login = f"{self.upstream.username}:{self.upstream.password.reveal()}".encode()
        return ((b"Proxy-Authorization", b"Basic " + base64.b64encode(login)),)

    def _login(self) -> tuple[str | None, str | None]:
        # python-socks writes Basic logins in latin-1; read as latin-1, UTF-8 bytes arrive as they are.
        username, password = super()._login()
        if username is None or password is None:
            return None, None
        return username.encode().decode("latin-1"), password.encode().decode("latin-1")

    def _answered(
        self,
        code: int | None,
        answers: list[bytes],  # noqa: ARG002 - the code says it all
        host: str,
    ) -> errors.ProxyProblem:
        if code in _HTTP_AUTH:
            return errors.auth_failed(self.upstream)
        if code is None:
            return errors.refused(self.upstream)
        if code in _HTTP_TARGET:
            return errors.target_failed(host, self.upstream)
        return errors.refused_by_rule(self.upstream, code)


class LateSshConnector:
    """An SSH connector that is loaded, in a thread, when the first site is asked for: it takes 0.3 s."""

    def __init__(self, upstream: Upstream, scratch: Scratch, limit_s: float) -> None:
        self.upstream = upstream
        self._made_with = (scratch, limit_s)
        self._pinned = upstream.host_key
        self._inner: SshConnector | None = None

    @property
    def host_key(self) -> str:
        """The pinned key; empty until the first one was seen."""
        return self._inner.host_key if self._inner is not None else self._pinned

    def trust(self, host_key: str) -> None:
        self._pinned = self._pinned or host_key
        if self._inner is not None:
            self._inner.trust(host_key)

    async def tunnel(self, host: str, port: int) -> Leg:
        return await (await self._loaded()).tunnel(host, port)

    async def plain(self, host: str, port: int) -> PlainRoute:
        return await (await self._loaded()).plain(host, port)

    async def close(self) -> None:
        if self._inner is not None:
            await self._inner.close()

    async def _loaded(self) -> SshConnector:
        if self._inner is None:
            connector = await asyncio.to_thread(_load_ssh)
            if self._inner is None:  # somebody else may have been quicker
                self._inner = connector(self.upstream, *self._made_with)
                self._inner.trust(self._pinned)
        return self._inner


def _load_ssh() -> type[SshConnector]:
    from app.isolation.network.ssh import SshConnector

    return SshConnector


class _Dialled:
    """Stands where python-socks expects another proxy, and gives it our connection to the proxy."""

    def __init__(self, connector: _ProxyConnector) -> None:
        self._connector = connector
        self.leg: Leg | None = None
        self.answers: list[bytes] = []

    async def connect(self, **_: Any) -> _Handshake:
        self.leg = await self._connector.dial()
        return _Handshake(self.leg, self.answers)


class _Handshake:
    """A leg in the shape of python-socks's stream, noting what the proxy answered."""

    def __init__(self, leg: Leg, answers: list[bytes]) -> None:
        self._leg = leg
        self._answers = answers

    async def write(self, data: bytes) -> None:
        self._leg.write(data)

    async def read(self) -> bytes:
        # Exactly the head of the answer, however it was cut on the way: what follows is the site's.
        return self._note(await self._leg.read_head(_HEAD_LIMIT_BYTES))

    async def read_exactly(self, n: int) -> bytes:
        return self._note(await self._leg.read_exactly(n))

    async def close(self) -> None:
        self._leg.abort()

    def _note(self, answer: bytes) -> bytes:
        self._answers.append(answer)
        return answer
