"""The event hub: facts and changes go out to whoever listens, one bad listener spoils nothing."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any, TypeVar

_log = logging.getLogger("berth.events")
E = TypeVar("E")


class EventHub:
    """Delivers each event to the listeners of its type, in the order they subscribed.

    Threads: `publish` calls listeners on the publishing thread; a face moves them to its own.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: list[tuple[type, Callable[[Any], None]]] = []

    def subscribe(self, kind: type[E], listener: Callable[[E], None]) -> Callable[[], None]:
        """Calls `listener` for each event of `kind` or a subclass; returns what unsubscribes it."""
        entry = (kind, listener)
        with self._lock:
            self._listeners.append(entry)

        def unsubscribe() -> None:
            with self._lock:
                if entry in self._listeners:
                    self._listeners.remove(entry)

        return unsubscribe

    def publish(self, event: object) -> None:
        """Hands an event to its listeners; a listener's exception is logged and goes no further."""
        with self._lock:
            listeners = [call for kind, call in self._listeners if isinstance(event, kind)]
        for call in listeners:
            try:
                call(event)
            except Exception:  # noqa: BLE001 - any listener may fail, and none may spoil the others
                _log.exception("a listener failed on %s", type(event).__name__)
