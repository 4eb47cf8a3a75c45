"""What can stop the tour."""

from __future__ import annotations

from app.kernel.errors import Problem
from app.kernel.text import Text, say


class TourFailed(Problem):
    """A step of the tour could not be done."""

    def __init__(self, text: Text) -> None:
        super().__init__(
            text, say("Run `berth doctor`; the demo's own folder is gone and nothing of yours was touched.")
        )
