"""Making, unlocking and locking a vault."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from app.kernel.changes import ALL
from app.kernel.errors import ExitCode, FolderNotWritable, FolderShared, StorageFull
from app.kernel.events import EventHub
from app.kernel.facts import VaultLocked
from app.kernel.files import FileLock
from app.kernel.gate import Ability, Act, Refused
from app.kernel.ids import is_ulid
from app.kernel.paths import Paths
from app.kernel.secret import Secret
from app.vault import creating
from app.vault.errors import (
    ConstraintBroken,
    KdfOutOfBounds,
    OperatorDisabled,
    OperatorNameWrong,
    PassphraseMissing,
    VaultBusy,
    VaultDamaged,
    VaultExists,
    VaultIsLocked,
    VaultMissing,
    WrongPassphrase,
    WrongRecoveryCode,
)
from app.vault.kdf import FLOOR_KDF, KdfParameters
from app.vault.keys import Keys
from app.vault.migrations import Connection, Migration
from app.vault.opening import open_writer, pending
from app.vault.sqlite import SqliteError, connect
from app.vault.vault import OpenVault, Vault
from tests.support.children import ROOT, child
from tests.support.vaults import PASSPHRASE, add_note, add_notes, notes, pass_for, vault_at


def test_a_folder_without_a_vault_says_how_to_make_one(paths: Paths):
    vault = vault_at(paths)

    with pytest.raises(VaultMissing) as caught:
        vault.unlock(PASSPHRASE, via="test")

    assert not vault.exists()
    assert caught.value.exit_code is ExitCode.NOT_FOUND
    assert "berth init" in caught.value.next_step.english()
    assert list(paths.data.iterdir()) == []


def test_a_new_vault_is_locked_and_its_owner_may_do_everything(paths: Paths):
    vault = vault_at(paths)

    vault.create(PASSPHRASE, owner_name="Anna", kdf=FLOOR_KDF)

    with vault.unlock(PASSPHRASE, via="cli") as opened:
        assert vault.exists()
        assert (opened.session.name, opened.session.via) == ("Anna", "cli")
        assert opened.session.abilities == frozenset(Ability)
        assert opened.session.grants is ALL
        assert is_ulid(opened.id)
        assert is_ulid(opened.session.operator)


def test_the_gate_of_an_open_vault_asks_for_the_ability(opened: OpenVault):
    act = Act(Ability.PROFILE_PURGE, "p")
    nobody = opened.session.__class__(opened.session.operator, "Ben", frozenset(), ALL, "test")

    with pytest.raises(Refused):
        opened.gate.admit(nobody, act)

    assert opened.gate.admit(opened.session, act).act is act


@pytest.mark.skipif(os.name != "posix", reason="rights of files are POSIX")
def test_only_its_user_can_read_a_vault(opened: OpenVault, paths: Paths):
    add_note(opened, "so that there is a log")

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in paths.data.iterdir()}

    assert stat.S_IMODE(paths.data.stat().st_mode) == 0o700
    assert set(modes) == {"vault.json", "vault.lock", "data.db", "data.db-wal", "data.db-shm"}
    assert set(modes.values()) == {0o600}


def test_the_recovery_code_opens_the_same_vault(vault: Vault, recovery_code: Secret):
    with vault.unlock(PASSPHRASE, via="test") as opened:
        add_note(opened, "kept")

    typed = Secret(recovery_code.reveal().lower().replace("-", " "))
    with vault.unlock_with_recovery(typed, via="test") as opened:
        assert notes(opened) == ["kept"]
        assert opened.session.name == "owner"


def test_a_wrong_passphrase_is_told_as_such(vault: Vault):
    with pytest.raises(WrongPassphrase) as caught:
        vault.unlock(Secret("correct horse battery stable"), via="test")

    assert caught.value.exit_code is ExitCode.LOCKED
    assert "horse" not in str(caught.value)


def test_a_wrong_recovery_code_is_told_as_such(vault: Vault, recovery_code: Secret):
    other = Secret(("1" if recovery_code.reveal()[0] == "0" else "0") + recovery_code.reveal()[1:])

    with pytest.raises(WrongRecoveryCode, match="does not open"):
        vault.unlock_with_recovery(other, via="test")


def test_after_a_wrong_passphrase_the_vault_is_free(vault: Vault):
    with pytest.raises(WrongPassphrase):
        vault.unlock(Secret("wrong"), via="test")

    vault.unlock(PASSPHRASE, via="test").lock()


def test_a_second_vault_is_not_made_over_the_first(vault: Vault, paths: Paths):
    before = paths.vault_file.read_bytes(), paths.database.read_bytes()

    with pytest.raises(VaultExists):
        vault.create(Secret("another"), kdf=FLOOR_KDF)

    assert (paths.vault_file.read_bytes(), paths.database.read_bytes()) == before


def test_an_empty_passphrase_makes_no_vault(paths: Paths):
    with pytest.raises(PassphraseMissing):
        vault_at(paths).create(Secret(""), kdf=FLOOR_KDF)

    assert list(paths.data.iterdir()) == []


def test_weak_key_derivation_makes_no_vault(paths: Paths):
    with pytest.raises(KdfOutOfBounds):
        vault_at(paths).create(PASSPHRASE, kdf=KdfParameters(1024, 1, 1))

    assert list(paths.data.iterdir()) == []


def test_a_vault_cannot_be_made_where_a_file_is_in_the_way(paths: Paths):
    paths.data.rmdir()
    paths.data.write_text("a file")

    with pytest.raises(FolderNotWritable):
        vault_at(paths).create(PASSPHRASE, kdf=FLOOR_KDF)


# -- a creation that was cut short


@pytest.mark.parametrize("step", ["_write_database", "_put_in_place"])
def test_a_creation_that_fails_leaves_nothing(paths: Paths, monkeypatch: pytest.MonkeyPatch, step: str):
    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(creating, step, fail)

    with pytest.raises(KeyboardInterrupt):
        vault_at(paths).create(PASSPHRASE, kdf=FLOOR_KDF)

    assert [path.name for path in paths.data.iterdir()] == ["vault.lock"]


def test_a_folder_in_the_way_of_a_new_database_is_told(paths: Paths):
    pending(paths.database).mkdir()

    with pytest.raises(FolderNotWritable):
        vault_at(paths).create(PASSPHRASE, kdf=FLOOR_KDF)

    assert not vault_at(paths).exists()


@pytest.mark.parametrize("call", ["pathlib.Path.rename", "app.vault.creating.sync_folder"])
def test_a_folder_that_refuses_the_last_step_keeps_no_half_of_a_vault(
    paths: Paths, monkeypatch: pytest.MonkeyPatch, call: str
):
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(call, refuse)

    with pytest.raises(FolderNotWritable):
        vault_at(paths).create(PASSPHRASE, kdf=FLOOR_KDF)

    assert [path.name for path in paths.data.iterdir()] == ["vault.lock"]


def test_a_disk_that_fills_up_during_the_making_keeps_no_half_of_a_vault(paths: Paths):
    def leave_no_room(connection: Connection) -> None:
        add_notes(connection)
        connection.execute("PRAGMA max_page_count=1")
        connection.execute(
            "CREATE TRIGGER grow AFTER INSERT ON vault_operator BEGIN"
            " INSERT INTO test_note (body) VALUES (hex(zeroblob(100000))); END"
        )

    with pytest.raises(StorageFull):
        vault_at(paths, [Migration(2, "no room", leave_no_room)]).create(PASSPHRASE, kdf=FLOOR_KDF)

    assert [path.name for path in paths.data.iterdir()] == ["vault.lock"]


@pytest.mark.parametrize("after", ["nothing", "database", "key file", "first rename"])
def test_a_new_vault_can_be_made_after_a_kill_in_the_middle_of_making_one(paths: Paths, after: str):
    with child("create", paths, after) as dying:
        assert dying.wait() == -9, dying.stderr
    vault = vault_at(paths)

    assert not vault.exists()
    with pytest.raises(VaultMissing):
        vault.unlock(PASSPHRASE, via="test")
    vault.create(PASSPHRASE, kdf=FLOOR_KDF)

    with vault.unlock(PASSPHRASE, via="test") as opened:
        assert opened.check_integrity().ok
    assert {path.name for path in paths.data.iterdir()} == {"vault.json", "vault.lock", "data.db"}


def test_a_database_whose_key_file_is_gone_is_never_overwritten(vault: Vault, paths: Paths):
    key_file = paths.vault_file.read_bytes()
    paths.vault_file.unlink()

    with pytest.raises(VaultDamaged, match="key file"):
        vault.create(PASSPHRASE, kdf=FLOOR_KDF)
    with pytest.raises(VaultDamaged, match="key file"):
        vault.unlock(PASSPHRASE, via="test")

    paths.vault_file.write_bytes(key_file)
    vault.unlock(PASSPHRASE, via="test").lock()


def test_a_key_file_whose_database_is_gone_is_damaged(vault: Vault, paths: Paths):
    paths.database.unlink()

    with pytest.raises(VaultDamaged, match="database"):
        vault.unlock(PASSPHRASE, via="test")

    assert not paths.database.exists()


def test_a_log_without_its_database_is_not_replayed_into_a_new_one(paths: Paths):
    log = paths.database.with_name("data.db-wal")
    log.write_bytes(b"of another database")

    vault_at(paths).create(PASSPHRASE, kdf=FLOOR_KDF)

    assert not log.exists()
    assert not pending(paths.vault_file).exists()


def test_a_database_in_whose_place_is_a_folder_cannot_be_opened(paths: Paths):
    paths.database.mkdir()

    with pytest.raises(FolderNotWritable):
        connect(paths.database, bytearray(32))


def test_a_connection_that_cannot_be_set_up_is_closed_again(paths: Paths, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("app.vault.opening._WRITER_CACHE_KIB", "no number")

    with pytest.raises(SqliteError):
        open_writer(paths.database, bytearray(32))

    assert _open_files(paths) == []


# -- one process at a time


def test_a_vault_open_in_another_process_is_busy_and_names_it(vault: Vault, paths: Paths):
    with child("hold", paths) as holder:
        assert holder.line() == "held"

        with pytest.raises(VaultBusy) as caught:
            vault.unlock(PASSPHRASE, via="test")

    assert caught.value.text.facts["pid"] == holder.pid
    assert caught.value.exit_code is ExitCode.LOCKED


def test_waiting_for_a_busy_vault_ends_when_it_is_free(vault: Vault, paths: Paths):
    with child("hold", paths) as holder:
        assert holder.line() == "held"
        freed = threading.Timer(0.2, holder.end)
        freed.start()

        vault.unlock(PASSPHRASE, via="test", wait_s=30).lock()

        freed.join()


def test_waiting_for_a_busy_vault_ends_when_the_time_is_up(vault: Vault, opened: OpenVault):
    with pytest.raises(VaultBusy):
        vault.unlock(PASSPHRASE, via="test", wait_s=0.1)


def test_a_busy_vault_whose_holder_wrote_no_name_is_busy_all_the_same(vault: Vault, paths: Paths):
    lock = FileLock(paths.vault_lock)
    assert lock.acquire()
    paths.vault_lock.write_text("")

    with lock, pytest.raises(VaultBusy, match="Another Berth has the vault open"):
        vault.unlock(PASSPHRASE, via="test")


# -- locking


def test_locking_tells_once_and_frees_the_vault(vault: Vault, hub: EventHub):
    told: list[VaultLocked] = []
    hub.subscribe(VaultLocked, told.append)
    opened = vault.unlock(PASSPHRASE, via="test")

    opened.lock()
    opened.lock()

    assert opened.is_locked
    assert told == [VaultLocked()]
    vault.unlock(PASSPHRASE, via="test").lock()


def test_after_locking_nothing_can_be_read_written_or_sealed(opened: OpenVault):
    admitted = pass_for(opened)

    opened.lock()

    with pytest.raises(VaultIsLocked):
        opened.database.write(admitted, lambda tx: None)
    with pytest.raises(VaultIsLocked), opened.database.reader():
        pass
    with pytest.raises(VaultIsLocked):
        opened.fields.seal(Secret("x"), "t.c.1")


def test_locking_wipes_the_keys_in_place(vault: Vault, monkeypatch: pytest.MonkeyPatch):
    seen: list[bytearray] = []
    key = Keys.key
    monkeypatch.setattr(Keys, "key", lambda self, name: seen.append(key(self, name)) or seen[-1])
    opened = vault.unlock(PASSPHRASE, via="test")
    opened.fields.seal(Secret("x"), "t.c.1")
    assert all(any(buffer) for buffer in seen)

    opened.lock()

    assert len({id(buffer) for buffer in seen}) >= 2
    assert not any(any(buffer) for buffer in seen)


# -- a new passphrase


def test_who_lost_the_passphrase_sets_a_new_one_with_the_recovery_code(
    vault: Vault, recovery_code: Secret, paths: Paths
):
    new = Secret("another horse, another staple")
    with vault.unlock_with_recovery(recovery_code, via="test") as opened:
        add_note(opened, "kept")
        opened.set_passphrase(pass_for(opened, "vault.passphrase"), new, kdf=FLOOR_KDF)

    with pytest.raises(WrongPassphrase):
        vault.unlock(PASSPHRASE, via="test")
    with vault.unlock(new, via="test") as opened:
        assert notes(opened) == ["kept"]
        assert opened.check_integrity().ok
        with opened.database.reader() as reader:
            assert reader.one("SELECT subject FROM vault_audit ORDER BY seq DESC") == ("vault.passphrase",)
    vault.unlock_with_recovery(recovery_code, via="test").lock()


def test_a_passphrase_that_cannot_be_set_leaves_the_old_one(vault: Vault, opened: OpenVault, paths: Paths):
    admitted = pass_for(opened, "vault.passphrase")
    before = paths.vault_file.read_bytes()

    with pytest.raises(PassphraseMissing):
        opened.set_passphrase(admitted, Secret(""), kdf=FLOOR_KDF)
    with pytest.raises(KdfOutOfBounds):
        opened.set_passphrase(admitted, Secret("x"), kdf=KdfParameters(8, 1, 1))

    assert paths.vault_file.read_bytes() == before


def test_a_new_passphrase_that_cannot_be_recorded_is_not_set(vault: Vault):
    new = Secret("another horse, another staple")
    with vault.unlock(PASSPHRASE, via="test") as opened:
        opened.database.write(
            pass_for(opened),
            lambda tx: tx.execute(
                "CREATE TRIGGER refuse BEFORE INSERT ON vault_audit WHEN NEW.subject = 'vault.passphrase'"
                " BEGIN SELECT RAISE(ABORT, 'no'); END"
            ),
        )
        with pytest.raises(ConstraintBroken):
            opened.set_passphrase(pass_for(opened, "vault.passphrase"), new, kdf=FLOOR_KDF)

    with pytest.raises(WrongPassphrase):
        vault.unlock(new, via="test")
    vault.unlock(PASSPHRASE, via="test").lock()


@pytest.mark.parametrize("call", ["app.kernel.files.os.fsync", "pathlib.Path.replace"])
def test_a_new_passphrase_that_cannot_be_written_leaves_the_old_one(
    vault: Vault, paths: Paths, monkeypatch: pytest.MonkeyPatch, call: str
):
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with vault.unlock(PASSPHRASE, via="test") as opened:
        with monkeypatch.context() as patch:
            patch.setattr(call, full)
            with pytest.raises(StorageFull):
                opened.set_passphrase(pass_for(opened, "vault.passphrase"), Secret("new"), kdf=FLOOR_KDF)
        assert opened.check_integrity().ok

    with pytest.raises(WrongPassphrase):
        vault.unlock(Secret("new"), via="test")
    vault.unlock(PASSPHRASE, via="test").lock()


def test_a_new_passphrase_that_stands_in_the_file_is_told_as_set(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
):
    def refuse(folder: Path) -> None:
        raise PermissionError(13, "Permission denied")

    with vault.unlock(PASSPHRASE, via="test") as opened, monkeypatch.context() as patch:
        patch.setattr("app.kernel.files.sync_folder", refuse)
        opened.set_passphrase(pass_for(opened, "vault.passphrase"), Secret("new"), kdf=FLOOR_KDF)

    with pytest.raises(WrongPassphrase):
        vault.unlock(PASSPHRASE, via="test")
    vault.unlock(Secret("new"), via="test").lock()


def test_a_key_file_that_is_gone_is_no_new_passphrase(
    vault: Vault, paths: Paths, monkeypatch: pytest.MonkeyPatch
):
    def lose(*_: object) -> None:
        paths.vault_file.unlink()
        raise PermissionError(13, "Permission denied")

    with vault.unlock(PASSPHRASE, via="test") as opened, monkeypatch.context() as patch:
        patch.setattr("pathlib.Path.replace", lose)
        with pytest.raises(FolderNotWritable):
            opened.set_passphrase(pass_for(opened, "vault.passphrase"), Secret("new"), kdf=FLOOR_KDF)


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "\udcff", "x" * 61])
def test_an_owner_without_a_usable_name_makes_no_vault(paths: Paths, name: str):
    with pytest.raises(OperatorNameWrong):
        vault_at(paths).create(PASSPHRASE, owner_name=name, kdf=FLOOR_KDF)

    assert list(paths.data.iterdir()) == []


def test_a_vault_is_not_made_in_a_folder_that_everybody_writes_to(paths: Paths):
    paths.data.chmod(0o1777)

    with pytest.raises(FolderShared):
        vault_at(paths).create(PASSPHRASE, kdf=FLOOR_KDF)

    assert paths.data.stat().st_mode & 0o7777 == 0o1777


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="open files are listed in /proc on Linux only")
def test_locking_closes_every_file(vault: Vault, paths: Paths):
    opened = vault.unlock(PASSPHRASE, via="test")
    with opened.database.reader(), opened.database.reader():
        assert _open_files(paths)

    opened.lock()

    assert _open_files(paths) == []
    assert not paths.database.with_name("data.db-wal").exists()


def _open_files(paths: Paths) -> list[str]:
    targets = [str(link.readlink()) for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
    return [target for target in targets if target.startswith(str(paths.data))]


# -- who unlocks


def _change_operator(opened: OpenVault, sql: str) -> None:
    opened.database.write(pass_for(opened), lambda tx: tx.execute(sql))


def test_an_operator_who_was_disabled_does_not_get_in(vault: Vault, hub: EventHub):
    with vault.unlock(PASSPHRASE, via="test") as opened:
        _change_operator(opened, "UPDATE vault_operator SET disabled = 1")

    with pytest.raises(OperatorDisabled, match="owner may no longer"):
        vault.unlock(PASSPHRASE, via="test")


def test_a_slot_whose_operator_is_missing_does_not_open(vault: Vault):
    with vault.unlock(PASSPHRASE, via="test") as opened:
        _change_operator(opened, "DELETE FROM vault_operator")

    with pytest.raises(VaultDamaged, match="person"):
        vault.unlock(PASSPHRASE, via="test")


def test_the_vault_loads_without_qt():
    code = "import sys, app.vault.vault; sys.exit(any(name.startswith('PySide') for name in sys.modules))"

    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
