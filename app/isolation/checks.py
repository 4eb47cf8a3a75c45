"""What a preflight found: checks with a level, a sentence, and what was expected and seen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.kernel.text import Text


class Level(StrEnum):
    """Green is as promised, amber is worth knowing, red keeps the window shut."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of a preflight or of a check. `may_override`: a person with the right may open once in spite.

    `advice` is what to do about it, where there is something to do.
    """

    id: str
    level: Level
    message: Text
    may_override: bool = False
    expected: str = ""
    seen: str = ""
    advice: Text | None = None


@dataclass(frozen=True, slots=True)
class Exit:
    """Where a relay's traffic comes out, as an echo page saw it."""

    ip: str
    country: str = ""
    timezone: str = ""
    latency_ms: int = 0


@dataclass(frozen=True, slots=True)
class Preflight:
    """All checks of one opening, and the exit where one was found."""

    exit: Exit | None
    checks: tuple[Check, ...]
    host_key: str = ""  # that an SSH server showed for the first time

    def stops(self, only_this_once: bool) -> tuple[Check, ...]:
        """The red checks that keep the window shut."""
        return tuple(
            check
            for check in self.checks
            if check.level is Level.RED and not (only_this_once and check.may_override)
        )
