"""The integrity report: whole where it is whole, and what it says where it is not."""

from __future__ import annotations

import pytest

from app.kernel.paths import Paths
from app.vault.database import Tx
from app.vault.integrity import IntegrityReport
from app.vault.vault import OpenVault, Vault
from tests.support.vaults import PASSPHRASE, add_note, pass_for

IDS = ["key-file", "pages", "structure", "references", "audit"]


def _faults(report: IntegrityReport) -> dict[str, str]:
    return {line.id: line.text.english() for line in report.lines if not line.ok}


def test_a_whole_vault_says_so_line_by_line(opened: OpenVault):
    add_note(opened, "a")

    report = opened.check_integrity()

    assert report.ok
    assert [line.id for line in report.lines] == IDS
    assert all(line.text.english() for line in report.lines)


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("UPDATE vault_audit SET subject = 'someone else' WHERE seq = 3", "Row 3"),
        ("UPDATE vault_audit SET reason = 'because' WHERE seq = 3", "Row 3"),
        ("UPDATE vault_audit SET mac = zeroblob(32) WHERE seq = 3", "Row 3"),
        ("DELETE FROM vault_audit WHERE seq = 3", "misses row 3"),
        ("DELETE FROM vault_audit WHERE seq = 1", "misses row 1"),
        ("DELETE FROM vault_audit WHERE seq = 5", "misses row 5"),
        ("DELETE FROM vault_audit", "misses row 1"),
    ],
)
def test_a_record_that_was_changed_or_cut_out_is_found(opened: OpenVault, sql: str, said: str):
    for number in range(4):
        add_note(opened, f"note {number}")
    writer = opened.database._writer

    writer.execute(sql)

    assert list(_faults(opened.check_integrity())) == ["audit"]
    assert said in _faults(opened.check_integrity())["audit"]


def test_a_long_record_is_followed_to_its_end(opened: OpenVault, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(
        "app.vault.integrity.PAGE", "SELECT * FROM vault_audit WHERE seq > ? ORDER BY seq LIMIT 2"
    )
    for number in range(4):
        add_note(opened, f"note {number}")

    assert opened.check_integrity().ok
    opened.database._writer.execute("UPDATE vault_audit SET at = 1 WHERE seq = 5")
    assert "Row 5" in _faults(opened.check_integrity())["audit"]


def test_a_key_file_that_was_cut_while_the_vault_is_open_is_found(opened: OpenVault, paths: Paths):
    paths.vault_file.write_bytes(paths.vault_file.read_bytes()[:-10])

    assert list(_faults(opened.check_integrity())) == ["key-file"]


def test_rows_that_refer_to_missing_ones_are_counted(opened: OpenVault):
    writer = opened.database._writer
    writer.execute("PRAGMA foreign_keys=OFF")

    writer.execute("INSERT INTO test_tag VALUES (1, 'a'), (2, 'b'), (3, 'c'), (4, 'd'), (5, 'e')")

    said = _faults(opened.check_integrity())["references"]
    assert "test_tag" in said
    assert "(+2)" in said


def test_an_index_that_disagrees_with_its_table_is_found(opened: OpenVault):
    def work(tx: Tx) -> None:
        tx.execute("PRAGMA writable_schema=ON")
        tx.execute("UPDATE sqlite_master SET rootpage = 2 WHERE name = 'sqlite_autoindex_test_note_1'")

    opened.database.write(pass_for(opened), work)

    # A fresh connection reads the spoilt schema.
    while opened.database._readers._free:
        opened.database._readers._free.pop().close()
    assert "structure" in _faults(opened.check_integrity())


def test_a_changed_page_is_found_while_the_vault_is_open(vault: Vault, paths: Paths):
    with vault.unlock(PASSPHRASE, via="test") as opened:
        for number in range(20):
            add_note(opened, f"{number} " + "x" * 3000, bulk=True)
    content = bytearray(paths.database.read_bytes())
    content[-100] ^= 1
    paths.database.write_bytes(content)

    with vault.unlock(PASSPHRASE, via="test") as opened:
        faults = _faults(opened.check_integrity())

    assert "HMAC" in faults["pages"] or "page" in faults["pages"]
