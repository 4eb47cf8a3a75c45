"""What people read, in their language: `tr` for the program's own words, `told` for the core's sentences."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from app.kernel.text import Text, fill

CONTEXT = "berth"  # one for everything, so that a term is translated once


def tr(source: str, note: str = "", n: int = -1) -> str:
    """A sentence or word in the language of now; `note` tells two meanings of one English word apart.

    `source` is a literal: the translators' list is read from the code. `{name}` places are filled after.
    With `n`, `%n` becomes the number and the form fits it.
    """
    return QCoreApplication.translate(CONTEXT, source, note, n)


def told(text: Text) -> str:
    """A sentence of the core in the language of now, its facts filled in."""
    template = QCoreApplication.translate(CONTEXT, text.source, "", -1 if text.n is None else text.n)
    return fill(
        template,
        {name: told(fact) if isinstance(fact, Text) else fact for name, fact in text.facts.items()},
    )
