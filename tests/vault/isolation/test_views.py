"""Saved views in a real vault."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from app.isolation.profile import NameWrong
from app.isolation.views import MAX_CONTENT_BYTES, VIEW, ViewMissing, ViewNameTaken, ViewWrong
from app.kernel.changes import Changes
from app.kernel.gate import Ability, Refused
from app.vault.vault import Vault
from tests.support.vaults import PASSPHRASE, StillClock
from tests.vault.isolation.conftest import Rooms, rooms_over

ONE = json.dumps({"text": "小红", "sort": "name"}, ensure_ascii=False)


def _names(rooms: Rooms) -> list[str]:
    return [view.name for view in rooms.views.all()]


def test_a_view_is_there_in_the_next_session(rooms: Rooms, reopen: Callable[[], Vault]):
    saved = rooms.views.save("我的店", ONE)
    rooms.vault.lock()

    with reopen().unlock(PASSPHRASE, via="later") as opened:
        later = rooms_over(opened, rooms.paths, StillClock(), set())

        assert later.views.all() == (saved,)
        assert saved.content == ONE


def test_a_name_that_is_there_gets_the_new_content(rooms: Rooms, changes: list[Changes]):
    first = rooms.views.save("One", "{}")
    again = rooms.views.save("ONE", ONE)

    assert (again.id, again.name, again.content) == (first.id, "ONE", ONE)
    assert _names(rooms) == ["ONE"]
    assert changes[-1].touches(VIEW, first.id)


def test_views_are_renamed_removed_and_put_in_order(rooms: Rooms):
    one, two, three = (rooms.views.save(name, "{}") for name in ("one", "two", "three"))

    assert [view.name for view in rooms.views.reorder([three.id, "one"])] == ["three", "one", "two"]
    assert rooms.views.rename(one.id, "ONE").name == "ONE"
    assert rooms.views.remove("Two") == two
    assert _names(rooms) == ["three", "ONE"]
    assert rooms.acts()[-1] == ("profile.view", two.id)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        *(("", ViewWrong), ("{", ViewWrong), ("[" * 10_000, ViewWrong), ('"\ud800"', ViewWrong)),
        *((json.dumps("x" * MAX_CONTENT_BYTES), ViewWrong), ("x" * 5_000_000, ViewWrong)),
        (json.dumps("店" * (MAX_CONTENT_BYTES // 3), ensure_ascii=False), ViewWrong),
    ],
)
def test_what_is_no_view_is_not_saved(rooms: Rooms, content: str, problem: type[Exception]):
    with pytest.raises(problem):
        rooms.views.save("One", content)

    assert rooms.views.all() == ()


def test_names_are_checked_and_found(rooms: Rooms):
    rooms.views.save("One", "{}")
    rooms.views.save("Two", "{}")

    with pytest.raises(NameWrong):
        rooms.views.save("  ", "{}")
    with pytest.raises(ViewNameTaken):
        rooms.views.rename("One", "two")
    with pytest.raises(ViewMissing):
        rooms.views.remove("Three")
    with pytest.raises(ViewMissing):
        rooms.views.reorder(["Three"])
    assert _names(rooms) == ["One", "Two"]


def test_views_are_for_those_who_see_profiles(rooms: Rooms):
    nobody = rooms.seen_by(abilities=frozenset({Ability.PROXY_VIEW}))

    with pytest.raises(Refused):
        nobody.views.all()
    with pytest.raises(Refused):
        nobody.views.save("One", "{}")
