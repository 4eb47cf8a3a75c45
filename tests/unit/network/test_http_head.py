"""Heads are read strictly and written anew without what belongs to one hop."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.isolation.network.http_head import BadHead, page, read_request, rewritten_answer, status_of
from app.kernel.text import say


def head(*lines: str) -> bytes:
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


@pytest.mark.parametrize(
    ("target", "host", "port"),
    [("a.com:443", "a.com", 443), ("[2001:db8::1]:8443", "2001:db8::1", 8443), ("A.Com.:1", "a.com.", 1)],
)
def test_a_tunnel_names_host_and_port(target, host, port):
    request = read_request(head(f"CONNECT {target} HTTP/1.1", "Host: x"))

    assert (request.is_connect, request.host, request.port) == (True, host, port)


@pytest.mark.parametrize(
    ("url", "host", "port", "path"),
    [
        ("http://a.com", "a.com", 80, "/"),
        ("http://a.com?x=1", "a.com", 80, "/?x=1"),
        ("HTTP://A.com:8080/x/y?z#part", "a.com", 8080, "/x/y?z"),
        ("http://[::1]:81/", "::1", 81, "/"),
    ],
)
def test_a_plain_request_names_a_whole_url(url, host, port, path):
    request = read_request(head(f"GET {url} HTTP/1.1", "Host: other.com"))

    assert (request.host, request.port, request.path) == (host, port, path)


@pytest.mark.parametrize(
    "bad",
    [
        b"\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\r\n\r\n",
        head("GET / HTTP/1.1", "Host: a.com"),
        head("GET https://a.com/ HTTP/1.1"),
        head("GET ftp://a.com/ HTTP/1.1"),
        head("GET http://user:pw@a.com/ HTTP/1.1"),
        head("GET http:// HTTP/1.1"),
        head("GET http://a.com:0/ HTTP/1.1"),
        head("GET http://a.com:99999/ HTTP/1.1"),
        head("GET http://a.com:80x/ HTTP/1.1"),
        head("GET http://a com/ HTTP/1.1"),
        head("GET http://a.com/ HTTP/2"),
        head("GET  http://a.com/ HTTP/1.1"),
        head("CONNECT a.com HTTP/1.1"),
        head("CONNECT a.com: HTTP/1.1"),
        head("CONNECT http://a.com:80 HTTP/1.1"),
        head("CONNECT a.com:443/x HTTP/1.1"),
        head("GET http://a.com/ HTTP/1.1", "No colon here"),
        head("GET http://a.com/ HTTP/1.1", " folded: x"),
        head("GET http://a.com/ HTTP/1.1", "Space : x"),
        head("GET http://a.com/ HTTP/1.1", "Zero: a\x00b"),
        head("GET http://a.com/ HTTP/1.1", "Bare: a\rb"),
    ],
)
def test_what_is_no_proxy_request_is_refused(bad):
    with pytest.raises(BadHead):
        read_request(bad)


def test_what_belongs_to_one_hop_stays_behind_and_the_connection_is_for_one_request():
    request = read_request(
        head(
            "POST http://a.com:8080/x HTTP/1.1",
            "Host: evil.com",
            "Proxy-Connection: keep-alive",
            "Proxy-Authorization: Basic eDp5",
            "Connection: keep-alive, Upgrade",
            "Upgrade: h2c",
            "Content-Length: 3",
            "Cookie: a=b",
        )
    )

    written = request.written(absolute=True, extra=((b"Proxy-Authorization", b"Basic bmV3"),))

    assert written == head(
        "POST http://a.com:8080/x HTTP/1.1",
        "Host: a.com:8080",
        "Content-Length: 3",
        "Cookie: a=b",
        "Proxy-Authorization: Basic bmV3",
        "Connection: close",
    )
    assert request.written(absolute=False, extra=()).startswith(b"POST /x HTTP/1.1\r\nHost: a.com:8080\r\n")


@pytest.mark.parametrize(
    "lines",
    [
        ["Transfer-Encoding: chunked"],
        ["Content-Length: 1", "Content-Length: 2"],
        ["Content-Length: -1"],
        ["Content-Length: 1, 1"],
        ["Content-Length: " + "9" * 40],
    ],
)
def test_a_body_whose_length_is_not_plain_is_refused(lines):
    request = read_request(head("POST http://a.com/ HTTP/1.1", *lines))

    with pytest.raises(BadHead):
        request.body_length()


def test_an_answer_tells_the_browser_not_to_use_the_connection_again():
    answer = head("HTTP/1.1 200 OK", "Connection: keep-alive", "Keep-Alive: timeout=5", "Set-Cookie: a=b")

    assert rewritten_answer(answer) == head("HTTP/1.1 200 OK", "Set-Cookie: a=b", "Connection: close")


@pytest.mark.parametrize("first", ["HTTP/1.1 20", "ICY 200 OK", "SSH-2.0-x", "HTTP/1.1 099 x", "HTTP/3 200"])
def test_an_answer_that_is_no_http_is_refused(first):
    with pytest.raises(BadHead):
        status_of(head(first))


def test_a_page_of_ours_shows_facts_as_text_and_never_as_markup():
    answer = page(502, say("Cannot reach {host}.", host="<script>alert(1)</script>"))

    content, _, body = answer.partition(b"\r\n\r\n")
    assert b"<script>" not in body
    assert f"Content-Length: {len(body)}".encode() in content


@given(st.binary(max_size=300))
def test_any_bytes_are_either_a_request_or_refused(content):
    try:
        request = read_request(content)
    except BadHead:
        return

    assert 0 < request.port < 65536
    assert b"\r\n\r\n" not in request.written(absolute=False, extra=())[:-4]
