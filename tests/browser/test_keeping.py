"""Windows outlive their face, and logins outlive everything: killed faces, keepers, browsers."""

from __future__ import annotations

import json
import os
import signal

import psutil
import pytest

from app.isolation.browser.directory import running_engine
from app.isolation.keeper.client import KeeperClient
from app.isolation.keeper.messages import KeeperProblem
from app.kernel.gate import Ability, Act
from tests.support.stage import Stage, until


def test_two_windows_live_on_when_their_faces_are_killed_and_the_next_command_finds_them(
    stage: Stage,
) -> None:
    stage.make("Anna", stage.net.http_proxy)
    stage.make("Bert", stage.net.socks_proxy)
    stage.hand_over_to_commands()
    pids = {}
    for name, run in (("Anna", "a"), ("Bert", "b")):
        with stage.command("open", name, "--url", stage.store(run), "--hold", "300", "--json") as face:
            assert face.stdout is not None
            event = json.loads(face.stdout.readline())
            assert event["event"] == "open"
            pids[name] = event["pid"]
            face.kill()
            face.wait()

    code, (found,), _ = stage.run("windows")

    assert code == 0
    assert {window["name"]: window["pid"] for window in found["windows"]} == pids
    assert {window["state"] for window in found["windows"]} == {"open"}
    with stage.keeper() as keeper:
        for window in found["windows"]:
            assert keeper.screenshot(window["profile"], stage.net.store_url).startswith(b"\x89PNG")
    assert stage.run("close", "--all")[0] == 0
    assert stage.states() == {}


def test_a_killed_keeper_lets_its_browsers_close_cleanly_and_logins_are_there_again(stage: Stage) -> None:
    stage.make("Anna")
    opened = stage.open_store("Anna", "a")
    stage.sign_in(opened, "Mrs Ames", "a")
    # Chromium writes a fresh cookie to disk within seconds; a clean close does it at once.
    browser = psutil.Process(opened.pid)

    os.kill(stage.keeper_process().pid, signal.SIGKILL)
    browser.wait(20)
    again = stage.open("Anna", stage.store("again"))

    assert again.is_open
    assert stage.report("again").facts["signed_in_as"] == "Mrs Ames"
    assert stage.report("again").facts["session_cookie"] is True


def test_a_crashed_browser_is_told_and_its_store_opens_again_with_its_login(stage: Stage) -> None:
    stage.make("Anna")
    opened = stage.open_store("Anna", "a")
    stage.sign_in(opened, "Mrs Ames", "a")
    with stage.keeper() as keeper:
        keeper.close_windows()
    opened = stage.open_store("Anna", "b")

    with stage.keeper() as keeper:
        os.kill(opened.pid, signal.SIGKILL)
        reason = keeper.wait(opened.profile.id, 20)

    assert reason == "crashed"
    assert stage.states() == {"Anna": "crashed"}
    again = stage.open_store("Anna", "c")
    assert again.is_open
    assert stage.report("c").facts["signed_in_as"] == "Mrs Ames"
    assert stage.states() == {"Anna": "open"}


def test_a_person_who_closes_the_last_tab_ends_the_window_and_finds_the_start_page_again(
    stage: Stage,
) -> None:
    stage.make("Anna")
    opened = stage.open_store("Anna", "a")

    with stage.keeper() as keeper:
        keeper.close_page(opened.profile.id, stage.net.store_url)
        reason = keeper.wait(opened.profile.id, 20)

    assert reason == "person"
    assert stage.states() == {}
    assert stage.net.reports("") == ()
    assert stage.open("Anna").is_open
    assert stage.report("").source == stage.net.http_proxy.exit_ip


def test_a_profile_that_is_open_is_not_opened_twice(stage: Stage) -> None:
    stage.make("Anna")
    stage.open_store("Anna", "a")

    with pytest.raises(KeeperProblem, match="already open") as caught:
        stage.open("Anna")

    assert caught.value.id == "window-busy"
    assert stage.states() == {"Anna": "open"}


def test_a_face_that_dies_between_the_two_steps_leaves_the_profile_free(stage: Stage) -> None:
    profile = stage.make("Anna")
    first = stage.open_store("Anna", "a")
    with stage.keeper() as keeper:
        keeper.close_windows()
    act = Act(Ability.WINDOW_OPEN, profile.id)
    plan = stage.work.isolation.opening.plan(
        first.profile, stage.opened.gate.admit(stage.opened.session, act)
    )
    client = KeeperClient.start(stage.paths)
    client.prepare(plan)

    client.close()  # what the system does for a killed process

    def opened() -> bool:
        try:
            return stage.open("Anna").is_open
        except KeeperProblem as problem:
            return False if problem.id == "window-busy" else stage.open("Anna").is_open

    until(opened)
    assert stage.states() == {"Anna": "open"}
    assert running_engine(stage.paths.profile(profile.id)) is not None


def test_the_keeper_ends_when_no_window_and_no_face_is_left(stage: Stage) -> None:
    stage.make("Anna")
    stage.open_store("Anna", "a")
    keeper_process = stage.keeper_process()

    with stage.keeper() as keeper:
        keeper.close_windows()

    keeper_process.wait(20)
    assert KeeperClient.find(stage.paths) is None


def test_a_keeper_that_is_asked_to_end_closes_its_windows_cleanly(stage: Stage) -> None:
    stage.make("Anna")
    opened = stage.open_store("Anna", "a")
    stage.sign_in(opened, "Mrs Ames", "a")
    browser = psutil.Process(opened.pid)

    stage.keeper_process().terminate()

    browser.wait(20)
    assert stage.open_store("Anna", "b").is_open
    assert stage.report("b").facts["signed_in_as"] == "Mrs Ames"
