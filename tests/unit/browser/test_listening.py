"""Shortcuts as people write them."""

from __future__ import annotations

import pytest

from app.isolation.browser.listening import (
    Shortcut,
    ShortcutWrong,
    shortcut,
    shortcut_from,
    shortcut_plain,
)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Ctrl+Shift+K", Shortcut("x", "k", ctrl=True, shift=True)),
        ("control + k", Shortcut("x", "k", ctrl=True)),
        ("Cmd+1", Shortcut("x", "1", meta=True)),
        ("Alt+Enter", Shortcut("x", "enter", alt=True)),
        ("Enter", Shortcut("x", "enter")),
        ("F2", Shortcut("x", "f2")),
        ("Ctrl+Space", Shortcut("x", " ", ctrl=True)),
    ],
)
def test_a_combination_is_read_and_travels(written: str, expected: Shortcut):
    found = shortcut("x", written)

    assert found == expected
    assert shortcut_from(shortcut_plain(found)) == found


@pytest.mark.parametrize(
    "written",
    ["", "k", "Shift+K", "Space", "Ctrl+", "Ctrl", "Ctrl+Ctrl+K", "Hyper+K", "F0", "F25", "fx", "Ctrl+KK"],
)
def test_what_a_person_types_or_what_is_no_combination_is_refused(written: str):
    with pytest.raises(ShortcutWrong):
        shortcut("x", written)
