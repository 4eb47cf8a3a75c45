"""The commands that lead to the settings, and to what stands beside them."""

from __future__ import annotations

from collections.abc import Callable

from app.kernel.text import say
from app.ui.commands.registry import Command

KEYS, ABOUT, PASSPHRASE = "keys", "about", "passphrase"


def commands(show: Callable[[str], object]) -> list[Command]:
    """They work everywhere; `show` is given one of the names above."""
    return [
        Command("settings.keys", say("Keys"), lambda: show(KEYS), "keyboard", ("?",)),
        Command("settings.about", say("About Berth, and licences"), lambda: show(ABOUT), "info"),
        Command("settings.passphrase", say("Change passphrase…"), lambda: show(PASSPHRASE), "key-round"),
    ]
