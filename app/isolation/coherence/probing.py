"""Shows the probe's pages in a window that is running, waits for what they post, and takes all away again.

The pages post by themselves: nothing is evaluated to read them. The one command a page could have to do with
gives it the leave of a person's click, which a popup needs, and runs no script of ours.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass

from app.isolation.browser.hub import CommandFailed, Hub
from app.isolation.browser.problems import EngineGone
from app.isolation.coherence.site import CONTEXTS, ProbeSite, Shown
from app.isolation.network.relay import Relay
from app.kernel.errors import Problem
from app.kernel.text import say

_log = logging.getLogger("berth.coherence")
LIMIT_S = 60.0
_SILENCE_S = 20.0
_GLANCE_S = 0.5  # between looks at whether the window is still there
_CLEAR_LIMIT_S = 5.0
_LEAVE_LIMIT_S = 3.0
_RESET_TRIES = 20
_PAUSE_S = 0.05


class ProbeClosed(Problem):
    """The person closed the check's own window."""

    def __init__(self) -> None:
        super().__init__(
            say("The check was ended, because its window was closed."),
            say("Check again, and leave that window open; it closes by itself after some seconds."),
        )


@dataclass(frozen=True, slots=True)
class Probe:
    """What the contexts posted, by name; `documents` are the headers with which pages were asked for."""

    shown: Mapping[str, Shown]
    documents: Mapping[str, Mapping[str, str]]

    @property
    def missing(self) -> tuple[str, ...]:
        """Contexts that told nothing."""
        return tuple(name for name in CONTEXTS if name not in self.shown or "failed" in self.facts(name))

    def facts(self, context: str) -> Mapping[str, object]:
        """What one context told; empty where it told nothing."""
        return self.shown[context].facts if context in self.shown else {}


async def probe(hub: Hub, relay: Relay, site: ProbeSite | None = None) -> Probe:
    """Runs the probe in a window of its own beside the profile's pages.

    Raises ProbeClosed, CommandFailed or EngineGone when the window ends meanwhile.
    """
    site = site or ProbeSite()
    relay.play_site(site.hosts, site.answer)
    page = ""
    try:
        made = await hub.command("Target.createTarget", url="about:blank", newWindow=True)
        page = str(made["targetId"])
        session = await hub.session_of(page)
        # As if a link was followed: a typed address would count as something the person likes.
        await hub.command("Page.navigate", session, url=site.url, transitionType="link")
        await _until_told(hub, page, session, site)
        site.may_clear = True
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(site.cleared.wait(), _CLEAR_LIMIT_S)
    finally:
        try:
            if page and not hub.ended.is_set():
                await _take_away(hub, page, site)
        finally:
            relay.end_site()
    return Probe(dict(site.shown), dict(site.document_headers))


async def _until_told(hub: Hub, page: str, session: str, site: ProbeSite) -> None:
    """Returns when every context has posted, or when nothing more comes. Raises ProbeClosed, EngineGone."""
    loop = asyncio.get_running_loop()
    ends, has_leave, silent_since = loop.time() + LIMIT_S, False, loop.time()
    while site.missing and loop.time() < ends:
        site.changed.clear()
        if hub.ended.is_set():
            raise EngineGone
        if page not in hub.pages:
            raise ProbeClosed
        if "main" in site.shown and not has_leave:
            has_leave = True
            with contextlib.suppress(Problem, TimeoutError):  # a page that is being closed never answers
                async with asyncio.timeout(_LEAVE_LIMIT_S):
                    await hub.command("Runtime.evaluate", session, expression="0", userGesture=True)
        try:
            await asyncio.wait_for(site.changed.wait(), _GLANCE_S)
            silent_since = loop.time()
        except TimeoutError:
            if loop.time() - silent_since > _SILENCE_S:
                break
    if site.missing:
        _log.info("the probe waits in vain for %s", ", ".join(site.missing))


async def _take_away(hub: Hub, page: str, site: ProbeSite) -> None:
    """Closes the probe's pages and removes what their sites have stored."""
    await _forget(hub, page, site)
    if page in hub.pages:
        await _leave(hub, page)
    ends = asyncio.get_running_loop().time() + _CLEAR_LIMIT_S
    while left := await _left_of(hub, page, site):
        if asyncio.get_running_loop().time() > ends:
            _log.info("the check could not close %s of its targets", len(left))
            break
        for target in left:
            if target in hub.pages:
                await _leave(hub, target)
            else:
                with contextlib.suppress(Problem):
                    await hub.command("Target.closeTarget", targetId=target)
        await asyncio.sleep(_PAUSE_S)
    await _forget(hub, page, site)  # what a worker kept while it was still there


async def _left_of(hub: Hub, page: str, site: ProbeSite) -> list[str]:
    """Popups, which may have no address yet, and service workers: those that DevTools know live on alone."""
    found = (await hub.command("Target.getTargets"))["targetInfos"]
    return [
        info["targetId"]
        for info in found
        if info["type"] in ("page", "service_worker")
        and (site.nonce in info["url"] or info.get("openerId") == page)
    ]


async def _forget(hub: Hub, page: str, site: ProbeSite) -> None:
    """Clears what is stored of the probe's sites, through any page of the profile."""
    left = page if page in hub.pages else next(iter(hub.pages), "")
    for origin in site.origins if left else ():
        with contextlib.suppress(Problem):
            session = await hub.session_of(left)
            await hub.command("Storage.clearDataForOrigin", session, origin=origin, storageTypes="all")


async def _leave(hub: Hub, page: str) -> None:
    """Closes a page so that "reopen closed tab" has no address of it to bring back."""
    with contextlib.suppress(Problem, TimeoutError):
        async with asyncio.timeout(_LEAVE_LIMIT_S):
            session = await hub.session_of(page)
            await hub.command("Page.navigate", session, url="about:blank")
            for _ in range(_RESET_TRIES):  # refused while the page is still on its way
                with contextlib.suppress(CommandFailed):
                    await hub.command("Page.resetNavigationHistory", session)
                    break
                await asyncio.sleep(_PAUSE_S)
    with contextlib.suppress(Problem, TimeoutError):
        await hub.command("Target.closeTarget", targetId=page)
        async with asyncio.timeout(_CLEAR_LIMIT_S):
            while page in hub.pages and not hub.ended.is_set():
                hub.page_changed.clear()
                await hub.page_changed.wait()
