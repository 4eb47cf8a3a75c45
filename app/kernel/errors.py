"""Expected errors: each says what happened and what to do next, and carries its exit code."""

from __future__ import annotations

import errno
import re
from enum import IntEnum

from app.kernel.text import Text, say


class ExitCode(IntEnum):
    """What a `berth` command ends with."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    LOCKED = 3
    NOT_FOUND = 4
    REFUSED = 5


class Cancelled(Exception):
    """Somebody stopped the work; shown nowhere."""


class Problem(Exception):
    """An expected error. Subclasses set `exit_code`; everything else is a bug and is logged as one."""

    exit_code: ExitCode = ExitCode.FAILED

    def __init__(self, text: Text, next_step: Text) -> None:
        super().__init__(text, next_step)
        self.text = text
        self.next_step = next_step

    def __str__(self) -> str:
        return f"{self.text.english()} {self.next_step.english()}"

    @property
    def id(self) -> str:
        """A stable name for machines, from the class name: `ProxyRefused` is `proxy-refused`."""
        return re.sub(r"(?<!^)(?=[A-Z])", "-", type(self).__name__).lower()

    def as_json(self) -> dict[str, object]:
        """For `--json`: id, sentence, next step and exit code."""
        return {
            "error": self.id,
            "message": self.text.english(),
            "next_step": self.next_step.english(),
            "facts": self.text.english_facts(),
            "exit_code": int(self.exit_code),
        }


class UsageProblem(Problem):
    """The command or a value in it cannot be understood."""

    exit_code = ExitCode.USAGE


class LockedProblem(Problem):
    """The vault cannot be unlocked or is not free."""

    exit_code = ExitCode.LOCKED


class NotFoundProblem(Problem):
    """Something that was named does not exist."""

    exit_code = ExitCode.NOT_FOUND


class RefusedProblem(Problem):
    """The gate said no, or wants a reason or an approval first."""

    exit_code = ExitCode.REFUSED


class StorageFull(Problem):
    """The disk has no room; nothing was changed."""


class FolderNotWritable(Problem):
    """A folder of Berth's cannot be written."""


class FolderNotReadable(Problem):
    """A folder of Berth's cannot be looked into."""


class FolderShared(UsageProblem):
    """A folder in which a vault would lie open to others, or among other things."""


def reading_problem(error: OSError, folder: object) -> FolderNotReadable:
    """The sentence for a folder that the machine does not let us look into."""
    return FolderNotReadable(
        say("Berth cannot look into {folder}: {why}.", folder=str(folder), why=error.strerror or "refused"),
        say("Check who owns the folder, or choose another one with --home."),
    )


def storage_problem(error: OSError, folder: object) -> Problem:
    """The sentence for a file operation that the machine refused."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageFull(
            say("The disk is full, so nothing was saved in {folder}.", folder=str(folder)),
            say("Free some space and try again; what was stored before is unchanged."),
        )
    return FolderNotWritable(
        say("Berth cannot write to {folder}: {why}.", folder=str(folder), why=error.strerror or "refused"),
        say("Check who owns the folder, or choose another one with --home."),
    )
