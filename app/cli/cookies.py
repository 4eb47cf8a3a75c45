"""`berth cookie`: the cookies of an open store, taken out, put in and cleared."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.arguments import folder
from app.cli.context import Context
from app.kernel.errors import ExitCode, NotFoundProblem
from app.kernel.text import say

if TYPE_CHECKING:
    from app.isolation.cookie import CookieNote

_FORMATS = ("netscape", "extension", "playwright", "header")


class FileUnreadable(NotFoundProblem):
    """A file cannot be read."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(
            say("{file} cannot be read: {why}.", file=str(path), why=why),
            say("Check the name of the file and who may read it."),
        )


def export_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what `export` takes."""
    parser.add_argument("name", metavar="NAME", help="the profile's name, number or id")
    parser.add_argument("file", metavar="FILE", nargs="?", type=folder, help="where to; printed without one")
    parser.add_argument(
        "--format",
        choices=_FORMATS,
        default="netscape",
        help="cookies.txt, the JSON of extensions or of Playwright, or a header for one host",
    )
    parser.add_argument("--host", default="", help="the site that a header is for")
    parser.add_argument("--reason", help="why, where a reason is asked for")


def export(args: argparse.Namespace, context: Context) -> None:
    """Writes a store's cookies to a file that its owner alone can read, or prints them."""
    from app.isolation.cookie_writing import CookieFormat
    from app.kernel.files import write_whole

    with context.workspace() as work:
        profile, written = work.isolation.cookies.export(
            args.name, CookieFormat(args.format), host=args.host, reason=args.reason
        )
    facts: dict[str, object] = {
        "profile": profile.name,
        "format": args.format,
        "count": written.count,
        "left_out": _plain(written.left_out),
    }
    if written.count:
        words = say("Whoever has these cookies is signed in to {name}. Keep them safe.", name=profile.name)
        context.out.note(words.english())
    if args.file is None:
        content = written.content.reveal()
        context.out.show({**facts, "cookies": content}, content.removesuffix("\n"))
    else:
        write_whole(args.file, written.content.reveal().encode())
        said = say("Wrote {count} cookies to {file}.", count=written.count, file=str(args.file)).english()
        context.out.show({**facts, "file": str(args.file)}, said + _lines("Left out", written.left_out))


def bring_in_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what `import` takes."""
    parser.add_argument("name", metavar="NAME", help="the profile's name, number or id")
    parser.add_argument("file", metavar="FILE", type=folder, help="cookies.txt, JSON, or a Cookie header")
    parser.add_argument("--host", default="", help="the site that a header is for")
    parser.add_argument("--test-run", action="store_true", help="say what would happen and change nothing")
    parser.add_argument("--reason", help="why, where a reason is asked for")


def bring_in(args: argparse.Namespace, context: Context) -> ExitCode:
    """Puts the cookies of a file into an open store, and says which were refused and why."""
    raw = _read(args.file)
    with context.workspace() as work:
        done = work.isolation.cookies.bring_in(
            args.name, raw, host=args.host, test_run=args.test_run, reason=args.reason
        )
    facts: dict[str, object] = {
        "profile": done.profile.name,
        "format": done.format,
        "taken": 0 if args.test_run else done.taken,
        "would_take": done.taken,
        "refused": _plain(done.refused),
        "changed": _plain(done.changed),
    }
    words = (
        say("{count} cookies would go into {name}.", count=done.taken, name=done.profile.name)
        if args.test_run
        else say("{count} cookies are in {name} now.", count=done.taken, name=done.profile.name)
    )
    lines = _lines("Refused", done.refused) + _lines("Changed", done.changed)
    context.out.show(facts, words.english() + lines)
    return ExitCode.DONE if done.taken else ExitCode.FAILED


def clear_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what `clear` takes."""
    parser.add_argument("name", metavar="NAME", help="the profile's name, number or id")
    parser.add_argument("--site", default="", help="only cookies of this host and of those below it")
    parser.add_argument("--reason", help="why, where a reason is asked for")


def clear(args: argparse.Namespace, context: Context) -> None:
    """Removes the cookies of an open store."""
    with context.workspace() as work:
        profile, count = work.isolation.cookies.clear(args.name, site=args.site, reason=args.reason)
    words = say("Removed {count} cookies of {name}.", count=count, name=profile.name)
    context.out.show({"profile": profile.name, "removed": count}, words.english())


def _read(path: Path) -> bytes:
    from app.isolation.cookie_reading import MOST_BYTES

    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise FileUnreadable(path, error.strerror or "refused") from error


def _plain(notes: Sequence[CookieNote]) -> list[dict[str, object]]:
    return [
        {
            "place": note.place,
            "name": note.name,
            "domain": note.domain,
            "id": note.why.source,
            "why": note.why.english(),
        }
        for note in notes
    ]


def _lines(title: str, notes: Sequence[CookieNote]) -> str:
    return "".join(
        f"\n  {title}: {note.place} {note.domain} {note.name}: {note.why.english()}" for note in notes
    )
