"""Many windows at once: opened in a queue, put on a grid, and put to sleep when nobody needs them."""

from __future__ import annotations

import subprocess

from app.isolation.keeper.client import KeeperClient
from tests.support.stage import Stage, until


def _place(number: int) -> tuple[int, int, int, int]:
    """Where a store's window is on the screen, by its window class: left, top, width, height."""
    found = subprocess.run(
        [
            "xdotool",
            "search",
            "--onlyvisible",
            "--class",
            f"Berth-{number:03d}",
            "getwindowgeometry",
            "--shell",
        ],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    facts = dict(line.split("=") for line in found.splitlines() if "=" in line)
    if not facts:
        return (0, 0, 0, 0)
    return int(facts["X"]), int(facts["Y"]), int(facts["WIDTH"]), int(facts["HEIGHT"])


def test_several_windows_open_at_once_and_stand_side_by_side(stage: Stage) -> None:
    for name in ("Anna", "Bert"):
        stage.make(name, None, ("group", "Team"), ("fingerprint.scale", "1" if name == "Anna" else "1.25"))
    stage.make("Carl")
    stage.hand_over_to_commands()

    code, lines, said = stage.run("open-many", "--group", "Team")
    assert code == 0, (lines, said)
    assert {line["event"] for line in lines} == {"open"}
    assert stage.states() == {"Anna": "open", "Bert": "open"}

    code, [told], said = stage.run("arrange")
    assert code == 0, said
    assert len(told["arranged"]) == 2
    anna, bert = until(lambda: (_place(1), _place(2)) if _place(1)[2] == _place(2)[2] != 0 else None)
    assert anna[:2] == (0, 0)
    assert abs(bert[0] - anna[2]) <= 2, (anna, bert)
    assert abs(anna[3] - bert[3]) <= 2


def test_one_that_cannot_open_is_told_and_the_others_open(stage: Stage) -> None:
    stage.make("Anna")
    stage.make("Dead")
    stage.work.isolation.profiles.set("Dead", [("proxy", "socks5://127.0.0.1:9")])
    stage.hand_over_to_commands()

    code, lines, _ = stage.run("open-many", "Dead", "Anna")

    assert code == 1
    assert {(line["profile"], line["event"]) for line in lines} == {("Dead", "refused"), ("Anna", "open")}


def test_windows_sleep_unless_somebody_needs_them(stage: Stage) -> None:
    for name in ("Anna", "Bert", "Carl"):
        stage.make(name)
        stage.open_store(name, name)
    with stage.keeper() as keeper:
        ids = {window["name"]: window["profile"] for window in keeper.windows()}
        keeper.type_into(ids["Bert"], stage.net.store_url, "input[name=name]", "unsent", enter=False)
        _turn_to(3)

        closed, awake = keeper.hibernate()

        assert {window["name"] for window in closed} >= {"Anna"}
        assert "Bert" in {window["name"] for window in awake}, "its text was not sent"
        until(lambda: "Anna" not in stage.states())
    again = stage.open("Anna")
    assert again.is_open
    stage.report("Anna", lambda report: len(stage.net.reports("Anna")) > 1)


def test_a_window_with_unread_messages_stays_awake(stage: Stage) -> None:
    stage.make("Anna")
    opened = stage.open_store("Anna", "a")
    with stage.keeper() as keeper:
        keeper.open_page(opened.profile.id, "data:text/html,<title>(3) WhatsApp</title>")
        _until_unread(keeper, 3)

        closed, awake = keeper.hibernate([opened.profile.id])

    assert closed == []
    assert [window["name"] for window in awake] == ["Anna"]


def _until_unread(keeper: KeeperClient, count: int) -> None:
    revision, windows = keeper.watch()
    while windows[0]["unread"] != count:
        revision, windows = keeper.watch(revision)


def _turn_to(number: int) -> None:
    subprocess.run(
        ["xdotool", "search", "--onlyvisible", "--class", f"Berth-{number:03d}", "windowfocus"], check=False
    )
