"""A vault for commands to work on: made once, copied for each test."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from app.kernel.clock import SystemClock
from app.kernel.events import EventHub
from app.kernel.paths import Paths
from app.vault.kdf import FLOOR_KDF
from app.vault.vault import Vault
from app.workspace import migrations
from tests.support.vaults import PASSPHRASE


@pytest.fixture(scope="session")
def made_vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A locked vault with a quick key derivation."""
    paths = Paths.of(tmp_path_factory.mktemp("made") / "home", {})
    Vault(paths, SystemClock(), migrations(), EventHub()).create(PASSPHRASE, kdf=FLOOR_KDF)
    return paths.data


@pytest.fixture
def home(berth_home: Path, made_vault: Path, passphrase_file: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with a vault, whose passphrase commands find in a file."""
    shutil.copytree(made_vault, berth_home, dirs_exist_ok=True)
    monkeypatch.setenv("BERTH_PASSPHRASE_FILE", str(passphrase_file))
    return berth_home


@pytest.fixture
def passphrase_file(tmp_path: Path) -> Path:
    """A private file that holds the vault's passphrase."""
    path = tmp_path / "passphrase"
    path.write_text(PASSPHRASE.reveal() + "\n")
    path.chmod(0o600)
    return path
