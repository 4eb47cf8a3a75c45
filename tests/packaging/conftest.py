"""The frozen program, built once for all tests that look at it."""

from __future__ import annotations

import faulthandler
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def patience(request: pytest.FixtureRequest) -> None:
    """Building takes minutes: no traces of all threads while a long test waits for it, only its limit."""
    if request.node.get_closest_marker("long"):
        faulthandler.cancel_dump_traceback_later()


@pytest.fixture(scope="session")
def built() -> Iterator[Path]:
    """A folder that every user may read, with `berth/` and, where dpkg is, a .deb."""
    folder = Path(tempfile.mkdtemp(prefix="bt-package-"))
    folder.chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-m", "resources.installer.build", "--into", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    yield folder
    shutil.rmtree(folder)
