"""What travels between a face and the keeper: plain JSON for problems, checks and windows."""

from __future__ import annotations

from typing import Any

from app.isolation.checks import Check, Exit, Level, Preflight
from app.kernel.errors import ExitCode, Problem
from app.kernel.text import Text

PROTOCOL_VERSION = 1
LARGEST_MESSAGE = 64 * 1024 * 1024

Plain = dict[str, Any]


class KeeperProblem(Problem):
    """A problem that happened in the keeper, as it was there."""

    def __init__(self, identifier: str, text: Text, next_step: Text, exit_code: ExitCode) -> None:
        super().__init__(text, next_step)
        self._identifier = identifier
        self.exit_code = exit_code

    @property
    def id(self) -> str:
        return self._identifier


def text_plain(text: Text) -> Plain:
    """A sentence with its facts."""
    return {"source": text.source, "facts": dict(text.facts), "n": text.n}


def text_from(raw: Plain) -> Text:
    """The sentence that `text_plain` wrote."""
    return Text(raw["source"], raw["facts"], raw["n"])


def problem_plain(problem: Problem) -> Plain:
    """A problem, complete enough to be raised again on the other side."""
    return {
        "id": problem.id,
        "text": text_plain(problem.text),
        "next_step": text_plain(problem.next_step),
        "exit_code": int(problem.exit_code),
    }


def problem_from(raw: Plain) -> KeeperProblem:
    """The problem that `problem_plain` wrote."""
    return KeeperProblem(
        raw["id"], text_from(raw["text"]), text_from(raw["next_step"]), ExitCode(raw["exit_code"])
    )


def preflight_plain(preflight: Preflight) -> Plain:
    """A preflight for the channel."""
    return {
        "exit": exit_plain(preflight.exit) if preflight.exit else None,
        "checks": [
            {
                "id": check.id,
                "level": check.level.value,
                "message": text_plain(check.message),
                "may_override": check.may_override,
                "expected": check.expected,
                "seen": check.seen,
            }
            for check in preflight.checks
        ],
    }


def preflight_from(raw: Plain) -> Preflight:
    """The preflight that `preflight_plain` wrote."""
    return Preflight(
        Exit(**raw["exit"]) if raw["exit"] else None,
        tuple(
            Check(
                check["id"],
                Level(check["level"]),
                text_from(check["message"]),
                check["may_override"],
                check["expected"],
                check["seen"],
            )
            for check in raw["checks"]
        ),
    )


def exit_plain(found: Exit) -> Plain:
    """An exit for the channel."""
    return {
        "ip": found.ip,
        "country": found.country,
        "timezone": found.timezone,
        "latency_ms": found.latency_ms,
    }
