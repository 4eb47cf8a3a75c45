"""Where windows go when they are arranged: a grid over all screens, in the order of their numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence

from app.isolation.browser.placing import Area

# Chromium makes no window narrower; lower ones show nothing of a page.
_LEAST_WIDTH_PX, _LEAST_HEIGHT_PX = 520, 360


def grid(count: int, screens: Sequence[Area]) -> list[Area]:
    """An area for each window; screens take windows by their size. More than fit lie one over another."""
    found: list[Area] = []
    for screen, share in zip(screens, _shares(count, screens), strict=True):
        found += _on_one(share, screen)
    return found


def _shares(count: int, screens: Sequence[Area]) -> list[int]:
    whole = sum(screen.width * screen.height for screen in screens) or 1
    exact = [count * screen.width * screen.height / whole for screen in screens]
    shares = [int(share) for share in exact]
    # What rounding left over goes where most of it was cut off.
    by_rest = sorted(range(len(screens)), key=lambda at: exact[at] - shares[at], reverse=True)
    for at in by_rest[: count - sum(shares)]:
        shares[at] += 1
    return shares


def _on_one(count: int, screen: Area) -> list[Area]:
    if count == 0:
        return []
    # Cells as wide as a page likes: 4 to 3.
    columns = max(1, min(count, round(math.sqrt(count * screen.width / screen.height * 3 / 4))))
    rows = math.ceil(count / columns)
    width = max(screen.width // columns, min(_LEAST_WIDTH_PX, screen.width))
    height = max(screen.height // rows, min(_LEAST_HEIGHT_PX, screen.height))
    # Where cells are smaller than a window may be, windows overlap evenly and stay on the screen.
    step_x = (screen.width - width) / max(1, columns - 1)
    step_y = (screen.height - height) / max(1, rows - 1)
    return [
        Area(
            screen.left + round(step_x * (at % columns)),
            screen.top + round(step_y * (at // columns)),
            width,
            height,
        )
        for at in range(count)
    ]
