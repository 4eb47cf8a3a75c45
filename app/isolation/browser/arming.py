"""What every target is told before its first script: place, and the timezone where TZ does not work."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

from app.isolation.plan import Fingerprint, GeoMode

_WITH_GEOLOCATION = frozenset({"page", "iframe"})
Command = tuple[str, dict[str, Any]]

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

    def commands(self, target_type: str) -> list[Command]:
        """Methods and parameters for a target of this type, in order."""
        wanted: list[Command] = []
        if self._place is not None and target_type in _WITH_GEOLOCATION:
            place = self._place
            wanted.append(
                (
                    "Emulation.setGeolocationOverride",
                    {"latitude": place.latitude, "longitude": place.longitude, "accuracy": place.accuracy_m},
                )
            )
        return wanted + self.lasting_commands(target_type)

    def lasting_commands(self, target_type: str) -> list[Command]:
        """Those that have to be said again after any target has gone."""
        if self._timezone and target_type in _WITH_TIMEZONE:
            return [("Emulation.setTimezoneOverride", {"timezoneId": self._timezone})]
        return []


@dataclass(frozen=True, slots=True)
class Session:
    """One of the hub's own sessions: with what, and the session it was announced under."""

    kind: str
    target: str
    parent: str


class Armed:
    """Which of the hub's sessions hold what was said to their targets.

    A worker shared by pages is announced under the browser and under each page. It is told once, in the
    first of these sessions: what is said twice is done twice. When that session goes, what was said in it
    goes too, and another one has to say it again.
    """

    def __init__(self, arming: Arming) -> None:
        self._arming = arming
        self._sessions: dict[str, Session] = {}
        self._speakers: dict[str, str] = {}

    def add(self, session: str, about: Session) -> list[Command]:
        """What to say in a new session, which is nothing where another one has said it."""
        self._sessions[session] = about
        if about.target in self._speakers:
            return []
        self._speakers[about.target] = session
        return self._arming.commands(about.kind)

    def remove(self, session: str) -> list[tuple[str, Command]]:
        """What to say again, and in which sessions, now that one has ended, with all below it."""
        self._drop(session)
        again = []
        for name, about in self._sessions.items():
            if about.target not in self._speakers:
                self._speakers[about.target] = name
                again += [(name, command) for command in self._arming.commands(about.kind)]
            elif self._speakers[about.target] == name:
                # When an opener goes, Chromium puts its popups back to the system's timezone.
                again += [(name, command) for command in self._arming.lasting_commands(about.kind)]
        return again

    def _drop(self, session: str) -> None:
        about = self._sessions.pop(session, None)
        if about is not None and self._speakers.get(about.target) == session:
            del self._speakers[about.target]
        # The browser does not tell of the sessions below one that ends.
        for below in [name for name, child in self._sessions.items() if child.parent == session]:
            self._drop(below)
