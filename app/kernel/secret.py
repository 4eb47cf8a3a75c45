"""A value that must not be seen: it prints as ***, compares to nothing, and cannot be pickled."""

from __future__ import annotations

import hmac
from typing import NoReturn


class Secret:
    """Wraps a password, key phrase or note. Only `reveal` gives it out.

    Python cannot wipe a `str`; the wrapper keeps it out of logs, traces and messages, no more.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself; hand it straight to whoever needs it."""
        return self._value

    def matches(self, other: Secret) -> bool:
        """Whether both hold the same value, in constant time."""
        return hmac.compare_digest(self._value.encode(), other._value.encode())

    def __bool__(self) -> bool:
        return bool(self._value)

    def __repr__(self) -> str:
        return "Secret(***)"

    def __str__(self) -> str:
        return "***"

    def __format__(self, spec: str) -> str:
        return "***"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret cannot be pickled")
