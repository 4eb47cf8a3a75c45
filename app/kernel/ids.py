"""Identifiers: ULIDs that sort by the time they were made."""

from __future__ import annotations

import secrets
import threading
from typing import NewType

from app.kernel.clock import Clock, to_millis

ProfileId = NewType("ProfileId", str)
ProxyId = NewType("ProxyId", str)
GroupId = NewType("GroupId", str)
ViewId = NewType("ViewId", str)
OperatorId = NewType("OperatorId", str)
CredentialId = NewType("CredentialId", str)
VaultId = NewType("VaultId", str)

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_RANDOM_BITS = 80
_LENGTH = 26
_MAX = (1 << 128) - 1


class IdSource:
    """Makes ULIDs (github.com/ulid/spec): 48 bits of milliseconds, 80 random bits.

    Two ids of one source always sort in the order in which they were made: within one
    millisecond, and when the clock runs backwards, the last id is counted up by one.

    Threads: safe.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._last = 0

    def new(self) -> str:
        """A fresh id of 26 characters."""
        with self._lock:
            stamp = to_millis(self._clock.now()) << _RANDOM_BITS
            fresh = stamp | secrets.randbits(_RANDOM_BITS)
            if stamp >> _RANDOM_BITS <= self._last >> _RANDOM_BITS:
                fresh = self._last + 1
            self._last = fresh
            return encode(fresh)


def encode(value: int) -> str:
    """A 128-bit number as 26 characters of Crockford's base 32.

    Raises ValueError for a number that does not fit.
    """
    if not 0 <= value <= _MAX:
        raise ValueError("a ULID has 128 bits")
    return "".join(_CROCKFORD[(value >> shift) & 31] for shift in range(125, -1, -5))


def is_ulid(text: str) -> bool:
    """Whether a text has the form of an id made here."""
    return len(text) == _LENGTH and text[0] <= "7" and all(letter in _CROCKFORD for letter in text)
