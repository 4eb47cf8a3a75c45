"""A close look at one profile: in its open window, or in a stand-in that can reach no store."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import psutil

from app.isolation.browser import judging
from app.isolation.browser.directory import ProfileDirectory
from app.isolation.browser.looking import Eyes, Seen, policies_now
from app.isolation.browser.policies import may_have_policies
from app.isolation.browser.preferences import controlling_extensions
from app.isolation.checks import Check, Level
from app.isolation.coherence.heading import judge_headers
from app.isolation.coherence.probing import Probe, probe
from app.isolation.coherence.sameness import judge_sameness
from app.isolation.coherence.stand_in import FOLDER, make_stand_in, remove_stand_in
from app.isolation.coherence.truth import fingerprint_id, judge_truth
from app.isolation.fingerprint.judging import judge_change, judge_exit
from app.isolation.fingerprint.machine import this_machine
from app.isolation.fingerprint.timezones import same_zone
from app.isolation.keeper.opening import Prepared, exit_now, is_sandboxed, try_out
from app.isolation.keeper.window import Reason, RunningWindow
from app.isolation.plan import Before, Fingerprint
from app.kernel.clock import Clock
from app.kernel.errors import storage_problem
from app.kernel.text import say


@dataclass(frozen=True, slots=True)
class Inspection:
    """All lines of one check, and a short name for what the window shows."""

    checks: tuple[Check, ...]
    fingerprint_id: str


async def inspect_open(window: RunningWindow, right: Before) -> Inspection:
    """Looks at an open window through its own hub; `right` is the exit it should have.

    Raises CommandFailed, EngineGone.
    """
    plan = window.plan
    exit_, checks = await exit_now(window)
    if exit_ is not None:
        checks += judge_exit(plan.market, plan.fingerprint, exit_)
        checks += judge_change(right, exit_, plan.stops)
    checks += (judging.judge_extensions(controlling_extensions(window.directory.browser)),)
    policies = await policies_now(window.hub) if may_have_policies(plan.engine.kind) else ()
    found = await probe(window.hub, window.relay)
    checks += _of_the_window(window, found, policies)
    checks += (_own_folder(window),)
    return _inspection(checks, window, found)


async def inspect_closed(
    prepared: Prepared, fingerprint: Fingerprint, eyes: Eyes, clock: Clock
) -> Inspection:
    """Looks at a stand-in for a prepared profile, which is free again afterwards.

    Raises EngineFailed, EngineGone, FolderNotWritable.
    """
    own = prepared.directory
    folder = own.root / FOLDER
    try:
        try:
            await asyncio.to_thread(make_stand_in, own.browser, folder)
        except OSError as error:
            raise storage_problem(error, folder) from error
        stand_in = ProfileDirectory(folder, prepared.plan.name)
        await stand_in.take()
        window, checks = await try_out(replace(prepared, directory=stand_in), fingerprint, eyes, clock)
        try:
            found = await probe(window.hub, window.relay)
            policies = _policies_in(checks)
        finally:
            await window.close(Reason.ASKED)
    finally:
        await prepared.relay.close()
        if prepared.jail is not None:
            prepared.jail.close()
        await asyncio.to_thread(remove_stand_in, folder)
        own.give_back()
    lines = tuple(_merged((*_of_the_window(window, found, ()), *policies)))
    return _inspection((*checks, *lines, _stood_in()), window, found)


def _inspection(checks: Iterable[Check], window: RunningWindow, found: Probe) -> Inspection:
    coherence = (
        *judge_sameness(found),
        *judge_headers(found),
        *judge_truth(window.plan, found, engine_version=window.engine_version),
    )
    return Inspection(tuple(_merged((*checks, *coherence))), fingerprint_id(found))


def _of_the_window(
    window: RunningWindow, found: Probe, policies: tuple[tuple[str, str], ...] | None
) -> tuple[Check, ...]:
    """The preflight's own comparison of window and settings, with what the probe's first page saw."""
    facts = found.facts("main")
    if not facts or "failed" in facts:
        return (judging.nothing_seen(),)
    seen = Seen(
        sent_languages=found.shown["main"].headers.get("accept-language", ""),
        timezone=str(facts["timezone"]),
        locale=str(facts["locale"]),
        webdriver=bool(facts["webdriver"]),
        cores=_number(facts["cores"]),
        scale=float(str(facts["scale"])),
        user_agent=str(facts["userAgent"]),
        echo="",
        policies=policies,
    )
    return judging.judge_window(
        window.plan,
        seen,
        engine_version=window.engine_version,
        is_sandboxed=is_sandboxed(),
        machine_cores=this_machine().cores,
        same_zone=same_zone,
    )


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _policies_in(checks: Iterable[Check]) -> tuple[Check, ...]:
    """What the preflight saw of policies stands: it has read them itself a moment before."""
    return tuple(check for check in checks if check.id.startswith("policies."))


def _merged(checks: Iterable[Check]) -> Iterable[Check]:
    """One line of each kind, the newest, where it first stood."""
    lines: dict[str, Check] = {}
    for check in checks:
        lines[check.id] = check
    return lines.values()


def _own_folder(window: RunningWindow) -> Check:
    """The engine that runs works in this profile's folder and in no other."""
    wanted = window.directory.browser
    try:
        words = psutil.Process(window.process.pid).cmdline()
    except psutil.Error:
        words = []
    folders = [Path(word.partition("=")[2]) for word in words if word.startswith("--user-data-dir=")]
    if folders == [wanted]:
        return Check("storage.own", Level.GREEN, say("The browser works in a folder of this profile's own."))
    text = say("The browser works in another folder than this profile's.")
    advice = say("Close the window and open it again.")
    return Check("storage.own", Level.RED, text, seen=", ".join(map(str, folders)), advice=advice)


def _stood_in() -> Check:
    text = say(
        "The store is closed: a stand-in with its settings was looked at, and its own data stayed shut."
    )
    return Check("storage.own", Level.GREEN, text)
