"""`berth open-many`, `arrange` and `hibernate`: many windows at once."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from app.cli.context import Context
from app.cli.windows import find_window, open_windows, tell_opening
from app.kernel.errors import Cancelled, ExitCode, Problem, UsageProblem
from app.kernel.text import say

if TYPE_CHECKING:
    from app.isolation.keeper.messages import Plain
    from app.kernel.ids import ProfileId
    from app.workspace import Workspace


class NothingToOpen(UsageProblem):
    """Neither names nor a group nor the last windows."""


def open_many_arguments(parser: argparse.ArgumentParser) -> None:
    """What `berth open-many` takes."""
    parser.add_argument("names", metavar="NAME", nargs="*", help="names, numbers or ids")
    parser.add_argument("--group", default="", help="every store of a group")
    parser.add_argument("--last", action="store_true", help="those that were open when Berth last ended")


def open_many(args: argparse.Namespace, context: Context) -> ExitCode:
    """Opens windows, as many at the same time as this machine bears; tells of each as it is there.

    Ctrl+C gives up what waits; what is open stays open.
    """
    with context.workspace() as work:
        wanted = _wanted(args, context, work)
        if not wanted:
            raise NothingToOpen(
                say("Which windows?"), say("Give names, --group GROUP, or --last after a crash.")
            )
        at_once = work.isolation.opening.at_once()
        stops: list[bool] = []
        with ThreadPoolExecutor(at_once, "berth-open") as threads:
            waiting = [threads.submit(_open, work, profile, stops) for profile in wanted]
            try:
                done = [_told(one.result(), context) for one in waiting]
            except KeyboardInterrupt:
                stops.append(True)
                for one in waiting:
                    one.cancel()
                raise
    return ExitCode.DONE if all(done) else ExitCode.FAILED


def arrange_arguments(parser: argparse.ArgumentParser) -> None:
    """What `berth arrange` takes."""
    parser.add_argument("names", metavar="NAME", nargs="*", help="names, numbers or ids; none: every window")


def arrange(args: argparse.Namespace, context: Context) -> None:
    """Puts open windows on a grid; needs no passphrase."""
    with open_windows(context) as (keeper, found):
        placed = keeper.arrange(_named(found, args.names))
    names = ", ".join(str(window["name"]) for window in found if window["profile"] in placed)
    context.out.show({"arranged": placed}, say("Arranged: {names}.", names=names).english())


def hibernate_arguments(parser: argparse.ArgumentParser) -> None:
    """What `berth hibernate` takes."""
    parser.add_argument("names", metavar="NAME", nargs="*", help="names, numbers or ids; none: every window")


def hibernate(args: argparse.Namespace, context: Context) -> None:
    """Closes what has no unread message, no unsent text and nobody in front; needs no passphrase."""
    with open_windows(context) as (keeper, found):
        closed, awake = keeper.hibernate(_named(found, args.names))
    lines = [say("No window was put to sleep.")]
    if closed:
        lines = [say("Asleep, with their tabs kept: {names}.", names=_names(closed))]
    if awake:
        lines.append(say("In use, and left open: {names}.", names=_names(awake)))
    context.out.show({"closed": closed, "awake": awake}, "\n".join(line.english() for line in lines))


def _wanted(args: argparse.Namespace, context: Context, work: Workspace) -> list[ProfileId]:
    from app.isolation.keeper.last_windows import last_windows

    found = named_profiles(work, args.names, args.group)
    if args.last:
        found += [window.profile for window in last_windows(context.paths)]
    return list(dict.fromkeys(found))


def named_profiles(work: Workspace, names: Sequence[str], group: str) -> list[ProfileId]:
    """The profiles with these names, numbers or ids, and all of a group where one is given."""
    from app.isolation.profiles import ProfileQuery

    profiles = work.isolation.profiles
    found = [profiles.get(name).id for name in names]
    return found + list(profiles.ids(ProfileQuery(group=group))) if group else found


def _open(work: Workspace, profile: str, stops: list[bool]) -> object:
    try:
        return work.isolation.opening.open_window(profile, is_wanted=lambda: not stops)
    except Cancelled:
        raise
    except Problem as problem:
        return problem


def _told(result: object, context: Context) -> bool:
    from app.isolation.opening import Opened

    if isinstance(result, Opened):
        tell_opening(result, context)
        return result.is_open
    assert isinstance(result, Problem)
    facts = {"event": "failed", "error": result.id, "message": result.text.english()}
    context.out.line(facts, f"{result.text.english()} {result.next_step.english()}")
    return False


def _named(found: list[Plain], names: Sequence[str]) -> list[ProfileId] | None:
    """The open windows that a person named; None, for all of them, where nobody was."""
    return [find_window(found, name)["profile"] for name in names] or None


def _names(windows: Sequence[Plain]) -> str:
    return ", ".join(f"{window['number']:03d} {window['name']}" for window in windows)
