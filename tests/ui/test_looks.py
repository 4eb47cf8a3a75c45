"""Theme, rows and language change at once, everywhere, without a restart."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from PySide6.QtCore import QTranslator
from PySide6.QtGui import QImage, QPainter, QPalette
from PySide6.QtWidgets import QWidget

from app.ui.language import CONTEXT
from app.ui.telling import country_title
from app.ui.theme.palette import tokens_now
from app.ui.theme.tokens import DARK, LIGHT
from tests.support.gui import Gui
from tools.translations.sources import of_tree

ROOT = Path(__file__).resolve().parents[2]
_READ_BY_THE_CORE = {"direct", "blocked"}  # values that are typed so in every language
_PLACE = re.compile(r"%n|%L?1|\{\w+\}")


def command(gui: Gui, words: str) -> None:
    gui.press("Ctrl+K")
    gui.type(words)
    gui.press("Return")
    gui.rest()


def image(widget: QWidget) -> QImage:
    return widget.grab().toImage()


def share_of_dark(picture: QImage) -> float:
    points = [(x, y) for x in range(0, picture.width(), 7) for y in range(0, picture.height(), 7)]
    return sum(picture.pixelColor(x, y).lightness() < 128 for x, y in points) / len(points)


# --- theme ------------------------------------------------------------------------------------------------


def test_the_theme_switches_live_and_back(gui: Gui):
    gui.make("Anna")
    gui.select("Anna")
    light = image(gui.window)

    command(gui, "light and dark")
    gui.until_theme(DARK)
    dark = image(gui.window)

    assert gui.qt.palette().color(QPalette.ColorRole.Window).name().upper() == DARK.window
    assert share_of_dark(light) < 0.3
    assert share_of_dark(dark) > 0.8
    command(gui, "light and dark")
    gui.until_theme(LIGHT)
    assert image(gui.window) == light
    assert gui.app.settings.text("ui.theme") == "light"


def test_the_theme_that_was_chosen_is_there_at_the_next_start(gui: Gui):
    command(gui, "light and dark")
    gui.until_theme(DARK)
    gui.end()

    gui.begin(ui_theme="dark")

    assert tokens_now() is DARK
    assert share_of_dark(image(gui.window)) > 0.8


@pytest.mark.parametrize("opens", ["Ctrl+N", "Ctrl+E", "F2", "Ctrl+K"])
def test_what_lies_over_the_page_changes_with_it(gui: Gui, opens: str):
    gui.make("Anna")
    gui.select("Anna")
    gui.press(opens)
    gui.rest()
    over = gui.focus.window() if opens == "F2" else gui.window

    gui.app._switch_theme()
    gui.until_theme(DARK)
    gui.rest()

    assert share_of_dark(image(over)) > 0.7


# --- language ---------------------------------------------------------------------------------------------


def english_left(gui: Gui) -> list[str]:
    """What stands on the screen in English although there is Chinese for it."""
    patterns = _english()
    texts = {text.strip() for text in gui.texts()}
    return sorted(
        text for text in texts - _READ_BY_THE_CORE if any(pattern.fullmatch(text) for pattern in patterns)
    )


@cache
def _english() -> tuple[re.Pattern[str], ...]:
    """Every English sentence that is another one in Chinese, with any facts in its places."""
    chinese = QTranslator()
    assert chinese.load("berth_zh_CN", str(ROOT / "resources" / "i18n"))
    found = []
    for message in of_tree(ROOT).messages:
        parts = _PLACE.split(message.source)
        has_words = re.search(r"[A-Za-z]{3}", "".join(parts))
        if has_words and chinese.translate(CONTEXT, message.source, message.comment) != message.source:
            found.append(re.compile(".+".join(map(re.escape, parts)), re.DOTALL))
    return tuple(found)


def switch_to_chinese(gui: Gui) -> None:
    command(gui, "Switch between 中文")
    gui.until(lambda: gui.app.looks.language == "zh")
    gui.rest()


def test_the_check_itself_finds_english(gui: Gui):
    left = english_left(gui)

    assert len(left) > 20
    assert {"New store", "No store yet", "Lock (Ctrl+L)", "Commands"} <= set(left)


def test_the_language_switches_without_a_restart_and_no_english_is_left(gui: Gui):
    gui.make("Anna", platform="amazon", market="US", group="North")
    gui.make("Bert")
    gui.select("Anna")
    gui.press("Ctrl+1")

    switch_to_chinese(gui)
    gui.select("Anna")
    left = {"stores": english_left(gui)}
    frame = gui.app.signed_in.frame
    for page in frame._rows:
        frame.show_page(page)
        gui.rest()
        left[page] = english_left(gui)

    assert left == {page: [] for page in left}
    assert gui.window.windowTitle()


@pytest.mark.parametrize(
    "opens",
    [
        pytest.param(lambda gui: gui.press("Ctrl+N"), id="new store"),
        pytest.param(lambda gui: gui.press("Ctrl+E"), id="edit store"),
        pytest.param(lambda gui: gui.press("F2"), id="rename"),
        pytest.param(lambda gui: gui.press("Ctrl+K"), id="palette"),
        pytest.param(lambda gui: gui.app.commands.run("store.proxy"), id="proxy"),
        pytest.param(lambda gui: gui.pick_node("回收站"), id="bin"),
        pytest.param(lambda gui: gui.press("Ctrl+A"), id="bulk bar"),
        pytest.param(lambda gui: gui.press("Del"), id="toast"),
        pytest.param(lambda gui: gui.write("search_edit", "zz"), id="no hit"),
    ],
)
def test_what_opens_over_the_page_is_chinese(gui: Gui, opens: Callable[[Gui], None]):
    gui.make("Anna", "Bert")
    switch_to_chinese(gui)
    gui.select("Anna")

    opens(gui)
    gui.rest()

    assert english_left(gui) == []


def test_every_tab_of_the_pane_is_chinese(gui: Gui):
    gui.make("Anna", platform="amazon", market="US")
    switch_to_chinese(gui)
    gui.select("Anna")

    for tab in range(gui.page.pane.tabs.count()):
        gui.page.pane.tabs.setCurrentIndex(tab)
        gui.rest()
        assert english_left(gui) == [], tab


def test_lock_screen_and_first_start_are_chinese(locked: Gui):
    locked.app._switch_language()
    locked.until(lambda: locked.app.looks.language == "zh")
    locked.rest()

    assert english_left(locked) == []
    locked.write("passphrase_edit", "wrong")
    locked.press("Return")
    locked.until(lambda: locked.shows("banner"))
    assert english_left(locked) == []
    locked.click("other_way_button")
    assert english_left(locked) == []


def test_a_switch_of_the_language_keeps_the_page(gui: Gui):
    gui.make("Anna")
    gui.press("Ctrl+2")
    page = gui.app.signed_in.frame.current_id

    switch_to_chinese(gui)

    assert gui.app.signed_in.frame.current_id == page


def test_a_half_typed_store_survives_the_switch(gui: Gui):
    gui.press("Ctrl+N")
    gui.write("name_edit", "Half typed")

    gui.app._switch_language()
    gui.until(lambda: gui.app.looks.language == "zh")
    gui.rest()

    assert gui.find("name_edit").text() == "Half typed"


def test_countries_are_named_in_the_language_of_now(gui: Gui):
    assert [country_title(code) for code in ("DE", "VN")] == ["Germany", "Vietnam"]

    switch_to_chinese(gui)

    assert [country_title(code) for code in ("DE", "VN", "XX", "")] == ["德国", "越南", "XX", ""]


def test_chinese_is_drawn_with_signs_that_the_font_has(gui: Gui):
    box = drawn(gui, "\u0378")  # a sign that no font has

    assert drawn(gui, "\u0379") == box
    assert [sign for sign in "店铺代理未打开检查中已阻止" if drawn(gui, sign) in (box, drawn(gui, " "))] == []


def drawn(gui: Gui, sign: str) -> QImage:
    """What the program's font makes of a sign."""
    image = QImage(40, 40, QImage.Format.Format_RGB32)
    image.fill(0xFFFFFF)
    painter = QPainter(image)
    painter.setFont(gui.qt.font())
    painter.drawText(10, 30, sign)
    painter.end()
    return image
