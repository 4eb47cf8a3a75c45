"""Text put at the caret of a real page: every kind of field, frames of every kind, and each refusal told."""

from __future__ import annotations

import contextlib
import html
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from app.demo.internet.web import Request, Response, Site
from app.isolation.browser import acting
from app.isolation.browser.hub import CommandFailed, Hub
from app.isolation.browser.inserting import (
    FieldComposing,
    FieldRefuses,
    NoFieldFocused,
    NothingToInsert,
    insert_text,
)
from app.isolation.plan import Fingerprint
from tests.browser.test_hub import page_at, running_hub
from tests.support import waiting

UTC = Fingerprint(languages=("en-US", "en"), timezone="Etc/UTC")
REPLY = "您好 👩‍👩‍👧\nHallo"
LOG = """<script>
globalThis.seen = [];
for (const kind of ['keydown', 'keypress', 'keyup', 'beforeinput', 'input', 'submit'])
  addEventListener(kind, (event) => seen.push(kind), true);
</script>"""


class Pages:
    """A site whose pages are what their address says, on two hosts."""

    def __init__(self) -> None:
        self.one, self.two = Site("one.test", self._page), Site("two.test", self._page)
        self.bodies: dict[str, str] = {}

    def _page(self, request: Request) -> Response:
        return Response((LOG + self.bodies.get(request.path, "")).encode())

    def at(self, path: str, body: str, site: Site | None = None) -> str:
        self.bodies[path] = body
        host = "127.0.0.1" if (site or self.one) is self.one else "localhost"
        return f"http://{host}:{(site or self.one).port}{path}"


@pytest.fixture
async def pages() -> AsyncIterator[Pages]:
    made = Pages()
    await made.one.start("127.0.0.1")
    await made.two.start("127.0.0.1")
    yield made
    await made.one.stop()
    await made.two.stop()


@pytest.fixture
async def hub(screen: None, tmp_path: Path) -> AsyncIterator[Hub]:
    async with running_hub(tmp_path, UTC) as ready:
        yield ready


async def until(hub: Hub, page: str, expression: str) -> Any:
    return await waiting.until(lambda: acting.evaluate(hub, page, expression), in_spite_of=CommandFailed)


async def seen_by(hub: Hub, page: str, expression: str) -> Any:
    """What the page itself sees."""
    answer = await hub.command(
        "Runtime.evaluate", await hub.session_of(page), expression=expression, returnByValue=True
    )
    return answer["result"].get("value")


@pytest.mark.parametrize(
    ("body", "read", "expected"),
    [
        ("<input id=f autofocus value=ab>", "f.value", "a您好 👩‍👩‍👧 Hallob"),
        ("<textarea id=f autofocus>ab</textarea>", "f.value", f"a{REPLY}b"),
        ("<input id=f type=search autofocus value=ab>", "f.value", "a您好 👩‍👩‍👧 Hallob"),
    ],
)
async def test_text_goes_to_the_caret_of_a_plain_field(
    hub: Hub, pages: Pages, body: str, read: str, expected: str
) -> None:
    page = await page_at(hub, pages.at("/", f"<form>{body}</form><script>f.setSelectionRange(1, 1)</script>"))
    await acting.evaluate(hub, page, "document.querySelector('#f').focus()")

    inserted_into = await insert_text(hub, REPLY)

    assert inserted_into == page
    assert await seen_by(hub, page, read) == expected
    assert set(await seen_by(hub, page, "seen")) == {"beforeinput", "input"}  # and no key


@pytest.mark.parametrize("attribute", ["contenteditable", "contenteditable=plaintext-only"])
async def test_text_goes_into_an_editor_with_its_lines(hub: Hub, pages: Pages, attribute: str) -> None:
    page = await page_at(hub, pages.at("/", f"<div {attribute} id=f><p>ab</p></div>"))
    await acting.evaluate(
        hub,
        page,
        "(() => { const f = document.querySelector('#f'); f.focus();"
        " getSelection().collapse(f.firstChild.firstChild, 1); })()",
    )

    await insert_text(hub, REPLY)

    shown = await seen_by(hub, page, "f.innerText")
    assert shown.startswith("a您好 👩‍👩‍👧\n")
    assert shown.rstrip().endswith("Hallob")
    assert not {"keydown", "keypress", "submit"} & set(await seen_by(hub, page, "seen"))


async def test_an_editor_that_does_everything_itself_gets_the_text_as_an_event(
    hub: Hub, pages: Pages
) -> None:
    editor = """<div id=f contenteditable></div><script>
      f.addEventListener('beforeinput', (event) => {
        event.preventDefault();
        setTimeout(() => { f.textContent += event.data; }, 100);
      });</script>"""
    page = await page_at(hub, pages.at("/", editor))
    await acting.evaluate(hub, page, "document.querySelector('#f').focus()")

    await insert_text(hub, "您好")

    assert await seen_by(hub, page, "f.textContent") == "您好"


async def test_text_goes_through_open_shadow_trees(hub: Hub, pages: Pages) -> None:
    body = """<outer-part id=o></outer-part><script>
      const inner = document.createElement('div');
      o.attachShadow({ mode: 'open' }).append(inner);
      inner.attachShadow({ mode: 'open' }).innerHTML = '<textarea></textarea>';
      globalThis.f = inner.shadowRoot.firstChild;</script>"""
    page = await page_at(hub, pages.at("/", body))
    await seen_by(hub, page, "f.focus()")

    await insert_text(hub, REPLY)

    assert await seen_by(hub, page, "f.value") == REPLY


@pytest.mark.parametrize("other_site", [False, True])
async def test_text_goes_into_the_frame_that_has_the_caret(hub: Hub, pages: Pages, other_site: bool) -> None:
    site = pages.two if other_site else pages.one
    deep = pages.at("/deep", "<textarea id=f></textarea><script>f.focus()</script>", site)
    middle = pages.at("/middle", f"<iframe src='{deep}'></iframe>", site)
    srcdoc = html.escape("<p>other frame</p>")
    page = await page_at(
        hub,
        pages.at("/", f"<input id=outer><iframe srcdoc='{srcdoc}'></iframe><iframe src='{middle}'></iframe>"),
    )
    # A frame may not take the focus by itself from another site; a person's click gives it.
    session = await hub.session_of(page)
    for kind in ("mousePressed", "mouseReleased"):
        await _at_last_frame(hub, page, session, kind)

    await _insert_when_there(hub, REPLY)

    value = await _value_in(hub, session, deep)
    kinds = {info["type"] for info in (await hub.command("Target.getTargets"))["targetInfos"]}
    assert ("iframe" in kinds) is other_site  # only such a frame is a target of its own
    assert value == REPLY
    assert await seen_by(hub, page, "outer.value") == ""


async def test_what_is_chosen_is_replaced(hub: Hub, pages: Pages) -> None:
    page = await page_at(hub, pages.at("/", "<input id=f value=abc maxlength=4>"))
    await acting.evaluate(hub, page, "document.querySelector('#f').select()")

    await insert_text(hub, "wxyz")

    assert await seen_by(hub, page, "f.value") == "wxyz"


@pytest.mark.parametrize(
    "body",
    [
        "<p>no field</p>",
        "<button id=f>press</button>",
        "<input type=checkbox id=f>",
        "<input type=date id=f>",
        "<div tabindex=0 id=f>x</div>",
        "<iframe id=f srcdoc='<p>empty</p>'></iframe>",
    ],
)
async def test_where_no_field_has_the_focus_that_is_said(hub: Hub, pages: Pages, body: str) -> None:
    page = await page_at(hub, pages.at("/", body))
    await acting.evaluate(hub, page, "document.querySelector('#f')?.focus()")

    with pytest.raises(NoFieldFocused):
        await insert_text(hub, REPLY)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<textarea id=f readonly>a</textarea>", "cannot be changed"),
        ("<input id=f value=abc maxlength=5>", "only 2 more"),
        ("<input id=f value=abcdef maxlength=5>", "only 0 more"),
        ("<input id=f type=number>", "did not take"),
        ("<input id=f onbeforeinput='event.preventDefault()'>", "did not take"),
    ],
)
async def test_a_field_that_refuses_is_told(hub: Hub, pages: Pages, body: str, said: str) -> None:
    page = await page_at(hub, pages.at("/", body))
    await acting.evaluate(hub, page, "document.querySelector('#f').focus()")
    before = await seen_by(hub, page, "f.value")

    with pytest.raises(FieldRefuses, match=said):
        await insert_text(hub, "héé")

    assert await seen_by(hub, page, "f.value") == before


async def test_nothing_is_inserted_into_a_word_that_is_being_composed(hub: Hub, pages: Pages) -> None:
    page = await page_at(hub, pages.at("/", "<input id=f>"))
    session = await hub.session_of(page)
    await acting.evaluate(hub, page, "document.querySelector('#f').focus()")
    await hub.command("Input.imeSetComposition", session, text="nih", selectionStart=3, selectionEnd=3)

    with pytest.raises(FieldComposing):
        await insert_text(hub, REPLY)
    during = await seen_by(hub, page, "f.value")
    await hub.command("Input.insertText", session, text="你好")  # the person chooses
    await insert_text(hub, "!")

    assert during == "nih"
    assert await seen_by(hub, page, "f.value") == "你好!"


async def test_a_field_removed_in_the_middle_of_a_word_does_not_close_the_page_for_ever(
    hub: Hub, pages: Pages
) -> None:
    page = await page_at(hub, pages.at("/", "<input id=f><input id=g>"))
    session = await hub.session_of(page)
    await acting.evaluate(hub, page, "document.querySelector('#f').focus()")
    await hub.command("Input.imeSetComposition", session, text="nih", selectionStart=3, selectionEnd=3)
    await seen_by(hub, page, "f.remove(), g.focus()")
    with pytest.raises(FieldComposing):  # it looks so, and once is no harm
        await insert_text(hub, "a")

    for kind in ("keyDown", "keyUp"):
        await hub.command("Input.dispatchKeyEvent", session, type=kind, key="Shift", code="ShiftLeft")
    await insert_text(hub, "b")

    assert await seen_by(hub, page, "g.value") == "b"


async def test_a_page_finds_nothing_of_it(hub: Hub, pages: Pages) -> None:
    body = """<input id=f autofocus><script>
      globalThis.before = Object.getOwnPropertyNames(globalThis).join();
      globalThis.traces = 0;
      Error.prepareStackTrace = () => { traces += 1; };
      globalThis.trap = () => { console.debug(new Error('x')); return traces; };
    </script>"""
    page = await page_at(hub, pages.at("/", body))
    await acting.evaluate(hub, page, "document.querySelector('#f').focus()")
    await insert_text(hub, "x")

    found = await seen_by(
        hub, page, "[Object.getOwnPropertyNames(globalThis).filter((n) => !before.includes(n)), trap()]"
    )

    assert found == [["before", "traces", "trap"], 0] or found == [["traces", "trap"], 0]


async def test_an_empty_text_is_said_to_be_none(hub: Hub) -> None:
    with pytest.raises(NothingToInsert):
        await insert_text(hub, "")


async def _at_last_frame(hub: Hub, page: str, session: str, kind: str) -> None:
    where = await until(
        hub,
        page,
        "(() => { const b = [...document.querySelectorAll('iframe')].at(-1).getBoundingClientRect();"
        " return [b.x + 25, b.y + 25]; })()",
    )
    await hub.command(
        "Input.dispatchMouseEvent", session, type=kind, x=where[0], y=where[1], button="left", clickCount=1
    )


async def _insert_when_there(hub: Hub, text: str) -> None:
    """The frame within the frame may still be loading, and its field may take the click only then."""

    async def insert() -> bool:
        try:
            await insert_text(hub, text)
        except NoFieldFocused:
            page = next(iter(hub.pages))
            session = await hub.session_of(page)
            for kind in ("mousePressed", "mouseReleased"):
                await _at_last_frame(hub, page, session, kind)
            return False
        return True

    await waiting.until(insert)


async def _value_in(hub: Hub, session: str, url: str) -> Any:
    """The value of the field in whichever frame shows an address."""
    for one in dict.fromkeys((session, *hub._sessions.values())):
        with contextlib.suppress(CommandFailed):
            tree = (await hub.command("Page.getFrameTree", one))["frameTree"]
            for frame in _all(tree):
                if frame["url"] == url:
                    world = await hub.command("Page.createIsolatedWorld", one, frameId=frame["id"])
                    answer = await hub.command(
                        "Runtime.evaluate",
                        one,
                        expression="document.querySelector('#f').value",
                        contextId=world["executionContextId"],
                    )
                    return answer["result"]["value"]
    raise AssertionError(json.dumps(url))


def _all(tree: dict[str, Any]) -> list[dict[str, Any]]:
    return [tree["frame"], *(frame for below in tree.get("childFrames", ()) for frame in _all(below))]
