"""Whether Playwright's driver, a program of its own, runs on this machine."""

from __future__ import annotations

import subprocess
from pathlib import Path

_TIMEOUT_S = 20


def driver_version() -> str | None:
    """The version of the driver's engine; None when it does not run."""
    import playwright

    folder = Path(playwright.__file__).parent / "driver"
    for name in ("node", "node.exe"):
        if (folder / name).exists():
            return _answer(folder / name)
    return None


def _answer(program: Path) -> str | None:
    try:
        done = subprocess.run(
            [str(program), "--version"], capture_output=True, text=True, timeout=_TIMEOUT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
