"""The opening sequence: lock, shut relay, exit probe, settings, engine, look, and only then a window."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import secrets
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import psutil

from app.isolation.browser import judging
from app.isolation.browser.arming import Arming
from app.isolation.browser.directory import ProfileDirectory
from app.isolation.browser.hub import Hub
from app.isolation.browser.jail import Jail, make_jail
from app.isolation.browser.jailing import NOT_STARTED
from app.isolation.browser.looking import Eyes, Glance, Seen
from app.isolation.browser.policies import may_have_policies
from app.isolation.browser.preferences import controlling_extensions, write_preferences
from app.isolation.browser.problems import EngineFailed, EngineGone, NoJail, NoScreen
from app.isolation.browser.process import EngineProcess, start_engine
from app.isolation.browser.switches import environment, switches
from app.isolation.checks import Check, Exit, Level, Preflight
from app.isolation.fingerprint.judging import judge_change, judge_exit
from app.isolation.fingerprint.timezones import same_zone
from app.isolation.keeper.bearing import judge_memory
from app.isolation.keeper.window import Reason, RunningWindow, has_session
from app.isolation.network.country import Countries
from app.isolation.network.errors import HostKeyChanged, Intercepted, ProxyProblem
from app.isolation.network.peers import EnginePeers
from app.isolation.network.probe import probe_exit, read_answer
from app.isolation.network.relay import Relay
from app.isolation.plan import Fingerprint, LaunchPlan, ProxyKind, Stop, WebRtcPolicy
from app.kernel.clock import Clock
from app.kernel.errors import Problem
from app.kernel.text import Text, say

_log = logging.getLogger("berth.keeper.opening")
_BLANK = "about:blank"
_FIRST_PAGE_S = 1.0


@dataclass(slots=True)
class Prepared:
    """A profile that is locked, its relay shut, its exit known; nothing of the browser has started."""

    plan: LaunchPlan
    directory: ProfileDirectory
    relay: Relay
    peers: EnginePeers
    exit: Exit | None
    checks: tuple[Check, ...]
    jail: Jail | None = None
    why_no_jail: Text | None = None
    host_key: str = ""  # that an SSH server showed for the first time
    countries: Countries = field(default_factory=Countries)

    def learn(self, host_key: str) -> None:
        """An SSH server has shown its key for the first time."""
        self.host_key = host_key
        self.relay.trust(host_key)

    def settle(self, fingerprint: Fingerprint) -> LaunchPlan:
        """The plan with everything that was learned; kept."""
        upstream = self.plan.upstream
        if self.host_key:
            upstream = replace(upstream, host_key=self.host_key)
        self.plan = replace(self.plan, fingerprint=fingerprint, upstream=upstream)
        return self.plan

    def judge(self) -> list[Check]:
        """What can be said of a settled plan before anything of the browser starts."""
        plan, checks = self.plan, [*self.checks, *self.judge_exit()]
        checks += judging.judge_engine_change(plan.before.engine, plan.engine.kind, plan.engine.version)
        checks.append(judging.judge_extensions(controlling_extensions(self.directory.browser)))
        return checks

    def judge_exit(self) -> tuple[Check, ...]:
        """Whether the exit is one that the store may see; nothing where there is none."""
        if self.exit is None:
            return ()
        plan = self.plan
        return (
            *judge_exit(plan.market, plan.fingerprint, self.exit),
            *judge_change(plan.before, self.exit, plan.stops),
        )

    async def give_up(self) -> None:
        """Frees everything."""
        await self.relay.close()
        if self.jail is not None:
            self.jail.close()
        self.directory.give_back()


class Blocked(Exception):
    """Red: the window does not appear."""

    def __init__(self, preflight: Preflight) -> None:
        super().__init__("blocked by preflight")
        self.preflight = preflight


async def prepare(plan: LaunchPlan) -> Prepared:
    """Takes the directory, starts the relay shut and probes the exit through its upstream.

    A proxy that fails is a red check, not an exception. Raises NoScreen, ProfileBusy, FolderNotWritable.
    """
    _require_screen(plan)
    directory = ProfileDirectory(Path(plan.directory), plan.name)
    await directory.take(was_meant=plan.only_this_once)
    making = asyncio.create_task(_jail(plan))  # takes no longer than a probe, as a rule
    relay, peers = _relay(plan)
    prepared = Prepared(plan, directory, relay, peers, None, ())
    try:
        prepared.countries = await asyncio.to_thread(Countries, plan.country_file)
        prepared.exit, check = await _probe(plan, prepared.countries.of, prepared.learn)
        prepared.jail = await _made(making, prepared)
        await relay.start(prepared.jail.listener if prepared.jail is not None else None)
    except BaseException:
        if prepared.jail is None:
            _discard(making)
        await prepared.give_up()
        raise
    memory = judge_memory(psutil.virtual_memory().available)
    prepared.checks = (*memory, *_of_path(plan), *_of_jail(prepared), check)
    if (fault := prepared.countries.fault) is not None:
        prepared.checks += (Check("country.file", Level.AMBER, fault),)
    return prepared


async def launch(prepared: Prepared, fingerprint: Fingerprint, eyes: Eyes, clock: Clock) -> RunningWindow:
    """From a prepared profile to a window in front of its person.

    Raises Blocked when a check is red, EngineFailed when the browser does not come up. Either way nothing
    has reached a store, and the profile is free again.
    """
    plan = prepared.settle(fingerprint)
    window, checks = await _begin(prepared, clock, stops_at_red=True)
    try:
        glance = await _look(prepared, window, eyes, checks)
        restores = has_session(prepared.directory.browser)
        urls = plan.urls or (() if restores else plan.start_pages or (_BLANK,))
        await window.show(urls, environment(plan, os.environ), restores=restores)
        if not urls:
            await window.fill_if_empty()
        window.after = asyncio.create_task(_clear_away(window, glance))
        if window.hub.ended.is_set():
            raise EngineGone
    except TimeoutError:
        await window.close(Reason.BLOCKED)
        raise EngineFailed.silent(plan.engine.kind, 30) from None
    except BaseException:
        await window.close(Reason.BLOCKED)
        raise
    return window


async def try_out(
    prepared: Prepared, fingerprint: Fingerprint, eyes: Eyes, clock: Clock
) -> tuple[RunningWindow, tuple[Check, ...]]:
    """A window for a check: all of the preflight and not a step further, whatever it finds.

    Its relay stays shut, so that it can reach no store. Raises EngineFailed, EngineGone.
    """
    prepared.settle(fingerprint)
    window, checks = await _begin(prepared, clock, stops_at_red=False)
    try:
        with contextlib.suppress(Blocked):  # that is what a check is to find out
            await _look(prepared, window, eyes, checks)
    except BaseException:
        await window.close(Reason.BLOCKED)
        raise
    return window, window.preflight.checks


async def exit_now(window: RunningWindow) -> tuple[Exit | None, tuple[Check, ...]]:
    """Where the path of an open window comes out at this moment."""
    found, check = await _probe(window.plan, window.country_of)
    return found, (*_of_path(window.plan), check)


async def _clear_away(window: RunningWindow, glance: Glance) -> None:
    """Takes the preflight's own small window away once the person's page is there: that one goes first."""
    await window.first_page_loaded(_FIRST_PAGE_S)
    await glance.clear_away()


def is_sandboxed() -> bool:
    """The sandbox is always on, except for root on Linux, where the browser refuses to start with it."""
    return not (sys.platform.startswith("linux") and os.geteuid() == 0)


def _relay(plan: LaunchPlan) -> tuple[Relay, EnginePeers]:
    made: list[Relay] = []  # the relay asks its peers, and they ask for the relay's port
    peers = EnginePeers(lambda: made[0].port)
    made.append(Relay(plan.upstream, allow_private=plan.allow_private, is_ours=peers.owns))
    return made[0], peers


async def _jail(plan: LaunchPlan) -> Jail | None:
    """A network of the window's own, where its profile wants one and this machine can make one."""
    if not plan.jail or plan.fingerprint.webrtc is not WebRtcPolicy.PROXY_ONLY:
        return None  # whoever lets WebRTC past the proxy wants it to get out
    making = asyncio.create_task(asyncio.to_thread(make_jail, dict(plan.screen)))
    try:
        return await asyncio.shield(making)
    except asyncio.CancelledError:
        making.add_done_callback(_let_go)
        raise


async def _made(making: asyncio.Task[Jail | None], prepared: Prepared) -> Jail | None:
    try:
        return await making
    except NoJail as problem:
        _log.info("%s opens without a network of its own: %s", prepared.plan.profile, problem.text.english())
        prepared.why_no_jail = problem.text
        return None


def _of_jail(prepared: Prepared) -> tuple[Check, ...]:
    """Said where it was wanted and cannot be; what is made is judged when the browser is in it."""
    if prepared.why_no_jail is None:
        return ()
    text = say(
        "Relay and switches keep this window on its path; the system itself cannot do it here: {why}",
        why=prepared.why_no_jail,
    )
    return (Check("path.jail", Level.GREEN, text),)


def _discard(making: asyncio.Task[Jail | None]) -> None:
    """Lets go of a jail, made or just being made, that nobody waits for any more."""
    if not making.cancel():
        _let_go(making)


def _let_go(made: asyncio.Task[Jail] | asyncio.Task[Jail | None]) -> None:
    if not made.cancelled() and made.exception() is None and (jail := made.result()) is not None:
        jail.close()


async def _begin(
    prepared: Prepared, clock: Clock, *, stops_at_red: bool
) -> tuple[RunningWindow, list[Check]]:
    """Judges what needs no browser, then starts it; the profile is free again where that fails."""
    try:
        checks = prepared.judge()
        if stops_at_red:
            _stop_if_red(prepared, checks)
        write_preferences(prepared.plan, prepared.directory.browser)
    except BaseException:
        await prepared.give_up()
        raise
    return await _start(prepared, clock), checks


async def _start(prepared: Prepared, clock: Clock) -> RunningWindow:
    plan, directory = prepared.plan, prepared.directory
    process: EngineProcess | None = None
    try:
        arguments = switches(
            plan, browser_dir=str(directory.browser), relay_port=prepared.relay.port, sandbox=is_sandboxed()
        )
        process = await start_engine(
            plan.engine.path,
            arguments,
            environment(plan, os.environ),
            cores=plan.fingerprint.cores,
            turn=plan.number,
            jail=prepared.jail,
        )
        if prepared.jail is None:
            prepared.peers.follow(process.pid)
        else:
            prepared.peers.follow(process.pid, has_own_network=True, asker=prepared.jail.asker)
        directory.note_engine(process.pid)
        hub = Hub(process.write_fd, process.read_fd, Arming(plan.fingerprint, profile=plan.profile))
        version = await _first_answer(hub, process, plan)
    except BaseException:
        if process is not None:
            await process.end(0.1, 2.0)
        await prepared.give_up()
        raise
    window = RunningWindow(
        plan, directory, prepared.relay, process, hub, arguments, clock.now(), prepared.jail
    )
    window.engine_version = version
    window.country_of = prepared.countries.of
    return window


async def _first_answer(hub: Hub, process: EngineProcess, plan: LaunchPlan) -> str:
    try:
        answer = await hub.start()
    except EngineGone:
        if not process.has_ended:
            hub.close()
        ending = await process.end(2.0, 2.0)
        if plan.jail and ending.code == NOT_STARTED:
            raise EngineFailed.missing(plan.engine.path) from None
        raise EngineFailed.at_start(
            plan.engine.kind, ending.code or -ending.signal, process.stderr_tail()
        ) from None
    return str(answer["product"]).partition("/")[2]


async def _look(prepared: Prepared, window: RunningWindow, eyes: Eyes, checks: list[Check]) -> Glance:
    plan, relay = prepared.plan, prepared.relay
    nonce = secrets.token_hex(16)
    relay.begin_preflight(nonce, plan.echo_urls)
    glance = eyes.look(
        window.hub,
        f"http://{nonce}.berth.invalid/",
        plan.echo_urls,
        read_policies=may_have_policies(plan.engine.kind),
    )
    if prepared.jail is not None:
        checks.append(judging.judge_jail(prepared.jail.holds(window.process.pid)))
    seen = await glance.seen()
    witnessed = relay.witnessed(nonce)
    relay.shut()
    if seen is None:
        checks.append(judging.nothing_seen())
    else:
        checks += _same_way(prepared, seen, witnessed)
        checks += judging.judge_window(
            plan,
            seen,
            engine_version=window.engine_version,
            is_sandboxed=is_sandboxed(),
            machine_cores=len(os.sched_getaffinity(0))
            if hasattr(os, "sched_getaffinity")
            else os.cpu_count() or 1,
            same_zone=same_zone,
        )
    window.preflight = Preflight(prepared.exit, tuple(checks))
    if window.preflight.stops(plan.only_this_once):
        raise Blocked(window.preflight)
    return glance


def _same_way(prepared: Prepared, seen: Seen, witnessed: bool) -> tuple[Check, ...]:
    """The browser's own traffic came through this relay, and out where the probe came out.

    Where the probe found no exit and the window does, that one is judged here.
    """
    if not seen.sent_languages:
        text = say("The browser does not go through its relay; something on this machine redirects it.")
        return (Check("relay.witness", Level.RED, text),)
    try:
        country = prepared.countries.of
        found = read_answer(seen.echo.encode(), latency_ms=0, country=country) if witnessed else None
    except Problem:
        found = None
    if found is None:
        text = say("No echo page answered the window through its relay.")
        # Where a person lets the store open without a network, there is none to find it by.
        is_meant = prepared.exit is None and Stop.NETWORK not in prepared.plan.stops
        level = Level.AMBER if is_meant else Level.RED
        return (Check("relay.witness", level, text),)
    before, prepared.exit = prepared.exit, prepared.exit or found
    if before is None or found.ip == before.ip:
        witness = Check("relay.witness", Level.GREEN, say("The window comes out at {ip}.", ip=found.ip))
        return (witness, *(prepared.judge_exit() if before is None else ()))
    facts = {"before": before.ip, "now": found.ip}
    if found.country and before.country and found.country != before.country:
        text = say("The exit jumped from {before} to {now}, to another country.", **facts)
        return (
            Check("relay.witness", Level.RED, text, may_override=True, expected=before.ip, seen=found.ip),
        )
    text = say("The proxy changed its exit from {before} to {now} in between.", **facts)
    return (Check("relay.witness", Level.AMBER, text, expected=before.ip, seen=found.ip),)


async def _probe(
    plan: LaunchPlan, country: Callable[[str], str], learned: Callable[[str], None] | None = None
) -> tuple[Exit | None, Check]:
    try:
        found = await probe_exit(
            plan.upstream,
            plan.echo_urls,
            timeout_s=plan.probe_timeout_s,
            learned=learned,
            country=country,
        )
    except ProxyProblem as problem:
        _log.info("the exit probe of %s failed: %s", plan.profile, problem.id)
        text = say("{what} {next}", what=problem.text, next=problem.next_step)
        # What is still Automatic cannot be fixed without an exit; and nobody may read along in any case.
        is_stopped = (
            Stop.NETWORK in plan.stops
            or not plan.fingerprint.is_fixed
            or isinstance(problem, (Intercepted, HostKeyChanged))
        )
        return None, Check(f"exit.{problem.id}", Level.RED if is_stopped else Level.AMBER, text)
    text = say("The exit {ip} answered in {ms} ms.", ip=found.ip, ms=found.latency_ms)
    return found, Check("exit.answers", Level.GREEN, text, seen=found.ip)


def _of_path(plan: LaunchPlan) -> tuple[Check, ...]:
    if plan.upstream.kind is not ProxyKind.DIRECT:
        return ()
    text = say("This store has no proxy: it sees the address of this machine itself.")
    return (Check("path.direct", Level.AMBER, text),)


def _stop_if_red(prepared: Prepared, checks: list[Check]) -> None:
    preflight = Preflight(prepared.exit, tuple(checks))
    if preflight.stops(prepared.plan.only_this_once):
        raise Blocked(preflight)


def _require_screen(plan: LaunchPlan) -> None:
    names = {name for name, value in plan.screen if value}
    if sys.platform.startswith("linux") and not names & {"DISPLAY", "WAYLAND_DISPLAY"}:
        raise NoScreen
