"""Groups in a real vault: named, coloured, put in order, dissolved."""

from __future__ import annotations

import pytest

from app.isolation.groups import GROUP, GroupMissing, GroupNameTaken
from app.isolation.profile import NameWrong, ValueWrong
from app.isolation.profiles import PROFILE, ProfileQuery
from app.kernel.changes import Changes
from app.kernel.gate import Ability, Refused
from tests.vault.isolation.conftest import Rooms


@pytest.fixture
def teams(rooms: Rooms) -> Rooms:
    """Three groups, the first with two profiles."""
    for name, group in {"Anna": "Team", "Bea": "Team", "Cleo": "小组", "Dora": "Last"}.items():
        rooms.profiles.new(name, values=[("group", group)])
    return rooms


def _names(rooms: Rooms) -> list[str]:
    return [group.name for group in rooms.groups.all()]


def test_groups_stand_in_the_order_they_were_made(teams: Rooms, changes: list[Changes]):
    teams.profiles.set("Dora", [("group", "New")])

    assert _names(teams) == ["Team", "小组", "Last", "New"]
    assert GROUP in changes[-1]
    teams.profiles.set("Anna", [("group", "New")])
    assert GROUP not in changes[-1]


def test_a_group_is_renamed_and_its_profiles_are_found_by_the_new_name(teams: Rooms, changes: list[Changes]):
    renamed = teams.groups.rename("team", "北京")

    assert renamed.name == "北京"
    assert teams.profiles.get("Anna").group == "北京"
    assert len(teams.profiles.ids(ProfileQuery(text="bj"))) == 2
    assert teams.profiles.ids(ProfileQuery(text="team")) == ()
    assert changes[-1].touches(GROUP, renamed.id)
    assert changes[-1].touches(PROFILE, teams.profiles.get("Bea").id)
    assert teams.acts()[-1] == ("profile.edit", renamed.id)


def test_a_group_takes_its_own_name_in_another_spelling(teams: Rooms):
    assert teams.groups.rename("Team", "TEAM").name == "TEAM"


@pytest.mark.parametrize(
    ("name", "problem"), [("last", GroupNameTaken), (" ", NameWrong), ("a\nb", NameWrong)]
)
def test_a_name_that_no_group_can_have_changes_nothing(teams: Rooms, name: str, problem: type[Exception]):
    with pytest.raises(problem):
        teams.groups.rename("Team", name)

    assert _names(teams) == ["Team", "小组", "Last"]


def test_a_group_that_is_not_there_is_told_with_its_near_match(teams: Rooms):
    with pytest.raises(GroupMissing, match="Did you mean Team"):
        teams.groups.get("Taem")
    with pytest.raises(GroupMissing, match="A group is made"):
        teams.groups.remove("zzz")


def test_a_group_has_a_colour_or_none(teams: Rooms):
    coloured = teams.groups.recolour(teams.group("Team"), "#1e88e5")

    assert coloured.colour == "#1E88E5"
    assert teams.profiles.counts().groups[0].colour == "#1E88E5"
    with pytest.raises(ValueWrong):
        teams.groups.recolour("Team", "blue")
    assert teams.groups.recolour("Team", "").colour == ""


def test_groups_are_put_in_order_and_the_rest_follows(teams: Rooms, changes: list[Changes]):
    order = teams.groups.reorder([teams.group("Last"), "小组", "last"])

    assert [group.name for group in order] == ["Last", "小组", "Team"]
    assert [group.name for group in teams.profiles.counts().groups] == ["Last", "小组", "Team"]
    assert GROUP in changes[-1]


def test_profiles_of_a_dissolved_group_stay_and_belong_to_none(teams: Rooms, changes: list[Changes]):
    teams.profiles.delete("Bea")

    gone = teams.groups.remove("Team")

    assert _names(teams) == ["小组", "Last"]
    assert teams.profiles.get("Anna").group == ""
    assert teams.profiles.restore("Bea").group == ""
    assert teams.profiles.ids(ProfileQuery(text="team")) == ()
    assert any(change.touches(GROUP, gone.id) and PROFILE in change for change in changes)


def test_an_empty_group_can_be_renamed_and_dissolved(teams: Rooms, changes: list[Changes]):
    teams.profiles.set("Dora", [("group", "")])

    teams.groups.rename("Last", "Empty")
    teams.groups.remove("Empty")

    assert PROFILE not in changes[-1]
    assert _names(teams) == ["Team", "小组"]


def test_a_person_sees_granted_groups_and_those_of_granted_profiles(teams: Rooms):
    few = teams.seen_by(teams.group("小组"), teams.profiles.get("Dora").id)

    assert _names(few) == ["小组", "Last"]
    with pytest.raises(GroupMissing):
        few.groups.rename("Team", "Mine")
    with pytest.raises(Refused):
        few.groups.remove("小组")
    with pytest.raises(Refused):
        teams.seen_by(abilities=frozenset({Ability.PROFILE_EDIT})).groups.all()
