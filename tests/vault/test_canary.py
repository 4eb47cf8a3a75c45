"""No word of what a vault holds stands in clear in any of its files, nor in a temporary one."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from app.kernel.gate import Ability, Act
from app.kernel.paths import Paths
from app.kernel.secret import Secret
from app.vault.database import Tx
from app.vault.migrations import Connection, Migration
from app.vault.settings import VaultSettings
from app.vault.vault import OpenVault, Vault
from tests.support.children import ROOT
from tests.support.vaults import NOTES, PASSPHRASE, add_note, pass_for, vault_at

CANARY = "KanarienvogelGelb"
FILL = 200


def _files_with(folder: Path, *words: str) -> list[str]:
    needles = [word.encode(code) for word in words for code in ("utf-8", "utf-16-le", "utf-16-be")]
    return sorted(
        path.name
        for path in folder.rglob("*")
        if path.is_file() and any(needle in path.read_bytes() for needle in needles)
    )


def _use_everything(opened: OpenVault) -> None:
    """Leaves the canary wherever an ordinary day could leave it."""
    for number in range(FILL):
        add_note(opened, f"{number} {CANARY} " + "x" * 500, bulk=True)
    VaultSettings(opened.database, opened.gate, opened.session).save("network.echo_urls", [CANARY])
    admitted = opened.gate.admit(opened.session, Act(Ability.SETTING_EDIT, CANARY), reason=CANARY)
    blob = opened.fields.seal(Secret(CANARY), "test_note.body.1")

    def work(tx: Tx) -> None:
        tx.execute("CREATE TABLE sealed (blob BLOB)")
        tx.execute("INSERT INTO sealed VALUES (?)", (blob,))
        tx.execute("CREATE TEMP TABLE sorted AS SELECT body FROM test_note ORDER BY body DESC")
        tx.execute("CREATE INDEX test_note_body ON test_note (body)")

    opened.database.write(admitted, work)
    with opened.database.reader() as reader:
        reader.all("SELECT a.body FROM test_note a, test_note b ORDER BY b.body || a.body LIMIT 5")


def test_nothing_a_vault_holds_can_be_read_in_its_files(vault: Vault, paths: Paths):
    with vault.unlock(PASSPHRASE, via="test") as opened:
        _use_everything(opened)
        while_open = _files_with(paths.data, CANARY, PASSPHRASE.reveal())
        assert (paths.data / "data.db-wal").stat().st_size > 100_000

    assert while_open == []
    assert _files_with(paths.data, CANARY, PASSPHRASE.reveal()) == []


def test_the_same_search_finds_the_word_in_a_plain_database(paths: Paths):
    connection = sqlite3.connect(paths.data / "plain.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE note (body TEXT)")
    connection.execute("INSERT INTO note VALUES (?)", (CANARY,))

    found = _files_with(paths.data, CANARY)

    connection.close()
    assert found == ["plain.db-wal"]


def test_neither_can_it_in_the_copy_made_before_an_upgrade(vault: Vault, paths: Paths):
    def rebuild(connection: Connection) -> None:
        connection.execute("CREATE TABLE again AS SELECT body FROM test_note ORDER BY body")

    with vault.unlock(PASSPHRASE, via="test") as opened:
        add_note(opened, CANARY)

    with vault_at(paths, (NOTES, Migration(5, "rebuild", rebuild))).unlock(PASSPHRASE, via="test"):
        assert len(list(paths.backups.glob("*/data.db"))) == 1
        assert _files_with(paths.data, CANARY, PASSPHRASE.reveal()) == []


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="deleted open files are seen in /proc only")
def test_sorting_opens_no_temporary_file(opened: OpenVault):
    for number in range(FILL):
        add_note(opened, f"{number} {CANARY} " + "x" * 20_000, bulk=True)
    seen: set[str] = set()

    def work(tx: Tx) -> None:
        tx.execute("CREATE TEMP TABLE sorted AS SELECT body FROM test_note ORDER BY body DESC")
        for link in Path("/proc/self/fd").iterdir():
            if link.is_symlink():
                seen.add(str(link.readlink()))

    opened.database.write(pass_for(opened), work)

    assert not [name for name in seen if "etilqs" in name]


def test_a_wrong_passphrase_or_a_damaged_file_prints_nothing(vault: Vault, paths: Paths):
    content = bytearray(paths.database.read_bytes())
    content[100] ^= 1
    paths.database.write_bytes(content)
    code = (
        "import sys; from pathlib import Path; from app.kernel.paths import Paths\n"
        "from app.kernel.secret import Secret; from tests.support.vaults import *\n"
        "vault = vault_at(Paths.of(Path(sys.argv[1]), {}))\n"
        "for word in (Secret('wrong'), PASSPHRASE):\n"
        "    try: vault.unlock(word, via='test')\n"
        "    except Exception as error: print(type(error).__name__)"
    )

    done = subprocess.run(
        [sys.executable, "-c", code, str(paths.data)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.split() == ["WrongPassphrase", "VaultDamaged"]
    assert done.stderr == ""
