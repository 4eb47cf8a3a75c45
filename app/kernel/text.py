"""Sentences the core says: an English source and its facts, translated only by a face."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias

# A fact that is words of ours, such as a country or another sentence, is a Text, so that a face tells it too.
Fact: TypeAlias = "str | int | float | Text"
_NO_FACTS: Mapping[str, Fact] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Text:
    """One whole sentence with `{name}` places; `source` is also its key for translators.

    `n` chooses a plural form where a language has several.
    """

    source: str
    facts: Mapping[str, Fact] = field(default_factory=lambda: _NO_FACTS)
    n: int | None = None

    def english(self) -> str:
        """The sentence with its facts filled in; a missing fact stays as its `{name}`."""
        return fill(self.source, self.english_facts())

    def english_facts(self) -> dict[str, str | int | float]:
        """The facts, those that are sentences in English."""
        return {name: fact.english() if isinstance(fact, Text) else fact for name, fact in self.facts.items()}

    def as_json(self) -> dict[str, object]:
        """For `--json`: the stable id, the facts, and the English sentence."""
        return {"id": self.source, "facts": self.english_facts(), "text": self.english()}


class _Keep(dict[str, str | int | float]):
    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def fill(template: str, facts: Mapping[str, str | int | float]) -> str:
    """A template with its `{name}` places filled; nothing in a fact is read as a template."""
    return template.format_map(_Keep(facts))


def echoed(given: str, most: int = 60) -> str:
    """What somebody typed, as a message may repeat it: short, and *** where it may hold a password.

    A proxy string is recognised by its signs, not by its form: a mistyped one holds the same password.
    """
    word = given.strip()
    if "@" in word or "://" in word or word.count(":") > 1:
        return "***"
    word = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in word)
    return word if len(word) <= most else word[: most - 1] + "…"


def say(source: str, **facts: Fact) -> Text:
    """Short form of `Text(source, facts)`."""
    return Text(source, MappingProxyType(facts))
