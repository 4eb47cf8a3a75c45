"""Reading the words of a command line: options of all commands, then the command, then its own."""

from __future__ import annotations

import argparse
import importlib
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from app import __version__
from app.cli.commands import COMMANDS, Command, find, group
from app.kernel.errors import ExitCode, UsageProblem
from app.kernel.text import Text, echoed, say

_COMMON = ("json", "home", "passphrase_file")
_OPTION = re.compile(r"--[a-z][a-z-]{1,30}")
_VALUE = re.compile(r"ignored explicit argument .*", re.DOTALL)
_ONE_OF = re.compile(r"one of the arguments (.*) is required")
_HELP_COLUMN = 32
_HOME_HELP = "data folder (or BERTH_HOME)"
_FILE_HELP = "file that holds the passphrase (or BERTH_PASSPHRASE_FILE)"
_COMMON_HELP = (
    ("--json", "print JSON"),
    ("--home DIR", _HOME_HELP),
    ("--passphrase-file FILE", _FILE_HELP),
    ("-h, --help", "what a command takes"),
)
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
    """Raises where argparse would print and exit, so that --json holds for mistakes, too.

    And never repeats a value: any of them may be a password in the wrong place.
    """

    def error(self, message: str) -> NoReturn:
        # Only `--option=value`, where the option takes none, still brings a value here.
        told = _VALUE.sub("it takes no value", message)
        if which := _ONE_OF.fullmatch(told):
            told = f"nothing was named: give {' or '.join(which[1].split())}"
        raise self._bad(say("{what}.", what=told[:1].upper() + told[1:].rstrip(".")))

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        found, extra = self.parse_known_args(args, namespace)
        if extra:
            raise self._bad(_too_many(extra))
        return found

    def _bad(self, text: Text) -> BadArguments:
        return BadArguments(text, say("`{command} --help` says what it takes.", command=self.prog))

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is not None and value not in action.choices:
            choices = ", ".join(str(choice) for choice in action.choices)
            raise argparse.ArgumentError(action, f"{echoed(str(value))} is not one of: {choices}")

    def _get_value(self, action: argparse.Action, arg_string: str) -> Any:
        try:
            return super()._get_value(action, arg_string)
        except argparse.ArgumentError as error:
            if isinstance(error.__context__, argparse.ArgumentTypeError):
                raise  # a sentence of our own
            choices = ", ".join(str(choice) for choice in action.choices or ())
            why = f"{echoed(arg_string)} is not one of: {choices}" if choices else "the value does not fit"
            raise argparse.ArgumentError(action, why) from None

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
    _require_text(args)
    if args.passphrase_file is None and env.get("BERTH_PASSPHRASE_FILE"):
        args.passphrase_file = Path(env["BERTH_PASSPHRASE_FILE"])
    return Call(command, getattr(module, command.function), args)


def folder(text: str) -> Path:
    """A folder or file somebody named. Raises what argparse expects."""
    if not text.strip():
        raise argparse.ArgumentTypeError("no name was given")
    return Path(text)


def overview() -> str:
    """All commands on one page."""
    lines = ["Berth: a berth of its own for every store account.", "", "usage: berth [options] COMMAND …", ""]
    width = max(len(words) for words, _ in (*_rows(COMMANDS), *_COMMON_HELP))
    heading = ""
    for command in COMMANDS:
        if len(command.words) > 1 and command.words[0] != heading:
            heading = command.words[0]
            lines += ["", f"{heading}: {_GROUPS.get(heading, '')}".rstrip(": ")]
        lines += _columns(_rows((command,)), width)
    codes = (
        "exit codes: 0 done, 1 failed check, 2 usage, 3 locked or wrong passphrase, 4 not found, 5 refused"
    )
    return "\n".join([*lines, "", "options of every command:", *_columns(_COMMON_HELP, width), "", codes])


def group_overview(word: str) -> str:
    """The commands that begin with one word."""
    rows = _rows(group(word))
    lines = _columns(rows, max(len(words) for words, _ in rows))
    return "\n".join([f"usage: berth {word} COMMAND …", "", *lines])


def _rows(commands: Sequence[Command]) -> list[tuple[str, str]]:
    return [(" ".join(command.words), command.short) for command in commands]


def _columns(rows: Sequence[tuple[str, str]], width: int) -> list[str]:
    return [f"  {words.ljust(width)}  {what}" for words, what in rows]


def _too_many(words: Sequence[str]) -> Text:
    """How many words too many there are; which ones is said of plain options only."""
    unknown = [name for word in words if _OPTION.fullmatch(name := word.partition("=")[0])]
    if unknown:
        return say("There is no option {names} here.", names=", ".join(unknown))
    if len(words) == 1:
        return say("There is one word too many.")
    return say("There are {count} words too many.", count=len(words))


def _require_text(args: argparse.Namespace) -> None:
    """Raises BadArguments for bytes that are no text; a file's name may hold them."""
    for value in vars(args).values():
        for word in value if isinstance(value, list) else [value]:
            if isinstance(word, str) and any("\ud800" <= letter <= "\udfff" for letter in word):
                raise BadArguments(
                    say("One of the words holds bytes that are not UTF-8 text."),
                    say("Type it again, in a terminal that is set to UTF-8."),
                )


def _parser_of(command: Command, module: object) -> argparse.ArgumentParser:
    name = " ".join(("berth", *command.words))
    parser = _Parser(
        prog=name,
        description=command.short[:1].upper() + command.short[1:] + ".",
        allow_abbrev=False,
        formatter_class=partial(argparse.HelpFormatter, max_help_position=_HELP_COLUMN),
    )
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
    parser.add_argument("--home", type=folder, metavar="DIR", default=none, help=_HOME_HELP)
    parser.add_argument("--passphrase-file", type=folder, metavar="FILE", default=none, help=_FILE_HELP)
