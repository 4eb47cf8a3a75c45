"""A jail for one window: a network whose only door is a listener, made inside and served from outside.

`jailing` is the program that does the work; here is the keeper's side of it.
"""

from __future__ import annotations

import errno
import json
import marshal
import os
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from app.isolation.browser import jailing
from app.isolation.browser.problems import NoJail
from app.kernel.text import Text, say

if sys.platform != "win32":
    import fcntl

_LIMIT_S = 10.0
_MESSAGE_BYTES = 4096
_MOST_FDS = 5
_LOWEST_FD = 20  # above those that an engine is given
_KINDS = {"user": jailing.NEW_USER, "net": jailing.NEW_NETWORK, "mnt": jailing.NEW_MOUNTS}
_SYSTEM = Path("/proc/sys")


class Jail:
    """Its door, a listening socket, and descriptors that hold its namespaces while no process is inside.

    `asker` is a netlink socket for questions about the sockets inside.
    """

    def __init__(self, listener: socket.socket, asker: socket.socket, spaces: Mapping[str, int]) -> None:
        self.listener = listener
        self.asker = asker
        self._spaces = dict(spaces)

    def holds(self, pid: int) -> bool:
        """Whether a process is really in this jail's network."""
        try:
            theirs = os.stat(f"/proc/{pid}/ns/net")  # noqa: PTH116 - a link that only the system can follow
        except OSError:
            return False
        ours = os.fstat(self._spaces["net"])
        return (theirs.st_dev, theirs.st_ino) == (ours.st_dev, ours.st_ino)

    def order(self, path: str, words: Sequence[str], environment: Mapping[str, str]) -> list[int]:
        """Descriptors for `jailing enter`, to be given to it from its first one on; close the first after.

        In memory and not on a command line, which others can read: an environment may hold anything.
        """
        given = enumerate(self._spaces, jailing.FIRST_FD + 1)
        order = {
            "path": path,
            "words": [path, *words],
            "environment": dict(environment),
            "spaces": [(fd, _KINDS[name]) for fd, name in given],
        }
        file = _lifted(os.memfd_create("berth-order"))
        os.write(file, marshal.dumps(order))
        os.lseek(file, 0, os.SEEK_SET)
        return [file, *self._spaces.values()]

    def close(self) -> None:
        """Lets go of it; it ends with its last process. More than once is as good as once."""
        self.listener.close()
        self.asker.close()
        while self._spaces:
            os.close(self._spaces.popitem()[1])


def launcher() -> list[str]:
    """The command that starts `jailing`, without its own words."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "--jail"]
    # By its file, past everything that a Python program usually loads first.
    return [sys.executable, "-I", "-S", jailing.__file__]


def make_jail(screen: Mapping[str, str]) -> Jail:
    """A new, empty jail for a window on that screen. Blocking: some 50 ms. Raises NoJail."""
    if (reason := _unfit(screen)) is not None:
        raise NoJail(reason)
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            try:
                process = subprocess.Popen(
                    [*launcher(), "make", str(theirs.fileno())],
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            except OSError as error:
                raise NoJail(_why("start", error.errno or 0)) from error
        try:
            told, files = _received(ours)
        finally:
            process.kill()  # it has nothing left to do
            process.wait()
    if "spaces" not in told:
        raise NoJail(_why(str(told.get("step")), int(told.get("errno", 0))))
    door, asker, *spaces = (_lifted(file) for file in files)
    return Jail(
        socket.socket(fileno=door),
        socket.socket(fileno=asker),
        dict(zip(told["spaces"], spaces, strict=True)),
    )


def why_no_jail(screen: Mapping[str, str]) -> Text | None:
    """Why windows of this machine get no jail; None where they do. Makes one to find out. Blocking."""
    try:
        make_jail(screen).close()
    except NoJail as problem:
        return problem.text
    return None


def _received(ours: socket.socket) -> tuple[dict[str, Any], list[int]]:
    ours.settimeout(_LIMIT_S)
    try:
        message, files, _, _ = socket.recv_fds(ours, _MESSAGE_BYTES, _MOST_FDS, socket.MSG_CMSG_CLOEXEC)
    except OSError:
        return {}, []
    return json.loads(message) if message else {}, files


def _unfit(screen: Mapping[str, str]) -> Text | None:
    """What no namespace would let through, though a window needs it."""
    if not sys.platform.startswith("linux"):
        return say("Only Linux can give a browser a network of its own.")
    display = screen.get("DISPLAY", "")
    if display and not display.startswith((":", "unix:")) and not screen.get("WAYLAND_DISPLAY"):
        return say("The screen {display} is reached over the network.", display=display)
    if screen.get("DBUS_SESSION_BUS_ADDRESS", "").startswith(("unix:abstract=", "tcp:")):
        return say("The session's message bus, which Chinese input needs, could not be reached from inside.")
    return None


def _why(step: str, number: int) -> Text:
    if _reads(_SYSTEM / "kernel" / "apparmor_restrict_unprivileged_userns") == "1" and number in _FORBIDDEN:
        return say("AppArmor restricts user namespaces on this system.")
    if step == "user" and number == errno.ENOSPC:
        return say("This system allows no more user namespaces (user.max_user_namespaces).")
    if step == "namespaces" and number == errno.ENOSPC:
        return say("This system allows no more network namespaces (user.max_net_namespaces).")
    if step in ("user", "map") and number in _FORBIDDEN:
        return say("This system keeps user namespaces from ordinary programs.")
    if number in _FORBIDDEN:
        return say("This system, perhaps a container, allows no network namespaces.")
    if step == "links":
        return say("The kernel has neither dummy nor veth network links.")
    facts = {"step": step, "error": os.strerror(number) if number else "?"}
    return say("A network of its own could not be made ({step}: {error}).", **facts)


_FORBIDDEN = frozenset({errno.EPERM, errno.EACCES})


def _reads(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""


def _lifted(fd: int) -> int:
    high = fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, _LOWEST_FD)
    os.close(fd)
    return high
