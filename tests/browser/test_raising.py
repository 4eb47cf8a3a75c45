"""A window comes in front of the others, with the tab that its person left in it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from app.isolation.browser import acting
from app.isolation.browser.hub import Hub
from app.isolation.browser.problems import EngineGone
from app.isolation.browser.raising import bring_to_front
from app.isolation.plan import Fingerprint
from tests.browser.test_hub import running_hub

SETTINGS = Fingerprint(languages=("en",))


async def _window(hub: Hub, *titles: str) -> None:
    for number, title in enumerate(titles):
        url = f"data:text/html,<title>{title}</title>"
        await hub.command("Target.createTarget", url=url, newWindow=number == 0)
    await _until_in_front(hub, titles[-1])


async def _until_in_front(hub: Hub, title: str) -> None:
    """The keyboard belongs to the page with this title."""
    async with asyncio.timeout(15):
        while await _in_front(hub) != title:
            await asyncio.sleep(0.05)


async def _in_front(hub: Hub) -> str:
    for page in tuple(hub.pages):
        if await acting.evaluate(hub, page, "document.hasFocus()"):
            return str(await acting.evaluate(hub, page, "document.title"))
    return ""


@pytest.mark.usefixtures("screen")
async def test_a_covered_window_comes_to_the_front(tmp_path: Path):
    async with running_hub(tmp_path / "a", SETTINGS) as anna, running_hub(tmp_path / "b", SETTINGS) as bea:
        await _window(anna, "anna")
        await _window(bea, "bea")
        assert await _in_front(anna) == ""

        await bring_to_front(anna)

        await _until_in_front(anna, "anna")
        await bring_to_front(bea)
        await _until_in_front(bea, "bea")
        assert await _in_front(anna) == ""


@pytest.mark.usefixtures("screen")
async def test_the_tab_in_front_stays_in_front(tmp_path: Path):
    async with running_hub(tmp_path / "a", SETTINGS) as anna, running_hub(tmp_path / "b", SETTINGS) as bea:
        await _window(anna, "first", "second")
        await anna.command("Target.activateTarget", targetId=next(iter(anna.pages)))
        await _until_in_front(anna, "first")
        # Moved aside: without a window manager, a window that is covered completely cannot be restored.
        await _window(bea, "bea")
        window = (await bea.command("Browser.getWindowForTarget", targetId=next(iter(bea.pages))))["windowId"]
        await bea.command("Browser.setWindowBounds", windowId=window, bounds={"left": 300, "top": 200})
        await _until_seen(anna)

        await bring_to_front(anna)

        await _until_in_front(anna, "first")


@pytest.mark.usefixtures("screen")
async def test_a_covered_window_of_several_tabs_comes_to_the_front_anyhow(tmp_path: Path):
    async with running_hub(tmp_path / "a", SETTINGS) as anna, running_hub(tmp_path / "b", SETTINGS) as bea:
        await _window(anna, "first", "second")
        await _window(bea, "bea")

        await bring_to_front(anna)

        await _until_in_front(anna, "second")


@pytest.mark.usefixtures("screen")
async def test_a_browser_without_a_window_cannot_be_raised(tmp_path: Path):
    async with running_hub(tmp_path / "a", SETTINGS) as anna:
        with pytest.raises(EngineGone):
            await bring_to_front(anna)


async def _until_seen(hub: Hub) -> None:
    async with asyncio.timeout(15):
        while True:
            for page in tuple(hub.pages):
                if not await acting.evaluate(hub, page, "document.hidden"):
                    return
            await asyncio.sleep(0.05)
