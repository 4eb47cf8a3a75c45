"""`berth setting`: how Berth behaves, on this machine and in this vault."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager

from app.cli.context import Context
from app.cli.output import card, table
from app.kernel.settings import Scope, Setting, Settings, Value


def list_all(args: argparse.Namespace, context: Context) -> None:
    """Prints every setting; unlocks the vault for those that live in it."""
    with context.workspace() as work:
        rows = [(row, work.settings.get(row.name)) for row in work.settings.rows()]
    context.out.show(
        {"settings": [_plain(row, value) for row, value in rows]},
        table(
            ("setting", "value", "default", "scope", "what"),
            [
                (row.name, _shown(value), _shown(row.default), row.scope.value, row.short.english())
                for row, value in rows
            ],
            "There are no settings.",
            context.out.width,
        ),
    )


def show_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what `show` takes."""
    parser.add_argument("name", metavar="NAME")


def show(args: argparse.Namespace, context: Context) -> None:
    """Prints one setting with what it does."""
    with _settings_for(args.name, context) as settings:
        plain = _plain(settings.row(args.name), settings.get(args.name))
    context.out.show(plain, card((name, _shown(value)) for name, value in plain.items()))


def set_value_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what `set` takes."""
    parser.add_argument("name", metavar="NAME")
    parser.add_argument("value", metavar="VALUE", nargs="+")


def set_value(args: argparse.Namespace, context: Context) -> None:
    """Changes one setting."""
    with _settings_for(args.name, context) as settings:
        value = settings.set(args.name, " ".join(args.value))
        plain = _plain(settings.row(args.name), value)
    context.out.show(plain, f"{args.name} is now {_shown(value)}.")


def reset_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what `reset` takes."""
    show_arguments(parser)


def reset(args: argparse.Namespace, context: Context) -> None:
    """Goes back to a setting's default."""
    with _settings_for(args.name, context) as settings:
        settings.reset(args.name)
        row = settings.row(args.name)
    context.out.show(_plain(row, row.default), f"{args.name} is {_shown(row.default)} again, its default.")


@contextmanager
def _settings_for(name: str, context: Context) -> Iterator[Settings]:
    """This machine's settings without the vault where that is enough."""
    machine = context.machine_settings()
    if machine.row(name).scope is Scope.MACHINE:
        yield machine
        return
    with context.workspace() as work:
        yield work.settings


def _plain(row: Setting, value: Value) -> dict[str, object]:
    return {
        "setting": row.name,
        "value": value,
        "default": row.default,
        "scope": row.scope.value,
        "short": row.short.english(),
        "long": row.long.english(),
    }


def _shown(value: object) -> str:
    match value:
        case bool():
            return "on" if value else "off"
        case tuple():
            return " ".join(value)
        case _:
            return str(value)
