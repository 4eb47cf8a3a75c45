"""Files shipped with the program: templates, icons, word packs."""

from __future__ import annotations

import sys
from pathlib import Path

_HERE = Path(__file__).resolve().parent.parent


def root() -> Path:
    """The folder that holds `profiles/` and `resources/`: frozen bundle, installed package or source tree."""
    bundle = getattr(sys, "_MEIPASS", None)
    for candidate in (Path(bundle) if bundle else None, _HERE / "_shipped"):
        if candidate is not None and (candidate / "profiles").is_dir():
            return candidate
    return _HERE.parent


def folder(name: str) -> Path:
    """A shipped folder by its name, for instance `profiles`."""
    return root() / name
