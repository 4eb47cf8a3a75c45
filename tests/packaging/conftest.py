"""The frozen program, built once for all tests that look at it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


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
