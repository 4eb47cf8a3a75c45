"""How a keeper's process begins: the three folders of its face, and nothing else, on the command line."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from app.isolation.keeper.server import serve
from app.kernel.errors import ExitCode, Problem
from app.kernel.paths import Paths

_FOLDERS = 3


def main(words: Sequence[str]) -> int:
    """Runs a keeper for the folders data, state and runtime; returns its exit code."""
    if len(words) != _FOLDERS:
        sys.stderr.write("--keeper is how Berth starts its own keeper; it takes three folders.\n")
        return int(ExitCode.USAGE)
    data, state, runtime = (Path(word) for word in words)
    try:
        return serve(Paths(data=data, state=state, runtime=runtime))
    except Problem as problem:
        logging.getLogger("berth.keeper").error("the keeper cannot run: %s", problem)
        return int(problem.exit_code)
