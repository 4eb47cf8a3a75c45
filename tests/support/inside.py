"""Runs test files inside a test, under the project's own configuration, and tells what became of them."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree as ET

ROOT = Path(__file__).resolve().parents[2]
_PROBLEMS = ("failure", "error")


def outcomes_of(folder: Path, sources: Mapping[str, str], *options: str) -> dict[str, str]:
    """What became of each test file by its name: "" for a pass, else what was told."""
    names = {f"test_{number}": name for number, name in enumerate(sources)}
    for module, name in names.items():
        (folder / f"{module}.py").write_text(textwrap.dedent(sources[name]))
    report = folder / "report.xml"
    subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), f"--rootdir={folder}"),
            *options,
            *(f"--junitxml={report}", str(folder)),
        ],
        env={**os.environ, "PYTHONPATH": str(ROOT), "BERTH_TEST_GRACE_S": "0.3"},
        stdout=subprocess.DEVNULL,
        check=False,
        timeout=80,
    )
    told: dict[str, str] = dict.fromkeys(names.values(), "never ran")
    for case in ET.parse(report).getroot().iter("testcase"):
        module = (case.get("classname") or case.get("name") or "").rpartition(".")[2]
        said = "".join(f"{part.get('message')} {part.text}" for part in case if part.tag in _PROBLEMS)
        before = told[names[module]]
        told[names[module]] = said if before == "never ran" else before + said
    return told
