"""What every target is told before its first script: place, and the timezone where TZ does not work."""

from __future__ import annotations

import sys
from typing import Any

from app.isolation.plan import Fingerprint, GeoMode

_WITH_GEOLOCATION = frozenset({"page", "iframe"})
_WITH_TIMEZONE = frozenset({"page", "iframe", "worker", "shared_worker", "service_worker"})


class Arming:
    """The commands for a new target, from the profile's frozen settings."""

    def __init__(self, settings: Fingerprint, *, tz_works: bool = sys.platform != "win32") -> None:
        self._place = settings.place if settings.geolocation is GeoMode.FIXED else None
        self._timezone = "" if tz_works else settings.timezone

    @property
    def is_needed(self) -> bool:
        """Whether targets have to wait for us at all."""
        return self._place is not None or bool(self._timezone)

    def commands(self, target_type: str) -> list[tuple[str, dict[str, Any]]]:
        """Methods and parameters for a target of this type, in order."""
        wanted: list[tuple[str, dict[str, Any]]] = []
        if self._place is not None and target_type in _WITH_GEOLOCATION:
            place = self._place
            wanted.append(
                (
                    "Emulation.setGeolocationOverride",
                    {"latitude": place.latitude, "longitude": place.longitude, "accuracy": place.accuracy_m},
                )
            )
        return wanted + self.lasting_commands(target_type)

    def lasting_commands(self, target_type: str) -> list[tuple[str, dict[str, Any]]]:
        """Those that have to be said again after any target has gone."""
        if self._timezone and target_type in _WITH_TIMEZONE:
            return [("Emulation.setTimezoneOverride", {"timezoneId": self._timezone})]
        return []
