"""The one list of renderings: which Chinese word a term of ours has, and which it never has."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

FILE = "glossary.csv"
_COLUMNS = ("term", "English", "中文", "also", "never", "note")
# What a person types or a fact that is filled in is no prose.
_CODE = re.compile(r"`[^`]*`|\{[^}]*\}|https?://[!-~]+|--[\w-]+|\w+=\w*|[\w/]+\.(?:json|yaml|db)\b")


@dataclass(frozen=True, slots=True)
class Term:
    """A row. `english` and `also` are alternatives; a `-` in `also` lets a sentence do without the word."""

    name: str
    english: tuple[str, ...]
    chinese: str
    also: tuple[str, ...]
    never: tuple[str, ...]

    @property
    def is_kept(self) -> bool:
        """Whether Chinese writes it as English does."""
        return self.chinese in self.english


class GlossaryWrong(Exception):
    """The file cannot be used; the text says which line."""


@dataclass(frozen=True, slots=True)
class Glossary:
    """All rows."""

    terms: tuple[Term, ...]

    def faults(self, source: str, translation: str) -> Iterator[str]:
        """Each term of the source that has another rendering, and each word that is never used."""
        for term in self.terms_in(source):
            allowed = (term.chinese, *term.also)
            if "-" not in allowed and not any(_holds(translation, word) for word in allowed):
                yield f"“{term.english[0]}” is {' or '.join(allowed)} in Chinese"
        for term in self.terms:
            rest = _without(translation, (term.chinese, *term.also))
            yield from (f"never {word}; say {term.chinese}" for word in term.never if word in rest)

    def terms_in(self, source: str) -> list[Term]:
        """The terms that a sentence uses; a longer one hides those inside it, such as browser profile."""
        forms = [(form, term) for term in self.terms for form in term.english]
        rest, found = _CODE.sub(" ", source), []
        for form, term in sorted(forms, key=lambda pair: -len(pair[0])):
            rest, count = _word(form).subn("\0", rest)
            if count and term not in found:
                found.append(term)
        return found

    def is_kept(self, source: str) -> bool:
        """Whether nothing in a sentence has to be put into Chinese."""
        rest = _CODE.sub(" ", source)
        for form in sorted((f for term in self.terms if term.is_kept for f in term.english), key=len)[::-1]:
            rest = _word(form).sub(" ", rest)
        return not re.search(r"[A-Za-z]", rest.replace("%n", ""))


def load(path: Path) -> Glossary:
    """The rows of a file; none where there is no file. Raises GlossaryWrong."""
    return parsed(path.read_text("utf-8")) if path.exists() else Glossary(())


def parsed(text: str) -> Glossary:
    """The rows of a file's text. Raises GlossaryWrong."""
    rows = list(csv.reader(text.splitlines()))
    if not rows or tuple(rows[0]) != _COLUMNS:
        raise GlossaryWrong(f"{FILE}:1: the columns are {', '.join(_COLUMNS)}")
    return Glossary(tuple(_terms(rows)))


def _terms(rows: list[list[str]]) -> Iterator[Term]:
    seen: dict[str, int] = {}
    for line, row in enumerate(rows[1:], start=2):
        if len(row) != len(_COLUMNS) or not all(cell.strip() for cell in row[:3]):
            raise GlossaryWrong(f"{FILE}:{line}: a row has six columns, and the first three are filled")
        term = Term(row[0], _words(row[1]), row[2], _words(row[3]), _words(row[4]))
        for form in term.english:
            if seen.setdefault(form.lower(), line) != line:
                raise GlossaryWrong(f"{FILE}:{line}: “{form}” stands in line {seen[form.lower()]} too")
        yield term


def _words(cell: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in cell.split("/") if word.strip())


def _word(form: str) -> re.Pattern[str]:
    ending = "" if form.endswith("s") else "(?:s|es)?"
    return re.compile(rf"(?<![\w-]){re.escape(form)}{ending}(?![\w])", re.IGNORECASE)


def _holds(translation: str, word: str) -> bool:
    return word.lower() in translation.lower()


def _without(text: str, words: Iterable[str]) -> str:
    for word in sorted(words, key=len, reverse=True):
        text = text.replace(word, " ")
    return text
