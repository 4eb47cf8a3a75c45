"""Tells waiting faces what the windows do, as soon as it differs from what they know. Threads: one loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from app.isolation.keeper.messages import Plain

# Titles can change without end, and a face has more to do than to follow them.
_GAP_S = 0.1


class News:
    """Numbers what the windows look like: another number, another look."""

    def __init__(self, look: Callable[[], list[Plain]]) -> None:
        self._look = look
        self._shown: list[Plain] = []
        self._revision = 0
        self._may_have_changed = asyncio.Event()

    def ring(self) -> None:
        """Something may look different now."""
        self._may_have_changed.set()

    async def after(self, since: int) -> Plain:
        """All windows, as soon as they look different from revision `since`; at once where it is negative."""
        if since >= 0:
            await asyncio.sleep(_GAP_S)
        while self._look_again() == since:
            self._may_have_changed.clear()
            await self._may_have_changed.wait()
            await asyncio.sleep(_GAP_S)
        return {"revision": self._revision, "windows": self._shown}

    def _look_again(self) -> int:
        shown = self._look()
        if shown != self._shown:
            self._shown = shown
            self._revision += 1
        return self._revision
