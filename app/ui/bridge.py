"""Between the core's threads and the GUI thread: jobs whose answers arrive as Qt events."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from app.kernel.errors import Problem
from app.kernel.jobs import CoreThread, Job, Jobs, Progress
from app.kernel.text import Text

T = TypeVar("T")


class Postman(QObject):
    """Carries calls from any thread to the GUI thread."""

    _posted = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        # Queued even from the GUI thread: work that ends at once must not answer before `start` returns.
        self._posted.connect(self._on_posted, Qt.ConnectionType.QueuedConnection)

    def post(self, call: Callable[[], None]) -> None:
        """Runs a call soon on the GUI thread. Threads: any; after the program's end it does nothing."""
        if shiboken6.isValid(self):
            self._posted.emit(call)

    @Slot(object)
    def _on_posted(self, call: Callable[[], None]) -> None:
        call()


class GuiJobs(QObject):
    """Starts work for widgets; one that is gone hears nothing. Jobs with a title are for the job line."""

    titled_changed = Signal()

    def __init__(self, core: CoreThread, postman: Postman, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = Jobs(core, deliver=postman.post, is_alive=_is_alive)
        self._postman = postman
        self._titled: list[Job[Any]] = []
        self._in_turn = _InTurn()
        self._is_closed = False

    def close(self, last: Callable[[], object], limit_s: float = 30.0) -> None:
        """At the program's end: writes that were asked for, then `last`; nothing new is begun after that.

        The one place where the GUI thread waits: nobody looks any more.
        """
        self._is_closed = True
        with contextlib.suppress(TimeoutError):
            self._in_turn.begin(last).result(limit_s)

    @property
    def titled(self) -> tuple[Job[Any], ...]:
        """The jobs that people see in the job line."""
        return tuple(job for job in self._titled if not job.is_done)

    @property
    def running(self) -> frozenset[Job[Any]]:
        """Every job that has not ended."""
        return self._jobs.running

    def start(
        self,
        work: Coroutine[Any, Any, T] | Callable[[Callable[[Progress], None]], Coroutine[Any, Any, T]],
        *,
        owner: QObject,
        then: Callable[[T], None] | None = None,
        failed: Callable[[Problem], None] | None = None,
        ended: Callable[[], None] | None = None,
        title: Text | None = None,
    ) -> Job[T]:
        """Starts a coroutine; `then` or `failed`, and last `ended`, come on the GUI thread (kernel.jobs).

        Work with a title is shown in the job line with its progress, and can be cancelled there.
        """
        if self._is_closed:
            if not callable(work):
                work.close()
            return Job(owner, title)
        if title is None:
            return self._jobs.start(work, owner=owner, then=then, failed=failed, ended=ended)
        # The line shows a job until its end, whoever owns it.
        job = self._jobs.start(
            work,
            owner=owner,
            then=then,
            failed=failed,
            ended=ended,
            progressed=lambda _progress: self.titled_changed.emit(),
            title=title,
        )
        self._titled = [*self.titled, job]
        job.when_done(self._note_change)
        self.titled_changed.emit()
        return job

    def call(
        self,
        work: Callable[[], T],
        *,
        owner: QObject,
        then: Callable[[T], None] | None = None,
        failed: Callable[[Problem], None] | None = None,
        ended: Callable[[], None] | None = None,
        title: Text | None = None,
    ) -> Job[T]:
        """The same for a service that blocks: it runs in a thread of its own, behind nobody else."""
        return self.start(in_thread(work), owner=owner, then=then, failed=failed, ended=ended, title=title)

    def write(
        self,
        work: Callable[[], T],
        *,
        owner: QObject,
        then: Callable[[T], None] | None = None,
        failed: Callable[[Problem], None] | None = None,
        ended: Callable[[], None] | None = None,
        title: Text | None = None,
    ) -> Job[T]:
        """The same for what changes the vault, or locks it: one after the other, as they were asked for."""
        turn = self._in_turn.enter(work)
        return self.start(turn, owner=owner, then=then, failed=failed, ended=ended, title=title)

    def _note_change(self) -> None:
        # A little later: the job counts as running until its callbacks are called.
        self._postman.post(lambda: QTimer.singleShot(0, self, self.titled_changed.emit))


class _InTurn:
    """Runs blocking work one after the other, in the order in which it entered, whoever waits for it."""

    def __init__(self) -> None:
        self._last: threading.Event | None = None

    def enter(self, work: Callable[[], T]) -> Coroutine[Any, Any, T]:
        """The same as a coroutine that brings the result."""
        return _awaited(self.begin(work))

    def begin(self, work: Callable[[], T]) -> concurrent.futures.Future[T]:
        """Begins work as soon as everything before it is over. Threads: the GUI thread."""
        before, mine = self._last, threading.Event()
        self._last = mine
        done: concurrent.futures.Future[T] = concurrent.futures.Future()
        done.set_running_or_notify_cancel()

        def main() -> None:
            if before is not None:
                before.wait()
            try:
                done.set_result(work())
            except BaseException as error:  # noqa: BLE001 - it belongs to whoever waits
                done.set_exception(error)
            finally:
                mine.set()

        threading.Thread(target=main, name="berth-write", daemon=True).start()
        return done


async def _awaited(done: concurrent.futures.Future[T]) -> T:
    return await asyncio.shield(asyncio.wrap_future(done))


def _is_alive(owner: object) -> bool:
    return not isinstance(owner, QObject) or shiboken6.isValid(owner)


async def in_thread(work: Callable[[], T]) -> T:
    """Runs what blocks in a daemon thread of its own.

    Not in asyncio's pool: its few threads may all wait for proxies that never answer, and at the end the
    program would wait for them.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if done.cancelled():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(result)  # type: ignore[arg-type]  # None only where T is

    def main() -> None:
        try:
            result, error = work(), None
        except BaseException as raised:  # noqa: BLE001 - it belongs to whoever started the work
            result, error = None, raised
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(settle, result, error)

    threading.Thread(target=main, name="berth-work", daemon=True).start()
    return await done
