"""The table of commands. A row is all the command line knows of one until it is called.

A row names a module and a function in it, loaded only when the command is called:

    def new(args: argparse.Namespace, context: Context) -> None      # may return an ExitCode instead of None
    def new_arguments(parser: argparse.ArgumentParser) -> None       # optional; adds what it takes

`context.out` prints, in words or as JSON; `with context.workspace() as work:` unlocks the vault for as short
as possible; problems are raised, never printed (see app/cli/main.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.kernel.errors import UsageProblem
from app.kernel.text import echoed, say


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its words, one line of help, and where its code is."""

    words: tuple[str, ...]
    short: str
    module: str
    function: str


class UnknownCommand(UsageProblem):
    """No command has these words."""


COMMANDS: tuple[Command, ...] = (
    Command(("init",), "make a vault and print its recovery code", "app.cli.vault", "init"),
    Command(
        ("doctor",), "look at this machine and, with --integrity, at the vault", "app.cli.doctor", "doctor"
    ),
    Command(("demo",), "a guided tour with two stores on this machine", "app.cli.demo", "demo"),
    Command(("gui",), "open the window program", "app.cli.gui", "gui"),
    Command(("windows",), "list the open windows", "app.cli.windows", "windows"),
    Command(("open",), "open a profile's window", "app.cli.windows", "open_window"),
    Command(("close",), "close a profile's window", "app.cli.windows", "close_window"),
    Command(("raise",), "bring a profile's window to the front", "app.cli.windows", "raise_window"),
    Command(
        ("open-many",),
        "open several windows, a group, or those of the last time",
        "app.cli.many",
        "open_many",
    ),
    Command(("arrange",), "put open windows on a grid over the screen", "app.cli.many", "arrange"),
    Command(("hibernate",), "close windows that nobody needs now; tabs stay", "app.cli.many", "hibernate"),
    Command(("recheck",), "look at the exit of an open window now", "app.cli.windows", "recheck"),
    Command(("check",), "look closely at what a profile's window shows", "app.cli.checking", "check"),
    Command(("engine", "list"), "list the browsers found on this machine", "app.cli.engines", "list_all"),
    Command(("template", "list"), "list the templates", "app.cli.templates", "list_all"),
    Command(("template", "show"), "show what a template sets", "app.cli.templates", "show"),
    Command(("profile", "new"), "make a profile", "app.cli.profiles", "new"),
    Command(("profile", "list"), "list the profiles", "app.cli.profiles", "list_all"),
    Command(("profile", "show"), "show all of one profile", "app.cli.profiles", "show"),
    Command(("profile", "set"), "change a profile", "app.cli.profiles", "set_values"),
    Command(("profile", "clone"), "make a profile with the settings of another", "app.cli.profiles", "clone"),
    Command(("profile", "delete"), "move a profile to the bin", "app.cli.profiles", "delete"),
    Command(("profile", "restore"), "take a profile out of the bin", "app.cli.profiles", "restore"),
    Command(("profile", "purge"), "remove a profile in the bin for good", "app.cli.profiles", "purge"),
    Command(("group", "list"), "list the groups in their order", "app.cli.groups", "list_all"),
    Command(("group", "rename"), "give a group another name", "app.cli.groups", "rename"),
    Command(("group", "colour"), "give a group another colour", "app.cli.groups", "colour"),
    Command(("group", "order"), "put the groups into another order", "app.cli.groups", "order"),
    Command(("group", "remove"), "dissolve a group; its profiles stay", "app.cli.groups", "remove"),
    Command(("proxy", "add"), "add a proxy to the pool", "app.cli.proxies", "add"),
    Command(("proxy", "list"), "list the proxies", "app.cli.proxies", "list_all"),
    Command(("proxy", "check"), "ask through proxies where they come out", "app.cli.proxies", "check"),
    Command(("proxy", "set"), "change a proxy's name, expiry or provider", "app.cli.proxies", "set_values"),
    Command(("proxy", "remove"), "remove a proxy", "app.cli.proxies", "remove"),
    Command(("proxy", "import"), "add the proxies of a file", "app.cli.proxy_pool", "import_file"),
    Command(
        ("proxy", "spread"), "give profiles an unused proxy of their own each", "app.cli.proxy_pool", "spread"
    ),
    Command(
        ("proxy", "change-ip"), "ask a proxy's provider for a new address", "app.cli.proxy_pool", "change_ip"
    ),
    Command(("proxy", "trust"), "accept an SSH server's new key", "app.cli.proxy_pool", "trust"),
    Command(("credential", "add"), "store a login", "app.cli.credentials", "add"),
    Command(("credential", "list"), "list the logins, without passwords", "app.cli.credentials", "list_all"),
    Command(("credential", "show"), "show a login", "app.cli.credentials", "show"),
    Command(("credential", "remove"), "remove a login", "app.cli.credentials", "remove"),
    Command(("tabs",), "list the tabs of an open window", "app.cli.tabs", "tabs"),
    Command(("screenshot",), "write a picture of an open window", "app.cli.tabs", "screenshot"),
    Command(("cookie", "export"), "write the cookies of an open store", "app.cli.cookies", "export"),
    Command(("cookie", "import"), "put cookies into an open store", "app.cli.cookies", "bring_in"),
    Command(("cookie", "clear"), "remove the cookies of an open store", "app.cli.cookies", "clear"),
    Command(("operator", "passphrase"), "set a new passphrase", "app.cli.operators", "passphrase"),
    Command(("setting", "list"), "list the settings", "app.cli.settings", "list_all"),
    Command(("setting", "show"), "show one setting", "app.cli.settings", "show"),
    Command(("setting", "set"), "change a setting", "app.cli.settings", "set_value"),
    Command(("setting", "reset"), "go back to a setting's default", "app.cli.settings", "reset"),
)


def find(words: Sequence[str]) -> tuple[Command, list[str]] | None:
    """The command that these words begin with, and the words after it; None when they name no whole command.

    Raises UnknownCommand for a first word that begins no command at all.
    """
    for command in COMMANDS:
        if tuple(words[: len(command.words)]) == command.words:
            return command, list(words[len(command.words) :])
    if words and not group(words[0]):
        raise UnknownCommand(
            say("There is no command called {name}.", name=echoed(words[0])),
            say("`berth --help` lists all of them."),
        )
    return None


def group(word: str) -> tuple[Command, ...]:
    """The commands that begin with this word."""
    return tuple(command for command in COMMANDS if command.words[0] == word)
