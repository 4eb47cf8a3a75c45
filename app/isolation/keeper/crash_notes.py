"""A note in a profile's folder that its window crashed, kept until it is opened again."""

from __future__ import annotations

import contextlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any

from app.isolation.plan import LaunchPlan
from app.kernel.errors import Problem
from app.kernel.files import write_whole

_FILE = "crashed.json"
_SHAPE = {"profile": str, "number": int, "name": str, "at": str}


def leave(root: Path, plan: LaunchPlan, at: datetime) -> None:
    """Writes the note; a full disk loses it and nothing else."""
    note = {"profile": plan.profile, "number": plan.number, "name": plan.name, "at": at.isoformat()}
    try:
        write_whole(root / _FILE, json.dumps(note, ensure_ascii=False).encode())
    except Problem:
        return


def forget(root: Path) -> None:
    """Removes the note; where that fails it stays, and nothing else happens."""
    with contextlib.suppress(OSError):
        (root / _FILE).unlink()


def read_all(profiles: Path) -> list[dict[str, Any]]:
    """Every crash that has not been followed by a new opening."""
    notes = []
    for path in sorted(profiles.glob(f"*/{_FILE}")):
        try:
            note = json.loads(path.read_bytes())
        except (OSError, ValueError, RecursionError):
            continue
        if isinstance(note, dict) and all(isinstance(note.get(key), kind) for key, kind in _SHAPE.items()):
            notes.append(note)
    return notes
