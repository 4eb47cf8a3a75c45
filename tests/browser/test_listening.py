"""Shortcuts heard in real pages, before the page and without a trace in it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from app.isolation.browser import acting
from app.isolation.browser.hub import Hub
from app.isolation.browser.listening import Listening, shortcut
from tests.browser.test_hub import page_at
from tests.browser.test_inserting import Pages, hub, pages, seen_by, until
from tests.support.stage import Stage
from tests.support.stage import until as wait_until

__all__ = ["hub", "pages"]  # fixtures

# What a page may do to hear keys first.
EAGER = """<input id=f><script>
globalThis.keys = [];
for (const kind of ['keydown', 'keypress', 'keyup'])
  for (const where of [window, document])
    where.addEventListener(kind, (event) => keys.push(kind + event.key), true);
</script>"""
REPLY = shortcut("reply", "Ctrl+Shift+K")


class Ear:
    """What was heard, with a way to wait for more."""

    def __init__(self, hub: Hub) -> None:
        self.heard: list[tuple[str, str]] = []
        self._came = asyncio.Event()
        self.listening = Listening(hub, self._note)

    def _note(self, page: str, identifier: str) -> None:
        self.heard.append((page, identifier))
        self._came.set()

    async def until(self, is_so: Callable[[], bool]) -> None:
        async with asyncio.timeout(30):
            while not is_so():
                self._came.clear()
                await self._came.wait()


@pytest.fixture
async def ear(hub: Hub) -> AsyncIterator[Ear]:
    made = Ear(hub)
    yield made
    await made.listening.end()


async def listened(hub: Hub, url: str) -> str:
    """A page that somebody waits for keys in, and that gets them: before its first picture it gets none."""
    page = await page_at(hub, url)
    await until(hub, page, "!!globalThis.berthKeys?.wake")
    async with asyncio.timeout(30):
        while not await acting.evaluate(hub, page, "performance.eventCounts.get('keyup')"):
            await press(hub, page, "Shift", "ShiftLeft", 0)
    await seen_by(hub, page, "globalThis.keys?.splice(0)")
    return page


async def press(hub: Hub, page: str, key: str, code: str, modifiers: int, *, repeats: bool = False) -> None:
    session = await hub.session_of(page)
    number = ord(key.upper()) if len(key) == 1 else 13
    same: dict[str, Any] = {"key": key, "code": code, "modifiers": modifiers, "windowsVirtualKeyCode": number}
    await hub.command("Input.dispatchKeyEvent", session, type="rawKeyDown", **same)
    if repeats:
        await hub.command("Input.dispatchKeyEvent", session, type="rawKeyDown", autoRepeat=True, **same)
    await hub.command("Input.dispatchKeyEvent", session, type="keyUp", **same)


async def press_reply(hub: Hub, page: str) -> None:
    await press(hub, page, "K", "KeyK", 2 + 8)


async def test_a_shortcut_is_heard_and_the_page_never_sees_its_key(hub: Hub, pages: Pages, ear: Ear) -> None:
    await ear.listening.listen([REPLY])
    page = await listened(hub, pages.at("/", EAGER))

    await press(hub, page, "K", "KeyK", 2 + 8, repeats=True)
    await ear.until(lambda: bool(ear.heard))
    await press(hub, page, "K", "KeyK", 8)  # another one, which nobody listens for
    seen = await seen_by(hub, page, "keys.join()")

    assert ear.heard == [(page, "reply")]
    assert seen == "keydownK,keydownK,keyupK,keyupK"


async def test_one_that_does_not_stop_is_heard_and_goes_on_to_the_page(
    hub: Hub, pages: Pages, ear: Ear
) -> None:
    await ear.listening.listen([shortcut("look", "Ctrl+Shift+K", stops=False)])
    page = await listened(hub, pages.at("/", EAGER))

    await press_reply(hub, page)
    await ear.until(lambda: bool(ear.heard))

    assert await seen_by(hub, page, "keys.join()") == "keydownK,keydownK,keyupK,keyupK"


async def test_pages_that_were_open_before_go_on_or_write_themselves_anew_are_still_listened_to(
    hub: Hub, pages: Pages, ear: Ear
) -> None:
    page = await page_at(hub, pages.at("/", EAGER))
    await ear.listening.listen([REPLY])
    steps = [
        "1",
        f"void (location.href = '{pages.at('/next', EAGER)}')",
        f"void (location.href = '{pages.at('/other', EAGER, pages.two)}')",  # another process
        "history.pushState(1, '', '/pushed')",
        "location.reload()",
        "document.open(), document.write('<p>anew</p>'), document.close()",
    ]

    for count, step in enumerate(steps, start=1):
        await seen_by(hub, page, step)
        await _press_until_heard(hub, ear, page, count)

    assert ear.heard == [(page, "reply")] * len(steps)


@pytest.mark.parametrize("other_site", [False, True])
async def test_frames_that_come_later_are_listened_to_for_their_page(
    hub: Hub, pages: Pages, ear: Ear, other_site: bool
) -> None:
    await ear.listening.listen([REPLY])
    page = await listened(hub, pages.at("/", EAGER))
    inner = pages.at("/inner", EAGER, pages.two if other_site else pages.one)

    await seen_by(hub, page, f"void (document.body.innerHTML = '<iframe id=i src=\"{inner}\"></iframe>')")
    await seen_by(hub, page, "i.focus()")
    await _press_until_heard(hub, ear, page, 1)

    assert ear.heard == [(page, "reply")]


async def test_popups_are_listened_to(hub: Hub, pages: Pages, ear: Ear) -> None:
    await ear.listening.listen([REPLY])
    page = await listened(hub, pages.at("/", EAGER))
    before = set(hub.pages)
    opening = {"expression": f"void open('{pages.at('/popup', EAGER)}')", "userGesture": True}
    answer = hub.begin("Runtime.evaluate", await hub.session_of(page), opening)
    async with asyncio.timeout(30):
        while not set(hub.pages) - before:
            hub.page_changed.clear()
            await hub.page_changed.wait()
    popup = (set(hub.pages) - before).pop()

    await _press_until_heard(hub, ear, popup, 1)
    answer.cancel()  # it may not come while the popup has the keyboard

    assert ear.heard == [(popup, "reply")]


async def test_keys_that_a_page_makes_up_and_words_being_composed_are_not_heard(
    hub: Hub, pages: Pages, ear: Ear
) -> None:
    await ear.listening.listen([REPLY, shortcut("enter", "Enter")])
    page = await listened(hub, pages.at("/", EAGER))
    await seen_by(hub, page, "f.focus()")

    await seen_by(
        hub,
        page,
        "dispatchEvent(new KeyboardEvent('keydown',"
        " { key: 'K', code: 'KeyK', ctrlKey: true, shiftKey: true }))",
    )
    await hub.command(
        "Input.imeSetComposition",
        await hub.session_of(page),
        text="nih",
        selectionStart=3,
        selectionEnd=3,
    )
    await press(hub, page, "Enter", "Enter", 0)  # chooses a word
    await hub.command("Input.insertText", await hub.session_of(page), text="你好")
    await press_reply(hub, page)
    await ear.until(lambda: bool(ear.heard))

    assert ear.heard == [(page, "reply")]


async def test_enter_can_be_kept_from_sending_a_form(hub: Hub, pages: Pages, ear: Ear) -> None:
    await ear.listening.listen([shortcut("enter", "Enter")])
    form = "<form onsubmit='globalThis.sent = true; return false'><input id=g></form>"
    page = await listened(hub, pages.at("/", EAGER + form))
    await seen_by(hub, page, "g.focus()")

    session = await hub.session_of(page)
    same = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r"}
    await hub.command("Input.dispatchKeyEvent", session, type="keyDown", **same)
    await hub.command("Input.dispatchKeyEvent", session, type="keyUp", **same)
    await ear.until(lambda: bool(ear.heard))
    held = await seen_by(hub, page, "String(globalThis.sent)")
    await ear.listening.listen([])
    await hub.command("Input.dispatchKeyEvent", session, type="keyDown", **same)

    assert held == "undefined"
    assert await seen_by(hub, page, "String(globalThis.sent)") == "true"  # and the form does work


async def test_other_keys_take_the_place_of_those_before(hub: Hub, pages: Pages, ear: Ear) -> None:
    await ear.listening.listen([REPLY])
    page = await listened(hub, pages.at("/", EAGER))
    await ear.listening.listen([shortcut("second", "Ctrl+Shift+L")])

    await press_reply(hub, page)
    await press(hub, page, "L", "KeyL", 2 + 8)
    await ear.until(lambda: bool(ear.heard))
    await hub.command("Page.reload", await hub.session_of(page))
    await _press_until_heard(hub, ear, page, 2, key="L")

    assert ear.heard == [(page, "second")] * 2


async def test_a_page_sees_nothing_of_the_listener_and_runtime_is_never_enabled(
    hub: Hub, pages: Pages, ear: Ear
) -> None:
    sent: list[str] = []
    send = hub._send

    def note(number: int, method: str, params: dict[str, Any], session: str) -> None:
        sent.append(method)
        send(number, method, params, session)

    hub._send = note
    body = """<input id=f><script>
      globalThis.known = '';
      globalThis.known = Object.getOwnPropertyNames(globalThis).join();
      globalThis.traces = 0;
      Error.prepareStackTrace = () => { traces += 1; };
      globalThis.look = () => {
        console.debug(new Error('x'));
        const added = Object.getOwnPropertyNames(globalThis).filter((name) => !known.includes(name));
        return JSON.stringify([added, traces, EventTarget.prototype.addEventListener.toString(),
          typeof berthKeys, onkeydown, document.querySelectorAll('*').length]);
      };</script>"""
    url = pages.at("/", body)
    plain = await page_at(hub, url)
    before = await seen_by(hub, plain, "look()")

    await ear.listening.listen([REPLY])
    page = await listened(hub, url)
    await press_reply(hub, page)
    await ear.until(lambda: bool(ear.heard))

    assert await seen_by(hub, page, "look()") == before
    assert "Page.addScriptToEvaluateOnNewDocument" in sent
    assert not any(method.endswith(".enable") and method != "Page.enable" for method in sent)


def test_a_face_hears_the_shortcuts_of_every_window_through_the_keeper(stage: Stage) -> None:
    stage.make("Anna")
    opened = stage.open_store("Anna", "a")
    with stage.keeper() as keeper, stage.keeper() as waiting:
        keeper.listen(opened.profile.id, [shortcut("enter", "Enter")])
        last, _ = waiting.heard()
        keeper.type_into(opened.profile.id, stage.net.store_url, "input[name=name]", "x", enter=True)
        last, heard = waiting.heard(last)
        tabs = keeper.tabs(opened.profile.id)

    assert [(one["profile"], one["shortcut"]) for one in heard] == [(opened.profile.id, "enter")]
    assert heard[0]["page"] == tabs[0]["id"]
    wait_until(lambda: stage.states() == {"Anna": "open"})


async def _press_until_heard(hub: Hub, ear: Ear, page: str, count: int, key: str = "K") -> None:
    """A page that has just come may not have the keyboard yet."""
    async with asyncio.timeout(30):
        while len(ear.heard) < count:
            await press(hub, page, key, f"Key{key}", 2 + 8)
            try:
                async with asyncio.timeout(0.5):
                    await ear.until(lambda: len(ear.heard) >= count)
            except TimeoutError:
                continue
