"""Is a value the same in every context? A table of values; one check each."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.isolation.checks import Check, Level
from app.isolation.coherence.probing import Probe
from app.isolation.coherence.site import CONTEXTS
from app.kernel.text import Text, say

LATE = "late"  # a value that did not come in time is not known, and no contradiction
WINDOWS = ("main", "blank", "frame", "srcdoc", "sandbox", "cross", "popup")
# Text on a canvas is drawn otherwise where no page stands behind it: a real browser differs there, too.
_WITH_PAGE = (*WINDOWS, "dedicated", "nested", "blob")
_LONGEST = 120
_AGAIN = say("Check again when the computer is less busy; an extension may also be in the way.")
ONE_TRUTH = say(
    "Close the window and open it again. If it stays, report it with the browser's version: "
    "a store could notice it."
)


@dataclass(frozen=True, slots=True)
class Row:
    """Facts that belong together. With `as_one`, they also have to equal each other.

    `worst` is how bad a difference is: amber where real browsers show one, too.
    """

    id: str
    what: Text
    facts: tuple[str, ...]
    contexts: tuple[str, ...] = CONTEXTS
    as_one: bool = False
    worst: Level = Level.RED


ROWS = (
    Row("same.user-agent", say("How the browser names itself"), ("userAgent", "appVersion")),
    Row("same.platform", say("Operating system"), ("platform",)),
    Row("same.vendor", say("Maker of the browser"), ("vendor",), WINDOWS),
    Row("same.languages", say("Languages"), ("language", "languages")),
    Row("same.cores", say("Cores"), ("cores",)),
    Row("same.memory", say("Memory"), ("memory",)),
    Row("same.webdriver", say("Who drives the window"), ("webdriver",), WINDOWS),
    Row("same.hints-low", say("Client hints"), ("hintsLow",)),
    Row("same.hints-high", say("Detailed client hints"), ("hintsHigh",)),
    Row("same.timezone", say("Time zone"), ("timezone", "offsets", "dateText")),
    Row("same.locale", say("Way of writing dates and numbers"), ("locale", "numbers")),
    Row("same.webgl", say("Graphics (WebGL)"), ("webgl",)),
    Row("same.webgpu", say("Graphics (WebGPU)"), ("webgpu",)),
    Row("same.canvas", say("Canvas"), ("offscreenShapes", "canvasShapes"), as_one=True),
    # At scales like 1.25 Chromium smooths text in processes of their own now and then otherwise.
    Row(
        "same.canvas-text",
        say("Text on a canvas"),
        ("offscreenText", "canvasText"),
        _WITH_PAGE,
        as_one=True,
        worst=Level.AMBER,
    ),
    Row("same.audio", say("Audio"), ("audio",), WINDOWS),
    Row("same.fonts", say("Fonts"), ("fonts",), WINDOWS),
    Row("same.screen", say("Screen"), ("screen", "available", "depth"), WINDOWS),
    Row("same.scale", say("Scale"), ("scale",), WINDOWS),
    Row("same.plugins", say("Plugins"), ("plugins", "pdf"), WINDOWS),
)


def judge_sameness(probe: Probe) -> tuple[Check, ...]:
    """All contexts answered, and show the same."""
    return _everywhere(probe), *(judge_row(row, probe) for row in ROWS)


def judge_row(row: Row, probe: Probe) -> Check:
    """Whether one row's facts are the same wherever they were told."""
    if row.as_one:
        groups = [[(name, fact) for fact in row.facts for name in row.contexts]]
    else:
        groups = [[(name, fact) for name in row.contexts] for fact in row.facts]
    worst: Mapping[str, Sequence[str]] = {}
    first = ""
    for group in groups:
        found = _by_value(probe, group)
        first = first or next(iter(found), "")
        if len(found) > 1 and len(found) > len(worst):
            worst = found
    if not worst:
        # What is not there at all is a finding of its own; here it matters who answered and left this out.
        asked = sum(1 for name in row.contexts if name not in probe.missing)
        told = min(len(_tellers(probe, group)) for group in groups)
        if told == 0 or told < asked:
            text = say(
                "{what}: only {count} of {all} contexts told it.", what=row.what, count=told, all=asked
            )
            return Check(row.id, Level.AMBER, text, seen=_short(first), advice=_AGAIN)
        text = say("{what}: the same in all {count} contexts.", what=row.what, count=told)
        return Check(row.id, Level.GREEN, text, expected=_short(first), seen=_short(first))
    most = max(worst, key=lambda value: len(worst[value]))
    others = [name for value, names in worst.items() if value != most for name in names]
    where = ", ".join(dict.fromkeys(others))
    text = say("{what}: another value in {where} than elsewhere.", what=row.what, where=where)
    other = next(value for value in worst if value != most)
    return Check(
        row.id, row.worst, text, expected=_short(most), seen=f"{_short(other)} ({where})", advice=ONE_TRUTH
    )


def shown(value: object) -> str:
    """A fact as text."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _everywhere(probe: Probe) -> Check:
    count = str(len(CONTEXTS))
    missing = probe.missing
    if not missing:
        text = say("All {count} contexts were looked at.", count=count)
        return Check("contexts", Level.GREEN, text, expected=count, seen=count)
    where = ", ".join(missing)
    text = say("Contexts that showed nothing: {where}.", where=where)
    advice = say("Check again when the computer is less busy; an extension may also stop them.")
    seen = str(len(CONTEXTS) - len(missing))
    return Check("contexts", Level.RED, text, expected=count, seen=seen, advice=advice)


def _by_value(probe: Probe, places: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    """Contexts by what they showed. One that told nothing at all is another check's affair."""
    found: dict[str, list[str]] = {}
    for context, fact in places:
        facts = probe.facts(context)
        if fact in facts and facts[fact] != LATE:
            found.setdefault(shown(facts[fact]), []).append(context)
    return found


def _tellers(probe: Probe, places: Sequence[tuple[str, str]]) -> set[str]:
    return {name for names in _by_value(probe, places).values() for name in names}


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
