"""A screen for the whole run, and a stage for each test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.demo.screen import some_screen
from app.kernel.paths import Paths
from tests.support.stage import Stage, stage_at


@pytest.fixture(scope="session")
def screen() -> Iterator[None]:
    with some_screen(always_virtual=True):
        yield


@pytest.fixture
def stage(screen: None, paths: Paths) -> Iterator[Stage]:
    with stage_at(paths) as ready:
        yield ready


@pytest.fixture
def hostile_policy() -> Iterator[None]:
    """A machine-wide policy that turns DNS-over-HTTPS on; needs root, which CI has."""
    with _policy('{"DnsOverHttpsMode": "secure", "DnsOverHttpsTemplates": "https://dns.test/q"}'):
        yield


@pytest.fixture
def direct_policy() -> Iterator[None]:
    """A machine-wide policy that sends browsers past every proxy."""
    with _policy('{"ProxySettings": {"ProxyMode": "direct"}}'):
        yield


@contextmanager
def _policy(text: str) -> Iterator[None]:
    folder = Path("/etc/chromium/policies/managed")
    made = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        policy = folder / "berth-test.json"
        policy.write_text(text)
    except PermissionError:
        pytest.skip("only root may write a managed policy")
    yield
    policy.unlink()
    for path in made:
        path.rmdir()
