"""Key slots: each wraps the vault's keys for one operator under a passphrase or a recovery code."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.kernel.ids import OperatorId, VaultId
from app.kernel.secret import Secret
from app.kernel.text import say
from app.vault.errors import damaged
from app.vault.kdf import KEY_BYTES, SALT_BYTES, KdfParameters, expand, stretch, wipe
from app.vault.keys import KeyName, Keys
from app.vault.recovery import read_code

NONCE_BYTES = 12
TAG_BYTES = 16
SEALED_BYTES = NONCE_BYTES + KEY_BYTES + TAG_BYTES


class SlotKind(StrEnum):
    """What opens a slot."""

    PASSPHRASE = "passphrase"  # noqa: S105  the name of a kind
    RECOVERY = "recovery"


@dataclass(frozen=True, slots=True)
class Slot:
    """One way into the vault. `kdf` is None where the code is strong by itself."""

    id: str
    kind: SlotKind
    operator: OperatorId
    salt: bytes
    kdf: KdfParameters | None
    sealed: Mapping[KeyName, bytes] = field(default_factory=dict)

    def bound(self, vault: VaultId, name: KeyName) -> bytes:
        """What a wrapped key is bound to: change any of it and the key does not open."""
        kdf = [self.kdf.memory_kib, self.kdf.passes, self.kdf.lanes] if self.kdf else None
        parts = ["berth slot 1", vault, self.id, self.kind, self.operator, self.salt.hex(), kdf, name]
        return json.dumps(parts, separators=(",", ":")).encode()


def make_slot(
    keys: Keys, slot_id: str, operator: OperatorId, secret: Secret, kdf: KdfParameters | None
) -> Slot:
    """A slot that `secret` opens: a passphrase with `kdf`, a recovery code without."""
    kind = SlotKind.RECOVERY if kdf is None else SlotKind.PASSPHRASE
    slot = Slot(slot_id, kind, operator, secrets.token_bytes(SALT_BYTES), kdf)
    wrapping = _wrapping_key(slot, keys.vault, secret)
    try:
        cipher = AESGCM(wrapping)
        sealed: dict[KeyName, bytes] = {}
        for name in KeyName:
            nonce = secrets.token_bytes(NONCE_BYTES)
            sealed[name] = nonce + cipher.encrypt(nonce, keys.key(name), slot.bound(keys.vault, name))
    finally:
        wipe(wrapping)
    return Slot(slot.id, slot.kind, slot.operator, slot.salt, slot.kdf, sealed)


def open_slot(slot: Slot, vault: VaultId, secret: Secret) -> Keys | None:
    """The keys, or None when the secret does not fit.

    Raises VaultDamaged when it fits but a part of the slot was changed.
    """
    wrapping = _wrapping_key(slot, vault, secret)
    opened: dict[KeyName, bytearray] = {}
    try:
        cipher = AESGCM(wrapping)
        for name, sealed in slot.sealed.items():
            key = bytearray(KEY_BYTES)
            try:
                cipher.decrypt_into(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], slot.bound(vault, name), key)
            except InvalidTag:
                continue
            opened[name] = key
    finally:
        wipe(wrapping)
    keys = Keys(vault, opened)
    if not opened:
        return None
    if len(opened) < len(slot.sealed):
        keys.wipe()
        raise damaged(say("A key in vault.json was changed."))
    return keys


def _wrapping_key(slot: Slot, vault: VaultId, secret: Secret) -> bytearray:
    if slot.kdf is not None:
        return stretch(secret, slot.salt, slot.kdf)
    code = read_code(secret)
    try:
        return expand(code, slot.salt, f"recovery {vault} {slot.id}")
    finally:
        wipe(code)
