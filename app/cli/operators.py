"""`berth operator`: the people who unlock the vault."""

from __future__ import annotations

import argparse

from app.cli.arguments import folder
from app.cli.context import Context
from app.kernel.gate import Ability, Act

_SUBJECT = "operator.passphrase"


def passphrase_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what `passphrase` takes."""
    parser.add_argument(
        "--recovery", action="store_true", help="the old one is forgotten: unlock with the recovery code"
    )
    parser.add_argument(
        "--recovery-file", type=folder, metavar="FILE", help="file that holds the recovery code"
    )
    parser.add_argument(
        "--new-passphrase-file", type=folder, metavar="FILE", help="file that holds the new one"
    )


def passphrase(args: argparse.Namespace, context: Context) -> None:
    """Gives this vault's operator a new passphrase; the recovery code stays what it was."""
    code = None
    if args.recovery or args.recovery_file:
        code = context.prompts.recovery_code(args.recovery_file)
    with context.open_vault(recovery=code) as opened:
        # Asked for while the vault is open: nobody should choose a new one before the old one was right.
        fresh = context.prompts.password(args.new_passphrase_file, "new-passphrase")
        pass_ = opened.gate.admit(opened.session, Act(Ability.SETTING_EDIT, _SUBJECT))
        opened.set_passphrase(pass_, fresh)
    context.out.show(
        {"changed": True},
        "The passphrase is changed. Old copies of vault.json, backups included, still open with the old one.",
    )
