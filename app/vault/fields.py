"""Passwords and notes, sealed once more inside the database: under SECRETS, bound to where they stand."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.kernel.gate import Pass
from app.kernel.secret import Secret
from app.kernel.text import say
from app.vault.database import Database, Tx
from app.vault.errors import VaultDamaged, damaged
from app.vault.keys import KeyName, Keys

_FORMAT = b"\x01"
_NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed value and where it stands: `table.column.rowid`. Read at another place it does not open."""

    blob: bytes
    context: str


class Fields:
    """Seals and reveals single values. Threads: any."""

    def __init__(self, keys: Keys, database: Database) -> None:
        self._keys = keys
        self._database = database

    def seal(self, value: Secret, context: str) -> bytes:
        """The value for one place in the database. Raises VaultIsLocked."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        clear = value.reveal().encode()
        return _FORMAT + nonce + self._cipher().encrypt(nonce, clear, self._bound(context))

    def reveal(self, pass_: Pass, sealed: Sealed) -> Secret:
        """The value, recorded as an act of the pass; inside a write, that write's own record stands for it.

        Raises VaultDamaged where the value was changed or moved, VaultIsLocked, or what a write raises.
        """
        if not isinstance(pass_, Pass):
            raise TypeError("to reveal a value needs a Pass from the gate")
        value = self._open(sealed)
        if not self._database.is_writer_thread:
            self._database.write(pass_, _nothing)
        return value

    def _open(self, sealed: Sealed) -> Secret:
        blob = sealed.blob
        if blob[:1] != _FORMAT or len(blob) <= _NONCE_BYTES:
            raise _unreadable(sealed)
        nonce, body = blob[1 : 1 + _NONCE_BYTES], blob[1 + _NONCE_BYTES :]
        try:
            return Secret(self._cipher().decrypt(nonce, body, self._bound(sealed.context)).decode())
        except InvalidTag as error:
            raise _unreadable(sealed) from error

    def _cipher(self) -> AESGCM:
        return AESGCM(self._keys.key(KeyName.SECRETS))

    def _bound(self, context: str) -> bytes:
        return f"berth field 1 {self._keys.vault} {context}".encode()


def _nothing(_tx: Tx) -> None:
    """The write of an act that changes no row but its own record."""


def _unreadable(sealed: Sealed) -> VaultDamaged:
    return damaged(say("A sealed value was changed or moved ({place}).", place=sealed.context))
