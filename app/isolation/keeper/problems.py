"""What the keeper may answer instead."""

from __future__ import annotations

from collections.abc import Sequence

from app.kernel.errors import NotFoundProblem, Problem, UsageProblem
from app.kernel.text import Text, say


class WindowBusy(Problem):
    """The profile is open or being opened."""

    def __init__(self, name: str) -> None:
        super().__init__(
            say("{name} is already open.", name=name),
            say("Go on in its window, or close it first with `berth close`."),
        )


class CheckRunning(Problem):
    """The window is being checked already."""

    def __init__(self) -> None:
        super().__init__(
            say("This store is being checked already."), say("Wait until that check has ended; it is soon.")
        )


class NotOpen(NotFoundProblem):
    """No such window."""

    def __init__(self) -> None:
        super().__init__(say("This store has no open window."), say("`berth windows` lists the open ones."))


class NotForScripts(UsageProblem):
    """A person drives this window."""

    def __init__(self, name: str) -> None:
        super().__init__(
            say("A person drives the window of {name}, so no script may attach to it.", name=name),
            say("Close it, and open it for a script: `berth open NAME --mode automation --endpoint`."),
        )


class NotHeld(Problem):
    """There is nothing to go on with."""

    def __init__(self) -> None:
        super().__init__(
            say("This window is not held back."), say("Go on in it; `berth windows` lists what is held.")
        )


class CannotGoOn(Problem):
    """What a window is held for is not for a person to overlook, or is not what the person has seen."""

    @staticmethod
    def at_all(why: Text) -> CannotGoOn:
        """Nobody may decide that."""
        return CannotGoOn(
            say("This window has to stay held back: {why}", why=why),
            say("Mend that, or close the window and open it again."),
        )

    @staticmethod
    def now(why: Text) -> CannotGoOn:
        """It is something else by now."""
        return CannotGoOn(
            say("It is something else by now: {why}", why=why), say("Look again, then decide once more.")
        )


class CannotPlace(Problem):
    """The desktop decides where windows go."""

    def __init__(self) -> None:
        super().__init__(
            say("This desktop (Wayland) does not let programs place windows."),
            say("Arrange them with the desktop's own keys, or sign in to a session with X11."),
        )


class WindowAmbiguous(UsageProblem):
    """Several open windows are called so."""

    def __init__(self, who: str, choices: Sequence[str]) -> None:
        super().__init__(
            say(
                "{name} can mean several windows: {choices}.", name=who[:200], choices=", ".join(choices[:5])
            ),
            say("Use the profile's id; `berth windows --json` shows it."),
        )


class PageMissing(NotFoundProblem):
    """The window shows no such page."""

    def __init__(self, url: str) -> None:
        super().__init__(
            say("The window shows no page at {url}.", url=url[:200]),
            say("Open that page in it, then try again."),
        )


class TabMissing(NotFoundProblem):
    """The window has no such tab."""

    def __init__(self) -> None:
        super().__init__(
            say("The window has no such tab any more."), say("`berth tabs NAME` lists those that it has.")
        )


class NotPrepared(Problem):
    """The opening was interrupted between its two steps."""

    def __init__(self) -> None:
        super().__init__(
            say("The opening of this store was interrupted."), say("Open it again; nothing was changed.")
        )


class KeeperUnreachable(Problem):
    """The keeper cannot be started or does not answer."""

    @staticmethod
    def not_started(log: str) -> KeeperUnreachable:
        """It was started and never came up."""
        return KeeperUnreachable(
            say("The process that keeps windows open did not start."),
            say("Try again; if it stays, the log {log} says why.", log=log),
        )

    @staticmethod
    def gone() -> KeeperUnreachable:
        """It ended while a face was talking to it."""
        return KeeperUnreachable(
            say("The process that keeps windows open has ended; its windows were closed cleanly."),
            say("Open the store again; its logins are kept."),
        )
