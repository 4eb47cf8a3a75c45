"""Searching the machine for a text that must be nowhere: command lines, environments and files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import psutil


def processes_with(needle: str) -> list[str]:
    """Every process whose command line or environment holds a text."""
    found = []
    for process in psutil.process_iter():
        for what in ("cmdline", "environ"):
            try:
                content = Path(f"/proc/{process.pid}/{what}").read_bytes()
            except OSError:
                continue
            if needle.encode() in content:
                found.append(f"{process.pid} {what}")
    return found


def files_with(roots: Iterable[Path], needle: str, skipped: str) -> list[str]:
    """Every file that holds a text as it is, in UTF-16, or percent-encoded."""
    spellings = [needle.encode(), needle.encode("utf-16-le"), needle.replace(" ", "%20").encode()]
    found = []
    for root in roots:
        for path in root.rglob("*"):
            try:
                if not path.is_file() or skipped in path.parts:
                    continue
                content = path.read_bytes()
            except OSError:  # gone in the meantime
                continue
            if any(spelling in content for spelling in spellings):
                found.append(str(path))
    return found
