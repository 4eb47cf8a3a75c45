"""Opening a window, and the memory of twenty, against the same engine started bare with the same flags."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from app.demo.screen import some_screen
from app.isolation.browser.engines import Engine, find_engines
from app.isolation.browser.preferences import write_preferences
from app.isolation.browser.switches import environment, switches
from app.isolation.keeper.opening import is_sandboxed
from app.isolation.network.relay import Relay
from app.kernel.jobs import CoreThread
from app.kernel.paths import Paths
from tests.bench.row import Row
from tests.support.plans import plan_for
from tests.support.stage import Stage, stage_at

ROUNDS = 9
WINDOWS = 20
SETTLE_S = 15.0  # longer than the driver stays without work
_OURS_ONLY = ("--remote-debugging-pipe", "--no-startup-window")


def measure() -> Iterator[Row]:
    """The first two rows of the budget table."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, some_screen(always_virtual=True):
        paths = Paths(Path(folder) / "data", Path(folder) / "state", Path(folder) / "run")
        with stage_at(paths) as stage, _bare_starter(stage, Path(folder)) as bare:
            yield from _opening(stage, bare)
        yield from _memory(Path(folder))


@dataclass
class Bare:
    """Starts the engine without Berth, through a relay that is simply open."""

    engine: Engine
    relay_port: int
    folder: Path

    def start(self, number: int, url: str) -> subprocess.Popen[bytes]:
        """One engine with a page, with the flags of a hands-on window."""
        directory = self.folder / f"bare-{number}"
        directory.mkdir(exist_ok=True)
        plan = plan_for(directory, self.engine)
        write_preferences(plan, directory)
        words = switches(plan, browser_dir=str(directory), relay_port=self.relay_port, sandbox=is_sandboxed())
        words = [word for word in words if word not in _OURS_ONLY]
        return subprocess.Popen(
            [self.engine.path, *words, url],
            env=environment(plan, os.environ),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )


@contextmanager
def _bare_starter(stage: Stage, folder: Path) -> Iterator[Bare]:
    core = CoreThread("bench-relay").start()
    relay = Relay(stage.net.http_proxy.upstream, allow_private=False, is_ours=lambda _port: True)
    try:
        port = core.run(relay.start())
        core.run(_open(relay))
        yield Bare(find_engines()[0], port, folder)
        core.run(relay.close())
    finally:
        core.stop()


async def _open(relay: Relay) -> None:
    relay.open()


def _opening(stage: Stage, bare: Bare) -> Iterator[Row]:
    stage.make("Anna", None, ("fingerprint.scale", "1"))
    engines = (bare.engine,)
    ours: list[float] = []
    theirs: list[float] = []
    with stage_keeper(stage):
        for number in range(ROUNDS + 1):
            steps: list[Callable[[], None]] = [
                lambda number=number: ours.append(_open_ours(stage, engines, f"ours-{number}")),
                lambda number=number: theirs.append(_open_bare(stage, bare, f"bare-{number}")),
            ]
            for step in steps if number % 2 else reversed(steps):
                step()
    # The first of each makes its profile and is not counted.
    yield Row(
        "open → first page loaded, exit probe included",
        statistics.median(ours[1:]) * 1000,
        "ms",
        statistics.median(theirs[1:]) * 1000,
        budget=1.3,
    )


@contextmanager
def stage_keeper(stage: Stage) -> Iterator[None]:
    """Keeps the keeper alive between openings, as an open program does."""
    from app.isolation.keeper.client import KeeperClient

    with KeeperClient.start(stage.paths):
        time.sleep(2)
        yield


def _open_ours(stage: Stage, engines: tuple[Engine, ...], run: str) -> float:
    started = time.perf_counter()
    opened = stage.open("Anna", stage.store(run), engines=engines)
    assert opened.is_open
    stage.report(run)
    took = time.perf_counter() - started
    with stage.keeper() as keeper:
        # Nothing to bring back next time, like the bare engine: only the start-up is compared.
        keeper.close_windows()
    shutil.rmtree(
        stage.paths.profile(opened.profile.id) / "browser" / "Default" / "Sessions", ignore_errors=True
    )
    return took


def _open_bare(stage: Stage, bare: Bare, run: str) -> float:
    shutil.rmtree(bare.folder / "bare-0" / "Default" / "Sessions", ignore_errors=True)
    started = time.perf_counter()
    process = bare.start(0, stage.store(run))
    stage.report(run)
    took = time.perf_counter() - started
    end_bare(process)
    return took


def _memory(folder: Path) -> Iterator[Row]:
    paths = Paths(folder / "memory" / "data", folder / "memory" / "state", folder / "memory" / "run")
    with ExitStack() as stack:
        stage = stack.enter_context(stage_at(paths))
        bare = stack.enter_context(_bare_starter(stage, folder))
        for number in range(WINDOWS):
            stage.make(f"Store {number}", None, ("fingerprint.scale", "1"))
            stage.open_store(f"Store {number}", f"memory-{number}")
        time.sleep(SETTLE_S)
        ours = _pss_mb([stage.keeper_process()])
        with stage.keeper() as keeper:
            keeper.close_windows()
        processes = []
        for number in range(WINDOWS):
            processes.append(bare.start(number + 1, stage.store(f"bare-memory-{number}")))
            stage.report(f"bare-memory-{number}")
        time.sleep(SETTLE_S)
        theirs = _pss_mb([psutil.Process(process.pid) for process in processes])
        for process in processes:
            end_bare(process)
    yield Row(f"memory of {WINDOWS} windows, keeper and node included", ours, "MB", theirs, budget=1.05)


def _pss_mb(roots: list[psutil.Process]) -> float:
    """Proportional set size of process trees: shared pages count once."""
    total = 0
    for root in roots:
        for process in [root, *root.children(recursive=True)]:
            try:
                lines = Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines()
            except OSError:
                continue
            total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def end_bare(process: subprocess.Popen[bytes]) -> None:
    """Closes an engine as its person would."""
    process.terminate()
    process.wait(20)


if __name__ == "__main__":
    from tests.bench.__main__ import table

    print(table(measure()))
