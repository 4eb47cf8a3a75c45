"""Fixtures for every test; the conditions that fail any test stand in `tests/support/failing.py`."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, find, settings, strategies

from app.kernel.paths import Paths

pytest_plugins = ["pytester", "tests.support.failing", "tests.support.coverage_floor"]


@pytest.fixture(scope="session", autouse=True)
def _alphabet() -> None:
    """Hypothesis works out its table of characters once on each machine, which with coverage takes seconds.

    Before the first test: the one that drew first would otherwise be found too slow.
    """
    calm = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, database=None)
    find(strategies.text(min_size=1), bool, settings=calm)


@pytest.fixture
def berth_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder of the test's own, with a runtime folder whose path is short enough for sockets."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    runtime = Path(tempfile.mkdtemp(prefix="bt-"))
    monkeypatch.setenv("BERTH_HOME", str(home))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    yield home
    shutil.rmtree(runtime, ignore_errors=True)


@pytest.fixture
def paths(berth_home: Path) -> Paths:
    """Every folder of a Berth that lives in the test's own data folder."""
    return Paths.of()
