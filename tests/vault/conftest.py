"""A vault that is made once and copied for each test, because making and opening one is slow on purpose."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.kernel.events import EventHub
from app.kernel.paths import Paths
from app.kernel.secret import Secret
from app.vault.kdf import FLOOR_KDF
from app.vault.vault import OpenVault, Vault
from tests.support.vaults import PASSPHRASE, vault_at


@pytest.fixture(scope="session")
def _made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Secret]:
    folder = tmp_path_factory.mktemp("made") / "home"
    code = vault_at(Paths.of(folder, {})).create(PASSPHRASE, kdf=FLOOR_KDF)
    return folder, code


@pytest.fixture
def hub() -> EventHub:
    """What the vault of this test publishes on."""
    return EventHub()


@pytest.fixture
def vault(_made: tuple[Path, Secret], paths: Paths, hub: EventHub) -> Vault:
    """A vault with the notes table, locked."""
    shutil.copytree(_made[0], paths.data, dirs_exist_ok=True)
    return vault_at(paths, hub=hub)


@pytest.fixture
def recovery_code(_made: tuple[Path, Secret]) -> Secret:
    """The recovery code of `vault`."""
    return _made[1]


@pytest.fixture
def opened(vault: Vault) -> Iterator[OpenVault]:
    """The same vault, unlocked by its owner."""
    with vault.unlock(PASSPHRASE, via="test") as opened:
        yield opened
