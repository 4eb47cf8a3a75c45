"""What a command prints: words for people, or one JSON value for machines."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterable, Sequence
from typing import TextIO
from unicodedata import east_asian_width

_GAP = "  "
_NARROWEST = 6  # a column cut further says nothing


class Output:
    """Prints to standard output; notes and problems go to standard error.

    Nothing else of a command line prints: with `as_json`, standard output holds JSON alone.
    """

    def __init__(self, as_json: bool, out: TextIO | None = None, err: TextIO | None = None) -> None:
        self.as_json = as_json
        self._out = out or sys.stdout
        self._err = err or sys.stderr

    @property
    def width(self) -> int | None:
        """Columns of the terminal that people read this on; None where it is kept or read by a program."""
        return shutil.get_terminal_size().columns if self._out.isatty() else None

    def show(self, data: object, words: str) -> None:
        """The result of a command: `data` as JSON, or `words` for people."""
        self.line(data, words)

    def line(self, data: object, words: str) -> None:
        """One event of a command that has several: one JSON value on a line of its own, or words."""
        text = json.dumps(data, ensure_ascii=False) if self.as_json else words
        self._write(self._out, text)

    def note(self, words: str) -> None:
        """Something a person should know, beside the result."""
        self._write(self._err, words)

    def progress(self, done: int, total: int) -> None:
        """How far something is, on a line that is written over; only where a person sees it."""
        if self._err.isatty() and (done == total or done % 10 == 0):
            self._err.write(f"\r{done} / {total}" + ("\n" if done == total else ""))
            self._err.flush()

    def _write(self, stream: TextIO, text: str) -> None:
        line = text + "\n"
        try:
            stream.write(line)
        except UnicodeEncodeError:  # a terminal without UTF-8 must not stop a command
            stream.write(line.encode("ascii", "backslashreplace").decode())
        stream.flush()


def table(head: Sequence[str], rows: Iterable[Sequence[object]], empty: str, width: int | None = None) -> str:
    """Aligned columns under a head; `empty` is said where there are no rows.

    With a width, the widest columns are cut until every line fits.
    """
    cells = [[_cell(value) for value in row] for row in rows]
    if not cells:
        return empty
    cells.insert(0, [title.upper() for title in head])
    widths = _fitting([max(_width(row[column]) for row in cells) for column in range(len(head))], width)
    return "\n".join(
        _GAP.join(_padded(cell, room) for cell, room in zip(row, widths, strict=True)).rstrip()
        for row in cells
    )


def card(pairs: Iterable[tuple[str, object]]) -> str:
    """Names and values of one thing, one a line."""
    lines = [(name, _cell(value)) for name, value in pairs]
    width = max((_width(name) for name, _ in lines), default=0)
    return "\n".join(f"{name}{' ' * (width - _width(name))}  {value}".rstrip() for name, value in lines)


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case str():
            # A name must not move the cursor or colour the screen of whoever lists it.
            return "".join(letter if letter.isprintable() else "�" for letter in value)
        case list() | tuple():
            return ", ".join(_cell(part) for part in value)
        case _:
            return str(value)


def _fitting(widths: list[int], most: int | None) -> list[int]:
    if most is None:
        return widths
    spare = most - len(_GAP) * (len(widths) - 1)
    fitting = list(widths)
    while sum(fitting) > spare and max(fitting) > _NARROWEST:
        fitting[fitting.index(max(fitting))] -= 1
    return fitting


def _padded(text: str, room: int) -> str:
    if _width(text) > room:
        while _width(text) > room - 1:
            text = text[:-1]
        text += "…"
    return text + " " * (room - _width(text))


def _width(text: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
