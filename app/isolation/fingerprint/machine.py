"""What this computer can show, asked once for choosing and validating."""

from __future__ import annotations

import os

from app.isolation.fingerprint.choosing import Machine


def this_machine(screen: tuple[int, int] | None = None) -> Machine:
    """The cores this process may use, and the screen a face knows of."""
    if hasattr(os, "sched_getaffinity"):  # a container may allow fewer than the board has
        return Machine(len(os.sched_getaffinity(0)), screen)
    return Machine(os.cpu_count() or 1, screen)
