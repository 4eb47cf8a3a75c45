"""Which pages somebody needs: a draft counts wherever it lies, and however the page keeps its fields."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from app.isolation.browser import acting
from app.isolation.browser.hub import CommandFailed, Hub
from app.isolation.keeper.idleness import is_page_in_use
from app.isolation.plan import Fingerprint
from tests.browser.test_hub import page_at, running_hub
from tests.support.waiting import until

UTC = Fingerprint(languages=("en-US", "en"), timezone="Etc/UTC")
# As React does: what is typed into a controlled field becomes its default, too.
CONTROLLED = """<input id=f value="from the page"><textarea id=t></textarea><script>
for (const one of document.querySelectorAll("input, textarea"))
  one.addEventListener("input", () => { one.defaultValue = one.value; });
</script>"""
PAGES = {
    "/controlled": CONTROLLED,
    "/filled": '<input value="page 1 of 3"><input readonly value=x><input type=search value=shoes>'
    '<div contenteditable></div><iframe src="/quiet"></iframe>',
    "/quiet": "<p>nothing</p>",
    "/draft": "<textarea></textarea><script>document.querySelector('textarea').value = 'Dear'</script>",
    "/frame": '<iframe src="/draft"></iframe>',
    "/sandbox": '<iframe sandbox="allow-scripts" src="/draft"></iframe>',
    "/cross": '<iframe src="http://localhost:{port}/frame"></iframe>',
    "/shadow": "<div id=outer></div><script>"
    "const one = outer.attachShadow({mode: 'open'}); one.innerHTML = '<div></div>';"
    "const two = one.firstChild.attachShadow({mode: 'open'}); two.innerHTML = '<input>';"
    "two.firstChild.value = 'Dear'</script>",
    "/plain-text": "<div contenteditable=plaintext-only>Dear</div>",
}


@pytest.fixture
def site() -> Iterator[str]:
    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = PAGES.get(self.path, "").replace("{port}", str(self.server.server_port))
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(f"<!doctype html><title>x</title>{body}".encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


async def behind(hub: Hub, url: str) -> str:
    """A page that has loaded, behind another tab: nobody looks at it."""
    page = await page_at(hub, url)
    await in_front(hub)
    return page


async def in_front(hub: Hub) -> None:
    await page_at(hub, "data:text/html,<title>x</title>front")


async def until_in_use(hub: Hub, page: str, wanted: bool) -> bool:
    async def is_so() -> bool:
        return await is_page_in_use(hub, page) is wanted

    return await until(is_so, in_spite_of=CommandFailed)


@pytest.mark.parametrize("path", ["/draft", "/frame", "/sandbox", "/cross", "/shadow", "/plain-text"])
async def test_a_draft_is_seen_in_every_frame_and_shadow_root(
    screen: None, tmp_path: Path, site: str, path: str
) -> None:
    async with running_hub(tmp_path, UTC) as hub:
        page = await behind(hub, f"{site}{path}")

        assert await until_in_use(hub, page, True)
        # No doubt about it either: a page of the same kind without a draft sleeps.
        assert await until_in_use(hub, await behind(hub, f"{site}/quiet"), False)


async def test_what_the_page_has_filled_in_itself_keeps_nobody_awake(
    screen: None, tmp_path: Path, site: str
) -> None:
    async with running_hub(tmp_path, UTC) as hub:
        page = await behind(hub, f"{site}/filled")
        controlled = await behind(hub, f"{site}/controlled")

        assert await until_in_use(hub, page, False)
        assert await until_in_use(hub, controlled, False)


@pytest.mark.parametrize("field", ["#f", "#t"])
@pytest.mark.parametrize("is_left", [False, True])
async def test_a_draft_in_a_field_whose_default_follows_it_counts(
    screen: None, tmp_path: Path, site: str, field: str, is_left: bool
) -> None:
    async with running_hub(tmp_path, UTC) as hub:
        page = await page_at(hub, f"{site}/controlled")
        await acting.type_into(hub, page, field, "Dear", enter=False)
        found = json.dumps(field)
        if is_left:
            await acting.evaluate(hub, page, f"document.querySelector({found}).blur()")
        await in_front(hub)

        same = await acting.evaluate(
            hub,
            page,
            f"(f => f.value === f.defaultValue && f.value.includes('Dear'))(document.querySelector({found}))",
        )
        assert same
        assert not await acting.evaluate(hub, page, "document.hasFocus()")
        assert await is_page_in_use(hub, page)
