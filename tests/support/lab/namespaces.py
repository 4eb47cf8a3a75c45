"""Two network namespaces joined by one cable: a machine, and the internet it is connected to."""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
_CLONE_NEWNET = 0x40000000
_FOLDER = Path("/run/netns")
_libc = ctypes.CDLL(None, use_errno=True)

# Addresses that look public, as a relay passes nothing else; nothing of them leaves the two namespaces.
MACHINE = "10.77.0.2"
ROUTER = "10.77.0.1"
ROUTER_V6 = "fd77::1"
SITE = "45.33.7.10"
SITE_V6 = "2606:4700:7777::10"
PROXY = "45.33.9.1"
CABLE = "lab0"


@dataclass(frozen=True, slots=True)
class Namespaces:
    """Names of the two, as `ip netns` knows them."""

    machine: str
    internet: str


def why_not() -> str:
    """Why no such namespaces can be made here; empty when they can."""
    if os.geteuid() != 0:
        return "only root may lay a cable between two network namespaces"
    if shutil.which("ip") is None:
        return "the program ip is missing (Debian: apt install iproute2)"
    try:
        with two_namespaces():
            return ""
    except subprocess.CalledProcessError as error:
        return f"no network namespaces here: {error.stderr.strip()}"


@contextlib.contextmanager
def two_namespaces() -> Iterator[Namespaces]:
    """A machine whose every way leads over one cable, and at its other end all addresses of the lab."""
    spaces = Namespaces(f"berth-lab-{os.getpid()}-in", f"berth-lab-{os.getpid()}-out")
    # What `ip netns exec` puts in the place of /etc/resolv.conf.
    resolver = Path("/etc/netns") / spaces.machine
    try:
        for name in (spaces.machine, spaces.internet):
            _ip("netns", "add", name)
        _ip(
            *("link", "add", CABLE, "netns", spaces.machine, "type", "veth"),
            *("peer", "name", CABLE, "netns", spaces.internet),
        )
        for name in (spaces.machine, spaces.internet):
            _ip("-n", name, "link", "set", "lo", "up")
            _ip("-n", name, "link", "set", CABLE, "up")
        _ip("-n", spaces.machine, "addr", "add", f"{MACHINE}/24", "dev", CABLE)
        _ip("-n", spaces.machine, "addr", "add", "fd77::2/64", "dev", CABLE, "nodad")
        _ip("-n", spaces.internet, "addr", "add", f"{ROUTER}/24", "dev", CABLE)
        _ip("-n", spaces.internet, "addr", "add", f"{ROUTER_V6}/64", "dev", CABLE, "nodad")
        _ip("-n", spaces.machine, "route", "add", "default", "via", ROUTER)
        _ip("-n", spaces.machine, "-6", "route", "add", "default", "via", ROUTER_V6)
        for address in (f"{SITE}/32", f"{PROXY}/32", f"{SITE_V6}/128"):
            _ip("-n", spaces.internet, "addr", "add", address, "dev", "lo")
        resolver.mkdir(parents=True)
        (resolver / "resolv.conf").write_text(f"nameserver {ROUTER}\n")
        yield spaces
    finally:
        for name in (spaces.machine, spaces.internet):
            subprocess.run(["ip", "netns", "del", name], check=False, stderr=subprocess.DEVNULL)
        shutil.rmtree(resolver, ignore_errors=True)
        with contextlib.suppress(OSError):  # somebody else's is in it, or it was never made
            resolver.parent.rmdir()


def enter(name: str) -> None:
    """Moves the calling thread, and nothing else, into a namespace."""
    with (_FOLDER / name).open("rb") as file:
        if _libc.setns(file.fileno(), _CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), f"cannot enter {name}")


def inside(name: str, make: Callable[[], T]) -> T:
    """What a call makes inside a namespace: sockets stay in the one where they were made."""
    made: list[T] = []

    def run() -> None:
        enter(name)
        made.append(make())

    thread = threading.Thread(target=run, name="berth-lab-maker")
    thread.start()
    thread.join()
    return made[0]


def network_of(pid: int) -> str:
    """Which network namespace a process is in."""
    return str(Path(f"/proc/{pid}/ns/net").readlink())


def network_called(name: str) -> str:
    """The same for a namespace by its name."""
    return f"net:[{(_FOLDER / name).stat().st_ino}]"


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True)
