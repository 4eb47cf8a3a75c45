"""Keepers and faces killed at any moment of an opening: the store opens again, signed in as before."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time

import psutil
import pytest

from app.isolation.browser.directory import running_engine
from tests.support.stage import Stage, until

KILLS_EACH = 20


def _sign_in_once(stage: Stage) -> None:
    stage.make("Anna")
    stage.sign_in(stage.open_store("Anna", "first"), "Mrs Ames", "first")
    with stage.keeper() as keeper:
        keeper.close_windows()
    until(lambda: not _keepers(stage))
    stage.hand_over_to_commands()


def _keepers(stage: Stage) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            words = process.cmdline()
        except psutil.Error:
            continue
        if "--keeper" in words and str(stage.paths.data) in words:
            found.append(process)
    return found


def _end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


def _is_as_before(stage: Stage, run: str) -> None:
    assert stage.states() == {}
    code, lines, said = stage.run("open", "Anna", "--url", stage.store(run))
    assert code == 0, (lines, said)
    assert stage.report(run).facts["signed_in_as"] == "Mrs Ames"
    assert stage.run("close", "--all")[0] == 0
    until(lambda: running_engine(stage.paths.profile(lines[0]["profile_id"])) is None)


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_a_keeper_killed_at_any_moment_of_an_opening_costs_nothing(stage: Stage) -> None:
    _sign_in_once(stage)
    chance = random.Random(20261122)
    for number in range(KILLS_EACH):
        face = stage.command(
            "open", "Anna", "--url", stage.store(f"killed-{number}"), "--hold", "30", "--json"
        )
        until(lambda: _keepers(stage))
        time.sleep(chance.uniform(0, 3))
        for process in _keepers(stage):
            os.kill(process.pid, signal.SIGKILL)
        _end(face)

        _is_as_before(stage, f"again-{number}")

    assert stage.net.direct_arrivals() == ()


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_a_face_killed_at_any_moment_of_an_opening_costs_nothing(stage: Stage) -> None:
    _sign_in_once(stage)
    chance = random.Random(20261123)
    for number in range(KILLS_EACH):
        face = stage.command(
            "open", "Anna", "--url", stage.store(f"killed-{number}"), "--hold", "30", "--json"
        )
        time.sleep(chance.uniform(0, 4))
        _end(face)
        # Whatever became of it, a window or nothing, it is found and can be closed.
        assert stage.run("close", "--all")[0] == 0

        _is_as_before(stage, f"again-{number}")

    assert stage.net.direct_arrivals() == ()
