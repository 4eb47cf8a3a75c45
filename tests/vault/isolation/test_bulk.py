"""One act on many profiles: one write, all of them or those that can be."""

from __future__ import annotations

import pytest

from app.isolation.checks import Exit
from app.isolation.profile import ValueWrong
from app.isolation.profile_problems import NameTaken, ProfileIsOpen, ProfileMissing
from app.isolation.profiles import PROFILE, ProfileQuery
from app.isolation.proxies import ProxyMissing
from app.kernel.changes import Changes
from app.kernel.errors import FolderNotWritable
from app.kernel.gate import Ability, Act, Refused
from app.kernel.ids import ProfileId
from tests.vault.isolation.conftest import Rooms


@pytest.fixture
def ids(rooms: Rooms) -> list[ProfileId]:
    """Four profiles."""
    return [rooms.profiles.new(name, values=[("tags", "old")]).id for name in ("Anna", "Bea", "Cleo", "Dora")]


def _groups(rooms: Rooms) -> list[str]:
    return [profile.group for profile in rooms.profiles.each()]


def test_settings_of_many_are_changed_in_one_write(
    rooms: Rooms, ids: list[ProfileId], changes: list[Changes]
):
    rooms.profiles.set("Bea", [("group", "Team")])
    before = len(changes)

    count = rooms.profiles.set_many([*ids[:3], ids[0]], [("group", "Team")])

    assert count == 2  # one was in it already
    assert _groups(rooms) == ["Team", "Team", "Team", ""]
    assert len(changes) == before + 1
    assert changes[-1][PROFILE] == {ids[0], ids[2]}


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ([("group", "Team"), ("market", "UK")], ValueWrong),
        ([("name", "Same")], NameTaken),
        ([("group", "Team"), ("proxy", "nowhere")], ProxyMissing),
    ],
)
def test_when_one_cannot_be_changed_none_is(
    rooms: Rooms, ids: list[ProfileId], values: list[tuple[str, str]], problem: type[Exception]
):
    acts = rooms.acts()

    with pytest.raises(problem):
        rooms.profiles.set_many(ids, values)

    assert _groups(rooms) == ["", "", "", ""]
    assert rooms.acts() == acts


def test_one_that_is_not_there_stops_the_others(rooms: Rooms, ids: list[ProfileId]):
    with pytest.raises(ProfileMissing):
        rooms.profiles.set_many([*ids, "nobody"], [("group", "Team")])

    assert _groups(rooms) == ["", "", "", ""]


def test_what_a_shop_has_seen_is_changed_only_when_confirmed(rooms: Rooms, ids: list[ProfileId]):
    anna = rooms.profiles.get("Anna")
    pass_ = rooms.vault.gate.admit(rooms.vault.session, Act(Ability.WINDOW_OPEN, anna.id))
    rooms.profiles.record_opened(pass_, anna, Exit("1.2.3.4"))
    values = [("fingerprint.timezone", "Europe/Berlin")]

    with pytest.raises(Refused, match="already seen"):
        rooms.profiles.set_many(ids, values)

    assert rooms.profiles.set_many(ids, values, confirm=True, reason="moved") == 4
    assert rooms.profiles.history("Anna")[0].reason == "moved"


def test_nothing_to_change_is_no_write(rooms: Rooms):
    assert rooms.profiles.set_many([], [("group", "Team")]) == 0


def test_many_go_through_one_proxy(rooms: Rooms, ids: list[ProfileId]):
    count = rooms.profiles.assign_proxy(ids[:3], "http://u:p@one.example:8080")

    assert count == 3
    (proxy,) = rooms.proxies.page().rows
    assert proxy.used_by == 3
    assert rooms.profiles.assign_proxy(ids, proxy.name) == 1
    assert rooms.profiles.assign_proxy(ids, "direct") == 4
    assert {profile.proxy for profile in rooms.profiles.each()} == {None}


def test_tags_are_added_and_taken_away(rooms: Rooms, ids: list[ProfileId]):
    assert rooms.profiles.add_tags(ids[:2], ["OLD", "vip", " ", "热卖"]) == 2
    assert rooms.profiles.get("Anna").tags == ("old", "vip", "热卖")
    assert rooms.profiles.add_tags(ids[:2], ["vip"]) == 0

    assert rooms.profiles.remove_tags(ids, ["VIP", "nothing"]) == 2

    assert rooms.profiles.get("Bea").tags == ("old", "热卖")
    assert len(rooms.profiles.ids(ProfileQuery(text="rm"))) == 2


def test_too_many_tags_for_one_are_too_many_for_all(rooms: Rooms, ids: list[ProfileId]):
    rooms.profiles.add_tags(ids[:1], [f"t{number}" for number in range(29)])

    with pytest.raises(ValueWrong, match="30"):
        rooms.profiles.add_tags(ids, ["one", "more"])

    assert rooms.profiles.get("Bea").tags == ("old",)


def test_open_ones_stay_and_the_others_go_to_the_bin(
    rooms: Rooms, ids: list[ProfileId], changes: list[Changes]
):
    rooms.running.add(ids[1])

    result = rooms.profiles.delete_many([*ids[:3], "nobody"])

    assert result.done == (ids[0], ids[2])
    (open_one, why), (missing, unknown) = result.refused
    assert (open_one, missing) == (ids[1], "nobody")
    assert isinstance(why, ProfileIsOpen)
    assert isinstance(unknown, ProfileMissing)
    assert changes[-1][PROFILE] == {ids[0], ids[2]}
    assert rooms.acts()[-2:] == [("profile.delete", ids[0]), ("profile.delete", ids[2])]


def test_what_was_deleted_comes_back_unless_its_name_is_taken(rooms: Rooms, ids: list[ProfileId]):
    deleted = rooms.profiles.delete_many(ids).done
    rooms.profiles.new("bea")

    result = rooms.profiles.restore_many(deleted)

    assert result.done == (ids[0], ids[2], ids[3])
    ((refused, why),) = result.refused
    assert refused == ids[1]
    assert isinstance(why, NameTaken)
    assert rooms.profiles.get("Bea", in_bin=True).id == ids[1]


def test_a_folder_that_cannot_come_home_keeps_its_profile_in_the_bin(rooms: Rooms, ids: list[ProfileId]):
    rooms.profiles.delete_many(ids[:2])
    (rooms.paths.bin / ids[0]).mkdir(parents=True)
    rooms.paths.profiles.write_text("a file in the way")

    result = rooms.profiles.restore_many(ids[:2])

    assert result.done == (ids[1],)
    assert isinstance(result.refused[0][1], FolderNotWritable)


def test_the_history_of_each_profile_tells_of_the_acts_on_many(rooms: Rooms, ids: list[ProfileId]):
    rooms.clock.move(hours=1)
    rooms.profiles.set_many(ids[:2], [("group", "Team")], reason="reordered")
    rooms.profiles.delete_many(ids[:3])

    anna, cleo = (rooms.profiles.history(name) for name in ("Anna", "Cleo"))

    assert [(line.ability, line.count, line.reason) for line in anna] == [
        ("profile.delete", 3, None),
        ("profile.edit", 2, "reordered"),
        ("profile.edit", 1, None),
    ]
    assert [line.ability for line in cleo] == ["profile.delete", "profile.edit"]
    assert (anna[0].operator_name, anna[0].via) == ("owner", "test")
    assert anna[0].at > anna[2].at
    assert rooms.vault.check_integrity().ok


def test_a_long_history_is_read_in_parts(rooms: Rooms, ids: list[ProfileId]):
    for number in range(5):
        rooms.profiles.set("Anna", [("group", f"g{number}")])

    first = rooms.profiles.history("Anna", limit=4)
    rest = rooms.profiles.history("Anna", limit=4, before=first[-1].seq)

    assert [len(first), len(rest)] == [4, 2]
    assert len({line.seq for line in first + rest}) == 6
    assert len(rooms.profiles.history("Anna", limit=0)) == 1


def test_the_history_of_nobody_is_none(rooms: Rooms):
    with pytest.raises(ProfileMissing, match="There is no profile nobody"):
        rooms.profiles.history("nobody")
