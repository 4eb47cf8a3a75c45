"""What can go wrong with a vault, each with one sentence and the next step."""

from __future__ import annotations

from pathlib import Path

from app.kernel.errors import LockedProblem, NotFoundProblem, Problem, UsageProblem
from app.kernel.text import Text, say


class VaultMissing(NotFoundProblem):
    """There is no vault in the data folder."""


class VaultExists(UsageProblem):
    """A vault stands already where one was to be made."""


class PassphraseMissing(UsageProblem):
    """A vault cannot be made with an empty passphrase."""


class OperatorNameWrong(UsageProblem):
    """A name that no operator can have."""


class KdfOutOfBounds(UsageProblem):
    """Key derivation was asked to be weaker or costlier than Berth allows."""


class WrongPassphrase(LockedProblem):
    """The passphrase opens none of the vault's slots."""


class WrongRecoveryCode(LockedProblem):
    """The recovery code cannot be read, or opens none of the vault's slots."""


class VaultBusy(LockedProblem):
    """Another process has the vault open."""


class VaultIsLocked(LockedProblem):
    """The vault was locked while, or before, somebody used it."""


class OperatorDisabled(LockedProblem):
    """The person behind the slot may no longer unlock this vault."""


class VaultDamaged(Problem):
    """The key file or the database was cut, edited or replaced."""


class VaultTooNew(Problem):
    """The vault was written by a newer Berth."""


class UpgradeFailed(Problem):
    """A step towards a newer database failed; the vault is as it was."""


class StorageFailed(Problem):
    """The system refused to read or write the vault's files; nothing was changed."""


class ConstraintBroken(Exception):
    """A statement broke a rule of its table (unique, foreign key, check); services say what that means."""


def missing(folder: Path) -> VaultMissing:
    """No vault yet."""
    return VaultMissing(
        say("There is no vault in {folder}.", folder=str(folder)),
        say("Make one with `berth init`, or name another folder with --home."),
    )


def damaged(what: Text) -> VaultDamaged:
    """`what` says which part is wrong; the way out is always a copy."""
    return VaultDamaged(
        what,
        say(
            "Keep the data folder as it is and work with a copy: your own, named with --home, or the pair"
            " vault.json and data.db from its folder backups, which Berth makes before upgrades."
        ),
    )


def too_new(path: Path, found: int, known: int) -> VaultTooNew:
    """Written by a newer Berth; nothing was changed."""
    return VaultTooNew(
        say(
            "{file} was written by a newer Berth (format {found}, this one knows up to {known}).",
            file=path.name,
            found=found,
            known=known,
        ),
        say("Install the newest Berth and try again; nothing was changed."),
    )


def is_locked() -> VaultIsLocked:
    """Somebody used a vault after it was locked."""
    return VaultIsLocked(say("The vault is locked."), say("Unlock it and try again."))
