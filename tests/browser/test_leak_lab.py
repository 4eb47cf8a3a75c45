"""The leak lab: a machine on one cable, every packet that leaves it seen, and none of them beside the proxy.

Keeper, relay and browser live in a network namespace of their own; at the other end of its cable lies a whole
internet that would answer whatever leaked. Without namespaces `test_leaks.py` looks at loopback alone.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.demo.internet import Behaviour
from app.kernel.paths import Paths
from tests.support.lab import namespaces
from tests.support.lab.berth import HARDENING, LabBerth, bare_engine, berth_in, engine_for
from tests.support.lab.capture import Capture
from tests.support.lab.internet import SHOP_URL, LabInternet
from tests.support.lab.namespaces import Namespaces, two_namespaces
from tests.support.stage import until

pytestmark = pytest.mark.timeout(300)

REACHED = ("again", "worker", "wss", "name", "ipv6", "ipv4", "later", "beacon")
# Of all hosts that a page names; the proxies resolve them, this machine never does.
HINTED = {"from-worker.lab", "other.lab", "pinged.lab", "beacon.lab"}


@functools.cache
def _why_not() -> str:
    return namespaces.why_not()


@pytest.fixture
def spaces(screen: None) -> Iterator[Namespaces]:
    if reason := _why_not():
        pytest.skip(f"{reason}; test_leaks.py looks at loopback in place of it")
    with two_namespaces() as made:
        yield made


@pytest.fixture
def lab(spaces: Namespaces, tmp_path: Path) -> Iterator[LabInternet]:
    with LabInternet(spaces.internet, tmp_path) as internet:
        yield internet


@pytest.fixture
def capture(spaces: Namespaces, lab: LabInternet) -> Iterator[Capture]:
    with Capture(spaces.machine, lab.proxies) as running:
        yield running


@pytest.fixture
def watched_later(spaces: Namespaces, lab: LabInternet, paths: Paths) -> Iterator[LabBerth]:
    with berth_in(spaces.machine, lab, paths) as running:
        yield running


@pytest.fixture
def berth(capture: Capture, watched_later: LabBerth) -> Iterator[LabBerth]:
    with capture.during("everything until the last window was closed"):
        yield watched_later
        watched_later.close()


def test_the_control_leaks_in_every_way_and_is_seen(
    spaces: Namespaces, lab: LabInternet, capture: Capture, tmp_path: Path
) -> None:
    with bare_engine(spaces.machine, lab, tmp_path / "bare", f"{SHOP_URL}?run=control"):
        told = until(lambda: lab.reports.get("control"), 60)
        until(lambda: {"dns", "tcp", "quic", "stun", "mdns"} <= set(capture.kinds()), 60)
        until(lambda: {"hint-dns.lab", "stun.lab", "turn-udp.lab"} <= set(lab.asked))

    assert capture.beside()
    assert {name: told[name] for name in REACHED} == dict.fromkeys(REACHED, "ok")
    assert any("srflx" in candidate for candidate in told["rtc"]), "STUN told a page this machine's address"
    assert {53, 443, 3478} <= set(lab.datagrams)
    assert {3478, 5349} <= set(lab.dialled)


def _a_day_in_the_lab(berth: LabBerth, capture: Capture, which: str, jail: str, tmp_path: Path) -> None:
    """Everything that happens to a store's window, one thing after the other, without a packet beside."""
    lab = berth.lab
    proxy = getattr(lab, f"{which}_proxy")
    engine = engine_for(tmp_path, lab)
    berth.make("Anna", proxy, ("jail", jail))

    with capture.during("a page that tries every way out"):
        opened = berth.open_green("Anna", engine, f"{SHOP_URL}?run=first")
        told = berth.report("first")
        # A way that failed in the rush of all at once is tried again, as a person would; its packets count.
        for run in ("second", "third"):
            if all(told[name] == "ok" for name in REACHED):
                break
            with berth.keeper() as keeper:
                keeper.open_page(opened.profile.id, f"{SHOP_URL}?run={run}")
            told = berth.report(run)
        assert {name: told[name] for name in REACHED} == dict.fromkeys(REACHED, "ok")
        assert told["online"] is True
        assert told["rtc"] == [], "no candidate: WebRTC finds no way past the proxy"
        assert "ok" not in {told[name] for name in ("lan", "loopback", "transport")}, told
        until((berth.downloads / "lab.bin").exists)
        until(lambda: {visit.name for visit in proxy.log} >= HINTED)
        assert ("path.jail" in {check.id for check in opened.preflight.checks}) == (jail == "auto")
    with capture.during("closing with tabs that have not loaded"), berth.keeper() as keeper:
        for number in range(6):
            keeper.open_page(opened.profile.id, f"https://slow-{number}.lab/plain")
        keeper.close_windows()
    with capture.during("a proxy that is dead when its store is opened"):
        lab.kill(proxy)
        assert not berth.open("Anna", engine).is_open
        lab.revive(proxy)
    with capture.during("a proxy that does not take the password"):
        proxy.behaviour = Behaviour.WRONG_PASSWORD
        assert not berth.open("Anna", engine).is_open
        proxy.behaviour = Behaviour.NORMAL
    with capture.during("tabs of the last time"):
        lab.reports.clear()
        opened = berth.open_green("Anna", engine)
        berth.report("first")
    with capture.during("a proxy killed in the middle of a page"), berth.keeper() as keeper:
        keeper.open_page(opened.profile.id, "http://shop.lab/polling?run=polled")
        until(lambda: lab.polls.count("polled") > 5 and "ws" in lab.polls)
        lab.kill(proxy)
        until(lambda: len(keeper.windows()[0]["relay_errors"]) > 20)
        lab.revive(proxy)
        berth.close()


def test_no_packet_goes_beside_the_proxy(berth: LabBerth, capture: Capture, tmp_path: Path) -> None:
    _a_day_in_the_lab(berth, capture, "http", "off", tmp_path)


def test_no_packet_goes_beside_the_proxy_from_a_jail(
    berth: LabBerth, capture: Capture, tmp_path: Path
) -> None:
    _a_day_in_the_lab(berth, capture, "socks", "auto", tmp_path)


@pytest.mark.long
@pytest.mark.parametrize(("which", "jail"), [("http", "auto"), ("socks", "off")])
def test_no_packet_goes_beside_the_proxy_the_other_ways_round(
    berth: LabBerth, capture: Capture, tmp_path: Path, which: str, jail: str
) -> None:
    _a_day_in_the_lab(berth, capture, which, jail, tmp_path)


def test_a_jail_holds_a_browser_that_is_told_nothing_but_its_proxy(
    watched_later: LabBerth, capture: Capture, tmp_path: Path
) -> None:
    """Without the switches and settings that keep packets on the relay: the kernel alone is left."""
    berth = watched_later
    engine = engine_for(tmp_path, berth.lab, without=HARDENING)
    berth.make("Anna", berth.lab.http_proxy, ("jail", "auto"))
    berth.make("Bert", berth.lab.http_proxy, ("jail", "off"))

    with capture.during("a window in a jail, without any other guard"):
        opened = berth.open_green("Anna", engine, f"{SHOP_URL}?run=jailed")
        told = berth.report("jailed")
        berth.close()
    berth.open_green("Bert", engine, f"{SHOP_URL}?run=free")
    berth.report("free")

    assert "path.jail" in {check.id for check in opened.preflight.checks}
    assert {name: told[name] for name in REACHED} == dict.fromkeys(REACHED, "ok")
    assert {"stun", "dns"} <= {packet.kind for packet in capture.beside()}, "the control: it would leak"


def test_a_policy_that_overrides_the_proxy_keeps_the_window_shut(
    berth: LabBerth, capture: Capture, tmp_path: Path, direct_policy: None
) -> None:
    berth.make("Anna", berth.lab.http_proxy, ("jail", "off"))

    refused = berth.open("Anna", engine_for(tmp_path, berth.lab), f"{SHOP_URL}?run=policy")

    assert not refused.is_open
    assert "policies.network" in {check.id for check in refused.preflight.stops(only_this_once=True)}
    assert berth.lab.reports == {}
