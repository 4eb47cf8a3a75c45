"""Where a keeper and its faces meet: a socket in a private folder, and a key that only this user can read."""

from __future__ import annotations

import json
import os
import secrets
import stat
import sys
from dataclasses import dataclass
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path

from app.kernel.errors import FolderNotWritable
from app.kernel.files import FileLock, write_whole
from app.kernel.paths import Paths, private_folder
from app.kernel.text import say

_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Meeting:
    """How to reach one keeper: the address it listens on and the shared key."""

    address: str
    key: bytes
    pid: int


def keeper_lock(paths: Paths) -> FileLock:
    """Held by the one keeper of a data folder."""
    private_folder(paths.state)
    return FileLock(paths.state / "keeper.lock")


def open_listener(paths: Paths) -> Listener:
    """Starts listening and leaves word of it for faces. Only for who holds `keeper_lock`."""
    key = secrets.token_bytes(_KEY_BYTES)
    address = _fresh_address(paths)
    listener = Listener(address, _family(), backlog=64, authkey=key)
    word = json.dumps({"address": address, "key": key.hex(), "pid": os.getpid()}).encode()
    write_whole(_word(paths), word, mode=0o600)
    return listener


def close_listener(paths: Paths, listener: Listener) -> None:
    """Stops listening and takes the word back."""
    _word(paths).unlink(missing_ok=True)
    listener.close()


def read_word(paths: Paths) -> Meeting | None:
    """Where the last keeper said it listens, if any."""
    try:
        raw = json.loads(_word(paths).read_bytes())
        return Meeting(str(raw["address"]), bytes.fromhex(raw["key"]), int(raw["pid"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def connect(meeting: Meeting) -> Connection:
    """A connection to a keeper. Raises OSError, EOFError or AuthenticationError when it is gone."""
    return Client(meeting.address, _family(), authkey=meeting.key)


def _word(paths: Paths) -> Path:
    return paths.state / "keeper.json"


def _family() -> str:
    return "AF_PIPE" if sys.platform == "win32" else "AF_UNIX"


def _fresh_address(paths: Paths) -> str:
    if sys.platform == "win32":
        return rf"\\.\pipe\berth-{secrets.token_hex(16)}"
    folder = private_folder(paths.runtime)
    _require_own(folder)
    path = folder / "keeper.sock"
    path.unlink(missing_ok=True)  # a dead keeper's; the lock says that none lives
    return str(path)


def _require_own(folder: Path) -> None:
    # In a shared temporary folder somebody else may have made ours first.
    found = folder.lstat()
    if found.st_uid != os.getuid() or not stat.S_ISDIR(found.st_mode):
        raise FolderNotWritable(
            say("The folder {folder} belongs to somebody else.", folder=str(folder)),
            say("Remove it, or set XDG_RUNTIME_DIR to a folder of your own."),
        )
