"""Where a keeper and its faces meet: a socket in a private folder, and a key that only this user can read."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import socket
import stat
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection, Listener, answer_challenge, deliver_challenge
from pathlib import Path

from app.kernel.errors import FolderNotWritable, Problem, storage_problem
from app.kernel.files import FileLock, write_whole
from app.kernel.paths import Paths, private_folder
from app.kernel.text import say

_KEY_BYTES = 32
_BACKLOG = 64
_LARGEST_WORD = 4096
_LONGEST_ADDRESS = 100  # a unix socket's path holds 103 bytes on macOS, 107 on Linux
_RETRY_S = 0.05
GREETING_S = 10.0


@dataclass(frozen=True, slots=True)
class Meeting:
    """How to reach one keeper: the address it listens on and the shared key."""

    address: str
    key: bytes
    pid: int


@dataclass(frozen=True, slots=True)
class Door:
    """The keeper's end: what it listens on, and the key that it asks of whoever knocks."""

    listener: Listener
    key: bytes

    def greet(self, connection: Connection, limit_s: float) -> None:
        """Lets a face in that has the key, and shows that we have it. Blocking, so never where others wait.

        Raises OSError, EOFError or AuthenticationError.
        """
        with within(connection, limit_s), _refusing_nonsense():
            deliver_challenge(connection, self.key)
            answer_challenge(connection, self.key)


def keeper_lock(paths: Paths) -> FileLock:
    """Held by the one keeper of a data folder."""
    private_folder(paths.state)
    return FileLock(paths.state / "keeper.lock")


def open_door(paths: Paths) -> Door:
    """Starts listening and leaves word of it for faces. Only for who holds `keeper_lock`. Raises Problem."""
    key = secrets.token_bytes(_KEY_BYTES)
    address = _fresh_address(paths)
    listener = _listen(address)
    word = json.dumps({"address": address, "key": key.hex(), "pid": os.getpid()}).encode()
    try:
        write_whole(word_file(paths), word, mode=0o600)
    except Problem:
        listener.close()
        raise
    return Door(listener, key)


def close_door(paths: Paths, door: Door) -> None:
    """Stops listening and takes the word back."""
    word_file(paths).unlink(missing_ok=True)
    door.listener.close()


def read_word(paths: Paths) -> Meeting | None:
    """Where the last keeper said it listens, if any; nothing that the file holds can do harm."""
    try:
        with word_file(paths).open("rb") as file:
            raw = json.loads(file.read(_LARGEST_WORD))
        address, key, pid = raw["address"], bytes.fromhex(raw["key"]), raw["pid"]
        os.fsencode(address)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    if not (isinstance(address, str) and isinstance(pid, int) and 0 < pid < 1 << 32):
        return None
    return Meeting(address, key, pid)


def connect(meeting: Meeting, limit_s: float) -> Connection:
    """A connection to a keeper.

    Raises TimeoutError when somebody is there and silent, and other OSErrors, EOFError or AuthenticationError
    when no keeper is.
    """
    with _refusing_nonsense():
        connection = _call(meeting.address, limit_s)
        try:
            with within(connection, limit_s):
                answer_challenge(connection, meeting.key)
                deliver_challenge(connection, meeting.key)
        except BaseException:
            connection.close()
            raise
    return connection


@contextlib.contextmanager
def within(connection: Connection, limit_s: float) -> Iterator[None]:
    """Cuts a connection when what is done with it takes longer; that is then a TimeoutError.

    `poll` alone would not do: the other side may stop in the middle of a message.
    """
    is_cut = threading.Event()

    def stop() -> None:
        is_cut.set()
        cut(connection)

    timer = threading.Timer(limit_s, stop)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, EOFError) as error:
        if is_cut.is_set():
            raise TimeoutError from error
        raise
    finally:
        timer.cancel()
        timer.join()  # it must not cut what has the same number later


def cut(connection: Connection) -> None:
    """Ends a connection and whatever waits on it. Threads: any."""
    if sys.platform == "win32":
        connection.close()
        return
    with contextlib.suppress(OSError):
        borrowed = socket.socket(fileno=connection.fileno())
        try:
            borrowed.shutdown(socket.SHUT_RDWR)
        finally:
            borrowed.detach()


@contextlib.contextmanager
def _refusing_nonsense() -> Iterator[None]:
    # What multiprocessing says about an address or a greeting that is none differs between Python's versions.
    try:
        yield
    except (AssertionError, ValueError, TypeError) as error:
        raise AuthenticationError("not a keeper") from error


def _call(address: str, limit_s: float) -> Connection:
    if sys.platform == "win32":
        return Client(address, _family())
    ends = time.monotonic() + limit_s
    with socket.socket(socket.AF_UNIX) as caller:
        caller.settimeout(limit_s)
        while True:
            try:
                caller.connect(address)
                break
            except BlockingIOError:  # as many wait there as may
                if time.monotonic() > ends:
                    raise TimeoutError from None
                time.sleep(_RETRY_S)
        caller.setblocking(True)
        return Connection(caller.detach())


def word_file(paths: Paths) -> Path:
    """Where a keeper leaves word of where it listens."""
    return paths.state / "keeper.json"


def _family() -> str:
    return "AF_PIPE" if sys.platform == "win32" else "AF_UNIX"


def _fresh_address(paths: Paths) -> str:
    if sys.platform == "win32":
        return rf"\\.\pipe\berth-{secrets.token_hex(16)}"
    return str(_socket_folder(paths.runtime) / "keeper.sock")


def _listen(address: str) -> Listener:
    try:
        if sys.platform != "win32":
            Path(address).unlink(missing_ok=True)  # a dead keeper's; the lock says that none lives
        # Without the key here, or one slow face would be greeted while all others wait.
        return Listener(address, _family(), backlog=_BACKLOG)
    except OSError as error:
        raise storage_problem(error, Path(address).parent) from error


def _socket_folder(runtime: Path) -> Path:
    """The runtime folder, or a private one for temporary files where that one cannot be used."""
    if len(os.fsencode(runtime / "keeper.sock")) <= _LONGEST_ADDRESS:
        _refuse_a_strangers(runtime)
        with contextlib.suppress(Problem):
            private_folder(runtime)
            _refuse_a_strangers(runtime)
            return runtime
    mark = hashlib.sha256(os.fsencode(runtime)).hexdigest()[:16]
    spare = Path(tempfile.gettempdir()) / f"berth-{os.getuid()}-{mark}"
    _refuse_a_strangers(spare)
    private_folder(spare)
    _refuse_a_strangers(spare)
    return spare


def _refuse_a_strangers(folder: Path) -> None:
    # In a shared temporary folder somebody else may have made ours first.
    try:
        found = folder.lstat()
    except OSError:
        return
    if found.st_uid != os.getuid() or not stat.S_ISDIR(found.st_mode):
        raise FolderNotWritable(
            say("The folder {folder} belongs to somebody else.", folder=str(folder)),
            say("Remove it, or set XDG_RUNTIME_DIR to a folder of your own."),
        )
    if found.st_mode & 0o077:
        folder.chmod(0o700)  # ours, and its name is nobody else's
