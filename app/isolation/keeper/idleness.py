"""Whether somebody needs a window now, so that it must not be put to sleep."""

from __future__ import annotations

import asyncio

from app.isolation.browser import acting
from app.isolation.keeper.unread import unread_of
from app.isolation.keeper.window import RunningWindow, State
from app.isolation.plan import Mode
from app.kernel.errors import Problem

_LOOK_S = 1.0
# In front of its person; a text that was begun and not sent; sound or video that plays.
_IN_USE = """(() => {
  const fields = [...document.querySelectorAll('input, textarea')].filter((field) =>
    !['hidden', 'checkbox', 'radio', 'submit', 'button', 'password', 'search'].includes(field.type)
    && field.value !== field.defaultValue);
  const written = [...document.querySelectorAll('[contenteditable=""], [contenteditable=true]')]
    .filter((field) => field.textContent.trim());
  const playing = [...document.querySelectorAll('audio, video')].filter((one) => !one.paused && !one.muted);
  return document.hasFocus() || fields.length + written.length + playing.length > 0;
})()"""


async def is_in_use(window: RunningWindow) -> bool:
    """Unread messages, the keyboard's focus, an unsent text, or something that plays. When in doubt, yes."""
    if window.state is not State.OPEN or window.plan.mode is Mode.AUTOMATION:  # a script may come any moment
        return True
    await window.read_titles()
    pages = tuple(window.hub.pages.values())
    if unread_of(page.title for page in pages):
        return True
    # A tab that was not loaded since the window opened has nothing to lose, and nobody to ask.
    loaded = [page.id for page in pages if window.hub.is_attached(page.id)]
    return any(await asyncio.gather(*(_is_page_in_use(window, page) for page in loaded)))


async def _is_page_in_use(window: RunningWindow, page: str) -> bool:
    try:
        async with asyncio.timeout(_LOOK_S):
            return bool(await acting.evaluate(window.hub, page, _IN_USE))
    except (Problem, TimeoutError):  # it hangs, or goes away this very moment
        return True
