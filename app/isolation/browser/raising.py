"""Brings a browser's window to the front, and leaves the tab in it that its person left there."""

from __future__ import annotations

import asyncio

from app.isolation.browser import acting
from app.isolation.browser.hub import Hub
from app.isolation.browser.problems import EngineGone
from app.kernel.errors import Problem

_LOOK_S = 0.5
_RESTORED_S = 1.0
_PAUSE_S = 0.05


async def bring_to_front(hub: Hub) -> None:
    """Takes the window out of the task bar and in front of all others. Raises EngineGone.

    Activating a page raises its window, and would show another tab where it is not the one in front there.
    Which one that is, only a window that can be seen tells: one that is minimised, or covered completely, is
    restored first, from where the system puts it on top.
    """
    newest = next(reversed(hub.pages), None)
    if newest is None:
        raise EngineGone
    page = newest if len(hub.pages) == 1 else await seen_page(hub)
    if page is None:
        await _restore(hub, newest)
        page = await _seen_page_soon(hub)
    # Without a window manager nothing was restored.
    await hub.command("Target.activateTarget", targetId=page or newest)


async def seen_page(hub: Hub) -> str | None:
    """The page that can be seen; of several windows the one that has the keyboard, or the newest."""
    pages = tuple(hub.pages)
    looks = await asyncio.gather(*(_look(hub, page) for page in pages))
    seen = sorted((has_focus, at) for at, (is_seen, has_focus) in enumerate(looks) if is_seen)
    return pages[seen[-1][1]] if seen else None


async def _look(hub: Hub, page: str) -> tuple[bool, bool]:
    try:
        async with asyncio.timeout(_LOOK_S):
            seen = await acting.evaluate(hub, page, "[!document.hidden, document.hasFocus()]")
    except (Problem, TimeoutError):  # it hangs, or went away
        return False, False
    return (bool(seen[0]), bool(seen[1])) if isinstance(seen, list) else (False, False)


async def _seen_page_soon(hub: Hub) -> str | None:
    loop = asyncio.get_running_loop()
    ends = loop.time() + _RESTORED_S
    page = await seen_page(hub)
    while page is None and loop.time() < ends:
        await asyncio.sleep(_PAUSE_S)
        page = await seen_page(hub)
    return page


async def _restore(hub: Hub, page: str) -> None:
    window = (await hub.command("Browser.getWindowForTarget", targetId=page))["windowId"]
    for state in ("minimized", "normal"):
        await hub.command("Browser.setWindowBounds", windowId=window, bounds={"windowState": state})
