"""What lists of profiles are made of: rows with their proxy, and the counts of groups and tags."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.isolation.checks import Exit
from app.isolation.plan import ProxyKind
from app.isolation.profile import Profile
from app.kernel.ids import GroupId, ProxyId


@dataclass(frozen=True, slots=True)
class ProxyLine:
    """The proxy of a row, as far as a list of profiles shows it."""

    id: ProxyId
    name: str
    kind: ProxyKind
    host: str
    port: int
    username: str
    expires: datetime | None
    exit: Exit | None
    checked: datetime | None


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """One row of a list: the record, and its proxy where it has one."""

    profile: Profile
    proxy: ProxyLine | None


@dataclass(frozen=True, slots=True)
class GroupCount:
    """A group, in its place, and how many living profiles are in it."""

    id: GroupId
    name: str
    colour: str
    count: int


@dataclass(frozen=True, slots=True)
class TagCount:
    """A tag and how many living profiles carry it."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How many profiles stand where, of those a session may see."""

    living: int
    in_bin: int
    expiring: int
    ungrouped: int
    groups: tuple[GroupCount, ...]
    tags: tuple[TagCount, ...]
