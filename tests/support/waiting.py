"""Waiting for a condition on a loop, with a limit: the one place where tests of coroutines poll."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")
LIMIT_S = 30.0
_PAUSE_S = 0.02


async def until(
    look: Callable[[], T] | Callable[[], Awaitable[T]],
    limit_s: float = LIMIT_S,
    *,
    in_spite_of: type[Exception] | tuple[type[Exception], ...] = (),
) -> T:
    """What `look` finds, as soon as it is true. Raises AssertionError when it does not come in time."""
    ends = time.monotonic() + limit_s
    while True:
        try:
            found = look()
            if inspect.isawaitable(found):
                found = await found
            if found:
                return found
        except in_spite_of:
            pass
        assert time.monotonic() < ends, f"waited {limit_s} s in vain for {look}"
        await asyncio.sleep(_PAUSE_S)
