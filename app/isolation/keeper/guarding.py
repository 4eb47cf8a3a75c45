"""Looks after the exit of an open window, and holds its traffic back rather than show a store a wrong one."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Iterable, Sequence

import psutil

from app.isolation.checks import Check, Exit, Level
from app.isolation.fingerprint.judging import judge_change, judge_exit
from app.isolation.keeper.problems import CannotGoOn, NotHeld
from app.isolation.keeper.window import RunningWindow
from app.isolation.network.errors import HostKeyChanged, Intercepted, ProxyProblem
from app.isolation.network.probe import probe_exit
from app.isolation.plan import Before, Stop
from app.kernel.text import say

_log = logging.getLogger("berth.keeper.guarding")
# One look that fails may be the echo page's fault; the second comes soon.
_AGAIN_S = 5.0
_HELD_S = 10.0
_FAILURES = 2
_TICK_S = 5.0
_SLEPT_S = 30.0
_SLEPT = "exit.after-sleep"


class Guard:
    """Follows one window until it is closed. Threads: the keeper's loop."""

    def __init__(self, window: RunningWindow) -> None:
        self._window = window
        found = window.preflight.exit
        self.right = window.plan.before if found is None else Before(found.ip, found.country)
        self._market = "" if window.plan.only_this_once else window.plan.market
        self._stops = window.plan.stops
        self._failures = 0
        self._held_for: Exit | None = None  # the exit that the window is held for
        self._turn = 0
        self._wanted = asyncio.Event()
        if found is None:  # it opened without a network, and the first that comes may be a wrong one
            self._wanted.set()
        self._looking = asyncio.Lock()
        self._task = asyncio.create_task(self._follow(), name=f"guard-{window.plan.profile}")
        self._task.add_done_callback(self._on_ended)

    def look_soon(self) -> None:
        """Something has changed on this machine."""
        self._wanted.set()

    def hold_until_looked(self) -> None:
        """The machine slept, and may have woken up anywhere: nothing leaves before the next look."""
        text = say("The computer was asleep; the exit is being looked at before anything leaves.")
        self._turn += 1  # the answer to a look from before the sleep counts for nothing
        self._hold((Check(_SLEPT, Level.RED, text),), None)
        self._wanted.set()

    async def look(self) -> None:
        """One look now, with its consequences."""
        async with self._looking:
            plan, turn = self._window.plan, self._turn
            try:
                found = await probe_exit(
                    plan.upstream,
                    plan.echo_urls,
                    timeout_s=plan.probe_timeout_s,
                    country=self._window.country_of,
                )
            except ProxyProblem as problem:
                if turn == self._turn:
                    self._on_failed(problem)
                return
            if turn == self._turn:
                self._failures = 0
                self._on_found(found)

    def go_on(self, shown: Sequence[tuple[str, str]]) -> None:
        """A person takes what the window is held for as right; `shown` are its checks, id and what was seen.

        Raises NotHeld, and CannotGoOn where nobody may decide that, or where it is something else by now.
        """
        held = self._window.held
        if not held:
            raise NotHeld
        if not all(check.may_override for check in held):
            raise CannotGoOn.at_all(held[0].message)
        if [(check.id, check.seen) for check in held] != list(shown):
            raise CannotGoOn.now(held[0].message)
        if self._held_for is not None:
            self.right = Before(self._held_for.ip, self._held_for.country)
            self._market = ""
        else:
            self._stops = tuple(stop for stop in self._stops if stop is not Stop.NETWORK)
        self._release()

    def end(self) -> None:
        """Ends with its window."""
        self._task.cancel()

    async def _follow(self) -> None:
        while not self._window.closed.done():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._pause_s()):
                    await self._wanted.wait()
            self._wanted.clear()
            await self.look()

    def _pause_s(self) -> float | None:
        every_s = self._window.plan.watch_s
        if self._window.held:
            return min(_HELD_S, every_s) or _HELD_S
        if not every_s:
            return None
        return min(_AGAIN_S, every_s) if self._failures else every_s

    def _on_failed(self, problem: ProxyProblem) -> None:
        self._failures += 1
        is_read_along = isinstance(problem, (Intercepted, HostKeyChanged))
        if self._held_for is not None and not is_read_along:
            return  # that nothing answers now does not make a wrong exit right
        if Stop.NETWORK not in self._stops and not is_read_along:
            # Without a network nothing passes anyway; a sleep must not hold the window for ever.
            if self._failures >= _FAILURES and [check.id for check in self._window.held] == [_SLEPT]:
                self._release()
            return
        if self._failures >= _FAILURES or is_read_along or self._window.held:
            text = say("{what} {next}", what=problem.text, next=problem.next_step)
            check = Check(f"exit.{problem.id}", Level.RED, text, may_override=not is_read_along)
            self._hold((check,), None)

    def _on_found(self, found: Exit) -> None:
        checks = judge_change(self.right, found, self._stops)
        if self._market:
            checks += judge_exit(self._market, self._window.plan.fingerprint, found)
        if reds := tuple(check for check in checks if check.level is Level.RED):
            _log.info("the exit of %s went astray", self._window.plan.profile)
            self._hold(reds, found)
        else:
            if not self.right.ip:  # the first exit that it ever had
                self.right = Before(found.ip, found.country)
            self._release()
        self._window.saw_exit(found)

    def _hold(self, checks: tuple[Check, ...], exit_: Exit | None) -> None:
        self._held_for = exit_
        self._window.hold(checks)

    def _release(self) -> None:
        self._held_for = None
        self._window.release()

    def _on_ended(self, task: asyncio.Task[None]) -> None:
        if task.cancelled() or (bug := task.exception()) is None:
            return
        _log.error("a window's guard failed unexpectedly", exc_info=bug)
        text = say("Berth cannot look after the exit of this window any more. Close it and open it again.")
        self._hold((Check("exit.unwatched", Level.RED, text),), None)


async def follow_machine(guards: Callable[[], Iterable[Guard]]) -> None:
    """Tells the guards when this machine has slept, or its networks have changed. Never ends by itself."""
    addresses = await asyncio.to_thread(_addresses)
    ahead_s = time.time() - time.monotonic()
    while True:
        await asyncio.sleep(_TICK_S)
        now_s = time.time() - time.monotonic()
        slept_s, ahead_s = now_s - ahead_s, now_s
        before, addresses = addresses, await asyncio.to_thread(_addresses)
        for guard in tuple(guards()):
            # Monotonic time stands still in sleep; a clock that is set looks the same, and costs a look.
            if slept_s > _SLEPT_S:
                guard.hold_until_looked()
            elif before != addresses:
                guard.look_soon()


def _addresses() -> frozenset[tuple[str, str]]:
    try:
        found = psutil.net_if_addrs()
    except (OSError, psutil.Error):
        return frozenset()
    return frozenset((name, one.address) for name, all_of_it in found.items() for one in all_of_it)
