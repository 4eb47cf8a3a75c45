"""Stretches what a person types into a key: Argon2id within bounds that are checked before any work."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.kernel.secret import Secret
from app.kernel.text import say
from app.vault.errors import KdfOutOfBounds

KEY_BYTES = 32
SALT_BYTES = 16
_MIB = 1024


@dataclass(frozen=True, slots=True)
class KdfParameters:
    """How much work one guess at a passphrase costs."""

    memory_kib: int = 128 * _MIB
    passes: int = 3
    lanes: int = 4

    @property
    def is_allowed(self) -> bool:
        """Neither so weak that guessing is cheap nor so costly that a planted file stops the machine."""
        return all(
            low <= value <= high
            for value, (low, high) in zip((self.memory_kib, self.passes, self.lanes), _BOUNDS, strict=True)
        )


_BOUNDS = ((64 * _MIB, 1024 * _MIB), (2, 10), (1, 16))
DEFAULT_KDF = KdfParameters()
FLOOR_KDF = KdfParameters(memory_kib=64 * _MIB, passes=2, lanes=4)


def require_allowed(kdf: KdfParameters) -> None:
    """Raises KdfOutOfBounds for parameters that no vault may be made with."""
    if not kdf.is_allowed:
        raise KdfOutOfBounds(
            say("These key derivation parameters are outside of what Berth allows."),
            say("Use 64 to 1024 MiB, 2 to 10 passes and 1 to 16 lanes."),
        )


def stretch(passphrase: Secret, salt: bytes, kdf: KdfParameters) -> bytearray:
    """The key of a passphrase; the same text typed on another keyboard gives the same key."""
    typed = bytearray(unicodedata.normalize("NFC", passphrase.reveal()).encode())
    key = bytearray(KEY_BYTES)
    try:
        Argon2id(
            salt=salt, length=KEY_BYTES, iterations=kdf.passes, lanes=kdf.lanes, memory_cost=kdf.memory_kib
        ).derive_into(typed, key)  # type: ignore[arg-type]  # the stub lags: it takes any buffer
    finally:
        wipe(typed)
    return key


def expand(key: bytes | bytearray, salt: bytes, label: str) -> bytearray:
    """A key for one purpose, from a key that is already strong."""
    fresh = bytearray(KEY_BYTES)
    HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=f"berth {label}".encode()).derive_into(
        key, fresh
    )
    return fresh


def wipe(buffer: bytearray) -> None:
    """Overwrites a key, best effort: copies that libraries made are out of reach."""
    buffer[:] = bytes(len(buffer))
