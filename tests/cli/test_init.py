"""`berth init` makes a vault once and shows its recovery code once."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.support.commands import Terminal, berth
from tests.support.machine import as_ordinary_user

CODE = re.compile(r"([0-9A-Z]{4}-){7}[0-9A-Z]{4}")


def test_a_vault_is_made_and_its_recovery_code_printed_as_json(berth_home: Path, passphrase_file: Path):
    done = berth("init", "--json", "--passphrase-file", passphrase_file)

    assert done.code == 0
    assert done.json.keys() == {"vault", "recovery_code"}
    assert done.json["vault"] == str(berth_home)
    assert CODE.fullmatch(done.json["recovery_code"])
    assert done.json["recovery_code"].encode() not in b"".join(
        path.read_bytes() for path in berth_home.rglob("*") if path.is_file()
    )


def test_the_vault_can_then_be_unlocked(berth_home: Path, passphrase_file: Path):
    berth("init", "--passphrase-file", passphrase_file)

    done = berth("profile", "list", "--json", "--passphrase-file", passphrase_file)

    assert (done.code, done.json) == (0, {"profiles": []})


def test_home_wins_over_the_environment(tmp_path: Path, berth_home: Path, passphrase_file: Path):
    other = tmp_path / "other"

    done = berth("--home", other, "init", "--passphrase-file", passphrase_file)

    assert done.code == 0
    assert (other / "vault.json").is_file()
    assert os.listdir(berth_home) == []  # noqa: PTH208


def test_what_is_made_is_for_its_owner_alone(berth_home: Path, passphrase_file: Path):
    berth("init", "--passphrase-file", passphrase_file)

    modes = {path.relative_to(berth_home): path.stat().st_mode & 0o077 for path in berth_home.rglob("*")}

    assert modes
    assert set(modes.values()) == {0}


def test_a_forgotten_passphrase_is_replaced_with_the_recovery_code(
    berth_home: Path, tmp_path: Path, passphrase_file: Path
):
    code, fresh = tmp_path / "code", tmp_path / "fresh"
    code.write_text(berth("init", "--json", "--passphrase-file", passphrase_file).json["recovery_code"])
    fresh.write_text("another five words to keep")
    code.chmod(0o600)
    fresh.chmod(0o600)

    changed = berth(
        "operator", "passphrase", "--recovery-file", code, "--new-passphrase-file", fresh, "--json"
    )
    old = berth("proxy", "list", "--json", "--passphrase-file", passphrase_file)
    new = berth("proxy", "list", "--json", "--passphrase-file", fresh)

    assert (changed.code, changed.json) == (0, {"changed": True})
    assert (old.code, old.json["error"]) == (3, "wrong-passphrase")
    assert (new.code, new.json) == (0, {"proxies": []})


def test_a_wrong_recovery_code_is_exit_code_3(home: Path, tmp_path: Path):
    code = tmp_path / "code"
    code.write_text("AAAA-AAAA-AAAA-AAAA-AAAA-AAAA-AAAA-AAAA")
    code.chmod(0o600)

    done = berth("operator", "passphrase", "--recovery-file", code, "--json")

    assert (done.code, done.json["error"]) == (3, "wrong-recovery-code")


def test_a_passphrase_is_changed_at_a_terminal(home: Path):
    with Terminal("operator", "passphrase") as terminal:
        terminal.answer("New passphrase:", "another five words to keep")
        terminal.answer("Again:", "another five words to keep")
        code = terminal.end()

    assert code == 0
    assert berth("proxy", "list", "--json").code == 3


def test_a_second_vault_in_the_same_place_is_refused_and_the_first_stays(home: Path):
    before = (home / "vault.json").read_bytes()

    done = berth("init", "--json")

    assert (done.code, done.json["error"]) == (2, "vault-exists")
    assert (home / "vault.json").read_bytes() == before


def test_at_a_terminal_the_passphrase_is_asked_twice_and_never_shown(berth_home: Path):
    with Terminal("init") as terminal:
        terminal.answer("New passphrase:", "five words are easy enough")
        terminal.answer("Again:", "five words are easy enough")
        code = terminal.end()

    assert code == 0
    assert CODE.search(terminal.said)
    assert "easy enough" not in terminal.said
    assert (berth_home / "vault.json").is_file()


def test_two_different_answers_make_no_vault(berth_home: Path):
    with Terminal("init") as terminal:
        terminal.answer("New passphrase:", "one")
        terminal.answer("Again:", "two")
        code = terminal.end()

    assert code == 2
    assert "not the same" in terminal.said
    assert not (berth_home / "vault.json").exists()


@pytest.mark.parametrize("key", [b"\x03", b"\x04"], ids=["Ctrl+C", "Ctrl+D"])
def test_a_change_of_mind_at_the_prompt_is_quiet(berth_home: Path, key: bytes):
    with Terminal("init") as terminal:
        terminal.wait_for("New passphrase:")
        terminal.press(key)
        code = terminal.end()

    assert code == 130
    assert "Traceback" not in terminal.said
    assert not (berth_home / "vault.json").exists()


def test_without_a_terminal_and_without_a_file_it_says_what_to_do(berth_home: Path):
    done = berth("init", "--json")

    assert (done.code, done.json["error"]) == (3, "passphrase-needed")
    assert "--passphrase-file" in done.err


@pytest.mark.parametrize(
    ("content", "why"), [(None, "No such file"), (b"", "empty"), (b"\n", "empty"), (b"\xff\xfe", "UTF-8")]
)
def test_an_unusable_passphrase_file_is_told(
    berth_home: Path, tmp_path: Path, content: bytes | None, why: str
):
    path = tmp_path / "odd"
    if content is not None:
        path.write_bytes(content)

    done = berth("init", "--passphrase-file", path)

    assert done.code == 3
    assert why in done.err
    assert not (berth_home / "vault.json").exists()


def test_a_passphrase_file_that_others_may_read_works_with_a_warning(berth_home: Path, passphrase_file: Path):
    passphrase_file.chmod(0o644)

    done = berth("init", "--json", "--passphrase-file", passphrase_file)

    assert done.code == 0
    assert done.json["recovery_code"]
    assert f"chmod 600 {passphrase_file}" in done.err


def test_in_a_folder_that_may_not_be_written_nothing_is_left(tmp_path: Path, passphrase_file: Path):
    shut = tmp_path / "shut"
    shut.mkdir(mode=0o500)

    done = berth(
        "--home",
        shut / "berth",
        "init",
        "--json",
        "--passphrase-file",
        passphrase_file,
        before=as_ordinary_user([]),
    )

    assert (done.code, done.json["error"]) == (1, "folder-not-writable")
    assert "--home" in done.err
    assert list(shut.iterdir()) == []


@pytest.mark.parametrize(("mode", "entry"), [(0o1777, ""), (0o777, ""), (0o755, "holiday.jpg")])
def test_a_folder_that_others_use_is_refused_and_keeps_its_rights(
    tmp_path: Path, passphrase_file: Path, mode: int, entry: str
):
    shared = tmp_path / "shared"
    shared.mkdir()
    if entry:
        (shared / entry).write_text("")
    shared.chmod(mode)

    done = berth("--home", shared, "init", "--json", "--passphrase-file", passphrase_file)
    below = berth("--home", shared / "berth", "init", "--json", "--passphrase-file", passphrase_file)

    assert (done.code, done.json["error"]) == (2, "folder-shared")
    assert str(shared / "berth") in done.json["next_step"]
    assert shared.stat().st_mode & 0o7777 == mode
    assert {path.name for path in shared.iterdir()} - {entry} == {"berth"}
    assert below.code == 0
    assert (shared / "berth").stat().st_mode & 0o777 == 0o700


def test_an_empty_folder_of_ones_own_takes_a_vault_and_keeps_its_rights(
    tmp_path: Path, passphrase_file: Path
):
    mine = tmp_path / "mine"
    mine.mkdir()
    mine.chmod(0o755)

    done = berth("--home", mine, "init", "--json", "--passphrase-file", passphrase_file)

    assert done.code == 0
    assert f"chmod 700 {mine}" in done.err
    assert mine.stat().st_mode & 0o777 == 0o755
