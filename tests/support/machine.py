"""Machines as they go wrong: a disk without room, folders that may not be written."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_LIMIT_S = 60.0


def as_ordinary_user(command: list[str]) -> list[str]:
    """The command, without root's right to ignore file modes where the tests run as root."""
    if os.geteuid() != 0:
        return command
    return ["setpriv", "--bounding-set=-all", "--inh-caps=-all", *command]


def on_a_tiny_disk(source: str, folder: Path, size_kib: int = 64) -> str:
    """Runs Python source in `folder`, which then is a disk of that size of its own; gives what it printed.

    The disk is mounted in a mount namespace and ends with the process.
    """
    shell = f"mount -t tmpfs -o size={size_kib}k tmpfs '{folder}' && cd '{folder}' && exec \"$0\" -c \"$1\""
    rights = (
        ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]
    )
    done = subprocess.run(
        [*rights, "sh", "-c", shell, sys.executable, source],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=_LIMIT_S,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
