"""`berth check`: what a profile's window shows, line by line."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from app.cli.context import Context
from app.isolation.checks import Check, Level
from app.kernel.errors import ExitCode
from app.kernel.text import say

_MARKS = {"green": "✓", "amber": "!", "red": "✗"}
_ID_WIDTH = 20
_INDENT = " " * (_ID_WIDTH + 4)
_WORST_FIRST = ("red", "amber", "green")


def check_arguments(parser: argparse.ArgumentParser) -> None:
    """What `berth check` takes."""
    parser.add_argument("name", help="the profile's name, number or id")
    parser.add_argument("--reason", help="why, where a reason is asked for")


def check(args: argparse.Namespace, context: Context) -> ExitCode:
    """Looks at an open window, or at a stand-in for a closed profile; fails when a line is red."""
    with context.workspace() as work:
        found = work.isolation.checking.check(args.name, reason=args.reason)
    lines = sorted(found.checks, key=lambda line: _WORST_FIRST.index(line.level.value))
    data = {
        "checks": [
            {
                "id": line.id,
                "level": line.level.value,
                "expected": line.expected,
                "seen": line.seen,
                "message": f"{line.message.english()} {line.advice.english() if line.advice else ''}".strip(),
            }
            for line in lines
        ],
        "fingerprint_id": found.fingerprint_id,
    }
    words = [line for check in lines for line in _said(check)]
    counts = {level: sum(1 for line in lines if line.level.value == level) for level in _WORST_FIRST}
    total = say("{red} red, {amber} amber, {green} green.", **counts).english()
    name = say("Fingerprint {id}", id=found.fingerprint_id or "-").english()
    context.out.show(data, "\n".join([*words, "", f"{total} {name}"]))
    return ExitCode.FAILED if found.is_red else ExitCode.DONE


def _said(check: Check) -> Iterator[str]:
    """A line that nothing is cut from; what is not green also says what it is measured by, and what to do."""
    yield f"{_MARKS[check.level.value]} {check.id:<{_ID_WIDTH}}  {check.message.english()}"
    if check.level is Level.GREEN:
        return
    if check.expected or check.seen:
        facts = {"expected": check.expected or "-", "seen": check.seen or "-"}
        yield _INDENT + say("Expected {expected}, seen {seen}.", **facts).english()
    if check.advice is not None:
        yield _INDENT + check.advice.english()
