"""Saved proxies: added from any usual string, listed without passwords, kept while a profile uses them."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING

from app.isolation.bin import PROFILE
from app.isolation.plan import DIRECT, Upstream
from app.isolation.profile import Profile, clean_label, name_key
from app.isolation.profile_problems import sort_unknown
from app.isolation.proxy_checking import Checking
from app.isolation.proxy_pool import PROXY as PROXY  # noqa: PLC0414 - as below
from app.isolation.proxy_pool import ProxyPool
from app.isolation.search_key import MAX_QUERY, MAX_WORDS
from app.isolation.store import profiles as profile_store
from app.isolation.store import proxies as store
from app.isolation.store.proxies import CheckProblem as CheckProblem  # noqa: PLC0414 - faces import no store
from app.isolation.store.proxies import Proxy as Proxy  # noqa: PLC0414 - as above
from app.isolation.store.proxies import SealedProxy
from app.isolation.store.queries import Queries
from app.kernel.clock import Clock
from app.kernel.errors import NotFoundProblem, Problem, UsageProblem
from app.kernel.gate import Ability, Act, Pass
from app.kernel.ids import ProxyId
from app.kernel.pages import PAGE_ROWS, Page
from app.kernel.secret import Secret
from app.kernel.settings import Settings
from app.kernel.text import Text, echoed, say
from app.vault.database import Tx
from app.vault.fields import Sealed
from app.vault.history import HistoryLine, history_of

if TYPE_CHECKING:
    from app.isolation.checks import Exit
    from app.isolation.network.proxy_string import ProxyString
    from app.isolation.proxy_reading import Line
    from app.vault.vault import OpenVault

__all__ = [
    "PROXY",
    "CheckProblem",
    "Proxies",
    "Proxy",
    "Same",
]  # the model stands here for faces, which know no store

DIRECT_WORD = "direct"


class ProxyMissing(NotFoundProblem):
    """No saved proxy has this name."""


class ProxyKnown(UsageProblem):
    """The same far end is saved already."""


class ProxyNameTaken(UsageProblem):
    """Another saved proxy has this name."""


class ProxyInUse(Problem):
    """Profiles go through this proxy."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a person named as a network path: direct (both empty), a saved proxy, or a new one to be saved."""

    saved: ProxyId | None = None
    new: ProxyString | None = None


class Same(Enum):
    """Stands for what is to stay as it is, where nothing has a meaning of its own."""

    SAME = "same"


class Proxies:
    """What people do with proxies, for one session."""

    def __init__(self, vault: OpenVault, clock: Clock, settings: Settings) -> None:
        self._vault = vault
        self._clock = clock
        self._checking = Checking(settings)
        self.pool = ProxyPool(vault, clock, settings, self._checking)

    def add(self, text: str, name: str = "", *, replace_password: bool = False) -> Proxy:
        """Saves a proxy from any usual string; a name is made from its address when none is given.

        Raises ProxyStringWrong, ProxyStringAmbiguous, ProxyNameTaken, Refused, and ProxyKnown for a far end
        that is saved already, unless its password is to be replaced.
        """
        parsed = _parsed(text)
        label = clean_label(name)
        pass_ = self._admit(Ability.PROXY_EDIT, parsed.upstream.shown())

        def work(tx: Tx) -> ProxyId:
            if known := self._known(tx, parsed.upstream):
                if not replace_password:
                    raise _already(known[1])
                store.replace_secrets(tx, self._sealed(tx, parsed, label, known[0]))
                tx.touch(PROXY, known[0])
                return known[0]
            return self.save(tx, parsed, label)

        proxy_id = self._vault.database.write(pass_, work)
        with self._vault.database.reader() as reader:
            return store.just_saved(reader, proxy_id)

    def add_lines(self, lines: Sequence[Line]) -> dict[int, Text | None]:
        """Saves many good lines in one write; by line number why one was not, or None. Raises Refused."""
        pass_ = self._admit(Ability.PROXY_EDIT, "", count=len(lines))

        def work(tx: Tx) -> dict[int, Text | None]:
            return {line.number: self._add_line(tx, line) for line in lines}

        return self._vault.database.write(pass_, work, bulk=True)

    def page(self, after: str | None = None, limit: int = PAGE_ROWS) -> Page[Proxy]:
        """Saved proxies by name, a page at a time."""
        self._admit(Ability.PROXY_VIEW, "")
        with self._vault.database.reader() as reader:
            return store.page(reader, self._vault.session, after, limit)

    def ids(self, text: str = "", sort: str = "name", descending: bool = False) -> tuple[ProxyId, ...]:
        """The ids of all proxies that hold every word of a text, in order. Raises SortUnknown, Refused."""
        if sort not in store.SORTS:
            raise sort_unknown(sort, store.SORTS)
        self._admit(Ability.PROXY_VIEW, "")
        with self._vault.database.reader() as reader:
            return store.ids(reader, self._vault.session, _words(text), sort, descending=descending)

    def unused(self, source: Queries, text: str = "") -> tuple[Proxy, ...]:
        """Proxies of no profile that hold every word of a text, by name; for a write. Raises Refused.

        Without those that come out where a profile's proxy does.
        """
        self._admit(Ability.PROXY_VIEW, "")
        taken = store.exits_in_use(source)
        found = store.unused(source, self._vault.session, _words(text))
        return tuple(one for one in found if one.exit is None or one.exit.ip not in taken)

    def count_unused(self) -> int:
        """How many proxies are of no profile. Raises Refused."""
        with self._vault.database.reader() as reader:
            return len(self.unused(reader))

    def rows(self, ids: Sequence[str]) -> tuple[Proxy, ...]:
        """Proxies in the order asked for; ids of what is not there are left out."""
        self._admit(Ability.PROXY_VIEW, "")
        with self._vault.database.reader() as reader:
            return store.some(reader, self._vault.session, ids)

    def users(self, who: str) -> tuple[Profile, ...]:
        """The profiles that go through a proxy, those in the bin last. Raises ProxyMissing."""
        proxy = self.get(who)
        with self._vault.database.reader() as reader:
            return tuple(profile_store.using_proxy(reader, self._vault.session, proxy.id))

    def history(self, who: str, limit: int = 100, before: int | None = None) -> tuple[HistoryLine, ...]:
        """What was done to a proxy, newest first; `before` continues after a `seq`. Raises ProxyMissing."""
        proxy = self.get(who)
        subjects = (proxy.id, proxy.upstream.shown())  # by its address it was added
        with self._vault.database.reader() as reader:
            return history_of(reader, subjects, limit, before)

    def change(
        self,
        who: str,
        *,
        name: str | None = None,
        expires: datetime | Same | None = Same.SAME,
        provider: str | None = None,
        text: str | None = None,
        price: str | None = None,
    ) -> Proxy:
        """Changes what is given. `expires` None: never; `text`: another far end, with its password.

        Raises ProxyMissing, ProxyNameTaken, NameWrong, ProxyKnown and what reading a proxy string raises.
        """
        proxy = self.get(who)
        label = clean_label(name) if name is not None else proxy.name
        seller = clean_label(provider) if provider is not None else proxy.provider
        cost = clean_label(price) if price is not None else proxy.price
        parsed = _parsed(text) if text is not None else None
        pass_ = self._admit(Ability.PROXY_EDIT, proxy.id)

        def work(tx: Tx) -> Proxy:
            if parsed is not None:
                self._move(tx, proxy, parsed)
            now = store.just_saved(tx, proxy.id)
            until = now.expires if isinstance(expires, Same) else expires
            named = label or self._free_name(tx, parsed.upstream if parsed else proxy.upstream, proxy.id)
            self._require_free(tx, named, proxy.id)
            changed = replace(now, name=named, expires=until, provider=seller, price=cost)
            store.describe(tx, changed, self._clock.now())
            tx.touch(PROXY, proxy.id)
            return store.just_saved(tx, proxy.id)

        return self._vault.database.write(pass_, work)

    def check(self, who: str) -> Proxy:
        """Asks through a proxy where it comes out, and stores the answer, or why there was none.

        At most ten at once ask through one host; others wait. Raises ProxyMissing, Refused.
        Threads: any but one with a loop; blocking, for as long as the probe may take.
        """
        proxy = self.get(who)
        pass_ = self._admit(Ability.PROXY_VIEW, proxy.id)
        upstream = replace(proxy.upstream, password=self._password(pass_, proxy))
        result = self._checking.check(proxy, upstream, self._clock)

        def work(tx: Tx) -> Proxy:
            store.note_check(tx, result.proxy)
            if result.host_key:
                store.learn_host_key(tx, proxy.id, result.host_key, proxy.upstream)
            tx.touch(PROXY, proxy.id)
            return store.by_id(tx, self._vault.session, proxy.id) or result.proxy

        return self._vault.database.write(pass_, work, bulk=True)

    def check_text(self, text: str) -> Exit:
        """Where a proxy string, a saved proxy or `direct` comes out; nothing is stored.

        Raises ProxyProblem, ProxyMissing and what reading a proxy string raises. Threads: as for `check`.
        """
        wanted = text.strip()
        saved = self._look_up(wanted)
        pass_ = self._admit(Ability.PROXY_VIEW, saved.id if saved else "")
        if wanted.lower() == DIRECT_WORD:
            return self._checking.probe(DIRECT)
        if saved is not None:
            return self._checking.probe(replace(saved.upstream, password=self._password(pass_, saved)))
        if ":" not in wanted:
            raise self._missing(wanted)
        return self._checking.probe(_parsed(wanted).upstream)

    def get(self, who: str) -> Proxy:
        """A saved proxy by its name or id. Raises ProxyMissing."""
        self._admit(Ability.PROXY_VIEW, "")
        found = self._look_up(who)
        if found is None:
            raise self._missing(who)
        return found

    def remove(self, who: str) -> Proxy:
        """Forgets a saved proxy. Raises ProxyMissing, and ProxyInUse naming the profiles that use it."""
        proxy = self.get(who)
        pass_ = self._admit(Ability.PROXY_EDIT, proxy.id)

        def work(tx: Tx) -> None:
            if users := profile_store.using_proxy(tx, self._vault.session, proxy.id):
                raise _in_use(proxy, users)
            store.delete(tx, proxy.id)
            tx.touch(PROXY, proxy.id)

        self._vault.database.write(pass_, work)
        return proxy

    def upstream_of(self, pass_: Pass, profile: Profile) -> Upstream:
        """The far end of a profile's path, password included; recorded as an act of the pass."""
        if profile.proxy is None:
            return DIRECT
        proxy = self._look_up(profile.proxy)
        if proxy is None:
            raise self._missing(profile.proxy)
        self.pool.handed_out(pass_, proxy.upstream)
        return replace(proxy.upstream, password=self._password(pass_, proxy))

    def choose(self, text: str) -> Chosen:
        """What a person named: direct, a saved proxy's name, or a proxy string, saved already or not.

        Raises ProxyMissing, ProxyStringWrong, ProxyStringAmbiguous, ProxyKnown.
        """
        wanted = text.strip()
        if wanted.lower() == DIRECT_WORD:
            return Chosen()
        if saved := self._look_up(wanted):
            return Chosen(saved=saved.id)
        if ":" not in wanted:
            raise self._missing(wanted)
        parsed = _parsed(wanted)
        with self._vault.database.reader() as reader:
            known = self._known(reader, parsed.upstream)
        if known is None:
            self._admit(Ability.PROXY_EDIT, parsed.upstream.shown())
            return Chosen(new=parsed)
        if not self._has_password(known[0], parsed.upstream.password):
            raise _already(known[1])
        return Chosen(saved=known[0])

    def save(self, tx: Tx, parsed: ProxyString, name: str = "") -> ProxyId:
        """Saves a new proxy inside a write of the caller's. Raises ProxyNameTaken."""
        proxy_id = ProxyId(self._vault.ids.new())
        store.insert(tx, self._sealed(tx, parsed, name, proxy_id))
        tx.touch(PROXY, proxy_id)
        return proxy_id

    def _add_line(self, tx: Tx, line: Line) -> Text | None:
        """Saves one line inside a write; what it raises says only that this one is left out."""
        parsed = line.readings[0]
        if known := self._known(tx, parsed.upstream):
            return _already(known[1]).text
        try:
            # First: what is left out must leave nothing behind in the write of the others.
            provider, price = clean_label(line.provider), clean_label(line.price)
            proxy_id = self.save(tx, parsed, clean_label(line.name))
            if line.provider or line.price or line.expires:
                now = store.just_saved(tx, proxy_id)
                changed = replace(now, expires=line.expires, provider=provider, price=price)
                store.describe(tx, changed, self._clock.now())
        except Problem as problem:
            return problem.text
        return None

    def _admit(self, ability: Ability, subject: str, *, count: int = 1) -> Pass:
        return self._vault.gate.admit(self._vault.session, Act(ability, subject, count=count))

    def _look_up(self, who: str) -> Proxy | None:
        session = self._vault.session
        with self._vault.database.reader() as reader:
            return store.by_id(reader, session, who) or store.by_name(reader, session, name_key(who))

    def _known(self, source: Queries, upstream: Upstream) -> tuple[ProxyId, str] | None:
        return store.owner_of_upstream(
            source, upstream.kind, upstream.host.lower(), upstream.port, upstream.username
        )

    def _sealed(self, tx: Tx, parsed: ProxyString, name: str, proxy_id: ProxyId) -> SealedProxy:
        upstream = parsed.upstream
        label = name or self._free_name(tx, upstream, proxy_id)
        self._require_free(tx, label, proxy_id)
        seal = self._vault.fields.seal
        url = Secret(parsed.change_ip_url)
        return SealedProxy(
            id=proxy_id,
            name=label,
            key=name_key(label),
            kind=upstream.kind,
            host=upstream.host.lower(),
            port=upstream.port,
            username=upstream.username,
            password=seal(upstream.password, store.password_context(proxy_id)) if upstream.password else None,
            change_ip_url=seal(url, store.change_ip_context(proxy_id)) if url else None,
            now=self._clock.now(),
            key_file=upstream.key_file,
        )

    def _move(self, tx: Tx, proxy: Proxy, parsed: ProxyString) -> None:
        known = self._known(tx, parsed.upstream)
        sealed = self._sealed(tx, parsed, proxy.name, proxy.id)
        if known is None:
            store.move(tx, sealed)
        elif known[0] == proxy.id:
            store.replace_secrets(tx, sealed)
        else:
            raise _already(known[1])
        if users := profile_store.using_proxy(tx, self._vault.session, proxy.id):
            tx.touch(PROFILE, *(user.id for user in users))

    def _require_free(self, source: Queries, name: str, proxy_id: ProxyId) -> None:
        key = name_key(name)
        if key == DIRECT_WORD or store.owner_of_name(source, key) not in (None, proxy_id):
            raise ProxyNameTaken(say("The name {name} is taken.", name=name), say("Choose another name."))

    def _free_name(self, tx: Tx, upstream: Upstream, proxy_id: ProxyId) -> str:
        # Without kind and user: those stand in their own columns.
        base = replace(upstream, username="").shown().partition("://")[2][:50]
        if store.owner_of_name(tx, name_key(base)) in (None, proxy_id):
            return base
        count = store.names_like(tx, name_key(base))  # a provider may sell thousands behind one address
        name = f"{base} ({count + 1})"
        while store.owner_of_name(tx, name_key(name)) not in (None, proxy_id):
            count += 1
            name = f"{base} ({count})"
        return name

    def _password(self, pass_: Pass, proxy: Proxy) -> Secret:
        with self._vault.database.reader() as reader:
            blob, _ = store.sealed(reader, proxy.id)
        if blob is None:
            return Secret("")
        return self._vault.fields.reveal(pass_, Sealed(blob, store.password_context(proxy.id)))

    def _has_password(self, proxy_id: ProxyId, password: Secret) -> bool:
        proxy = self._look_up(proxy_id)
        if proxy is None:  # saved by somebody else, out of this session's sight
            return False
        return self._password(self._admit(Ability.PROXY_EDIT, proxy_id), proxy).matches(password)

    def _missing(self, who: str) -> ProxyMissing:
        with self._vault.database.reader() as reader:
            names = store.names(reader, self._vault.session)
        near = difflib.get_close_matches(who, names, n=1)
        return ProxyMissing(
            say("There is no saved proxy called {name}.", name=echoed(who)),
            say("Did you mean {near}?", near=near[0])
            if near
            else say("`berth proxy list` shows all of them; `berth proxy add` saves another."),
        )


def holds_password(text: str) -> bool:
    """Whether what somebody gave as a proxy is, or looks like, a string with a password in it."""
    if ":" not in text:
        return False
    try:
        return bool(_parsed(text).upstream.password)
    except UsageProblem:  # not to be read, or in two ways: what stands in it may be one all the same
        return echoed(text) == "***"


def _parsed(text: str) -> ProxyString:
    # Imported here: listing profiles needs no parser.
    from app.isolation.network.proxy_string import parse

    return parse(text)


def _already(name: str) -> ProxyKnown:
    return ProxyKnown(
        say("This proxy is saved already, as {name}.", name=name),
        say("Use it by that name, or add it again with its password replaced."),
    )


def _in_use(proxy: Proxy, users: list[Profile]) -> ProxyInUse:
    names = ", ".join(f"{user.shown_number} {user.name}" for user in users[:5])
    return ProxyInUse(
        say(
            "The proxy {proxy} is still used by {names}.",
            proxy=proxy.name,
            names=names + (" …" if len(users) > 5 else ""),
        ),
        say("Give them another proxy first; profiles in the bin count too."),
    )


def _words(text: str) -> list[str]:
    """What a search asks for; all of it has to be there."""
    return name_key(text[:MAX_QUERY]).split()[:MAX_WORDS]
