"""Puts text at the caret of whatever field has the focus in a window, as a paste would; it never sends.

The field is looked for from an isolated world, through frames of any site and through open shadow trees, and
the text goes in through the browser's own input. It reaches no log and no error.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from app.isolation.browser.acting import WORLD
from app.isolation.browser.hub import CommandFailed, Hub
from app.isolation.browser.raising import seen_page
from app.kernel.errors import NotFoundProblem, Problem, UsageProblem
from app.kernel.text import say

_TAKEN_S = 2.0
_PAUSE_S = 0.02
_MOST_FRAMES = 32  # one within the other

# A composition that has begun and not ended is known by the browser's own counts of events: nothing has to
# listen beforehand. Where a page removed a field in the middle of one, its end is never counted; the next
# key or change of focus outside a composition tells that, and only then somebody listens.
_LOOK = """((room) => {
  const kept = globalThis.berthCaret ??= { lost: 0, listens: false };
  let field = document.activeElement;
  while (field?.shadowRoot?.activeElement) field = field.shadowRoot.activeElement;
  kept.field = field;
  const counts = performance.eventCounts;
  const begun = () => (counts.get('compositionstart') ?? 0) - (counts.get('compositionend') ?? 0);
  if (!field || field === document.body && !field.isContentEditable) kept.lost = begun();
  const composes = begun() > kept.lost;
  if (composes && !kept.listens) {
    kept.listens = true;
    const note = (event) => { if (event.isTrusted && !event.isComposing) kept.lost = begun(); };
    for (const kind of ['keydown', 'focusin']) addEventListener(kind, note, true);
  }
  const typed = /^(text|search|url|tel|email|password|number)$/;
  const isInput = field instanceof HTMLInputElement;
  const isText = field instanceof HTMLTextAreaElement || isInput && typed.test(field.type);
  const state = (kind) => ({ kind, composes });
  if (field instanceof HTMLIFrameElement || field instanceof HTMLFrameElement) return state('frame');
  if (isText) {
    kept.read = () => field.value;
    if (field.matches(':disabled') || field.readOnly) return state('readonly');
    const chosen = (field.selectionEnd ?? 0) - (field.selectionStart ?? 0);
    const left = field.maxLength < 0 ? room : field.maxLength - field.value.length + chosen;
    kept.before = kept.read();
    return left < room ? { ...state('short'), left: Math.max(left, 0) } : state('field');
  }
  if (!field?.isContentEditable) return state('none');
  let host = field;
  while (host.parentElement?.isContentEditable) host = host.parentElement;
  kept.read = () => host.innerHTML;
  kept.before = kept.read();
  return state('field');
})"""
_TAKEN = "globalThis.berthCaret.read() !== globalThis.berthCaret.before"
_FIELD = "globalThis.berthCaret.field"


class NoFieldFocused(NotFoundProblem):
    """There is no caret anywhere."""

    def __init__(self) -> None:
        super().__init__(
            say("No text field has the focus in this window."),
            say("Click into the field in the store's window, then insert again."),
        )


class FieldComposing(Problem):
    """An input method is in the middle of a word."""

    def __init__(self) -> None:
        super().__init__(
            say("A word is just being typed with the input method, so nothing was inserted."),
            say("Finish or cancel that word, then insert again."),
        )


class FieldRefuses(Problem):
    """The field takes no text."""

    @staticmethod
    def locked() -> FieldRefuses:
        """It is read-only or switched off."""
        return FieldRefuses(
            say("This field cannot be changed, so nothing was inserted."),
            say("Click into another field, then insert again."),
        )

    @staticmethod
    def too_short(left: int) -> FieldRefuses:
        """The text is longer than the page allows."""
        return FieldRefuses(
            say("This field takes only {left} more characters, so nothing was inserted.", left=left),
            say("Make room in the field or shorten the text, then insert again."),
        )

    @staticmethod
    def silently() -> FieldRefuses:
        """The page itself kept it out."""
        return FieldRefuses(
            say("The page did not take the text."), say("Paste it by hand, or click into another field.")
        )


class NothingToInsert(UsageProblem):
    """The text is empty."""

    def __init__(self) -> None:
        super().__init__(say("There is nothing to insert."), say("Choose a text first."))


@dataclass(frozen=True, slots=True)
class _Caret:
    """Where the caret is: the frame's session and its isolated world."""

    session: str
    world: int
    state: dict[str, Any]


async def insert_text(hub: Hub, text: str) -> str:
    """Inserts text at the caret of the page in front, and returns that page's id.

    Raises NoFieldFocused, FieldComposing, FieldRefuses, NothingToInsert, EngineGone.
    """
    if not text:
        raise NothingToInsert
    page = await seen_page(hub)
    if page is None:
        raise NoFieldFocused
    caret = await _find(hub, page, len(text.encode("utf-16-le", "surrogatepass")) // 2)
    if caret.state["composes"]:
        raise FieldComposing
    match caret.state["kind"]:
        case "readonly":
            raise FieldRefuses.locked()
        case "short":
            raise FieldRefuses.too_short(int(caret.state["left"]))
        case "field":
            await hub.command("Input.insertText", caret.session, text=text)
            await _until_taken(hub, caret)
        case _:
            raise NoFieldFocused
    return page


async def _find(hub: Hub, page: str, room: int) -> _Caret:
    """From the page's own frame down to the one that has the caret."""
    session = await hub.session_of(page)
    frame = (await hub.command("Page.getFrameTree", session))["frameTree"]["frame"]["id"]
    for _ in range(_MOST_FRAMES):
        try:
            world = await _world(hub, session, frame)
            state = await _value(hub, session, world, f"{_LOOK}({json.dumps(room)})")
            if not isinstance(state, dict):
                break
            caret = _Caret(session, world, state)
            if state["kind"] != "frame" or state["composes"]:
                return caret
            frame = await _frame_inside(hub, caret)
            session = await _session_of_frame(hub, session, frame)
        except CommandFailed:  # the page went on to another one meanwhile
            break
    raise NoFieldFocused


async def _world(hub: Hub, session: str, frame: str) -> int:
    made = await hub.command("Page.createIsolatedWorld", session, frameId=frame, worldName=WORLD)
    return int(made["executionContextId"])


async def _value(hub: Hub, session: str, world: int, expression: str) -> Any:
    answer = await hub.command(
        "Runtime.evaluate", session, expression=expression, contextId=world, returnByValue=True
    )
    return answer.get("result", {}).get("value")


async def _frame_inside(hub: Hub, caret: _Caret) -> str:
    answer = await hub.command("Runtime.evaluate", caret.session, expression=_FIELD, contextId=caret.world)
    handle = answer["result"].get("objectId", "")
    try:
        node = (await hub.command("DOM.describeNode", caret.session, objectId=handle))["node"]
    finally:
        await hub.command("Runtime.releaseObject", caret.session, objectId=handle)
    if "frameId" not in node:
        raise NoFieldFocused
    return str(node["frameId"])


async def _session_of_frame(hub: Hub, session: str, frame: str) -> str:
    """A frame of the same site lives in its parent's session; one of another site has its own."""
    tree = (await hub.command("Page.getFrameTree", session))["frameTree"]
    if frame in _frames(tree):
        return session
    return await hub.session_of(frame)


def _frames(tree: dict[str, Any]) -> set[str]:
    found = {str(tree["frame"]["id"])}
    for below in tree.get("childFrames", ()):
        found |= _frames(below)
    return found


async def _until_taken(hub: Hub, caret: _Caret) -> None:
    """Editors that do everything themselves take a moment."""
    loop = asyncio.get_running_loop()
    ends = loop.time() + _TAKEN_S
    while loop.time() < ends:
        try:
            if await _value(hub, caret.session, caret.world, _TAKEN):
                return
        except CommandFailed:  # the text made the page go on to another one: it was taken
            return
        await asyncio.sleep(_PAUSE_S)
    raise FieldRefuses.silently()
