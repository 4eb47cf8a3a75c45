"""Slow work on the core thread: one asyncio loop beside the face, jobs with owner, progress and cancel."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import logging
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from app.kernel.errors import Cancelled, Problem
from app.kernel.text import Text, say

_log = logging.getLogger("berth.jobs")
T = TypeVar("T")
_STOP_TIMEOUT_S = 10.0


class WentWrong(Problem):
    """A job met a bug; it was logged as one, and whoever waits for the job hears this."""

    def __init__(self) -> None:
        super().__init__(
            say("Something in Berth itself went wrong, so this was not done."),
            say("Try again; what was stored before is unchanged."),
        )


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is: `done` of `total` (0 when unknown), and a sentence for the job line."""

    done: int
    total: int
    text: Text | None = None


class CoreThread:
    """A thread with one asyncio loop, on which all asynchronous work of a face runs.

    A plain thread, not Qt's: coverage follows it, and on Windows its loop can start processes.
    """

    def __init__(self, name: str = "berth-core") -> None:
        self._thread = threading.Thread(target=self._main, name=name, daemon=True)
        self._lock = threading.Lock()
        self._accepts = False
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None

    def start(self) -> CoreThread:
        """Starts the loop and returns when it runs."""
        self._thread.start()
        self._ready.wait()
        return self

    def submit(self, work: Coroutine[Any, Any, T]) -> concurrent.futures.Future[T]:
        """Starts a coroutine on the loop. Threads: any."""
        with self._lock:
            if self._loop is not None and self._accepts:
                return asyncio.run_coroutine_threadsafe(work, self._loop)
        work.close()
        raise RuntimeError("the core thread is not running")

    def run(self, work: Coroutine[Any, Any, T], timeout_s: float | None = None) -> T:
        """Runs a coroutine and waits for it; never from the core thread or a GUI thread."""
        future = self.submit(work)
        try:
            return future.result(timeout_s)
        except BaseException:
            future.cancel()
            raise

    def stop(self) -> None:
        """Cancels what still runs and ends the thread."""
        with self._lock:
            if self._loop is not None and self._stop is not None and self._accepts:
                self._loop.call_soon_threadsafe(self._stop.set)
            self._accepts = False
        if self._thread.ident is not None:
            self._thread.join(_STOP_TIMEOUT_S)

    def _main(self) -> None:
        with asyncio.Runner() as runner:  # leaving it cancels every task and waits for them
            runner.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        self._accepts = True
        self._ready.set()
        await self._stop.wait()
        # Work that was submitted just before the stop becomes a task now, so that it is cancelled too
        # and whoever waits for it is told.
        await asyncio.sleep(0)


class Job(Generic[T]):
    """One running piece of work: its owner, its last progress, and a way to cancel it."""

    def __init__(self, owner: object, title: Text | None) -> None:
        self.owner = owner
        self.title = title
        self.progress: Progress | None = None
        self._future: concurrent.futures.Future[T] | None = None
        self._task: asyncio.Task[T] | None = None
        self._is_unwanted = False

    async def _run(self, work: Coroutine[Any, Any, T]) -> T:
        self._task = asyncio.current_task()
        if self._is_unwanted:
            work.close()
            raise asyncio.CancelledError
        return await work

    def cancel(self) -> None:
        """Asks the work to stop; it ends silently, once it has let go of what it holds. Threads: any."""
        self._is_unwanted = True
        if self._task is not None and not self.is_done:
            with contextlib.suppress(RuntimeError):  # the loop has ended, and the work with it
                self._task.get_loop().call_soon_threadsafe(self._task.cancel)

    @property
    def is_done(self) -> bool:
        """Whether the work has ended in any way."""
        return self._future is not None and self._future.done()

    def when_done(self, call: Callable[[], None]) -> None:
        """Calls as soon as `is_done` holds, whatever became of the owner.

        Threads: the core's, or the caller's where it holds already.
        """
        assert self._future is not None, "the job was never started"
        self._future.add_done_callback(lambda _future: call())


class Jobs:
    """Starts coroutines for owners and brings results back through `deliver`.

    `deliver` moves a call to the face's thread (a GUI posts it, a CLI calls it at once);
    `is_alive` says whether an owner still wants to hear of it.
    """

    def __init__(
        self,
        core: CoreThread,
        deliver: Callable[[Callable[[], None]], None] = lambda call: call(),
        is_alive: Callable[[object], bool] = lambda _owner: True,
    ) -> None:
        self._core = core
        self._deliver = deliver
        self._is_alive = is_alive
        self._lock = threading.Lock()
        self._running: set[Job[Any]] = set()

    @property
    def running(self) -> frozenset[Job[Any]]:
        """The jobs that have not ended, or whose end has not been handed to `deliver`."""
        with self._lock:
            return frozenset(self._running)

    def start(
        self,
        work: Coroutine[Any, Any, T] | Callable[[Callable[[Progress], None]], Coroutine[Any, Any, T]],
        *,
        owner: object,
        then: Callable[[T], None] | None = None,
        failed: Callable[[Problem], None] | None = None,
        progressed: Callable[[Progress], None] | None = None,
        ended: Callable[[], None] | None = None,
        title: Text | None = None,
    ) -> Job[T]:
        """Starts work; `then` or `failed` may come later, or never: owner gone, or work cancelled.

        A bug is logged and comes to `failed` as WentWrong. `ended` comes last and in every case, unless the
        owner has gone.
        Work that reports progress is given as a function that takes the reporting function.
        """
        job: Job[T] = Job(owner, title)

        def report(progress: Progress) -> None:
            job.progress = progress
            if progressed is not None:
                self._to_owner(job, lambda: progressed(progress))

        coroutine = work(report) if callable(work) else work
        with self._lock:
            self._running.add(job)
        try:
            job._future = self._core.submit(job._run(coroutine))
        except RuntimeError:
            coroutine.close()
            self._forget(job)
            raise
        job._future.add_done_callback(lambda _future: coroutine.close())  # one that never began
        job._future.add_done_callback(lambda future: self._ended(job, future, then, failed, ended))
        return job

    def cancel_owned_by(self, owner: object) -> None:
        """Cancels every job of an owner that goes away."""
        for job in self.running:
            if job.owner is owner:
                job.cancel()

    def _ended(
        self,
        job: Job[T],
        future: concurrent.futures.Future[T],
        then: Callable[[T], None] | None,
        failed: Callable[[Problem], None] | None,
        ended: Callable[[], None] | None,
    ) -> None:
        try:
            self._tell_end(job, future, then, failed)
            if ended is not None:
                self._to_owner(job, ended)
        finally:
            self._forget(job)  # last: whoever sees that nothing runs has been told everything

    def _tell_end(
        self,
        job: Job[T],
        future: concurrent.futures.Future[T],
        then: Callable[[T], None] | None,
        failed: Callable[[Problem], None] | None,
    ) -> None:
        if future.cancelled():
            return
        error = future.exception()
        if error is None:
            if then is not None:
                self._to_owner(job, lambda: then(future.result()))
        elif not isinstance(error, Cancelled):
            if not isinstance(error, Problem):
                _log.error("a job failed unexpectedly", exc_info=error)
            problem = error if isinstance(error, Problem) else WentWrong()
            if failed is not None:
                self._to_owner(job, lambda: failed(problem))

    def _to_owner(self, job: Job[Any], call: Callable[[], None]) -> None:
        self._deliver(lambda: call() if self._is_alive(job.owner) else None)

    def _forget(self, job: Job[Any]) -> None:
        with self._lock:
            self._running.discard(job)


async def to_its_end(step: Coroutine[Any, Any, T]) -> T:
    """A step of work that nothing can stop half-way: a cancellation waits until it is over."""
    task = asyncio.create_task(step)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        raise
