"""Proxy strings: every usual form is read, two readings are asked, and no error shows a password."""

from __future__ import annotations

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.isolation.network.proxy_string import (
    ProxyString,
    ProxyStringAmbiguous,
    ProxyStringWrong,
    from_parts,
    parse,
    write,
)
from app.isolation.plan import DIRECT, ProxyKind, Upstream
from app.kernel.errors import Problem
from app.kernel.secret import Secret

PASSWORD = "s3cr3t-9f2c"


def plain(upstream: Upstream) -> tuple[str, str, int, str, str]:
    return (
        upstream.kind.value,
        upstream.host,
        upstream.port,
        upstream.username,
        upstream.password.reveal(),
    )


@pytest.mark.parametrize(
    ("text", "login", "port", "key_file"),
    [
        ("ssh://anna:p%40w@server.test", "p@w", 22, ""),
        ("ssh://anna:pw@server.test/", "pw", 22, ""),
        ("SSH://anna:pw@server.test:2222", "pw", 2222, ""),
        ("ssh://server.test:22:anna:pw", "pw", 22, ""),
        ("ssh://anna@server.test?key=/home/anna/id%20one", "", 22, "/home/anna/id one"),
        ("ssh://anna:phrase@server.test:2222/?key=C:\\keys\\id", "phrase", 2222, "C:\\keys\\id"),
    ],
)
def test_an_ssh_server_is_read_with_its_usual_port_and_key(text, login, port, key_file):
    found = parse(text).upstream

    assert plain(found) == ("ssh", "server.test", port, "anna", login)
    assert found.key_file == key_file
    assert parse(write(found)).upstream.key_file == key_file


def attempt(text: str) -> tuple[ProxyString | None, Problem | None]:
    try:
        return parse(text), None
    except Problem as problem:
        return None, problem


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10.0.0.7:8080", ("http", "10.0.0.7", 8080, "", "")),
        ("Proxy.Example.com:3128", ("http", "proxy.example.com", 3128, "", "")),
        ("proxy:3128", ("http", "proxy", 3128, "", "")),
        ("[2001:db8::1]:3128", ("http", "2001:db8::1", 3128, "", "")),
        ("socks5://[2001:DB8:0::1]:1080", ("socks5", "2001:db8::1", 1080, "", "")),
        ("p.example.com:8080:anna:pw", ("http", "p.example.com", 8080, "anna", "pw")),
        ("p.example.com:8080:anna:", ("http", "p.example.com", 8080, "anna", "")),
        ("p.example.com:8080:anna:p:w:x", ("http", "p.example.com", 8080, "anna", "p:w:x")),
        ("anna:pw:p.example.com:8080", ("http", "p.example.com", 8080, "anna", "pw")),
        ("anna:p:w:1.2.3.4:8080", ("http", "1.2.3.4", 8080, "anna", "p:w")),
        ("anna:pw:[::1]:8080", ("http", "::1", 8080, "anna", "pw")),
        ("[::1]:8080:anna:pw", ("http", "::1", 8080, "anna", "pw")),
        ("anna:pw@p.example.com:8080", ("http", "p.example.com", 8080, "anna", "pw")),
        ("anna:p@w@p.example.com:8080", ("http", "p.example.com", 8080, "anna", "p@w")),
        ("anna:%41@p.example.com:8080", ("http", "p.example.com", 8080, "anna", "%41")),
        ("p.example.com:8080@anna:pw", ("http", "p.example.com", 8080, "anna", "pw")),
        ("anna:pw@[::1]:8080", ("http", "::1", 8080, "anna", "pw")),
        ("http://anna:pw@p.example.com:8080", ("http", "p.example.com", 8080, "anna", "pw")),
        ("HTTPS://anna:pw@p.example.com:443/", ("https", "p.example.com", 443, "anna", "pw")),
        ("socks5://anna:pw@1.2.3.4:1080", ("socks5", "1.2.3.4", 1080, "anna", "pw")),
        ("socks5h://anna:pw@1.2.3.4:1080", ("socks5", "1.2.3.4", 1080, "anna", "pw")),
        ("socks5://1.2.3.4:1080:anna:pw", ("socks5", "1.2.3.4", 1080, "anna", "pw")),
        ("socks5://1.2.3.4:1080:anna:%41", ("socks5", "1.2.3.4", 1080, "anna", "%41")),
        ("http://anna:p%40w%3A%25@h.com:80", ("http", "h.com", 80, "anna", "p@w:%")),
        ("http://anna:%2541@h.com:80", ("http", "h.com", 80, "anna", "%41")),
        ("http://1.2.3.4:8080@5.6.7.8:9090", ("http", "5.6.7.8", 9090, "1.2.3.4", "8080")),
        ("user.name:secret@h.com:80", ("http", "h.com", 80, "user.name", "secret")),
        ("anna:1234@h.com:80", ("http", "h.com", 80, "anna", "1234")),
        ("1.2.3.4:8080:anna:1234", ("http", "1.2.3.4", 8080, "anna", "1234")),
        ("1.2.3.4:8080:anna:[x:y]", ("http", "1.2.3.4", 8080, "anna", "[x:y]")),
        ("1.2.3.4:8080:anna:[x]y", ("http", "1.2.3.4", 8080, "anna", "[x]y")),
        ("  1.2.3.4:8080:anna:pw\r\n", ("http", "1.2.3.4", 8080, "anna", "pw")),
        ("http://用户:密码@h.com:80", ("http", "h.com", 80, "用户", "密码")),
    ],
)
def test_every_usual_form_is_read(text, expected):
    assert plain(parse(text).upstream) == expected


@pytest.mark.parametrize(
    "form",
    ["1.2.3.4:8080", "1.2.3.4:8080:anna:pw", "anna:pw@[::1]:80", "socks5://anna:pw@h.com:1080"],
)
@pytest.mark.parametrize("gap", ["", " "])
def test_the_page_that_changes_the_address_may_follow_in_square_brackets(form, gap):
    url = "https://change.example.com/ip?token=T0K&x=1"

    read = parse(f"{form}{gap}[{url}]")

    assert read.change_ip_url == url
    assert plain(read.upstream) == plain(parse(form).upstream)


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("1.2.3.4:8080:5.6.7.8:9090", ("1.2.3.4", "5.6.7.8")),
        ("1.2.3.4:8080@5.6.7.8:9090", ("1.2.3.4", "5.6.7.8")),
        ("john:8080@myproxy:3128", ("john", "myproxy")),
        ("socks5://a.com:8080:b.com:9090", ("a.com", "b.com")),
    ],
)
def test_two_readings_that_both_fit_are_asked_and_not_guessed(text, hosts):
    with pytest.raises(ProxyStringAmbiguous) as caught:
        parse(text)

    assert tuple(reading.upstream.host for reading in caught.value.readings) == hosts
    for reading in caught.value.readings:
        assert reading.upstream.password.reveal() not in str(caught.value)
        assert parse(write(reading.upstream)).upstream.host == reading.upstream.host


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "no proxy"),
        ("http://", "no proxy"),
        ("p.example.com", "port is missing"),
        ("p.example.com:0", "1 to 65535"),
        (f"p.example.com:70000:anna:{PASSWORD}", "1 to 65535"),
        (f"anna:{PASSWORD}@p.example.com:0", "1 to 65535"),
        (f"anna:{PASSWORD}@p.example.com", "port is missing"),
        ("p.example.com:eighty", "no proxy in any form"),
        (f":{PASSWORD}@p.example.com:80", "no proxy in any form"),
        (f"p.example.com:80::{PASSWORD}", "no proxy in any form"),
        (f"999.1.1.1:80:anna:{PASSWORD}", "no proxy in any form"),
        (f"p example.com:80:anna:{PASSWORD}", "no proxy in any form"),
        (f"[::g]:80:anna:{PASSWORD}", "no proxy in any form"),
        ("2001:db8::1:8080", "square brackets"),
        ("2001:db8::1", "square brackets"),
        (f"socks4://anna:{PASSWORD}@h.com:1080", "SOCKS4 proxies are not supported yet"),
        (f"ssh://:{PASSWORD}@h.com:22", "no proxy in any form"),
        ("ssh://h.com:22", "wants a user name"),
        (f"ssh://anna:{PASSWORD}@h.com?key=id_rsa", "its whole path"),
        (f"ssh://anna:{PASSWORD}@h.com?ProxyCommand=/bin/sh", "only key="),
        (f"ssh://anna:{PASSWORD}@h.com?key=/a%0Ab", "invisible characters"),
        (f"ftp://anna:{PASSWORD}@h.com:21", "no kind of proxy"),
        (f"h.com:80:anna:{PASSWORD}\nh.com:81:anna:{PASSWORD}", "more than one line"),
        (f"h.com:80:an\x00na:{PASSWORD}", "invisible"),
        (f"h.com:80:an\u200bna:{PASSWORD}", "invisible"),
        (f"h.com:80:an\ud800na:{PASSWORD}", "invisible"),
        (f"http://anna%0d%0a:{PASSWORD}@h.com:80", "invisible"),
        (f"http://an%3Ana:{PASSWORD}@h.com:80", "cannot hold a colon"),
        (f"socks5://änna:{PASSWORD}@h.com:80", "255 plain"),
        (f"socks5://{'a' * 256}:{PASSWORD}@h.com:80", "255 plain"),
        (f"h.com:80:anna:{PASSWORD}[http://]", "is no URL"),
        (f"h.com:80:anna:{PASSWORD}[http://[::x]", "is no URL"),
        (f"h.com:80:anna:{PASSWORD}[https://a b/]", "is no URL"),
        (PASSWORD * 500_000, "far too long"),
    ],
)
def test_what_is_no_proxy_is_refused_with_a_next_step_and_without_the_password(text, sentence):
    with pytest.raises(ProxyStringWrong, match=sentence) as caught:
        parse(text)

    assert caught.value.next_step.english()
    assert PASSWORD not in str(caught.value)
    assert PASSWORD not in repr(caught.value.as_json())
    assert caught.value.__cause__ is None
    assert caught.value.exit_code == 2


def test_direct_is_written_but_is_no_proxy_string():
    assert write(DIRECT) == "direct"
    with pytest.raises(ProxyStringWrong):
        parse("direct")


printable = st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp"))
labels = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=12).filter(
    lambda label: not label.isdigit()
)
hosts = st.one_of(
    st.lists(labels, min_size=1, max_size=4).map(".".join),
    st.ip_addresses(v=4).map(str),
    st.ip_addresses(v=6).map(str),
)
ports = st.integers(1, 65535)


@st.composite
def upstreams(draw: st.DrawFn) -> Upstream:
    kind = draw(st.sampled_from([ProxyKind.HTTP, ProxyKind.HTTPS, ProxyKind.SOCKS5, ProxyKind.SSH]))
    ascii_only = st.characters(min_codepoint=33, max_codepoint=126)
    letters = ascii_only if kind is ProxyKind.SOCKS5 else printable
    username = draw(st.text(letters, min_size=kind is ProxyKind.SSH, max_size=40))
    if kind not in (ProxyKind.SOCKS5, ProxyKind.SSH):
        username = username.replace(":", "")
    password = draw(st.text(letters, max_size=40)) if username else ""
    key = "/" + draw(st.text(printable, max_size=40)) if kind is ProxyKind.SSH and draw(st.booleans()) else ""
    return Upstream(kind, draw(hosts), draw(ports), username, Secret(password), key)


@settings(max_examples=60)
@given(upstreams())
def test_what_is_written_is_read_back_the_same(upstream):
    read = parse(write(upstream)).upstream

    assert plain(read) == plain(upstream)
    assert read.key_file == upstream.key_file


@given(st.text(max_size=200))
def test_any_text_is_either_a_proxy_or_a_problem(text):
    read, problem = attempt(text)

    if read is None:
        assert problem is not None
        assert problem.text.english()
    else:
        assert 0 < read.upstream.port < 65536
        assert plain(parse(write(read.upstream)).upstream) == plain(read.upstream)


words = st.text(string.ascii_letters + string.digits, min_size=8, max_size=20)


@given(host=hosts, port=ports, user=words, password=words, form=st.integers(0, 5), cut=st.booleans())
def test_no_error_ever_holds_the_password(host, port, user, password, form, cut):
    bare = f"[{host}]" if ":" in host else host
    address = f"{bare}:{0 if cut else port}"
    text = [
        f"{address}:{user}:{password}",
        f"{user}:{password}:{address}",
        f"{user}:{password}@{address}",
        f"{address}@{user}:{password}",
        f"socks4://{user}:{password}@{address}",
        f"http://{address}:{user}:{password}\n",
    ][form]

    _, problem = attempt(text)

    assert password not in str(problem)
    assert password not in repr(problem)


@pytest.mark.parametrize("part", ["x" * 5000, "a\x00b"])
def test_a_tables_cell_that_is_too_long_or_holds_a_control_character_is_no_part_of_a_proxy(part: str):
    with pytest.raises(ProxyStringWrong) as caught:
        from_parts("http", "h.example", "80", "anna", part)

    assert part not in str(caught.value)
