"""`berth proxy check`, `set` and `list` as people run them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.demo.internet import LocalInternetThread
from app.isolation.network.proxy_string import write
from tests.support.commands import berth


@pytest.fixture
def internet(home: Path) -> Iterator[LocalInternetThread]:
    with LocalInternetThread() as internet:
        berth("setting", "set", "network.echo_urls", internet.net.echo_url)
        yield internet


def test_proxies_are_checked_and_what_was_found_is_listed(home: Path, internet: LocalInternetThread):
    net = internet.net
    berth("proxy", "add", "-", "--name", "US", stdin=write(net.http_proxy.upstream) + "\n")
    berth("proxy", "add", "-", "--name", "DE", stdin=write(net.socks_proxy.upstream) + "\n")

    one = berth("proxy", "check", "US", "--json")
    internet.kill(net.socks_proxy)
    all_ = berth("proxy", "check", "--all")
    listed = berth("proxy", "list")

    assert one.code == 0
    (found,) = one.json["proxies"]
    assert (found["exit"]["country"], found["check_problem"]) == ("US", None)
    assert all_.code == 1
    lines = {line.split()[1]: line for line in all_.out.splitlines()[1:]}
    assert lines["US"].startswith("yes")
    assert lines["DE"].startswith("no")
    assert "0 min ago, failed" in listed.out
    assert f"{net.http_proxy.exit_ip} US" in listed.out


def test_what_is_known_of_a_proxy_is_set(home: Path):
    berth("proxy", "add", "http://proxy.example:80", "--name", "One")

    changed = berth(
        "proxy", "set", "one", "--name", "Two", "--expires", "2027-01-31", "--provider", "Lumi", "--json"
    )
    listed = berth("proxy", "list")
    never = berth("proxy", "set", "Two", "--expires", "never", "--json")

    assert (changed.json["name"], changed.json["provider"]) == ("Two", "Lumi")
    until = datetime.fromisoformat(changed.json["expires"])
    assert until == datetime(2027, 1, 31, 23, 59, 59).astimezone(UTC)
    assert "2027-01-31" in listed.out
    assert never.json["expires"] is None


@pytest.mark.parametrize(
    "words",
    [
        ("check",),
        ("check", "One", "--all"),
        ("set", "One"),
        ("set", "One", "--expires", "31.1.2027"),
        ("set", "One", "--name", "direct"),
    ],
)
def test_what_makes_no_sense_is_a_usage_error(home: Path, words: tuple[str, ...]):
    berth("proxy", "add", "http://proxy.example:80", "--name", "One")

    assert berth("proxy", *words).code == 2


def test_checking_no_proxies_is_fine(home: Path):
    assert berth("proxy", "check", "--all", "--json").json == {"proxies": []}
    assert berth("proxy", "check", "nobody").code == 4
