"""`berth`: arguments, then a face."""

from __future__ import annotations

import sys


def main() -> int:
    """Runs the face that the arguments ask for, and returns its exit code."""
    try:
        return _run(sys.argv[1:])
    except KeyboardInterrupt:  # while a face was still loading
        return 130


def _run(words: list[str]) -> int:
    from multiprocessing import freeze_support

    freeze_support()
    if words[:1] == ["--keeper"]:
        # How Berth starts its own keeper; not for people.
        from app.isolation.keeper.main import main as keep

        return keep(words[1:])
    if words[:1] == ["--jail"]:
        # How the keeper puts a browser into a network of its own; not for people.
        from app.isolation.browser.jailing import main as confine

        return confine(words[1:])
    if _wants_window(words):
        from app.ui.main import main as window_program

        return window_program(words)
    from app.cli.main import main as command_line

    return command_line(words)


def _wants_window(words: list[str]) -> bool:
    """Whether `gui` is the command: the first word that is no option and no option's value."""
    takes_value = False
    for word in words:
        if takes_value:
            takes_value = False
        elif word in ("--home", "--passphrase-file"):
            takes_value = True
        elif not word.startswith("-"):
            return word == "gui"
    return False


if __name__ == "__main__":
    sys.exit(main())
