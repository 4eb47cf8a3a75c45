"""The hub on a real engine's pipe: several clients, hostile ones, targets armed before their first script."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from app.demo.internet import LocalInternet
from app.isolation.browser import acting
from app.isolation.browser.endpoint import Endpoint
from app.isolation.browser.hub import CommandFailed, Hub
from app.isolation.browser.problems import EngineGone
from app.isolation.plan import Fingerprint, GeoMode, Place
from tests.support.hubs import engine_with_hub
from tests.support.waiting import until

_LOADED = "document.readyState === 'complete' && location.href !== 'about:blank'"
NEW_YORK = Place(40.7128, -74.006, 25.0)


@asynccontextmanager
async def running_hub(
    folder: Path, settings: Fingerprint, *, profile: str = "", tz_works: bool = True
) -> AsyncIterator[Hub]:
    """An engine with a hub and an open relay that leads straight out; no keeper, no profile."""
    async with engine_with_hub(folder, settings, profile=profile, tz_works=tz_works) as (hub, _relay):
        yield hub


async def page_at(hub: Hub, url: str) -> str:
    """Opens a page and waits until it has loaded."""
    page = await acting.open_page(hub, url)
    # The browser refuses who asks in the middle of a navigation.
    await until(lambda: acting.evaluate(hub, page, _LOADED), in_spite_of=CommandFailed)
    return page


async def ask(client: Any, number: int, method: str, **params: Any) -> dict[str, Any]:
    """One request of a client, and its answer."""
    await client.send(json.dumps({"id": number, "method": method, "params": params}))
    async with asyncio.timeout(10):
        while True:
            answer: dict[str, Any] = json.loads(await client.recv())
            if answer.get("id") == number:
                return answer


async def test_a_fixed_place_is_told_to_pages_and_frames(screen: None, tmp_path: Path) -> None:
    settings = Fingerprint(
        languages=("en-US", "en"),
        timezone="America/New_York",
        geolocation=GeoMode.FIXED,
        place=NEW_YORK,
    )
    read = (
        "new Promise((done, failed) => navigator.geolocation.getCurrentPosition("
        "p => done([p.coords.latitude, p.coords.longitude, p.coords.accuracy]), e => failed(e.message)))"
    )
    async with LocalInternet() as net, running_hub(tmp_path, settings) as hub:
        page = await page_at(hub, net.echo_address_url)
        origin = net.echo_address_url.rsplit("/", 1)[0]
        await hub.command(
            "Browser.setPermission", permission={"name": "geolocation"}, setting="granted", origin=origin
        )

        told = await acting.evaluate(hub, page, read)

    assert told == [NEW_YORK.latitude, NEW_YORK.longitude, NEW_YORK.accuracy_m]


async def test_a_page_may_open_a_popup_also_where_nothing_has_to_be_told(
    screen: None, tmp_path: Path
) -> None:
    settings = Fingerprint(languages=("en-US", "en"), timezone="America/New_York")
    async with LocalInternet() as net, running_hub(tmp_path, settings) as hub:
        opener = await page_at(hub, net.echo_address_url)
        session = await hub.session_of(opener)
        popup = f"{net.echo_address_url}?popup"

        await hub.command(
            "Runtime.evaluate", session, expression=f"void window.open('{popup}')", userGesture=True
        )
        async with asyncio.timeout(30):
            while popup not in {page.url for page in hub.pages.values()}:
                hub.page_changed.clear()
                await hub.page_changed.wait()


async def test_where_tz_does_not_work_the_hub_gives_the_timezone_and_again_after_an_opener_closes(
    screen: None, tmp_path: Path
) -> None:
    settings = Fingerprint(languages=("ja",), timezone="Asia/Tokyo")
    zone = "Intl.DateTimeFormat().resolvedOptions().timeZone"
    async with LocalInternet() as net, running_hub(tmp_path, settings, tz_works=False) as hub:
        opener = await page_at(hub, net.echo_address_url)
        session = await hub.session_of(opener)
        before = set(hub.pages)
        await hub.command(
            "Runtime.evaluate", session, expression="void window.open(location.href)", userGesture=True
        )
        while not set(hub.pages) - before:
            hub.page_changed.clear()
            await asyncio.wait_for(hub.page_changed.wait(), 10)
        popup = (set(hub.pages) - before).pop()

        in_popup = await acting.evaluate(hub, popup, zone)
        await acting.close_page(hub, opener)
        while opener in hub.pages:
            hub.page_changed.clear()
            await asyncio.wait_for(hub.page_changed.wait(), 10)
        afterwards = await acting.evaluate(hub, popup, zone)

    assert in_popup == afterwards == "Asia/Tokyo"


async def test_a_page_can_open_a_popup_while_there_is_nothing_to_arm(screen: None, tmp_path: Path) -> None:
    settings = Fingerprint(languages=("en-US", "en"), timezone="Etc/UTC")
    async with LocalInternet() as net, running_hub(tmp_path, settings) as hub:
        opener = await page_at(hub, net.echo_address_url)
        session = await hub.session_of(opener)

        opened = await hub.command(
            "Runtime.evaluate", session, expression="!!open(location.href)", userGesture=True
        )

        await until(lambda: [page.url for page in hub.pages.values()].count(net.echo_address_url) == 2)
        popup = next(page for page in hub.pages if page != opener and hub.pages[page].url != "about:blank")
        assert opened["result"]["value"] is True
        assert await acting.evaluate(hub, popup, "location.href") == net.echo_address_url


async def test_two_clients_work_side_by_side_and_see_only_their_own_sessions(
    screen: None, tmp_path: Path
) -> None:
    settings = Fingerprint(languages=("en-US", "en"), timezone="Etc/UTC")
    async with running_hub(tmp_path, settings) as hub:
        page = await page_at(hub, "data:text/html,<title>one</title>")
        async with (
            Endpoint(hub, discreet=False) as first_address,
            Endpoint(hub, discreet=False) as second_address,
            connect(first_address) as first,
            connect(second_address) as second,
        ):
            attached = await ask(first, 1, "Target.attachToTarget", targetId=page, flatten=True)
            session = attached["result"]["sessionId"]
            await second.send(
                json.dumps(
                    {"id": 1, "method": "Page.navigate", "params": {"url": "x:"}, "sessionId": session}
                )
            )
            stolen = json.loads(await second.recv())
            version = await ask(second, 2, "Browser.getVersion")

        assert stolen["error"]["code"] == -32001
        assert version["result"]["product"].startswith("Chrome/")
        assert await acting.evaluate(hub, page, "document.title") == "one"


async def test_a_client_that_sends_garbage_is_answered_or_sent_away_and_the_window_lives(
    screen: None, tmp_path: Path
) -> None:
    settings = Fingerprint(languages=("en-US", "en"), timezone="Etc/UTC")
    nonsense = [
        "[]",
        "42",
        '"text"',
        "{}",
        '{"id": "one", "method": "Browser.getVersion"}',
        '{"id": 1, "method": 2}',
        '{"id": 1, "method": "Browser.getVersion", "params": []}',
        '{"id": 1, "method": "Browser.getVersion", "sessionId": {}}',
        '{"id": true}',
    ]
    async with running_hub(tmp_path, settings) as hub:
        page = await page_at(hub, "data:text/html,<title>one</title>")
        async with Endpoint(hub, discreet=False) as address, connect(address) as client:
            for text in nonsense:
                await client.send(text)
                assert "error" in json.loads(await asyncio.wait_for(client.recv(), 10))
            closing = await ask(client, 7, "Browser.close")
            unknown = await ask(client, 8, "No.suchMethod")
            await client.send("{ this is not JSON")
            await asyncio.wait_for(client.wait_closed(), 10)

        assert "error" in closing
        assert "error" in unknown
        assert await acting.evaluate(hub, page, "document.title") == "one"


async def test_the_door_admits_one_client_without_origin_and_nobody_who_guesses(
    screen: None, tmp_path: Path
) -> None:
    settings = Fingerprint(languages=("en-US", "en"), timezone="Etc/UTC")
    async with running_hub(tmp_path, settings) as hub:
        async with Endpoint(hub, discreet=False) as address:
            base = address.rsplit("/", 1)[0]
            for wrong in (base, base + "/", base + "/devtools/browser", address + "x"):
                with pytest.raises(InvalidStatus):
                    await connect(wrong)
            with pytest.raises(InvalidStatus):
                await connect(address, origin="https://evil.test")
            with pytest.raises(InvalidStatus):
                await connect(address, additional_headers={"Host": "evil.test"})
            async with connect(address):
                with pytest.raises((InvalidStatus, ConnectionRefusedError)):
                    await connect(address)

        with pytest.raises(ConnectionRefusedError):
            await connect(address)


async def test_a_client_that_leaves_takes_its_sessions_and_contexts_with_it(
    screen: None, tmp_path: Path
) -> None:
    settings = Fingerprint(languages=("en-US", "en"), timezone="Etc/UTC")
    async with running_hub(tmp_path, settings) as hub:
        await page_at(hub, "data:text/html,<title>one</title>")
        async with Endpoint(hub, discreet=True) as address, connect(address) as client:
            made = await ask(client, 1, "Target.createBrowserContext")
            context = made["result"]["browserContextId"]
            await ask(client, 2, "Target.createTarget", url="about:blank", browserContextId=context)
            during = await hub.command("Target.getBrowserContexts")

        after = await hub.command("Target.getBrowserContexts")

    assert context in during["browserContextIds"]
    assert context not in after["browserContextIds"]


async def test_commands_after_the_engine_has_gone_say_so(screen: None, tmp_path: Path) -> None:
    settings = Fingerprint(languages=("en-US", "en"), timezone="Etc/UTC")
    async with running_hub(tmp_path, settings) as hub:
        with pytest.raises(CommandFailed):
            await hub.command("No.suchMethod")
        await hub.command("Browser.close")
        await asyncio.wait_for(hub.ended.wait(), 20)

        with pytest.raises(EngineGone):
            await hub.command("Browser.getVersion")
