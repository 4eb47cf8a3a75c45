"""The bin: deleted profiles keep their folder there until they are restored or purged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from app.isolation.profile import Profile, clean_name
from app.isolation.profile_folders import ProfileFolders
from app.isolation.profile_problems import is_open, missing, require_free
from app.isolation.store import profiles as store
from app.kernel.changes import Kind
from app.kernel.clock import Clock, to_millis
from app.kernel.errors import Problem
from app.kernel.gate import Ability, Act, Pass
from app.kernel.ids import ProfileId
from app.kernel.paths import Paths
from app.vault.database import Tx
from app.vault.vault import OpenVault

PROFILE = Kind("profile")


@dataclass(frozen=True, slots=True)
class BulkDone:
    """Which of many profiles an act was done to, and why not to the others."""

    done: tuple[ProfileId, ...]
    refused: tuple[tuple[ProfileId, Problem], ...]


class ProfileBin:
    """Deletes, restores and purges. `is_running` says whether an engine has a profile's folder locked."""

    def __init__(
        self, vault: OpenVault, paths: Paths, clock: Clock, is_running: Callable[[ProfileId], bool]
    ) -> None:
        self._vault = vault
        self._folders = ProfileFolders(paths, is_running)
        self._clock = clock
        self._is_running = is_running

    def delete(self, profile: Profile) -> Profile:
        """Marks a profile as deleted; its name is free again, number and folder stay its own."""
        self._require_closed(profile)
        pass_ = self._admit(Ability.PROFILE_DELETE, profile)
        now = self._clock.now()
        return self._save(pass_, profile, lambda found: replace(found, deleted_at=now, updated=now))

    def restore(self, profile: Profile, name: str) -> Profile:
        """Takes a profile back, under a new name if one is given. Raises NameTaken.

        Its folder comes first: cut short after that, the profile is in the bin as any other.
        """
        pass_ = self._admit(Ability.PROFILE_EDIT, profile)
        label = clean_name(name) if name else ""
        now = self._clock.now()

        def change(found: Profile) -> Profile:
            return replace(found, name=label or found.name, deleted_at=None, updated=now)

        self._folders.bring_home(profile.id)
        return self._save(pass_, profile, change)

    def delete_many(self, pass_: Pass, ids: Sequence[ProfileId]) -> BulkDone:
        """Marks profiles as deleted in one write, those that are there and closed."""
        now = self._clock.now()

        def change(found: Profile) -> Profile:
            self._require_closed(found)
            return replace(found, deleted_at=now, updated=now)

        return self._save_many(pass_, ids, change, in_bin=False)

    def restore_many(self, pass_: Pass, ids: Sequence[ProfileId]) -> BulkDone:
        """Takes profiles back in one write, those whose name is free."""
        now = self._clock.now()

        def change(found: Profile) -> Profile:
            self._folders.bring_home(found.id)
            return replace(found, deleted_at=None, updated=now)

        return self._save_many(pass_, ids, change, in_bin=True)

    def heal(self) -> None:
        """Brings home the folders of living profiles that something cut short left in the bin.

        Before any window opens: an opening would make a fresh, empty folder and so hide the logins.
        """
        with self._vault.database.reader() as reader:
            strayed = [one for one in self._folders.waiting() if store.is_living(reader, one)]
        for profile_id in strayed:
            self._folders.bring_home(profile_id)

    def purge(self, profile: Profile) -> Profile:
        """Moves the folder into the bin, forgets the profile, then removes all that the bin holds of it.

        Nothing is removed before the profile is forgotten. Cut short at any point, either the profile can
        still be restored or the next purge finishes it.
        """
        self._require_closed(profile)
        pass_ = self._admit(Ability.PROFILE_PURGE, profile)
        away = self._folders.take_away(profile.id)
        try:
            self._vault.database.write(pass_, lambda tx: self._forget(tx, profile.id))
        except BaseException:
            self._folders.put_back(profile.id, away)
            raise
        self._folders.remove(profile.id)
        return profile

    def purge_expired(self, days: int) -> tuple[Profile, ...]:
        """Purges what has been here for longer than so many days, and folders whose profile is forgotten.

        One whose browser still runs is left for the next time.
        """
        self._vault.gate.admit(self._vault.session, Act(Ability.PROFILE_PURGE, "expired"))
        before = to_millis(self._clock.now() - timedelta(days=days))
        with self._vault.database.reader() as reader:
            old = store.expired(reader, self._vault.session, before)
            known = store.ids(reader)
        purged = tuple(self.purge(profile) for profile in old if not self._is_running(profile.id))
        for forgotten in self._folders.waiting() - known:
            self._folders.remove(forgotten)
        return purged

    def _require_closed(self, profile: Profile) -> None:
        if self._is_running(profile.id):
            raise is_open(profile)

    def _admit(self, ability: Ability, profile: Profile) -> Pass:
        return self._vault.gate.admit(self._vault.session, Act(ability, profile.id))

    def _save_many(
        self, pass_: Pass, ids: Sequence[ProfileId], change: Callable[[Profile], Profile], *, in_bin: bool
    ) -> BulkDone:
        def work(tx: Tx) -> BulkDone:
            done, refused = [], []
            for one in ids:
                try:
                    self._store(tx, one, change, in_bin=in_bin)
                except Problem as problem:  # raised before anything of this profile was written
                    refused.append((one, problem))
                else:
                    done.append(one)
            tx.name_subjects(done)
            return BulkDone(tuple(done), tuple(refused))

        return self._vault.database.write(pass_, work)

    def _save(self, pass_: Pass, profile: Profile, change: Callable[[Profile], Profile]) -> Profile:
        in_bin = profile.deleted_at is not None
        return self._vault.database.write(
            pass_, lambda tx: self._store(tx, profile.id, change, in_bin=in_bin, name=profile.name)
        )

    def _store(
        self, tx: Tx, profile: str, change: Callable[[Profile], Profile], *, in_bin: bool, name: str = ""
    ) -> Profile:
        found = store.by_id(tx, self._vault.session, profile, in_bin=in_bin)
        if found is None:
            raise missing(name or profile, "", in_bin)
        after = change(found)
        if after.deleted_at is None:
            require_free(tx, after)
        store.update(tx, after, self._vault.ids.new())
        tx.touch(PROFILE, after.id)
        return after

    def _forget(self, tx: Tx, profile_id: ProfileId) -> None:
        store.delete(tx, profile_id)
        tx.touch(PROFILE, profile_id)
