"""The bin: deleted profiles keep their folder there until they are restored or purged."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from app.isolation.profile import Profile, clean_name
from app.isolation.profile_problems import is_open, missing, require_free
from app.isolation.store import profiles as store
from app.kernel.changes import Kind
from app.kernel.clock import Clock, to_millis
from app.kernel.errors import storage_problem
from app.kernel.gate import Ability, Act, Pass
from app.kernel.ids import ProfileId, is_ulid
from app.kernel.paths import Paths, private_folder
from app.vault.database import Tx
from app.vault.vault import OpenVault

PROFILE = Kind("profile")


class ProfileBin:
    """Deletes, restores and purges. `is_running` says whether an engine has a profile's folder locked."""

    def __init__(
        self, vault: OpenVault, paths: Paths, clock: Clock, is_running: Callable[[ProfileId], bool]
    ) -> None:
        self._vault = vault
        self._paths = paths
        self._clock = clock
        self._is_running = is_running

    def delete(self, profile: Profile) -> Profile:
        """Marks a profile as deleted; its name is free again, number and folder stay its own."""
        self._require_closed(profile)
        pass_ = self._admit(Ability.PROFILE_DELETE, profile)
        now = self._clock.now()
        return self._save(pass_, profile, lambda found: replace(found, deleted_at=now, updated=now))

    def restore(self, profile: Profile, name: str) -> Profile:
        """Takes a profile back, under a new name if one is given. Raises NameTaken."""
        pass_ = self._admit(Ability.PROFILE_EDIT, profile)
        label = clean_name(name) if name else ""
        now = self._clock.now()

        def change(found: Profile) -> Profile:
            return replace(found, name=label or found.name, deleted_at=None, updated=now)

        restored = self._save(pass_, profile, change)
        # A purge that was cut short may have moved the folder already.
        _move(self._paths.bin / profile.id, self._paths.profile(profile.id))
        return restored

    def purge(self, profile: Profile) -> Profile:
        """Moves the folder into the bin, forgets the profile, then removes the folder.

        Cut short at any point, either the profile can still be restored or the next purge finishes it.
        """
        self._require_closed(profile)
        pass_ = self._admit(Ability.PROFILE_PURGE, profile)
        home, away = self._paths.profile(profile.id), self._paths.bin / profile.id
        private_folder(self._paths.bin)
        if home.is_dir() and away.is_dir():
            _remove(away)  # what an earlier purge of the same profile left
        _move(home, away)
        try:
            self._vault.database.write(pass_, lambda tx: self._forget(tx, profile.id))
        except BaseException:
            _move(away, home)
            raise
        _remove(away)
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
        for folder in self._leftovers(known):
            _remove(folder)
        return purged

    def _leftovers(self, known: set[str]) -> list[Path]:
        if not self._paths.bin.is_dir():
            return []
        return [
            folder
            for folder in self._paths.bin.iterdir()
            if is_ulid(folder.name) and folder.name not in known
        ]

    def _require_closed(self, profile: Profile) -> None:
        if self._is_running(profile.id):
            raise is_open(profile)

    def _admit(self, ability: Ability, profile: Profile) -> Pass:
        return self._vault.gate.admit(self._vault.session, Act(ability, profile.id))

    def _save(self, pass_: Pass, profile: Profile, change: Callable[[Profile], Profile]) -> Profile:
        def work(tx: Tx) -> Profile:
            in_bin = profile.deleted_at is not None
            found = store.by_id(tx, self._vault.session, profile.id, in_bin=in_bin)
            if found is None:
                raise missing(profile.name, "", in_bin)
            after = change(found)
            if after.deleted_at is None:
                require_free(tx, after)
            store.update(tx, after, self._vault.ids.new())
            tx.touch(PROFILE, after.id)
            return after

        return self._vault.database.write(pass_, work)

    def _forget(self, tx: Tx, profile_id: ProfileId) -> None:
        store.delete(tx, profile_id)
        tx.touch(PROFILE, profile_id)


def _move(source: Path, target: Path) -> None:
    """Renames a folder if it is there and nothing stands at its target."""
    if not source.is_dir() or target.exists():
        return
    try:
        source.rename(target)
    except OSError as error:
        raise storage_problem(error, source) from error


def _remove(folder: Path) -> None:
    try:
        shutil.rmtree(folder)
    except FileNotFoundError:
        return
    except OSError as error:
        raise storage_problem(error, folder) from error
