"""Jobs run on the core thread, end with their owner, and never leave anybody waiting."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from app.kernel.errors import Cancelled, Problem
from app.kernel.jobs import CoreThread, Job, Jobs, Progress, WentWrong, to_its_end
from app.kernel.text import say
from tests.support.failing import ExpectedLog

LIMIT_S = 10.0
OWNER = object()


@pytest.fixture
def core() -> Iterator[CoreThread]:
    thread = CoreThread().start()
    yield thread
    thread.stop()


class Heard:
    """Collects what jobs bring back, and waits for it."""

    def __init__(self) -> None:
        self.values: list[object] = []
        self._came = threading.Semaphore(0)

    def __call__(self, value: object) -> None:
        self.values.append(value)
        self._came.release()

    def wait(self, count: int = 1) -> list[object]:
        for _ in range(count):
            assert self._came.acquire(timeout=LIMIT_S), "nothing came"
        return self.values


async def answer(value: object) -> object:
    await asyncio.sleep(0)
    return value


async def fail(error: BaseException) -> None:
    raise error


def wait_until_done(job) -> None:
    done = threading.Event()
    job._future.add_done_callback(lambda _: done.set())
    assert done.wait(LIMIT_S)


def until_running(jobs: Jobs, *wanted: Job[Any]) -> None:
    """Waits until these are what runs: a job leaves a moment after its callbacks."""
    ends = time.monotonic() + LIMIT_S
    while jobs.running != frozenset(wanted):
        assert time.monotonic() < ends, f"what runs stays {jobs.running}"
        time.sleep(0.001)


def test_the_result_reaches_then(core: CoreThread):
    heard = Heard()
    jobs = Jobs(core)

    job = jobs.start(answer(42), owner=OWNER, then=heard, title=say("Counting"))

    assert heard.wait() == [42]
    assert job.is_done
    until_running(jobs)


def test_an_expected_error_reaches_failed(core: CoreThread):
    heard, problem = Heard(), Problem(say("No."), say("Wait."))

    Jobs(core).start(fail(problem), owner=OWNER, then=heard, failed=heard)

    assert heard.wait() == [problem]


def test_a_bug_is_logged_and_told_as_a_sentence_without_its_message(
    core: CoreThread, expected_log: ExpectedLog
):
    expected_log("berth.jobs", "a job failed unexpectedly")
    heard = Heard()

    Jobs(core).start(fail(ValueError("secret")), owner=OWNER, failed=heard)

    [problem] = heard.wait()
    assert isinstance(problem, WentWrong)
    assert "secret" not in str(problem)


@pytest.mark.parametrize(
    "error", [None, Cancelled(), asyncio.CancelledError(), Problem(say("No."), say("Wait."))]
)
def test_the_end_is_told_last_and_in_every_case(core: CoreThread, error: BaseException | None):
    heard = Heard()
    work = answer("here") if error is None else fail(error)

    Jobs(core).start(work, owner=OWNER, then=heard, failed=heard, ended=lambda: heard("ended"))

    is_told = error is None or isinstance(error, Problem)
    assert heard.wait(2 if is_told else 1)[-1] == "ended"


@pytest.mark.parametrize("error", [Cancelled(), asyncio.CancelledError(), Problem(say("No."), say("Wait."))])
def test_what_nobody_wants_to_hear_is_silent(core: CoreThread, error: BaseException):
    job = Jobs(core).start(fail(error), owner=OWNER)

    wait_until_done(job)

    assert job.is_done


def test_a_result_nobody_asked_for_is_dropped(core: CoreThread):
    job = Jobs(core).start(answer(1), owner=OWNER)

    wait_until_done(job)

    assert job.is_done


def test_a_cancelled_job_stops_its_work_and_says_nothing(core: CoreThread):
    heard, started, stopped = Heard(), threading.Event(), threading.Event()

    async def forever() -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    job = Jobs(core).start(forever(), owner=OWNER, then=heard, failed=heard)
    assert started.wait(LIMIT_S)
    job.cancel()

    assert stopped.wait(LIMIT_S)
    wait_until_done(job)
    assert heard.values == []


def test_a_cancelled_job_counts_as_running_until_the_step_it_is_in_is_over(core: CoreThread):
    begun, over = threading.Event(), threading.Event()
    steps: list[str] = []

    def step() -> None:
        begun.set()
        over.wait(LIMIT_S)
        steps.append("whole")

    async def work() -> None:
        await to_its_end(asyncio.to_thread(step))
        steps.append("next")

    jobs = Jobs(core)
    job = jobs.start(work(), owner=OWNER)
    assert begun.wait(LIMIT_S)
    job.cancel()
    core.run(asyncio.sleep(0.01))  # the cancellation has reached the work

    assert not job.is_done
    assert jobs.running == {job}
    over.set()
    until_running(jobs)

    assert steps == ["whole"]
    assert job.is_done


def test_work_that_is_unwanted_before_it_begins_never_begins(core: CoreThread):
    begun: list[int] = []
    blocked = threading.Event()

    async def block() -> None:
        blocked.wait(LIMIT_S)

    async def work() -> None:
        begun.append(1)

    core.submit(block())
    jobs = Jobs(core)
    job = jobs.start(work(), owner=OWNER)
    job.cancel()
    blocked.set()
    until_running(jobs)

    assert begun == []
    assert job.is_done


def test_whoever_sees_that_nothing_runs_has_been_told_everything(core: CoreThread):
    told: list[int] = []
    jobs: Jobs

    def deliver(call: Callable[[], None]) -> None:
        told.append(len(jobs.running))

    jobs = Jobs(core, deliver=deliver)
    job = jobs.start(answer(1), owner=OWNER, then=Heard(), ended=lambda: None)
    wait_until_done(job)
    until_running(jobs)

    assert told == [1, 1]


def test_only_the_jobs_of_an_owner_that_goes_away_are_cancelled(core: CoreThread):
    jobs, other = Jobs(core), object()
    mine = jobs.start(asyncio.Event().wait(), owner=OWNER)
    theirs = jobs.start(asyncio.Event().wait(), owner=other)

    jobs.cancel_owned_by(OWNER)
    wait_until_done(mine)

    until_running(jobs, theirs)
    theirs.cancel()
    wait_until_done(theirs)


def test_progress_is_kept_and_told(core: CoreThread):
    told: list[object] = []
    heard = Heard()

    async def work(report: Callable[[Progress], None]) -> str:
        report(Progress(1, 2))
        report(Progress(2, 2, say("Half")))
        return "done"

    job = Jobs(core).start(work, owner=OWNER, then=heard, progressed=told.append)

    assert heard.wait() == ["done"]
    assert told == [Progress(1, 2), Progress(2, 2, say("Half"))]
    assert job.progress == Progress(2, 2, say("Half"))


def test_progress_may_go_unheard(core: CoreThread):
    heard = Heard()

    async def work(report: Callable[[Progress], None]) -> None:
        report(Progress(1, 2))

    Jobs(core).start(work, owner=OWNER, then=heard)

    assert heard.wait() == [None]


def test_nothing_is_brought_to_an_owner_that_is_gone(core: CoreThread):
    alive = {OWNER: True}
    calls: list[Callable[[], None]] = []
    delivered, heard = threading.Event(), Heard()

    def deliver(call: Callable[[], None]) -> None:
        calls.append(call)
        delivered.set()

    Jobs(core, deliver, lambda owner: alive[owner]).start(answer(1), owner=OWNER, then=heard)
    assert delivered.wait(LIMIT_S)
    alive[OWNER] = False  # gone between the end of the work and its delivery
    calls[0]()

    assert heard.values == []


def test_run_waits_for_the_value_and_raises_what_the_work_raised(core: CoreThread):
    assert core.run(answer("x")) == "x"
    with pytest.raises(ValueError, match="bug"):
        core.run(fail(ValueError("bug")))


def test_run_gives_up_after_its_limit_and_cancels_the_work(core: CoreThread):
    stopped = threading.Event()

    async def forever() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    with pytest.raises(TimeoutError):
        core.run(forever(), timeout_s=0.01)

    assert stopped.wait(LIMIT_S)


def test_stopping_cancels_what_runs_and_ends_the_thread():
    core, stopped = CoreThread("berth-test").start(), threading.Event()
    started = threading.Event()

    async def forever() -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    job = Jobs(core).start(forever(), owner=OWNER)
    assert started.wait(LIMIT_S)
    core.stop()
    core.stop()

    assert stopped.is_set()
    assert job.is_done
    assert "berth-test" not in [thread.name for thread in threading.enumerate()]


def test_work_that_was_submitted_while_the_core_stops_is_told_so():
    core = CoreThread().start()
    blocked, go = threading.Event(), threading.Event()

    async def block() -> None:
        blocked.set()
        assert go.wait(LIMIT_S)

    core.submit(block())
    assert blocked.wait(LIMIT_S)
    late = core.submit(asyncio.Event().wait())
    core._loop.call_soon_threadsafe(core._stop.set)  # the stop arrives right behind it
    later = core.submit(asyncio.Event().wait())
    go.set()
    core.stop()

    assert late.cancelled()
    assert later.cancelled()


def test_a_stopped_core_takes_no_work_and_leaves_no_job():
    core = CoreThread().start()
    core.stop()
    jobs = Jobs(core)

    with pytest.raises(RuntimeError, match="not running"):
        jobs.start(answer(1), owner=OWNER)
    gc.collect()  # an unawaited coroutine would warn here, and fail this test

    until_running(jobs)


def test_a_core_that_never_ran_takes_no_work_and_can_be_stopped():
    core = CoreThread()

    with pytest.raises(RuntimeError, match="not running"):
        core.submit(answer(1))
    core.stop()


def test_a_job_that_was_never_started_can_be_cancelled():
    job: Job[None] = Job(OWNER, None)

    job.cancel()

    assert not job.is_done
