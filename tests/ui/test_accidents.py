"""What goes wrong around the program: bugs, a second start, a folder that is shut, a sudden death."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer

from app.kernel.clock import SystemClock
from app.kernel.events import EventHub
from app.kernel.paths import Paths
from app.ui.single_instance import SingleInstance
from app.vault.vault import Vault
from app.workspace import build, migrations
from tests.support.failing import ExpectedLog
from tests.support.gui import Gui
from tests.support.machine import as_ordinary_user
from tests.support.stage import until
from tests.support.vaults import PASSPHRASE

ROOT = Path(__file__).resolve().parents[2]
LIMIT_S = 60


def boom(value: str) -> None:
    raise ValueError(value)


# --- bugs -------------------------------------------------------------------------------------------------


def test_a_bug_is_shown_once_per_place_and_the_program_goes_on(gui: Gui, expected_log: ExpectedLog):
    expected_log("berth.gui", "unexpected ValueError at")
    secret = "s3cr3t-name"
    for _ in range(3):
        QTimer.singleShot(0, lambda: boom(secret))
    gui.until_says("Something in Berth went wrong")
    gui.rest()

    assert gui.says("Your data are safe: nothing half-done was saved. You can go on working.")
    assert gui.says("ValueError")
    assert not gui.says(secret)
    reports = list(gui.paths.logs.glob("crash-*.txt"))
    assert len(reports) == 1
    report = reports[0].read_text()
    assert "ValueError" in report
    assert secret not in report
    assert reports[0].stat().st_mode & 0o777 == 0o600
    gui.click("answer_close_button")
    gui.make("Anna")
    assert gui.names() == ["Anna"]
    assert secret not in (gui.paths.logs / "gui.log").read_text()


def test_a_bug_in_a_job_is_shown_too(gui: Gui, expected_log: ExpectedLog):
    expected_log("berth.jobs", "a job failed unexpectedly")
    expected_log("berth.gui", "unexpected ZeroDivisionError at")
    gui.app.jobs.call(lambda: 1 / 0, owner=gui.window)

    gui.until_says("ZeroDivisionError")
    gui.click("answer_close_button")


def test_the_log_and_the_reports_hold_no_name_of_a_store(gui: Gui, expected_log: ExpectedLog):
    expected_log("berth.gui", "unexpected ProfileMissing at")
    wanted = gui.make("Zanzibar Kontor")[0].name + "x"  # the log quotes code, and code holds no names
    QTimer.singleShot(0, lambda: gui.work.isolation.profiles.get(wanted))
    gui.until_says("Something in Berth went wrong")
    gui.click("answer_close_button")

    for file in gui.paths.logs.iterdir():
        assert "Zanzibar" not in file.read_text(), file


# --- a second start ---------------------------------------------------------------------------------------


def test_a_second_start_hands_its_words_over_and_ends(locked: Gui):
    only = SingleInstance(locked.paths)
    assert only.take([])
    asked: list[list[str]] = []
    only.asked.connect(asked.append)
    try:
        second = start(locked.paths.data, "Anna & Co", "12")
        locked.until(lambda: asked, limit_ms=LIMIT_S * 1000)
        assert second.wait(LIMIT_S) == 0
    finally:
        only.release()

    assert asked == [["Anna & Co", "12"]]


@pytest.mark.parametrize(
    "raw", [b"\n", b"{}\n", b"[1]\n", b'{"version": 1, "words": 7}\n', b'{"version": 1, "words": [[]]}\n']
)
def test_nonsense_from_another_program_is_not_listened_to(locked: Gui, raw: bytes):
    only = SingleInstance(locked.paths)
    assert only.take([])
    asked: list[list[str]] = []
    only.asked.connect(asked.append)
    with socket.socket(socket.AF_UNIX) as other:
        other.connect(only._name())
        other.setblocking(False)
        other.sendall(raw)
        locked.until(lambda: _heard(other) == b"ok\n")
    locked.rest()
    only.release()

    assert asked == []


_MANY_STARTS = """
import socket, sys, tempfile
from pathlib import Path
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from app.kernel.paths import Paths
from app.ui.single_instance import SingleInstance

program = QApplication([])

def one_start(folder):
    only, heard = SingleInstance(Paths.of(folder, {})), []
    assert only.take([])
    only.asked.connect(heard.append)
    with socket.socket(socket.AF_UNIX) as other:
        other.connect(only._name())
        other.sendall(b'{"version": 1, "words": ["12"]}\\n')
        while not heard:
            program.processEvents()
    only.release()

for number in range(40):
    one_start(Path(sys.argv[1]) / str(number))
    for _ in range(20):
        program.processEvents()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
print("alive")
"""


def test_who_listened_to_other_starts_goes_without_a_crash(tmp_path: Path):
    """In a process of its own: a crash of Qt would take the others along."""
    done = subprocess.run(
        [sys.executable, "-c", _MANY_STARTS, str(tmp_path)],
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
    )

    assert (done.returncode, done.stdout.strip()) == (0, "alive"), done.stderr


def _heard(other: socket.socket) -> bytes:
    try:
        return other.recv(16)
    except BlockingIOError:
        return b""


# --- folders and death ------------------------------------------------------------------------------------


def test_where_the_state_folder_cannot_be_written_a_sentence_says_so_and_the_program_goes_on(
    berth_home: Path, with_vault: Paths
):
    paths = with_vault
    paths.state.mkdir(parents=True, exist_ok=True)
    paths.state.chmod(0o500)
    try:
        ended = in_a_process(paths, "switch_theme")
    finally:
        paths.state.chmod(0o700)

    assert ended.returncode == 0, ended.stderr
    assert "stores: 1" in ended.stdout
    assert "banner: " in ended.stdout
    assert str(paths.state) in ended.stdout
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("factor", ["1.5", "2"])
def test_another_scale_of_the_screen_changes_nothing_but_the_size(
    berth_home: Path, with_vault: Paths, factor: str
):
    paths = with_vault

    ended = in_a_process(paths, "type_and_lock", QT_SCALE_FACTOR=factor)

    assert ended.returncode == 0, ended.stderr
    assert f"ratio: {float(factor)}" in ended.stdout
    assert "stores: 1" in ended.stdout


SAVES = ("new_store", "edit_store", "note")


@pytest.mark.parametrize("what", SAVES)
def test_a_sudden_death_during_a_save_leaves_a_whole_record_or_none(with_vault: Paths, what: str):
    assert die_at(with_vault, what, 0, 12) <= {"whole", "none"}


@pytest.mark.long
@pytest.mark.timeout(400)
@pytest.mark.parametrize("what", SAVES)
def test_a_sudden_death_at_any_moment_of_a_save_leaves_a_whole_record_or_none(with_vault: Paths, what: str):
    assert die_at(with_vault, what, *range(0, 40, 2)) <= {"whole", "none"}


def die_at(paths: Paths, what: str, *moments_ms: int) -> set[str]:
    """Kills the program so long after it began to save; what the vault holds then."""
    seen = set()
    for moment_ms in moments_ms:
        child = start_child(paths, f"die_in_{what}")
        assert child.stdout is not None
        assert child.stdout.readline().strip() == "saving"
        time.sleep(moment_ms / 1000)  # the moment of death, not a wait
        child.send_signal(signal.SIGKILL)
        child.communicate(timeout=LIMIT_S)
        seen.add(what_is_there(paths, what))
    return seen


def what_is_there(paths: Paths, what: str) -> str:
    with Vault(paths, SystemClock(), migrations(), EventHub()).unlock(PASSPHRASE, via="test") as opened:
        profiles = build(paths, SystemClock(), opened).isolation.profiles
        found = [profiles.get(one) for one in profiles.ids()]
        for one in found:
            if what == "note" and one.has_note:
                assert profiles.reveal_note(one.id).reveal() == "a note " * 50
            if one.operator or one.legal_entity:
                assert (one.operator, one.legal_entity) == ("Zoe", "Mermaid Ltd")
            assert one.name
            assert one.number
        return "whole" if found else "none"


def start(home: Path, *words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "app", "gui", "--home", str(home), *words], cwd=ROOT)


def start_child(paths: Paths, what: str, **environ: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.support.gui_child", what]
    return subprocess.Popen(
        as_ordinary_user(command),
        cwd=ROOT,
        env={**os.environ, **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def in_a_process(paths: Paths, what: str, **environ: str) -> subprocess.CompletedProcess[str]:
    child = start_child(paths, what, **environ)
    out, err = child.communicate(timeout=LIMIT_S)
    return subprocess.CompletedProcess(child.args, child.returncode, out, err)


def test_two_programs_over_one_folder_end_as_one(berth_home: Path, with_vault: Paths):
    first = start(berth_home)
    try:
        until(lambda: (Paths.of(berth_home).state / "gui.lock").exists() or None)
        second = start(berth_home)
        assert second.wait(LIMIT_S) == 0
        assert first.poll() is None
    finally:
        first.send_signal(signal.SIGTERM)
        ended = first.wait(LIMIT_S)

    assert ended == 0
