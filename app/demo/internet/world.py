"""The local internet as a whole: addresses, names, sites and proxies, started and stopped together."""

from __future__ import annotations

import contextlib
import json
import secrets
import socket
from collections.abc import Coroutine
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self, TypeVar

from app.demo.internet.proxies import LocalHttpProxy, LocalProxy, LocalSocksProxy
from app.demo.internet.store import Report, Shop
from app.demo.internet.web import Request, Response, Site
from app.kernel.jobs import CoreThread

T = TypeVar("T")
_START_LIMIT_S = 20.0
_MOST_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Place:
    """Where an exit says it is."""

    country: str
    timezone: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """A connection that reached a site, and the address it came from."""

    host: str
    source: str


class LocalInternet:
    """Two store sites, an echo page and two proxies on loopback addresses of their own.

    Names ending in .test are known to the proxies alone. Threads: logs may be read from any.
    """

    def __init__(self) -> None:
        addresses = _Addresses()
        self._listen = {name: addresses.next() for name in ("store.test", "mail.test", "echo.test")}
        self._proxy_addresses = (addresses.next(), addresses.next())
        self.http_proxy: LocalProxy = LocalHttpProxy(self._listen, addresses.next())
        self.socks_proxy: LocalProxy = LocalSocksProxy(self._listen, addresses.next())
        self.places = {
            self.http_proxy.exit_ip: Place("US", "America/New_York"),
            self.socks_proxy.exit_ip: Place("DE", "Europe/Berlin"),
        }
        self._shops = {"store.test": Shop("Harbour Goods"), "mail.test": Shop("Quay Mail")}
        self._sites = {name: Site(name, shop.handle) for name, shop in self._shops.items()}
        self._sites["echo.test"] = Site("echo.test", self._echo)

    async def __aenter__(self) -> Self:
        async with contextlib.AsyncExitStack() as stack:
            for name, site in self._sites.items():
                await site.start(self._listen[name])
                stack.push_async_callback(site.stop)
            for proxy, address in zip(
                (self.http_proxy, self.socks_proxy), self._proxy_addresses, strict=True
            ):
                await proxy.start(address)
                stack.push_async_callback(proxy.stop)
            self._stack = stack.pop_all()
        for shop in self._shops.values():
            shop.echo_url = self.echo_url
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    @property
    def store_url(self) -> str:
        """The sample store, by its name."""
        return self.url("store.test")

    @property
    def mail_url(self) -> str:
        """The second site, by its name."""
        return self.url("mail.test")

    @property
    def echo_url(self) -> str:
        """The echo page, by its name: reachable through the proxies only."""
        return self.url("echo.test", "/json")

    @property
    def echo_address_url(self) -> str:
        """The echo page by its loopback address: for windows without a proxy."""
        return f"http://{self._listen['echo.test']}:{self._sites['echo.test'].port}/json"

    @property
    def proxies(self) -> tuple[LocalProxy, LocalProxy]:
        """Both proxies."""
        return self.http_proxy, self.socks_proxy

    def url(self, host: str, path: str = "/") -> str:
        """The address of a page on one of the hosts."""
        return f"http://{host}:{self._sites[host].port}{path}"

    def address(self, host: str) -> tuple[str, int]:
        """The loopback address and port behind a name, which only the proxies should know."""
        return self._listen[host], self._sites[host].port

    def requests(self, host: str) -> tuple[Request, ...]:
        """Every request that reached a host, oldest first."""
        return tuple(self._sites[host].requests)

    def reports(self, run: str, host: str = "store.test") -> tuple[Report, ...]:
        """What pages of a shop posted about themselves under a run's name."""
        return self._shops[host].reports(run)

    def arrivals(self) -> tuple[Arrival, ...]:
        """Every connection that reached any site."""
        return tuple(
            Arrival(site.name, source) for site in self._sites.values() for source in list(site.sources)
        )

    def direct_arrivals(self) -> tuple[Arrival, ...]:
        """Connections that came past the proxies: there should be none."""
        exits = {proxy.exit_ip for proxy in self.proxies}
        return tuple(arrival for arrival in self.arrivals() if arrival.source not in exits)

    def _echo(self, request: Request) -> Response:
        place = self.places.get(request.source, Place("", ""))
        match request.path:
            case "/json" | "/":
                facts = {"ip": request.source, "country": place.country, "timezone": place.timezone}
                return _json(facts)
            case "/text":
                return Response(request.source.encode() + b"\n", "text/plain")
            case "/headers":
                return _json(dict(request.headers))
            case "/bytes":
                wanted = request.query.get("n", "")
                size = min(int(wanted), _MOST_BYTES) if wanted.isdigit() and len(wanted) < 12 else 0
                return Response(bytes(size), "application/octet-stream")
            case "/redirect":
                return Response(status=302, headers=(("Location", "/json"),))
        return Response(b"not found", "text/plain", status=404)


class LocalInternetThread:
    """The local internet on a thread of its own, for whoever has no loop; `net` is the internet itself."""

    def __init__(self) -> None:
        self._thread = CoreThread("berth-local-internet")
        self.net = LocalInternet()

    def __enter__(self) -> Self:
        self._thread.start()
        try:
            self._thread.run(self.net.__aenter__(), _START_LIMIT_S)
        except BaseException:
            self._thread.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._thread.run(self.net.__aexit__(None, None, None), _START_LIMIT_S)
        finally:
            self._thread.stop()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Runs a coroutine of the local internet on its own loop, and waits for it."""
        return self._thread.run(work, _START_LIMIT_S)

    def kill(self, proxy: LocalProxy) -> None:
        """Lets a proxy die."""

        async def die() -> None:
            proxy.kill()

        self.run(die())


class _Addresses:
    """Loopback addresses, one after the other, from a corner of 127/8 of this run's own."""

    def __init__(self) -> None:
        self._corner = f"127.{secrets.randbelow(200) + 20}.{secrets.randbelow(254) + 1}"
        self._last = 10

    def next(self) -> str:
        """The next one; on machines with a single loopback address that one, where ports tell hosts apart."""
        self._last += 1
        address = f"{self._corner}.{self._last}"
        with socket.socket() as sock:
            try:
                sock.bind((address, 0))
            except OSError:
                return "127.0.0.1"
        return address


def _json(facts: object) -> Response:
    return Response(json.dumps(facts).encode(), "application/json")
