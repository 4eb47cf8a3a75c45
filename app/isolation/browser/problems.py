"""What can go wrong with a browser, each with its sentence and its next step."""

from __future__ import annotations

from app.kernel.errors import NotFoundProblem, Problem
from app.kernel.text import Text, say


class NoEngine(NotFoundProblem):
    """No usable browser on this machine."""

    @staticmethod
    def at_all() -> NoEngine:
        """Nothing was found."""
        return NoEngine(
            say("No Chrome, Edge, Chromium or Brave was found on this machine."),
            say("Install one of them (Debian and Ubuntu: sudo apt install chromium chromium-sandbox)."),
        )

    @staticmethod
    def named(wanted: str) -> NoEngine:
        """The one the profile wants is not there."""
        return NoEngine(
            say("The browser of this profile, {wanted}, was not found on this machine.", wanted=wanted),
            say("Install it, or see `berth engine list` and set another one with `berth profile set`."),
        )


class NoScreen(Problem):
    """There is no screen for a window."""

    def __init__(self) -> None:
        super().__init__(
            say("There is no screen here, so no window can open."),
            say("Run this inside a desktop session, or under `xvfb-run -a`."),
        )


class EngineFailed(Problem):
    """The browser ended before it was ready."""

    @staticmethod
    def at_start(engine: str, exit_code: int, stderr: str) -> EngineFailed:
        """From what the browser wrote before it ended; nothing of it is shown but the kind of failure."""
        return EngineFailed(
            say(
                "The browser ended before its window was ready ({engine}, code {code}).",
                engine=engine,
                code=exit_code,
            ),
            _next_step(stderr),
        )

    @staticmethod
    def silent(engine: str, seconds: float) -> EngineFailed:
        """It started and never answered."""
        return EngineFailed(
            say(
                "The browser did not answer within {seconds} seconds ({engine}).",
                engine=engine,
                seconds=seconds,
            ),
            say("Close other programs if the machine is busy, then open the store again."),
        )

    @staticmethod
    def missing(path: str) -> EngineFailed:
        """The binary cannot be executed."""
        return EngineFailed(
            say("The browser at {path} cannot be started.", path=path),
            say("Install it again, or choose another one: `berth engine list`."),
        )


class ProfileBusy(Problem):
    """The profile's directory is in use."""

    @staticmethod
    def open_here(name: str) -> ProfileBusy:
        """The keeper has it open."""
        return ProfileBusy(
            say("{name} is already open.", name=name),
            say("Go on in its window, or close it first with `berth close`."),
        )

    @staticmethod
    def by_process(name: str, pid: int | None) -> ProfileBusy:
        """Another process holds the directory."""
        return ProfileBusy(
            say("The browser profile of {name} is in use by process {pid}.", name=name, pid=pid or 0),
            say("Close that browser, then open the store again."),
        )


class ProfileElsewhere(Problem):
    """The profile's folder carries the mark of a browser on another computer."""

    def __init__(self, name: str, host: str) -> None:
        super().__init__(
            say("The browser profile of {name} is in use on the computer {host}.", name=name, host=host),
            say("Close it there. If nothing runs there any more, open the store with “Only this once”."),
        )


class EngineGone(Problem):
    """The browser ended while something was asked of it."""

    def __init__(self) -> None:
        super().__init__(
            say("The browser of this store has ended."), say("Open the store again; its logins are kept.")
        )


class PreferencesBroken(Problem):
    """A settings file of the browser profile cannot be read."""

    def __init__(self, path: str) -> None:
        super().__init__(
            say("The browser's settings file {path} cannot be read, so the store was not opened.", path=path),
            say(
                "Restore the profile from a backup, or move that file away "
                "to start with fresh browser settings."
            ),
        )


def _next_step(stderr: str) -> Text:
    # The browser's own words are the only source here; they decide nothing but the hint.
    lowered = stderr.lower()
    if "sandbox" in lowered:
        return say(
            "Its security sandbox could not start. Debian: sudo apt install chromium-sandbox. "
            "Ubuntu 24.04 and newer: use Google Chrome from its .deb."
        )
    if "display" in lowered or "x server" in lowered or "ozone" in lowered:
        return say("It found no screen. Start Berth inside a desktop session, or under `xvfb-run -a`.")
    if "profile appears to be in use" in lowered or "existing" in lowered:
        return say("Another browser uses the same profile folder. Close it, then open the store again.")
    return say("Start the browser once by itself; if that fails too, install it again.")
