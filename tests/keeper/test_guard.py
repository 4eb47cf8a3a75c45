"""What a guard decides about one window, look by look; the looks themselves are in tests/browser."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from app.isolation.checks import Check, Exit, Preflight
from app.isolation.keeper import guarding
from app.isolation.keeper.guarding import Guard
from app.isolation.keeper.problems import CannotGoOn, NotHeld
from app.isolation.keeper.window import RunningWindow
from app.isolation.network import errors
from app.isolation.network.country import country_of
from app.isolation.plan import Before, LaunchPlan, ProxyKind, Stop, Upstream
from tests.support.failing import ExpectedLog
from tests.support.plans import plan_for
from tests.support.waiting import until

US, DE, JP = (
    Exit(ip, country) for ip, country in (("8.8.8.8", "US"), ("203.0.113.9", "DE"), ("1.0.16.1", "JP"))
)
SILENT = errors.timed_out(Upstream(ProxyKind.HTTP, "p.example", 80), 1)
READ_ALONG = errors.intercepted("echo.example")
USUAL = replace(plan_for(Path("/nowhere")), market="US", watch_s=3600.0)


class Door:
    """A window as far as a guard knows it: open, or held for a reason."""

    def __init__(self, plan: LaunchPlan, exit_: Exit | None) -> None:
        self.plan = plan
        self.preflight = Preflight(exit_, ())
        self.held: tuple[Check, ...] = ()
        self.country_of = country_of
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def hold(self, checks: tuple[Check, ...]) -> None:
        self.held = checks

    def release(self) -> None:
        self.held = ()

    def saw_exit(self, found: Exit) -> None:
        self.preflight = Preflight(found, ())

    @property
    def reasons(self) -> set[str]:
        return {check.id for check in self.held}

    @property
    def shown(self) -> list[tuple[str, str]]:
        return [(check.id, check.seen) for check in self.held]


class Answers:
    """What the next looks find."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._next: list[object] = []
        monkeypatch.setattr(guarding, "probe_exit", self._probe)

    def add(self, *answers: object) -> None:
        self._next += answers

    async def _probe(self, *_: object, **__: object) -> Exit:
        answer = self._next.pop(0)
        if isinstance(answer, asyncio.Future):
            answer = await answer
        if isinstance(answer, Exception):
            raise answer
        return cast(Exit, answer)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Answers:
    return Answers(monkeypatch)


def guard_of(door: Door) -> Guard:
    return Guard(cast(RunningWindow, cast(Any, door)))


async def looked(guard: Guard, answers: Answers, *found: object) -> None:
    for one in found:
        answers.add(one)
        await guard.look()


async def test_a_window_that_opened_without_a_network_is_looked_at_at_once_and_by_the_last_time(
    answers: Answers,
):
    plan = replace(USUAL, market="", stops=(Stop.COUNTRY,), before=Before("8.8.8.8", "US"))
    door = Door(plan, None)
    answers.add(DE)

    guard = guard_of(door)
    await until(lambda: door.held)

    assert door.reasons == {"exit.change"}
    guard.end()


@pytest.mark.parametrize("found", [READ_ALONG, "sleep"])
async def test_nobody_goes_on_with_what_is_not_for_a_person_to_overlook(answers: Answers, found: object):
    door = Door(USUAL, US)
    guard = guard_of(door)
    if found == "sleep":
        guard.hold_until_looked()
    else:
        await looked(guard, answers, found)

    with pytest.raises(CannotGoOn):
        guard.go_on(door.shown)

    assert door.held
    guard.end()


async def test_there_is_nothing_to_go_on_with_in_a_window_that_is_not_held(answers: Answers):
    door = Door(USUAL, US)
    guard = guard_of(door)

    with pytest.raises(NotHeld):
        guard.go_on([])
    await looked(guard, answers, SILENT, SILENT)

    assert door.held, "and its network is still watched"
    guard.end()


async def test_a_person_goes_on_only_with_what_was_shown(answers: Answers):
    door = Door(USUAL, US)
    guard = guard_of(door)
    await looked(guard, answers, DE)
    shown = door.shown
    await looked(guard, answers, JP)

    with pytest.raises(CannotGoOn, match="something else by now"):
        guard.go_on(shown)
    assert door.held
    guard.go_on(door.shown)

    assert not door.held
    await looked(guard, answers, JP)
    assert not door.held
    await looked(guard, answers, DE)
    assert door.reasons == {"exit.change"}
    guard.end()


async def test_silence_does_not_make_a_wrong_exit_right(answers: Answers):
    door = Door(USUAL, US)
    guard = guard_of(door)

    await looked(guard, answers, DE, SILENT, SILENT)

    assert "exit.country" in door.reasons
    guard.end()


async def test_an_answer_from_before_a_sleep_counts_for_nothing(answers: Answers):
    door = Door(USUAL, US)
    guard = guard_of(door)
    answer: asyncio.Future[Exit] = asyncio.get_running_loop().create_future()
    answers.add(answer)
    look = asyncio.create_task(guard.look())
    await asyncio.sleep(0)
    answers.add(SILENT, US)  # what the guard itself finds when it wakes up

    guard.hold_until_looked()
    answer.set_result(US)
    await look

    assert door.held
    guard.end()


@pytest.mark.parametrize(("stops", "is_held"), [((Stop.NETWORK,), True), ((Stop.COUNTRY,), False)])
async def test_after_a_sleep_without_a_network_a_window_is_held_only_where_that_stops_it(
    answers: Answers, stops: Sequence[Stop], is_held: bool
):
    door = Door(replace(USUAL, stops=tuple(stops)), US)
    guard = guard_of(door)
    guard.hold_until_looked()

    await looked(guard, answers, SILENT, SILENT)

    assert bool(door.held) is is_held
    guard.end()


async def test_a_guard_that_fails_holds_its_window(answers: Answers, expected_log: ExpectedLog):
    expected_log("berth.keeper.guarding", "a window's guard failed unexpectedly")
    door = Door(USUAL, US)
    guard = guard_of(door)
    answers.add(RuntimeError("boom"))

    guard.look_soon()
    await until(lambda: door.held)

    assert door.reasons == {"exit.unwatched"}
    with pytest.raises(CannotGoOn):
        guard.go_on(door.shown)
