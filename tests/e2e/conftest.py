"""A screen of the test's own, the internet beside it, and what stands open on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.demo.internet import LocalInternet, LocalInternetThread
from app.demo.screen import some_screen


@pytest.fixture
def net() -> Iterator[LocalInternet]:
    with some_screen(always_virtual=True), LocalInternetThread() as internet:
        yield internet.net
