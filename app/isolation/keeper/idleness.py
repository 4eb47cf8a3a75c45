"""Whether somebody needs a window now, so that it must not be put to sleep."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

from app.isolation.browser import acting
from app.isolation.browser.hub import Hub
from app.isolation.keeper.unread import unread_of
from app.isolation.keeper.window import RunningWindow, State
from app.isolation.plan import Mode
from app.kernel.errors import Problem

_LOOK_S = 2.0
# In front of its person; a text that was begun and not sent; sound or video that plays. Frameworks keep a
# field's default equal to what is typed, so that alone does not say who wrote it: the browser does, which
# marks the fields that a person has changed.
_IN_USE = """(() => {
  const roots = [document];
  for (const root of roots)
    for (const one of root.querySelectorAll('*')) if (one.shadowRoot) roots.push(one.shadowRoot);
  const all = (css) => roots.flatMap((root) => [...root.querySelectorAll(css)]);
  const other = ['hidden', 'checkbox', 'radio', 'submit', 'reset', 'button', 'image', 'password', 'search',
    'range', 'color'];
  const isTouched = (field) => field.getRootNode().activeElement === field
    || !field.willValidate || field.matches(':user-valid, :user-invalid');
  const fields = all('input, textarea').filter((field) =>
    !other.includes(field.type) && !field.disabled && !field.readOnly
    && (field.value !== field.defaultValue || field.value && isTouched(field)));
  const written = all('[contenteditable]').filter((field) =>
    field.isContentEditable && field.textContent.trim());
  const playing = all('audio, video').filter((one) => !one.paused && !one.muted);
  return document.hasFocus() || document.designMode === 'on'
    || fields.length + written.length + playing.length > 0;
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
    return any(await asyncio.gather(*(is_page_in_use(window.hub, page) for page in loaded)))


async def is_page_in_use(hub: Hub, page: str) -> bool:
    """Whether somebody needs a page, or any frame in it, of whichever site. When in doubt, yes."""
    try:
        async with asyncio.timeout(_LOOK_S):
            own = await hub.session_of(page)
            # Frames of other sites run in processes of their own, each with a session.
            others = [
                session
                for session, _target, kind in hub.sessions()
                if kind == "iframe" and session != own and hub.page_of(session) == page
            ]
            return any(await asyncio.gather(*(_is_any_frame_in_use(hub, each) for each in (own, *others))))
    except (Problem, TimeoutError):  # it hangs, or goes away this very moment
        return True


async def _is_any_frame_in_use(hub: Hub, session: str) -> bool:
    tree = (await hub.command("Page.getFrameTree", session))["frameTree"]
    return any(await asyncio.gather(*(_is_frame_in_use(hub, session, frame) for frame in _frames(tree))))


def _frames(tree: dict[str, Any]) -> Iterator[str]:
    yield tree["frame"]["id"]
    for below in tree.get("childFrames", ()):
        yield from _frames(below)


async def _is_frame_in_use(hub: Hub, session: str, frame: str) -> bool:
    return await acting.evaluate_in(hub, session, frame, _IN_USE) is not False
