"""How many windows this machine bears: opened at the same time, and at all."""

from __future__ import annotations

import os

import psutil

from app.isolation.checks import Check, Level
from app.kernel.text import say

# A window with a store's page takes 250 to 500 MB (measured by its makers and by users of such programs).
WINDOW_BYTES = 500_000_000
LEAST_BYTES = 300_000_000
_MOST_AT_ONCE = 8


def windows_at_once(cores: int, free_bytes: int) -> int:
    """How many browsers may be starting at the same time: one a core, while there is memory; at least one."""
    return max(1, min(cores, free_bytes // WINDOW_BYTES, _MOST_AT_ONCE))


def on_this_machine() -> int:
    """The same, for this machine now."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return windows_at_once(cores, psutil.virtual_memory().available)


def judge_memory(free_bytes: int) -> tuple[Check, ...]:
    """Whether one more window still fits; nothing where it does."""
    if free_bytes >= LEAST_BYTES:
        return ()
    left_mb = free_bytes // 1_000_000
    text = say(
        "This computer has {left} MB of memory left; one more window could make the others crash. Close or "
        "hibernate some first.",
        left=left_mb,
    )
    seen, expected = f"{left_mb} MB", f"{LEAST_BYTES // 1_000_000} MB"
    return (Check("machine.memory", Level.RED, text, may_override=True, expected=expected, seen=seen),)
