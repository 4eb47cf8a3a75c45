"""What travels between a face and the keeper: plain JSON for problems, checks and windows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from app.isolation.checks import Check, Exit, Level, Preflight
from app.isolation.cookie import Cookie, SameSite
from app.kernel.errors import ExitCode, Problem, UsageProblem
from app.kernel.secret import Secret
from app.kernel.text import Text, say

# Raise it with every change that an older face or keeper would misunderstand. `hello`, `windows` and `close`
# stay as they are for ever, so that the windows of one version can be closed by another.
PROTOCOL_VERSION = 4
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
        "checks": checks_plain(preflight.checks),
        "host_key": preflight.host_key,
    }


def preflight_from(raw: Plain) -> Preflight:
    """The preflight that `preflight_plain` wrote."""
    return Preflight(
        Exit(**raw["exit"]) if raw["exit"] else None, checks_from(raw["checks"]), raw.get("host_key", "")
    )


def checks_plain(checks: Sequence[Check]) -> list[Plain]:
    """Checks for the channel."""
    return [
        {
            "id": check.id,
            "level": check.level.value,
            "message": text_plain(check.message),
            "may_override": check.may_override,
            "expected": check.expected,
            "seen": check.seen,
            "advice": text_plain(check.advice) if check.advice is not None else None,
        }
        for check in checks
    ]


def checks_from(raw: Sequence[Plain]) -> tuple[Check, ...]:
    """The checks that `checks_plain` wrote."""
    return tuple(
        Check(
            check["id"],
            Level(check["level"]),
            text_from(check["message"]),
            check["may_override"],
            check["expected"],
            check["seen"],
            text_from(check["advice"]) if check["advice"] is not None else None,
        )
        for check in raw
    )


def cookie_plain(cookie: Cookie) -> Plain:
    """A cookie, with its value, for the channel."""
    plain = {item.name: getattr(cookie, item.name) for item in fields(cookie)}
    return {**plain, "value": cookie.value.reveal(), "same_site": cookie.same_site.value}


def cookie_from(raw: Plain) -> Cookie:
    """The cookie that `cookie_plain` wrote."""
    return Cookie(**{**raw, "value": Secret(raw["value"]), "same_site": SameSite(raw["same_site"])})


def exit_plain(found: Exit) -> Plain:
    """An exit for the channel."""
    return {
        "ip": found.ip,
        "country": found.country,
        "timezone": found.timezone,
        "latency_ms": found.latency_ms,
    }
