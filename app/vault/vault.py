"""A vault on disk, and the same vault while it is open."""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from app.kernel.clock import Clock, to_millis
from app.kernel.events import EventHub
from app.kernel.facts import VaultLocked
from app.kernel.files import FileLock
from app.kernel.gate import AbilityRule, Gate, Pass, Session
from app.kernel.ids import IdSource, OperatorId, VaultId
from app.kernel.paths import Paths, is_there, private_folder, require_own_place
from app.kernel.secret import Secret
from app.kernel.text import say
from app.vault import creating, integrity, keyfile, opening
from app.vault.database import Database
from app.vault.errors import (
    PassphraseMissing,
    VaultBusy,
    WrongPassphrase,
    WrongRecoveryCode,
)
from app.vault.fields import Fields
from app.vault.integrity import IntegrityReport
from app.vault.kdf import DEFAULT_KDF, KdfParameters, require_allowed
from app.vault.keys import Keys
from app.vault.migrations import Migration, in_order
from app.vault.operators import clean_operator_name, session_of
from app.vault.slots import Slot, SlotKind, make_slot, open_slot

_POLL_S = 0.05


class Vault:
    """The vault of one data folder: made once, unlocked by one process at a time."""

    def __init__(self, paths: Paths, clock: Clock, migrations: Sequence[Migration], hub: EventHub) -> None:
        self._paths = paths
        self._clock = clock
        self._steps = in_order(migrations)
        self._hub = hub
        self._ids = IdSource(clock)

    def exists(self) -> bool:
        """Whether there is a vault to unlock. Raises FolderNotReadable where that cannot be seen."""
        return is_there(self._paths.vault_file)

    def create(
        self, passphrase: Secret, *, owner_name: str = "owner", kdf: KdfParameters = DEFAULT_KDF
    ) -> Secret:
        """Makes the vault, leaves it locked, and returns its recovery code, which is stored nowhere.

        Raises VaultExists, VaultBusy, PassphraseMissing, OperatorNameWrong, FolderShared, KdfOutOfBounds,
        StorageFull or FolderNotWritable.
        """
        _require_usable(passphrase, kdf)
        owner = clean_operator_name(owner_name)
        require_own_place(self._paths.data)
        private_folder(self._paths.data)
        with self._locked(0.0):
            creating.require_free(self._paths)
            plan = creating.NewVault(
                self._paths,
                self._steps,
                VaultId(self._ids.new()),
                OperatorId(self._ids.new()),
                owner,
                to_millis(self._clock.now()),
            )
            return creating.create(plan, passphrase, kdf, self._ids)

    def unlock(self, passphrase: Secret, *, via: str, wait_s: float = 0.0) -> OpenVault:
        """Opens the vault for the face `via`, and brings its database up to date.

        Raises VaultMissing, VaultBusy, WrongPassphrase, VaultDamaged, VaultTooNew, UpgradeFailed or a
        storage problem. Slow on purpose: never on a GUI thread or a loop.
        """
        return self._unlock(SlotKind.PASSPHRASE, passphrase, via, wait_s)

    def unlock_with_recovery(self, code: Secret, *, via: str, wait_s: float = 0.0) -> OpenVault:
        """The same with the recovery code. Raises WrongRecoveryCode in place of WrongPassphrase."""
        return self._unlock(SlotKind.RECOVERY, code, via, wait_s)

    def _unlock(self, kind: SlotKind, secret: Secret, via: str, wait_s: float) -> OpenVault:
        opening.require_present(self._paths)
        lock = self._locked(wait_s)
        try:
            key_file = keyfile.read(self._paths.vault_file)
            slot, keys = _open_one(key_file, kind, secret)
        except BaseException:
            lock.release()
            raise
        try:
            key_file.require_genuine(keys)
            database = opening.open_database(
                self._paths, keys, self._steps, self._clock, self._hub, self._ids.new()
            )
        except BaseException:
            keys.wipe()
            lock.release()
            raise
        return self._opened(database, keys, lock, slot, via)

    def _opened(self, database: Database, keys: Keys, lock: FileLock, slot: Slot, via: str) -> OpenVault:
        try:
            with database.reader() as reader:
                session = session_of(reader, slot.operator, via)
        except BaseException:
            database.close()
            keys.wipe()
            lock.release()
            raise
        return OpenVault(self._paths, keys, database, session, self._ids, lock, self._hub)

    def _locked(self, wait_s: float) -> FileLock:
        lock = FileLock(self._paths.vault_lock)
        pause = threading.Event()
        for _ in range(math.ceil(wait_s / _POLL_S)):
            if lock.acquire():
                return lock
            pause.wait(_POLL_S)
        if lock.acquire():
            return lock
        raise _busy(lock.holder())


class OpenVault:
    """An unlocked vault: what the rooms are built on. `lock` ends it; leaving a `with` does the same."""

    def __init__(
        self,
        paths: Paths,
        keys: Keys,
        database: Database,
        session: Session,
        ids: IdSource,
        lock: FileLock,
        hub: EventHub,
    ) -> None:
        self.id = keys.vault
        self.database = database
        self.fields = Fields(keys, database)
        self.gate = Gate([AbilityRule()])
        self.session = session
        self.ids = ids
        self._paths = paths
        self._keys = keys
        self._lock = lock
        self._hub = hub
        self._locking = threading.Lock()
        self._is_locked = False

    @property
    def is_locked(self) -> bool:
        """Whether `lock` has been called."""
        return self._is_locked

    def lock(self) -> None:
        """Finishes waiting writes, closes the database, wipes the keys, frees the vault; twice is once."""
        with self._locking:
            if self._is_locked:
                return
            self.database.close()
            self._keys.wipe()
            self._lock.release()
            self._is_locked = True
        self._hub.publish(VaultLocked())

    def set_passphrase(self, pass_: Pass, passphrase: Secret, *, kdf: KdfParameters = DEFAULT_KDF) -> None:
        """Gives the operator of this session a new passphrase; the recovery code stays what it was.

        The act is recorded before it is done: whatever fails until the key file is replaced leaves the old
        passphrase, and once it is replaced this returns. A copy of the old vault.json still opens with the
        old passphrase: the keys themselves do not change.
        Raises PassphraseMissing, KdfOutOfBounds, VaultDamaged, VaultIsLocked or a storage problem.
        """
        _require_usable(passphrase, kdf)
        path = self._paths.vault_file
        key_file = keyfile.read(path)
        key_file.require_genuine(self._keys)
        slot = make_slot(self._keys, self.ids.new(), self.session.operator, passphrase, kdf)
        changed = key_file.with_passphrase(self._keys, slot)
        self.database.write(pass_, lambda _tx: None)
        keyfile.replace_on_disk(path, changed)

    def check_integrity(self) -> IntegrityReport:
        """Looks at every page, reference and act; seconds for a large vault."""
        return integrity.check(self.database, self._keys, self._paths.vault_file)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.lock()


def _require_usable(passphrase: Secret, kdf: KdfParameters) -> None:
    require_allowed(kdf)
    if not passphrase:
        raise PassphraseMissing(
            say("The passphrase is empty."), say("Choose one; several words are easy to remember.")
        )


def _open_one(key_file: keyfile.KeyFile, kind: SlotKind, secret: Secret) -> tuple[Slot, Keys]:
    for slot in key_file.slots:
        if slot.kind is kind and (keys := open_slot(slot, key_file.vault, secret)) is not None:
            return slot, keys
    if kind is SlotKind.RECOVERY:
        raise WrongRecoveryCode(
            say("This recovery code does not open the vault."),
            say("Check that it is the code of this vault, and type it again."),
        )
    raise WrongPassphrase(
        say("This passphrase does not open the vault."),
        say("Check the keyboard layout and try again, or use the recovery code."),
    )


def _busy(pid: int | None) -> VaultBusy:
    next_step = say("Close the other Berth, or wait for it to finish.")
    if pid is None:
        return VaultBusy(say("Another Berth has the vault open."), next_step)
    return VaultBusy(say("Another Berth has the vault open (process {pid}).", pid=pid), next_step)
