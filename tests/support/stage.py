"""A whole Berth on a stage: real vault, real keeper, real browser, and the local internet around it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import psutil

from app.demo.internet import LocalInternet, LocalInternetThread, LocalProxy, Report
from app.isolation.checks import Preflight
from app.isolation.keeper.client import KeeperClient
from app.isolation.network.proxy_string import write
from app.isolation.opening import Opened
from app.isolation.profile import Profile
from app.kernel.clock import SystemClock
from app.kernel.events import EventHub
from app.kernel.paths import Paths
from app.vault.kdf import FLOOR_KDF
from app.vault.vault import OpenVault, Vault
from app.workspace import Workspace, build, migrations
from tests.support.vaults import PASSPHRASE

T = TypeVar("T")
LIMIT_S = 30.0
ROOT = Path(__file__).resolve().parents[2]


class Stage:
    """What a test of windows works with. Every profile it makes starts at the sample store."""

    def __init__(self, paths: Paths, internet: LocalInternetThread, opened: OpenVault) -> None:
        self.paths = paths
        self.internet = internet
        self.net: LocalInternet = internet.net
        self.opened = opened
        self.work: Workspace = build(paths, SystemClock(), opened)
        self.work.settings.set("network.echo_urls", self.net.echo_url)

    def make(self, name: str, proxy: LocalProxy | str | None = None, *values: tuple[str, str]) -> Profile:
        """A profile for the country of its proxy's exit; American and behind the HTTP proxy by default."""
        proxy = proxy or self.net.http_proxy
        is_german = proxy is self.net.socks_proxy
        return self.work.isolation.profiles.new(
            name,
            template="amazon-de" if is_german else "tiktok-shop-us",
            proxy=proxy if isinstance(proxy, str) else write(proxy.upstream),
            values=[("start_pages", self.net.store_url), *values],
        )

    def open(self, name: str, *urls: str, **how: Any) -> Opened:
        """Opens a window, green or not."""
        return self.work.isolation.opening.open_window(name, urls=urls, **how)

    def open_store(self, name: str, run: str) -> Opened:
        """Opens a window that must be green, and waits until the store's page has told what it saw."""
        opened = self.open(name, self.store(run))
        assert opened.is_open, reds(opened.preflight)
        self.report(run)
        return opened

    def store(self, run: str) -> str:
        """The sample store's address; its page posts what it sees under this run's name."""
        return f"{self.net.store_url}?run={run}"

    def hand_over_to_commands(self) -> None:
        """Locks the vault, so that `berth` commands in processes of their own can have it."""
        self.opened.lock()

    def command(self, *words: str, **how: Any) -> subprocess.Popen[str]:
        """Starts a `berth` command in a process of its own, its output in pipes."""
        passphrase = self.paths.data.parent / "passphrase"
        passphrase.write_text(PASSPHRASE.reveal())
        passphrase.chmod(0o600)
        return subprocess.Popen(
            [sys.executable, "-m", "app", *words],
            cwd=ROOT,
            env={**os.environ, "BERTH_PASSPHRASE_FILE": str(passphrase)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **how,
        )

    def run(self, *words: str) -> tuple[int, list[Any], str]:
        """Runs a `berth` command with --json: its exit code, its JSON lines and what it said beside."""
        process = self.command(*words, "--json")
        out, err = process.communicate(timeout=LIMIT_S * 2)
        return process.returncode, [json.loads(line) for line in out.splitlines()], err

    def report(self, run: str, wanted: Callable[[Report], bool] = lambda _: True) -> Report:
        """The last report of a run that fits, as soon as there is one."""

        def look() -> Report | None:
            return next((report for report in reversed(self.net.reports(run)) if wanted(report)), None)

        return until(look)

    def sign_in(self, opened: Opened, customer: str, run: str) -> Report:
        """Signs in to the store in a window as a person would, and returns what the page saw then."""
        with self.keeper() as keeper:
            keeper.type_into(opened.profile.id, self.net.store_url, "input[name=name]", customer, enter=True)
        return self.report(run, lambda report: report.facts.get("signed_in_as") == customer)

    @contextmanager
    def keeper(self) -> Iterator[KeeperClient]:
        """A connection to the running keeper."""
        client = KeeperClient.find(self.paths)
        assert client is not None, "no keeper is running"
        with client:
            yield client

    def keeper_process(self) -> psutil.Process:
        """The keeper itself."""
        for process in psutil.process_iter():
            try:
                words = process.cmdline()
            except psutil.Error:
                continue
            if "--keeper" in words and str(self.paths.data) in words:
                return process
        raise AssertionError("no keeper is running")

    def states(self) -> dict[str, str]:
        """What every window is doing, by its profile's name."""
        from app.isolation.keeper.client import windows_and_crashes

        return {window["name"]: window["state"] for window in windows_and_crashes(self.paths)}


@contextmanager
def stage_at(paths: Paths) -> Iterator[Stage]:
    """A stage in a data folder; at the end every window is closed and the vault locked."""
    with ExitStack() as stack:
        internet = stack.enter_context(LocalInternetThread())
        vault = Vault(paths, SystemClock(), migrations(), EventHub())
        vault.create(PASSPHRASE, kdf=FLOOR_KDF)
        stage = Stage(paths, internet, stack.enter_context(vault.unlock(PASSPHRASE, via="test")))
        stack.callback(_close_all, paths)
        yield stage


def until(look: Callable[[], T | None], limit_s: float = LIMIT_S) -> T:
    """What `look` finds, as soon as it finds something."""
    ends = time.monotonic() + limit_s
    while time.monotonic() < ends:
        found = look()
        if found is not None and found is not False:
            return found
        time.sleep(0.02)
    raise AssertionError(f"waited {limit_s} s in vain for {look}")


def reds(preflight: Preflight) -> list[str]:
    """The red checks, in words."""
    return [f"{check.id}: {check.message.english()}" for check in preflight.stops(only_this_once=False)]


def _close_all(paths: Paths) -> None:
    client = KeeperClient.find(paths)
    if client is not None:
        with client:
            client.close_windows()
