"""`berth profile`: store accounts, each in a browser of its own."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.arguments import folder
from app.cli.context import Context
from app.cli.output import card, table
from app.cli.profile_output import essentials, lines, plain, summary
from app.cli.proxies import proxy_text
from app.isolation.profile import AccountStatus, Profile
from app.isolation.profiles import SORTS, ProfileQuery
from app.kernel.errors import UsageProblem
from app.kernel.gate import Answer, Refused
from app.kernel.secret import Secret
from app.kernel.text import echoed, say

if TYPE_CHECKING:
    from app.workspace import Workspace

_CONFIRMED = "confirmed on the command line"


class AssignmentWrong(UsageProblem):
    """A word that is not key=value."""


class NothingToChange(UsageProblem):
    """`profile set` without anything to set."""


def new_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what `new` takes."""
    parser.add_argument("name", metavar="NAME")
    parser.add_argument("--template", default="", metavar="T", help="see `berth template list`")
    parser.add_argument(
        "--proxy",
        default="direct",
        metavar="PROXY",
        help="direct, the name of a stored proxy, a proxy string, or - to read one from standard input",
    )
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", dest="values")


def new(args: argparse.Namespace, context: Context) -> None:
    """Makes a profile from a template, with settings of its own."""
    values = _assignments(args.values)
    proxy = proxy_text(args.proxy, context)
    with context.workspace() as work:
        profile = work.isolation.profiles.new(args.name, template=args.template, proxy=proxy, values=values)
        data, _ = _told(work, profile)
    _show_made(data, profile, context)


def list_all_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what `list` takes."""
    parser.add_argument("text", nargs="?", default="", metavar="TEXT", help="the same as --text")
    parser.add_argument(
        "--text",
        default=None,
        dest="wanted",
        metavar="TEXT",
        help="only those that have all these words in name, pinyin, initials, number, group, tags or exit",
    )
    for name in ("group", "tag", "platform", "market", "operator"):
        parser.add_argument(f"--{name}", default="", metavar=name.upper())
    parser.add_argument("--status", type=AccountStatus, choices=list(AccountStatus), default=None)
    parser.add_argument("--bin", action="store_true", help="those in the bin")
    parser.add_argument("--sort", choices=SORTS, default="number", help="by what; number by itself")
    parser.add_argument("--desc", action="store_true", help="the other way round")


def list_all(args: argparse.Namespace, context: Context) -> None:
    """Prints the profiles this person may see."""
    query = ProfileQuery(
        text=args.text if args.wanted is None else args.wanted,
        group=args.group,
        tag=args.tag,
        platform=args.platform,
        market=args.market.upper(),
        status=args.status,
        operator=args.operator,
        in_bin=args.bin,
        sort=args.sort,
        descending=args.desc,
    )
    with context.workspace() as work:
        profiles = work.isolation.profiles
        rows = profiles.rows(profiles.ids(query))
    found = [(row.profile, row.proxy.name if row.proxy else "direct") for row in rows]
    context.out.show(
        {"profiles": [plain(item, path) for item, path in found]},
        table(
            ("no", "name", "platform", "market", "group", "status", "path", "last opened"),
            [summary(item, path) for item, path in found],
            "The bin is empty." if args.bin else "There are no profiles. `berth profile new NAME` makes one.",
            context.out.width,
        ),
    )


def show_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what `show` takes."""
    _takes_one(parser)
    parser.add_argument("--bin", action="store_true", help="look in the bin")
    parser.add_argument("--note", action="store_true", help="also reveal its note; the reveal is recorded")
    parser.add_argument("--reason", default=None, help="why the note is revealed")


def show(args: argparse.Namespace, context: Context) -> None:
    """Prints all of one profile."""
    with context.workspace() as work:
        profiles = work.isolation.profiles
        profile = profiles.get(args.profile, in_bin=args.bin)
        data, words = _told(work, profile)
        note = profiles.reveal_note(profile.id, reason=args.reason).reveal() if args.note else None
        for warning in profiles.warnings(profile):
            context.out.note(warning.english())
    if note is not None:
        data = {**data, "note": note}
        words = f"{words}\n\n{note}"
    context.out.show(data, words)


def set_values_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what `set` takes."""
    _takes_one(parser)
    parser.add_argument("values", nargs="*", metavar="KEY=VALUE", help="for instance market=US proxy=direct")
    parser.add_argument(
        "--note-file", type=folder, metavar="FILE", help="replace the note; an empty file removes it"
    )
    parser.add_argument("--yes", action="store_true", help="change even what a shop has already seen")
    parser.add_argument("--reason", default=None, help="why")


def set_values(args: argparse.Namespace, context: Context) -> None:
    """Changes settings of a profile: all of those given, or none."""
    values = [
        (key, proxy_text(value, context) if key == "proxy" else value)
        for key, value in _assignments(args.values)
    ]
    if not values and args.note_file is None:
        raise NothingToChange(say("Nothing to change was given."), say("Add key=value, such as market=US."))
    note = _note_of(args.note_file, context) if args.note_file else None
    with context.workspace() as work:
        profiles = work.isolation.profiles
        profile = profiles.get(args.profile)
        if values:
            profile = _set_asking(work, profile, values, args, context)
        if note is not None:
            profile = profiles.write_note(profile.id, note)
        data, _ = _told(work, profile)
    if any(key == "proxy" for key, _ in values):
        data["warnings"] = _warn_of_direct(profile, context)
    changed = ", ".join([key for key, _ in values] + (["note"] if note is not None else []))
    context.out.show(data, f"Changed profile {profile.shown_number} {profile.name}: {changed}.")


def clone_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what `clone` takes."""
    _takes_one(parser)
    parser.add_argument("name", metavar="NEW-NAME")
    parser.add_argument("--proxy", default="", metavar="PROXY", help="another path than the first one's")


def clone(args: argparse.Namespace, context: Context) -> None:
    """Makes a profile with the settings of another; logins, note and history stay with the first."""
    proxy = proxy_text(args.proxy, context)
    with context.workspace() as work:
        profile = work.isolation.profiles.clone(args.profile, args.name, proxy=proxy)
        data, _ = _told(work, profile)
    _show_made(data, profile, context)


def delete_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what `delete` takes."""
    _takes_one(parser)


def delete(args: argparse.Namespace, context: Context) -> None:
    """Moves a profile to the bin."""
    with context.workspace() as work:
        profile = work.isolation.profiles.delete(args.profile)
        days = work.settings.number("profiles.bin_days")
    context.out.show(
        {"deleted": profile.id, "number": profile.number, "name": profile.name},
        f"Moved {profile.name} to the bin. `berth profile restore {profile.number}` takes it out again;"
        f" after {days} days `berth profile purge --expired` removes it.",
    )


def restore_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what `restore` takes."""
    _takes_one(parser)
    parser.add_argument("--name", default="", help="another name, when its own is taken by now")


def restore(args: argparse.Namespace, context: Context) -> None:
    """Takes a profile out of the bin."""
    with context.workspace() as work:
        profile = work.isolation.profiles.restore(args.profile, name=args.name)
        data, _ = _told(work, profile)
    context.out.show(data, f"Restored profile {profile.shown_number} {profile.name}.")


def purge_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what `purge` takes."""
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument(
        "profile", metavar="PROFILE", nargs="?", help="name, number or id of a profile in the bin"
    )
    which.add_argument("--expired", action="store_true", help="all that have been in the bin for long enough")
    parser.add_argument("--yes", action="store_true", help="do not ask")


def purge(args: argparse.Namespace, context: Context) -> None:
    """Removes profiles in the bin, with their logins, for good."""
    what = "everything that has been in the bin for long enough" if args.expired else args.profile
    if not context.prompts.confirm(f"Remove {what} with all its logins, for good?", args.yes):
        context.out.note("Nothing was removed.")
        return
    with context.workspace() as work:
        profiles = work.isolation.profiles
        if args.expired:
            gone = profiles.purge_expired(work.settings.number("profiles.bin_days"))
        else:
            gone = (profiles.purge(args.profile),)
    names = ", ".join(profile.name for profile in gone)
    context.out.show(
        {"purged": [{"id": one.id, "number": one.number, "name": one.name} for one in gone]},
        f"Removed {names}." if gone else "There was nothing to remove.",
    )


def _show_made(data: dict[str, object], profile: Profile, context: Context) -> None:
    words = "\n\n".join(
        [
            f"Made profile {profile.shown_number} {profile.name}.",
            card(essentials(data)),
            f"`berth profile show {shlex.quote(profile.name)}` has all.",
        ]
    )
    context.out.show({**data, "warnings": _warn_of_direct(profile, context)}, words)


def _warn_of_direct(profile: Profile, context: Context) -> list[str]:
    if profile.proxy is not None:
        return []
    warning = f"{profile.name} has no proxy, so its window uses this machine's own address."
    context.out.note(f"Warning: {warning}")
    return [warning]


def _takes_one(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("profile", metavar="PROFILE", help="name, number or id")


def _assignments(words: Iterable[str]) -> list[tuple[str, str]]:
    pairs = []
    for word in words:
        key, sign, value = word.partition("=")
        if not sign or not key.strip():
            raise AssignmentWrong(
                say("{word} is not of the form key=value.", word=echoed(word)),
                say("For instance: market=US."),
            )
        pairs.append((key.strip(), value))
    return pairs


def _set_asking(
    work: Workspace,
    profile: Profile,
    values: list[tuple[str, str]],
    args: argparse.Namespace,
    context: Context,
) -> Profile:
    """Changes the profile; asks where a shop has already seen the old value and somebody is there to ask."""
    profiles = work.isolation.profiles
    try:
        return profiles.set(profile.id, values, confirm=args.yes, reason=args.reason)
    except Refused as refused:
        if refused.needs is not Answer.REASON or args.yes or not context.prompts.has_person:
            raise
        if not context.prompts.confirm(f"{refused.text.english()} Change it?", False):
            raise
    return profiles.set(profile.id, values, confirm=True, reason=args.reason or _CONFIRMED)


def _note_of(file: Path, context: Context) -> Secret:
    return context.prompts.secret_file(file, may_be_empty=True)


def _told(work: Workspace, profile: Profile) -> tuple[dict[str, object], str]:
    data = plain(profile, _PathNames(work)(profile))
    return data, card(lines(data))


class _PathNames:
    """The names of the proxies that profiles go through, each looked up once."""

    def __init__(self, work: Workspace) -> None:
        self._proxies = work.isolation.proxies
        self._known: dict[str, str] = {}

    def __call__(self, profile: Profile) -> str:
        if profile.proxy is None:
            return "direct"
        if profile.proxy not in self._known:
            self._known[profile.proxy] = self._proxies.get(profile.proxy).name
        return self._known[profile.proxy]
