"""`berth init`: makes the vault."""

from __future__ import annotations

import argparse
import os

from app.cli.context import Context
from app.kernel.paths import require_own_place
from app.vault.creating import require_free
from app.vault.operators import clean_operator_name

_SHORT = 12


def init_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what `init` takes."""
    parser.add_argument("--owner", metavar="NAME", default="owner", help="name of the vault's owner")


def init(args: argparse.Namespace, context: Context) -> None:
    """Makes a vault and prints its recovery code, this once."""
    owner = clean_operator_name(args.owner)  # all of this before anybody has to think of a passphrase
    require_own_place(context.paths.data)
    require_free(context.paths)
    vault = context.vault()
    passphrase = context.prompts.new_passphrase(context.passphrase_file)
    code = vault.create(passphrase, owner_name=owner)
    place = str(context.paths.data)
    if os.name == "posix" and context.paths.data.stat().st_mode & 0o077:
        context.out.note(f"Note: other users may look into {place}. Make it private: chmod 700 {place}")
    if len(passphrase.reveal()) < _SHORT:
        context.out.note("Note: that passphrase is short. Four or more random words are hard to guess.")
    context.out.show(
        {"vault": place, "recovery_code": code.reveal()},
        f"The vault is in {place}.\n\n"
        f"Recovery code: {code.reveal()}\n\n"
        "Write the code down and keep it away from this computer. When the passphrase is forgotten,\n"
        "`berth operator passphrase --recovery` sets a new one with it. It is shown only now: Berth cannot\n"
        "find it again, and without both all is lost.",
    )
