"""`berth gui`: the window program, which is another face; the program's entry opens it before any command."""

from __future__ import annotations

import argparse

from app.cli.context import Context
from app.kernel.errors import UsageProblem
from app.kernel.text import say


class GuiFromCommandLine(UsageProblem):
    """The window program was asked for where only commands are."""


def gui(args: argparse.Namespace, context: Context) -> None:
    """Says how to open the window program; faces do not open each other."""
    raise GuiFromCommandLine(
        say("The window program cannot be opened from here."), say("Start it with `berth gui` on its own.")
    )
