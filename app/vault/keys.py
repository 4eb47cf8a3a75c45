"""The three keys of a vault, in buffers that are wiped when it is locked."""

from __future__ import annotations

import secrets
from enum import StrEnum

from app.kernel.ids import VaultId
from app.vault.errors import is_locked
from app.vault.kdf import KEY_BYTES, expand, wipe


class KeyName(StrEnum):
    """ROOT opens the data, SECRETS the sealed fields, AUDIT proves the record of acts."""

    ROOT = "root"
    SECRETS = "secrets"
    AUDIT = "audit"


class Purpose(StrEnum):
    """What ROOT is split into; the words are part of the format."""

    DATABASE = "database"
    FILES = "files"
    PROFILES = "profiles"
    HEADER = "header"


class Keys:
    """Holds the keys of an open vault; after `wipe` every use raises VaultIsLocked. Threads: any."""

    def __init__(self, vault: VaultId, held: dict[KeyName, bytearray]) -> None:
        self.vault = vault
        self._held = held

    @staticmethod
    def random(vault: VaultId) -> Keys:
        """Fresh keys for a new vault, independent of each other."""
        return Keys(vault, {name: bytearray(secrets.token_bytes(KEY_BYTES)) for name in KeyName})

    def key(self, name: KeyName) -> bytearray:
        """The buffer itself, not a copy. Raises VaultIsLocked."""
        try:
            return self._held[name]
        except KeyError:
            raise is_locked() from None

    def derive(self, purpose: Purpose) -> bytearray:
        """A fresh buffer with a key for one purpose; the caller wipes it. Raises VaultIsLocked."""
        return expand(self.key(KeyName.ROOT), self.vault.encode(), purpose.value)

    def wipe(self) -> None:
        """Overwrites and forgets every key."""
        held, self._held = self._held, {}
        for buffer in held.values():
            wipe(buffer)
