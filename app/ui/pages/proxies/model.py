"""The list of proxies as Qt sees it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject

from app.isolation.proxies import Proxies, Proxy
from app.kernel.clock import Clock
from app.kernel.ids import ProxyId
from app.ui.pages.proxies.columns import COLUMNS, Seen
from app.ui.widgets.paged_model import ID_ROLE, Index, PagedModel

__all__ = ["ID_ROLE", "Index", "ProxyModel"]


class ProxyModel(PagedModel[Proxy]):
    """Shows the proxies of some ids."""

    def __init__(self, proxies: Proxies, clock: Clock, parent: QObject | None = None) -> None:
        def read(ids: Sequence[str]) -> tuple[Proxy, ...]:
            return proxies.rows([ProxyId(one) for one in ids])

        super().__init__(COLUMNS, read, lambda row: row.id, parent)
        self._clock = clock

    def seen(self, row: Proxy) -> Seen:
        return Seen(row, self._clock.now())
