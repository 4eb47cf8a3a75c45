"""What a window shows to a page, read through Playwright in a throw-away context."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import gc
import importlib
import logging
import sys
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.isolation.browser.endpoint import Endpoint
from app.isolation.browser.hub import Hub
from app.kernel.errors import Problem

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page, Playwright

_log = logging.getLogger("berth.looking")
_TIMEOUT_MS = 10_000
_LOOK_LIMIT_S = 30.0
_STOP_LIMIT_S = 5.0

# The witness page holds the languages that the relay was sent.
_READ_VALUES = """(() => {
  const sent = document.getElementById('languages');
  return sent && {
    sentLanguages: sent.textContent,
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    locale: Intl.DateTimeFormat().resolvedOptions().locale,
    webdriver: navigator.webdriver,
    cores: navigator.hardwareConcurrency,
    scale: window.devicePixelRatio,
    userAgent: navigator.userAgent,
  };
})()"""

# Names and values of the policies in force, as chrome://policy itself gets them.
_READ_POLICIES = """(async () => {
  if (location.protocol !== 'chrome:') return null;
  const { addWebUiListener } = await import('chrome://resources/js/cr.js');
  const values = await new Promise((resolve) => {
    addWebUiListener('policies-updated', (_names, values) => resolve(values));
    chrome.send('listenPoliciesUpdates');
  });
  // Chromium 156 uses the first name, 150 the second.
  const groups = Object.values(values.policyGroups ?? values.policyValues ?? values)
    .filter((group) => group?.policies);
  if (!groups.length) return null;  // another shape than we know must not look like "no policies"
  return groups.flatMap((group) =>
    Object.entries(group.policies).map(([name, policy]) => [name, JSON.stringify(policy.value)]));
})()"""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the window shows.

    `sent_languages` is the profile's own Accept-Language as it arrived at the relay; `echo` is the echo
    page's text, empty when none came; `policies` is None when they could not be read.
    """

    sent_languages: str
    timezone: str
    locale: str
    webdriver: bool
    cores: int
    scale: float
    user_agent: str
    echo: str
    policies: tuple[tuple[str, str], ...] | None


class Glance:
    """A look in progress: what was seen comes first, going away without a trace takes a moment longer."""

    def __init__(
        self, work: Callable[[asyncio.Future[Seen | None], asyncio.Event], Coroutine[Any, Any, None]]
    ) -> None:
        self._seen: asyncio.Future[Seen | None] = asyncio.get_running_loop().create_future()
        self._may_clear = asyncio.Event()
        self._work = asyncio.create_task(work(self._seen, self._may_clear), name="berth-glance")
        self._work.add_done_callback(self._settle)

    async def seen(self) -> Seen | None:
        """What the window showed; None when it showed nothing in time."""
        return await asyncio.shield(self._seen)

    async def clear_away(self) -> None:
        """Removes what is left of the look: its own small window. Playwright has detached long before."""
        self._may_clear.set()
        await asyncio.wait({self._work})

    def _settle(self, work: asyncio.Task[None]) -> None:
        if not work.cancelled() and (error := work.exception()) is not None:
            # Only the kind: Playwright's messages may hold addresses and values of pages.
            _log.info("looking at a window failed: %s", type(error).__name__)
        if not self._seen.done():
            self._seen.set_result(None)


class Eyes:
    """One Playwright driver for all windows of a keeper; nothing of Playwright's leaves this module.

    The driver takes over a hundred megabytes, so it ends when nothing has been looked at for a while.
    """

    def __init__(self, idle_s: float = 10.0) -> None:
        self._idle_s = idle_s
        self._playwright: Playwright | None = None
        self._starting = asyncio.Lock()
        self._looking = 0
        self._ending: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Starts the driver, or keeps a running one for a while longer. Call it early: it takes a moment."""
        if self._ending is not None:
            self._ending.cancel()
        async with self._starting:
            if self._playwright is None:
                # Its import alone takes long enough to hold up every window's relay.
                module = await asyncio.to_thread(importlib.import_module, "playwright.async_api")
                self._playwright = await module.async_playwright().start()
        self._end_later()

    async def stop(self) -> None:
        """Ends the driver."""
        if self._ending is not None:
            self._ending.cancel()
        async with self._starting:
            if self._playwright is not None:
                driver, self._playwright = self._playwright, None
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(driver.stop(), _STOP_LIMIT_S)
                del driver
                _give_memory_back()

    def look(self, hub: Hub, witness_url: str, echo_urls: Sequence[str], *, read_policies: bool) -> Glance:
        """Begins to look. Policies count as none where this machine has no source of any."""

        async def work(seen: asyncio.Future[Seen | None], may_clear: asyncio.Event) -> None:
            self._looking += 1
            try:
                await self.start()
                assert self._playwright is not None
                async with Endpoint(hub, discreet=True) as address:
                    async with asyncio.timeout(_LOOK_LIMIT_S):
                        browser = await self._playwright.chromium.connect_over_cdp(
                            address, timeout=_TIMEOUT_MS, no_defaults=True
                        )
                        found = await _look(browser, hub, witness_url, echo_urls, read_policies)
                        # From here on no page of the window can meet Playwright.
                        await hub.detach_all()
                    seen.set_result(found)
                    await _either(may_clear, hub.ended)
            finally:
                self._looking -= 1
                self._end_later()

        return Glance(work)

    def _end_later(self) -> None:
        if self._ending is not None:
            self._ending.cancel()
        self._ending = asyncio.get_running_loop().call_later(self._idle_s, self._end_if_idle)

    def _end_if_idle(self) -> None:
        if self._looking == 0:
            task = asyncio.create_task(self.stop())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)


def _give_memory_back() -> None:
    """Lets the system have what looking took: a keeper stays for days, and looks for seconds."""
    gc.collect()
    if sys.platform.startswith("linux"):
        with contextlib.suppress(OSError, AttributeError):  # only the GNU library can
            ctypes.CDLL(None).malloc_trim(0)


async def _look(
    browser: Browser, hub: Hub, witness_url: str, echo_urls: Sequence[str], read_policies: bool
) -> Seen:
    # What pages are shown is read in the profile itself: a throw-away context has languages of its own.
    values = asyncio.create_task(_hidden(hub, witness_url, _READ_VALUES))
    policies = asyncio.create_task(
        _hidden(hub, "chrome://policy", _READ_POLICIES) if read_policies else _none()
    )
    try:
        context = await browser.new_context(no_viewport=True)
        page = await context.new_page()
        page.set_default_timeout(_TIMEOUT_MS)
        echo = await _first_echo(page, echo_urls)
        return _seen(await values or {}, echo, await policies)
    finally:
        await asyncio.wait({values, policies})


async def policies_now(hub: Hub) -> tuple[tuple[str, str], ...] | None:
    """The policies in force in an open window, without Playwright; None when they could not be read."""
    found = await _hidden(hub, "chrome://policy", _READ_POLICIES)
    return None if found is None else tuple((str(name), str(value)) for name, value in found)


async def _either(one: asyncio.Event, other: asyncio.Event) -> None:
    waits = [asyncio.create_task(one.wait()), asyncio.create_task(other.wait())]
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()


async def _none() -> list[list[str]]:
    return []


async def _hidden(hub: Hub, url: str, expression: str) -> Any:
    try:
        return await hub.read_hidden(url, expression)
    except Problem as problem:
        _log.info("a hidden page could not be read: %s", problem.id)
        return None


async def _first_echo(page: Page, echo_urls: Sequence[str]) -> str:
    from playwright.async_api import Error as PlaywrightError

    for url in echo_urls:
        try:
            answer = await page.goto(url, wait_until="commit")
            if answer is not None and answer.ok:
                return await answer.text()
        except PlaywrightError as error:
            _log.info("an echo page did not answer in the window: %s", type(error).__name__)
    return ""


def _seen(values: dict[str, Any], echo: str, policies: Any) -> Seen:
    return Seen(
        sent_languages=str(values.get("sentLanguages", "")),
        timezone=str(values.get("timezone", "")),
        locale=str(values.get("locale", "")),
        webdriver=bool(values.get("webdriver", True)),
        cores=int(values.get("cores", 0)),
        scale=float(values.get("scale", 0)),
        user_agent=str(values.get("userAgent", "")),
        echo=echo,
        policies=None if policies is None else tuple((str(name), str(value)) for name, value in policies),
    )
