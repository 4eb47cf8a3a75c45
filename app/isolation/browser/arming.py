"""What every target is told before its first script: place, noise, the timezone where TZ does not work."""

from __future__ import annotations

import sys
from typing import Any

from app.isolation.browser.noise import noise_script
from app.isolation.plan import Fingerprint, GeoMode

_DOCUMENTS = frozenset({"page", "iframe"})
_WORKERS = frozenset({"worker", "shared_worker", "service_worker"})


class Arming:
    """The commands for a new target, from the profile's frozen settings; noise is seeded by its id."""

    def __init__(
        self, settings: Fingerprint, *, profile: str = "", tz_works: bool = sys.platform != "win32"
    ) -> None:
        self._place = settings.place if settings.geolocation is GeoMode.FIXED else None
        self._timezone = "" if tz_works else settings.timezone
        self._noise = noise_script(settings, profile)

    def commands(self, target_type: str) -> list[tuple[str, dict[str, Any]]]:
        """Methods and parameters for a target of this type, in order."""
        wanted: list[tuple[str, dict[str, Any]]] = []
        if self._place is not None and target_type in _DOCUMENTS:
            place = self._place
            wanted.append(
                (
                    "Emulation.setGeolocationOverride",
                    {"latitude": place.latitude, "longitude": place.longitude, "accuracy": place.accuracy_m},
                )
            )
        if self._noise and target_type in _DOCUMENTS:
            parameters = {"source": self._noise, "runImmediately": True}
            # Without Page.enable later documents of the target would not run it.
            wanted += [("Page.enable", {}), ("Page.addScriptToEvaluateOnNewDocument", parameters)]
        elif self._noise and target_type in _WORKERS:
            wanted.append(("Runtime.evaluate", {"expression": self._noise, "silent": True}))
        return wanted + self.lasting_commands(target_type)

    def lasting_commands(self, target_type: str) -> list[tuple[str, dict[str, Any]]]:
        """Those that have to be said again after any target has gone."""
        if self._timezone and target_type in _DOCUMENTS | _WORKERS:
            return [("Emulation.setTimezoneOverride", {"timezoneId": self._timezone})]
        return []
