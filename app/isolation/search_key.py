"""What a profile is found by and sorted by: folded texts, pinyin and its initials, numbers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

MAX_QUERY = 400
MAX_WORDS = 8
# Each gives one more spelling of the initials; a long name is found by its first reading.
_MOST_OTHER_READINGS = 24
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
    """The full pinyin of a text that holds Chinese, and the initials of its Chinese parts."""
    runs = _CHINESE.findall(folded)
    if not runs:
        return
    yield "".join(_plain(piece) if _CHINESE.fullmatch(piece) else piece for piece in _CHINESE.split(folded))
    letters = [choices for run in runs for choices in _initials(run)]
    first = [choices[0] for choices in letters]
    yield "".join(first)
    others = [(at, other) for at, choices in enumerate(letters) for other in choices[1:]]
    for at, other in others[:_MOST_OTHER_READINGS]:
        yield "".join([*first[:at], other, *first[at + 1 :]])


def _plain(run: str) -> str:
    # Imported here, as below: its tables take a tenth of a second, and most names hold no Chinese.
    from pypinyin import lazy_pinyin

    return "".join(lazy_pinyin(run))


def _initials(run: str) -> list[list[str]]:
    from pypinyin import Style, pinyin

    return [list(dict.fromkeys(choices)) for choices in pinyin(run, style=Style.FIRST_LETTER, heteronym=True)]


def _toned(run: str) -> list[str]:
    from pypinyin import Style, lazy_pinyin

    # One sound for each letter, also for those that no table knows.
    return list(lazy_pinyin(run, style=Style.TONE3, errors=list))  # type: ignore[arg-type]  # its own types forget lists
