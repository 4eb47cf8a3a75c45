"""Imports proxies from a file of any size: what is sure is saved, the rest is told line by line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.isolation.proxies import Proxies
from app.isolation.proxy_reading import Line, Reader, Standing, known_far_ends, lines_of
from app.kernel.errors import UsageProblem
from app.kernel.text import say

MOST_TOLD = 1_000
_BATCH = 500


class FileUnreadable(UsageProblem):
    """The file of proxies cannot be read."""


@contextmanager
def opened(path: Path) -> Iterator[Iterator[tuple[int, str]]]:
    """A file's numbered lines, read as they are asked for. Raises FileUnreadable."""
    try:
        with path.open("rb") as file:
            yield lines_of(file)
    except OSError as error:
        raise FileUnreadable(
            say("The file {file} cannot be read: {why}.", file=str(path), why=error.strerror or "?"),
            say("Give the path of a text file with one proxy a line."),
        ) from None


@dataclass(slots=True)
class Imported:
    """How an import went. Of very many lines that were left out, `left_out` holds the first thousand."""

    counts: Counter[Standing] = field(default_factory=Counter)
    left_out: list[Line] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether every line was a proxy that is saved now."""
        return not (self.counts[Standing.WRONG] or self.counts[Standing.AMBIGUOUS])

    def note(self, line: Line) -> None:
        """Counts a line, and keeps it where somebody must look at it."""
        self.counts[line.standing] += 1
        if line.standing in (Standing.WRONG, Standing.AMBIGUOUS) and len(self.left_out) < MOST_TOLD:
            self.left_out.append(line)


def import_lines(
    proxies: Proxies,
    lines: Iterable[tuple[int, str]],
    *,
    order: int | None = None,
    provider: str = "",
    told: Callable[[int], None] = lambda _read: None,
    is_wanted: Callable[[], bool] = lambda: True,
) -> Imported:
    """Reads numbered lines and saves the good ones, some hundred at a time.

    `order` decides lines with two readings (0 address first, 1 login first); without it they are left out.
    `told` hears how many were read. Raises Refused. Threads: any; blocking.
    """
    reader = Reader(known_far_ends(proxies), order)
    report, waiting = Imported(), []
    for number, raw in lines:
        line = reader.read(number, raw)
        if line is None:
            continue
        if line.standing is Standing.GOOD:
            waiting.append(replace(line, provider=line.provider or provider))
        else:
            report.note(line)
        if len(waiting) >= _BATCH:
            _save(proxies, waiting, report)
            waiting = []
            told(number)
            if not is_wanted():
                return report
    _save(proxies, waiting, report)
    return report


def _save(proxies: Proxies, lines: list[Line], report: Imported) -> None:
    if not lines:
        return
    outcome = proxies.add_lines(lines)
    for line in lines:
        note = outcome[line.number]
        standing = Standing.ADDED if note is None else Standing.WRONG
        report.note(replace(line, standing=standing, note=note))
