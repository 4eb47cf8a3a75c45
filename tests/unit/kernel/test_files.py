"""Files are written whole or not at all, and a lock holds between processes."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.kernel import files
from app.kernel.errors import FolderNotWritable, StorageFull
from app.kernel.files import FileLock, write_whole
from tests.support.machine import as_ordinary_user, on_a_tiny_disk

HOLD = """
import sys
from app.kernel.files import FileLock
from pathlib import Path
lock = FileLock(Path(sys.argv[1]))
print(lock.acquire(), flush=True)
sys.stdin.read()
"""


def test_a_file_is_replaced_whole_and_kept_private(tmp_path: Path):
    path = tmp_path / "a.json"
    path.write_text("old")

    write_whole(path, b"new")

    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o600
    assert _names(tmp_path) == ["a.json"]


def test_the_mode_can_be_chosen(tmp_path: Path):
    write_whole(tmp_path / "a", b"", mode=0o644)

    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("step", ["fsync", "write"])
def test_a_disk_that_fills_up_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str):
    path = tmp_path / "a.json"
    path.write_text("old")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    if step == "fsync":
        monkeypatch.setattr(files.os, "fsync", full)
    else:
        monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(StorageFull):
        write_whole(path, b"new")
    monkeypatch.undo()

    assert path.read_text() == "old"
    assert _names(tmp_path) == ["a.json"]


def test_on_a_disk_that_is_really_full_the_old_file_stays(tmp_path: Path):
    source = """
import os
from pathlib import Path
from app.kernel.errors import StorageFull
from app.kernel.files import write_whole
write_whole(Path("a"), b"old")
try:
    write_whole(Path("a"), b"x" * (1 << 20))
except StorageFull as problem:
    print(problem.id, Path("a").read_text(), os.listdir())
"""

    printed = on_a_tiny_disk(source, tmp_path)

    assert printed == "storage-full old ['a']\n"


def test_ctrl_c_while_writing_leaves_no_second_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "a.json"
    path.write_text("old")

    def interrupted(fd: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(files.os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_whole(path, b"new")

    assert path.read_text() == "old"
    assert _names(tmp_path) == ["a.json"]


def test_a_folder_that_is_missing_or_may_not_be_written_is_told(tmp_path: Path):
    with pytest.raises(FolderNotWritable):
        write_whole(tmp_path / "missing" / "a", b"new")
    with pytest.raises(FolderNotWritable):
        FileLock(tmp_path / "missing" / "lock").acquire()


def test_in_a_read_only_folder_an_ordinary_user_keeps_the_old_file(tmp_path: Path):
    (tmp_path / "a").write_text("old")
    tmp_path.chmod(0o500)
    source = """
import sys
from pathlib import Path
from app.kernel.errors import FolderNotWritable
from app.kernel.files import FileLock, write_whole
folder = Path(sys.argv[1])
for act in (lambda: write_whole(folder / "a", b"new"), FileLock(folder / "lock").acquire):
    try:
        act()
    except FolderNotWritable as problem:
        print(problem.text.facts["why"])
"""

    done = _python(source, str(tmp_path))
    tmp_path.chmod(0o700)

    assert done.stdout == "Permission denied\nPermission denied\n", done.stderr
    assert (tmp_path / "a").read_text() == "old"


def test_folders_are_not_synced_where_the_system_cannot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    opened: list[object] = []
    monkeypatch.setattr(files, "os", SimpleNamespace(name="nt", open=lambda *args: opened.append(args)))

    files.sync_folder(tmp_path)

    assert opened == []


def test_a_lock_is_held_against_another_process_until_that_process_dies(tmp_path: Path):
    path = tmp_path / "lock"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdin is not None
    assert holder.stdout.readline() == "True\n"
    lock = FileLock(path)

    while_held = lock.acquire()
    told = lock.holder()
    holder.kill()
    holder.wait()
    holder.stdout.close()
    holder.stdin.close()

    assert while_held is False
    assert told == holder.pid
    assert lock.acquire() is True
    lock.release()


def test_taking_a_held_lock_again_is_true_and_leaving_the_block_frees_it(tmp_path: Path):
    path = tmp_path / "lock"

    with FileLock(path) as lock:
        assert lock.acquire()
        assert lock.acquire()
        assert not FileLock(path).acquire()
        assert lock.holder() == os.getpid()

    other = FileLock(path)
    assert other.acquire()
    other.release()
    other.release()


def test_on_a_full_disk_a_lock_can_still_be_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(files.os, "pwrite", full)
    lock = FileLock(tmp_path / "lock")

    assert lock.acquire()
    assert lock.holder() is None
    lock.release()


def test_nobody_is_named_as_holder_where_nobody_wrote(tmp_path: Path):
    (tmp_path / "lock").write_text("not a number")

    assert FileLock(tmp_path / "lock").holder() is None
    assert FileLock(tmp_path / "missing").holder() is None


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def _python(source: str, *words: str) -> subprocess.CompletedProcess[str]:
    command = as_ordinary_user([sys.executable, "-c", source, *words])
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
