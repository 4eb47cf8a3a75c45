"""`berth credential`: stored logins."""

from __future__ import annotations

import argparse

from app.cli.arguments import folder
from app.cli.context import Context
from app.cli.output import card, table
from app.credentials.model import Credential


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what `add` takes; a password is never one of its words."""
    parser.add_argument("site", metavar="SITE", help="where to sign in, such as seller-my.tiktok.com")
    parser.add_argument("username", metavar="USER")
    parser.add_argument("--name", default="", help="what to call it; otherwise site and user")
    parser.add_argument("--password-file", type=folder, metavar="FILE", help="file that holds the password")


def add(args: argparse.Namespace, context: Context) -> None:
    """Stores a login, its password sealed."""
    password = context.prompts.password(args.password_file, "password")
    with context.workspace() as work:
        stored = work.credentials.credentials.add(args.site, args.username, password, name=args.name)
    context.out.show(_plain(stored), f"Stored the login {stored.name}.")


def list_all(args: argparse.Namespace, context: Context) -> None:
    """Prints the logins without their passwords."""
    found: list[Credential] = []
    with context.workspace() as work:
        page = work.credentials.credentials.page()
        found += page.rows
        while page.after is not None:
            page = work.credentials.credentials.page(page.after)
            found += page.rows
    context.out.show(
        {"credentials": [_plain(item) for item in found]},
        table(
            ("login", "site", "user"),
            [(item.name, item.site, item.username) for item in found],
            "There are no logins. `berth credential add` stores one.",
            context.out.width,
        ),
    )


def show_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what `show` takes."""
    parser.add_argument("name", metavar="NAME", help="name or id")
    parser.add_argument("--reveal", action="store_true", help="print the password; the reveal is recorded")
    parser.add_argument("--reason", default=None, help="why it is revealed")


def show(args: argparse.Namespace, context: Context) -> None:
    """Prints one login, with its password only when that is asked for."""
    with context.workspace() as work:
        stored = work.credentials.credentials.show(args.name)
        plain = _plain(stored)
        if args.reveal:
            password = work.credentials.credentials.reveal(stored.id, reason=args.reason)
            plain["password"] = password.reveal()
    context.out.show(plain, card(plain.items()))


def remove_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what `remove` takes."""
    parser.add_argument("name", metavar="NAME", help="name or id")


def remove(args: argparse.Namespace, context: Context) -> None:
    """Forgets a login for good."""
    with context.workspace() as work:
        gone = work.credentials.credentials.remove(args.name)
    context.out.show({"removed": gone.id, "name": gone.name}, f"Removed the login {gone.name}.")


def _plain(item: Credential) -> dict[str, object]:
    return {
        "id": item.id,
        "name": item.name,
        "site": item.site,
        "username": item.username,
        "created": item.created.isoformat(),
        "updated": item.updated.isoformat(),
    }
