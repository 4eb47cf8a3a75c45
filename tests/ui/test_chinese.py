"""In Chinese nothing is left in English, and in English nothing in Chinese, on any page."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QTabBar

from tests.support.gui import Gui, make_vault
from tools.translations import FOLDER, ROOT
from tools.translations.building import build

# Names of things, what is typed, and keys: the same in every language.
_NAMES = (
    "TikTok Shop|Shopee|Lazada|Amazon|Shopify|WhatsApp|Google Chrome|Microsoft Edge|Chromium|Brave|Canary|"
    "WebRTC|SOCKS5|HTTP|Cookie|PDF|English|America/New_York|en-US|#RRGGBB|Ctrl|Enter|Esc|Shift|Alt|Tab|"
    "automatic|blocked|direct|real|owner|gui|MMDB|GeoLite2|DB-IP Lite|SSH"
)
_ZONE = r"\b[A-Z][A-Za-z_]+/[\w/+-]+"
_TAGS = r"\b[a-z]{2,3}-[A-Z]{2}(, [a-z]{2,3})?\b"
_SAME = re.compile(rf"`[^`]*`|https?://\S+|{_ZONE}|{_TAGS}|/[\w./-]+|{_NAMES}")
_ENGLISH = re.compile(r"[A-Za-z]{3,}")
_HAN = re.compile(r"[\u3400-\u9fff]")


@pytest.fixture(autouse=True)
def _compiled() -> None:
    assert build(ROOT / FOLDER)[1] == []


def screens(gui: Gui, *stores: str) -> Iterator[str]:
    """Goes to each screen of the unlocked program, and says which one it is."""
    yield "no store"
    gui.make(*stores)
    yield "the list"
    gui.select(stores[0])
    for bar in (one for one in gui.qt.allWidgets() if isinstance(one, QTabBar) and one.isVisible()):
        for at in range(bar.count()):
            bar.setCurrentIndex(at)
            yield f"tab {at}"
    for keys in ("Ctrl+N", "Ctrl+E"):
        gui.press(keys)
        yield f"drawer {keys}"
        gui.press("Esc")
        gui.rest()
    gui.select(*stores)
    yield "several"
    for number in range(1, 10):
        gui.press(f"Ctrl+{number}")
        yield f"page {number}"


def strangers(gui: Gui, wrong: re.Pattern[str]) -> set[str]:
    """Texts on the screen with words of another language."""
    gui.rest()
    return {text for text in gui.texts() if wrong.search(_SAME.sub(" ", text))}


def test_no_english_is_left_in_chinese(empty_gui: Gui):
    make_vault(empty_gui.paths.data)
    empty_gui.begin(ui_language="zh")
    assert strangers(empty_gui, _ENGLISH) == set()

    empty_gui.unlock()

    for where in screens(empty_gui, "安娜", "贝特"):
        assert (where, strangers(empty_gui, _ENGLISH)) == (where, set())


def test_the_first_start_has_no_english_left_in_chinese(empty_gui: Gui):
    empty_gui.begin(ui_language="zh")

    assert strangers(empty_gui, _ENGLISH) == set()


def test_no_chinese_stands_in_english(empty_gui: Gui):
    own = {"简体中文"}
    make_vault(empty_gui.paths.data)
    empty_gui.begin(ui_language="en")
    assert strangers(empty_gui, _HAN) == set()

    empty_gui.unlock()

    for where in screens(empty_gui, "Anna", "Bert"):
        assert (where, strangers(empty_gui, _HAN) - own) == (where, set())
