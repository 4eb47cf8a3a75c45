"""Tabs and pictures of an open window, by commands and by the keeper."""

from __future__ import annotations

import stat
from pathlib import Path

from tests.support.stage import Stage, until


def test_tabs_are_listed_opened_brought_to_the_front_and_closed(stage: Stage) -> None:
    stage.make("Anna")
    stage.open_store("Anna", "a")
    stage.hand_over_to_commands()

    _, (first,), _ = stage.run("tabs", "Anna")
    _, (opened,), _ = stage.run("tabs", "Anna", "--open", stage.store("b"))
    stage.report("b")
    _, (back,), _ = stage.run("tabs", "Anna", "--focus", "1")
    with stage.keeper() as keeper:
        profile = keeper.windows()[0]["profile"]
        until(lambda: [tab["in_front"] for tab in keeper.tabs(profile)] == [True, False])
    code, _, _ = stage.run("tabs", "Anna", "--focus", "9")
    _, (closed,), _ = stage.run("tabs", "Anna", "--close", "2")

    assert [tab["url"] for tab in first["tabs"]] == [stage.store("a")]
    assert first["tabs"][0]["in_front"] is True
    assert len(opened["tabs"]) == len(back["tabs"]) == 2
    assert code == 4
    assert [tab["url"] for tab in closed["tabs"]] == [stage.store("a")]
    assert stage.states() == {"Anna": "open"}


def test_a_picture_of_the_tab_in_front_is_written_for_its_owner_alone(stage: Stage, tmp_path: Path) -> None:
    stage.make("Anna")
    stage.open_store("Anna", "a")
    stage.hand_over_to_commands()
    file = tmp_path / "anna.png"

    code, (wrote,), _ = stage.run("screenshot", "Anna", str(file))

    assert code == 0
    assert file.read_bytes().startswith(b"\x89PNG")
    assert wrote["bytes"] == file.stat().st_size
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_text_is_inserted_through_the_keeper_at_the_caret_of_the_window(stage: Stage) -> None:
    stage.make("Anna")
    opened = stage.open_store("Anna", "a")
    with stage.keeper() as keeper:
        keeper.type_into(opened.profile.id, stage.net.store_url, "input[name=name]", "Mrs ", enter=False)

        page = keeper.insert_text(opened.profile.id, "Ames 王")

        keeper.type_into(opened.profile.id, stage.net.store_url, "input[name=name]", "!", enter=True)
        assert page == keeper.tabs(opened.profile.id)[0]["id"]
    seen = stage.report("a", lambda report: bool(report.facts.get("signed_in_as")))
    assert "Ames 王" in str(seen.facts["signed_in_as"])
