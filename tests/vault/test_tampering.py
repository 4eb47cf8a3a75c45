"""vault.json and data.db after somebody, or a bad disk, changed them."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.kernel.errors import FolderNotWritable
from app.kernel.ids import IdSource, OperatorId
from app.kernel.paths import Paths
from app.kernel.secret import Secret
from app.vault import keyfile
from app.vault.errors import VaultDamaged, VaultTooNew, WrongPassphrase
from app.vault.kdf import FLOOR_KDF, KdfParameters
from app.vault.keys import KeyName, Keys
from app.vault.slots import make_slot, open_slot
from app.vault.vault import Vault
from tests.support.vaults import PASSPHRASE, StillClock, add_note, notes, vault_at

Change = Callable[[dict[str, Any]], object]


def _rewrite(path: Path, change: Change) -> None:
    """Edits vault.json as an attacker would, who knows its format and sets the checksum right."""
    raw = json.loads(path.read_bytes())
    change(raw)
    del raw["checksum"]
    raw["checksum"] = hashlib.sha256(_canonical(raw)).hexdigest()
    path.write_bytes(_canonical(raw) + b"\n")


def _canonical(raw: object) -> bytes:
    return json.dumps(raw, sort_keys=True, separators=(",", ":")).encode()


def test_an_untouched_key_file_survives_the_way_these_tests_rewrite_it(vault: Vault, paths: Paths):
    before = paths.vault_file.read_bytes()

    _rewrite(paths.vault_file, lambda raw: None)

    assert paths.vault_file.read_bytes() == before


@pytest.mark.parametrize("bit", [0x01, 0x20, 0x80])
def test_every_flipped_byte_of_the_key_file_is_refused_before_any_derivation(
    vault: Vault, paths: Paths, bit: int
):
    content = paths.vault_file.read_bytes()

    for at in range(len(content)):
        edited = content[:at] + bytes([content[at] ^ bit]) + content[at + 1 :]
        with pytest.raises((VaultDamaged, VaultTooNew)):
            keyfile.parse(edited, paths.vault_file)

    assert keyfile.parse(content, paths.vault_file)


def test_every_cut_of_the_key_file_is_refused(vault: Vault, paths: Paths):
    content = paths.vault_file.read_bytes()

    for length in range(len(content)):
        with pytest.raises(VaultDamaged):
            keyfile.parse(content[:length], paths.vault_file)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"[]",
        b'{"format":1}',
        b'{"format":"1"}',
        b'{"format":1,"created":Infinity,"vault":"","slots":[],"mac":""}',
        b"[" * 100_000,
        b"\xff\xfe",
        b" " * (keyfile._MAX_BYTES + 1),
    ],
)
def test_what_is_no_key_file_at_all_is_damaged(vault: Vault, paths: Paths, content: bytes):
    paths.vault_file.write_bytes(content)

    with pytest.raises(VaultDamaged, match="cut or edited"):
        vault.unlock(PASSPHRASE, via="test")


def test_a_key_file_from_a_newer_berth_is_left_alone(vault: Vault, paths: Paths):
    _rewrite(paths.vault_file, lambda raw: raw.update(format=2))
    before = paths.vault_file.read_bytes()

    with pytest.raises(VaultTooNew, match="newer Berth"):
        vault.unlock(PASSPHRASE, via="test")

    assert paths.vault_file.read_bytes() == before


def test_a_key_file_that_cannot_be_read_says_so(vault: Vault, paths: Paths):
    paths.vault_file.unlink()
    paths.vault_file.mkdir()

    with pytest.raises(FolderNotWritable):
        vault.unlock(PASSPHRASE, via="test")


@pytest.mark.parametrize(
    "kdf",
    [
        {"memory_kib": 65535},
        {"memory_kib": 8},
        {"memory_kib": 1 << 40},
        {"passes": 1},
        {"passes": 1 << 31},
        {"lanes": 0},
        {"lanes": 1000},
    ],
)
def test_a_downgraded_or_absurd_derivation_is_refused_without_running_it(
    vault: Vault, paths: Paths, kdf: dict[str, int]
):
    _rewrite(paths.vault_file, lambda raw: raw["slots"][0]["kdf"].update(kdf))
    started = time.process_time()

    with pytest.raises(VaultDamaged, match="key derivation"):
        vault.unlock(PASSPHRASE, via="test")

    assert time.process_time() - started < 0.1  # the floor itself costs more than that


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda raw: raw["slots"].pop(), id="recovery slot removed"),
        pytest.param(lambda raw: raw["slots"].append(raw["slots"][1]), id="slot added"),
        pytest.param(lambda raw: raw["slots"].reverse(), id="slots in another order"),
        pytest.param(lambda raw: raw.update(created=1), id="created"),
        pytest.param(lambda raw: raw.update(mac="00" * 32), id="MAC"),
        pytest.param(lambda raw: raw["slots"][0]["keys"].update(audit="00" * 60), id="one wrapped key"),
        pytest.param(lambda raw: raw["slots"][0]["keys"].pop("secrets"), id="one key removed"),
        pytest.param(lambda raw: raw["slots"][1]["kdf"].update(salt="00" * 16), id="another slot's salt"),
        pytest.param(lambda raw: _exchange(raw["slots"][0]["keys"]), id="two keys exchanged"),
    ],
)
def test_who_sets_the_checksum_right_is_found_by_the_mac(vault: Vault, paths: Paths, change: Change):
    _rewrite(paths.vault_file, change)

    with pytest.raises(VaultDamaged):
        vault.unlock(PASSPHRASE, via="test")


def _exchange(keys: dict[str, str]) -> None:
    keys["root"], keys["secrets"] = keys["secrets"], keys["root"]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda raw: raw["slots"][0]["kdf"].update(salt="00" * 16), id="salt"),
        pytest.param(lambda raw: raw["slots"][0]["kdf"].update(memory_kib=65537), id="memory"),
        pytest.param(lambda raw: raw["slots"][0].update(id=raw["slots"][1]["id"]), id="slot"),
        pytest.param(lambda raw: raw["slots"][0].update(operator=raw["vault"]), id="operator"),
        pytest.param(lambda raw: raw.update(vault=raw["slots"][0]["id"]), id="vault"),
        pytest.param(lambda raw: raw["slots"].pop(0), id="passphrase slot removed"),
    ],
)
def test_a_slot_does_not_open_with_anything_it_is_bound_to_changed(
    vault: Vault, paths: Paths, change: Change
):
    _rewrite(paths.vault_file, change)

    # No key opens, and without one an edited salt cannot be told from a wrong passphrase.
    with pytest.raises(WrongPassphrase):
        vault.unlock(PASSPHRASE, via="test")


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda raw: raw["slots"].clear(), id="no slots"),
        pytest.param(lambda raw: raw["slots"].extend(raw["slots"] * 128), id="257 slots"),
        pytest.param(lambda raw: raw.update(vault="V"), id="no vault id"),
        pytest.param(lambda raw: raw["slots"][0].update(id="S"), id="no slot id"),
        pytest.param(lambda raw: raw["slots"][0].update(kind="keyring"), id="unknown kind"),
        pytest.param(lambda raw: raw["slots"][0]["keys"].clear(), id="no keys"),
        pytest.param(lambda raw: raw["slots"][0]["keys"].update(root="00"), id="short key"),
        pytest.param(lambda raw: raw["slots"][0]["kdf"].update(salt="00"), id="short salt"),
        pytest.param(lambda raw: raw["slots"][0]["kdf"].update(name="md5"), id="unknown derivation"),
        pytest.param(lambda raw: raw.update(format=True), id="format of another type"),
        pytest.param(lambda raw: raw.update(more=1), id="unknown word"),
    ],
)
def test_a_well_formed_key_file_without_sense_is_damaged(vault: Vault, paths: Paths, change: Change):
    _rewrite(paths.vault_file, change)

    with pytest.raises(VaultDamaged):
        vault.unlock(PASSPHRASE, via="test")


def test_a_key_of_one_vault_does_not_open_the_slot_of_another():
    ids = IdSource(StillClock())
    first, second = Keys.random(ids.new()), Keys.random(ids.new())
    slot = make_slot(first, ids.new(), OperatorId(ids.new()), PASSPHRASE, FLOOR_KDF)

    ours = open_slot(slot, first.vault, PASSPHRASE)

    assert ours is not None
    assert all(ours.key(name) == first.key(name) for name in KeyName)
    assert open_slot(slot, second.vault, PASSPHRASE) is None
    assert len({bytes(first.key(name)) for name in KeyName}) == 3


# -- the database


@pytest.fixture
def filled(vault: Vault) -> Vault:
    """The vault with enough notes for a few dozen pages."""
    with vault.unlock(PASSPHRASE, via="test") as opened:
        for number in range(40):
            add_note(opened, f"{number} " + "note " * 400, bulk=True)
    return vault


def test_flipped_bytes_all_over_the_database_are_found(filled: Vault, paths: Paths):
    content = paths.database.read_bytes()
    unnoticed = []

    for at in range(7, len(content), max(1, len(content) // 12)):
        paths.database.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        if _looks_whole(filled):
            unnoticed.append(at)

    assert unnoticed == []
    paths.database.write_bytes(content)
    assert _looks_whole(filled)


def _looks_whole(vault: Vault) -> bool:
    try:
        with vault.unlock(PASSPHRASE, via="test") as opened:
            return opened.check_integrity().ok
    except VaultDamaged:
        return False


@pytest.mark.parametrize("pages", [1, 5, 20])
def test_a_cut_database_is_found(filled: Vault, paths: Paths, pages: int):
    content = paths.database.read_bytes()
    paths.database.write_bytes(content[: pages * 4096])

    assert not _looks_whole(filled)


def test_an_empty_database_is_damaged_and_stays_empty(vault: Vault, paths: Paths):
    paths.database.write_bytes(b"")

    with pytest.raises(VaultDamaged, match="empty"):
        vault.unlock(PASSPHRASE, via="test")

    assert paths.database.read_bytes() == b""


def test_the_database_of_another_vault_is_refused(vault: Vault, paths: Paths, tmp_path: Path):
    other = Paths.of(tmp_path / "other", {})
    vault_at(other).create(Secret("another one"), kdf=KdfParameters(65536, 2, 1))
    paths.database.write_bytes(other.database.read_bytes())

    with pytest.raises(VaultDamaged, match="another vault"):
        vault.unlock(PASSPHRASE, via="test")


@pytest.mark.parametrize("table", ["test_note", "vault_audit"])
def test_a_damaged_page_is_a_problem_when_it_is_read(filled: Vault, paths: Paths, table: str):
    with filled.unlock(PASSPHRASE, via="test") as opened, opened.database.reader() as reader:
        found = reader.one("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,))
    assert found is not None
    content = bytearray(paths.database.read_bytes())
    content[(found[0] - 1) * 4096 + 100] ^= 1
    paths.database.write_bytes(content)

    with pytest.raises(VaultDamaged), filled.unlock(PASSPHRASE, via="test") as opened:
        notes(opened)
