"""`berth check`: what a profile's window shows, line by line."""

from __future__ import annotations

import argparse

from app.cli.context import Context
from app.cli.output import table
from app.kernel.errors import ExitCode
from app.kernel.text import say

_MARKS = {"green": "✓", "amber": "!", "red": "✗"}
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
    rows = [
        (_MARKS[line.level.value], line.id, line.message.english(), line.expected, line.seen)
        for line in lines
    ]
    advice = [
        f"{_MARKS[line.level.value]} {line.id}: {line.advice.english()}"
        for line in lines
        if line.advice is not None
    ]
    counts = {level: sum(1 for line in lines if line.level.value == level) for level in _WORST_FIRST}
    total = say("{red} red, {amber} amber, {green} green.", **counts).english()
    name = say("Fingerprint {id}", id=found.fingerprint_id or "-").english()
    words = table(("", "Check", "What it means", "Expected", "Seen"), rows, "", context.out.width)
    context.out.show(data, "\n".join([words, *([""] if advice else []), *advice, "", f"{total} {name}"]))
    return ExitCode.FAILED if found.is_red else ExitCode.DONE
