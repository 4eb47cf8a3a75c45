"""Whether this machine can have policies for a browser at all, so that most windows need not be asked."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

# Where each browser looks on Linux. Cloud policies need an enrolment file in the same folders.
_LINUX = {
    "chrome": ("/etc/opt/chrome/policies",),
    "edge": ("/etc/opt/edge/policies",),
    "brave": ("/etc/brave/policies",),
    # A browser named by its path alone is taken for Chromium, and may be any of them.
    "chromium": (
        "/etc/chromium/policies",
        "/etc/chromium-browser/policies",
        "/etc/opt/chrome/policies",
        "/etc/opt/chrome_for_testing/policies",
        "/etc/opt/edge/policies",
        "/etc/brave/policies",
    ),
}


def may_have_policies(kind: str, folders: Sequence[str] | None = None) -> bool:
    """False only when it is certain that the browser has none: Linux, and no file in its policy folders."""
    if not sys.platform.startswith("linux"):
        return True
    places = _LINUX.get(kind) if folders is None else folders
    if places is None:
        return True
    return any(_has_file(Path(place)) for place in places)


def _has_file(folder: Path) -> bool:
    try:
        return any(path.is_file() for path in folder.rglob("*"))
    except OSError:
        return True  # a folder that only the browser may read could hold anything
