"""What every target is told before its first script: place, noise, the timezone where TZ does not work."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

from app.isolation.browser.noise import noise_script
from app.isolation.plan import Fingerprint, GeoMode

_DOCUMENTS = frozenset({"page", "iframe"})
_WORKERS = frozenset({"worker", "shared_worker", "service_worker"})
Command = tuple[str, dict[str, Any]]


class Arming:
    """The commands for a new target, from the profile's frozen settings; noise is seeded by its id."""

    def __init__(
        self, settings: Fingerprint, *, profile: str = "", tz_works: bool = sys.platform != "win32"
    ) -> None:
        self._place = settings.place if settings.geolocation is GeoMode.FIXED else None
        self._timezone = "" if tz_works else settings.timezone
        self._noise = noise_script(settings, profile)

    def commands(self, target_type: str) -> list[Command]:
        """Methods and parameters for a target of this type, in order."""
        wanted: list[Command] = []
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

    def lasting_commands(self, target_type: str) -> list[Command]:
        """Those that have to be said again after any target has gone."""
        if self._timezone and target_type in _DOCUMENTS | _WORKERS:
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

    def anew(self) -> list[tuple[str, Command]]:
        """Everything that was said, to be said once more."""
        return [
            (session, command)
            for session in self._speakers.values()
            for command in self._arming.commands(self._sessions[session].kind)
        ]

    def kind_of(self, session: str) -> str:
        """What kind of target a session is with; empty for one that is not known."""
        found = self._sessions.get(session)
        return found.kind if found is not None else ""

    def _drop(self, session: str) -> None:
        about = self._sessions.pop(session, None)
        if about is not None and self._speakers.get(about.target) == session:
            del self._speakers[about.target]
        # The browser does not tell of the sessions below one that ends.
        for below in [name for name, child in self._sessions.items() if child.parent == session]:
            self._drop(below)
