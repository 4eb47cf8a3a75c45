"""The local internet and relays for one test each."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from typing import Protocol

import pytest

from app.demo.internet import LocalInternet, LocalProxy
from app.isolation.network.relay import Relay
from app.isolation.network.upstreams import Connector, connector_for
from app.isolation.plan import Upstream


class Relays(Protocol):
    """Starts a relay that is closed at the end of the test."""

    async def __call__(
        self,
        upstream: Upstream,
        *,
        is_open: bool = True,
        allow_private: bool = False,
        is_ours: Callable[[int], bool] = ...,
        connector: Connector | None = None,
        limit_s: float | None = None,
        head_limit_s: float = 15.0,
    ) -> Relay: ...


@pytest.fixture
async def net() -> AsyncIterator[LocalInternet]:
    async with LocalInternet() as internet:
        yield internet


@pytest.fixture(params=["http", "socks5"])
def proxy(request: pytest.FixtureRequest, net: LocalInternet) -> LocalProxy:
    """Each of the two proxies in turn."""
    return net.http_proxy if request.param == "http" else net.socks_proxy


@pytest.fixture
def looked_up(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names that this process asks of the machine's resolver during the test.

    Not an audit hook: one can never be taken away again, and while it runs no second thread can be traced.
    """
    names: list[str] = []

    def listen(name: str) -> None:
        ask = getattr(socket, name)

        def heard(host: object, *arguments: object, **options: object) -> object:
            names.append(str(host))
            return ask(host, *arguments, **options)

        monkeypatch.setattr(socket, name, heard)

    for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex"):
        listen(name)
    return names


@pytest.fixture
async def relays() -> AsyncIterator[Relays]:
    async with contextlib.AsyncExitStack() as stack:

        async def start(
            upstream: Upstream,
            *,
            is_open: bool = True,
            allow_private: bool = False,
            is_ours: Callable[[int], bool] = lambda port: True,
            connector: Connector | None = None,
            limit_s: float | None = None,
            head_limit_s: float = 15.0,
        ) -> Relay:
            if limit_s is not None:
                connector = connector_for(upstream, limit_s=limit_s)
            relay = Relay(
                upstream,
                allow_private=allow_private,
                is_ours=is_ours,
                connector=connector,
                head_limit_s=head_limit_s,
            )
            await relay.start()
            stack.push_async_callback(relay.close)
            if is_open:
                relay.open()
            return relay

        yield start
