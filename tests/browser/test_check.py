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
    folder = stage.paths.profile(profile.id) / "browser"
    kept = _contents(folder)
    asked = len(stage.net.requests("store.test"))
    stage.hand_over_to_commands()

    code, [found], err = stage.run("check", "Anna")

    assert not_green(found) == [], [line["message"] for line in not_green(found)]
    assert code == 0, err
    assert levels(found)["relay.witness"] == "green"
    assert _contents(folder) == kept
    assert len(stage.net.requests("store.test")) == asked


def test_a_dead_proxy_is_red_and_the_window_itself_is_looked_at_all_the_same(stage: Stage) -> None:
    stage.make("Anna", None, *SETTINGS)
    stage.open_store("Anna", "one")  # fixes languages and time zone
    with stage.keeper() as keeper:
        keeper.close_windows()
    stage.internet.kill(stage.net.http_proxy)
    stage.hand_over_to_commands()

    code, [found], _err = stage.run("check", "Anna")

    assert code == 1
    told = levels(found)
    assert told["exit.refused"] == "red"
    assert told["relay.witness"] == "red"
    assert (told["contexts"], told["same.timezone"], told["headers.user-agent"]) == ("green",) * 3


def test_a_profile_whose_place_depends_on_a_dead_proxy_says_so(stage: Stage) -> None:
    stage.make("Anna")
    stage.internet.kill(stage.net.http_proxy)
    stage.hand_over_to_commands()

    code, [found], _err = stage.run("check", "Anna")

    assert code == 1
    assert [line["id"] for line in found["checks"] if line["level"] == "red"] == [
        "exit.refused",
        "window.answers",
    ]
    assert found["fingerprint_id"] == ""


def test_the_table_names_every_line_and_the_fingerprint_is_the_same_after_a_relaunch(stage: Stage) -> None:
    stage.make("Anna", None, *SETTINGS)
    stage.hand_over_to_commands()

    names = [stage.run("check", "Anna")[1][0]["fingerprint_id"] for _ in range(2)]
    process = stage.command("check", "Anna")
    words, _ = process.communicate(timeout=60)

    assert len(set(names)) == 1
    assert names[0] in words
    for part in ("same.canvas", "headers.hints-low", "machine.graphics", "links.hardware", "0 red"):
        assert part in words


def _windows(stage: Stage) -> list[Any]:
    with stage.keeper() as keeper:
        return keeper.windows()


def _contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
