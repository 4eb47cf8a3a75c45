"""Lists that hold all ids in order and read their rows as they are shown."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.isolation.checks import Exit
from app.isolation.plan import ProxyKind
from app.isolation.profile_problems import SortUnknown
from app.isolation.profiles import SORTS, ProfileQuery
from app.kernel.gate import Ability, Act
from app.kernel.ids import ProfileId
from app.kernel.secret import Secret
from tests.vault.isolation.conftest import Rooms


def _listed(rooms: Rooms, query: ProfileQuery | None = None) -> str:
    return " ".join(row.profile.name for row in rooms.profiles.rows(rooms.profiles.ids(query)))


def _open(rooms: Rooms, name: str, exit_: Exit) -> None:
    profile = rooms.profiles.get(name)
    pass_ = rooms.vault.gate.admit(rooms.vault.session, Act(Ability.WINDOW_OPEN, profile.id))
    rooms.profiles.record_opened(pass_, profile, exit_)
    rooms.clock.move(minutes=1)


def _expires(rooms: Rooms, name: str, days: int) -> None:
    moment = int((rooms.clock.now() + timedelta(days=days)).timestamp() * 1000)
    pass_ = rooms.vault.gate.admit(rooms.vault.session, Act(Ability.PROXY_EDIT, name))
    sql = "UPDATE isolation_proxy SET expires = ? WHERE name = ?"
    rooms.vault.database.write(pass_, lambda tx: tx.execute(sql, (moment, name)) and None)


@pytest.fixture
def shops(rooms: Rooms) -> Rooms:
    """Four stores that differ in every column."""
    rooms.proxies.add("http://u:p@one.example:8080", "one")
    rooms.proxies.add("socks5://u:p@two.example:1080", "two")
    for name, values in {
        "张店": "number=4 platform=shopee market=MY status=banned operator=李 group=乙 tags=vip proxy=two",
        "Anna": "number=1 operator=bob group=甲 status=appeal tags=a proxy=one",
        "白店": "number=3 platform=amazon market=US operator=安 group=甲",
        "Zoe": "number=2 platform=shopee market=SG status=restricted tags=新店,a",
    }.items():
        pairs = [(key, value) for key, _, value in (word.partition("=") for word in values.split())]
        rooms.profiles.new(name, values=pairs)
        rooms.clock.move(minutes=1)
    _expires(rooms, "one", 30)
    _expires(rooms, "two", 3)
    _open(rooms, "Zoe", Exit("203.0.113.9", "US"))
    _open(rooms, "Anna", Exit("203.0.113.10", "DE"))
    _open(rooms, "张店", Exit("203.0.113.1"))
    rooms.profiles.new("none")
    return rooms


@pytest.mark.parametrize(
    ("sort", "up", "down"),
    [
        ("number", "Anna Zoe 白店 张店 none", "none 张店 白店 Zoe Anna"),
        ("name", "Anna 白店 none 张店 Zoe", "Zoe 张店 none 白店 Anna"),
        ("platform", "白店 张店 Zoe Anna none", "Zoe 张店 白店 Anna none"),
        ("status", "白店 none Zoe Anna 张店", "张店 Anna Zoe 白店 none"),
        ("exit", "Anna Zoe 张店 白店 none", "Zoe Anna 张店 白店 none"),
        ("expires", "张店 Anna Zoe 白店 none", "Anna 张店 Zoe 白店 none"),
        ("operator", "白店 Anna 张店 Zoe none", "张店 Anna 白店 Zoe none"),
        ("group", "张店 Anna 白店 Zoe none", "Anna 白店 张店 Zoe none"),
        ("tags", "Anna 张店 Zoe 白店 none", "Zoe 张店 Anna 白店 none"),
        ("opened", "Zoe Anna 张店 白店 none", "张店 Anna Zoe 白店 none"),
        ("created", "张店 Anna 白店 Zoe none", "none Zoe 白店 Anna 张店"),
    ],
)
def test_ids_come_in_the_order_asked_for_and_empty_values_last(shops: Rooms, sort: str, up: str, down: str):
    assert _listed(shops, ProfileQuery(sort=sort)) == up
    assert _listed(shops, ProfileQuery(sort=sort, descending=True)) == down


def test_every_order_is_tested():
    assert set(SORTS) == {
        *("number", "name", "platform", "status", "exit", "expires"),
        *("operator", "group", "tags", "opened", "created"),
    }


def test_an_order_that_is_none_is_refused(rooms: Rooms):
    with pytest.raises(SortUnknown, match="operator"):
        rooms.profiles.ids(ProfileQuery(sort="number; --"))


def test_ids_are_filtered(shops: Rooms):
    soon = shops.clock.now() + timedelta(days=7)
    some = (shops.profiles.get("Zoe").id, shops.profiles.get("Anna").id, "nobody")

    assert _listed(shops, ProfileQuery(expiring_before=soon)) == "张店"
    assert _listed(shops, ProfileQuery(operator="安")) == "白店"
    assert _listed(shops, ProfileQuery(is_ungrouped=True)) == "Zoe none"
    assert _listed(shops, ProfileQuery(group="甲", text="ann")) == "Anna"
    assert _listed(shops, ProfileQuery(ids=some)) == "Anna Zoe"
    assert _listed(shops, ProfileQuery(ids=())) == ""


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("bd", "白店"),
        ("zhang", "张店"),
        ("zhang yi", "张店"),
        ("yi zhang bd", ""),
        ("bob", "Anna"),
        ("203.0.113.9", "Zoe"),
        ("#4", "张店"),
        ("xd sg", "Zoe"),
        ("x" * 5_000_000, ""),
    ],
)
def test_a_search_looks_in_everything_and_wants_every_word(shops: Rooms, text: str, names: str):
    assert _listed(shops, ProfileQuery(text=text)) == names


def test_what_changed_is_found_as_it_is_now(shops: Rooms):
    shops.profiles.set("Anna", [("name", "深圳"), ("tags", "热卖"), ("group", "")])
    shops.profiles.write_note("深圳", Secret("a note"))

    assert _listed(shops, ProfileQuery(text="sz rm")) == "深圳"
    assert _listed(shops, ProfileQuery(text="anna")) == ""
    assert _listed(shops, ProfileQuery(text="jia")) == "白店"


def test_rows_come_as_asked_for_with_their_proxy(shops: Rooms):
    anna, zoe = shops.profiles.get("Anna"), shops.profiles.get("Zoe")
    shops.profiles.delete("Zoe")

    rows = shops.profiles.rows([zoe.id, "nobody", anna.id])

    assert [row.profile.name for row in rows] == ["Zoe", "Anna"]
    assert rows[0].profile.deleted_at is not None
    assert rows[0].proxy is None
    line = rows[1].proxy
    assert line is not None
    assert (line.name, line.kind, line.host, line.port) == ("one", ProxyKind.HTTP, "one.example", 8080)
    assert (line.username, line.exit, line.checked) == ("u", None, None)
    assert line.expires is not None
    assert shops.profiles.rows([]) == ()


def test_counts_say_how_many_profiles_stand_where(shops: Rooms):
    shops.profiles.delete("Zoe")

    counts = shops.profiles.counts(shops.clock.now() + timedelta(days=7))

    assert (counts.living, counts.in_bin, counts.expiring, counts.ungrouped) == (4, 1, 1, 1)
    assert [(group.name, group.count) for group in counts.groups] == [("乙", 1), ("甲", 2)]
    assert [(tag.name, tag.count) for tag in counts.tags] == [("a", 1), ("vip", 1)]


def test_counts_of_nothing_are_zero(rooms: Rooms):
    counts = rooms.profiles.counts()

    assert (counts.living, counts.in_bin, counts.expiring, counts.ungrouped) == (0, 0, 0, 0)
    assert (counts.groups, counts.tags) == ((), ())


def test_a_person_with_one_group_lists_and_counts_that_group_only(shops: Rooms):
    zoe = shops.profiles.get("Zoe")
    few = shops.seen_by(shops.group("甲"), zoe.id)

    assert _listed(few) == "Anna Zoe 白店"
    assert few.profiles.rows([ProfileId(shops.profiles.get("张店").id)]) == ()
    counts = few.profiles.counts(shops.clock.now() + timedelta(days=7))
    assert (counts.living, counts.expiring, counts.ungrouped) == (3, 0, 1)
    assert [group.name for group in counts.groups] == ["甲"]
    assert [tag.name for tag in counts.tags] == ["a", "新店"]
