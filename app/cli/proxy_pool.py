"""`berth proxy import`, `spread`, `change-ip` and `trust`."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.context import Context
from app.cli.many import named_profiles
from app.cli.output import table
from app.cli.proxies import plain
from app.kernel.errors import ExitCode, UsageProblem
from app.kernel.text import say

if TYPE_CHECKING:
    from app.isolation.proxy_importing import Imported
    from app.isolation.proxy_reading import Line

_ORDERS = ("address-first", "login-first")
_LISTED = 40


class NobodyNamed(UsageProblem):
    """Neither profiles nor a group were given."""


def import_file_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what `import` takes."""
    parser.add_argument("file", type=Path, metavar="FILE", help="one proxy a line, or a table with a head")
    parser.add_argument(
        "--order", choices=_ORDERS, default=None, help="how lines are meant that can be read in two ways"
    )
    parser.add_argument("--provider", default="", help="who sells them, where the file does not say")


def import_file(args: argparse.Namespace, context: Context) -> ExitCode:
    """Adds a file's proxies; what could not be read for sure is listed, and nothing of it is guessed."""
    from app.isolation.proxy_importing import import_lines, opened

    order = _ORDERS.index(args.order) if args.order else None
    with opened(args.file) as lines, context.workspace() as work:
        done = import_lines(work.isolation.proxies, lines, order=order, provider=args.provider)
    context.out.show(_import_json(done), _import_words(done, context.out.width))
    return ExitCode.DONE if done.is_whole else ExitCode.FAILED


def spread_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what `spread` takes."""
    parser.add_argument("names", metavar="NAME", nargs="*", help="profiles by name, number or id")
    parser.add_argument("--group", default="", help="every profile of a group")
    parser.add_argument(
        "--matching", default="", metavar="TEXT", help="only of the proxies that have all these words"
    )


def spread(args: argparse.Namespace, context: Context) -> None:
    """Gives each profile a saved proxy of its own that nobody uses; all of them or none."""
    with context.workspace() as work:
        wanted = named_profiles(work, args.names, args.group)
        if not wanted:
            raise NobodyNamed(say("Which profiles?"), say("Give names, or --group GROUP."))
        given = work.isolation.profiles.spread_proxies(wanted, args.matching)
    rows = [(one.profile.name, one.proxy.name) for one in given]
    context.out.show(
        {"given": [{"profile": one.profile.id, "proxy": one.proxy.id} for one in given]},
        table(("profile", "proxy"), rows, "", context.out.width),
    )


def change_ip_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what `change-ip` takes."""
    parser.add_argument("name", metavar="NAME", help="name or id")


def change_ip(args: argparse.Namespace, context: Context) -> ExitCode:
    """Asks the provider's page, from this computer itself, for a new address; then checks the proxy."""
    with context.workspace() as work:
        proxies = work.isolation.proxies
        done = asyncio.run(proxies.pool.change_ip(proxies.get(args.name)))
    problem, found = done.proxy.check_problem, done.proxy.exit
    if problem is not None:
        words = say(
            "The address was to change, but {name} does not answer now: {why}",
            name=done.proxy.name,
            why=problem.text,
        )
    elif done.has_changed:
        words = say(
            "{name} comes out at {now} now; before it was {before}.",
            name=done.proxy.name,
            now=found.ip if found else "",
            before=done.before or say("not known"),
        )
    else:
        words = say(
            "The provider was asked, but {name} still comes out at {now}. It may take a minute.",
            name=done.proxy.name,
            now=found.ip if found else "",
        )
    facts = {"before": done.before or None, "changed": done.has_changed, "proxy": plain(done.proxy)}
    context.out.show(facts, words.english())
    return ExitCode.DONE if done.has_changed else ExitCode.FAILED


def trust_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what `trust` takes."""
    parser.add_argument("name", metavar="NAME", help="name or id of an SSH proxy")
    parser.add_argument(
        "--key", default="", metavar="SHA256:…", help="the fingerprint you accept; asked for without it"
    )


def trust(args: argparse.Namespace, context: Context) -> ExitCode:
    """Shows an SSH server's pinned key and the one it shows now, and accepts the new one."""
    with context.workspace() as work:
        proxies = work.isolation.proxies
        proxy = proxies.get(args.name)
        keys = asyncio.run(proxies.pool.host_keys(proxy))
        facts = {"name": proxy.name, "pinned": keys.pinned or None, "offered": keys.offered}
        if keys.pinned == keys.offered:
            words = say(
                "{name} shows the key that is trusted already: {key}", name=proxy.name, key=keys.offered
            )
            context.out.show({**facts, "trusted": True}, words.english())
            return ExitCode.DONE
        key = args.key
        if not key and context.prompts.has_person:
            context.out.note(f"Trusted so far: {keys.pinned or 'none'}\nShown now:      {keys.offered}")
            key = (
                keys.offered if context.prompts.confirm("Is that the server's new key?", given=False) else ""
            )
        if not key:
            words = say(
                "{name} shows {key}. Compare it with what your provider says, then give it with --key.",
                name=proxy.name,
                key=keys.offered,
            )
            context.out.show({**facts, "trusted": False}, words.english())
            return ExitCode.FAILED
        proxies.pool.trust(proxy, keys, key)
    words = say(
        "Trusted the key {key} for {name}. A window that was held for it counts it once it is opened again.",
        key=keys.offered,
        name=proxy.name,
    )
    context.out.show({**facts, "trusted": True}, words.english())
    return ExitCode.DONE


def _import_json(done: Imported) -> dict[str, object]:
    return {
        "counts": {standing.value: count for standing, count in sorted(done.counts.items())},
        "left_out": [
            {
                "line": line.number,
                "standing": line.standing.value,
                "why": _why(line),
                "readings": _readings(line),
            }
            for line in done.left_out
        ],
    }


def _import_words(done: Imported, width: int | None) -> str:
    count = {standing.value: number for standing, number in done.counts.items()}
    words = [
        say(
            "Added {added}, known already {known}, to be read in two ways {two}, wrong {wrong}.",
            added=count.get("added", 0),
            known=count.get("known", 0),
            two=count.get("ambiguous", 0),
            wrong=count.get("wrong", 0),
        ).english()
    ]
    if done.left_out:
        rows = [(line.number, _why(line)) for line in done.left_out[:_LISTED]]
        words.append(table(("line", "why it was left out"), rows, "", width))
        more = count.get("ambiguous", 0) + count.get("wrong", 0) - len(rows)
        if more > 0:
            words.append(say("… and {count} more; --json lists a thousand.", count=more).english())
    if count.get("ambiguous"):
        words.append(
            say("Say how they are meant with `--order address-first` or `--order login-first`.").english()
        )
    return "\n".join(words)


def _why(line: Line) -> str:
    if line.note is not None:
        return line.note.english()
    return " / ".join(f"{order}: {host}" for order, host in _readings(line).items())


def _readings(line: Line) -> dict[str, str]:
    """The hosts alone: what is a port in one reading is the password in the other."""
    if len(line.readings) < 2:
        return {}
    return {order: reading.upstream.host for order, reading in zip(_ORDERS, line.readings, strict=False)}
