"""What travels between a face and the keeper: plain JSON for problems, checks and windows."""

from __future__ import annotations

import json
from typing import Any

from app.isolation.checks import Check, Exit, Level, Preflight
from app.kernel.errors import ExitCode, Problem, UsageProblem
from app.kernel.text import Text, say

# Raise it with every change that an older face or keeper would misunderstand. `hello`, `windows` and `close`
# stay as they are for ever, so that the windows of one version can be closed by another.
PROTOCOL_VERSION = 3
LARGEST_MESSAGE = 64 * 1024 * 1024
# A keeper that is still at work on a request that asked for `beats` says so this often: {"beat": true}.
BEAT_S = 2.0

Plain = dict[str, Any]


class RequestWrong(UsageProblem):
    """The keeper was asked something that it does not know."""

    def __init__(self) -> None:
        super().__init__(
            say("The process that keeps windows open does not understand this request."),
            say("Update Berth, close its windows with `berth close --all`, and try again."),
        )


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
    """A sentence with its facts; one that is a sentence again is a dict."""
    facts = {name: text_plain(fact) if isinstance(fact, Text) else fact for name, fact in text.facts.items()}
    return {"source": text.source, "facts": facts, "n": text.n}


def text_from(raw: Plain) -> Text:
    """The sentence that `text_plain` wrote."""
    facts = {name: text_from(fact) if isinstance(fact, dict) else fact for name, fact in raw["facts"].items()}
    return Text(raw["source"], facts, raw["n"])


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


def packed(message: Plain) -> bytes:
    """A message as it travels: ASCII, since a file's name may hold half a character."""
    return json.dumps(message).encode()


def unpacked(raw: bytes) -> Plain:
    """The message that `packed` wrote. Raises ValueError for anything else."""
    try:
        message = json.loads(raw)
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    if not isinstance(message, dict):
        raise ValueError("not a message")  # noqa: TRY004 - what json says of other nonsense
    return message


def preflight_plain(preflight: Preflight) -> Plain:
    """A preflight for the channel."""
    return {
        "exit": exit_plain(preflight.exit) if preflight.exit else None,
        "checks": [check_plain(check) for check in preflight.checks],
    }


def preflight_from(raw: Plain) -> Preflight:
    """The preflight that `preflight_plain` wrote."""
    return Preflight(
        Exit(**raw["exit"]) if raw["exit"] else None,
        tuple(check_from(check) for check in raw["checks"]),
    )


def check_plain(check: Check) -> Plain:
    """A check for the channel."""
    return {
        "id": check.id,
        "level": check.level.value,
        "message": text_plain(check.message),
        "may_override": check.may_override,
        "expected": check.expected,
        "seen": check.seen,
        "advice": text_plain(check.advice) if check.advice is not None else None,
    }


def check_from(raw: Plain) -> Check:
    """The check that `check_plain` wrote."""
    advice = raw.get("advice")
    return Check(
        raw["id"],
        Level(raw["level"]),
        text_from(raw["message"]),
        raw["may_override"],
        raw["expected"],
        raw["seen"],
        text_from(advice) if advice is not None else None,
    )


def exit_plain(found: Exit) -> Plain:
    """An exit for the channel."""
    return {
        "ip": found.ip,
        "country": found.country,
        "timezone": found.timezone,
        "latency_ms": found.latency_ms,
    }
