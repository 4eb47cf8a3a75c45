"""Entry of the program without a console, on Windows and macOS: without words it opens the window program."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from app.__main__ import main


def _open_missing_streams() -> None:
    """Windows gives a program without a console no streams; writing to them would end it."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - for good


if __name__ == "__main__":
    _open_missing_streams()
    if len(sys.argv) == 1:
        sys.argv.append("gui")
    sys.exit(main())
