"""A real vault with the tables of the isolation and credentials rooms, and both rooms over it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.credentials import room as credentials_room
from app.credentials.credentials import Credentials
from app.credentials.migrations import MIGRATIONS as CREDENTIALS
from app.isolation import room as isolation_room
from app.isolation.fingerprint.choosing import Machine
from app.isolation.groups import Groups
from app.isolation.migrations import MIGRATIONS as ISOLATION
from app.isolation.profiles import Profiles
from app.isolation.proxies import Proxies
from app.isolation.template import Templates
from app.isolation.views import Views
from app.kernel.changes import Changes
from app.kernel.events import EventHub
from app.kernel.gate import Ability, Session
from app.kernel.paths import Paths
from app.kernel.secret import Secret
from app.kernel.settings import MemorySettings, Scope, Settings
from app.vault.kdf import FLOOR_KDF
from app.vault.vault import OpenVault, Vault
from tests.support.vaults import PASSPHRASE, StillClock, vault_at

STEPS = (*ISOLATION, *CREDENTIALS)


@dataclass
class Rooms:
    """Both rooms, and what a test moves: time, and which windows are open."""

    vault: OpenVault
    paths: Paths
    clock: StillClock
    profiles: Profiles
    groups: Groups
    views: Views
    proxies: Proxies
    templates: Templates
    credentials: Credentials
    settings: Settings
    running: set[str] = field(default_factory=set)

    def seen_by(self, *grants: str, abilities: frozenset[Ability] = frozenset(Ability)) -> Rooms:
        """The rooms as somebody sees them who is granted these profiles and groups only."""
        everyone = self.vault.session
        session = Session(everyone.operator, "Agnes", abilities, frozenset(grants), "test")
        return rooms_over(_As(self.vault, session), self.paths, self.clock, self.running)

    def group(self, name: str) -> str:
        """A group's id, as a grant names it."""
        with self.vault.database.reader() as reader:
            row = reader.one("SELECT id FROM isolation_group WHERE name = ?", (name,))
        assert row is not None
        return str(row[0])

    def acts(self) -> list[tuple[str, str]]:
        """Every recorded act: its ability and subject."""
        with self.vault.database.reader() as reader:
            return reader.all("SELECT ability, subject FROM vault_audit ORDER BY seq")


class _As:
    """The open vault with another session."""

    def __init__(self, vault: OpenVault, session: Session) -> None:
        self._vault = vault
        self.session = session

    def __getattr__(self, name: str) -> object:
        return getattr(self._vault, name)


def rooms_over(vault: OpenVault | _As, paths: Paths, clock: StillClock, running: set[str]) -> Rooms:
    """Both rooms over a vault, on a machine of eight cores."""
    settings = Settings({scope: MemorySettings() for scope in Scope})
    isolation = isolation_room.build(
        vault,  # or the vault with another session
        paths,
        clock,
        settings,
        is_open=lambda profile: profile in running,
        machine=lambda: Machine(8, (1920, 1080)),
        rng=random.Random(7),
    )
    credentials = credentials_room.build(vault, clock).credentials
    return Rooms(
        vault,
        paths,
        clock,
        isolation.profiles,
        isolation.groups,
        isolation.views,
        isolation.proxies,
        isolation.templates,
        credentials,
        settings,
        running,
    )


@pytest.fixture(scope="session")
def _made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Secret]:
    folder = tmp_path_factory.mktemp("made-rooms") / "home"
    code = vault_at(Paths.of(folder, {}), STEPS).create(PASSPHRASE, kdf=FLOOR_KDF)
    return folder, code


@pytest.fixture
def reopen(vault: Vault, paths: Paths, hub: EventHub) -> Callable[[], Vault]:
    """The vault of this test as another process would meet it."""
    return lambda: vault_at(paths, STEPS, hub)


@pytest.fixture
def rooms(reopen: Callable[[], Vault], paths: Paths) -> Iterator[Rooms]:
    """Both rooms over this test's unlocked vault."""
    with reopen().unlock(PASSPHRASE, via="test") as opened:
        yield rooms_over(opened, paths, StillClock(), set())


@pytest.fixture
def changes(hub: EventHub) -> list[Changes]:
    """What the vault published, as it came."""
    found: list[Changes] = []
    hub.subscribe(Changes, found.append)
    return found
