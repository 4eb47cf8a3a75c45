"""The same act on many profiles at once, in one write."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from app.isolation.bin import BulkDone as BulkDone  # noqa: PLC0414 - it belongs to this module's answers
from app.isolation.bin import ProfileBin
from app.isolation.profile import Profile, clean_label, name_key
from app.isolation.profile_keys import key
from app.isolation.profile_writing import Changing, Path, Values, Writing, split
from app.isolation.proxies import Chosen, Proxies
from app.isolation.spreading import Given, spread
from app.kernel.clock import Clock
from app.kernel.gate import Ability
from app.kernel.ids import ProfileId
from app.vault.database import Tx
from app.vault.vault import OpenVault

_MANY = "profiles"


class Bulk:
    """What people do with several profiles, for one session. `ids` may hold one twice; it counts once."""

    def __init__(
        self, vault: OpenVault, clock: Clock, writing: Writing, proxies: Proxies, bin_: ProfileBin
    ) -> None:
        self._vault = vault
        self._clock = clock
        self._writing = writing
        self._proxies = proxies
        self._bin = bin_

    def set_many(self, ids: Sequence[str], values: Values, *, confirm: bool, reason: str | None) -> int:
        """Changes settings of all, or of none; how many are different now."""
        settings, path = split(values)
        change = self._writing.by_keys(settings, confirm=confirm)
        return self._change(ids, change, reason, lambda: self._proxies.choose(path) if path else None)

    def add_tags(self, ids: Sequence[str], tags: Sequence[str]) -> int:
        """Adds tags to all, or to none where one would have too many."""
        wanted = _labels(tags)

        def change(before: Profile) -> Profile:
            known = {name_key(tag) for tag in before.tags}
            new = [tag for tag in wanted if name_key(tag) not in known]
            return key("tags").read(before, ",".join([*before.tags, *new])) if new else before

        return self._change(ids, change)

    def remove_tags(self, ids: Sequence[str], tags: Sequence[str]) -> int:
        """Takes tags away from those that carry them."""
        unwanted = {name_key(tag) for tag in _labels(tags)}

        def change(before: Profile) -> Profile:
            return replace(before, tags=tuple(tag for tag in before.tags if name_key(tag) not in unwanted))

        return self._change(ids, change)

    def spread(self, ids: Sequence[str], text: str) -> tuple[Given, ...]:
        """Gives each a saved proxy of its own that nobody uses, of those that hold a text; all or none."""
        wanted = _once(ids)
        if not wanted:
            return ()
        pass_ = self._writing.admit(Ability.PROFILE_EDIT, _about(wanted), None, count=len(wanted))

        def work(tx: Tx) -> tuple[Given, ...]:
            stores = [self._writing.living(tx, one) for one in wanted]
            given = spread(stores, self._proxies.unused(tx, text), self._clock.now())
            for one in given:
                self._writing.change(tx, one.profile, Path(one.proxy.id))
            tx.name_subjects(wanted)
            return given

        return self._vault.database.write(pass_, work)

    def delete_many(self, ids: Sequence[str]) -> BulkDone:
        """Moves profiles to the bin; one that is open stays, and says so."""
        wanted = _once(ids)
        pass_ = self._writing.admit(Ability.PROFILE_DELETE, _about(wanted), count=len(wanted))
        return self._bin.delete_many(pass_, wanted)

    def restore_many(self, ids: Sequence[str]) -> BulkDone:
        """Takes profiles out of the bin; one whose name was taken meanwhile stays, and says so."""
        wanted = _once(ids)
        pass_ = self._writing.admit(Ability.PROFILE_EDIT, _about(wanted), count=len(wanted))
        return self._bin.restore_many(pass_, wanted)

    def _change(
        self,
        ids: Sequence[str],
        change: Changing,
        reason: str | None = None,
        choose: Callable[[], Chosen | None] = lambda: None,
    ) -> int:
        wanted = _once(ids)
        if not wanted:
            return 0
        pass_ = self._writing.admit(Ability.PROFILE_EDIT, _about(wanted), reason, count=len(wanted))
        chosen = choose()

        def work(tx: Tx) -> int:
            path = self._writing.path(tx, chosen) if chosen is not None else None
            changed = []
            for one in wanted:
                before = self._writing.living(tx, one)
                after = change(before)
                if after != before or (path is not None and path.proxy != before.proxy):
                    self._writing.change(tx, after, path)
                    changed.append(one)
            tx.name_subjects(changed)
            return len(changed)

        return self._vault.database.write(pass_, work)


def _once(ids: Sequence[str]) -> tuple[ProfileId, ...]:
    return tuple(ProfileId(one) for one in dict.fromkeys(ids))


def _about(ids: Sequence[str]) -> str:
    return ids[0] if len(ids) == 1 else _MANY


def _labels(tags: Sequence[str]) -> list[str]:
    return [label for label in map(clean_label, tags) if label]
