"""Runs every `measure()` in this folder and prints one table of figures and budgets.

A module takes part when it has `measure() -> Iterable[Row]` (or an async one). Words on the command line
choose modules by name. Ends with 1 when a budget was missed.
"""

from __future__ import annotations

import asyncio
import importlib
import inspect
import pkgutil
import sys
import time
from collections.abc import Iterable
from types import ModuleType

import tests.bench as here
from tests.bench.row import Row

HEAD = ("what", "ours", "against", "ratio", "budget", "met")


def main(words: list[str]) -> int:
    """Measures and prints; the exit code says whether all budgets were met."""
    rows: list[Row] = []
    for module in _modules(words):
        print(f"measuring {module.__name__.rpartition('.')[2]} …", file=sys.stderr, flush=True)
        started = time.monotonic()
        rows += _measured(module)
        print(f"  took {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    if not rows:
        print("Nothing to measure.", file=sys.stderr)
        return 2
    print(table(rows))
    return 1 if any(row.is_met is False for row in rows) else 0


def table(rows: Iterable[Row]) -> str:
    """The rows as aligned text."""
    cells = [HEAD, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEAD))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in cells]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(line.rstrip() for line in lines)


def _modules(words: list[str]) -> list[ModuleType]:
    names = sorted(
        entry.name for entry in pkgutil.iter_modules(here.__path__) if not entry.name.startswith("_")
    )
    modules = [importlib.import_module(f"tests.bench.{name}") for name in names if not words or name in words]
    return [module for module in modules if hasattr(module, "measure")]


def _measured(module: ModuleType) -> list[Row]:
    found = module.measure()
    return list(asyncio.run(found)) if inspect.isawaitable(found) else list(found)


def _cells(row: Row) -> tuple[str, ...]:
    against = "" if row.against is None else f"{_short(row.against)} {row.unit}"
    ratio = "" if row.ratio is None else f"{row.ratio:.2f}x"
    sign = "≥" if row.more_is_better else "≤"
    of = "x" if row.against is not None else f" {row.unit}"
    budget = "" if row.budget is None else f"{sign} {row.budget:g}{of}"
    met = {None: "", True: "yes", False: "NO"}[row.is_met]
    note = f"  {row.note}" if row.note else ""
    return (row.name, f"{_short(row.ours)} {row.unit}", against, ratio, budget, met + note)


def _short(figure: float) -> str:
    return f"{figure:,.0f}" if abs(figure) >= 100 else f"{figure:.3g}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
