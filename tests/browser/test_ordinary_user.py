"""As an ordinary user: the browser's sandbox is on, and no bar warns of anything."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.isolation.browser import acting
from app.isolation.browser.hub import Hub
from tests.support.ordinary_user import (
    engine_in,
    folder_of_ordinary_user,
    ordinary_uid,
    screen_for_all,
    window,
)


@pytest.fixture(scope="module")
def shared_screen() -> Iterator[str]:
    with screen_for_all() as display:
        yield display


@pytest.fixture
def folder() -> Iterator[Path]:
    with folder_of_ordinary_user() as path:
        yield path


async def _bars_px(hub: Hub, page: str) -> int:
    """Height of everything above the page, once it has stopped changing."""
    last, same = -1, 0
    while same < 10:
        height = int(await acting.evaluate(hub, page, "outerHeight - innerHeight"))
        same = same + 1 if height == last else 0
        last = height
        await asyncio.sleep(0.05)
    return last


async def test_the_sandbox_is_on_and_no_bar_is_shown(shared_screen: str, folder: Path) -> None:
    async with window(folder, shared_screen) as (hub, page):
        quiet = await _bars_px(hub, page)
        engine = engine_in(folder)
        lines = [" ".join(process.cmdline()) for process in [engine, *engine.children(recursive=True)]]
        webdriver = await acting.evaluate(hub, page, "navigator.webdriver")
        uids = set(engine.uids())
    async with window(folder, shared_screen, "--test-type") as (hub, page):
        with_bar = await _bars_px(hub, page)

    assert webdriver is False
    assert not any("--no-sandbox" in line for line in lines)
    assert uids == {ordinary_uid()}
    assert with_bar > quiet + 20, "the control: without that switch a bar does appear"
