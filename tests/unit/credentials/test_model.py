"""The pure rules of a credential."""

from __future__ import annotations

import pytest

from app.credentials.model import (
    PasswordWrong,
    UsernameWrong,
    check_password,
    clean_site,
    clean_username,
    usual_name,
)
from app.isolation.profile import AddressWrong
from app.kernel.secret import Secret


@pytest.mark.parametrize(
    ("typed", "site"),
    [
        ("shop.example", "https://shop.example/"),
        (" https://shop.example/login ", "https://shop.example/login"),
        ("http://10.0.0.1:8080/", "http://10.0.0.1:8080/"),
    ],
)
def test_a_site_is_a_page_and_a_bare_host_means_its_https_page(typed: str, site: str):
    assert clean_site(typed) == site


@pytest.mark.parametrize("typed", ["", "  ", "ftp://shop.example", "shop example", "javascript://x"])
def test_what_is_no_page_is_refused(typed: str):
    with pytest.raises(AddressWrong):
        clean_site(typed)


def test_a_user_name_is_any_line_or_none():
    assert clean_username(" +86 138 0000 8000 ") == "+86 138 0000 8000"
    assert clean_username("") == ""
    for wrong in ("a\nb", "a\x00", "a" * 321):
        with pytest.raises(UsernameWrong):
            clean_username(wrong)


def test_a_password_is_kept_to_the_letter_and_never_repeated():
    assert check_password(Secret(" a b ")).reveal() == " a b "
    with pytest.raises(PasswordWrong):
        check_password(Secret(""))
    with pytest.raises(PasswordWrong) as caught:
        check_password(Secret("hunter2" * 1000))
    assert "hunter2" not in str(caught.value)


def test_the_usual_name_is_site_and_user():
    assert usual_name("https://www.shop.example/login", "anna") == "shop.example anna"
    assert usual_name("https://shop.example/", "") == "shop.example"
    assert len(usual_name("https://shop.example/", "a" * 320)) == 200
