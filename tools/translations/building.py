"""Compiles the translators' files into what Qt loads, with the lrelease that PySide6 brings."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path


def build(folder: Path) -> tuple[list[str], list[str]]:
    """What was compiled, only where it is older than its source, and what went wrong."""
    old = [source for source in sorted(folder.glob("*.ts")) if _is_newer(source, source.with_suffix(".qm"))]
    if not old:
        return [], []
    tool = lrelease()
    if tool is None:
        return [], ["lrelease is missing; it comes with PySide6, so set up the environment again."]
    done, faults = [], []
    for source in old:
        if fault := _compile(tool, source, source.with_suffix(".qm")):
            faults.append(f"{source.name}: {fault}")
        else:
            done.append(f"{source.with_suffix('.qm').name} is built")
    return done, faults


def lrelease() -> Path | None:
    """The compiler, found without loading Qt."""
    spec = importlib.util.find_spec("PySide6")
    if spec is None or spec.origin is None:
        return None
    tool = Path(spec.origin).with_name("lrelease.exe" if sys.platform == "win32" else "lrelease")
    return tool if tool.is_file() else None


def _is_newer(source: Path, target: Path) -> bool:
    return not target.exists() or source.stat().st_mtime > target.stat().st_mtime


def _compile(tool: Path, source: Path, target: Path) -> str:
    """To a file beside first, so that no half one is ever loaded. Returns what went wrong."""
    part = target.with_suffix(".qm.part")
    try:
        done = subprocess.run(
            [tool, "-silent", "-nounfinished", source, "-qm", part],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    if done.returncode or not part.exists():
        part.unlink(missing_ok=True)
        return (done.stderr or done.stdout).strip() or f"lrelease ended with {done.returncode}"
    part.replace(target)
    return ""
