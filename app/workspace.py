"""The rooms over an unlocked vault, wired once: where everything is plugged together."""

from __future__ import annotations

from dataclasses import dataclass

from app.credentials import room as credentials_room
from app.credentials.migrations import MIGRATIONS as CREDENTIALS_MIGRATIONS
from app.credentials.room import CredentialsRoom
from app.isolation import room as isolation_room
from app.isolation.fingerprint.machine import this_machine
from app.isolation.migrations import MIGRATIONS as ISOLATION_MIGRATIONS
from app.isolation.room import IsolationRoom
from app.kernel.clock import Clock
from app.kernel.paths import Paths
from app.kernel.settings import FileSettings, Scope, Settings
from app.vault.migrations import VAULT_MIGRATIONS, Migration
from app.vault.settings import VaultSettings
from app.vault.vault import OpenVault


@dataclass(frozen=True, slots=True)
class Workspace:
    """The rooms while the vault is unlocked."""

    vault: OpenVault
    isolation: IsolationRoom
    credentials: CredentialsRoom
    settings: Settings


def migrations() -> tuple[Migration, ...]:
    """The steps of every room's tables, in one sequence."""
    return (*VAULT_MIGRATIONS, *ISOLATION_MIGRATIONS, *CREDENTIALS_MIGRATIONS)


def build(
    paths: Paths, clock: Clock, vault: OpenVault, *, screen: tuple[int, int] | None = None
) -> Workspace:
    """The rooms of an unlocked vault; they end with it. `screen` is one that a face knows, in its pixels."""
    settings = Settings(
        {
            Scope.VAULT: VaultSettings(vault.database, vault.gate, vault.session),
            Scope.MACHINE: FileSettings(paths.machine_settings),
        }
    )
    return Workspace(
        vault=vault,
        isolation=isolation_room.build(vault, paths, clock, settings, machine=lambda: this_machine(screen)),
        credentials=credentials_room.build(vault, clock),
        settings=settings,
    )
