"""A scripted session of ten minutes in the window program with 5,000 stores: how long its thread was away.

`BERTH_SESSION_S` makes it shorter. Where the thread was away for more than 50 ms, the place is printed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from tests.bench.gui import STORES, fill
from tests.bench.row import Row
from tests.support.vaults import PASSPHRASE

_SECONDS = os.environ.get("BERTH_SESSION_S", "600")


def measure() -> Iterable[Row]:
    """One session."""
    with tempfile.TemporaryDirectory(prefix="berth-bench-") as folder:
        home = Path(folder) / "home"
        fill(home)
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.gui_session_child", str(home), _SECONDS],
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
            input=PASSPHRASE.reveal() + "\n",
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    for block in found["blocks"]:
        print(f"away for {block['ms']} ms, busy {block['busy_ms']}\n{block['where']}", file=sys.stderr)
    note = f"{_SECONDS} s, {STORES:,} stores, {sum(found['done'].values())} deeds"
    yield Row("longest time the GUI thread was away", found["longest_ms"], "ms", budget=50, note=note)
    yield Row("times it was away for more than 50 ms", len(found["blocks"]), "", note=note)
