"""Browsers of an ordinary user, also where the tests run as root: another user, and a screen for all."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import psutil

from app.isolation.browser import acting
from app.isolation.browser.arming import Arming
from app.isolation.browser.engines import find_engines
from app.isolation.browser.hub import Hub
from app.isolation.browser.jail import Jail
from app.isolation.browser.preferences import write_preferences
from app.isolation.browser.process import EngineProcess, start_engine
from app.isolation.browser.switches import environment, second_start, switches
from tests.support.plans import plan_for
from tests.support.waiting import until

NOBODY = 65534


def as_ordinary_user(words: list[str]) -> list[str]:
    """A command that runs as nobody when we are root; setpriv replaces itself, so pipe and pid stay."""
    if os.geteuid() != 0:
        return words
    return ["/usr/bin/setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *words]


def ordinary_uid() -> int:
    """Whose processes those are."""
    return NOBODY if os.geteuid() == 0 else os.geteuid()


@contextlib.contextmanager
def screen_for_all() -> Iterator[str]:
    """A virtual screen that every user of this machine may draw on."""
    path = shutil.which("Xvfb")
    assert path is not None
    read_fd, write_fd = os.pipe()
    process = subprocess.Popen(
        [
            *(path, "-displayfd", str(write_fd), "-screen", "0", "1600x1000x24"),
            *("-nolisten", "tcp", "-noreset", "-ac"),
        ],
        pass_fds=[write_fd],
        stderr=subprocess.DEVNULL,
    )
    os.close(write_fd)
    with os.fdopen(read_fd) as told:
        number = told.readline().strip()
    yield f":{number}"
    process.terminate()
    process.wait()


@contextlib.contextmanager
def folder_of_ordinary_user() -> Iterator[Path]:
    """A folder that the ordinary user can be given."""
    path = Path(tempfile.mkdtemp(prefix="bt-user-"))
    yield path
    shutil.rmtree(path)


@contextlib.asynccontextmanager
async def window(
    folder: Path,
    display: str,
    *without: str,
    jail: Jail | None = None,
    relay_port: int = 9,
    content: str = "about:blank",
    started: list[EngineProcess] | None = None,
) -> AsyncIterator[tuple[Hub, str]]:
    """A hands-on window of an ordinary user, opened as the keeper does it, with all switches but some.

    The launcher of a jail becomes that user by itself; see `jails_of_ordinary_user`.
    """
    plan = replace(plan_for(folder, find_engines()[0]), screen=(("DISPLAY", display),))
    write_preferences(plan, folder)
    for entry in [folder, *folder.rglob("*")] if os.geteuid() == 0 else []:
        os.chown(entry, NOBODY, NOBODY)
    environ = {**environment(plan, os.environ), "HOME": str(folder)}
    first = switches(plan, browser_dir=str(folder), relay_port=relay_port, sandbox=True)

    async def start(arguments: list[str]) -> EngineProcess:
        kept = [word for word in arguments if word not in without]
        path, *words = [plan.engine.path, *kept]
        if jail is None:
            path, *words = as_ordinary_user([path, *words])
        return await start_engine(path, words, environ, cores=0, turn=0, jail=jail)

    process = await start(first)
    if started is not None:
        started.append(process)
    hub = Hub(process.write_fd, process.read_fd, Arming(plan.fingerprint))
    try:
        await hub.start()
        messenger = await start([*second_start(first), content])
        await messenger.wait()
        messenger.hang_up()
        async with asyncio.timeout(30):
            while not hub.pages:
                hub.page_changed.clear()
                await hub.page_changed.wait()
            page = next(iter(hub.pages))
            await until(lambda: acting.evaluate(hub, page, "innerHeight > 0"))
        yield hub, page
    finally:
        hub.close()
        await process.end(10, 5)


def engine_in(folder: Path) -> psutil.Process:
    """The browser that has a folder."""
    for process in psutil.process_iter():
        try:
            words = process.cmdline()
        except psutil.Error:
            continue
        if f"--user-data-dir={folder}" in words and not any(word.startswith("--type=") for word in words):
            return process
    raise AssertionError("the engine is not running")
