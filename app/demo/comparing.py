"""Finds what crossed between two windows, from what the sites saw; pure rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Visit:
    """What one window showed to a site: its profile, what was expected of it, and the page's own report."""

    profile: str
    customer: str
    exit_ip: str
    timezone: str
    languages: tuple[str, ...]
    source: str
    facts: Mapping[str, object]


def own_promises(visit: Visit) -> list[str]:
    """Where a window did not show what its profile promises."""
    facts = visit.facts
    expected: dict[str, tuple[object, object]] = {
        "exit address": (visit.exit_ip, visit.source),
        "timezone": (visit.timezone, facts.get("timezone")),
        "languages": (list(visit.languages), facts.get("languages")),
        "signed-in customer": (visit.customer, facts.get("signed_in_as")),
        "localStorage": (visit.customer, facts.get("local_storage")),
        "IndexedDB": (visit.customer, facts.get("indexed_db")),
        "webdriver": (False, facts.get("webdriver")),
    }
    return [
        f"{visit.profile}: {what} is {seen!r}, expected {wanted!r}"
        for what, (wanted, seen) in expected.items()
        if wanted != seen
    ]


def crossings(one: Visit, other: Visit) -> list[str]:
    """What of one window was seen in the other."""
    found = []
    if one.source == other.source:
        found.append(f"both windows came from {one.source}")
    for mine, theirs in ((one, other), (other, one)):
        found += [
            f"{mine.profile}: {name} holds the customer of {theirs.profile}"
            for name in ("signed_in_as", "local_storage", "indexed_db")
            if mine.facts.get(name) == theirs.customer
        ]
    shared = _cookies(one) & _cookies(other)
    found += [f"both windows hold the cookie {cookie}" for cookie in sorted(shared)]
    return found


def strays(sources: Sequence[str], exits: Sequence[str]) -> list[str]:
    """Connections that reached a site past every proxy."""
    return sorted({f"a connection came directly from {source}" for source in sources if source not in exits})


def _cookies(visit: Visit) -> set[str]:
    text = str(visit.facts.get("cookies", ""))
    return {part.strip() for part in text.split(";") if part.strip()}
