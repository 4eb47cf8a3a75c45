"""Writes profiles: made and changed inside a transaction, checked before they count."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from app.isolation.bin import PROFILE
from app.isolation.fingerprint.choosing import Machine
from app.isolation.fingerprint.validating import contradictions
from app.isolation.profile import Profile, check_number
from app.isolation.profile_keys import Change, key
from app.isolation.profile_problems import (
    FingerprintWrong,
    asks_before_change,
    fixed_for_life,
    group_not_granted,
    missing,
    require_free,
)
from app.isolation.proxies import Chosen, Proxies
from app.isolation.store import profiles as store
from app.kernel.clock import Clock
from app.kernel.gate import Ability, Act, Pass
from app.kernel.ids import ProxyId
from app.vault.database import Tx
from app.vault.vault import OpenVault

PROXY_KEY = "proxy"
Values = Iterable[tuple[str, str]]
Changing = Callable[[Profile], Profile]


@dataclass(frozen=True, slots=True)
class Path:
    """Which network path a profile gets; None is direct."""

    proxy: ProxyId | None


class Writing:
    """What every change of a profile's record goes through, for one session."""

    def __init__(
        self, vault: OpenVault, clock: Clock, proxies: Proxies, machine: Callable[[], Machine]
    ) -> None:
        self._vault = vault
        self._clock = clock
        self._proxies = proxies
        self._machine = machine

    def admit(self, ability: Ability, subject: str, reason: str | None = None, *, count: int = 1) -> Pass:
        """The gate's pass. Raises Refused."""
        return self._vault.gate.admit(self._vault.session, Act(ability, subject, count=count), reason=reason)

    def check(self, draft: Profile) -> None:
        """Raises FingerprintWrong for settings that no real browser here could show."""
        if reasons := contradictions(draft.fingerprint, self._machine()):
            raise FingerprintWrong(reasons)

    def by_keys(self, settings: list[tuple[str, str]], *, confirm: bool) -> Changing:
        """A change by keys of `set`; it raises what a key raises, and asks before what a shop has seen."""

        def read(before: Profile, *, confirm: bool) -> Profile:
            after = before
            for wanted, value in settings:
                after = _changed(before, after, wanted, value, confirm)
            return after

        def change(before: Profile) -> Profile:
            after = read(before, confirm=True)
            # What no browser could show is said before anybody is asked whether it is meant.
            if after.fingerprint != before.fingerprint:
                self.check(after)
            return after if confirm else read(before, confirm=False)

        return change

    def insert(self, draft: Profile, chosen: Chosen) -> Profile:
        """Stores a new profile, with the next number where it has none."""
        pass_ = self.admit(Ability.PROFILE_EDIT, draft.id)

        def work(tx: Tx) -> Profile:
            number = draft.number or store.highest_number(tx) + 1
            path = self.path(tx, chosen)
            profile = replace(draft, number=check_number(number), proxy=path.proxy)
            require_free(tx, profile)
            store.insert(tx, profile, self._vault.ids.new())
            tx.touch(PROFILE, profile.id)
            return self._still_seen(tx, profile)

        return self._vault.database.write(pass_, work)

    def update(
        self,
        pass_: Pass,
        profile_id: str,
        change: Changing,
        chosen: Chosen | None = None,
        also: Callable[[Tx], None] = lambda _tx: None,
    ) -> Profile:
        """Changes one profile in a write of its own, and `also` what belongs to it."""

        def work(tx: Tx) -> Profile:
            also(tx)
            path = self.path(tx, chosen) if chosen is not None else None
            return self.change(tx, change(self.living(tx, profile_id)), path)

        return self._vault.database.write(pass_, work)

    def living(self, tx: Tx, profile_id: str) -> Profile:
        """The record as it is at the moment of writing, so that no other change is lost."""
        found = store.by_id(tx, self._vault.session, profile_id, in_bin=False)
        if found is None:
            raise missing(profile_id, "", in_bin=False)
        return found

    def change(self, tx: Tx, after: Profile, path: Path | None = None) -> Profile:
        """Stores a changed record inside a write of the caller's."""
        after = replace(after, updated=self._clock.now())
        if path is not None:
            # Another path comes out elsewhere, and that is meant: its first exit is not held against the old.
            kept = after.exit if after.proxy == path.proxy else None
            seen = after.exit_seen if kept is not None else None
            after = replace(after, proxy=path.proxy, exit=kept, exit_seen=seen)
        require_free(tx, after)
        store.update(tx, after, self._vault.ids.new())
        tx.touch(PROFILE, after.id)
        return self._still_seen(tx, after)

    def path(self, tx: Tx, chosen: Chosen) -> Path:
        """The path that was chosen; a new proxy is saved."""
        return Path(self._proxies.save(tx, chosen.new) if chosen.new else chosen.saved)

    def _still_seen(self, tx: Tx, profile: Profile) -> Profile:
        # A person with a few groups only must not lose sight of what they have just made or moved.
        found = store.by_id(tx, self._vault.session, profile.id, in_bin=False)
        if found is None:
            raise group_not_granted(profile.group)
        return found


def split(values: Values) -> tuple[list[tuple[str, str]], str]:
    """The settings proper, and the network path, which is not a key of the record."""
    settings, path = [], ""
    for wanted, value in values:
        if wanted.strip().lower() == PROXY_KEY:
            path = value.strip() or "direct"
        else:
            settings.append((wanted, value))
    return settings, path


def _changed(before: Profile, draft: Profile, wanted: str, value: str, confirm: bool) -> Profile:
    row = key(wanted)
    after = row.read(draft, value)
    if row.show(after) == row.show(draft):
        return draft
    if row.change is Change.NEVER:
        raise fixed_for_life(row.name, row.show(before))
    if row.change is Change.ASKS_AFTER_FIRST_OPENING and before.was_opened and not confirm:
        raise asks_before_change(row.name, row.show(before))
    return after
