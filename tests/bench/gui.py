"""The window program with 5,000 stores against a bare Qt window: first paint, keystrokes, frames, memory."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from app.kernel.clock import SystemClock
from app.kernel.events import EventHub
from app.kernel.paths import Paths
from app.vault.kdf import FLOOR_KDF
from app.vault.vault import Vault
from app.workspace import build, migrations
from tests.bench.row import Row
from tests.support.vaults import PASSPHRASE

STORES = 5_000
_RUNS = 5
_NAMES = ("美国一店", "Anna US", "小红家居", "Store", "晨曦美妆", "Sunrise Beauty", "Kuala Lumpur 旗舰店")
_MARKS = ("", "美妆", "家居, 新店", "vip")


def measure() -> Iterable[Row]:
    """Medians of five runs, ours and the bare window in turn."""
    with tempfile.TemporaryDirectory(prefix="berth-bench-") as folder:
        home = Path(folder) / "home"
        fill(home)
        bare, ours = [], []
        for _ in range(_RUNS):
            bare.append(_child("bare", str(time.monotonic())))
            ours.append(_child("ours", str(home)))

    def middle(found: list[dict[str, float]], name: str) -> float:
        return statistics.median(one[name] for one in found)

    note = f"{STORES:,} stores"
    yield Row(
        "unlocked → first paint",
        middle(ours, "first_paint_ms"),
        "ms",
        against=middle(bare, "first_paint_ms"),
        budget=2.0,
        note=f"{note}; against a bare window from its process's start",
    )
    yield Row("filter keystroke to painted list", middle(ours, "keystroke_ms"), "ms", budget=16, note=note)
    yield Row("longest frame while scrolling", middle(ours, "longest_frame_ms"), "ms", budget=33, note=note)
    yield Row(
        "memory of the window program", middle(ours, "memory_mb"), "MB", budget=180, note=f"PSS, {note}"
    )
    yield Row(
        "memory after searching and scrolling", middle(ours, "memory_after_mb"), "MB", budget=180, note="PSS"
    )
    yield Row("memory of a bare window", middle(bare, "memory_mb"), "MB", note="PSS")


def _child(*words: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.gui_child", *words],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        input=PASSPHRASE.reveal() + "\n",  # never on a command line, not even this one
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def fill(home: Path) -> None:
    """A vault with that many stores."""
    paths = Paths.of(home)
    vault = Vault(paths, SystemClock(), migrations(), EventHub())
    vault.create(PASSPHRASE, kdf=FLOOR_KDF)
    with vault.unlock(PASSPHRASE, via="bench") as opened:
        room = build(paths, SystemClock(), opened).isolation
        templates = [template.id for template in room.templates.all()]
        for at in range(STORES):
            proxy = "direct" if at % 7 == 0 else f"socks5://user{at}:pw@10.{at % 200}.2.{at % 250}:1080"
            values = [("group", f"Group {at % 12}"), ("tags", _MARKS[at % len(_MARKS)])]
            name = f"{_NAMES[at % len(_NAMES)]} {at}"
            room.profiles.new(name, template=templates[at % len(templates)], proxy=proxy, values=values)
