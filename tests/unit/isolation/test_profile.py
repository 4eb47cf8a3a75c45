"""The pure rules of a profile's record."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.isolation.profile import (
    MAX_NUMBER,
    AddressWrong,
    NameWrong,
    Profile,
    ValueWrong,
    check_number,
    clean_colour,
    clean_folder,
    clean_label,
    clean_name,
    clean_program,
    clean_url,
    clean_urls,
    name_key,
    next_number,
)
from app.kernel.ids import ProfileId

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    "name",
    [
        "Anna",
        "店铺 一号",
        "متجر آنا",
        "חנות",
        "🛍️👩‍👩‍👧",
        "\U0001fae9 newer than the tables",
        '<b>Anna</b> & "x" \'; DROP TABLE',
        "a" * 200,
        "%_\\",
        "../../etc/passwd",
        "-rf",
    ],
)
def test_names_of_any_script_are_taken_as_they_are(name: str):
    assert clean_name(name) == name


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("\u200d\u200e", "empty"),
        ("a" * 201, "201 characters"),
        ("a\nb", "U+000A"),
        ("a\x00b", "U+0000"),
        ("a\u2028b", "U+2028"),
        ("\x1b[31mred", "U+001B"),
        ("abc\u202egpj", "U+202E"),
        ("a\ud800", "U+D800"),
    ],
)
def test_a_name_that_hides_something_is_refused(name: str, why: str):
    with pytest.raises(NameWrong, match=why.replace("+", r"\+")):
        clean_name(name)


def test_a_name_is_kept_in_one_spelling_without_space_around():
    assert clean_name("  Cafe\u0301 ") == "Café"


@pytest.mark.parametrize(("one", "other"), [("ANNA", "anna"), ("Cafe\u0301", "café"), ("Straße", "STRASSE")])
def test_names_that_people_confuse_have_one_key(one: str, other: str):
    assert name_key(one) == name_key(other)


@given(st.text(max_size=250))
def test_a_name_is_either_refused_or_stays_the_same_for_ever(text: str):
    try:
        name = clean_name(text)
    except NameWrong:
        return

    assert clean_name(name) == name
    assert 1 <= len(name) <= 200
    assert not any(unicodedata.category(letter) == "Cc" for letter in name)
    assert name_key(name_key(name)) == name_key(name)


def test_an_empty_label_stays_empty_and_a_long_one_is_refused():
    assert clean_label("  ") == ""
    assert clean_label(" A ") == "A"
    with pytest.raises(NameWrong):
        clean_label("a" * 61)


def test_the_next_number_is_above_every_other():
    assert next_number([]) == 1
    assert next_number([3, 1, 7]) == 8


@pytest.mark.parametrize("number", [0, -1, MAX_NUMBER + 1])
def test_a_number_out_of_bounds_is_refused(number: int):
    with pytest.raises(ValueWrong):
        check_number(number)


def test_a_number_within_bounds_is_taken():
    assert check_number(MAX_NUMBER) == MAX_NUMBER


def test_a_colour_is_six_hexadecimal_digits():
    assert clean_colour("#1e88e5") == "#1E88E5"
    for wrong in ("red", "#fff", "#1E88E5 ", "#1E88E5\n", ""):
        with pytest.raises(ValueWrong):
            clean_colour(wrong)


@pytest.mark.parametrize(
    "url",
    [
        "https://seller-us.tiktok.com/",
        "http://127.0.0.1:8080/a?b=c#d",
        "https://[::1]/",
        "https://店.example/",
    ],
)
def test_pages_are_taken_as_they_are(url: str):
    assert clean_url(f" {url} ") == url


@pytest.mark.parametrize(
    "url",
    [
        *(
            "",
            "seller-us.tiktok.com",
            "ftp://a.b/",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "chrome://x",
        ),
        *("https://", "https:///a", "https://a b/", "https://a\nb/", "https://a:99999/", "https://a:0/"),
        *("https://[::1/", "https://" + "a" * 2000),
    ],
)
def test_what_is_no_page_is_refused(url: str):
    with pytest.raises(AddressWrong):
        clean_url(url)


def test_a_password_in_an_address_is_refused_and_not_repeated():
    with pytest.raises(AddressWrong) as caught:
        clean_url("https://anna:hunter2@shop.example/")

    assert "hunter2" not in str(caught.value)


def test_start_pages_stand_once_each_and_are_not_too_many():
    assert clean_urls(["https://b/", "https://a/", "https://b/"]) == ("https://b/", "https://a/")
    with pytest.raises(AddressWrong, match="21 start pages"):
        clean_urls(f"https://a/{number}" for number in range(21))


def test_a_download_folder_is_a_whole_path():
    assert clean_folder("") == ""
    assert clean_folder("/home/anna/下载") == "/home/anna/下载"
    assert clean_folder("C:\\Users\\Anna") == "C:\\Users\\Anna"
    for wrong in ("Downloads", "/a\nb", "x" * 100):
        with pytest.raises(ValueWrong):
            clean_folder(wrong)


def test_a_record_knows_whether_it_was_opened_and_how_its_number_is_said():
    fresh = Profile(ProfileId("A"), 7, "Anna", NOW, NOW)

    assert not fresh.was_opened
    assert fresh.shown_number == "007"
    assert Profile(ProfileId("A"), 7, "Anna", NOW, NOW, last_opened=NOW).was_opened


@pytest.mark.parametrize("path", ["", "/opt/google/chrome/chrome", r"C:\Chrome\chrome.exe"])
def test_a_browser_is_named_by_its_full_path_or_not_at_all(path: str):
    assert clean_program(path) == path


@pytest.mark.parametrize("path", ["chrome", "bin/chrome", "/opt/chr\nome", "~/chrome"])
def test_anything_else_names_no_browser(path: str):
    with pytest.raises(ValueWrong, match="full path of a browser"):
        clean_program(path)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("ftp://c/", "ftp://c/ is not"),
        ("192.0.2.4:1080:u:pw", r"\*\*\* is not"),
        ("socks5://192.0.2.4:1080:u:pw", r"\*\*\* is not"),
    ],
)
def test_an_address_that_may_be_a_proxy_is_not_repeated(url: str, shown: str):
    with pytest.raises(AddressWrong, match=shown) as refused:
        clean_url(url)

    assert "pw" not in str(refused.value)
