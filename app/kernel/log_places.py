"""How log files tell of an exception: its types and places, never its message, which could quote a secret."""

from __future__ import annotations

import logging
import traceback
from types import TracebackType

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class PlacesOnly(logging.Formatter):
    """Writes of an exception its types and places."""

    def format(self, record: logging.LogRecord) -> str:
        """The line; what another handler wrote of the exception, message and all, is not taken over."""
        record.exc_text = None
        return super().format(record)

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802 - logging's name
        """The chain of exceptions, each with its frames."""
        return places(ei[1]) if ei[1] is not None else ""


def places(error: BaseException) -> str:
    """Types and frames of an exception and of those that led to it, without their messages."""
    parts = []
    seen: set[int] = set()
    step: BaseException | None = error
    while step is not None and id(step) not in seen:
        seen.add(id(step))
        frames = "".join(traceback.format_tb(step.__traceback__))
        parts.append(f"{frames}{type(step).__module__}.{type(step).__qualname__}")
        step = step.__cause__ or (None if step.__suppress_context__ else step.__context__)
    return "\nled to:\n".join(reversed(parts))
