"""`berth tabs` and `berth screenshot`: what an open window shows."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from app.cli.arguments import folder
from app.cli.context import Context
from app.cli.output import table
from app.cli.windows import find_window, open_windows
from app.kernel.text import say

if TYPE_CHECKING:
    from app.isolation.keeper.messages import Plain


def tabs_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what `tabs` takes."""
    parser.add_argument("name", metavar="NAME", help="the profile's name, number or id")
    act = parser.add_mutually_exclusive_group()
    act.add_argument("--open", metavar="URL", help="open a page in a new tab")
    act.add_argument("--focus", type=int, metavar="N", help="bring the tab with this number to the front")
    act.add_argument("--close", type=int, metavar="N", help="close the tab with this number")


def tabs(args: argparse.Namespace, context: Context) -> None:
    """Lists the tabs of a window, after an act on them where one is asked for; needs no passphrase."""
    from app.isolation.keeper.problems import TabMissing
    from app.isolation.profile import clean_url

    with open_windows(context) as (keeper, windows):
        profile = find_window(windows, args.name)["profile"]
        found = keeper.tabs(profile)
        number = args.focus if args.focus is not None else args.close
        if number is not None and not 1 <= number <= len(found):
            raise TabMissing
        if args.open is not None:
            keeper.open_page(profile, clean_url(args.open))
        elif args.focus is not None:
            keeper.focus_tab(profile, found[number - 1]["id"])
        elif args.close is not None:
            keeper.close_tab(profile, found[number - 1]["id"])
            found.pop(number - 1)
        if args.open is not None or args.focus is not None:
            found = keeper.tabs(profile)
    _show(found, context)


def screenshot_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what `screenshot` takes."""
    parser.add_argument("name", metavar="NAME", help="the profile's name, number or id")
    parser.add_argument("file", metavar="FILE", type=folder, help="where to write the PNG")
    parser.add_argument("--reason", help="why, where a reason is asked for")


def screenshot(args: argparse.Namespace, context: Context) -> None:
    """Writes what the tab in front shows to a file that its owner alone can read."""
    from app.kernel.files import write_whole

    with context.workspace() as work:
        profile, png = work.isolation.opening.picture(args.name, reason=args.reason)
    write_whole(args.file, png)
    words = say("Wrote a picture of {name} to {file}.", name=profile.name, file=str(args.file))
    context.out.show({"profile": profile.name, "file": str(args.file), "bytes": len(png)}, words.english())


def _show(found: list[Plain], context: Context) -> None:
    rows = [
        (at, "*" if tab["in_front"] else "", tab["title"], tab["url"])
        for at, tab in enumerate(found, start=1)
    ]
    context.out.show(
        {"tabs": found}, table(("No", "Front", "Title", "Address"), rows, "No tab.", context.out.width)
    )
