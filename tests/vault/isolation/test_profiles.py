"""Profiles in a real vault: made, found, changed, cloned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from app.isolation.checks import Exit
from app.isolation.fingerprint.choosing import Machine, combination
from app.isolation.plan import DIRECT, Fingerprint
from app.isolation.profile import AccountStatus, NameWrong, Profile
from app.isolation.profile_keys import KeyUnknown
from app.isolation.profile_problems import (
    FingerprintWrong,
    NameTaken,
    NumberTaken,
    ProfileAmbiguous,
    ProfileMissing,
    SettingFixed,
)
from app.isolation.profiles import ProfileQuery
from app.isolation.template import TemplateMissing
from app.kernel.changes import Changes, Kind
from app.kernel.gate import Ability, Act, Answer, Pass, Refused
from app.kernel.pages import PageMarkWrong
from app.kernel.secret import Secret
from app.vault.vault import Vault
from tests.support.vaults import PASSPHRASE, StillClock
from tests.vault.isolation.conftest import Rooms, rooms_over

MACHINE = Machine(8, (1920, 1080))
BERLIN = Exit("1.2.3.4", "DE", "Europe/Berlin", 12)


def _opening(rooms: Rooms, profile: Profile) -> Pass:
    return rooms.vault.gate.admit(rooms.vault.session, Act(Ability.WINDOW_OPEN, profile.id))


def _names(rooms: Rooms, query: ProfileQuery | None = None) -> list[str]:
    return [profile.name for profile in rooms.profiles.each(query)]


def test_a_profile_takes_what_its_template_says(rooms: Rooms):
    made = rooms.profiles.new("Anna", template="tiktok-shop-uk")

    assert (made.number, made.name, made.platform, made.market) == (1, "Anna", "tiktok-shop", "GB")
    assert made.start_pages == ("https://seller-uk.tiktok.com/",)
    assert made.fingerprint.timezone == "Europe/London"
    assert made.status is AccountStatus.NORMAL
    assert made.proxy is None
    assert rooms.profiles.get("Anna") == made


def test_a_profile_is_there_in_the_next_session(rooms: Rooms, reopen: Callable[[], Vault]):
    made = rooms.profiles.new(
        "店铺", template="shopee-my", values=[("tags", "a,b"), ("group", "Team"), ("legal-entity", "Ltd")]
    )
    rooms.vault.lock()

    with reopen().unlock(PASSPHRASE, via="later") as opened:
        later = rooms_over(opened, rooms.paths, StillClock(), set())

        assert later.profiles.get("店铺") == made


def test_values_win_over_the_template(rooms: Rooms):
    made = rooms.profiles.new(
        "Anna",
        template="tiktok-shop-us",
        values=[("market", "CA"), ("password-store", "kwallet5"), ("jail", "on"), ("number", "12")],
    )

    assert (made.market, made.password_store, made.jail, made.number) == ("CA", "kwallet5", True, 12)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"name": "a\nb"}, NameWrong),
        ({"name": "x" * 201}, NameWrong),
        ({"name": "ANNA"}, NameTaken),
        ({"name": "B", "template": "tiktok-us"}, TemplateMissing),
        ({"name": "B", "values": [("colur", "#fff")]}, KeyUnknown),
        ({"name": "B", "values": [("number", "1")]}, NumberTaken),
        ({"name": "B", "values": [("fingerprint.cores", "99")]}, FingerprintWrong),
        ({"name": "ANNA", "proxy": "http://u:p@proxy.example:8080"}, NameTaken),
    ],
)
def test_a_profile_that_cannot_be_made_leaves_nothing_behind(
    rooms: Rooms, arguments: dict[str, object], problem: type[Exception]
):
    rooms.profiles.new("Anna")
    acts = rooms.acts()

    with pytest.raises(problem):
        rooms.profiles.new(**arguments)

    assert _names(rooms) == ["Anna"]
    assert rooms.proxies.page().rows == ()
    assert rooms.acts() == acts


@pytest.mark.parametrize(
    "name",
    [
        "🛍️👩‍👩‍👧",
        "متجر",
        "<b>x</b>'; DROP TABLE isolation_profile; --",
        "%_\\",
        "a" * 200,
        "{name}",
        "12 Monkeys",
    ],
)
def test_hostile_names_are_kept_and_found(rooms: Rooms, name: str):
    made = rooms.profiles.new(name)
    rooms.profiles.new("other")

    assert rooms.profiles.get(name).id == made.id
    assert _names(rooms, ProfileQuery(text=name)) == [name]


def test_numbers_count_up_and_the_bin_keeps_its_own(rooms: Rooms):
    first, second = rooms.profiles.new("A"), rooms.profiles.new("B")
    rooms.profiles.delete("B")

    third = rooms.profiles.new("C")

    assert (first.number, second.number, third.number) == (1, 2, 3)
    with pytest.raises(NumberTaken):
        rooms.profiles.set("C", [("number", "2")])


@pytest.mark.parametrize("who", ["Anna", "ANNA", " anna ", "7", "007", "#7"])
def test_a_profile_answers_to_name_and_number(rooms: Rooms, who: str):
    made = rooms.profiles.new("Anna", values=[("number", "7")])

    assert rooms.profiles.get(who).id == made.id
    assert rooms.profiles.get(made.id.lower()).id == made.id


def test_a_name_that_is_another_one_s_number_is_asked_and_not_guessed(rooms: Rooms):
    rooms.profiles.new("2")
    rooms.profiles.new("B")

    with pytest.raises(ProfileAmbiguous, match=r"#1 2, #2 B"):
        rooms.profiles.get("2")
    assert rooms.profiles.get("#2").name == "B"


def test_a_name_that_is_its_own_number_is_plain(rooms: Rooms):
    assert rooms.profiles.new("1").id == rooms.profiles.get("1").id


def test_a_missing_profile_names_the_near_one(rooms: Rooms):
    rooms.profiles.new("Anna Berlin")

    with pytest.raises(ProfileMissing, match="Did you mean Anna Berlin"):
        rooms.profiles.get("Ana Berlin")
    with pytest.raises(ProfileMissing, match="berth profile list"):
        rooms.profiles.get("01ARZ3NDEKTSV4RRFFQ69G5FAV")
    with pytest.raises(ProfileMissing, match="in the bin"):
        rooms.profiles.get("Anna Berlin", in_bin=True)


def test_set_changes_all_or_nothing(rooms: Rooms):
    before = rooms.profiles.new("Anna")
    rooms.profiles.new("Bert")

    with pytest.raises(NameTaken):
        rooms.profiles.set("Anna", [("market", "US"), ("name", "Bert")])

    assert rooms.profiles.get("Anna") == before


def test_set_changes_what_it_is_told(rooms: Rooms):
    rooms.profiles.new("Anna", values=[("tags", "old"), ("group", "A")])
    rooms.clock.move(seconds=5)

    changed = rooms.profiles.set(
        "Anna",
        [("name", "Anne"), ("tags", "new, neu"), ("group", ""), ("status", "appeal"), ("start-pages", "")],
    )

    assert (changed.name, changed.tags, changed.group) == ("Anne", ("new", "neu"), "")
    assert changed.status is AccountStatus.APPEAL
    assert changed.updated > changed.created
    assert rooms.profiles.get("Anne") == changed


def test_the_same_name_in_other_letters_stays_one_s_own(rooms: Rooms):
    rooms.profiles.new("Anna")

    assert rooms.profiles.set("Anna", [("name", "ANNA")]).name == "ANNA"


@pytest.mark.parametrize(("key", "value"), [("password-store", "kwallet5"), ("jail", "off")])
def test_password_store_and_jail_stay_for_life(rooms: Rooms, key: str, value: str):
    rooms.profiles.new("Anna")

    with pytest.raises(SettingFixed):
        rooms.profiles.set("Anna", [(key, value)], confirm=True)
    assert rooms.profiles.set("Anna", [("jail", "auto")]).jail is True  # as it is


def test_a_fingerprint_may_change_until_a_shop_has_seen_it(rooms: Rooms):
    made = rooms.profiles.new("Anna")
    rooms.profiles.set("Anna", [("fingerprint.cores", "2")])
    rooms.profiles.record_opened(_opening(rooms, made), made, BERLIN)

    with pytest.raises(Refused) as caught:
        rooms.profiles.set("Anna", [("fingerprint.cores", "4")])

    assert caught.value.needs is Answer.REASON
    assert rooms.profiles.get("Anna").fingerprint.cores == 2
    assert rooms.profiles.set("Anna", [("fingerprint.cores", "2")]).fingerprint.cores == 2  # as it is
    confirmed = rooms.profiles.set("Anna", [("fingerprint.cores", "4")], confirm=True, reason="new PC")
    assert (confirmed.fingerprint.cores, confirmed.fingerprint.version) == (4, 1)


def test_a_contradiction_is_refused_with_all_its_reasons(rooms: Rooms):
    rooms.profiles.new("Anna")

    with pytest.raises(FingerprintWrong) as caught:
        rooms.profiles.set("Anna", [("fingerprint.cores", "99"), ("fingerprint.timezone", "Europe/Berlim")])

    assert len(caught.value.reasons) == 2
    assert len(caught.value.as_json()["reasons"]) == 2


def test_a_clone_has_the_settings_and_nothing_of_the_history(rooms: Rooms):
    first = rooms.profiles.new("Anna", template="amazon-de", proxy="1.2.3.4:8080", values=[("tags", "a")])
    rooms.profiles.write_note("Anna", Secret("secret"))
    rooms.profiles.record_opened(_opening(rooms, first), first, BERLIN, "chromium 156")

    clone = rooms.profiles.clone("Anna", "Anna 2")

    assert (clone.number, clone.tags, clone.market, clone.proxy) == (2, ("a",), "DE", first.proxy)
    assert clone.id != first.id
    assert (clone.has_note, clone.was_opened, clone.exit, clone.engine_seen) == (False, False, None, "")
    assert rooms.profiles.reveal_note("Anna 2").reveal() == ""
    assert combination(clone.fingerprint, MACHINE) != combination(first.fingerprint, MACHINE)
    assert clone.fingerprint.languages == first.fingerprint.languages
    assert not rooms.paths.profile(clone.id).exists()
    assert rooms.profiles.clone("Anna", "Anna 3", proxy="direct").proxy is None


def test_new_profiles_differ_from_each_other(rooms: Rooms):
    made = [rooms.profiles.new(f"P{number}").fingerprint for number in range(20)]

    assert len({combination(settings, MACHINE) for settings in made}) == 20


def test_twins_are_told(rooms: Rooms):
    first = rooms.profiles.new("Anna").fingerprint
    twin = rooms.profiles.new(
        "Bert", values=[("fingerprint.scale", f"{first.scale}"), ("fingerprint.cores", f"{first.cores}")]
    )

    assert "Anna" in rooms.profiles.warnings(twin)[0].english()
    assert rooms.profiles.twins(twin) == (["Anna"], 1)


def test_many_twins_are_counted_and_three_are_named(rooms: Rooms):
    same = [
        ("fingerprint.languages", "en-US,en"),
        ("fingerprint.timezone", "Europe/Berlin"),
        ("fingerprint.scale", "1"),
        ("fingerprint.cores", "1"),
    ]
    first = rooms.profiles.new("Anna", values=same)
    for name in ("Bert", "Cleo", "Dora", "Emil"):
        rooms.profiles.new(name, values=same)

    (found,) = rooms.profiles.warnings(first)

    assert found.facts["names"] == "Bert, Cleo, Dora …"
    assert found.n == 4


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("fingerprint.languages", "de-DE,de"),
        ("fingerprint.timezone", "Asia/Tokyo"),
        ("fingerprint.scale", "1.25"),
        ("fingerprint.cores", "1"),
    ],
)
def test_one_difference_that_a_shop_sees_makes_no_twin(rooms: Rooms, key: str, value: str):
    same = [
        ("fingerprint.languages", "en-US,en"),
        ("fingerprint.timezone", "Europe/Berlin"),
        ("fingerprint.scale", "1"),
        ("fingerprint.cores", "2"),
        ("fingerprint.window", "1280x720"),
    ]
    first = rooms.profiles.new("Anna", values=same)
    twin = rooms.profiles.new("Bert", values=[*same[:-1], ("fingerprint.window", "1280x800")])
    assert "Anna" in rooms.profiles.warnings(twin)[0].english()

    other = rooms.profiles.set("Bert", [(key, value)])
    assert rooms.profiles.warnings(other) == ()
    assert rooms.profiles.warnings(first) == ()

    rooms.profiles.delete(other.id)
    assert rooms.profiles.warnings(twin)[0].facts["names"] == "Anna"  # the bin has no looks


def test_what_is_automatic_is_fixed_once(rooms: Rooms):
    made = rooms.profiles.new("Anna", template="generic")
    pass_ = _opening(rooms, made)

    fixed = rooms.profiles.fix_fingerprint(pass_, made, BERLIN)
    again = rooms.profiles.fix_fingerprint(pass_, fixed, Exit("5.6.7.8", "JP", "Asia/Tokyo"))

    assert (fixed.fingerprint.timezone, fixed.fingerprint.languages[0]) == ("Europe/Berlin", "de-DE")
    assert again == fixed == rooms.profiles.get("Anna")


def test_an_exit_outside_the_market_fixes_the_window_and_not_the_profile(rooms: Rooms):
    made = rooms.profiles.new("Anna", template="amazon-us")

    fixed = rooms.profiles.fix_fingerprint(_opening(rooms, made), made, BERLIN)

    assert fixed.fingerprint.timezone == "Europe/Berlin"
    assert rooms.profiles.get("Anna").fingerprint.timezone == ""


def test_an_opening_is_remembered_and_loses_no_other_change(rooms: Rooms):
    made = rooms.profiles.new("Anna")
    rooms.profiles.set("Anna", [("market", "DE")])  # while the window was being opened

    opened = rooms.profiles.record_opened(_opening(rooms, made), made, BERLIN, "chromium 156")

    assert opened.market == "DE"
    assert (opened.exit, opened.engine_seen) == (BERLIN, "chromium 156")
    assert opened.last_opened == opened.exit_seen == rooms.clock.now()
    kept = rooms.profiles.record_opened(_opening(rooms, made), made, None)
    assert (kept.exit, kept.engine_seen) == (BERLIN, "chromium 156")


def test_a_profile_deleted_meanwhile_is_missing(rooms: Rooms):
    made = rooms.profiles.new("Anna")
    rooms.profiles.delete("Anna")

    with pytest.raises(ProfileMissing):
        rooms.profiles.record_opened(_opening(rooms, made), made, BERLIN)


def test_every_kind_of_fingerprint_comes_back_as_it_was_stored(rooms: Rooms):
    rooms.profiles.new("Anna")

    placed = rooms.profiles.set(
        "Anna", [("fingerprint.geolocation", "3.139,101.687,20"), ("fingerprint.webrtc", "default")]
    )

    assert rooms.profiles.get("Anna").fingerprint == placed.fingerprint
    assert isinstance(placed.fingerprint, Fingerprint)


def test_changes_name_the_profiles_that_changed(rooms: Rooms, changes: list[Changes]):
    made = rooms.profiles.new("Anna")

    assert changes[-1].touches(Kind("profile"), made.id)


def test_acts_are_recorded_by_the_profile_s_id(rooms: Rooms):
    made = rooms.profiles.new("Anna")

    assert rooms.acts()[-1] == ("profile.edit", made.id)


# --- lists


def test_lists_go_on_where_they_ended(rooms: Rooms):
    for number in range(7):
        rooms.profiles.new(f"P{number}")
    query = ProfileQuery(limit=3)

    first = rooms.profiles.page(query)
    second = rooms.profiles.page(query, first.after)
    third = rooms.profiles.page(query, second.after)

    assert [len(page.rows) for page in (first, second, third)] == [3, 3, 1]
    assert third.after is None
    assert _names(rooms, query) == [f"P{number}" for number in range(7)]


@pytest.mark.parametrize(
    ("sort", "order"),
    [("number", "bac"), ("name", "abc"), ("created", "bac"), ("opened", "cba")],
)
def test_lists_are_sorted_and_paged_by_any_column(rooms: Rooms, sort: str, order: str):
    for name in "bac":
        made = rooms.profiles.new(name)
        if name != "a":
            rooms.clock.move(seconds=1)
            rooms.profiles.record_opened(_opening(rooms, made), made, None)
        rooms.clock.move(seconds=1)

    assert "".join(_names(rooms, ProfileQuery(sort=sort, limit=1))) == order


def test_lists_are_filtered(rooms: Rooms):
    rooms.profiles.new("Anna", template="amazon-de", values=[("tags", "Neu"), ("group", "Team A")])
    rooms.profiles.new("Bert", template="shopee-sg", values=[("status", "banned")])

    for query in (
        *(ProfileQuery(text="nn"), ProfileQuery(group="team a"), ProfileQuery(tag="neu")),
        *(
            ProfileQuery(platform="amazon"),
            ProfileQuery(market="DE"),
            ProfileQuery(status=AccountStatus.NORMAL),
        ),
    ):
        assert _names(rooms, query) == ["Anna"], query
    assert _names(rooms, ProfileQuery(text="%")) == []
    assert _names(rooms, ProfileQuery(in_bin=True)) == []


@pytest.mark.parametrize("limit", [-1, 0, 1])
def test_a_page_holds_at_least_one_row(rooms: Rooms, limit: int):
    for name in "abc":
        rooms.profiles.new(name)

    assert _names(rooms, ProfileQuery(limit=limit)) == ["a", "b", "c"]


def test_a_list_refuses_a_mark_of_another_kind(rooms: Rooms):
    with pytest.raises(PageMarkWrong):
        rooms.profiles.page(after="garbage")


# --- grants


def test_a_person_sees_the_granted_profiles_and_groups_only(rooms: Rooms):
    one = rooms.profiles.new("one")
    rooms.profiles.new("two", values=[("group", "A")])
    rooms.profiles.new("three", values=[("group", "B")])
    rooms.profiles.new("four", proxy="1.2.3.4:8080")

    seen = rooms.seen_by(one.id, rooms.group("A"))

    assert _names(seen) == ["one", "two"]
    with pytest.raises(ProfileMissing) as caught:
        seen.profiles.get("three")
    assert "three" not in caught.value.next_step.english()
    for act in (seen.profiles.delete, seen.profiles.reveal_note):
        with pytest.raises(ProfileMissing):
            act("three")
    assert seen.proxies.page().rows == ()


def test_a_person_cannot_put_a_profile_out_of_sight(rooms: Rooms):
    rooms.profiles.new("one", values=[("group", "A")])
    seen = rooms.seen_by(rooms.group("A"))

    with pytest.raises(Refused):
        seen.profiles.new("two")
    with pytest.raises(Refused):
        seen.profiles.set("one", [("group", "B")])

    assert seen.profiles.new("two", values=[("group", "A")]).group == "A"
    assert seen.profiles.get("one").group == "A"


def test_the_gate_is_asked_for_every_act(rooms: Rooms):
    rooms.profiles.new("one")
    nobody = rooms.seen_by(rooms.profiles.get("one").id, abilities=frozenset())

    for act in (
        nobody.profiles.page,
        lambda: nobody.profiles.get("one"),
        nobody.proxies.page,
        lambda: nobody.proxies.add("1.2.3.4:8080"),
        nobody.credentials.page,
        lambda: nobody.credentials.show("x"),
    ):
        with pytest.raises(Refused):
            act()
    viewer = rooms.seen_by(rooms.profiles.get("one").id, abilities=frozenset({Ability.PROFILE_VIEW}))
    for act in (
        lambda: viewer.profiles.new("two"),
        lambda: viewer.profiles.set("one", [("market", "US")]),
        lambda: viewer.profiles.delete("one"),
        lambda: viewer.profiles.reveal_note("one"),
        lambda: viewer.profiles.write_note("one", Secret("x")),
        lambda: viewer.profiles.purge_expired(0),
    ):
        with pytest.raises(Refused):
            act()


def test_a_profile_without_a_proxy_goes_direct(rooms: Rooms):
    made = rooms.profiles.new("Anna")

    assert rooms.proxies.upstream_of(_opening(rooms, made), made) is DIRECT


def test_the_record_of_two_profiles_differs_in_id_and_number_only_where_told(rooms: Rooms):
    first = rooms.profiles.new("A", values=[("fingerprint.window", "1280x800")])
    second = rooms.profiles.new("B", values=[("fingerprint.window", "1280x800")])

    alike = replace(second, id=first.id, number=first.number, name=first.name, fingerprint=first.fingerprint)

    assert alike == first
