"""`berth proxy`: the pool of proxies."""

from __future__ import annotations

import argparse
import sys

from app.cli.context import Context
from app.cli.output import table
from app.isolation.proxies import Proxy, holds_password
from app.kernel.errors import UsageProblem
from app.kernel.text import say

STDIN = "-"
_VISIBLE = (
    "Note: a password on the command line stays in the shell's history, where others may see it;"
    " give - in place of the proxy, and Berth asks for it."
)


class ProxyStringMissing(UsageProblem):
    """No proxy was given."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what `add` takes."""
    parser.add_argument(
        "proxy",
        metavar="PROXY",
        help="in any usual form; - reads it from standard input, so that its password is in no process list",
    )
    parser.add_argument("--name", default="", help="what to call it")
    parser.add_argument(
        "--replace-password", action="store_true", help="when it is stored already, replace its password"
    )


def add(args: argparse.Namespace, context: Context) -> None:
    """Stores a proxy, its password sealed."""
    text = proxy_text(args.proxy, context)
    with context.workspace() as work:
        proxy = work.isolation.proxies.add(text, args.name, replace_password=args.replace_password)
    context.out.show(plain(proxy), f"Stored the proxy {proxy.name}.")


def list_all(args: argparse.Namespace, context: Context) -> None:
    """Prints the proxies without their passwords."""
    found: list[Proxy] = []
    with context.workspace() as work:
        page = work.isolation.proxies.page()
        found += page.rows
        while page.after is not None:
            page = work.isolation.proxies.page(page.after)
            found += page.rows
    rows = [
        (item.name, item.kind.value, item.host, item.port, item.username, item.has_password, item.used_by)
        for item in found
    ]
    context.out.show(
        {"proxies": [plain(item) for item in found]},
        table(
            ("proxy", "kind", "host", "port", "user", "password", "used by"),
            rows,
            "There are no proxies. `berth proxy add` stores one.",
            context.out.width,
        ),
    )


def remove_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what `remove` takes."""
    parser.add_argument("name", metavar="NAME", help="name or id")


def remove(args: argparse.Namespace, context: Context) -> None:
    """Forgets a proxy that no profile uses."""
    with context.workspace() as work:
        proxy = work.isolation.proxies.remove(args.name)
    context.out.show({"removed": proxy.id, "name": proxy.name}, f"Removed the proxy {proxy.name}.")


def proxy_text(given: str, context: Context) -> str:
    """A proxy string as given, or the first line of standard input for `-`. Raises ProxyStringMissing."""
    if given != STDIN:
        if holds_password(given):
            context.out.note(_VISIBLE)
        return given
    if context.prompts.has_person:
        return context.prompts.typed("Proxy: ").reveal()
    line = sys.stdin.readline().strip() if sys.stdin else ""
    if not line:
        raise ProxyStringMissing(
            say("Standard input holds no proxy."), say("Write one line with the proxy to it.")
        )
    return line


def plain(proxy: Proxy) -> dict[str, object]:
    """A proxy for `--json`; its secrets stay in the vault."""
    return {
        "id": proxy.id,
        "name": proxy.name,
        "kind": proxy.kind.value,
        "host": proxy.host,
        "port": proxy.port,
        "username": proxy.username,
        "has_password": proxy.has_password,
        "has_change_ip_url": proxy.has_change_ip_url,
        "used_by": proxy.used_by,
        "created": proxy.created.isoformat(),
        "updated": proxy.updated.isoformat(),
    }
