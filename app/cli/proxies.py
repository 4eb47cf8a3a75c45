"""`berth proxy`: the pool of proxies."""

from __future__ import annotations

import argparse
import asyncio
import sys
from dataclasses import asdict
from datetime import UTC, datetime

from app.cli.context import Context
from app.cli.output import table
from app.isolation.proxies import Proxy, Same, holds_password
from app.kernel.errors import ExitCode, UsageProblem
from app.kernel.text import say

STDIN = "-"
_VISIBLE = (
    "Note: a password on the command line stays in the shell's history, where others may see it;"
    " give - in place of the proxy, and Berth asks for it."
)


class ProxyStringMissing(UsageProblem):
    """No proxy was given."""


class NothingToCheck(UsageProblem):
    """`proxy check` without a name and without --all, or with both."""


class NothingToChange(UsageProblem):
    """`proxy set` without anything to set."""


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
        warnings = work.isolation.proxies.pool.exit_warnings(found)
    now = context.clock.now()
    rows = [
        (
            *(item.name, item.kind.value, item.host, item.port, item.username, item.has_password),
            *(item.used_by, _day(item.expires), _exit(item), _age(item, now)),
        )
        for item in found
    ]
    told = {id_: [text.english() for text in texts] for id_, texts in warnings.items() if texts}
    lines = [f"! {item.name}: {text}" for item in found for text in told.get(item.id, ())]
    context.out.show(
        {"proxies": [{**plain(item), "warnings": told.get(item.id, [])} for item in found]},
        "\n".join(
            [
                table(
                    (
                        *("proxy", "kind", "host", "port", "user", "password"),
                        *("used by", "expires", "exit", "checked"),
                    ),
                    rows,
                    "There are no proxies. `berth proxy add` stores one.",
                    context.out.width,
                ),
                *lines,
            ]
        ),
    )


def check_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what `check` takes."""
    parser.add_argument("names", metavar="NAME", nargs="*", help="names or ids")
    parser.add_argument("--all", action="store_true", help="every stored proxy")


def check(args: argparse.Namespace, context: Context) -> ExitCode:
    """Asks through proxies where they come out; 160 at once, and at most 10 through one host."""
    if bool(args.names) == args.all:
        raise NothingToCheck(say("Which proxies?"), say("Give their names, or --all."))
    with context.workspace() as work:
        proxies = work.isolation.proxies
        wanted = proxies.ids() if args.all else [proxies.get(name).id for name in args.names]
        found = asyncio.run(proxies.pool.check_many(wanted, context.out.progress))
        order = {id_: at for at, id_ in enumerate(wanted)}
        checked = sorted(found, key=lambda item: order[item.id])
    rows = [
        (
            *("yes" if item.check_problem is None else "no", item.name),
            *(_exit(item), item.exit.latency_ms if item.exit and item.check_problem is None else ""),
            item.check_problem.text.english() if item.check_problem else "",
        )
        for item in checked
    ]
    context.out.show(
        {"proxies": [plain(item) for item in checked]},
        table(("works", "proxy", "exit", "ms", "why not"), rows, "There are no proxies.", context.out.width),
    )
    is_well = all(item.check_problem is None for item in checked)
    return ExitCode.DONE if is_well else ExitCode.FAILED


def set_values_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what `set` takes."""
    parser.add_argument("proxy", metavar="NAME", help="name or id")
    parser.add_argument("--name", default=None, metavar="NEW-NAME", help="what to call it")
    parser.add_argument(
        "--expires", type=_end_of_day, default=Same.SAME, metavar="DAY", help="YYYY-MM-DD, or never"
    )
    parser.add_argument("--provider", default=None, help="who sells it")
    parser.add_argument("--price", default=None, help="what it costs, in your own words")


def set_values(args: argparse.Namespace, context: Context) -> None:
    """Changes what is known of a proxy."""
    if args.name is None and args.provider is None and args.price is None and args.expires is Same.SAME:
        raise NothingToChange(
            say("Nothing to change was given."), say("Add --name, --expires, --provider or --price.")
        )
    with context.workspace() as work:
        proxy = work.isolation.proxies.change(
            args.proxy, name=args.name, expires=args.expires, provider=args.provider, price=args.price
        )
    context.out.show(plain(proxy), f"Changed the proxy {proxy.name}.")


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
    problem = proxy.check_problem
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
        "expires": proxy.expires.isoformat() if proxy.expires else None,
        "provider": proxy.provider,
        "price": proxy.price,
        "last_used": proxy.last_used.isoformat() if proxy.last_used else None,
        "host_key": proxy.host_key or None,
        "key_file": proxy.key_file or None,
        "exit": asdict(proxy.exit) if proxy.exit else None,
        "checked": proxy.checked.isoformat() if proxy.checked else None,
        "check_problem": None
        if problem is None
        else {
            "error": problem.id,
            "message": problem.text.english(),
            "next_step": problem.next_step.english(),
        },
    }


def _day(moment: datetime | None) -> str:
    return f"{moment.astimezone():%Y-%m-%d}" if moment else "never"


def _exit(proxy: Proxy) -> str:
    return f"{proxy.exit.ip} {proxy.exit.country}".rstrip() if proxy.exit else ""


def _age(proxy: Proxy, now: datetime) -> str:
    if proxy.checked is None:
        return "never"
    minutes = max(0, int((now - proxy.checked).total_seconds() // 60))
    age = f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"
    if minutes >= 48 * 60:
        age = f"{minutes // (24 * 60)} days"
    return f"{age} ago{', failed' if proxy.check_problem else ''}"


def _end_of_day(text: str) -> datetime | None:
    if text.strip().lower() == "never":
        return None
    try:
        day = datetime.strptime(text.strip(), "%Y-%m-%d")  # noqa: DTZ007 - the day as this machine has it
    except ValueError:
        raise argparse.ArgumentTypeError("give a day such as 2027-01-31, or never") from None
    return day.replace(hour=23, minute=59, second=59).astimezone(UTC)
