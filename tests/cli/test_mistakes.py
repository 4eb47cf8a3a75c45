"""Mistakes on the command line: said in a sentence, never with the password that stood in the wrong place."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from app.cli import logs
from app.cli.main import main
from app.kernel.paths import Paths
from tests.support.commands import BERTH, LIMIT_S, Terminal, berth, environment
from tests.support.machine import as_ordinary_user

SECRET = "HUNTER2pw"
PROXY = f"socks5://u:{SECRET}@192.0.2.4:1080"


@pytest.mark.parametrize(
    "words",
    [
        ("profile", "set", "Bert", PROXY),
        ("profile", "set", "Bert", f"192.0.2.4:1080:u:{SECRET}"),
        ("profile", "set", "Bert", f"{PROXY}?a=b"),
        ("profile", "set", "Bert", f"market={PROXY}"),
        ("profile", "set", "Bert", f"colour={PROXY}"),
        ("profile", "set", "Bert", f"status={PROXY}"),
        ("profile", "set", "Bert", f"downloads={PROXY}"),
        ("profile", "set", "Bert", f"start-pages=192.0.2.4:1080:u:{SECRET}"),
        ("profile", "set", "Bert", f"start-pages=socks5://192.0.2.4:1080:u:{SECRET}"),
        ("profile", "set", "Bert", f"fingerprint.timezone={PROXY}"),
        ("profile", "set", "Bert", f"fingerprint.languages={PROXY}"),
        ("profile", "new", "Cora", "--template", PROXY),
        ("profile", "show", PROXY),
        ("profile", "list", "--status", PROXY),
        ("profile", "list", f"--json={SECRET}"),
        ("profile", "list", f"--nonsense={SECRET}"),
        ("profile", "list", f"-p{SECRET}"),
        ("proxy", "remove", PROXY),
        ("credential", "add", "site.example", "me", SECRET),
        ("credential", "show", PROXY),
        ("setting", "show", PROXY),
        ("setting", "set", "windows.default_engine", PROXY),
        ("setting", "set", "network.probe_timeout_s", PROXY),
        ("open", PROXY),
        ("open", "Bert", "--mode", PROXY),
        ("open", "Bert", "--hold", PROXY),
        ("close", "Bert", SECRET),
        (PROXY,),
        (f"--passphrase={SECRET}", "profile", "list"),
    ],
)
def test_a_password_in_the_wrong_place_is_not_repeated(home: Path, words: tuple[str, ...]):
    berth("profile", "new", "Bert")

    done = berth("--json", *words)

    assert done.code in (2, 4), done.err
    assert done.json["exit_code"] == done.code
    assert SECRET not in done.out + done.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("credential", "add", "site.example", "me", "x"), "There is one word too many."),
        (("credential", "add", "site.example", "me", "x", "y"), "There are 2 words too many."),
        (("profile", "list", "--nonsense=x"), "There is no option --nonsense here."),
        (("profile", "list", "--status", "odd"), "odd is not one of: normal, restricted, appeal, banned."),
        (("open", "Bert", "--mode", "odd"), "odd is not one of: hands-on, automation."),
        (("open", "Bert", "--hold", "abc"), "give a number of seconds, such as 60."),
        (("open", "Bert", "--hold", "-1"), "give a number of seconds, such as 60."),
        (("close",), "nothing was named: give name or --all."),
        (("--home", "", "profile", "list"), "Argument --home: no name was given."),
        (("proxy", "list", "--passphrase-file", " "), "no name was given."),
        (("--home", "~nobody-is-called-so", "init"), "There is no user's folder ~nobody-is-called-so."),
        (("profile", "list", b"\xff"), "bytes that are not UTF-8"),
        (("profile", "set", "1", b"market=\xff"), "bytes that are not UTF-8"),
    ],
)
def test_a_mistake_is_named(
    berth_home: Path, capsys: pytest.CaptureFixture[str], words: tuple[str | bytes, ...], told: str
):
    code = main([os.fsdecode(word) for word in words])

    assert code == 2
    assert told.lower() in capsys.readouterr().err.lower()
    assert list(berth_home.iterdir()) == []


def test_an_empty_berth_home_counts_as_unset(tmp_path: Path):
    done = berth("doctor", "--json", env={"BERTH_HOME": "", "HOME": str(tmp_path), "XDG_DATA_HOME": ""})

    assert done.json["data"] == str(tmp_path / ".local" / "share" / "Berth")


@pytest.mark.parametrize("words", [("proxy", "add"), ("profile", "new", "Anna", "--proxy")])
def test_a_proxys_password_on_the_command_line_is_told_with_the_other_way(home: Path, words: tuple[str, ...]):
    bare = berth(*words, "192.0.2.9:1080")
    berth("profile", "delete", "Anna")

    done = berth(*words, PROXY)

    assert (bare.code, done.code) == (0, 0)
    assert "give - in place of the proxy" not in bare.err
    assert [line for line in done.err.splitlines() if "give - in place of the proxy" in line]
    assert SECRET not in done.out + done.err


def test_a_proxy_that_is_asked_for_is_not_shown(home: Path):
    with Terminal("proxy", "add", "-") as terminal:
        terminal.answer("Proxy:", PROXY)
        code = terminal.end()

    assert code == 0
    assert SECRET not in terminal.said
    assert "command line" not in terminal.said


# -- folders that cannot be used


@pytest.mark.parametrize(
    "words",
    [("profile", "list"), ("init",), ("open", "Anna"), ("windows",), ("template", "list"), ("doctor",)],
)
@pytest.mark.parametrize("where", ["shut", "long"])
def test_a_data_folder_that_cannot_be_entered_is_a_sentence(
    berth_home: Path, passphrase_file: Path, words: tuple[str, ...], where: str
):
    berth_home.chmod(0o000)
    folder = berth_home if where == "shut" else berth_home.parent / ("x" * 300)

    done = berth(
        "--home", folder, *words, "--json", "--passphrase-file", passphrase_file, before=as_ordinary_user([])
    )
    berth_home.chmod(0o700)

    assert done.code == 1
    assert "error of its own" not in done.out + done.err
    assert str(folder.parent) in done.out


def test_a_keeper_without_folders_says_what_it_is(berth_home: Path):
    done = berth("--keeper")

    assert (done.code, done.out) == (2, "")
    assert done.err.count("\n") == 1


@pytest.mark.parametrize("name", ["x" * 300, "shut/below"])
def test_the_report_of_a_bug_never_raises(
    tmp_path: Path, name: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
):
    request.addfinalizer(logs.close)
    (tmp_path / "shut").write_text("")
    logs.open_in(Paths.of(tmp_path / name, {}))

    def broken(path: Path) -> bool:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "exists", broken)
        place = logs.report(ValueError("x"))

    assert place is None


def test_settings_that_are_nothing_but_brackets_stop_no_command(home: Path):
    (home / "state").mkdir()
    (home / "state" / "settings.json").write_text("[" * 200_000)

    listed = berth("profile", "list", "--json")
    changed = berth("setting", "set", "vault.wait_for_lock_s", "3", "--json")

    assert (listed.code, changed.code) == (0, 0)
    assert changed.json["value"] == 3


@pytest.mark.parametrize("owner", [b"", b" ", b"\xff", b"a\nb", b"x" * 61])
def test_an_owner_needs_a_name(berth_home: Path, passphrase_file: Path, owner: bytes):
    done = subprocess.run(
        [*BERTH, "init", "--json", "--passphrase-file", str(passphrase_file), "--owner", owner],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=LIMIT_S,
    )

    assert done.returncode == 2, done.stderr
    assert json.loads(done.stdout)["error"] in ("operator-name-wrong", "bad-arguments")
    assert list(berth_home.iterdir()) == []


def test_the_demo_checks_the_place_for_its_pictures_first(berth_home: Path, tmp_path: Path):
    (tmp_path / "file").write_text("")

    done = berth("demo", "--json", "--pictures", tmp_path / "file" / "below")

    assert (done.code, done.json["error"]) == (2, "pictures-not-writable")
    assert "·" not in done.err
    assert "--pictures" in done.err


def test_a_damaged_vault_names_a_way_that_exists(home: Path):
    content = (home / "vault.json").read_bytes()
    (home / "vault.json").write_bytes(content[: len(content) // 2])

    done = berth("profile", "list", "--json")

    assert done.json["error"] == "vault-damaged"
    assert "backup restore" not in done.out + done.err
    assert "backups" in done.json["next_step"]
