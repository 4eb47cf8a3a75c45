"""Reads many pasted lines within limits, each as a proxy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.isolation.proxy_reading import (
    LONGEST_LINE,
    FarEnd,
    Line,
    Reader,
    Standing,
    decide,
    known_far_ends,
)

__all__ = ["FarEnd", "Line", "Reading", "Standing", "cut", "decide", "known_far_ends", "read", "read_lines"]

MOST_LETTERS = 300_000
MOST_LINES = 2_000
MOST_OF_A_FILE = 60_000


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
    return "\n".join(line[:LONGEST_LINE] for line in lines[:MOST_LINES]), was_cut


def read(text: str, known: dict[FarEnd, str], *, was_cut: bool = False) -> Reading:
    """Reads lines. `known` are the names of saved proxies by their far ends."""
    return read_lines(enumerate(text.splitlines(), 1), known, was_cut=was_cut)


def read_lines(
    lines: Iterable[tuple[int, str]], known: dict[FarEnd, str], *, was_cut: bool = False
) -> Reading:
    """Reads numbered lines, of a file for instance, up to sixty thousand of them."""
    reader = Reader(known)
    found: list[Line] = []
    for number, raw in lines:
        if number > MOST_OF_A_FILE:
            return Reading(tuple(found), was_cut=True)
        if (line := reader.read(number, raw)) is not None:
            found.append(line)
    return Reading(tuple(found), was_cut)
