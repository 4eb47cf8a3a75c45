"""The program that puts an engine behind bars: `make` builds a jail, `enter` becomes an engine inside it.

Berth starts it as a process of its own, since only a process with a single thread may change its namespaces.
It imports next to nothing, so that it starts in a few milliseconds: a window waits for it. Linux only.

A jail is a network namespace without a way out, and a mount namespace in which the sockets of name services,
which a network namespace would not stop, are hidden. Where Berth does not run as root, a user namespace with
the one own user is around both; browsers make their sandbox inside it as they do outside.
"""

from __future__ import annotations

import ctypes
import marshal
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing itself takes longer than all the rest
    import socket
    from collections.abc import Sequence

NEW_MOUNTS, NEW_USER, NEW_NETWORK = 0x00020000, 0x10000000, 0x40000000
FIRST_FD = 5  # of those that `enter` is given: the order, then the namespaces; 3 and 4 are the engine's pipe
NOT_STARTED = 126  # the exit code, as shells have it, for a program that cannot be executed
# Name services answer over these, past every network namespace. The person's own session stays: input
# methods, screen and sound are reached through it.
HIDDEN = ("/run/nscd", "/run/systemd/resolve", "/run/avahi-daemon", "/run/dbus")
# Browsers call themselves offline where nothing but loopback is up. This link leads nowhere, and its address
# is one that nobody has (RFC 5737).
LINK, ADDRESS = "berth0", "192.0.2.1"

_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_NOEXEC, _MS_REC, _MS_SLAVE = 1, 2, 4, 8, 0x4000, 0x80000
_SET_ADDRESS, _SET_FLAGS, _GET_FLAGS = 0x8916, 0x8914, 0x8913
_UP = 1
_NEW_LINK, _REQUEST_ACK_CREATE = 16, 0x0001 | 0x0004 | 0x0200 | 0x0400
_NAME, _ABOUT, _KIND, _DATA, _PEER = 3, 18, 1, 2, 1
_BACKLOG = 512
_SOCK_DIAG = 4
_STUCK = 70


class Stuck(Exception):
    """A step that this system does not allow, with its number."""

    def __init__(self, step: str, number: int) -> None:
        super().__init__(f"{step}: {os.strerror(number)}")
        self.step = step
        self.number = number


def main(words: Sequence[str]) -> int:
    """`make FD` sends a jail through a socket; `enter` follows the order in its first descriptor."""
    if list(words[:1]) == ["make"] and len(words) == 2:
        import socket

        with socket.socket(fileno=int(words[1])) as keeper:
            return _make(keeper)
    if list(words) == ["enter"]:
        return _enter()
    sys.stderr.write("--jail is how Berth starts browsers; it is not for people.\n")
    return 2


def _make(keeper: socket.socket) -> int:
    import json
    import socket

    try:
        spaces = ["net", "mnt"]
        if os.geteuid() != 0:
            _own_user()
            spaces.insert(0, "user")
        with _step("namespaces"):
            _call("unshare", NEW_NETWORK | NEW_MOUNTS)
        with _step("mounts"):
            _hide()
        with _step("links"):
            _links()
        with _step("listener"):
            listener = socket.create_server(("127.0.0.1", 0), backlog=_BACKLOG)
            asker = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _SOCK_DIAG)
    except Stuck as stuck:
        keeper.send(json.dumps({"step": stuck.step, "errno": stuck.number}).encode())
        return _STUCK
    files = [os.open(f"/proc/self/ns/{name}", os.O_RDONLY) for name in spaces]
    socket.send_fds(
        keeper, [json.dumps({"spaces": spaces}).encode()], [listener.fileno(), asker.fileno(), *files]
    )
    return 0


def _own_user() -> None:
    user, group = os.geteuid(), os.getegid()
    with _step("user"):
        _call("unshare", NEW_USER)
    with _step("map"):
        for name, text in (
            ("setgroups", "deny"),
            ("uid_map", f"{user} {user} 1"),
            ("gid_map", f"{group} {group} 1"),
        ):
            with open(f"/proc/self/{name}", "w") as file:  # noqa: PTH123
                file.write(text)


def _hide() -> None:
    # What is mounted outside later, a stick to download to, still comes in; nothing of ours goes out.
    _mount(None, "/", None, _MS_REC | _MS_SLAVE, None)
    for folder in {os.path.realpath(path) for path in HIDDEN}:
        if os.path.isdir(folder):  # noqa: PTH112
            flags = _MS_RDONLY | _MS_NOSUID | _MS_NODEV | _MS_NOEXEC
            _mount("none", folder, "tmpfs", flags, "size=0,mode=0755")


def _links() -> None:
    import fcntl
    import socket
    import struct

    _raise_link("lo")
    try:
        _add_link("dummy", b"")
    except OSError:  # a kernel without that module
        _add_link("veth", _attribute(_PEER, bytes(16) + _attribute(_NAME, b"berth1\0")))
        _raise_link("berth1")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        address = struct.pack("16sHH4s8x", LINK.encode(), socket.AF_INET, 0, socket.inet_aton(ADDRESS))
        fcntl.ioctl(any_socket, _SET_ADDRESS, address)
    _raise_link(LINK)


def _raise_link(name: str) -> None:
    import fcntl
    import socket
    import struct

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        before = fcntl.ioctl(any_socket, _GET_FLAGS, struct.pack("16sH22x", name.encode(), 0))
        flags = struct.unpack_from("H", before, 16)[0] | _UP
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sH22x", name.encode(), flags))


def _add_link(kind: str, data: bytes) -> None:
    import socket
    import struct

    about = _attribute(_KIND, kind.encode()) + (_attribute(_DATA, data) if data else b"")
    body = bytes(16) + _attribute(_NAME, LINK.encode() + b"\0") + _attribute(_ABOUT, about)
    head = struct.pack("=IHHII", 16 + len(body), _NEW_LINK, _REQUEST_ACK_CREATE, 1, 0)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as kernel:
        kernel.send(head + body)
        error = -struct.unpack_from("=i", kernel.recv(4096), 16)[0]
    if error:
        raise OSError(error, os.strerror(error))


def _attribute(kind: int, value: bytes) -> bytes:
    size = 4 + len(value)
    return size.to_bytes(2, sys.byteorder) + kind.to_bytes(2, sys.byteorder) + value + bytes(-size % 4)


def _enter() -> int:
    with os.fdopen(FIRST_FD, "rb") as file:
        order = marshal.loads(file.read())  # noqa: S302 - from our own keeper, in memory
    here = os.getcwd()  # noqa: PTH109
    for fd, kind in order["spaces"]:
        _call("setns", fd, kind)
        os.close(fd)
    try:  # noqa: SIM105 - contextlib would be another import
        os.chdir(here)
    except OSError:
        pass  # it has gone meanwhile; a browser does not mind
    try:
        os.execve(order["path"], order["words"], order["environment"])  # noqa: S606 - no shell is meant
    except OSError:
        return NOT_STARTED


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)  # not at import, which other systems do too


def _call(name: str, *words: int) -> None:
    if getattr(_libc(), name)(*words) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _mount(source: str | None, target: str, kind: str | None, flags: int, options: str | None) -> None:
    words = [None if word is None else os.fsencode(word) for word in (source, target, kind)]
    options_or_none = None if options is None else options.encode()
    if _libc().mount(*words, ctypes.c_ulong(flags), options_or_none) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), target)


class _step:  # noqa: N801 - used as a statement
    """Names the step in which a system said no."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None: ...

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, OSError):
            raise Stuck(self._name, error.errno or 0) from error


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
