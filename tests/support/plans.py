"""Launch plans for tests that need no profile."""

from __future__ import annotations

import os
from pathlib import Path

from app.isolation.browser.engines import Engine
from app.isolation.browser.switches import SCREEN_VARIABLES
from app.isolation.plan import DIRECT, Fingerprint, LaunchPlan, Mode
from app.kernel.ids import ProfileId

ENGINE = Engine("chromium", "stable", "156.0.1.2", "/usr/lib/chromium/chromium")


def plan_for(folder: Path, engine: Engine = ENGINE, settings: Fingerprint | None = None) -> LaunchPlan:
    """A complete plan without a proxy."""
    return LaunchPlan(
        profile=ProfileId("01TESTTESTTESTTESTTESTTEST"),
        number=7,
        name="Anna",
        colour="#aa3355",
        directory=str(folder),
        engine=engine.choice(),
        mode=Mode.HANDS_ON,
        fingerprint=settings or Fingerprint(languages=("en-US", "en"), timezone="America/New_York"),
        upstream=DIRECT,
        start_pages=(),
        urls=(),
        market="",
        password_store="basic",
        download_folder="",
        echo_urls=("http://echo.test/",),
        probe_timeout_s=5.0,
        allow_private=True,
        only_this_once=False,
        screen=tuple((name, os.environ[name]) for name in SCREEN_VARIABLES if os.environ.get(name)),
    )
