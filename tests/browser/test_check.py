"""`berth check` on real windows: twelve contexts, headers, engine, exit, and nothing left behind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.support.stage import Stage

# Nothing left to chance: one core of two, and a window that fits the test's screen.
SETTINGS = (("fingerprint.cores", "1"), ("fingerprint.scale", "1"), ("fingerprint.window", "1280x800"))
# What this machine may find about itself, and what its tests as root do: true, named, and never red.
OF_THIS_MACHINE = {"machine.graphics", "machine.utc", "engine.sandbox"}


def levels(found: dict[str, Any]) -> dict[str, str]:
    """Every line's level by its id."""
    return {line["id"]: line["level"] for line in found["checks"]}


def not_green(found: dict[str, Any]) -> list[dict[str, str]]:
    """Lines that say something, in full."""
    return [
        line for line in found["checks"] if line["level"] != "green" and line["id"] not in OF_THIS_MACHINE
    ]


def test_an_open_window_is_green_in_every_line_that_is_not_this_machines_own(stage: Stage) -> None:
    stage.make("Anna", None, *SETTINGS)
    stage.open_store("Anna", "one")
    before = {(window["tabs"], window["state"]) for window in _windows(stage)}
    stage.hand_over_to_commands()

    code, [found], err = stage.run("check", "Anna")

    assert not_green(found) == [], [line["message"] for line in not_green(found)]
    assert code == 0, err
    assert len(levels(found)) == len(found["checks"])
    assert {"contexts", "same.cores", "headers.languages", "relay.witness"} - set(levels(found)) == {
        "relay.witness"
    }
    assert all(set(line) == {"id", "level", "expected", "seen", "message"} for line in found["checks"])
    assert len(found["fingerprint_id"]) == 32
    assert {(window["tabs"], window["state"]) for window in _windows(stage)} == before


def test_a_closed_profile_is_checked_without_a_word_to_stores_or_into_its_folder(stage: Stage) -> None:
    profile = stage.make("Anna", None, *SETTINGS)
    stage.open_store("Anna", "one")
    with stage.keeper() as keeper:
        keeper.close_windows()
    folder = stage.paths.profile(profile.id)
    kept = _contents(folder)
    asked = len(stage.net.requests("store.test"))
    stage.hand_over_to_commands()

    code, [found], err = stage.run("check", "Anna")

    assert not_green(found) == [], [line["message"] for line in not_green(found)]
    assert code == 0, err
    assert levels(found)["relay.witness"] == "green"
    assert _contents(folder) == kept
    assert len(stage.net.requests("store.test")) == asked


def _windows(stage: Stage) -> list[Any]:
    with stage.keeper() as keeper:
        return keeper.windows()


def _contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
