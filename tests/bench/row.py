"""One line of the table that `./run bench` prints."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """A figure of ours beside what it is compared with, measured in the same run.

    `budget` is the ratio to reach: at most it, or at least it where `more_is_better`. Without an `against`,
    the figure itself is held to the budget. No budget: the row is only told.
    """

    name: str
    ours: float
    unit: str
    against: float | None = None
    budget: float | None = None
    more_is_better: bool = False
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Ours divided by the other one's."""
        return None if not self.against else self.ours / self.against

    @property
    def is_met(self) -> bool | None:
        """Whether the budget is kept; None where there is none."""
        if self.budget is None:
            return None
        figure = self.ours if self.ratio is None else self.ratio
        return figure >= self.budget if self.more_is_better else figure <= self.budget
