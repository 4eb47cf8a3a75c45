"""What can go wrong with profiles, each with one sentence and the next step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.isolation.profile import Profile, name_key
from app.isolation.store import profiles as store
from app.isolation.store.queries import Queries
from app.kernel.errors import NotFoundProblem, Problem, UsageProblem
from app.kernel.gate import Answer, Refused
from app.kernel.text import Text, echoed, say

_SHOWN = 80


class ProfileMissing(NotFoundProblem):
    """No profile that this person may see has this name, number or id."""


class ProfileAmbiguous(UsageProblem):
    """Several profiles answer to what was given."""


class NameTaken(UsageProblem):
    """Another living profile has this name."""


class NumberTaken(UsageProblem):
    """Another profile has this number; those in the bin keep theirs."""


class SortUnknown(UsageProblem):
    """A list cannot be sorted by this."""


class SettingFixed(UsageProblem):
    """This setting is chosen when a profile is made and stays for its life."""


class ProfileIsOpen(Problem):
    """The profile's window is open, or its browser still runs."""


class FingerprintWrong(UsageProblem):
    """Settings that no real browser on this machine could show; `reasons` holds all of them."""

    def __init__(self, reasons: Sequence[Text]) -> None:
        super().__init__(reasons[0], say("Nothing was changed. Correct the value and try again."))
        self.reasons = tuple(reasons)

    def as_json(self) -> dict[str, object]:
        """With every reason, not only the first."""
        return {**super().as_json(), "reasons": [reason.as_json() for reason in self.reasons]}


def missing(who: str, near: str, in_bin: bool) -> ProfileMissing:
    """Nothing found; `near` is the name somebody may have meant."""
    shown = echoed(who, _SHOWN)
    text = say("There is no profile {name} in the bin.", name=shown)
    hint = say("`berth profile list --bin` shows what is in it.")
    if not in_bin:
        text = say("There is no profile {name}.", name=shown)
        hint = say("`berth profile list` shows all of them.")
    return ProfileMissing(text, say("Did you mean {near}?", near=near) if near else hint)


def ambiguous(who: str, found: Sequence[Profile]) -> ProfileAmbiguous:
    """Several found."""
    choices = ", ".join(f"#{item.number} {item.name}" for item in found[:5])
    return ProfileAmbiguous(
        say("{name} can mean several profiles: {choices}.", name=echoed(who, _SHOWN), choices=choices),
        say("Say which one by its number, such as #{number}.", number=found[0].number),
    )


def require_free(source: Queries, profile: Profile) -> None:
    """Raises NameTaken or NumberTaken where another profile has the one or the other."""
    if store.owner_of_name(source, name_key(profile.name)) not in (None, profile.id):
        raise NameTaken(
            say("There is already a profile called {name}.", name=profile.name),
            say("Choose another name."),
        )
    if store.owner_of_number(source, profile.number) not in (None, profile.id):
        raise NumberTaken(
            say("The number {number} belongs to another profile.", number=profile.number),
            say("Choose another number; a profile in the bin keeps its own."),
        )


def sort_unknown(asked: str, known: Iterable[str]) -> SortUnknown:
    """A list was to be sorted by what it does not have."""
    return SortUnknown(
        say("A list cannot be sorted by {sort}.", sort=echoed(asked)),
        say("Choose one of: {keys}.", keys=", ".join(known)),
    )


def fixed_for_life(name: str, value: str) -> SettingFixed:
    """The setting decides how the profile's data are encrypted or confined; changed, they would be lost."""
    return SettingFixed(
        say("{key} is {value} for the life of this profile.", key=name, value=value),
        say("Make a new profile with the value you need."),
    )


def asks_before_change(name: str, value: str) -> Refused:
    """A shop knows the present value; another one makes a person look like somebody else."""
    return Refused(
        say(
            "A shop has already seen {key} as {value}; a change can look like another person.",
            key=name,
            value=value,
        ),
        say("Confirm that you want it, and say why."),
        Answer.REASON,
    )


def group_not_granted(group: str) -> Refused:
    """A profile would go where this person cannot see it."""
    return Refused(
        say("You would not see this profile in the group {group}.", group=group or "(none)"),
        say("Put it into one of your groups, or ask the owner of this vault."),
        Answer.BLOCK,
    )


def is_open(profile: Profile) -> ProfileIsOpen:
    """The browser has the folder in its hands."""
    return ProfileIsOpen(
        say("The window of {name} is open.", name=profile.name),
        say("Close it with `berth close` and try again; nothing was changed."),
    )
