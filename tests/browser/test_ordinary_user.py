"""As an ordinary user: the browser's sandbox is on, and no bar warns of anything."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from app.isolation.browser import acting
from app.isolation.browser.arming import Arming
from app.isolation.browser.engines import find_engines
from app.isolation.browser.hub import Hub
from app.isolation.browser.preferences import write_preferences
from app.isolation.browser.process import start_engine
from app.isolation.browser.switches import environment, second_start, switches
from tests.support.plans import plan_for

NOBODY = 65534
CONTENT = "about:blank"


@pytest.fixture(scope="module")
def shared_screen() -> Iterator[str]:
    """A virtual screen that every user of this machine may draw on."""
    path = shutil.which("Xvfb")
    assert path is not None
    read_fd, write_fd = os.pipe()
    process = subprocess.Popen(
        [
            path,
            "-displayfd",
            str(write_fd),
            "-screen",
            "0",
            "1600x1000x24",
            "-nolisten",
            "tcp",
            "-noreset",
            "-ac",
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


@pytest.fixture
def folder() -> Iterator[Path]:
    """A profile folder that belongs to the ordinary user."""
    path = Path(tempfile.mkdtemp(prefix="bt-user-"))
    yield path
    shutil.rmtree(path)


def _as_ordinary_user(words: list[str]) -> tuple[str, list[str]]:
    """A command that runs as nobody when we are root; setpriv replaces itself, so pipe and pid stay."""
    if os.geteuid() != 0:
        return words[0], words[1:]
    return "/usr/bin/setpriv", [f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *words]


@asynccontextmanager
async def window(folder: Path, display: str, *without: str) -> AsyncIterator[tuple[Hub, str]]:
    """A hands-on window of an ordinary user, opened as the keeper does it, with all switches but some."""
    plan = replace(plan_for(folder, find_engines()[0]), screen=(("DISPLAY", display),))
    write_preferences(plan, folder)
    for entry in [folder, *folder.rglob("*")] if os.geteuid() == 0 else []:
        os.chown(entry, NOBODY, NOBODY)
    environ = {**environment(plan, os.environ), "HOME": str(folder)}
    first = switches(plan, browser_dir=str(folder), relay_port=9, sandbox=True)
    path, words = _as_ordinary_user([plan.engine.path, *(word for word in first if word not in without)])
    process = await start_engine(path, words, environ, cores=0, turn=0)
    hub = Hub(process.write_fd, process.read_fd, Arming(plan.fingerprint))
    try:
        await hub.start()
        second = [word for word in second_start(first) if word not in without]
        path, words = _as_ordinary_user([plan.engine.path, *second, CONTENT])
        messenger = await start_engine(path, words, environ, cores=0, turn=0)
        await messenger.wait()
        messenger.hang_up()
        while not hub.pages:
            hub.page_changed.clear()
            await asyncio.wait_for(hub.page_changed.wait(), 20)
        page = next(iter(hub.pages))
        while not await acting.evaluate(hub, page, "innerHeight > 0"):
            await asyncio.sleep(0.02)
        yield hub, page
    finally:
        hub.close()
        await process.end(10, 5)


async def _bars_px(hub: Hub, page: str) -> int:
    """Height of everything above the page, once it has stopped changing."""
    last, same = -1, 0
    while same < 10:
        height = int(await acting.evaluate(hub, page, "outerHeight - innerHeight"))
        same = same + 1 if height == last else 0
        last = height
        await asyncio.sleep(0.05)
    return last


async def test_the_sandbox_is_on_and_no_bar_is_shown(shared_screen: str, folder: Path) -> None:
    async with window(folder, shared_screen) as (hub, page):
        quiet = await _bars_px(hub, page)
        engine = psutil.Process(_engine_pid(folder))
        lines = [" ".join(process.cmdline()) for process in [engine, *engine.children(recursive=True)]]
        webdriver = await acting.evaluate(hub, page, "navigator.webdriver")
        uids = set(engine.uids())
    async with window(folder, shared_screen, "--test-type") as (hub, page):
        with_bar = await _bars_px(hub, page)

    assert webdriver is False
    assert not any("--no-sandbox" in line for line in lines)
    assert uids == {NOBODY if os.geteuid() == 0 else os.geteuid()}
    assert with_bar > quiet + 20, "the control: without that switch a bar does appear"


def _engine_pid(folder: Path) -> int:
    for process in psutil.process_iter():
        try:
            words = process.cmdline()
        except psutil.Error:
            continue
        if f"--user-data-dir={folder}" in words and not any(word.startswith("--type=") for word in words):
            return process.pid
    raise AssertionError("the engine is not running")
