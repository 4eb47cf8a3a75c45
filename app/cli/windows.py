"""`berth open`, `close`, `raise` and `windows`: stores in their own browser windows."""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from app.cli.context import Context
from app.cli.output import table
from app.kernel.errors import ExitCode, UsageProblem
from app.kernel.paths import is_there
from app.kernel.text import Text, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.isolation.checks import Check, Preflight
    from app.isolation.keeper.client import KeeperClient
    from app.isolation.keeper.messages import Plain
    from app.isolation.opening import Opened
    from app.kernel.ids import ProfileId

_MARKS = {"green": "✓", "amber": "!", "red": "✗"}
_NUMBER = re.compile(r"#?[0-9]{1,9}")


class EndpointNeedsAutomation(UsageProblem):
    """A script was to attach to a window that a person drives."""

    def __init__(self) -> None:
        super().__init__(
            say("A window that a person drives has no address for scripts."),
            say("Add --mode automation; the window then says that a script drives it."),
        )


def open_window_arguments(parser: argparse.ArgumentParser) -> None:
    """What `berth open` takes."""
    parser.add_argument("name", help="the profile's name, number or id")
    parser.add_argument(
        "--url", action="append", default=[], help="a page to open; may be given several times"
    )
    parser.add_argument(
        "--mode", choices=["hands-on", "automation"], default="hands-on", help="who drives the window"
    )
    parser.add_argument(
        "--endpoint",
        action="store_true",
        help="print the address where a script attaches; with --mode automation, and a secret",
    )
    parser.add_argument(
        "--hold",
        type=_seconds,
        metavar="SECONDS",
        help="stay, and close the window after so many seconds; without it the window stays open on its own",
    )
    parser.add_argument(
        "--only-this-once", action="store_true", help="open in spite of a red check that you answer for"
    )
    parser.add_argument("--reason", help="why, where a reason is asked for")


def open_window(args: argparse.Namespace, context: Context) -> ExitCode:
    """Opens a window; with `--hold` waits for its end and says why it ended."""
    from app.isolation.plan import Mode

    mode = Mode(args.mode)
    if args.endpoint and mode is not Mode.AUTOMATION:
        raise EndpointNeedsAutomation
    with context.workspace() as work:
        opened = work.isolation.opening.open_window(
            args.name,
            urls=args.url,
            mode=mode,
            with_endpoint=args.endpoint,
            only_this_once=args.only_this_once,
            reason=args.reason,
        )
    tell_opening(opened, context)
    if not opened.is_open:
        return ExitCode.FAILED
    if args.hold is not None:
        _hold(opened.profile.id, opened.profile.name, args.hold, context)
    return ExitCode.DONE


def close_window_arguments(parser: argparse.ArgumentParser) -> None:
    """What `berth close` takes."""
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("name", nargs="?", help="the profile's name, number or id")
    which.add_argument("--all", action="store_true", help="every open window")


def close_window(args: argparse.Namespace, context: Context) -> None:
    """Closes windows cleanly; needs no passphrase, since the windows are in front of the person anyway."""
    from app.isolation.keeper.problems import NotOpen

    closed: list[Plain] = []
    try:
        with open_windows(context) as (keeper, found):
            closed = keeper.close_windows(None if args.all else find_window(found, args.name)["profile"])
    except NotOpen:
        if not args.all:
            raise
    names = ", ".join(str(window["name"]) for window in closed)
    words = say("Closed: {names}.", names=names) if closed else say("No window is open.")
    context.out.show({"closed": closed}, words.english())


def raise_window_arguments(parser: argparse.ArgumentParser) -> None:
    """What `berth raise` takes."""
    parser.add_argument("name", help="the profile's name, number or id")


def raise_window(args: argparse.Namespace, context: Context) -> None:
    """Brings a window to the front; needs no passphrase, like closing it."""
    with open_windows(context) as (keeper, found):
        window = find_window(found, args.name)
        keeper.raise_window(window["profile"])
    facts = {"raised": window["profile"], "name": window["name"]}
    context.out.show(facts, say("{name} is in front.", name=str(window["name"])).english())


def recheck_arguments(parser: argparse.ArgumentParser) -> None:
    """What `berth recheck` takes."""
    parser.add_argument("name", help="the profile's name, number or id")
    parser.add_argument(
        "--go-on", action="store_true", help="let a window that is held back go on with the exit it has now"
    )
    parser.add_argument("--reason", help="why, where a reason is asked for")


def recheck(args: argparse.Namespace, context: Context) -> ExitCode:
    """Looks at the exit of an open window; without `--go-on` it needs no passphrase."""
    held: tuple[Check, ...] = ()
    with open_windows(context) as (keeper, found):
        window = find_window(found, args.name)
        name = str(window["name"])
        if args.go_on:
            _go_on(window, args.reason, context)
            told = [say("{name} goes on with what it was held for.", name=name)]
        else:
            held = keeper.look_again(window["profile"])
            told = [say("{name} comes out where it should.", name=name)]
    if held:
        told = [say("{name} is held back. Nothing of it leaves this computer.", name=name)]
        told += [check.message for check in held]
    facts = {"profile": window["profile"], "name": name, "is_held": bool(held), "held": _checks_json(held)}
    context.out.show(facts, "\n".join(text.english() for text in told))
    return ExitCode.FAILED if held else ExitCode.DONE


def _go_on(window: Plain, reason: str | None, context: Context) -> None:
    from app.isolation.keeper.messages import checks_from

    shown = checks_from(window.get("held", ()))
    with context.workspace() as work:
        work.isolation.opening.go_on(window["profile"], shown, reason=reason)


def windows_arguments(parser: argparse.ArgumentParser) -> None:
    """What `berth windows` takes."""
    parser.add_argument(
        "--endpoint", metavar="NAME", help="print where a script attaches to this window; a secret"
    )
    parser.add_argument("--reason", help="why, where a reason is asked for")


def windows(args: argparse.Namespace, context: Context) -> None:
    """Lists the open windows and the crashed ones; needs no passphrase but for an address for scripts."""
    from app.isolation.keeper.client import windows_and_crashes

    if args.endpoint is not None:
        with context.workspace() as work:
            profile, address = work.isolation.opening.script_address(args.endpoint, reason=args.reason)
        facts = {"profile": profile.name, "profile_id": profile.id, "endpoint": address.reveal()}
        context.out.show(facts, address.reveal())
        return
    is_there(context.paths.profiles)  # says so where the notes of crashes cannot be read
    found = windows_and_crashes(context.paths)
    rows = [
        (
            f"{window['number']:03d}",
            window["name"],
            window["state"],
            window.get("mode", ""),
            window.get("pid", ""),
            (window.get("preflight", {}).get("exit") or {}).get("ip", ""),
            str(window.get("opened_at") or window.get("at", ""))[:19],
        )
        for window in found
    ]
    head = ("No", "Name", "State", "Mode", "Pid", "Exit", "Since (UTC)")
    context.out.show(
        {"windows": [_plain(window) for window in found]},
        table(head, rows, "No window is open.", context.out.width),
    )


@contextmanager
def open_windows(context: Context) -> Iterator[tuple[KeeperClient, list[Plain]]]:
    """The keeper and its windows; needs no passphrase. Raises NotOpen where no keeper runs."""
    from app.isolation.keeper.client import KeeperClient

    with KeeperClient.of_windows(context.paths) as keeper:
        yield keeper, keeper.windows()


def preflight_json(preflight: Preflight) -> dict[str, object]:
    """A preflight as `--json` shows it."""
    found = preflight.exit
    return {
        "exit_ip": found.ip if found else None,
        "country": (found.country or None) if found else None,
        "checks": _checks_json(preflight.checks),
    }


def _checks_json(checks: Sequence[Check]) -> list[dict[str, str]]:
    return [
        {"id": check.id, "level": check.level.value, "message": check.message.english()} for check in checks
    ]


def _plain(window: Plain) -> dict[str, object]:
    from app.isolation.keeper.messages import checks_from, preflight_from

    shown = dict(window)
    if "held" in window:
        shown["held"] = _checks_json(checks_from(window["held"]))
    if "preflight" in window:
        shown["preflight"] = preflight_json(preflight_from(window["preflight"]))
    return shown


def tell_opening(opened: Opened, context: Context) -> None:
    """How an opening went: one event."""
    preflight = preflight_json(opened.preflight)
    checks = "\n".join(
        f"  {_MARKS[check.level.value]} {check.message.english()}" for check in opened.preflight.checks
    )
    if not opened.is_open:
        words = say(
            "{name} was not opened. Nothing has reached the store.", name=opened.profile.name
        ).english()
        facts: dict[str, object] = {
            "event": "refused",
            "profile": opened.profile.name,
            "preflight": preflight,
        }
        context.out.line(facts, f"{words}\n{checks}\n{_ways_on(opened.preflight).english()}")
        return
    words = say("{name} is open (process {pid}).", name=opened.profile.name, pid=opened.pid).english()
    facts = {
        "event": "open",
        "profile": opened.profile.name,
        "profile_id": opened.profile.id,
        "pid": opened.pid,
        "engine": opened.engine,
        "preflight": preflight,
    }
    if opened.endpoint is not None:
        address = opened.endpoint.reveal()
        facts["endpoint"] = address
        checks += "\n" + say("A script attaches at {address}", address=address).english()
    context.out.line(facts, f"{words}\n{checks}")


def _ways_on(preflight: Preflight) -> Text:
    """What a person can do about a refusal."""
    if preflight.stops(only_this_once=True):
        return say(
            "Mend what is marked ✗, or give the store another proxy: `berth profile set NAME proxy=-`."
        )
    return say(
        "Mend what is marked ✗, or give the store another proxy: `berth profile set NAME proxy=-`. "
        "`berth open NAME --only-this-once` opens it in spite of that, this one time."
    )


def _hold(profile: ProfileId, name: str, seconds: float, context: Context) -> None:
    from app.isolation.keeper.client import KeeperClient
    from app.isolation.keeper.problems import NotOpen

    reason: str | None = None
    started = time.monotonic()
    with KeeperClient.start(context.paths) as keeper:
        try:
            reason = keeper.wait(profile, seconds)
        except NotOpen:
            reason = "person"  # gone before we could ask
        except KeyboardInterrupt:
            reason = None
        if reason is None:
            closed = _close_again(context, profile)
            reason = closed or "person"
    facts = {
        "event": "closed",
        "profile": name,
        "reason": reason,
        "seconds": round(time.monotonic() - started, 1),
    }
    context.out.line(facts, say("{name} is closed ({reason}).", name=name, reason=reason).english())


def _close_again(context: Context, profile: ProfileId) -> str | None:
    """On a connection of its own: an interrupted one may be in the middle of an answer."""
    from app.isolation.keeper.client import KeeperClient
    from app.kernel.errors import NotFoundProblem

    keeper = KeeperClient.find(context.paths)
    if keeper is None:
        return None
    with keeper:
        try:
            return str(keeper.close_windows(profile)[0]["reason"])
        except NotFoundProblem:
            return None


def find_window(found: list[Plain], who: str) -> Plain:
    """The open window that a person names. Raises NotOpen, WindowAmbiguous."""
    from app.isolation.keeper.problems import NotOpen, WindowAmbiguous
    from app.isolation.profile import name_key

    wanted = name_key(who)
    number = int(wanted.lstrip("#")) if _NUMBER.fullmatch(wanted) else None
    for window in found:
        if name_key(window["profile"]) == wanted:
            return window
    matching = [
        window for window in found if name_key(window["name"]) == wanted or window["number"] == number
    ]
    if len(matching) > 1:
        raise WindowAmbiguous(who, [f"#{window['number']} {window['name']}" for window in matching])
    if not matching:
        raise NotOpen
    return matching[0]


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 10 * 365 * 24 * 3600:
        raise argparse.ArgumentTypeError("give a number of seconds, such as 60")
    return value
