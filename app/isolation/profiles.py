"""Profiles: made from templates, found, changed, cloned, and told what their windows met."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from app.isolation.bin import PROFILE, ProfileBin
from app.isolation.bulk import Bulk, BulkDone
from app.isolation.checks import Exit
from app.isolation.fingerprint.automatic import fix, is_trusted
from app.isolation.fingerprint.choosing import Machine, choose, choose_again
from app.isolation.fingerprint.validating import warnings
from app.isolation.plan import Fingerprint
from app.isolation.profile import Profile, clean_name
from app.isolation.profile_finding import Finding
from app.isolation.profile_keys import key
from app.isolation.profile_listing import Counts, ProfileRow
from app.isolation.profile_writing import PROXY_KEY, Values, Writing, split
from app.isolation.proxies import Chosen, Proxies
from app.isolation.spreading import Given
from app.isolation.store import exits
from app.isolation.store import profiles as store
from app.isolation.store.exits import ExitUse
from app.isolation.store.listing import SORTS as SORTS  # noqa: PLC0414 - as below
from app.isolation.store.profiles import ProfileQuery as ProfileQuery  # noqa: PLC0414 - faces import no store
from app.isolation.template import PLAIN, Templates
from app.kernel.clock import Clock, to_millis
from app.kernel.gate import Ability, Pass
from app.kernel.ids import ProfileId
from app.kernel.pages import Page
from app.kernel.secret import Secret
from app.kernel.text import Text
from app.vault.database import Tx
from app.vault.fields import Sealed
from app.vault.history import HistoryLine, history_of
from app.vault.vault import OpenVault

__all__ = ["PROFILE", "SORTS", "ProfileQuery", "Profiles"]  # for faces, which know no store


class Profiles:
    """What people do with profiles, for one session."""

    def __init__(
        self,
        vault: OpenVault,
        clock: Clock,
        templates: Templates,
        proxies: Proxies,
        bin_: ProfileBin,
        machine: Callable[[], Machine],
        rng: random.Random,
    ) -> None:
        self._vault = vault
        self._clock = clock
        self._templates = templates
        self._proxies = proxies
        self._bin = bin_
        self._machine = machine
        self._rng = rng
        self._finding = Finding(vault)
        self._writing = Writing(vault, clock, proxies, machine)
        self._bulk = Bulk(vault, clock, self._writing, proxies, bin_)

    def new(self, name: str, *, template: str = "", proxy: str = "direct", values: Values = ()) -> Profile:
        """Makes a profile from a template; `values` are keys of `set` and win over the template.

        Raises NameWrong, NameTaken, TemplateMissing, KeyUnknown, ValueWrong, FingerprintWrong, Refused and
        what a proxy string raises; then nothing was stored, the proxy neither.
        """
        start = self._templates.get(template) if template else PLAIN
        settings, path = split(values)
        now = self._clock.now()
        draft = Profile(
            id=ProfileId(self._vault.ids.new()),
            number=0,
            name=clean_name(name),
            created=now,
            updated=now,
            colour=start.colour,
            template=start.id,
            platform=start.platform,
            market=start.market,
            start_pages=start.start_pages,
            fingerprint=choose(start, self._machine(), self._taken(), self._rng),
        )
        for wanted, value in settings:
            draft = key(wanted).read(draft, value)
        self._writing.check(draft)
        return self._writing.insert(draft, self._proxies.choose(path or proxy))

    def page(self, query: ProfileQuery | None = None, after: str | None = None) -> Page[Profile]:
        """The profiles this session may see, a page at a time. Raises Refused, PageMarkWrong."""
        return self._finding.page(query, after)

    def each(self, query: ProfileQuery | None = None) -> Iterator[Profile]:
        """Every profile of a query, read page by page."""
        return self._finding.each(query)

    def ids(self, query: ProfileQuery | None = None) -> tuple[ProfileId, ...]:
        """The ids of all profiles of a query, of those this session may see, in order. Raises SortUnknown."""
        return self._finding.ids(query)

    def rows(self, ids: Sequence[str]) -> tuple[ProfileRow, ...]:
        """Profiles with their proxies, in the order asked for; ids of what is not there are left out."""
        return self._finding.rows(ids)

    def counts(self, expiring_before: datetime | None = None) -> Counts:
        """How many profiles stand where, of those this session may see."""
        return self._finding.counts(expiring_before)

    def get(self, who: str, *, in_bin: bool = False) -> Profile:
        """A profile by its name, its number (12, 012 or #12) or its id.

        Raises ProfileMissing with the near match, and ProfileAmbiguous where several answer.
        """
        return self._finding.get(who, in_bin=in_bin)

    def set(self, who: str, values: Values, *, confirm: bool = False, reason: str | None = None) -> Profile:
        """Changes settings by their keys (see profile_keys); all of them or, when one is wrong, none.

        Raises KeyUnknown, ValueWrong, SettingFixed, FingerprintWrong, NameTaken, NumberTaken; and Refused,
        wanting `confirm`, for a fingerprint setting that a shop has already seen.
        """
        profile = self.get(who)
        settings, path = split(values)
        pass_ = self._writing.admit(Ability.PROFILE_EDIT, profile.id, reason)
        chosen = self._proxies.choose(path) if path else None
        change = self._writing.by_keys(settings, confirm=confirm)
        return self._writing.update(pass_, profile.id, change, chosen)

    def set_many(
        self, ids: Sequence[str], values: Values, *, confirm: bool = False, reason: str | None = None
    ) -> int:
        """Changes settings of several profiles, all of them or none; how many are different now.

        Raises what `set` raises.
        """
        return self._bulk.set_many(ids, values, confirm=confirm, reason=reason)

    def assign_proxy(self, ids: Sequence[str], proxy: str) -> int:
        """Sends several profiles through a proxy: a string, a saved one's name, or direct."""
        return self._bulk.set_many(ids, [(PROXY_KEY, proxy)], confirm=False, reason=None)

    def spread_proxies(self, ids: Sequence[str], text: str = "") -> tuple[Given, ...]:
        """Gives each profile a saved proxy of its own that no profile uses, of those that hold a text.

        Left out are proxies that do not work, have expired, or come out where another store did; a known
        exit lies in the store's market. All of them or none. Raises TooFewProxies, ProfileMissing, Refused.
        """
        return self._bulk.spread(ids, text)

    def add_tags(self, ids: Sequence[str], tags: Sequence[str]) -> int:
        """Adds tags to several profiles; how many had not all of them. Raises NameWrong, ValueWrong."""
        return self._bulk.add_tags(ids, tags)

    def remove_tags(self, ids: Sequence[str], tags: Sequence[str]) -> int:
        """Takes tags away from several profiles; how many had any."""
        return self._bulk.remove_tags(ids, tags)

    def delete_many(self, ids: Sequence[str]) -> BulkDone:
        """Moves several profiles to the bin; those that are open stay, each with its reason."""
        return self._bulk.delete_many(ids)

    def restore_many(self, ids: Sequence[str]) -> BulkDone:
        """Takes several profiles out of the bin; those whose name is taken stay, each with its reason."""
        return self._bulk.restore_many(ids)

    def clone(self, who: str, name: str, *, proxy: str = "") -> Profile:
        """A new profile with the same settings and path, and a combination of its own.

        Directory, note and history stay with the first. Raises what `new` raises.
        """
        first = self.get(who)
        now = self._clock.now()
        draft = replace(
            first,
            id=ProfileId(self._vault.ids.new()),
            number=0,
            name=clean_name(name),
            created=now,
            updated=now,
            fingerprint=choose_again(first.fingerprint, self._machine(), self._taken(), self._rng),
            has_note=False,
            last_opened=None,
            engine_seen="",
            exit=None,
            exit_seen=None,
        )
        return self._writing.insert(
            draft, self._proxies.choose(proxy) if proxy else Chosen(saved=first.proxy)
        )

    def delete(self, who: str) -> Profile:
        """Moves a profile to the bin; its folder stays. Raises ProfileIsOpen, ProfileMissing, Refused."""
        return self._bin.delete(self.get(who))

    def restore(self, who: str, *, name: str = "") -> Profile:
        """Takes a profile out of the bin, under another name if one is given. Raises NameTaken."""
        return self._bin.restore(self.get(who, in_bin=True), name)

    def purge(self, who: str) -> Profile:
        """Removes a profile in the bin with its folder, for good. Raises ProfileIsOpen, Refused."""
        return self._bin.purge(self.get(who, in_bin=True))

    def purge_expired(self, days: int) -> tuple[Profile, ...]:
        """Removes what has been in the bin for longer, and what an interrupted purge left."""
        return self._bin.purge_expired(days)

    def reveal_note(self, who: str, *, reason: str | None = None) -> Secret:
        """A profile's note, recorded as a reveal; empty where there is none. Raises Refused."""
        profile = self.get(who)
        pass_ = self._writing.admit(Ability.SECRET_REVEAL, profile.id, reason)
        with self._vault.database.reader() as reader:
            blob = store.note(reader, profile.id)
        if blob is None:
            return Secret("")
        return self._vault.fields.reveal(pass_, Sealed(blob, store.note_context(profile.id)))

    def write_note(self, who: str, note: Secret) -> Profile:
        """Replaces a profile's sealed note; an empty one removes it."""
        profile = self.get(who)
        pass_ = self._writing.admit(Ability.PROFILE_EDIT, profile.id)
        context = store.note_context(profile.id)
        blob = self._vault.fields.seal(note, context) if note else None
        now = to_millis(self._clock.now())

        def work(tx: Tx) -> None:
            store.write_note(tx, profile.id, blob, now)
            tx.touch(PROFILE, profile.id)

        self._vault.database.write(pass_, work)
        return self.get(profile.id)

    def fix_fingerprint(self, pass_: Pass, profile: Profile, exit_: Exit) -> Profile:
        """The profile with nothing Automatic any more; stored for life where the exit is to be trusted.

        An exit outside the market, opened only this once, or one that nobody can place, fixes this window
        and not the profile.
        """
        if profile.fingerprint.is_fixed:
            return profile

        def change(before: Profile) -> Profile:
            return replace(before, fingerprint=fix(before.fingerprint, exit_, before.market))

        if not is_trusted(profile.market, exit_):
            return change(profile)
        return self._writing.update(pass_, profile.id, change)

    def record_opened(
        self,
        pass_: Pass,
        profile: Profile,
        exit_: Exit | None,
        engine_seen: str = "",
        *,
        is_usual: bool = True,
    ) -> Profile:
        """Remembers that a window opened now, where it came out and in which browser.

        An exit that is not the usual one, opened for only this once, stands in the history alone: later
        ones are not held against it.
        """
        now = self._clock.now()
        kept = exit_ if is_usual or profile.exit is None else None

        def change(before: Profile) -> Profile:
            return replace(
                before,
                last_opened=now,
                engine_seen=engine_seen or before.engine_seen,
                exit=kept or before.exit,
                exit_seen=now if kept else before.exit_seen,
            )

        def also(tx: Tx) -> None:
            if exit_ is not None:
                exits.note(tx, profile.id, exit_, now)

        return self._writing.update(pass_, profile.id, change, also=also)

    def take_back_opening(self, pass_: Pass, before: Profile, opened: Profile) -> Profile:
        """Forgets an opening that was recorded and then refused: nothing of it reached a store."""
        at = opened.last_opened or self._clock.now()

        def change(now: Profile) -> Profile:
            return replace(
                now,
                last_opened=before.last_opened,
                engine_seen=before.engine_seen,
                exit=before.exit,
                exit_seen=before.exit_seen,
            )

        return self._writing.update(pass_, before.id, change, also=lambda tx: exits.take_back(tx, before, at))

    def comes_out_at(self, profile_id: ProfileId, exit_: Exit) -> bool:
        """Whether that is where a profile came out last."""
        with self._vault.database.reader() as reader:
            return exits.last_ip(reader, profile_id) == exit_.ip

    def record_move(self, pass_: Pass, profile_id: ProfileId, exit_: Exit) -> None:
        """Remembers that an open window comes out here now. Nothing is held against it later."""

        def work(tx: Tx) -> None:
            exits.note_move(tx, self._writing.living(tx, profile_id).id, exit_, self._clock.now())
            tx.touch(PROFILE, profile_id)

        self._vault.database.write(pass_, work, bulk=True)

    def exits(self, who: str, limit: int = 50) -> tuple[ExitUse, ...]:
        """Where a profile came out and when, newest first. Raises ProfileMissing."""
        profile = self.get(who)
        with self._vault.database.reader() as reader:
            return tuple(exits.history(reader, profile.id, limit))

    def history(self, who: str, limit: int = 100, before: int | None = None) -> tuple[HistoryLine, ...]:
        """What was done to a profile, in the bin or not, newest first; `before` continues after a `seq`.

        Raises ProfileMissing, Refused.
        """
        profile = self._finding.anywhere(who)
        with self._vault.database.reader() as reader:
            return history_of(reader, (profile.id,), limit, before)

    def warnings(self, profile: Profile) -> tuple[Text, ...]:
        """What is worth knowing of a profile's settings: twins above all."""
        with self._vault.database.reader() as reader:
            return warnings(profile.fingerprint, *store.twins(reader, profile))

    def twins(self, profile: Profile) -> tuple[list[str], int]:
        """The names of a few other profiles that look the same to a shop, and how many they are."""
        with self._vault.database.reader() as reader:
            return store.twins(reader, profile)

    def _taken(self) -> list[Fingerprint]:
        with self._vault.database.reader() as reader:
            return store.fingerprints(reader)
