"""Asks through proxies where they come out: one of them, or hundreds at once and few through one host."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from app.isolation.checks import Exit
from app.isolation.plan import ProxyKind, Upstream
from app.isolation.store.proxies import CheckProblem, Proxy
from app.kernel.clock import Clock
from app.kernel.settings import Settings

if TYPE_CHECKING:
    from app.isolation.network.country import Countries
    from app.isolation.network.errors import ProxyProblem

MOST_PER_HOST = 10
MOST_AT_ONCE = 160


@dataclass(frozen=True, slots=True)
class Checked:
    """A proxy with what a probe found, and the key that an SSH server showed for the first time."""

    proxy: Proxy
    host_key: str = ""


@dataclass(frozen=True, slots=True)
class Asking:
    """Whom a check asks, and how long it waits."""

    pages: tuple[str, ...]
    limit_s: float


class Checking:
    """Probes exits with the settings' echo pages. Threads: any."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        # A provider that sees more at once from one customer may take it for an attack.
        self._hosts: dict[str, threading.BoundedSemaphore] = defaultdict(
            lambda: threading.BoundedSemaphore(MOST_PER_HOST)
        )

    def probe(self, upstream: Upstream, learned: Callable[[str], None] | None = None) -> Exit:
        """The exit behind an upstream; blocking. Raises ProxyProblem. Threads: any but one with a loop."""
        with self._lock:
            host = self._hosts[upstream.host]
        with host:
            return asyncio.run(_probe(upstream, self._asking(), learned, None, self.countries()))

    def check(self, proxy: Proxy, upstream: Upstream, clock: Clock) -> Checked:
        """The proxy with what a probe found now; a failed one keeps the exit of the last good one."""
        from app.isolation.network.errors import ProxyProblem

        keys: list[str] = []
        try:
            found = self.probe(upstream, keys.append)
        except ProxyProblem as problem:
            return _failed(proxy, problem, keys, clock)
        return _good(proxy, found, keys, clock)

    async def check_all(
        self, wanted: Sequence[tuple[Proxy, Upstream]], clock: Clock, done: Callable[[Checked], None]
    ) -> None:
        """Checks many on the caller's loop; each result goes to `done` as it comes."""
        from app.isolation.network.errors import ProxyProblem

        slots = asyncio.Semaphore(MOST_AT_ONCE)
        hosts: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(MOST_PER_HOST))
        countries = await asyncio.to_thread(self.countries)
        trust = await self._trust(upstream for _, upstream in wanted)
        asking = self._asking()  # once: the vault may be locked while proxies are silent

        async def one(proxy: Proxy, upstream: Upstream) -> None:
            keys: list[str] = []
            # The host first: who waits for a busy one must not keep others from their turn.
            async with hosts[upstream.host], slots:
                try:
                    found = await _probe(upstream, asking, keys.append, trust, countries)
                except ProxyProblem as problem:
                    result = _failed(proxy, problem, keys, clock)
                else:
                    result = _good(proxy, found, keys, clock)
            done(result)

        async with asyncio.TaskGroup() as group:
            for proxy, upstream in wanted:
                group.create_task(one(proxy, upstream))

    def countries(self) -> Countries:
        """Where countries are looked up now."""
        # Imported here: listing proxies needs no network.
        from app.isolation.network.country import Countries

        return Countries(self._settings.text("network.country_file"))

    def _asking(self) -> Asking:
        """Whom to ask, and how long to wait, as the settings say now."""
        limit_s = float(self._settings.number("network.probe_timeout_s"))
        return Asking(tuple(self._settings.texts("network.echo_urls")), limit_s)

    async def _trust(self, upstreams: Iterable[Upstream]) -> ssl.SSLContext | None:
        """The system's certificates, read once for all where anybody needs them."""
        from app.isolation.network.dial import system_trust

        pages = self._settings.texts("network.echo_urls")
        if any(page.startswith("https:") for page in pages) or any(
            upstream.kind is ProxyKind.HTTPS for upstream in upstreams
        ):
            return await system_trust()
        return None


async def _probe(
    upstream: Upstream,
    asking: Asking,
    learned: Callable[[str], None] | None,
    trust: ssl.SSLContext | None,
    countries: Countries,
) -> Exit:
    from app.isolation.network.probe import probe_exit

    return await probe_exit(
        upstream,
        asking.pages,
        timeout_s=asking.limit_s,
        tls=trust,
        learned=learned,
        country=countries.of,
    )


def _good(proxy: Proxy, found: Exit, keys: list[str], clock: Clock) -> Checked:
    proxy = replace(proxy, exit=found, checked=clock.now(), check_problem=None)
    return Checked(proxy, keys[0] if keys else "")


def _failed(proxy: Proxy, problem: ProxyProblem, keys: list[str], clock: Clock) -> Checked:
    why = CheckProblem(problem.id, problem.text, problem.next_step)
    return Checked(replace(proxy, checked=clock.now(), check_problem=why), keys[0] if keys else "")
