"""The opening sequence in this process, so that its inside can be watched: before green and after."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import ImageGrab

from app.demo.internet import LocalInternet
from app.isolation.browser.engines import find_engines
from app.isolation.browser.looking import Eyes
from app.isolation.keeper.opening import Blocked, launch, prepare
from app.isolation.keeper.window import Reason, RunningWindow
from app.isolation.plan import Fingerprint, LaunchPlan
from app.kernel.clock import SystemClock
from tests.support.plans import plan_for

SETTINGS = Fingerprint(languages=("en-US", "en"), timezone="America/New_York")


@pytest.fixture
async def net(screen: None) -> AsyncIterator[LocalInternet]:
    async with LocalInternet() as internet:
        yield internet


@pytest.fixture
async def eyes() -> AsyncIterator[Eyes]:
    pair = Eyes()
    await pair.start()
    yield pair
    await pair.stop()


def _plan(folder: Path, net: LocalInternet) -> LaunchPlan:
    return replace(
        plan_for(folder, find_engines()[0], SETTINGS),
        upstream=net.http_proxy.upstream,
        start_pages=(net.store_url,),
        echo_urls=(net.echo_url,),
        market="US",
        allow_private=False,
    )


def _shows_no_page() -> bool:
    """Whether the screen shows no page: at most the ground and one blank colour.

    This screen has no window manager, so an empty frame may stand there before it is moved out of sight.
    """
    colours = ImageGrab.grab(xdisplay=os.environ["DISPLAY"]).getcolors(maxcolors=2)
    return colours is not None


async def _opened(plan: LaunchPlan, settings: Fingerprint, eyes: Eyes) -> RunningWindow:
    return await launch(await prepare(plan), settings, eyes, SystemClock())


async def test_no_page_is_seen_on_the_screen_when_the_window_itself_turns_out_red(
    net: LocalInternet, eyes: Eyes, tmp_path: Path
) -> None:
    too_many = replace(SETTINGS, cores=(os.cpu_count() or 1) + 7)
    opening = asyncio.create_task(_opened(_plan(tmp_path, net), too_many, eyes))
    looks = []

    while not opening.done():
        looks.append(await asyncio.to_thread(_shows_no_page))
        await asyncio.sleep(0.01)

    blocked = opening.exception()
    assert isinstance(blocked, Blocked)
    assert [check.id for check in blocked.preflight.stops(only_this_once=True)] == ["cores"]
    assert len(looks) > 5
    assert all(looks)
    assert net.requests("store.test") == ()


async def test_a_green_window_is_seen_and_nothing_of_the_preflight_is_left_in_it(
    net: LocalInternet, eyes: Eyes, tmp_path: Path
) -> None:
    window = await _opened(_plan(tmp_path, net), SETTINGS, eyes)
    try:
        assert window.after is not None
        await asyncio.wait_for(asyncio.shield(window.after), 20)

        contexts = await window.hub.command("Target.getBrowserContexts")
        targets = await window.hub.command("Target.getTargets")

        assert contexts["browserContextIds"] == []
        assert [info["url"] for info in targets["targetInfos"] if info["type"] == "page"] == [net.store_url]
        assert not await asyncio.to_thread(_shows_no_page)
    finally:
        await window.close(Reason.ASKED)


async def test_no_store_hears_of_a_window_before_it_is_green(
    net: LocalInternet, eyes: Eyes, tmp_path: Path
) -> None:
    prepared = await prepare(_plan(tmp_path, net))
    opening = asyncio.create_task(launch(prepared, SETTINGS, eyes, SystemClock()))
    heard_while_shut: set[int] = set()

    while not opening.done():
        if not prepared.relay.is_open:
            heard_while_shut.add(len(net.requests("store.test")))
        await asyncio.sleep(0.005)
    window = opening.result()
    try:
        assert heard_while_shut == {0}
        assert [check.level.value for check in window.preflight.checks if check.id != "engine.sandbox"] == [
            "green"
        ] * (len(window.preflight.checks) - 1)
    finally:
        await window.close(Reason.ASKED)


async def test_a_closed_window_leaves_no_process_no_lock_and_no_note(
    net: LocalInternet, eyes: Eyes, tmp_path: Path
) -> None:
    window = await _opened(_plan(tmp_path, net), SETTINGS, eyes)

    reason = await window.close(Reason.ASKED)

    assert reason is Reason.ASKED
    assert window.process.has_ended
    assert not (tmp_path / "engine.json").exists()
    again = await prepare(_plan(tmp_path, net))
    await again.give_up()
