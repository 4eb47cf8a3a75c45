"""The table of keys that `profile set` knows."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.isolation.plan import Fingerprint, GeoMode, Place
from app.isolation.profile import NameWrong, Profile, ValueWrong
from app.isolation.profile_keys import KEYS, Change, KeyUnknown, key
from app.kernel.errors import UsageProblem
from app.kernel.ids import ProfileId

NOW = datetime(2026, 11, 22, tzinfo=UTC)
PROFILE = Profile(
    ProfileId("A"), 7, "Anna", NOW, NOW, fingerprint=Fingerprint(languages=("ja",), timezone="Asia/Tokyo")
)


@pytest.mark.parametrize("name", KEYS)
def test_the_example_of_each_key_is_taken_and_shown_again(name: str):
    row = key(name)

    changed = row.read(PROFILE, row.example)

    assert row.show(changed).lower() == row.example.lower()
    assert row.read(changed, row.show(changed)) == changed


@pytest.mark.parametrize("name", KEYS)
def test_what_a_key_shows_can_be_read_back(name: str):
    row = key(name)

    assert row.read(PROFILE, row.show(PROFILE)) == PROFILE


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("name", "a\nb"), ("number", "0"), ("number", "1_0"), ("number", "١٢"), ("number", "")),
        *(("colour", "red"), ("market", "UK"), ("market", "XX"), ("market", "usa"), ("status", "fine")),
        *(("group", "a" * 61), ("tags", ",".join(f"t{n}" for n in range(31))), ("engine", "firefox")),
        *(("engine-path", "chrome"), ("engine-channel", "nightly"), ("password-store", "none")),
        *(("jail", "maybe"), ("start-pages", "ftp://x/"), ("downloads", "here"), ("allow-private", "")),
        *(("fingerprint.geolocation", "1,2,3,4"), ("fingerprint.geolocation", "7")),
        *(("fingerprint.geolocation", "here"), ("fingerprint.geolocation", "1,x")),
        *(("fingerprint.window", "big"), ("fingerprint.scale", "big"), ("fingerprint.cores", "two")),
        *(("fingerprint.webrtc", "off"),),
    ],
)
def test_a_value_that_does_not_fit_is_refused_with_a_next_step(name: str, value: str):
    with pytest.raises((ValueWrong, NameWrong, UsageProblem)) as caught:
        key(name).read(PROFILE, value)

    assert caught.value.next_step.english()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("colur", "colour"),
        ("timezone", "fingerprint.timezone"),
        ("lang", "fingerprint.languages"),
        ("tag", "tags"),
    ],
)
def test_an_unknown_key_names_the_near_one(typed: str, meant: str):
    with pytest.raises(KeyUnknown) as caught:
        key(typed)

    assert caught.value.next_step.english() == f"Did you mean {meant}?"


def test_a_key_near_to_nothing_lists_them_all():
    with pytest.raises(KeyUnknown, match=r"Choose one of: name, number"):
        key("qqqqqqqqqqqq")


def test_a_note_is_no_key_because_a_command_line_can_be_read_by_others():
    with pytest.raises(KeyUnknown, match="never given on a command line"):
        key("note")


def test_underscores_and_capitals_are_forgiven():
    assert key("Legal_Entity") is key("legal-entity")


def test_password_store_and_jail_never_change_and_fingerprints_ask():
    never = {name for name, row in KEYS.items() if row.change is Change.NEVER}
    asks = {name for name, row in KEYS.items() if row.change is Change.ASKS_AFTER_FIRST_OPENING}

    assert never == {"password-store", "jail"}
    assert asks == {name for name in KEYS if name.startswith("fingerprint.")}


def test_automatic_empties_what_the_exit_will_fill():
    emptied = key("fingerprint.timezone").read(PROFILE, "Automatic")
    emptied = key("fingerprint.languages").read(emptied, "automatic")

    assert not emptied.fingerprint.is_fixed
    assert key("fingerprint.timezone").show(emptied) == "automatic"


def test_a_place_fixes_the_geolocation_and_a_word_takes_it_away():
    placed = key("fingerprint.geolocation").read(PROFILE, "3.139, 101.687, 20")

    assert placed.fingerprint.geolocation is GeoMode.FIXED
    assert placed.fingerprint.place == Place(3.139, 101.687, 20)
    assert key("fingerprint.geolocation").read(placed, "real").fingerprint.place is None


def test_tags_are_kept_once_each_in_their_order():
    assert key("tags").read(PROFILE, "b，a, B、,c").tags == ("B", "a", "c")
