"""Which saved proxy each of several stores gets, one of its own each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.isolation.fingerprint.automatic import is_trusted
from app.isolation.profile import Profile
from app.isolation.store.proxies import Proxy
from app.kernel.errors import Problem
from app.kernel.ids import ProfileId
from app.kernel.text import say


class TooFewProxies(Problem):
    """Not every store can have a proxy of its own that fits."""

    def __init__(self, stores: int, fit: int) -> None:
        super().__init__(
            say("Only {fit} of {count} stores can have an unused proxy that fits.", fit=fit, count=stores),
            say(
                "Add proxies, or check those you have: one fits that works, has not expired, comes out in the"
                " store's market, and at an address that no other store had."
            ),
        )


@dataclass(frozen=True, slots=True)
class Given:
    """One store and the proxy it got."""

    profile: Profile
    proxy: Proxy


def spread(stores: Sequence[Profile], unused: Sequence[Proxy], now: datetime) -> tuple[Given, ...]:
    """A proxy of its own for every store, in the order given. Raises TooFewProxies.

    Where an exit is known, it must lie in the store's market; where it is not, the first opening judges it.
    As many stores as can be are served: those that ask for most choose first.
    """
    left = _fit(unused, now)
    given: dict[ProfileId, Proxy] = {}

    def serve(those: Sequence[Profile], *, is_known: bool) -> None:
        for store in those:
            if store.id in given:
                continue
            for proxy in left:
                if (proxy.exit is not None) is is_known and _suits(store, proxy):
                    given[store.id] = proxy
                    left.remove(proxy)
                    break

    bound = [store for store in stores if store.market]
    for those in (bound, stores):
        serve(those, is_known=True)
        serve(those, is_known=False)
    if len(given) < len(stores):
        raise TooFewProxies(len(stores), len(given))
    return tuple(Given(store, given[store.id]) for store in stores)


def _suits(store: Profile, proxy: Proxy) -> bool:
    return proxy.exit is None or is_trusted(store.market, proxy.exit)


def _fit(unused: Sequence[Proxy], now: datetime) -> list[Proxy]:
    """Those that work, have not expired, and whose exit no store had; of several at one exit the first."""
    kept: list[Proxy] = []
    exits: set[str] = set()
    for proxy in unused:
        is_over = proxy.expires is not None and proxy.expires <= now
        if is_over or proxy.check_problem is not None or proxy.exit_others:
            continue
        if proxy.exit is not None:
            if proxy.exit.ip in exits:
                continue
            exits.add(proxy.exit.ip)
        kept.append(proxy)
    return kept
