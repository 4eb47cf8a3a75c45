"""Saved proxies in a real vault."""

from __future__ import annotations

import pytest

from app.isolation.network.proxy_string import ProxyStringWrong
from app.isolation.plan import ProxyKind
from app.isolation.profile import NameWrong
from app.isolation.proxies import ProxyInUse, ProxyKnown, ProxyMissing, ProxyNameTaken, holds_password
from app.kernel.changes import Changes, Kind
from app.kernel.gate import Ability, Act, Pass
from tests.vault.isolation.conftest import Rooms

STRING = "socks5://anna:hunter2@proxy.example:1080"


def _opening(rooms: Rooms, subject: str) -> Pass:
    return rooms.vault.gate.admit(rooms.vault.session, Act(Ability.WINDOW_OPEN, subject))


def _password(rooms: Rooms, who: str) -> str:
    profile = rooms.profiles.get(who)
    return rooms.proxies.upstream_of(_opening(rooms, profile.id), profile).password.reveal()


def test_a_proxy_is_shown_without_its_password(rooms: Rooms):
    proxy = rooms.proxies.add(STRING, "Berlin 1")

    assert (proxy.name, proxy.kind, proxy.host, proxy.port) == (
        "Berlin 1",
        ProxyKind.SOCKS5,
        "proxy.example",
        1080,
    )
    assert proxy.has_password
    assert "hunter2" not in repr(rooms.proxies.page())


def test_a_proxy_without_a_name_is_called_after_its_address(rooms: Rooms):
    first = rooms.proxies.add("http://a:x@proxy.example:8080")
    second = rooms.proxies.add("http://b:x@proxy.example:8080")

    assert (first.name, second.name) == ("proxy.example:8080", "proxy.example:8080 (2)")


def test_the_same_far_end_twice_is_told(rooms: Rooms):
    rooms.proxies.add(STRING, "Berlin")

    with pytest.raises(ProxyKnown, match="Berlin"):
        rooms.proxies.add("socks5://anna:other@PROXY.example:1080", "again")

    assert len(rooms.proxies.page().rows) == 1


def test_a_password_is_replaced_when_asked(rooms: Rooms):
    saved = rooms.proxies.add(STRING, "Berlin")
    rooms.profiles.new("Anna", proxy="Berlin")

    replaced = rooms.proxies.add(STRING.replace("hunter2", "new one"), replace_password=True)

    assert (replaced.id, replaced.name) == (saved.id, "Berlin")
    assert _password(rooms, "Anna") == "new one"


def test_names_are_unique(rooms: Rooms):
    rooms.proxies.add(STRING, "Berlin")

    with pytest.raises(ProxyNameTaken):
        rooms.proxies.add("1.2.3.4:8080", "BERLIN")
    with pytest.raises(ProxyNameTaken):
        rooms.proxies.add("1.2.3.4:8080", "Direct")
    with pytest.raises(NameWrong):
        rooms.proxies.add("1.2.3.4:8080", "a\nb")


def test_a_wrong_string_is_refused_and_saves_nothing(rooms: Rooms):
    with pytest.raises(ProxyStringWrong):
        rooms.proxies.add("not a proxy")

    assert rooms.proxies.page().rows == ()


def test_lists_go_on_where_they_ended(rooms: Rooms):
    for number in range(5):
        rooms.proxies.add(f"10.0.0.{number}:8080")

    first = rooms.proxies.page(limit=3)
    second = rooms.proxies.page(first.after, limit=3)

    assert [proxy.host for proxy in (*first.rows, *second.rows)] == [f"10.0.0.{n}" for n in range(5)]
    assert second.after is None


def test_a_proxy_in_use_is_not_removed_and_its_users_are_named(rooms: Rooms):
    rooms.proxies.add(STRING, "Berlin")
    for number in range(6):
        rooms.profiles.new(f"P{number}", proxy="berlin")

    with pytest.raises(ProxyInUse, match=r"001 P0, 002 P1, .* …"):
        rooms.proxies.remove("Berlin")

    assert rooms.proxies.get("Berlin").used_by == 6


def test_a_profile_in_the_bin_still_holds_its_proxy(rooms: Rooms):
    rooms.profiles.new("Anna", proxy=STRING)
    rooms.profiles.delete("Anna")

    with pytest.raises(ProxyInUse, match="001 Anna"):
        rooms.proxies.remove("proxy.example:1080")

    rooms.profiles.purge("Anna")
    rooms.proxies.remove("proxy.example:1080")
    assert rooms.proxies.page().rows == ()


def test_a_missing_proxy_names_the_near_one_and_never_repeats_a_password(rooms: Rooms):
    rooms.proxies.add(STRING, "Berlin")

    with pytest.raises(ProxyMissing, match="Did you mean Berlin"):
        rooms.proxies.get("Berlim")
    with pytest.raises(ProxyMissing) as caught:
        rooms.proxies.remove(STRING)
    assert "hunter2" not in str(caught.value)


def test_a_profile_is_given_a_saved_proxy_by_name_or_a_new_one_by_its_string(rooms: Rooms):
    saved = rooms.proxies.add(STRING, "Berlin")

    by_name = rooms.profiles.new("A", proxy="berlin")
    by_string = rooms.profiles.new("B", proxy=STRING)
    by_new_string = rooms.profiles.new("C", proxy="10.0.0.1:8080:me:pw")
    direct = rooms.profiles.new("D", proxy="Direct")

    assert by_name.proxy == by_string.proxy == saved.id
    assert rooms.proxies.get("10.0.0.1:8080").id == by_new_string.proxy
    assert direct.proxy is None
    assert _password(rooms, "C") == "pw"


def test_a_known_proxy_with_another_password_is_told_and_not_taken_silently(rooms: Rooms):
    rooms.proxies.add(STRING, "Berlin")

    with pytest.raises(ProxyKnown, match="Berlin"):
        rooms.profiles.new("A", proxy=STRING.replace("hunter2", "other"))
    with pytest.raises(ProxyMissing):
        rooms.profiles.new("A", proxy="Hamburg")


def test_a_profile_changes_its_path(rooms: Rooms):
    rooms.profiles.new("A")

    with_proxy = rooms.profiles.set("A", [("proxy", STRING)])
    without = rooms.profiles.set("A", [("proxy", "direct")])

    assert with_proxy.proxy is not None
    assert without.proxy is None
    assert rooms.profiles.set("A", [("proxy", "")]).proxy is None


def test_a_proxy_without_a_password_has_none(rooms: Rooms):
    rooms.profiles.new("A", proxy="10.0.0.1:8080")

    assert _password(rooms, "A") == ""


def test_taking_a_password_is_recorded(rooms: Rooms):
    made = rooms.profiles.new("A", proxy=STRING)

    _password(rooms, "A")

    assert rooms.acts()[-1] == ("window.open", made.id)


def test_a_change_ip_address_is_kept_sealed(rooms: Rooms):
    proxy = rooms.proxies.add("10.0.0.1:8080:me:pw[https://change.example/?token=t0ken]")

    assert proxy.has_change_ip_url
    with rooms.vault.database.reader() as reader:
        row = reader.one("SELECT password, change_ip_url FROM isolation_proxy")
    assert row is not None
    assert b"t0ken" not in row[1]
    assert b"pw" not in row[0]


def test_a_person_with_few_profiles_sees_their_proxies_only(rooms: Rooms):
    mine = rooms.profiles.new("mine", proxy=STRING)
    rooms.proxies.add("10.0.0.1:8080")
    seen = rooms.seen_by(mine.id)

    assert [proxy.host for proxy in seen.proxies.page().rows] == ["proxy.example"]
    assert seen.proxies.add("10.0.0.2:8080").host == "10.0.0.2"
    with pytest.raises(ProxyMissing):
        seen.proxies.get("10.0.0.1:8080")
    with pytest.raises(ProxyKnown):  # out of sight, and so not lent
        seen.profiles.set("mine", [("proxy", "http://10.0.0.1:8080")])


def test_a_profile_whose_proxy_is_out_of_sight_is_not_opened_direct(rooms: Rooms):
    mine = rooms.profiles.new("mine", proxy=STRING)
    seen = rooms.seen_by("nothing")

    with pytest.raises(ProxyMissing):
        seen.proxies.upstream_of(_opening(rooms, mine.id), mine)


def test_changes_name_the_proxies_that_changed(rooms: Rooms, changes: list[Changes]):
    proxy = rooms.proxies.add(STRING)

    assert changes[-1].touches(Kind("proxy"), proxy.id)


@pytest.mark.parametrize(
    ("given", "holds"),
    [
        ("direct", False),
        ("UK home", False),
        ("proxy.example:1080", False),
        ("socks5://u:pw@proxy.example:1080", True),
        ("proxy.example:1080:u:pw", True),
        ("socks9://u:pw@proxy.example", True),
        ("odd:", False),
    ],
)
def test_a_password_in_a_proxy_string_is_noticed_in_every_form(given: str, holds: bool):
    assert holds_password(given) is holds
