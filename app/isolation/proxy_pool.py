"""The pool as a whole: checked by the hundred, told to change, trusted, and who came out where."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from app.isolation.plan import ProxyKind, Upstream
from app.isolation.proxy_checking import Checked, Checking
from app.isolation.store import exits as exit_store
from app.isolation.store import profiles as profile_store
from app.isolation.store import proxies as store
from app.isolation.store.exits import ExitUse as ExitUse  # noqa: PLC0414 - faces import no store
from app.isolation.store.proxies import Proxy
from app.kernel.changes import Kind
from app.kernel.clock import Clock
from app.kernel.errors import Problem, UsageProblem
from app.kernel.gate import Ability, Act, Pass
from app.kernel.ids import ProfileId, ProxyId
from app.kernel.secret import Secret
from app.kernel.settings import Settings
from app.kernel.text import Text, say
from app.vault.database import Tx
from app.vault.fields import Sealed

if TYPE_CHECKING:
    from app.vault.vault import OpenVault

PROXY = Kind("proxy")
_BATCH = 100
_BATCH_S = 0.5
_CHANGE_LIMIT_S = 60.0
_HANDED = 1000  # openings under way; far more than a computer can have


class NoChangeIpUrl(UsageProblem):
    """No page that changes the address is known for this proxy."""


class NotSsh(UsageProblem):
    """Only SSH servers have keys to trust."""


class KeyNotOffered(Problem):
    """The key that somebody wanted to trust is not the one that the server shows."""


@dataclass(frozen=True, slots=True)
class ChangedIp:
    """A proxy after its provider was asked, and where it came out before."""

    before: str
    proxy: Proxy

    @property
    def has_changed(self) -> bool:
        """Whether it is seen to come out elsewhere now."""
        found = self.proxy.exit
        return self.proxy.check_problem is None and found is not None and found.ip != self.before


@dataclass(frozen=True, slots=True)
class HostKeys:
    """The key that is pinned for an SSH server (empty: none yet), and the one that it shows now."""

    pinned: str
    offered: str


class ProxyPool:
    """For one session; made by `Proxies`."""

    def __init__(self, vault: OpenVault, clock: Clock, settings: Settings, checking: Checking) -> None:
        self._vault = vault
        self._clock = clock
        self._settings = settings
        self._checking = checking
        self._handed: deque[tuple[Pass, Upstream]] = deque(maxlen=_HANDED)
        self.may_ask_private = False  # providers' pages are never inside a private network; tests' are

    async def check_many(
        self, ids: Sequence[str], told: Callable[[int, int], None] = lambda _done, _total: None
    ) -> list[Proxy]:
        """Checks proxies on the caller's loop; what was found is stored in batches, cancelled or not.

        Gives them as they are stored then. `told` hears how many of how many are done. What is not there is
        left out. Raises Refused, and what a write raises.
        """
        ids = list(dict.fromkeys(ids))
        pass_ = self._admit(Ability.PROXY_VIEW, "", count=len(ids))
        wanted = await asyncio.to_thread(self._upstreams, pass_, ids)
        found: list[Checked] = []
        waiting: list[Checked] = []
        has_news = asyncio.Event()
        is_over = False

        def done(result: Checked) -> None:
            found.append(result)
            waiting.append(result)
            told(len(found), len(wanted))
            if len(waiting) >= _BATCH:
                has_news.set()

        async def keep() -> None:
            while waiting or not is_over:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(has_news.wait(), _BATCH_S)
                has_news.clear()
                await self._store(pass_, waiting)

        told(0, len(wanted))
        checking = asyncio.create_task(self._checking.check_all(wanted, self._clock, done))
        keeping = asyncio.create_task(keep())
        try:
            # What keeps ends first only when it fails; then no more is asked.
            await asyncio.wait((checking, keeping), return_when=asyncio.FIRST_COMPLETED)
        finally:
            checking.cancel()
            await asyncio.gather(checking, return_exceptions=True)
            is_over = True
            has_news.set()
            await asyncio.shield(keeping)  # never cut off in the middle of a write
        checking.result()
        return await asyncio.to_thread(self._rows, [result.proxy.id for result in found])

    def note(self, pass_: Pass, results: Sequence[Checked]) -> None:
        """Stores what checks found."""

        def work(tx: Tx) -> None:
            for result in results:
                store.note_check(tx, result.proxy)
                if result.host_key:
                    store.learn_host_key(tx, result.proxy.id, result.host_key, result.proxy.upstream)
                tx.touch(PROXY, result.proxy.id)

        self._vault.database.write(pass_, work, bulk=True)

    def handed_out(self, pass_: Pass, upstream: Upstream) -> None:
        """Remembers the far end that an opening was given, without its password: keys are pinned for it."""
        if upstream.kind is ProxyKind.SSH and not upstream.host_key:
            self._handed.append((pass_, upstream))

    def learn_host_key(self, pass_: Pass, proxy: str, host_key: str) -> None:
        """Pins the key that an SSH server showed while a window was opened; a pinned one stays.

        Only where the proxy still leads to the far end that was handed out for the same pass.
        """
        upstream = next((far for given, far in reversed(self._handed) if given is pass_), None)
        if upstream is None:
            return

        def work(tx: Tx) -> None:
            store.learn_host_key(tx, ProxyId(proxy), host_key, upstream)
            tx.touch(PROXY, proxy)

        self._vault.database.write(pass_, work)

    async def change_ip(self, proxy: Proxy) -> ChangedIp:
        """Asks the provider's page for a new address, then where the proxy comes out now.

        Raises NoChangeIpUrl, ChangeIpFailed, Refused.
        """
        from app.isolation.network.asking import ask_for_new_ip

        pass_ = self._admit(Ability.PROXY_EDIT, proxy.id)
        url = await asyncio.to_thread(self._change_ip_url, pass_, proxy)
        before = proxy.exit.ip if proxy.exit is not None else ""
        await ask_for_new_ip(url, limit_s=_CHANGE_LIMIT_S, allow_private=self.may_ask_private)
        (checked,) = await self.check_many([proxy.id])
        return ChangedIp(before, checked)

    async def host_keys(self, proxy: Proxy) -> HostKeys:
        """The pinned key and the offered one. Raises NotSsh, ProxyProblem."""
        from app.isolation.network.ssh import offered_host_key

        if proxy.kind is not ProxyKind.SSH:
            raise NotSsh(
                say("{name} is no SSH server, so it has no key to trust.", name=proxy.name),
                say("`berth proxy list` shows the kinds of all proxies."),
            )
        limit_s = float(self._settings.number("network.probe_timeout_s"))
        return HostKeys(proxy.host_key, await offered_host_key(proxy.upstream, limit_s=limit_s))

    def trust(self, proxy: Proxy, keys: HostKeys, fingerprint: str) -> None:
        """Pins the offered key, which the person has named by its fingerprint. Raises KeyNotOffered."""
        if fingerprint.strip() not in (keys.offered, keys.offered.partition(" ")[2]):
            raise KeyNotOffered(
                say("The server {name} shows the key {offered}.", name=proxy.name, offered=keys.offered),
                say("Trust that one only if your provider says that it is the server's."),
            )
        pass_ = self._admit(Ability.PROXY_EDIT, proxy.id)

        def work(tx: Tx) -> None:
            store.trust_host_key(tx, proxy.id, keys.offered)
            tx.touch(PROXY, proxy.id)

        self._vault.database.write(pass_, work)

    def exit_uses(self, ips: Iterable[str]) -> dict[str, tuple[ExitUse, ...]]:
        """Which profiles came out at these addresses, now or before, newest first; by address."""
        self._admit(Ability.PROXY_VIEW, "")
        with self._vault.database.reader() as reader:
            uses = exit_store.uses(reader, self._vault.session, ips)
        found: dict[str, list[ExitUse]] = {}
        for use in uses:
            found.setdefault(use.ip, []).append(use)
        return {ip: tuple(some) for ip, some in found.items()}

    def exit_warnings(self, proxies: Sequence[Proxy]) -> dict[ProxyId, tuple[Text, ...]]:
        """What is to be known of these proxies' exits: shared now, or another profile's before."""
        uses = self.exit_uses(proxy.exit.ip for proxy in proxies if proxy.exit is not None)
        session, found = self._vault.session, {}
        with self._vault.database.reader() as reader:
            for proxy in proxies:
                if proxy.exit is not None and (proxy.exit_others or proxy.exit_twins or proxy.used_by > 1):
                    mine = {user.id for user in profile_store.using_proxy(reader, session, proxy.id)}
                    found[proxy.id] = exit_texts(proxy, uses.get(proxy.exit.ip, ()), mine)
        return found

    def _upstreams(self, pass_: Pass, ids: Sequence[str]) -> list[tuple[Proxy, Upstream]]:
        def work(tx: Tx) -> list[tuple[Proxy, Upstream]]:
            found = []
            for proxy in store.some(tx, self._vault.session, ids):
                blob, _ = store.sealed(tx, proxy.id)
                password = Secret("")
                if blob is not None:
                    password = self._vault.fields.reveal(
                        pass_, Sealed(blob, store.password_context(proxy.id))
                    )
                found.append((proxy, replace(proxy.upstream, password=password)))
            return found

        # In one write: its record stands for every password that is revealed in it.
        return self._vault.database.write(pass_, work, bulk=True)

    def _change_ip_url(self, pass_: Pass, proxy: Proxy) -> str:
        with self._vault.database.reader() as reader:
            _, blob = store.sealed(reader, proxy.id)
        if blob is None:
            raise NoChangeIpUrl(
                say("No page that changes the address is saved with {name}.", name=proxy.name),
                say("Set the proxy again with that page behind it: host:port:user:password[https://…]."),
            )
        return self._vault.fields.reveal(pass_, Sealed(blob, store.change_ip_context(proxy.id))).reveal()

    def _rows(self, ids: Sequence[str]) -> list[Proxy]:
        with self._vault.database.reader() as reader:
            return list(store.some(reader, self._vault.session, ids))

    async def _store(self, pass_: Pass, waiting: list[Checked]) -> None:
        results = list(waiting)
        if results:
            await asyncio.to_thread(self.note, pass_, results)
            del waiting[: len(results)]

    def _admit(self, ability: Ability, subject: str, *, count: int = 1) -> Pass:
        return self._vault.gate.admit(self._vault.session, Act(ability, subject, count=count))


def exit_texts(proxy: Proxy, uses: Sequence[ExitUse], mine: set[ProfileId]) -> tuple[Text, ...]:
    """The sentences about an exit: who else comes out there, who did, and how many proxies do."""
    found: list[Text] = []
    if len(mine) > 1:
        found.append(say("{count} stores go through this proxy and show the same address.", count=len(mine)))
    others = use_texts(uses, mine)
    found += others
    hidden = proxy.exit_others - len(others)
    if hidden > 0:
        found.append(say("Stores that you do not see came out at this address: {count}.", count=hidden))
    if proxy.exit_twins:
        found.append(say("Other saved proxies with the same exit: {count}.", count=proxy.exit_twins))
    return tuple(found)


def use_texts(uses: Sequence[ExitUse], mine: set[ProfileId]) -> list[Text]:
    """A sentence for each store but ours that came out at an address, by its newest use."""
    found: list[Text] = []
    told = set(mine)
    for use in uses:
        if use.profile in told:
            continue
        told.add(use.profile)
        facts = {"number": use.shown_number, "name": use.name, "day": f"{use.until.astimezone():%Y-%m-%d}"}
        if use.is_now:
            found.append(say("{number} {name} comes out at this address too, last on {day}.", **facts))
        else:
            found.append(say("This address was used by {number} {name} until {day}.", **facts))
    return found
