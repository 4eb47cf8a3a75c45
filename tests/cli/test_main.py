"""What holds for every command: help, JSON, exit codes, locks, logs, and secrets that stay unseen."""

from __future__ import annotations

import importlib
import json
import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from app.cli.commands import COMMANDS, Command
from app.cli.main import main
from app.kernel.files import FileLock
from tests.support.commands import BERTH, LIMIT_S, Terminal, berth, environment

ALL = [" ".join(command.words) for command in COMMANDS]
HEAVY = ("sqlcipher3", "cryptography", "playwright", "yaml", "jsonschema", "asyncio", "psutil", "iptocc")


@pytest.mark.parametrize("name", ALL)
def test_every_command_explains_itself(berth_home: Path, capsys: pytest.CaptureFixture[str], name: str):
    code = main([*name.split(), "--help"])

    out = capsys.readouterr().out
    assert code == 0
    assert out.startswith(f"usage: berth {name}")
    assert "--json" in out


@pytest.mark.parametrize("command", COMMANDS, ids=ALL)
def test_every_row_of_the_table_names_a_function_that_is_there(command: Command):
    assert callable(getattr(importlib.import_module(command.module), command.function))


def test_the_overview_lists_every_command_and_the_exit_codes(berth_home: Path):
    done = berth("--help")

    assert done.code == 0
    assert all(name in done.out for name in ALL)
    assert "3 locked" in done.out


def test_the_overview_loads_nothing_heavy(berth_home: Path):
    source = "import sys; from app.cli.main import main; main(['--help']); print(*sys.modules, sep=chr(10))"

    done = subprocess.run(
        [sys.executable, "-c", source],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
        timeout=LIMIT_S,
    )

    assert set(HEAVY) & set(done.stdout.splitlines()) == set()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ((), 2),
        (("profile",), 2),
        (("profile", "--help"), 0),
        (("profle", "list"), 2),
        (("profile", "lst"), 2),
        (("profile", "new"), 2),
        (("profile", "list", "--nonsense"), 2),
        (("--nonsense",), 2),
        (("--home",), 2),
        (("profile", "list", "--js"), 2),
        (("--version",), 0),
    ],
)
def test_words_that_make_no_command_are_a_usage_error(
    berth_home: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], code: int
):
    in_words = main(words)
    said = capsys.readouterr()
    in_json = main(["--json", *words])
    told = json.loads(capsys.readouterr().out)

    assert (in_words, in_json) == (code, code)
    assert said.out or said.err
    assert told.keys() == {"help"} or told["exit_code"] == code


def test_json_may_stand_before_or_after_the_command(home: Path):
    assert berth("--json", "profile", "list").json == berth("profile", "list", "--json").json


def test_home_and_passphrase_file_may_stand_before_or_after(home: Path, passphrase_file: Path):
    env = {"BERTH_HOME": "/nonexistent/elsewhere", "BERTH_PASSPHRASE_FILE": ""}

    before = berth("--home", home, "--passphrase-file", passphrase_file, "proxy", "list", "--json", env=env)
    after = berth("proxy", "list", "--json", "--home", home, "--passphrase-file", passphrase_file, env=env)

    assert before.json == after.json == {"proxies": []}


def test_without_a_vault_nobody_is_asked_for_a_passphrase(berth_home: Path):
    done = berth("profile", "list", "--json")

    assert (done.code, done.json["error"]) == (4, "vault-missing")
    assert "berth init" in done.err
    assert list(berth_home.iterdir()) == []


def test_a_wrong_passphrase_is_exit_code_3_and_changes_nothing(home: Path, tmp_path: Path):
    wrong = tmp_path / "wrong"
    wrong.write_text("not it")
    wrong.chmod(0o600)
    before = (home / "vault.json").read_bytes()

    done = berth("profile", "new", "Anna", "--json", "--passphrase-file", wrong)

    assert (done.code, done.json["error"]) == (3, "wrong-passphrase")
    assert "not it" not in done.out + done.err
    assert (home / "vault.json").read_bytes() == before


def test_at_a_terminal_the_passphrase_is_asked_for_once(home: Path):
    with Terminal("profile", "list", env={"BERTH_PASSPHRASE_FILE": ""}) as terminal:
        terminal.answer("Passphrase:", "correct horse battery staple")
        code = terminal.end()

    assert code == 0
    assert "There are no profiles" in terminal.said
    assert "horse" not in terminal.said


def test_a_vault_that_another_process_has_open_is_exit_code_3(home: Path):
    berth("setting", "set", "vault.wait_for_lock_s", "0")

    with held(home):
        done = berth("profile", "list", "--json")

    assert (done.code, done.json["error"]) == (3, "vault-busy")
    assert done.json["facts"]["pid"] == os.getpid()


def test_a_command_waits_for_one_that_is_about_to_end(home: Path):
    with held(home):
        waiting = subprocess.Popen(
            [*BERTH, "proxy", "list"], env=environment(), stdout=subprocess.PIPE, text=True
        )
        _until(lambda: _has_loaded(waiting.pid, "sqlcipher3") or waiting.poll() is not None)
    out, _ = waiting.communicate(timeout=LIMIT_S)

    assert waiting.returncode == 0
    assert "There are no proxies" in out


def test_ctrl_c_ends_a_waiting_command_quietly(home: Path):
    with held(home):
        waiting = subprocess.Popen(
            [*BERTH, "proxy", "list"],
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        _until(lambda: _has_loaded(waiting.pid, "sqlcipher3"))
        waiting.send_signal(signal.SIGINT)
        out, err = waiting.communicate(timeout=LIMIT_S)

    # CPython ends by the signal itself where it came inside an exec of text (dataclasses); shells show 130.
    assert waiting.returncode in (130, -signal.SIGINT)
    assert (out, err) == ("", "")


@pytest.mark.parametrize(
    "words",
    [
        ("template", "list"),
        ("template", "show", "amazon-de"),
        ("engine", "list"),
        ("setting", "show", "windows.default_engine"),
        ("setting", "set", "windows.default_engine", "chrome"),
        ("setting", "reset", "windows.default_engine"),
        ("doctor",),
        ("windows",),
    ],
)
def test_a_command_that_needs_no_vault_does_not_ask_for_one(berth_home: Path, words: tuple[str, ...]):
    done = berth(*words, "--json")

    assert done.code == 0, done.err
    assert isinstance(done.json, dict)
    assert not (berth_home / "vault.lock").exists()


def test_a_reader_that_leaves_early_is_no_error(berth_home: Path):
    process = subprocess.Popen(
        [*BERTH, "template", "list"],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    process.stdout.close()
    _, err = process.communicate(timeout=LIMIT_S)

    assert "Traceback" not in err
    assert "Exception" not in err


def test_closed_standard_streams_do_not_break_a_command(home: Path):
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" <&-', "sh", *BERTH, "proxy", "list", "--json"],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=LIMIT_S,
    )

    assert (done.returncode, done.stdout) == (0, '{"proxies": []}\n'), done.stderr


def test_a_terminal_without_utf8_gets_escapes_instead_of_a_crash(home: Path):
    berth("profile", "new", "安娜")

    done = berth("profile", "list", env={"PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii", "LC_ALL": "C"})

    assert done.code == 0
    assert "\\u5b89\\u5a1c" in done.out


def test_a_bug_is_one_sentence_and_a_log_of_places_without_values(berth_home: Path):
    source = """
import sys
from app.cli import main, templates
def broken(args, context):
    secret = "hunter2"
    raise ValueError(f"cannot use {secret}")
templates.list_all = broken
sys.exit(main.main(["template", "list", "--json"]))
"""

    done = subprocess.run(
        [sys.executable, "-c", source],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=LIMIT_S,
    )
    log = (berth_home / "state" / "logs" / "berth.log").read_text()

    assert done.returncode == 1
    assert '"error": "bug"' in done.stdout
    assert done.stderr.count("\n") == 1
    assert "berth.log" in done.stderr
    assert "ValueError" in log
    assert "in broken" in log
    assert "hunter2" not in log + done.stdout + done.stderr
    assert stat.S_IMODE((berth_home / "state" / "logs").stat().st_mode) == 0o700


def test_a_command_that_works_leaves_no_log(home: Path):
    berth("profile", "list")

    assert not (home / "state" / "logs").exists()


def test_a_damaged_vault_is_exit_code_1_with_the_way_out(home: Path):
    content = (home / "vault.json").read_bytes()
    (home / "vault.json").write_bytes(content[: len(content) // 2])

    listed = berth("profile", "list", "--json")
    looked = berth("doctor", "--integrity", "--json")

    assert (listed.code, listed.json["error"]) == (1, "vault-damaged")
    assert looked.code == 1
    assert any(check["level"] == "red" and check["id"] == "integrity" for check in looked.json["checks"])


def test_doctor_finds_a_whole_vault_whole(home: Path):
    done = berth("doctor", "--integrity", "--json")

    assert done.code == 0, done.out
    assert done.json["ok"] is True
    assert {"data", "engines", "driver", "sandbox", "jail", "screen", "templates", "integrity.pages"} <= {
        check["id"] for check in done.json["checks"]
    }


def test_doctor_names_a_folder_that_others_may_read(home: Path):
    home.chmod(0o755)

    done = berth("doctor", "--json")

    assert {"id": "data", "level": "amber"}.items() <= done.json["checks"][0].items()
    assert "chmod 700" in done.json["checks"][0]["message"]


def test_settings_of_the_vault_and_of_the_machine(home: Path):
    changed = berth("setting", "set", "network.echo_urls", "http://a.test/", "http://b.test/", "--json")
    wrong = berth("setting", "set", "network.probe_timeout_s", "1000", "--json")
    unknown = berth("setting", "show", "nothing.such", "--json")
    listed = berth("setting", "list", "--json")
    reset = berth("setting", "reset", "network.echo_urls", "--json")

    assert changed.json["value"] == ["http://a.test/", "http://b.test/"]
    assert (wrong.code, unknown.code) == (2, 4)
    values = {row["setting"]: row["value"] for row in listed.json["settings"]}
    assert values["network.echo_urls"] == ["http://a.test/", "http://b.test/"]
    assert reset.json["value"] == reset.json["default"]


def test_a_login_is_stored_listed_without_and_revealed_with_its_password(home: Path, tmp_path: Path):
    password = tmp_path / "password"
    password.write_text(" p w with spaces \n")
    password.chmod(0o600)

    added = berth("credential", "add", "seller.example", "anna", "--password-file", password, "--json")
    listed = berth("credential", "list", "--json")
    shown = berth("credential", "show", "seller.example anna", "--json")
    revealed = berth("credential", "show", added.json["id"], "--reveal", "--json")
    removed = berth("credential", "remove", "seller.example anna", "--json")
    gone = berth("credential", "show", "seller.example anna", "--json")

    assert [item["username"] for item in listed.json["credentials"]] == ["anna"]
    assert "p w with" not in added.out + listed.out + shown.out
    assert revealed.json["password"] == " p w with spaces "
    assert removed.json["removed"] == added.json["id"]
    assert (gone.code, gone.json["error"]) == (4, "credential-missing")


def test_a_password_is_asked_for_at_a_terminal_and_never_shown(home: Path):
    with Terminal("credential", "add", "seller.example", "anna") as terminal:
        terminal.answer("Password:", "hunter2")
        terminal.answer("Again:", "hunter2")
        code = terminal.end()

    assert code == 0
    assert "hunter2" not in terminal.said


def test_a_password_that_nobody_can_be_asked_for_is_a_usage_error(home: Path):
    done = berth("credential", "add", "seller.example", "anna", "--json")

    assert (done.code, done.json["error"]) == (2, "password-needed")


def test_no_command_line_or_environment_holds_a_secret(home: Path, tmp_path: Path):
    secrets = ["correct horse battery", "s3cr3t-proxy", "s3cr3t-login"]
    password = tmp_path / "password"
    password.write_text(secrets[2])
    password.chmod(0o600)

    with watched() as seen:
        stored = berth("proxy", "add", "-", stdin="socks5://u:s3cr3t-proxy@proxy.example:1080\n")
        login = berth("credential", "add", "a.example", "anna", "--password-file", password)
        control = berth("proxy", "add", "socks5://u:visible-control@other.example:1080")

    assert (stored.code, login.code, control.code) == (0, 0, 0)
    assert any("visible-control" in text for text in seen), "the watch sees nothing"
    assert [secret for secret in secrets for text in seen if secret in text] == []
    assert [
        secret for secret in secrets if any(secret.encode() in path.read_bytes() for path in _files(home))
    ] == []


@contextmanager
def held(home: Path) -> Iterator[None]:
    """The vault's lock in the hands of this process."""
    lock = FileLock(home / "vault.lock")
    assert lock.acquire()
    try:
        yield
    finally:
        lock.release()


@contextmanager
def watched() -> Iterator[set[str]]:
    """Command lines and environments of every process that shows itself inside the block."""
    seen: set[str] = set()
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(0.01):
            for process in psutil.process_iter():
                try:
                    seen.add(" ".join([*process.cmdline(), *process.environ().values()]))
                except psutil.Error:
                    continue

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield seen
    finally:
        ended.set()
        thread.join()


def _has_loaded(pid: int, library: str) -> bool:
    try:
        # Between its birth and its own program, a child still has the maps of the tests themselves.
        is_itself = b"pytest" not in Path(f"/proc/{pid}/cmdline").read_bytes()
        return is_itself and library in Path(f"/proc/{pid}/maps").read_text()
    except OSError:
        return False


def _until(holds: Callable[[], bool]) -> None:
    tick = threading.Event()
    for _ in range(int(LIMIT_S / 0.005)):
        if holds():
            return
        tick.wait(0.005)
    raise AssertionError("it never came to that")


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
