"""Cookies from and for other programs: every form, every trap, and what is refused and why."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.isolation.cookie import Cookie, CookieNote, SameSite, belongs_to, clean_domain, is_sent_to, judge
from app.isolation.cookie_reading import MOST_BYTES, CookiesUnreadable, ReadCookies, read_cookies
from app.isolation.cookie_writing import CookieFormat, write_cookies
from app.kernel.secret import Secret

NOW = 1_790_000_000.0
LATER = 1_800_000_000
SID = {"name": "sid", "value": "s3cret", "domain": ".shop.test", "path": "/", "expirationDate": LATER + 0.5}


def read(content: str | bytes, host: str = "") -> ReadCookies:
    raw = content.encode() if isinstance(content, str) else content
    return read_cookies(raw, NOW, host)


def read_json(*items: Any) -> ReadCookies:
    return read(json.dumps(list(items)))


def one(**changes: Any) -> Cookie:
    found = read_json({**SID, **changes})
    assert found.refused == ()
    [cookie] = found.cookies
    return cookie


def why(found: ReadCookies) -> str:
    [note] = found.refused
    assert found.cookies == ()
    return note.why.english()


def plain(cookie: Cookie) -> dict[str, Any]:
    return {
        item.name: value.reveal() if isinstance(value := getattr(cookie, item.name), Secret) else value
        for item in fields(cookie)
    }


def cookie(**changes: Any) -> Cookie:
    return replace(Cookie("sid", Secret("s3cret"), "shop.test"), **changes)


# --- Netscape ---------------------------------------------------------------------------------------------


def line(*columns: str) -> str:
    return "\t".join(columns) + "\n"


def test_a_cookies_txt_is_read_with_its_http_only_marks_comments_and_line_ends():
    found = read(
        "\ufeff# Netscape HTTP Cookie File\r\n# by hand\r\n\r\n"
        + line(".shop.test", "TRUE", "/", "TRUE", str(LATER), "sid", "s3=cret")[:-1]
        + "\r\n"
        + line("#HttpOnly_www.shop.test", "FALSE", "/a", "FALSE", "0", "visit", "1")
    )

    assert found.format == "netscape"
    assert found.refused == ()
    first, second = found.cookies
    assert plain(first) == plain(
        cookie(value=Secret("s3=cret"), host_only=False, expires=float(LATER), secure=True)
    )
    assert plain(second) == plain(
        Cookie("visit", Secret("1"), "www.shop.test", path="/a", http_only=True, expires=None)
    )


def test_the_flag_says_which_hosts_a_cookie_is_for_and_not_the_dot():
    found = read(
        line("shop.test", "TRUE", "/", "FALSE", "0", "a", "1")
        + line(".shop.test", "FALSE", "/", "FALSE", "0", "b", "1")
    )

    assert [one.host_only for one in found.cookies] == [False, True]


def test_an_empty_value_may_have_lost_its_tab():
    assert read(line("shop.test", "FALSE", "/", "FALSE", "0", "a")).cookies[0].value.reveal() == ""
    assert read(line("shop.test", "FALSE", "", "FALSE", "", "a", "")).cookies[0].path == "/"


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (("shop.test", "FALSE", "/", "FALSE", "0"), "seven columns"),
        (("shop.test", "FALSE", "/", "FALSE", "0", "a", "b", "c"), "seven columns"),
        (("shop.test", "perhaps", "/", "FALSE", "0", "a", "b"), "true or false"),
        (("shop.test", "FALSE", "/", "FALSE", "soon", "a", "b"), "date"),
        (("shop.test", "FALSE", "/", "FALSE", "-5", "a", "b"), "date"),
        (("shop.test", "FALSE", "x", "FALSE", "0", "a", "b"), "slash"),
        (("shop.test", "FALSE", "/", "FALSE", "1600000000", "a", "b"), "expired"),
        (("shop.test", "FALSE", "/", "FALSE", "0", "", "b"), "no name"),
    ],
)
def test_a_wrong_line_is_refused_with_its_number_and_its_reason(columns: tuple[str, ...], said: str):
    found = read("# Netscape HTTP Cookie File\n\n" + line(*columns))

    assert said in why(found)
    assert found.refused[0].place == 3


def test_lines_with_spaces_in_place_of_tabs_are_told_apart_from_a_header():
    assert "seven columns" in why(read("# HTTP Cookie File\nshop.test FALSE / FALSE 0 a b\n"))


# --- JSON -------------------------------------------------------------------------------------------------


def test_the_json_of_an_extension_is_read():
    found = one(hostOnly=False, httpOnly=True, secure=True, session=False, sameSite="lax", storeId="0", id=1)

    assert plain(found) == plain(
        cookie(host_only=False, expires=LATER + 0.5, http_only=True, secure=True, same_site=SameSite.LAX)
    )


def test_the_storage_state_of_playwright_is_read():
    state = {
        "cookies": [
            {
                "name": "sid",
                "value": "s3cret",
                "domain": "shop.test",
                "path": "/",
                "expires": -1,
                "httpOnly": False,
                "secure": True,
                "sameSite": "None",
                "partitionKey": "https://top.test",
                "_crHasCrossSiteAncestor": True,
            }
        ],
        "origins": [],
    }

    [found] = read(json.dumps(state)).cookies

    assert plain(found) == plain(
        cookie(
            secure=True,
            same_site=SameSite.NONE,
            partition="https://top.test",
            partition_is_crossed=True,
        )
    )


@pytest.mark.parametrize(
    ("domain", "host_only", "expected"),
    [
        ("shop.test", None, ("shop.test", True)),
        (".shop.test", None, ("shop.test", False)),
        (".shop.test", True, ("shop.test", True)),
        ("shop.test", False, ("shop.test", False)),
        ("SHOP.Test.", None, ("shop.test", True)),
        ("münchen.test", None, ("xn--mnchen-3ya.test", True)),
        ("127.0.0.1", False, ("127.0.0.1", True)),
        ("[::1]", None, ("::1", True)),
        ("localhost", None, ("localhost", True)),
    ],
)
def test_dot_and_host_only_agree_or_the_flag_wins(domain: str, host_only: bool | None, expected: Any):
    changes = {"domain": domain} if host_only is None else {"domain": domain, "hostOnly": host_only}

    found = one(**changes)

    assert (found.domain, found.host_only) == expected


def test_an_address_in_place_of_a_domain_is_for_its_host_alone():
    found = one(domain=None, url="https://www.shop.test:8443/a?b")

    assert (found.domain, found.host_only, found.secure) == ("www.shop.test", True, True)


@pytest.mark.parametrize(
    "domain",
    ["", ".", "https://shop.test", "shop test", "shop.test:80", "-a.test", "a..test", "1.2", "ü" * 99],
)
def test_what_is_no_domain_is_refused(domain: str):
    assert "domain" in why(read_json({**SID, "domain": domain}))


def test_a_broken_address_and_a_domain_that_is_no_text_are_refused():
    assert "domain" in why(read_json({**SID, "domain": None, "url": "http://[a"}))
    assert "domain is not text" in why(read_json({**SID, "domain": ["x"]}))


def test_a_cookie_of_a_whole_top_level_is_refused():
    assert ".test" in why(read_json({**SID, "domain": ".test"}))


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        (LATER, LATER),
        (LATER * 1000, LATER),
        (str(LATER), LATER),
        ("2027-01-15T08:00:00Z", LATER),
        ("2027-01-15T08:00:00", LATER),
        ("Fri, 15 Jan 2027 08:00:00 GMT", LATER),
        (-1, None),
        (0, None),
        ("", None),
        ("Session", None),
        (None, None),
    ],
)
def test_dates_are_known_in_every_usual_form(written: Any, seconds: float | None):
    assert one(expirationDate=written).expires == seconds


@pytest.mark.parametrize(
    "written", [True, [], {}, "soon", "nan", 13_390_000_000_000_000, 10**400, -7, "99-99"]
)
def test_a_date_that_is_none_is_refused(written: Any):
    assert "date" in why(read_json({**SID, "expirationDate": written}))


def test_nan_and_infinity_as_json_does_not_know_them_are_no_dates():
    for word in ("NaN", "Infinity"):
        content = json.dumps([SID]).replace(str(LATER + 0.5), word)
        assert "date" in why(read(content))


def test_a_session_has_no_date_whatever_stands_beside_it():
    assert one(session=True).expires is None


def test_each_programs_name_for_the_date_is_known():
    bare = {name: value for name, value in SID.items() if name != "expirationDate"}
    for name in ("expires", "expiry", "expirationTime"):
        [found] = read_json({**bare, name: LATER}).cookies
        assert found.expires == LATER


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("unspecified", SameSite.UNSET),
        (None, SameSite.UNSET),
        ("", SameSite.UNSET),
        ("lax", SameSite.LAX),
        ("Strict", SameSite.STRICT),
        ("NONE", SameSite.NONE),
        ("no_restriction", SameSite.NONE),
    ],
)
def test_same_site_is_known_in_both_vocabularies(written: Any, expected: SameSite):
    assert one(secure=True, sameSite=written).same_site is expected


def test_no_restriction_without_secure_is_made_secure_and_told():
    found = read_json({**SID, "sameSite": "no_restriction", "secure": False})

    assert [(item.same_site, item.secure) for item in found.cookies] == [(SameSite.NONE, True)]
    assert ["Secure" in note.why.english() for note in found.changed] == [True]


def test_none_without_secure_is_refused():
    assert "SameSite None" in why(read_json({**SID, "sameSite": "None", "secure": False}))


@pytest.mark.parametrize("written", ["sometimes", 1, True])
def test_an_unknown_same_site_is_refused(written: Any):
    assert "SameSite" in why(read_json({**SID, "sameSite": written}))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": "__Secure-a", "secure": False}, "__Secure-"),
        ({"name": "__Host-a", "secure": True}, "__Host-"),
        ({"name": "__host-a", "secure": True, "domain": "shop.test", "path": "/a"}, "__Host-"),
        ({"name": "__Host-a", "domain": "shop.test"}, "__Host-"),
        ({"name": "a" * 4000, "value": "b" * 97}, "4096"),
        ({"path": "/" + "a" * 1024}, "longer than browsers allow"),
        ({"path": "a"}, "slash"),
        ({"name": ""}, "no name"),
        ({"name": "a=b"}, "character"),
        ({"name": "a;b"}, "character"),
        ({"value": "a;b"}, "character"),
        ({"value": "a\nb"}, "character"),
        ({"value": "a\ud800"}, "character"),
        ({"name": " a"}, "space"),
        ({"value": "a "}, "space"),
        ({"value": ["a"]}, "value is not text"),
        ({"value": True}, "value is not text"),
        ({"httpOnly": "perhaps"}, "true or false"),
        ({"partitionKey": "https://top.test"}, "partitioned"),
        ({"partitionKey": 7}, "kept"),
    ],
)
def test_what_no_browser_takes_is_refused_with_its_reason(changes: dict[str, Any], said: str):
    assert said in why(read_json({**SID, **changes}))


def test_what_browsers_do_take_is_taken():
    assert one(name="__Host-a", secure=True, domain="shop.test").secure
    assert one(name="__Secure-a", secure="true").secure
    assert one(value="王\t🙂").value.reveal() == "王\t🙂"
    assert one(value=7).value.reveal() == "7"
    assert one(value=None).value.reveal() == ""
    assert one(path=None).path == "/"
    assert one(secure=True, partitionKey={"topLevelSite": "https://top.test"}).partition


def test_of_two_cookies_with_one_name_and_place_the_last_one_counts():
    found = read_json({**SID, "value": "old"}, {**SID, "value": "new"}, {**SID, "path": "/a"})

    assert [item.value.reveal() for item in found.cookies] == ["new", "s3cret"]
    assert [(note.place, "again" in note.why.english()) for note in found.refused] == [(1, True)]


def test_things_among_the_cookies_that_are_none_are_refused_one_by_one():
    found = read_json(SID, "x", None, 7, [])

    assert len(found.cookies) == 1
    assert [note.place for note in found.refused] == [2, 3, 4, 5]


def test_one_cookie_alone_is_read():
    assert len(read(json.dumps(SID)).cookies) == 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"  \n",
        b"[]",
        b"[" * 100_000,
        b'{"a": 1}',
        b'{"cookies": 7}',
        b"[{]",
        b"\xff\xd8\xff\x00",
        b"\xff\xfe\x00",
        b"a\0b",
        b"<html></html>",
        b"no cookies here",
        b"a=1\nb=2",
    ],
)
def test_a_file_without_cookies_is_told_apart(content: bytes):
    with pytest.raises(CookiesUnreadable):
        read(content, "shop.test")


def test_a_file_that_is_too_large_is_not_read():
    with pytest.raises(CookiesUnreadable, match="too large"):
        read(b"[" + b" " * MOST_BYTES)


def test_a_file_in_the_encoding_of_windows_is_read():
    assert len(read(json.dumps([SID]).encode("utf-16")).cookies) == 1


# --- a header ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["www.shop.test", "https://www.shop.test:8443/a", " WWW.shop.test "])
def test_a_header_is_read_for_the_host_that_is_named(host: str):
    found = read('Cookie: a=1; b=x=y; __Host-c="q"; broken;', host)

    assert found.format == "header"
    assert [(item.name, item.value.reveal(), item.secure) for item in found.cookies] == [
        ("a", "1", False),
        ("b", "x=y", False),
        ("__Host-c", '"q"', True),
    ]
    assert {item.domain for item in found.cookies} == {"www.shop.test"}
    assert [note.place for note in found.refused] == [4]


def test_a_header_without_a_host_asks_for_it():
    with pytest.raises(CookiesUnreadable, match="--host"):
        read("a=1; b=2")


@pytest.mark.parametrize("host", ["http://[a", "ü" * 99, "a b"])
def test_a_header_for_what_is_no_host_is_refused(host: str):
    assert "domain" in why(read("a=1", host))


# --- writing ----------------------------------------------------------------------------------------------

_TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"], exclude_characters=";="),
    max_size=20,
)
_COOKIES = st.lists(
    st.builds(
        Cookie,
        name=_TEXT.filter(lambda text: text == text.strip() and bool(text) and not text.startswith("__")),
        value=_TEXT.filter(lambda text: text == text.strip()).map(Secret),
        domain=st.sampled_from(["shop.test", "www.shop.test", "xn--mnchen-3ya.test", "a_b.test"]),
        host_only=st.booleans(),
        path=st.sampled_from(["/", "/a", "/a/b"]),
        expires=st.none() | st.floats(NOW + 1, 4_000_000_000),
        http_only=st.booleans(),
        secure=st.just(True),
        same_site=st.sampled_from(SameSite),
        partition=st.sampled_from(["", "https://top.test"]),
    ),
    min_size=1,
    unique_by=lambda item: item.key,
)


def _again(cookies: Sequence[Cookie], form: CookieFormat) -> list[dict[str, Any]]:
    found = read(write_cookies(cookies, form).content.reveal())
    assert found.refused == ()
    return [plain(item) for item in found.cookies]


@given(_COOKIES)
def test_what_is_written_as_json_is_read_again_as_it_was(cookies: list[Cookie]):
    for form in (CookieFormat.EXTENSION, CookieFormat.PLAYWRIGHT):
        assert _again(cookies, form) == [plain(item) for item in cookies]


@given(_COOKIES)
def test_what_is_written_as_cookies_txt_loses_only_what_that_cannot_say(cookies: list[Cookie]):
    kept = [item for item in cookies if not item.partition]
    written = write_cookies(cookies, CookieFormat.NETSCAPE)

    assert written.count == len(kept)
    assert len(written.left_out) == len(cookies) - len(kept)
    if kept:
        assert _again(cookies, CookieFormat.NETSCAPE) == [
            plain(
                replace(
                    item,
                    same_site=SameSite.UNSET,
                    expires=None if item.expires is None else float(int(item.expires)),
                )
            )
            for item in kept
        ]


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_no_file_breaks_the_reader(raw: bytes):
    try:
        read(raw, "shop.test")
    except CookiesUnreadable:
        return


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
_NAMES = ("name", "value", "domain", "path", "expires", "session", "hostOnly", "secure", "sameSite", "url")


@given(st.lists(st.dictionaries(st.sampled_from((*_NAMES, "partitionKey")), _ANY), min_size=1, max_size=4))
def test_no_json_breaks_the_reader_and_every_cookie_taken_stands_its_own_trial(items: list[Any]):
    found = read_json(*items)

    assert all(judge(item, NOW) is None for item in found.cookies)
    assert len(found.cookies) + len(found.refused) == len(items)


def test_a_header_holds_what_a_browser_would_send_to_the_first_page_of_its_host():
    cookies = [
        cookie(name="a", host_only=False),
        cookie(name="b", domain="www.shop.test"),
        cookie(name="other", domain="mail.shop.test"),
        cookie(name="parent"),
        cookie(name="deep", domain="www.shop.test", path="/deep"),
    ]

    written = write_cookies(cookies, CookieFormat.HEADER, "www.shop.test")

    assert written.content.reveal() == "a=s3cret; b=s3cret\n"
    assert [note.name for note in written.left_out] == ["other", "parent", "deep"]


def test_a_tab_in_a_value_is_left_out_of_cookies_txt():
    written = write_cookies([cookie(value=Secret("a\tb"))], CookieFormat.NETSCAPE)

    assert (written.count, len(written.left_out)) == (0, 1)


def test_no_value_is_in_a_report_or_in_what_a_cookie_prints():
    found = read_json({**SID, "path": "x"}, {**SID, "name": "n" * 200 + "\x1b[31m"}, SID)

    assert "s3cret" not in repr(found)
    assert [note.name[-1] for note in found.refused] == ["d", "…"]


def test_hosts_below_a_site_belong_to_it_and_neighbours_do_not():
    assert belongs_to(cookie(), "shop.test")
    assert belongs_to(cookie(domain="www.shop.test"), "shop.test")
    assert not belongs_to(cookie(domain="myshop.test"), "shop.test")
    assert not belongs_to(cookie(), "www.shop.test")
    assert not is_sent_to(cookie(domain="myshop.test", host_only=False), "shop.test")
    assert clean_domain(" .Shop.TEST. ") == "shop.test"
    assert isinstance(read_json("x").refused[0], CookieNote)
