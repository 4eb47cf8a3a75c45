"""Which targets never pass a relay, in whatever spelling."""

from __future__ import annotations

import ipaddress
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.isolation.network.targets import is_background, is_host, is_private, read_address

PRIVATE = [
    "127.0.0.1",
    "127.1",
    "127.0.0.1.",
    "2130706433",
    "0x7f000001",
    "0x7F.1",
    "0x7f.0x0.0x0.0x1",
    "0177.0.0.1",
    "017700000001",
    "0",
    "0x",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "192.168.257",
    "0xc0a80101",
    "169.254.169.254",
    "100.64.0.1",
    "198.18.0.1",
    "224.0.0.251",
    "255.255.255.255",
    "240.0.0.1",
    "::1",
    "[::1]",
    "::",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "[::ffff:10.0.0.1]",
    "::7f00:1",
    "0:0:0:0:0:0:0:1",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd12::1",
    "fec0::1",
    "ff02::fb",
    "64:ff9b::7f00:1",
    "64:ff9b::192.168.1.1",
    "2002:7f00:1::",
    "2002:c0a8:101::1",
    "localhost",
    "LocalHost",
    "localhost.",
    "a.localhost",
    "a.b.LOCALHOST.",
    "localhost.localdomain",
    "ip6-localhost",
    "",
]
PUBLIC = [
    "example.com",
    "1.1.1.1",
    "8.8.8.8.",
    "134744072",
    "0x08080808",
    "172.32.0.1",
    "2606:4700::1111",
    "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
    "notlocalhost",
    "localhost.example.com",
    "10.example.com",
    "127.0.0.1.example.com",
    "0x7f.example",
    "0x",
    "256.1.1.1",
    "1.2.3.4.5",
    "09.1.1.1",
    "4294967296",
]


@pytest.mark.parametrize("host", PRIVATE)
def test_private_targets_are_known_in_every_spelling(host):
    assert is_private(host)


@pytest.mark.parametrize("host", [host for host in PUBLIC if host != "0x"])
def test_public_targets_and_names_are_not_private(host):
    assert not is_private(host)


@given(st.ip_addresses(v=4), st.integers(1, 4), st.sampled_from(["dec", "hex", "oct"]))
def test_every_spelling_that_the_resolver_takes_for_an_address_is_read_as_that_address(address, parts, base):
    numbers = list(address.packed[: parts - 1])
    numbers.append(int.from_bytes(address.packed[parts - 1 :], "big"))
    write = {"dec": str, "hex": hex, "oct": lambda number: f"0{number:o}"}[base]
    text = ".".join(write(number) for number in numbers)

    assert socket.inet_aton(text) == address.packed
    assert read_address(text) == address
    assert is_private(text) == is_private(str(address))


@given(st.text("0123456789abcdefx.", max_size=20))
def test_nothing_the_resolver_reads_as_a_loopback_address_gets_past(text):
    try:
        packed = socket.inet_aton(text)
    except (OSError, UnicodeError):
        return

    if ipaddress.IPv4Address(packed).is_loopback:
        assert is_private(text)


@pytest.mark.parametrize(
    "host",
    ["update.googleapis.com", "redirector.gvt1.com", "GVT1.com.", "optimizationguide-pa.googleapis.com"],
)
def test_the_browsers_own_update_checks_are_known(host):
    assert is_background(host)


@pytest.mark.parametrize(
    "host",
    [
        "clients2.google.com",
        "clients2.googleusercontent.com",
        "chromewebstore.google.com",
        "accounts.google.com",
        "safebrowsing.googleapis.com",
        "notgvt1.com",
        "update.googleapis.com.example.org",
    ],
)
def test_what_the_web_store_and_signing_in_need_is_not_background(host):
    assert not is_background(host)


@pytest.mark.parametrize("host", ["", "a b", "a\r\nb", "a/b", "a\0", "ö.com", "a" * 256, "a@b", "a?b", "a#b"])
def test_a_host_with_odd_characters_is_none(host):
    assert not is_host(host)
