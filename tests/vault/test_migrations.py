"""Bringing a database up to date."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from app.kernel.errors import FolderNotWritable, StorageFull
from app.kernel.paths import Paths
from app.vault import migrations
from app.vault.errors import UpgradeFailed, VaultDamaged, VaultTooNew
from app.vault.migrations import VAULT_MIGRATIONS, Connection, Migration, in_order
from app.vault.vault import Vault
from tests.support.vaults import NOTES, PASSPHRASE, add_note, notes, vault_at


def _add_column(connection: Connection) -> None:
    connection.execute("ALTER TABLE test_note ADD COLUMN colour TEXT NOT NULL DEFAULT 'red'")


def _fail_halfway(connection: Connection) -> None:
    connection.execute("CREATE TABLE half (a)")
    connection.execute("INSERT INTO test_note (body) SELECT body FROM test_note")


COLOUR = Migration(5, "colours", _add_column)
BROKEN = Migration(6, "broken", _fail_halfway)


def _version(paths: Paths, *steps: Migration) -> int:
    with vault_at(paths, (NOTES, *steps)).unlock(PASSPHRASE, via="t") as opened:
        with opened.database.reader() as reader:
            found = reader.one("PRAGMA user_version")
        assert found is not None
        return int(found[0])


@pytest.fixture
def noted(vault: Vault) -> Vault:
    """The vault at version 4, with one note."""
    with vault.unlock(PASSPHRASE, via="test") as opened:
        add_note(opened, "kept")
    return vault


def test_a_new_vault_is_made_at_the_newest_version_without_a_backup(vault: Vault, paths: Paths):
    assert _version(paths) == 4
    assert not paths.backups.exists()


def test_an_older_vault_is_brought_up_to_date_after_a_backup(noted: Vault, paths: Paths):
    newer = vault_at(paths, (NOTES, COLOUR))
    with newer.unlock(PASSPHRASE, via="t") as opened, opened.database.reader() as reader:
        assert reader.all("SELECT body, colour FROM test_note") == [("kept", "red")]

    (backup,) = paths.backups.iterdir()
    assert {path.name for path in backup.iterdir()} == {"data.db", "vault.json"}
    assert _version(paths, COLOUR) == 5
    assert list(paths.backups.iterdir()) == [backup]


def test_the_backup_is_a_vault_of_the_old_version(noted: Vault, paths: Paths):
    vault_at(paths, (NOTES, COLOUR)).unlock(PASSPHRASE, via="t").lock()
    (backup,) = paths.backups.iterdir()

    with vault_at(Paths.of(backup, {})).unlock(PASSPHRASE, via="t") as old:
        assert notes(old) == ["kept"]
        assert old.check_integrity().ok


@pytest.mark.skipif(os.name != "posix", reason="rights of files are POSIX")
def test_only_its_user_can_read_a_backup(noted: Vault, paths: Paths):
    vault_at(paths, (NOTES, COLOUR)).unlock(PASSPHRASE, via="t").lock()

    assert {path.stat().st_mode & 0o777 for path in paths.backups.glob("*/*")} == {0o600}
    assert {path.stat().st_mode & 0o777 for path in (paths.backups, *paths.backups.iterdir())} == {0o700}


def test_a_step_that_fails_leaves_the_version_before_it_and_all_rows(noted: Vault, paths: Paths):
    with pytest.raises(UpgradeFailed) as caught:
        vault_at(paths, (NOTES, COLOUR, BROKEN)).unlock(PASSPHRASE, via="t")

    (backup,) = paths.backups.iterdir()
    assert str(backup) in caught.value.next_step.english()
    assert _version(paths, COLOUR) == 5
    with vault_at(paths, (NOTES, COLOUR)).unlock(PASSPHRASE, via="t") as opened:
        assert notes(opened) == ["kept"]
        with opened.database.reader() as reader:
            assert reader.one("SELECT count(*) FROM sqlite_master WHERE name = 'half'") == (0,)


def test_a_step_with_a_bug_is_rolled_back_and_stays_a_bug(noted: Vault, paths: Paths):
    def bug(connection: Connection) -> None:
        connection.execute("CREATE TABLE half (a)")
        raise LookupError

    with pytest.raises(LookupError):
        vault_at(paths, (NOTES, Migration(5, "bug", bug))).unlock(PASSPHRASE, via="t")

    assert _version(paths) == 4


def test_a_step_that_ends_its_transaction_itself_is_found(noted: Vault, paths: Paths):
    def ends(connection: Connection) -> None:
        connection.execute("ROLLBACK")

    with pytest.raises(RuntimeError, match="ended its transaction"):
        vault_at(paths, (NOTES, Migration(5, "ends", ends))).unlock(PASSPHRASE, via="t")

    assert _version(paths) == 4


def test_a_full_database_during_a_step_has_a_sentence_of_its_own(noted: Vault, paths: Paths):
    def grow(connection: Connection) -> None:
        connection.execute("PRAGMA max_page_count=12")
        connection.execute("INSERT INTO test_note (body) VALUES (?)", ("y" * 200_000,))

    with pytest.raises(StorageFull):
        vault_at(paths, (NOTES, Migration(5, "grow", grow))).unlock(PASSPHRASE, via="t")

    assert _version(paths) == 4


def test_without_a_backup_no_step_runs(noted: Vault, paths: Paths):
    paths.backups.write_text("a file in the way")

    with pytest.raises(FolderNotWritable):
        vault_at(paths, (NOTES, COLOUR)).unlock(PASSPHRASE, via="t")

    assert _version(paths) == 4


@pytest.mark.parametrize("failing", ["copy", "rename"])
def test_a_backup_that_fails_leaves_nothing_half_done(
    noted: Vault, paths: Paths, monkeypatch: pytest.MonkeyPatch, failing: str
):
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    if failing == "copy":
        monkeypatch.setattr("app.vault.migrations.shutil.copy2", refuse)
    else:
        monkeypatch.setattr(Path, "rename", refuse)

    with pytest.raises(FolderNotWritable):
        vault_at(paths, (NOTES, COLOUR)).unlock(PASSPHRASE, via="t")

    assert list(paths.backups.iterdir()) == []
    assert _version(paths) == 4


def test_a_damaged_database_is_not_backed_up_as_if_it_were_whole(noted: Vault, paths: Paths):
    with noted.unlock(PASSPHRASE, via="t") as opened, opened.database.reader() as reader:
        found = reader.one("SELECT rootpage FROM sqlite_master WHERE name = 'test_note'")
    assert found is not None
    content = bytearray(paths.database.read_bytes())
    content[(found[0] - 1) * 4096 + 100] ^= 1
    paths.database.write_bytes(content)

    with pytest.raises(VaultDamaged):
        vault_at(paths, (NOTES, COLOUR)).unlock(PASSPHRASE, via="t")

    assert list(paths.backups.iterdir()) == []


def test_a_copy_that_cannot_be_read_back_stops_the_upgrade(
    noted: Vault, paths: Paths, monkeypatch: pytest.MonkeyPatch
):
    connect = migrations.connect

    def spoil_and_connect(path: Path, key: bytearray, *, read_only: bool = False) -> Connection:
        if path != paths.database:
            content = bytearray(path.read_bytes())
            content[-100] ^= 1
            path.write_bytes(content)
        return connect(path, key, read_only=read_only)

    monkeypatch.setattr(migrations, "connect", spoil_and_connect)

    with pytest.raises(VaultDamaged):
        vault_at(paths, (NOTES, COLOUR)).unlock(PASSPHRASE, via="t")

    assert list(paths.backups.iterdir()) == []
    monkeypatch.setattr(migrations, "connect", connect)
    assert _version(paths) == 4


def test_a_database_from_a_newer_berth_is_refused_and_untouched(noted: Vault, paths: Paths):
    vault_at(paths, (NOTES, COLOUR)).unlock(PASSPHRASE, via="t").lock()
    before = paths.database.read_bytes()

    with pytest.raises(VaultTooNew, match="newer Berth"):
        noted.unlock(PASSPHRASE, via="t")

    assert paths.database.read_bytes() == before


def test_steps_of_all_rooms_are_one_sequence_in_any_order():
    first, fourth = VAULT_MIGRATIONS
    third = Migration(3, "another room", _add_column)

    assert in_order([COLOUR, NOTES, fourth, third]) == (first, NOTES, third, fourth, COLOUR)


@pytest.mark.parametrize("steps", [[COLOUR], [NOTES, Migration(2, "again", _add_column)]])
def test_a_gap_or_a_number_used_twice_is_a_bug(steps: list[Migration]):
    with pytest.raises(ValueError, match="without gaps"):
        in_order(steps)
