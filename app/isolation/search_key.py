"""What a profile is found by and sorted by: folded texts, pinyin and its initials, numbers."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain, combinations, islice
from typing import Any

MAX_QUERY = 400
MAX_WORDS = 8
# Of all spellings of a name together; a long name is found by its usual sounds.
_MOST_LETTERS = 1_600
_NO_PHRASES = "PYPINYIN_NO_PHRASES"
_CHINESE = re.compile(r"([㐀-䶿一-鿿豈-﫿\U00020000-\U000323af]+)")
_DIGITS = re.compile(r"[0-9]+")
_DIGIT_PLACES = 12
_DROPPED_KINDS = frozenset({"Mn", "Me", "Cf"})


def fold(text: str) -> str:
    """A text without case, accents, width and invisible marks, as both sides of a search are compared."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(letter for letter in letters if unicodedata.category(letter) not in _DROPPED_KINDS)
    return unicodedata.normalize("NFKC", kept).casefold()


def words_of(text: str) -> tuple[str, ...]:
    """The words of a search, each of which must be found; what goes beyond any name is cut off."""
    words = fold(text[:MAX_QUERY]).split()
    return tuple(dict.fromkeys(words))[:MAX_WORDS]


def search_key(number: int, market: str, exit_ip: str, labels: Iterable[str]) -> str:
    """Everything a profile is found by, in one text: number, market, exit, and each label in every spelling.

    `labels` are its name, group, tags, operator, legal entity and platform.
    """
    parts = [f"#{number} #{number:03d}", fold(market), exit_ip]
    for label in labels:
        folded = fold(label)
        parts += [folded, *_spellings(folded)]
    return "\n".join(dict.fromkeys(part for part in parts if part))


def sort_key(text: str) -> str:
    """A text that sorts as people expect: Chinese by pinyin, numbers by their value, no case, no accents."""
    pieces = []
    for piece in _CHINESE.split(fold(text)):
        if _CHINESE.fullmatch(piece):
            # The character itself behind its sound keeps one surname together among those that sound alike.
            pieces += [f"{sound}{letter}" for sound, letter in zip(_toned(piece), piece, strict=True)]
        else:
            pieces.append(_DIGITS.sub(lambda found: found[0].zfill(_DIGIT_PLACES), piece))
    return "".join(pieces).strip()


def _spellings(folded: str) -> Iterator[str]:
    """The full pinyin of a text that holds Chinese, and the initials of its Chinese parts.

    A sign with several sounds is spelled by each of them, those of one or two signs at a time: without a
    dictionary of phrases nobody knows which is meant, and a search should find all.
    """
    pieces = _CHINESE.split(folded)
    if len(pieces) == 1:
        return
    sounds = [
        choices
        for at, piece in enumerate(pieces)
        for choices in (_sounds(piece) if at % 2 else [[piece]] if piece else [])
    ]
    initials = [
        [*dict.fromkeys(sound[0] for sound in choices)] for run in pieces[1::2] for choices in _sounds(run)
    ]
    yield from _combined(sounds)
    yield from _combined(initials)


def _combined(choices: list[list[str]]) -> Iterator[str]:
    """The first of each choice, then with one and two of the others in place, as far as there is room."""
    first = [one[0] for one in choices]
    others = [(at, other) for at, one in enumerate(choices) for other in one[1:]]
    room = max(1, _MOST_LETTERS // max(1, sum(map(len, first))))
    changes = chain([()], ((one,) for one in others), combinations(others, 2))
    for change in islice(changes, room):
        spelled = list(first)
        for at, other in change:
            spelled[at] = other
        yield "".join(spelled)


def _sounds(run: str) -> list[list[str]]:
    """Each sign's sounds without tones, the usual one first; one that no table knows sounds like itself."""
    library = _pinyin()
    found = library.pinyin(run, style=library.Style.NORMAL, heteronym=True, errors=list)
    return [list(dict.fromkeys(choices)) for choices in found]


def _toned(run: str) -> list[str]:
    library = _pinyin()
    return list(library.lazy_pinyin(run, style=library.Style.TONE3, errors=list))


@cache
def _pinyin() -> Any:
    """The library without its phrases, which take 50 MB of memory; imported when a text holds Chinese."""
    before = os.environ.get(_NO_PHRASES)
    os.environ[_NO_PHRASES] = "true"
    try:
        import pypinyin
    finally:
        if before is None:
            del os.environ[_NO_PHRASES]
        else:
            os.environ[_NO_PHRASES] = before
    return pypinyin
