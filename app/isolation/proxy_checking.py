"""Asks through a proxy where it comes out, a few at once through one host."""

from __future__ import annotations

import asyncio
import threading
from collections import defaultdict
from dataclasses import replace

from app.isolation.checks import Exit
from app.isolation.plan import Upstream
from app.isolation.store.proxies import CheckProblem, Proxy
from app.kernel.clock import Clock
from app.kernel.settings import Settings

MOST_PER_HOST = 10


class Checking:
    """Probes exits with the settings' echo pages. Threads: any but one with a loop; blocking."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        # A provider that sees more at once from one customer may take it for an attack.
        self._hosts: dict[str, threading.BoundedSemaphore] = defaultdict(
            lambda: threading.BoundedSemaphore(MOST_PER_HOST)
        )

    def probe(self, upstream: Upstream) -> Exit:
        """The exit behind an upstream. Raises ProxyProblem."""
        # Imported here: listing proxies needs no network.
        from app.isolation.network.probe import probe_exit

        limit_s = float(self._settings.number("network.probe_timeout_s"))
        pages = self._settings.texts("network.echo_urls")
        with self._lock:
            host = self._hosts[upstream.host]
        with host:
            return asyncio.run(probe_exit(upstream, pages, timeout_s=limit_s))

    def check(self, proxy: Proxy, upstream: Upstream, clock: Clock) -> Proxy:
        """The proxy with what a probe found now; a failed one keeps the exit of the last good one."""
        from app.isolation.network.errors import ProxyProblem

        try:
            found = self.probe(upstream)
        except ProxyProblem as problem:
            why = CheckProblem(problem.id, problem.text, problem.next_step)
            return replace(proxy, checked=clock.now(), check_problem=why)
        return replace(proxy, exit=found, checked=clock.now(), check_problem=None)
