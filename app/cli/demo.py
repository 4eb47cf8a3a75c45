"""`berth demo`: two stores behind two proxies on this machine, and what crossed between them."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.arguments import folder
from app.cli.context import Context
from app.cli.output import table
from app.kernel.errors import ExitCode, UsageProblem
from app.kernel.text import say

if TYPE_CHECKING:
    from app.demo.tour import TourResult


class PicturesNotWritable(UsageProblem):
    """The folder for the pictures cannot be made or written."""


def demo_arguments(parser: argparse.ArgumentParser) -> None:
    """What `berth demo` takes."""
    parser.add_argument("--pictures", type=folder, metavar="DIR", help="where the screenshots go")
    parser.add_argument(
        "--virtual-screen", action="store_true", help="use a virtual screen even where there is a real one"
    )


def demo(args: argparse.Namespace, context: Context) -> ExitCode:
    """Runs the tour in a throw-away folder; fails when anything crossed."""
    from app.demo.screen import some_screen
    from app.demo.tour import Tour

    pictures = _pictures_folder(args.pictures)  # before any window: a tour takes a while
    with (
        some_screen(always_virtual=args.virtual_screen),
        tempfile.TemporaryDirectory(prefix="berth-demo-", ignore_cleanup_errors=True) as home,
    ):
        tour = Tour(Path(home), pictures, lambda text: context.out.note(f"· {text.english()}"))
        result = tour.run()
    context.out.show(_json(result), _words(result))
    return ExitCode.FAILED if result.crossed else ExitCode.DONE


def _pictures_folder(wanted: Path | None) -> Path:
    try:
        if wanted is None:
            return Path(tempfile.mkdtemp(prefix="berth-demo-pictures-"))
        wanted.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=wanted):
            return wanted.absolute()
    except OSError as error:
        raise PicturesNotWritable(
            say(
                "The pictures cannot be written to {folder}: {why}.",
                folder=str(wanted or tempfile.gettempdir()),
                why=error.strerror or "refused",
            ),
            say("Name another folder with --pictures."),
        ) from error


def _json(result: TourResult) -> dict[str, object]:
    return {
        "ok": not result.crossed,
        "crossed": list(result.crossed),
        "windows": [
            {
                "profile": line.profile,
                "exit_ip": line.exit_ip,
                "timezone": line.timezone,
                "languages": list(line.languages),
                "signed_in_as": line.signed_in_as,
                "signed_in_after_reopen": line.signed_in_after_reopen,
            }
            for line in result.windows
        ],
        "screenshots": [str(path) for path in result.screenshots],
    }


def _words(result: TourResult) -> str:
    rows = [
        (
            line.profile,
            line.exit_ip,
            line.timezone,
            line.languages,
            line.signed_in_as,
            line.signed_in_after_reopen or "not reopened",
        )
        for line in result.windows
    ]
    head = ("Store", "Exit", "Timezone", "Languages", "Signed in as", "After reopening")
    pictures = "\n".join(f"  {path}" for path in result.screenshots)
    end = say("Nothing crossed between the two windows.").english()
    if result.crossed:
        end = "\n".join([say("Something crossed:").english(), *(f"  {line}" for line in result.crossed)])
    return f"\n{table(head, rows, '')}\n\n{end}\n\n{say('Pictures:').english()}\n{pictures}"
