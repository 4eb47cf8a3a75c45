"""`berth group`: the groups that profiles stand in."""

from __future__ import annotations

import argparse

from app.cli.context import Context
from app.cli.output import table
from app.isolation.groups import Group

_NONE = "none"


def list_all(args: argparse.Namespace, context: Context) -> None:
    """Prints the groups in their order, each with how many profiles it has."""
    with context.workspace() as work:
        counts = work.isolation.profiles.counts()
    data = {
        "groups": [
            {"id": one.id, "name": one.name, "colour": one.colour, "profiles": one.count}
            for one in counts.groups
        ],
        "ungrouped": counts.ungrouped,
    }
    rows = [(one.name, one.colour, one.count) for one in counts.groups]
    empty = "There are no groups. `berth profile set NAME group=…` makes one."
    context.out.show(data, table(("group", "colour", "profiles"), rows, empty, context.out.width))


def rename_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what `rename` takes."""
    _takes_one(parser)
    parser.add_argument("name", metavar="NEW-NAME")


def rename(args: argparse.Namespace, context: Context) -> None:
    """Gives a group another name."""
    with context.workspace() as work:
        group = work.isolation.groups.rename(args.group, args.name)
    context.out.show(plain(group), f"The group is called {group.name} now.")


def colour_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what `colour` takes."""
    _takes_one(parser)
    parser.add_argument("colour", metavar="COLOUR", help="#RRGGBB, or none")


def colour(args: argparse.Namespace, context: Context) -> None:
    """Gives a group another colour."""
    chosen = "" if args.colour.strip().lower() == _NONE else args.colour
    with context.workspace() as work:
        group = work.isolation.groups.recolour(args.group, chosen)
    context.out.show(plain(group), f"{group.name} is {group.colour or 'without a colour'} now.")


def order_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what `order` takes."""
    parser.add_argument(
        "groups",
        metavar="GROUP",
        nargs="+",
        help="names or ids; groups left out follow in the order they had",
    )


def order(args: argparse.Namespace, context: Context) -> None:
    """Puts groups into another order."""
    with context.workspace() as work:
        found = work.isolation.groups.reorder(args.groups)
    names = ", ".join(group.name for group in found)
    context.out.show({"groups": [plain(group) for group in found]}, f"The order is now: {names}.")


def remove_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what `remove` takes."""
    _takes_one(parser)


def remove(args: argparse.Namespace, context: Context) -> None:
    """Dissolves a group; its profiles stay."""
    with context.workspace() as work:
        group = work.isolation.groups.remove(args.group)
    words = f"Dissolved the group {group.name}; its profiles are in no group now."
    context.out.show({"removed": group.id, "name": group.name}, words)


def plain(group: Group) -> dict[str, object]:
    """A group for `--json`."""
    return {"id": group.id, "name": group.name, "colour": group.colour}


def _takes_one(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("group", metavar="GROUP", help="name or id")
