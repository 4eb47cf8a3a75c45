"""A Berth whose keeper, relays and browsers live in the lab: only the face, which sends nothing, does not."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psutil

from app.demo.internet import LocalProxy
from app.isolation.browser.engines import Engine, find_engines
from app.isolation.keeper.client import KeeperClient
from app.isolation.network.proxy_string import write
from app.isolation.opening import Opened
from app.kernel.clock import SystemClock
from app.kernel.events import EventHub
from app.kernel.paths import Paths, private_folder
from app.vault.kdf import FLOOR_KDF
from app.vault.vault import OpenVault, Vault
from app.workspace import build, migrations
from tests.support.lab.internet import ECHO_URL, LabInternet
from tests.support.lab.namespaces import network_called, network_of
from tests.support.stage import ROOT, reds, until
from tests.support.vaults import PASSPHRASE

# What keeps packets on the relay besides the proxy itself; the jail has to do without.
HARDENING = (
    "--host-resolver-rules",
    "--disable-quic",
    "--webrtc-ip-handling-policy",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
)
_ENGINE = """#!{python}
import json, os, sys
words = [word for word in sys.argv[1:] if not word.startswith({without!r})]
folder = next((word.partition("=")[2] for word in words if word.startswith("--user-data-dir=")), "")
path = os.path.join(folder, "Default", "Preferences")
if {without!r} and "--no-startup-window" in words:
    with open(path) as file:
        settings = json.load(file)
    for name in ("webrtc", "net", "alternate_error_pages"):
        settings.pop(name, None)
    with open(path, "w") as file:
        json.dump(settings, file)
os.execv({real!r}, [{real!r}, *words, "--ignore-certificate-errors-spki-list={key_hash}"])
"""


class LabBerth:
    """A vault, a keeper inside the lab, and stores that open there."""

    def __init__(self, paths: Paths, namespace: str, lab: LabInternet, opened: OpenVault, pid: int) -> None:
        self.paths = paths
        self.lab = lab
        self.downloads = paths.data.parent / "downloads"
        self.work = build(paths, SystemClock(), opened)
        self.work.settings.set("network.echo_urls", ECHO_URL)
        self.work.settings.set("network.probe_timeout_s", 5)
        self._network = network_called(namespace)
        self._keeper_pid = pid

    def make(self, name: str, proxy: LocalProxy, *values: tuple[str, str]) -> None:
        """A store behind one of the lab's proxies; what it downloads lands in the test's own folder."""
        private_folder(self.downloads)
        self.work.isolation.profiles.new(
            name, proxy=write(proxy.upstream), values=[("downloads", str(self.downloads)), *values]
        )

    def open(self, name: str, engine: Engine, *urls: str) -> Opened:
        """Opens a window, green or not; it and its keeper must be in the lab."""
        opened = self.work.isolation.opening.open_window(name, urls=urls, engines=(engine,))
        with self.keeper() as keeper:
            assert keeper._pid == self._keeper_pid, "another keeper has taken over"
        assert network_of(self._keeper_pid) == self._network, "the keeper is not in the lab"
        return opened

    def open_green(self, name: str, engine: Engine, *urls: str) -> Opened:
        """Opens a window that must be green."""
        opened = self.open(name, engine, *urls)
        assert opened.is_open, reds(opened.preflight)
        return opened

    def report(self, run: str) -> dict[str, Any]:
        """What the page that tries everything told, as soon as it has."""
        told: dict[str, Any] = until(lambda: self.lab.reports.get(run), 60)
        return told

    @contextlib.contextmanager
    def keeper(self) -> Iterator[KeeperClient]:
        """A connection to the keeper."""
        client = KeeperClient.find(self.paths)
        assert client is not None, "the keeper has ended"
        with client:
            yield client

    def close(self) -> None:
        """Closes every window."""
        with self.keeper() as keeper:
            keeper.close_windows()


@contextlib.contextmanager
def berth_in(namespace: str, lab: LabInternet, paths: Paths) -> Iterator[LabBerth]:
    """A Berth in the lab; at the end every window is closed and the keeper gone."""
    private_folder(paths.data)
    vault = Vault(paths, SystemClock(), migrations(), EventHub())
    vault.create(PASSPHRASE, kdf=FLOOR_KDF)
    keeper = subprocess.Popen(
        [
            *(*_in(namespace), sys.executable, "-m", "app", "--keeper"),
            *(str(paths.data), str(paths.state), str(paths.runtime)),
        ],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        # As long as somebody is connected it stays.
        with until(lambda: KeeperClient.find(paths)) as held, vault.unlock(PASSPHRASE, via="test") as opened:
            yield LabBerth(paths, namespace, lab, opened, keeper.pid)
            held.close_windows()
        keeper.wait(30)
    finally:
        if keeper.poll() is None:
            keeper.kill()
            keeper.wait()


def engine_for(folder: Path, lab: LabInternet, *, without: Sequence[str] = ()) -> Engine:
    """The real browser, trusting the lab's certificate; without some switches and their settings."""
    real = find_engines()[0]
    path = folder / ("bare-engine" if without else "engine")
    path.write_text(
        _ENGINE.format(python=sys.executable, without=tuple(without), real=real.path, key_hash=lab.key_hash)
    )
    path.chmod(0o755)
    return Engine("chromium", "custom", real.version, str(path))


@contextlib.contextmanager
def bare_engine(namespace: str, lab: LabInternet, folder: Path, url: str) -> Iterator[None]:
    """The same browser without Berth: no proxy, no switches but those that it needs to run here."""
    process = subprocess.Popen(
        [
            *_in(namespace),
            find_engines()[0].path,
            f"--user-data-dir={folder}",
            *(("--no-sandbox",) if os.geteuid() == 0 else ()),
            "--no-first-run",
            f"--ignore-certificate-errors-spki-list={lab.key_hash}",
            url,
        ],
        env={**os.environ, "HOME": str(folder)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        below = psutil.Process(process.pid).children(recursive=True)
        process.terminate()
        for child in below:
            with contextlib.suppress(psutil.Error):
                child.wait(20)
        process.wait()


def _in(namespace: str) -> list[str]:
    return ["ip", "netns", "exec", namespace]
