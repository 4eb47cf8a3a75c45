"""What has to be said by the hub is said in every kind of context, before its first script, and once.

The machine's own zone is another one, its cores are more, and its place is nowhere: a hub that does nothing
fails here.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.isolation.browser import acting
from app.isolation.browser.arming import Command, Session
from app.isolation.browser.hub import Hub
from app.isolation.browser.pipe import Message
from app.isolation.coherence.probing import ProbeClosed, probe
from app.isolation.coherence.sameness import WINDOWS, judge_sameness
from app.isolation.coherence.site import CONTEXTS, ProbeSite
from app.isolation.network.http_head import Request
from app.isolation.plan import Fingerprint, GeoMode, Place
from tests.support.hubs import engine_with_hub
from tests.support.waiting import until

TOKYO = Fingerprint(
    languages=("ja", "en"),
    timezone="Asia/Tokyo",
    cores=1,
    geolocation=GeoMode.FIXED,
    place=Place(35.68, 139.76, 25.0),
)
HERE = "America/Lima"
_LIMIT_S = 30.0
_SETTLED = 20


async def test_zone_cores_and_place_are_the_same_in_all_twelve_contexts(screen: None, tmp_path: Path) -> None:
    site = ProbeSite()
    async with engine_with_hub(tmp_path, TOKYO, tz_works=False, zone_of_machine=HERE) as (hub, relay):
        for origin in site.origins:
            await hub.command(
                "Browser.setPermission",
                permission={"name": "geolocation"},
                setting="granted",
                origin=origin,
                embeddedOrigin=site.origins[0],
            )

        found = await probe(hub, relay, site)

    assert found.missing == ()
    zones = {name: (found.facts(name)["timezone"], found.facts(name)["offsets"]) for name in CONTEXTS}
    assert zones == dict.fromkeys(CONTEXTS, ("Asia/Tokyo", [-540, -540]))
    assert {name: found.facts(name)["cores"] for name in CONTEXTS} == dict.fromkeys(CONTEXTS, 1)
    # A frame of an opaque origin is denied in any browser.
    places = {name: _place(found.facts(name)["geolocation"]) for name in WINDOWS if name != "sandbox"}
    assert places == {name: [35.68, 139.76, 25.0] for name in places}
    assert [check.id for check in judge_sameness(found) if check.level.value == "red"] == []


@pytest.mark.parametrize(("mode", "state"), [(GeoMode.FIXED, "prompt"), (GeoMode.BLOCKED, "denied")])
async def test_a_fixed_place_is_still_asked_for_and_a_blocked_one_denied(
    screen: None, tmp_path: Path, mode: GeoMode, state: str
) -> None:
    settings = replace(TOKYO, geolocation=mode)
    async with engine_with_hub(tmp_path, settings) as (hub, relay):
        found = await probe(hub, relay)

    assert found.facts("main")["geolocation"] == {"state": state, "place": None}


async def test_every_target_is_told_once_though_some_are_announced_twice(
    screen: None, tmp_path: Path
) -> None:
    targets: dict[str, str] = {}
    told: Counter[str] = Counter()
    announced: Counter[str] = Counter()
    async with engine_with_hub(tmp_path, TOKYO, tz_works=False, zone_of_machine=HERE) as (hub, relay):
        send, hear = hub._pipe.send, hub._on_own_event
        is_over = False

        def note_sent(message: Message) -> None:
            if message["method"] == "Emulation.setTimezoneOverride" and not is_over:
                told[targets[message["sessionId"]]] += 1
            send(message)

        def note_heard(message: Message) -> None:
            nonlocal is_over
            if message["method"] == "Target.attachedToTarget":
                info = message["params"]["targetInfo"]
                targets[message["params"]["sessionId"]] = info["targetId"]
                announced[info["type"]] += 1
            is_over |= message["method"] == "Target.detachedFromTarget"  # it has to be said again then
            hear(message)

        hub._pipe.send, hub._on_own_event = note_sent, note_heard
        found = await probe(hub, relay)

    assert found.missing == ()
    assert announced["service_worker"] + announced["shared_worker"] > 2
    assert set(told.values()) == {1}
    assert len(told) >= 9  # pages, frames and workers of the probe that are targets of their own


async def test_a_value_forced_on_pages_alone_is_found_and_named(screen: None, tmp_path: Path) -> None:
    async with engine_with_hub(tmp_path, TOKYO) as (hub, relay):
        add = hub._armed.add

        def add_cores(session: str, about: Session) -> list[Command]:
            forced = [("Emulation.setHardwareConcurrencyOverride", {"hardwareConcurrency": 7})]
            return add(session, about) + (forced if about.kind == "page" else [])

        hub._armed.add = add_cores
        found = await probe(hub, relay)

    wrong = [check for check in judge_sameness(found) if check.level.value == "red"]
    assert [check.id for check in wrong] == ["same.cores"]
    assert "service" in wrong[0].seen or "main" in wrong[0].seen


async def test_a_shared_worker_keeps_its_zone_when_the_page_that_made_it_goes(
    screen: None, tmp_path: Path
) -> None:
    host = "shared-worker-test.localhost"
    zones: list[str] = []
    arrived = asyncio.Event()

    def answer(request: Request, body: bytes) -> bytes:
        if request.method == "POST":
            zones.append(body.decode())
            arrived.set()
        content = {"/worker.js": _WORKER, "/page": _PAGE}.get(request.path, b"")
        kind = b"text/javascript" if request.path.endswith(".js") else b"text/html"
        head = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
        return head % (kind, len(content)) + content

    async with engine_with_hub(tmp_path, TOKYO, tz_works=False, zone_of_machine=HERE) as (hub, relay):
        relay.play_site([host], answer)
        first = await acting.open_page(hub, f"http://{host}/page")
        await asyncio.wait_for(_more(zones, arrived, 1), _LIMIT_S)
        await acting.open_page(hub, f"http://{host}/page")
        await asyncio.wait_for(_more(zones, arrived, 5), _LIMIT_S)
        session = await hub.session_of(first)
        await acting.close_page(hub, first)
        await asyncio.wait_for(_ended(hub, session), _LIMIT_S)
        # Between the end of one session and the word of the next the worker has the machine's zone.
        settled = await asyncio.wait_for(_settled(zones, arrived), _LIMIT_S)

    assert settled == {"Asia/Tokyo"}


async def test_nothing_a_person_or_a_site_could_find_is_left_of_a_probe(screen: None, tmp_path: Path) -> None:
    site = ProbeSite()
    async with engine_with_hub(tmp_path, TOKYO) as (hub, relay):
        page = await acting.open_page(hub, "about:blank")
        session = await hub.session_of(page)
        await probe(hub, relay, site)

        usage = [
            (await hub.command("Storage.getUsageAndQuota", session, origin=origin))["usage"]
            for origin in site.origins
        ]
        await until(lambda: _is_gone(hub, site.nonce))
        pages = list(hub.pages)
        refused = relay._door.site_of(site.hosts[0])
        await hub.command("Browser.close")
        await asyncio.wait_for(hub.ended.wait(), _LIMIT_S)

    assert usage == [0, 0]
    assert pages == [page]
    assert refused is None
    assert _visits_shown(tmp_path, site.nonce) == []
    closed_tabs = b"".join(path.read_bytes() for path in (tmp_path / "Default/Sessions").glob("Tabs_*"))
    assert site.nonce.encode() not in closed_tabs


async def test_a_check_whose_window_is_closed_says_so_and_leaves_nothing(
    screen: None, tmp_path: Path
) -> None:
    site = ProbeSite()
    async with engine_with_hub(tmp_path, TOKYO) as (hub, relay):
        page = await acting.open_page(hub, "about:blank")
        checking = asyncio.create_task(probe(hub, relay, site))
        await until(lambda: "main" in site.shown)
        await acting.close_page(hub, next(other for other in hub.pages if other != page))

        with pytest.raises(ProbeClosed):
            await asyncio.wait_for(checking, _LIMIT_S)

        await until(lambda: _is_gone(hub, site.nonce))
        assert list(hub.pages) == [page]
        assert relay._door.site_of(site.hosts[0]) is None


_WORKER = b"""
const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;
setInterval(() => fetch("/zone", { method: "POST", body: zone() }), 50);
"""
_PAGE = b"<!doctype html><title>page</title><script>const worker = new SharedWorker('/worker.js')</script>"


async def _is_gone(hub: Hub, nonce: str) -> bool:
    """Whether the browser has no page and no worker of this site any more."""
    infos = (await hub.command("Target.getTargets"))["targetInfos"]
    return not any(nonce in info["url"] for info in infos)


def _place(told: Any) -> Any:
    return told["place"]


async def _ended(hub: Hub, session: str) -> None:
    await until(lambda: session not in hub._armed._sessions)


async def _settled(found: list[str], arrived: asyncio.Event) -> set[str]:
    """The last zones that were told, as soon as they are one."""
    await _more(found, arrived, _SETTLED)
    while set(found[-_SETTLED:]) != {TOKYO.timezone}:
        await _more(found, arrived, 1)
    return set(found[-_SETTLED:])


async def _more(found: list[str], arrived: asyncio.Event, count: int) -> None:
    wanted = len(found) + count
    while len(found) < wanted:
        arrived.clear()
        await arrived.wait()


def _visits_shown(folder: Path, nonce: str) -> list[str]:
    """What the history page and the address bar would show of these visits."""
    with sqlite3.connect(f"file:{folder}/Default/History?mode=ro", uri=True) as history:
        rows = history.execute("SELECT url FROM urls WHERE hidden = 0 AND url LIKE ?", (f"%{nonce}%",))
        return [url for (url,) in rows]
