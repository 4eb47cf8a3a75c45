"""The list of stores as Qt sees it: its records from the room, its windows live from the keeper."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from app.isolation.profile_listing import ProfileRow
from app.isolation.profiles import Profiles
from app.kernel.clock import Clock
from app.ui.pages.stores.columns import COLUMN_AT, COLUMNS, Seen
from app.ui.widgets.paged_model import ID_ROLE, Index, PagedModel
from app.ui.window_states import WindowStates

__all__ = ["ID_ROLE", "Index", "StoreModel"]
_LIVE_COLUMNS = tuple(COLUMN_AT[name] for name in ("window", "unread", "acts"))


class StoreModel(PagedModel[ProfileRow]):
    """Shows the profiles of some ids, and what their windows do."""

    def __init__(
        self, profiles: Profiles, states: WindowStates, clock: Clock, parent: QObject | None = None
    ) -> None:
        super().__init__(COLUMNS, profiles.rows, lambda row: row.profile.id, parent, COLUMN_AT["acts"])
        self._states = states
        self._clock = clock
        states.changed.connect(self._on_states_changed)

    def seen(self, row: ProfileRow) -> Seen:
        return Seen(row, self._states, self._clock.now())

    @Slot(object)
    def _on_states_changed(self, profiles: frozenset[str]) -> None:
        for profile in profiles:
            row = self.at(profile)
            if row is not None:
                for column in _LIVE_COLUMNS:
                    self.dataChanged.emit(self.index(row, column), self.index(row, column))
