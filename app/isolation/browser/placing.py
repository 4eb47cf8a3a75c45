"""Puts a browser's window at a place on the screen."""

from __future__ import annotations

from dataclasses import dataclass

from app.isolation.browser import acting
from app.isolation.browser.hub import Hub
from app.isolation.browser.problems import EngineGone


@dataclass(frozen=True, slots=True)
class Area:
    """A part of the desktop, in the screen's own pixels."""

    left: int
    top: int
    width: int
    height: int


async def screen_of(hub: Hub, scale: float) -> Area:
    """The room that windows have on the screen of this one; `scale` is the window's own.

    Raises CommandFailed, EngineGone.
    """
    page = next(reversed(hub.pages), None)
    if page is None:
        raise EngineGone
    found = await acting.evaluate(
        hub, page, "[screen.availLeft, screen.availTop, screen.availWidth, screen.availHeight]"
    )
    return Area(*(round(number * scale) for number in found))


async def place(hub: Hub, area: Area, scale: float) -> None:
    """Moves the window there, out of the task bar if it was in it. Raises CommandFailed, EngineGone."""
    page = next(reversed(hub.pages), None)
    if page is None:
        raise EngineGone
    window = (await hub.command("Browser.getWindowForTarget", targetId=page))["windowId"]
    # The browser counts in its own points, and refuses a place for a window that is not a normal one.
    await hub.command("Browser.setWindowBounds", windowId=window, bounds={"windowState": "normal"})
    bounds = {
        "left": round(area.left / scale),
        "top": round(area.top / scale),
        "width": round(area.width / scale),
        "height": round(area.height / scale),
    }
    await hub.command("Browser.setWindowBounds", windowId=window, bounds=bounds)
