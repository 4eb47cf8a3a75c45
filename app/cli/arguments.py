"""Reading the words of a command line: options of all commands, then the command, then its own."""

from __future__ import annotations

import argparse
import importlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from app import __version__
from app.cli.commands import COMMANDS, Command, find, group
from app.kernel.errors import ExitCode, UsageProblem
from app.kernel.text import say

_COMMON = ("json", "home", "passphrase_file")
_GROUPS = {
    "profile": "store accounts, each in a browser of its own",
    "proxy": "the pool of proxies",
    "template": "ready settings for a platform and market",
    "credential": "stored logins",
    "operator": "the people who unlock the vault",
    "setting": "how Berth behaves",
    "engine": "browsers on this machine",
}


class BadArguments(UsageProblem):
    """The options or values of a command cannot be understood."""


class HelpShown(Exception):
    """Help was asked for; `text` is it."""

    def __init__(self, text: str, exit_code: ExitCode = ExitCode.DONE) -> None:
        super().__init__()
        self.text = text
        self.exit_code = exit_code


@dataclass(frozen=True, slots=True)
class Call:
    """A command line that was understood."""

    command: Command
    run: Callable[[argparse.Namespace, Any], ExitCode | None]
    args: argparse.Namespace


class _Parser(argparse.ArgumentParser):
    """Raises where argparse would print and exit, so that --json holds for mistakes, too."""

    def error(self, message: str) -> NoReturn:
        sentence = message[:1].upper() + message[1:].rstrip(".")
        raise BadArguments(
            say("{what}.", what=sentence), say("`{command} --help` says what it takes.", command=self.prog)
        )

    def print_help(self, file: Any = None) -> None:  # noqa: ARG002 - argparse's signature
        raise HelpShown(self.format_help().rstrip())


def wants_json(words: Sequence[str]) -> bool:
    """Whether --json stands anywhere among the options; known before anything is understood."""
    return "--json" in (words[: words.index("--")] if "--" in words else words)


def split(words: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    """The options before the command, and all words from the command on. Raises BadArguments."""
    parser = _Parser(prog="berth", add_help=False, allow_abbrev=False)
    _add_common(parser, defaults=True)
    parser.add_argument("-h", "--help", action="store_true")
    parser.add_argument("--version", action="store_true")
    parser.add_argument("words", nargs=argparse.REMAINDER)
    args = parser.parse_args(list(words))
    rest = args.words
    del args.words
    return args, rest


def read(first: argparse.Namespace, rest: Sequence[str], env: Mapping[str, str] | None = None) -> Call:
    """What the words that `split` found ask for. Raises BadArguments, UnknownCommand or HelpShown."""
    env = os.environ if env is None else env
    if first.version:
        raise HelpShown(f"berth {__version__}")
    if not rest or first.help:
        raise HelpShown(overview(), ExitCode.DONE if first.help else ExitCode.USAGE)
    found = find(rest)
    if found is None:
        asked = any(word in ("-h", "--help") for word in rest)
        raise HelpShown(group_overview(rest[0]), ExitCode.DONE if asked else ExitCode.USAGE)
    command, own = found
    module = importlib.import_module(command.module)
    args = _parser_of(command, module).parse_args(own, first)
    if args.passphrase_file is None and env.get("BERTH_PASSPHRASE_FILE"):
        args.passphrase_file = Path(env["BERTH_PASSPHRASE_FILE"])
    return Call(command, getattr(module, command.function), args)


def overview() -> str:
    """All commands on one page."""
    lines = ["Berth: a berth of its own for every store account.", "", "usage: berth [options] COMMAND …", ""]
    width = max(len(" ".join(command.words)) for command in COMMANDS)
    heading = ""
    for command in COMMANDS:
        if len(command.words) > 1 and command.words[0] != heading:
            heading = command.words[0]
            lines += ["", f"{heading}: {_GROUPS.get(heading, '')}".rstrip(": ")]
        lines.append(f"  {' '.join(command.words).ljust(width)}  {command.short}")
    return "\n".join([*lines, "", *_common_help()])


def group_overview(word: str) -> str:
    """The commands that begin with one word."""
    lines = [f"usage: berth {word} COMMAND …", ""]
    lines += [f"  {' '.join(command.words)}  {command.short}" for command in group(word)]
    return "\n".join(lines)


def _parser_of(command: Command, module: object) -> argparse.ArgumentParser:
    name = " ".join(("berth", *command.words))
    parser = _Parser(prog=name, description=command.short.capitalize() + ".", allow_abbrev=False)
    add = getattr(module, f"{command.function}_arguments", None)
    if add is not None:
        add(parser)
    _add_common(parser.add_argument_group("options of every command"), defaults=False)
    return parser


def _add_common(parser: argparse.ArgumentParser | argparse._ArgumentGroup, *, defaults: bool) -> None:
    # Without defaults a second reading keeps what the first one found before the command.
    none: Any = None if defaults else argparse.SUPPRESS
    no: Any = False if defaults else argparse.SUPPRESS
    parser.add_argument("--json", action="store_true", default=no, help="print JSON")
    parser.add_argument("--home", type=Path, metavar="DIR", default=none, help="data folder (or BERTH_HOME)")
    parser.add_argument(
        "--passphrase-file",
        type=Path,
        metavar="FILE",
        default=none,
        help="file that holds the passphrase (or BERTH_PASSPHRASE_FILE)",
    )


def _common_help() -> list[str]:
    return [
        "options of every command:",
        "  --json                  print JSON",
        "  --home DIR              data folder (or BERTH_HOME)",
        "  --passphrase-file FILE  file that holds the passphrase (or BERTH_PASSPHRASE_FILE)",
        "  -h, --help              what a command takes",
        "",
        "exit codes: 0 done, 1 failed check, 2 usage, 3 locked or wrong passphrase, 4 not found, 5 refused",
    ]
