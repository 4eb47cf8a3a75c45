"""Things that happened and that several rooms care about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.kernel.ids import ProfileId


@dataclass(frozen=True, slots=True)
class Fact:
    """Base of everything the event hub carries."""


@dataclass(frozen=True, slots=True)
class WindowOpened(Fact):
    """A store's window is in front of its person."""

    profile: ProfileId
    at: datetime


@dataclass(frozen=True, slots=True)
class WindowClosed(Fact):
    """A store's window ended; `reason` is one of the keeper's closing reasons."""

    profile: ProfileId
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class VaultLocked(Fact):
    """The vault was locked; drop what was read from it."""
