"""Whether a connection to the relay comes from the engine's own processes."""

from __future__ import annotations

import contextlib
import os
import socket
import struct
import sys
from collections.abc import Callable, Iterator, Sequence

import psutil

_TABLES = ("net/tcp", "net/tcp6")
_LOOPBACK = ("0100007F", "0000000000000000FFFF00000100007F")

# linux/sock_diag.h and linux/inet_diag.h: one question about one socket, in place of a whole table.
_NETLINK_SOCK_DIAG, _BY_FAMILY, _REQUEST, _LISTENS = 4, 20, 1, 10
_QUESTION = struct.Struct("=IHHII BBBBI 2s2s16s16sI8s")
_ANSWER = struct.Struct("=IHHII xB2x48x16x I")


class EnginePeers:
    """Knows the process tree of one engine. Before `follow` nobody belongs to it.

    Threads: any; the relay asks on worker threads, since a look through /proc takes milliseconds.
    """

    def __init__(self, listen_port: Callable[[], int]) -> None:
        self._listen_port = listen_port
        self._root: psutil.Process | None = None
        self._network_pid = 0
        self._sockets = _Sockets()

    def follow(self, pid: int, *, has_own_network: bool = False, asker: socket.socket | None = None) -> None:
        """From now on the processes below `pid`, and itself, are the engine's.

        `has_own_network`: they are in another network than we, which has other tables; `asker` is a netlink
        socket that was made there, and spares reading them.
        """
        self._network_pid = 0
        self._sockets = _Sockets(f"/proc/{pid}", asker) if has_own_network else _Sockets()
        try:
            self._root = psutil.Process(pid)  # remembers its start time, so a reused pid is no engine
        except psutil.Error:
            self._root = None

    def owns(self, peer_port: int) -> bool:
        """Whether the socket that connected from this loopback port is held by the engine."""
        root = self._root
        if root is None or not root.is_running():
            return False
        if sys.platform == "linux":
            return self._owns_by_proc(root, peer_port)
        return self._owns_by_psutil(root, peer_port)

    def _owns_by_proc(self, root: psutil.Process, peer_port: int) -> bool:
        inode = self._sockets.inode(peer_port, self._listen_port())
        if not inode:
            return False
        if self._network_pid and _holds(self._network_pid, inode) and _is_below(self._network_pid, root.pid):
            return True
        for pid in _tree(root.pid):
            if _holds(pid, inode):
                self._network_pid = pid
                return True
        return False

    def _owns_by_psutil(self, root: psutil.Process, peer_port: int) -> bool:
        here = self._listen_port()
        try:
            processes = [root, *root.children(recursive=True)]
        except psutil.Error:
            return False
        processes.sort(key=lambda process: process.pid != self._network_pid)
        for process in processes:
            with contextlib.suppress(psutil.Error):
                for link in process.net_connections(kind="tcp"):
                    ends = (link.laddr[1:], link.raddr[1:])
                    if ends == ((peer_port,), (here,)):
                        self._network_pid = process.pid
                        return True
        return False


def socket_inode(peer_port: int, listen_port: int) -> str:
    """The inode of the loopback socket that connected from one port to the other, or an empty text."""
    return _Sockets().inode(peer_port, listen_port)


class _Sockets:
    """Looks sockets up in a network: in ours, or in a process's of its own, best by a socket made there."""

    def __init__(self, process: str = "/proc", asker: socket.socket | None = None) -> None:
        self._process = process
        self._asker = asker
        self._is_ours = process == "/proc"
        self._asked = 0

    def inode(self, peer_port: int, listen_port: int) -> str:
        """The inode of the loopback socket that connected from one port to the other, or an empty text."""
        try:
            found = self._ask(peer_port, listen_port)
        except OSError:  # not in this kernel or sandbox
            found = None
        return _inode_by_table(peer_port, listen_port, self._process) if found is None else found

    def _ask(self, peer_port: int, listen_port: int) -> str | None:
        if self._asker is not None:
            return self._inode_by_netlink(self._asker, peer_port, listen_port)
        if not self._is_ours:
            return None
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_SOCK_DIAG) as asker:
            return self._inode_by_netlink(asker, peer_port, listen_port)

    def _inode_by_netlink(self, asker: socket.socket, peer_port: int, listen_port: int) -> str | None:
        """None when the kernel does not tell and a table has to. Raises OSError."""
        here = socket.inet_aton("127.0.0.1").ljust(16, b"\0")
        ports = peer_port.to_bytes(2, "big"), listen_port.to_bytes(2, "big")
        no_cookie, any_state = b"\xff" * 8, 0xFFFFFFFF
        self._asked += 1
        question = _QUESTION.pack(
            _QUESTION.size, _BY_FAMILY, _REQUEST, self._asked, 0,
            socket.AF_INET, socket.IPPROTO_TCP, 0, 0, any_state,
            *ports, here, here, 0, no_cookie,
        )  # fmt: skip
        asker.settimeout(1.0)
        asker.send(question)
        while True:
            answer = asker.recv(4096)
            if int.from_bytes(answer[8:12], sys.byteorder) == self._asked:  # not one that came too late
                break
        if len(answer) < _ANSWER.size:
            return None
        _, kind, _, _, _, state, inode = _ANSWER.unpack_from(answer)
        if kind != _BY_FAMILY:  # no such socket in that family, and an IPv6 socket may speak IPv4
            return None
        # Where there is no such connection, the kernel offers whoever listens on that port.
        return str(inode) if inode and state != _LISTENS else ""


def _inode_by_table(peer_port: int, listen_port: int, process: str = "/proc") -> str:
    local, remote = f":{peer_port:04X}", f":{listen_port:04X}"
    for table in _TABLES:
        path = f"{process}/{table}"
        with contextlib.suppress(OSError), open(path, encoding="ascii") as file:  # noqa: PTH123 - quickest
            for line in file:
                fields = line.split(None, 10) if local in line else ()
                if (
                    fields
                    and fields[1].endswith(local)
                    and fields[2].endswith(remote)
                    and _is_loopback(fields)
                ):
                    return fields[9] if fields[9] != "0" else ""
    return ""


def _is_loopback(fields: Sequence[str]) -> bool:
    return fields[2].rsplit(":", 1)[0] in _LOOPBACK


def _holds(pid: int, inode: str) -> bool:
    wanted, folder = f"socket:[{inode}]", f"/proc/{pid}/fd"
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    if os.readlink(entry.path) == wanted:  # noqa: PTH115 - hundreds of times a connection
                        return True
    except OSError:
        return False
    return False


def _tree(root: int) -> Iterator[int]:
    """The process and everything below it, the top first."""
    waiting, seen = [root], {root}
    while waiting:
        pid = waiting.pop(0)
        yield pid
        for child in _children(pid):
            if child not in seen:
                seen.add(child)
                waiting.append(child)


def _children(pid: int) -> list[int]:
    found: list[int] = []
    try:
        threads = os.listdir(f"/proc/{pid}/task")  # noqa: PTH208
    except OSError:
        return found
    for thread in threads:
        path = f"/proc/{pid}/task/{thread}/children"
        with contextlib.suppress(OSError, ValueError), open(path, encoding="ascii") as file:  # noqa: PTH123
            found += [int(child) for child in file.read().split()]
    return found


def _is_below(pid: int, root: int) -> bool:
    for _ in range(64):
        if pid == root:
            return True
        if pid <= 1:
            return False
        pid = _parent(pid)
    return False


def _parent(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:  # noqa: PTH123
            return int(file.read().rpartition(")")[2].split()[1])
    except (OSError, ValueError, IndexError):
        return 0
