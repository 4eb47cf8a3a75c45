"""Jails as an ordinary user has them, jails that a system refuses, and a look around from inside one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.isolation.browser import jail, jailing, process
from tests.support.ordinary_user import as_ordinary_user, folder_of_ordinary_user

# Told on stderr, which is what the keeper reads of an engine.
LOOK = """
import json, os, socket, sys
def tries(work):
    try:
        return work() or "ok"
    except OSError as error:
        return type(error).__name__ + " " + str(error.errno)
def dial(host, port):
    socket.create_connection((host, port), 5).close()
def local(path):
    with socket.socket(socket.AF_UNIX) as it:
        it.settimeout(5)
        it.connect(path)
def bus(path):
    with socket.socket(socket.AF_UNIX) as it:
        it.settimeout(5)
        it.connect(path)
        it.sendall(b"\\0AUTH EXTERNAL " + str(os.getuid()).encode().hex().encode() + b"\\r\\n")
        return it.recv(100).decode().split()[0]
order = json.loads(sys.argv[1])
told = {name: tries(lambda: dial(*where)) for name, where in order["dial"].items()}
told |= {name: tries(lambda: local(path)) for name, path in order["local"].items()}
told |= {name: tries(lambda: bus(path)) for name, path in order["bus"].items()}
told["name"] = tries(lambda: socket.getaddrinfo("store.test", 80) and "found")
told["links"] = sorted(name for _, name in socket.if_nameindex())
told["routes"] = len(open("/proc/self/net/route").readlines()) - 1
told["uid"], told["cores"] = os.getuid(), len(os.sched_getaffinity(0))
told["fds"] = {}
for fd in range(3, 64):
    try:
        told["fds"][fd] = os.readlink(f"/proc/self/fd/{fd}").partition(":")[0]
    except OSError:
        pass
told["environment"] = sorted(os.environ)
told["caps"] = [line.split()[1] for line in open("/proc/self/status") if line.startswith("CapEff")][0]
print(json.dumps(told), file=sys.stderr)
"""


@contextmanager
def jails_of_ordinary_user(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Until the end every jail is made and entered by an ordinary user; the Python that this user may run."""
    with folder_of_ordinary_user() as folder:
        folder.chmod(0o755)
        python = _python_for_all()
        shutil.copy(jailing.__file__, folder / "jailing.py")
        words = as_ordinary_user([python, "-I", "-S", str(folder / "jailing.py")])
        _use(monkeypatch, words)
        yield python


@contextmanager
def jails_refused(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Until the end jails are asked of a system that allows no more user namespaces."""
    with jails_of_ordinary_user(monkeypatch):
        launcher = jail.launcher()
        python = launcher.index("-I") - 1
        nested = ["unshare", "--user", "--map-current-user", "--keep-caps", "sh", "-c", _NO_MORE, "sh"]
        _use(monkeypatch, [*launcher[:python], *nested, *launcher[python:]])
        yield


def system_without_networks() -> list[str]:
    """What to run a command under, so that its whole system makes no more network namespaces."""
    before = ["unshare", "--user", "--map-root-user"]
    if subprocess.run([*before, "true"], stderr=subprocess.DEVNULL, check=False).returncode:
        pytest.skip("no user namespaces here, so none without network namespaces")
    return [*before, "sh", "-c", 'echo 0 > /proc/sys/user/max_net_namespaces && exec "$@"', "sh"]


_NO_MORE = """echo 0 > /proc/sys/user/max_user_namespaces || exit 71
exec setpriv --ambient-caps=-all --inh-caps=-all "$@"
"""


def _use(monkeypatch: pytest.MonkeyPatch, words: list[str]) -> None:
    for module in (jail, process):
        monkeypatch.setattr(module, "launcher", lambda: list(words))


def _python_for_all() -> str:
    for path in (os.path.realpath(sys.executable), "/usr/bin/python3"):
        # Asked of test, since setpriv itself still may what root may when it looks for a program.
        if subprocess.run(as_ordinary_user(["/usr/bin/test", "-x", path]), check=False).returncode == 0:
            return path
    pytest.skip("an ordinary user may run no Python here")


def namespaces_held_by(pid: int) -> list[str]:
    """The namespaces that a process holds open without being in them."""
    found = []
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = str(entry.readlink())
        except OSError:
            continue
        if target.startswith(("net:[", "mnt:[", "user:[")):
            found.append(target)
    return found


def processes_in(network: str) -> list[int]:
    """Who is in a network namespace."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdecimal() and str((entry / "ns" / "net").readlink()) == network:
                found.append(int(entry.name))
        except OSError:
            continue
    return found
