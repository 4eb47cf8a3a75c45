"""What a window shows to a page, read through Playwright in a throw-away context."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Browser, Page, Playwright, async_playwright
from playwright.async_api import Error as PlaywrightError

from app.isolation.browser.endpoint import Endpoint
from app.isolation.browser.hub import Hub
from app.kernel.errors import Problem

_log = logging.getLogger("berth.looking")
_TIMEOUT_MS = 10_000

_READ_VALUES = """() => ({
  timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  locale: Intl.DateTimeFormat().resolvedOptions().locale,
  webdriver: navigator.webdriver,
  cores: navigator.hardwareConcurrency,
  scale: window.devicePixelRatio,
  userAgent: navigator.userAgent,
})"""

# Names and values of the policies in force, as chrome://policy itself gets them.
_READ_POLICIES = """(async () => {
  if (location.protocol !== 'chrome:') return null;
  const { addWebUiListener } = await import('chrome://resources/js/cr.js');
  const values = await new Promise((resolve) => {
    addWebUiListener('policies-updated', (_names, values) => resolve(values));
    chrome.send('listenPoliciesUpdates');
  });
  const groups = Object.values(values.policyGroups ?? values).filter((group) => group?.policies);
  if (!groups.length) return null;  // another shape than we know must not look like "no policies"
  return groups.flatMap((group) =>
    Object.entries(group.policies).map(([name, policy]) => [name, JSON.stringify(policy.value)]));
})()"""

# The witness page holds the languages that the relay was sent.
_READ_SENT_LANGUAGES = """document.getElementById('languages')?.textContent ?? null"""


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


class Eyes:
    """One Playwright driver for all windows of a keeper; nothing of Playwright's leaves this module.

    Its exceptions may hold addresses and values of pages, so they are never logged or passed on.
    """

    def __init__(self) -> None:
        self._playwright: Playwright | None = None
        self._starting = asyncio.Lock()

    async def start(self) -> None:
        """Starts the driver; the first window need not wait for it then."""
        async with self._starting:
            if self._playwright is None:
                self._playwright = await async_playwright().start()

    async def stop(self) -> None:
        """Ends the driver."""
        if self._playwright is not None:
            await self._playwright.stop()
            self._playwright = None

    async def look(self, hub: Hub, witness_url: str, echo_urls: Sequence[str]) -> Seen | None:
        """Attaches, reads, and goes away without a trace; None when the window showed nothing in time."""
        await self.start()
        assert self._playwright is not None
        try:
            async with Endpoint(hub, discreet=True) as address:
                browser = await self._playwright.chromium.connect_over_cdp(
                    address, timeout=_TIMEOUT_MS, no_defaults=True
                )
                try:
                    return await _look(hub, browser, witness_url, echo_urls)
                finally:
                    await browser.close()
        except* PlaywrightError as errors:
            _log.info("looking at a window failed: %s", type(errors.exceptions[0]).__name__)
        return None


async def _look(hub: Hub, browser: Browser, witness_url: str, echo_urls: Sequence[str]) -> Seen:
    context = await browser.new_context(no_viewport=True)
    try:
        page = await context.new_page()
        page.set_default_timeout(_TIMEOUT_MS)
        async with asyncio.TaskGroup() as group:
            # Languages are the profile's own: a throw-away context only knows the browser's defaults.
            sent = group.create_task(_hidden(hub, witness_url, _READ_SENT_LANGUAGES))
            policies = group.create_task(_hidden(hub, "chrome://policy", _READ_POLICIES))
            await page.goto(witness_url, wait_until="commit")
            values = await page.evaluate(_READ_VALUES)
            echo = await _first_echo(page, echo_urls)
        return _seen(values, echo, sent.result(), policies.result())
    finally:
        await context.close()


async def _hidden(hub: Hub, url: str, expression: str) -> Any:
    try:
        return await hub.read_hidden(url, expression)
    except Problem as problem:
        _log.info("a hidden page could not be read: %s", problem.id)
        return None


async def _first_echo(page: Page, echo_urls: Sequence[str]) -> str:
    for url in echo_urls:
        try:
            answer = await page.goto(url, wait_until="commit")
            if answer is not None and answer.ok:
                return await answer.text()
        except PlaywrightError as error:
            _log.info("an echo page did not answer in the window: %s", type(error).__name__)
    return ""


def _seen(values: dict[str, Any], echo: str, sent: Any, policies: Any) -> Seen:
    return Seen(
        sent_languages=str(sent or ""),
        timezone=str(values["timezone"]),
        locale=str(values["locale"]),
        webdriver=bool(values["webdriver"]),
        cores=int(values["cores"]),
        scale=float(values["scale"]),
        user_agent=str(values["userAgent"]),
        echo=echo,
        policies=None if policies is None else tuple((str(name), str(value)) for name, value in policies),
    )
