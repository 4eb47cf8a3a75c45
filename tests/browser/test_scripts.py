"""Automation windows: unchanged scripts of Playwright and Puppeteer attach, and nobody else does."""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import playwright
import pytest
from playwright.async_api import async_playwright
from playwright.sync_api import Browser, sync_playwright
from playwright.sync_api import Error as PlaywrightError
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed, InvalidStatus

from app.demo.internet import LocalInternet
from app.isolation.browser import acting
from app.isolation.browser.endpoint import Endpoint
from app.isolation.browser.hub import Hub
from app.isolation.keeper.messages import KeeperProblem
from app.isolation.opening import Opened
from app.isolation.plan import Fingerprint, GeoMode, Mode, Place
from tests.browser.test_hub import ask, page_at, running_hub
from tests.support.stage import ROOT, Stage, reds, until
from tools import npm

UTC = Fingerprint(languages=("en-US", "en"), timezone="Etc/UTC")
NODE = Path(playwright.__file__).parent / "driver" / "node"
DRIVEN = {"mode": Mode.AUTOMATION, "with_endpoint": True}


def open_for_script(stage: Stage, name: str, run: str) -> tuple[Opened, str]:
    opened = stage.open(name, stage.store(run), **DRIVEN)
    assert opened.is_open, reds(opened.preflight)
    assert opened.endpoint is not None
    stage.report(run)
    return opened, opened.endpoint.reveal()


@asynccontextmanager
async def door(hub: Hub) -> AsyncIterator[str]:
    async with Endpoint(hub, discreet=False, serves_next=True) as address:
        yield address


@pytest.fixture
def anna(stage: Stage) -> tuple[Stage, str]:
    stage.make("Anna")
    return stage, open_for_script(stage, "Anna", "person")[1]


def test_an_unchanged_playwright_script_drives_the_window_and_leaves_it_open(
    anna: tuple[Stage, str],
) -> None:
    stage, address = anna
    with sync_playwright() as pw:
        browser = pw.chromium.connect_over_cdp(address)
        [context] = browser.contexts
        tabs = [page.url for page in context.pages]
        page = context.new_page()
        page.goto(stage.store("script"))
        page.fill("input[name=name]", "Mrs Ames 王")
        page.click("#sign-in")
        page.wait_for_selector("#customer")
        context.add_cookies([{"name": "mine", "value": "1", "url": stage.net.store_url}])
        customer = page.text_content("#customer")
        is_driven = page.evaluate("navigator.webdriver")
        cookies = {cookie["name"] for cookie in context.cookies()}
        picture = page.screenshot()
        other = browser.new_context().new_page()
        other.goto(stage.store("other"))
        is_known_there = other.query_selector("#customer") is not None
        page.close()
        browser.close()

    assert tabs == [stage.store("person")]
    assert customer == "Mrs Ames 王"
    assert is_driven is True
    assert {"customer", "visit", "mine"} <= cookies
    assert picture.startswith(b"\x89PNG")
    assert not is_known_there
    assert stage.report("script").facts["webdriver"] is True
    assert stage.net.direct_arrivals() == ()
    assert stage.states() == {"Anna": "open"}
    with stage.keeper() as keeper:
        assert [window["tabs"] for window in keeper.windows()] == [1]


def test_the_async_api_attaches_after_the_sync_one_has_gone_and_again_tomorrow(
    anna: tuple[Stage, str],
) -> None:
    stage, address = anna

    async def visit() -> list[str]:
        async with async_playwright() as pw:
            browser = await pw.chromium.connect_over_cdp(address)
            page = browser.contexts[0].pages[0]
            await page.reload()
            return [one.url for one in browser.contexts[0].pages]  # gone without a close

    with sync_playwright() as pw:
        pw.chromium.connect_over_cdp(address)

    assert [asyncio.run(visit()) for _ in range(3)] == [[stage.store("person")]] * 3
    assert stage.states() == {"Anna": "open"}


def test_an_unchanged_puppeteer_script_drives_the_window_and_its_close_leaves_it_open(
    anna: tuple[Stage, str],
) -> None:
    stage, address = anna
    bundle = npm.package("puppeteer-core") / "lib" / "es5-iife" / "puppeteer-core-browser.js"

    done = subprocess.run(
        [str(NODE), str(ROOT / "tests/support/puppeteer_visit.js"), str(bundle), address, stage.store("js")],
        capture_output=True,
        text=True,
        timeout=80,
    )

    assert done.returncode == 0, done.stderr.replace(address, "ADDRESS")
    seen = json.loads(done.stdout)
    assert seen["person"] == [stage.store("person")]
    assert seen["customer"] == "Frau Müller 王"
    assert seen["webdriver"] is True
    assert {"customer", "visit"} <= set(seen["cookies"])
    assert seen["png"] == "PNG"
    assert seen["otherKnowsMe"] is False
    assert stage.states() == {"Anna": "open"}


def test_a_second_script_is_refused_while_the_first_is_there(anna: tuple[Stage, str]) -> None:
    _, address = anna
    with sync_playwright() as pw:
        first = pw.chromium.connect_over_cdp(address)
        with pytest.raises(PlaywrightError, match="409"):
            pw.chromium.connect_over_cdp(address)

        assert first.contexts[0].pages[0].evaluate("1 + 1") == 2


def test_the_endpoint_is_gone_when_the_window_closes_and_another_one_comes_with_the_next(
    anna: tuple[Stage, str],
) -> None:
    stage, address = anna
    with sync_playwright() as pw:
        browser = pw.chromium.connect_over_cdp(address)
        with stage.keeper() as keeper:
            keeper.close_windows()
        until(lambda: not _answers(browser))
        with pytest.raises(PlaywrightError, match="ECONNREFUSED"):
            pw.chromium.connect_over_cdp(address)

    _, another = open_for_script(stage, "Anna", "later")

    assert another.rpartition("/")[2] != address.rpartition("/")[2]


def test_a_hands_on_window_gets_no_endpoint_and_says_that_no_script_drives_it(stage: Stage) -> None:
    stage.make("Anna")
    opened = stage.open_store("Anna", "a")

    with stage.keeper() as keeper, pytest.raises(KeeperProblem) as caught:
        keeper.endpoint(opened.profile.id)

    assert caught.value.id == "not-for-scripts"
    assert stage.report("a").facts["webdriver"] is False


def test_the_command_prints_the_address_only_when_asked_and_nothing_else_holds_it(stage: Stage) -> None:
    stage.make("Anna")
    stage.hand_over_to_commands()

    code, (event,), _ = stage.run("open", "Anna", "--mode", "automation", "--endpoint")
    assert code == 0
    address = event["endpoint"]
    path = address.rpartition("/")[2]
    code, (listed,), _ = stage.run("windows")
    _, (asked,), _ = stage.run("windows", "--endpoint", "Anna")
    usage, _, _ = stage.run("open", "Anna", "--endpoint")

    assert address.startswith("ws://127.0.0.1:")
    assert len(path) > 40
    assert asked["endpoint"] == address
    assert usage == 2
    assert path not in json.dumps(listed)
    assert listed["windows"][0]["mode"] == "automation"
    engine = _process_words(event["pid"])
    assert not any("AutomationControlled" in word for word in engine)
    stage.run("close", "Anna")
    for file in (stage.paths.data, stage.paths.state, stage.paths.logs):
        for one in file.rglob("*") if file.exists() else ():
            if one.is_file():
                assert path.encode() not in one.read_bytes(), one

    code, (plain,), _ = stage.run("open", "Anna", "--mode", "automation")
    assert code == 0
    assert "endpoint" not in plain


def test_who_opened_a_window_for_a_script_and_who_asked_for_its_address_is_recorded(stage: Stage) -> None:
    profile = stage.make("Anna")
    open_for_script(stage, "Anna", "a")

    stage.work.isolation.opening.script_address("Anna")

    with stage.opened.database.reader() as reader:
        rows = reader.all("SELECT ability FROM vault_audit WHERE subject = ?", (profile.id,))
    assert [row[0] for row in rows].count("window.script") >= 2


async def test_a_page_in_a_browser_cannot_attach_though_it_knows_the_address(
    screen: None, tmp_path: Path
) -> None:
    tries = """(address) => new Promise((done) => {
      const socket = new WebSocket(address);
      socket.onopen = () => done('open');
      socket.onerror = () => done('refused');
    })"""
    reached: list[str] = []

    async def control(connection: Any) -> None:
        reached.append(connection.request.headers["Origin"])
        await connection.wait_closed()

    async with (
        LocalInternet() as net,
        running_hub(tmp_path, UTC) as hub,
        door(hub) as address,
        serve(control, "127.0.0.1", 0) as other,
    ):
        page = await page_at(hub, net.echo_address_url)
        free = f"ws://127.0.0.1:{next(iter(other.sockets)).getsockname()[1]}/"

        seen = [await acting.evaluate(hub, page, f"({tries})({json.dumps(one)})") for one in (address, free)]
        async with connect(address) as client:  # the address itself is right
            assert "result" in await ask(client, 1, "Browser.getVersion")

    assert seen == ["refused", "open"]
    assert reached[0].startswith("http://127.")


async def test_a_wrong_host_path_or_origin_never_gets_in_and_takes_nobodys_place(
    screen: None, tmp_path: Path
) -> None:
    async with running_hub(tmp_path, UTC) as hub, door(hub) as address:
        base = address.rpartition("/")[0]
        wrong: list[tuple[str, dict[str, Any]]] = [
            (base + "/", {}),
            (address + "x", {}),
            (address, {"origin": "https://evil.test"}),
            (address, {"origin": "null"}),
            (address, {"additional_headers": {"Host": "evil.test"}}),
            (address.replace("127.0.0.1", "localhost"), {}),
        ]
        for where, how in wrong:
            with pytest.raises((InvalidStatus, OSError)):
                await connect(where, **how)
        reader, writer = await asyncio.open_connection("127.0.0.1", int(base.rpartition(":")[2]))
        writer.write(b"\x16\x03\x01 no handshake at all\r\n\r\n")
        await reader.read()
        writer.close()
        # One that goes away in the middle of its handshake.
        _, writer = await asyncio.open_connection("127.0.0.1", int(base.rpartition(":")[2]))
        writer.write(b"GET " + address.rpartition(":")[2].partition("/")[2].encode())
        writer.close()

        async with connect(address) as client:
            assert "result" in await ask(client, 1, "Browser.getVersion")


async def test_garbage_and_huge_messages_end_their_own_connection_and_nothing_else(
    screen: None, tmp_path: Path
) -> None:
    nonsense: list[str | bytes] = [
        "no JSON",
        b"\xff\xfe",
        "[" * 200_000,
        '{"id":1,"method":"Browser.getVersion","params":{"x":NaN}}',
        "x" * (100 * 1024 * 1024),
    ]
    answered = ["[]", "null", '{"id":"x"}', '{"id":1}', '{"id":1,"method":"No.such","sessionId":"?"}']
    async with running_hub(tmp_path, UTC) as hub, door(hub) as address:
        page = await page_at(hub, "data:text/html,<title>one</title>")
        for message in nonsense:
            client = await connect(address, max_size=None)
            with contextlib.suppress(ConnectionClosed):
                await client.send(message)
            with pytest.raises(ConnectionClosed):
                await asyncio.wait_for(client.recv(), 30)
            with contextlib.suppress(AttributeError):  # asyncio's, over a socket that was lost while it wrote
                await client.close()
        async with connect(address) as client:
            for message in answered:
                await client.send(message)
                assert "error" in json.loads(await asyncio.wait_for(client.recv(), 30))
            half = {"expression": "'\ud800' + '王'", "returnByValue": True}
            attached = await ask(client, 5, "Target.attachToTarget", targetId=page, flatten=True)
            await client.send(
                json.dumps(
                    {
                        "id": 6,
                        "method": "Runtime.evaluate",
                        "params": half,
                        "sessionId": attached["result"]["sessionId"],
                    }
                )
            )
            while (answer := json.loads(await asyncio.wait_for(client.recv(), 30))).get("id") != 6:
                pass

        assert answer["result"]["result"]["value"] == "\ud800王"
        assert await acting.evaluate(hub, page, "document.title") == "one"


async def test_a_script_that_reads_nothing_is_cut_off_and_the_window_goes_on(
    screen: None, tmp_path: Path
) -> None:
    async with running_hub(tmp_path, UTC) as hub, door(hub) as address:
        page = await page_at(hub, "data:text/html,<title>one</title>")
        async with connect(address, max_size=None, max_queue=1) as client:
            attached = await ask(client, 1, "Target.attachToTarget", targetId=page, flatten=True)
            session = attached["result"]["sessionId"]
            for number in range(2, 22):
                params = {"expression": "'x'.repeat(15e6)", "returnByValue": True}
                await client.send(
                    json.dumps(
                        {"id": number, "method": "Runtime.evaluate", "params": params, "sessionId": session}
                    )
                )
            await asyncio.wait_for(client.wait_closed(), 60)  # and no message is read

        assert await asyncio.wait_for(acting.evaluate(hub, page, "document.title"), 30) == "one"
        async with connect(address) as client:
            assert "result" in await ask(client, 1, "Browser.getVersion")


async def test_no_script_gets_past_the_relay_or_ends_the_browser(screen: None, tmp_path: Path) -> None:
    wanted: list[tuple[str, dict[str, Any]]] = [
        ("Browser.close", {}),
        ("Browser.crash", {}),
        ("Target.createBrowserContext", {"proxyServer": "http://127.0.0.1:9"}),
        ("Target.setRemoteLocations", {"locations": [{"host": "127.0.0.1", "port": 9}]}),
        ("Tethering.bind", {"port": 9999}),
        ("Extensions.loadUnpacked", {"path": "/tmp"}),
        ("Target.sendMessageToTarget", {"message": '{"id":1,"method":"Browser.close"}'}),
        ("Target.exposeDevToolsProtocol", {"targetId": "x"}),
    ]
    async with running_hub(tmp_path, UTC) as hub, door(hub) as address, connect(address) as client:
        for number, (method, params) in enumerate(wanted):
            answer = await ask(client, number, method, **params)
            assert answer["error"]["message"].startswith("Berth "), method
        assert "result" in await ask(client, 99, "Target.createBrowserContext")
        assert await hub.command("Browser.getVersion")


async def test_what_a_script_pretended_goes_with_it_and_the_profiles_own_place_is_back(
    screen: None, tmp_path: Path
) -> None:
    settings = Fingerprint(
        languages=("en-US", "en"),
        timezone="America/New_York",
        geolocation=GeoMode.FIXED,
        place=Place(40.7128, -74.006, 25.0),
    )
    read = (
        "new Promise((done) => navigator.geolocation.getCurrentPosition("
        "p => done(p.coords.latitude), e => done(e.message)))"
    )
    async with LocalInternet() as net, running_hub(tmp_path, settings) as hub:
        page = await page_at(hub, net.echo_address_url)
        origin = net.echo_address_url.rsplit("/", 1)[0]
        await hub.command(
            "Browser.setPermission", permission={"name": "geolocation"}, setting="granted", origin=origin
        )
        async with door(hub) as address, connect(address) as client:
            attached = await ask(client, 1, "Target.attachToTarget", targetId=page, flatten=True)
            await client.send(
                json.dumps(
                    {
                        "id": 2,
                        "method": "Emulation.setGeolocationOverride",
                        "params": {"latitude": 1, "longitude": 2, "accuracy": 3},
                        "sessionId": attached["result"]["sessionId"],
                    }
                )
            )
            while json.loads(await client.recv()).get("id") != 2:
                pass
            during = await acting.evaluate(hub, page, read)
        afterwards = await acting.evaluate(hub, page, read)

    assert during == 1
    assert afterwards == 40.7128


def _answers(browser: Browser) -> bool:
    try:
        return bool(browser.contexts[0].pages[0].evaluate("true"))
    except PlaywrightError:
        return False


def _process_words(pid: int) -> list[str]:
    import psutil

    ends = time.monotonic() + 5
    while time.monotonic() < ends:
        if words := psutil.Process(pid).cmdline():
            return words
    raise AssertionError("no command line")
