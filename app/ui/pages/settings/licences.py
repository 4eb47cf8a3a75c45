"""The parts that Berth is made of, and their licences, as they are shipped in `resources/licences`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from app.kernel import assets


@dataclass(frozen=True, slots=True)
class Part:
    """Somebody's work that is part of the program."""

    name: str
    licence: str
    home: str
    files: tuple[str, ...]


def parts() -> tuple[Part, ...]:
    """Every part, Berth itself first; none where the list is missing."""
    try:
        raw = json.loads((_folder() / "licences" / "index.json").read_text("utf-8"))
        return tuple(
            Part(str(one["name"]), str(one["licence"]), str(one["home"]), tuple(map(str, one["files"])))
            for one in raw
        )
    except (OSError, ValueError, KeyError, TypeError):
        return ()


def text_of(file: str) -> str:
    """One licence's text; empty where it is missing."""
    try:
        return (_folder() / file).read_text("utf-8", errors="replace")
    except OSError:
        return ""


def _folder() -> Path:
    return assets.folder("resources")
