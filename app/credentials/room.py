"""Wires the credentials room over an unlocked vault."""

from __future__ import annotations

from dataclasses import dataclass

from app.credentials.credentials import Credentials
from app.kernel.clock import Clock
from app.vault.vault import OpenVault


@dataclass(frozen=True, slots=True)
class CredentialsRoom:
    """What faces get of this room."""

    credentials: Credentials


def build(vault: OpenVault, clock: Clock) -> CredentialsRoom:
    """The room for the vault's session."""
    return CredentialsRoom(Credentials(vault, clock))
