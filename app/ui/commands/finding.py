"""How the palette finds what somebody types: letters in order, the beginnings of words first."""

from __future__ import annotations


def score(wanted: str, text: str) -> int | None:
    """How well a text fits what was typed, higher is better; None where it does not.

    Letters must come in order. Whole words beat beginnings of words, those beat the rest; short texts win.
    """
    wanted, text = wanted.casefold().strip(), text.casefold()
    if not wanted:
        return 0
    at = text.find(wanted)
    if at >= 0:
        starts_word = at == 0 or not text[at - 1].isalnum()
        return 1_000 + (200 if starts_word else 0) - at - len(text) // 8
    total, last = 0, -1
    for letter in wanted:
        if letter == " ":
            continue
        found = text.find(letter, last + 1)
        if found < 0:
            return None
        total += 12 if found == last + 1 else 6 if found == 0 or not text[found - 1].isalnum() else 1
        last = found
    return total - len(text) // 8
