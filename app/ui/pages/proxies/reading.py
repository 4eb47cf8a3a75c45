"""Reads many pasted lines, each as a proxy: good, known already, to be read in two ways, or wrong."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from app.isolation.network.proxy_string import ProxyString, ProxyStringAmbiguous, parse, write
from app.isolation.plan import ProxyKind
from app.isolation.proxies import Proxies
from app.kernel.errors import Problem
from app.kernel.text import Text, say

MOST_LETTERS = 300_000
MOST_LINES = 2_000
_MOST_OF_A_LINE = 2_100  # the parser's own limit, and a little, so that it is the parser that refuses
_CHUNK = 500
FarEnd = tuple[ProxyKind, str, int, str]


class Standing(StrEnum):
    """What a line turned out to be."""

    GOOD = "good"
    KNOWN = "known"
    AMBIGUOUS = "ambiguous"
    WRONG = "wrong"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is not empty. Its `readings` hold the password, and are never shown whole."""

    number: int
    standing: Standing
    readings: tuple[ProxyString, ...] = ()
    note: Text | None = None

    @property
    def text(self) -> str:
        """The canonical form for the core."""
        chosen = self.readings[0]
        change = f"[{chosen.change_ip_url}]" if chosen.change_ip_url else ""
        return write(chosen.upstream) + change


@dataclass(frozen=True, slots=True)
class Reading:
    """Every line, and whether the paste was longer than what is read."""

    lines: tuple[Line, ...]
    was_cut: bool = False


def cut(text: str) -> tuple[str, bool]:
    """A paste within the limits, and whether something was left out."""
    kept = text[:MOST_LETTERS]
    lines = kept.splitlines()
    was_cut = len(text) > len(kept) or len(lines) > MOST_LINES
    if len(text) > len(kept) and len(lines) > 1:
        lines.pop()  # half a line may look like a whole one, with half a password
    return "\n".join(line[:_MOST_OF_A_LINE] for line in lines[:MOST_LINES]), was_cut


def read(text: str, known: dict[FarEnd, str], *, was_cut: bool = False) -> Reading:
    """Reads lines. `known` are the names of saved proxies by their far ends."""
    seen: dict[FarEnd, int] = {}
    lines = []
    for number, raw in enumerate(text.splitlines(), 1):
        if raw.strip():
            lines.append(_judge(_read_line(number, raw), known, seen))
    return Reading(tuple(lines), was_cut)


def decide(lines: Iterable[Line], number: int | None, way: int, known: dict[FarEnd, str]) -> tuple[Line, ...]:
    """Takes one reading of a line (None: of every line that has two); 0 is address first, 1 login first."""
    decided = [
        replace(line, standing=Standing.GOOD, readings=(line.readings[way],), note=None)
        if line.standing is Standing.AMBIGUOUS and number in (None, line.number) and way < len(line.readings)
        else line
        for line in lines
    ]
    seen: dict[FarEnd, int] = {}
    return tuple(_judge(line, known, seen) for line in decided)


def known_far_ends(proxies: Proxies) -> dict[FarEnd, str]:
    """The names of all saved proxies by their far ends. Threads: any; reads the vault."""
    ids, found = proxies.ids(), {}
    for start in range(0, len(ids), _CHUNK):
        for proxy in proxies.rows(ids[start : start + _CHUNK]):
            found[(proxy.kind, proxy.host, proxy.port, proxy.username)] = proxy.name
    return found


def _read_line(number: int, raw: str) -> Line:
    try:
        return Line(number, Standing.GOOD, (parse(raw),))
    except ProxyStringAmbiguous as problem:
        return Line(number, Standing.AMBIGUOUS, problem.readings)
    except Problem as problem:
        return Line(number, Standing.WRONG, note=problem.text)


def _judge(line: Line, known: dict[FarEnd, str], seen: dict[FarEnd, int]) -> Line:
    if line.standing is not Standing.GOOD:
        return line
    upstream = line.readings[0].upstream
    end = (upstream.kind, upstream.host.lower(), upstream.port, upstream.username)
    if end in known:
        return replace(line, standing=Standing.KNOWN, note=say("Saved already as {name}", name=known[end]))
    if end in seen:
        return replace(line, standing=Standing.KNOWN, note=say("The same as line {number}", number=seen[end]))
    seen[end] = line.number
    return line
