"""How many unread messages a page's title tells of."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

# What WhatsApp, TikTok, Messenger, Instagram, X and Discord do: the number stands first, in brackets, here or
# there with a plus behind it. Elsewhere in a title a number in brackets is a size, a year or a part, and four
# digits in front are a year, too.
_COUNT = re.compile(r"[(（]([0-9]{1,3})\+?[)）]\s*\S")
_MOST_MARKS = 8


def unread_in(title: str) -> int:
    """The count that a title begins with; 0 where there is none."""
    marks = 0
    while marks < min(len(title), _MOST_MARKS) and _is_mark(title[marks]):
        marks += 1
    found = _COUNT.match(title, marks)
    return int(found[1]) if found else 0


def unread_of(titles: Iterable[str]) -> int:
    """The sum over the pages of a window."""
    return sum(unread_in(title) for title in titles)


def _is_mark(letter: str) -> bool:
    # Such as the sign for the direction of writing that some put first.
    return letter.isspace() or unicodedata.category(letter) == "Cf"
