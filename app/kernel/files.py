"""Files that are written whole or not at all, and locks between processes."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from app.kernel.errors import storage_problem


def write_whole(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """Replaces a file in one step: temp file in the same folder, flush, fsync, rename.

    Raises StorageFull or FolderNotWritable; the old file is then still there.
    """
    temp: Path | None = None
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
        temp = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temp.chmod(mode)
        temp.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise storage_problem(error, path.parent) from error
    finally:  # after a success the temp file has become the file; after Ctrl+C it must not stay either
        if temp is not None:
            with contextlib.suppress(OSError):
                temp.unlink(missing_ok=True)


class FileLock:
    """An advisory lock on a file that the system frees when its holder dies.

    The file's text names the holder's process, for messages only.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd: int | None = None

    def acquire(self) -> bool:
        """Takes the lock without waiting; False when somebody else has it."""
        if self._fd is not None:
            return True
        try:
            fd = os.open(self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
        except OSError as error:
            raise storage_problem(error, self.path.parent) from error
        if not _try_lock(fd):
            os.close(fd)
            return False
        with contextlib.suppress(OSError):  # a full disk must not keep a lock from being taken
            os.ftruncate(fd, 0)
            os.pwrite(fd, str(os.getpid()).encode(), 0) if hasattr(os, "pwrite") else None
        self._fd = fd
        return True

    def release(self) -> None:
        """Gives the lock back; the file stays."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def holder(self) -> int | None:
        """The process id that the holder wrote, if it can be read."""
        try:
            return int(self.path.read_text())
        except (OSError, ValueError):
            return None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def sync_folder(folder: Path) -> None:
    """Makes renames in a folder survive a power cut."""
    if os.name != "posix":
        return
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


if sys.platform == "win32":
    import msvcrt

    def _try_lock(fd: int) -> bool:
        try:
            # Far behind the text, so that others can still read who holds it.
            os.lseek(fd, 1 << 20, os.SEEK_SET)
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(fd: int) -> bool:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
