"""What shortcuts were pressed in windows, for faces that wait for them. Threads: one loop."""

from __future__ import annotations

import asyncio
from collections import deque

from app.isolation.keeper.messages import Plain

_KEPT = 256


class Hearing:
    """Numbers what is heard; a face asks for what came after the last number that it knows."""

    def __init__(self) -> None:
        self._last = 0
        self._heard: deque[tuple[int, Plain]] = deque(maxlen=_KEPT)
        self._came = asyncio.Event()

    def note(self, profile: str, page: str, shortcut: str) -> None:
        """A shortcut was pressed."""
        self._last += 1
        self._heard.append((self._last, {"profile": profile, "page": page, "shortcut": shortcut}))
        self._came.set()

    async def after(self, since: int) -> Plain:
        """What came after a number, as soon as something did; where it is negative, only the last number."""
        if since < 0:
            return {"last": self._last, "heard": []}
        while self._last <= since:
            self._came.clear()
            await self._came.wait()
        return {"last": self._last, "heard": [one for number, one in self._heard if number > since]}
