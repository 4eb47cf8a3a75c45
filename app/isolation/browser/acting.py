"""Acts inside a page, asked for by a person: done by the hub, without a trace for the page to notice.

Selectors run in an isolated world, values go in through the browser's own input, and Runtime.enable is
never sent. Values reach no log and no error text.
"""

from __future__ import annotations

import json
from typing import Any

from app.isolation.browser.hub import Hub
from app.kernel.errors import NotFoundProblem
from app.kernel.text import say

WORLD = "berth"  # what isolated worlds are called; no page can see them
_ENTER = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "nativeVirtualKeyCode": 13}


class FieldMissing(NotFoundProblem):
    """The page has no such field."""

    def __init__(self) -> None:
        super().__init__(
            say("The field was not found on this page."),
            say("Wait until the page has loaded, then try again."),
        )


async def type_into(hub: Hub, page: str, selector: str, text: str, *, enter: bool) -> None:
    """Focuses a field and inserts text as a paste would; Enter only when asked.

    Raises FieldMissing, EngineGone.
    """
    focus = (
        f"(() => {{ const f = document.querySelector({json.dumps(selector)}); f?.focus(); return !!f; }})()"
    )
    if not await evaluate(hub, page, focus):
        raise FieldMissing
    session = await hub.session_of(page)
    await hub.command("Input.insertText", session, text=text)
    if enter:
        await hub.command("Input.dispatchKeyEvent", session, type="keyDown", text="\r", **_ENTER)
        await hub.command("Input.dispatchKeyEvent", session, type="keyUp", **_ENTER)


async def open_page(hub: Hub, url: str) -> str:
    """Opens a page in a new tab and returns the tab's id. Raises CommandFailed, EngineGone."""
    answer = await hub.command("Target.createTarget", url=url)
    return str(answer["targetId"])


async def close_page(hub: Hub, page: str) -> None:
    """Closes a tab. Raises CommandFailed, EngineGone."""
    await hub.command("Target.closeTarget", targetId=page)


async def screenshot(hub: Hub, page: str) -> str:
    """What the page shows, as PNG in base64. Raises EngineGone."""
    answer = await hub.command("Page.captureScreenshot", await hub.session_of(page), format="png")
    return str(answer["data"])


async def evaluate(hub: Hub, page: str, expression: str) -> Any:
    """An expression's value in a world of Berth's own, which the page cannot see. Raises EngineGone."""
    session = await hub.session_of(page)
    tree = await hub.command("Page.getFrameTree", session)
    return await evaluate_in(hub, session, tree["frameTree"]["frame"]["id"], expression)


async def evaluate_in(hub: Hub, session: str, frame: str, expression: str) -> Any:
    """The same in one frame of a session's target."""
    world = await hub.command("Page.createIsolatedWorld", session, frameId=frame, worldName=WORLD)
    answer = await hub.command(
        "Runtime.evaluate",
        session,
        expression=expression,
        contextId=world["executionContextId"],
        returnByValue=True,
        awaitPromise=True,
    )
    return answer.get("result", {}).get("value")
