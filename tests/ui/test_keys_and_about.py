"""The pages of keys and about Berth: every command, every licence, and no link that opens by itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt, QUrl, Slot, qVersion
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QComboBox, QListWidget, QPlainTextEdit

from app import __version__
from app.ui.pages.settings.about_section import AboutSection
from app.ui.pages.settings.keys_section import KeyRow, KeysSection
from app.ui.pages.settings.page import SettingsPage
from tests.support.gui import Gui

RESOURCES = Path(__file__).resolve().parents[2] / "resources"
INDEX = json.loads((RESOURCES / "licences" / "index.json").read_text("utf-8"))
SCHEMES = ("https", "http", "file")


class Opened(QObject):
    """Takes every address that the program opens in another one."""

    def __init__(self) -> None:
        super().__init__()
        self.urls: list[str] = []

    @Slot(QUrl)
    def open_url(self, url: QUrl) -> None:
        self.urls.append(url.toString())


@pytest.fixture
def opened() -> Iterator[list[str]]:
    """What the program opened, instead of a browser or a file manager."""
    taker = Opened()
    for scheme in SCHEMES:
        QDesktopServices.setUrlHandler(scheme, taker, "open_url")
    yield taker.urls
    for scheme in SCHEMES:
        QDesktopServices.unsetUrlHandler(scheme)
    taker.deleteLater()


@pytest.fixture
def keys(gui: Gui) -> Gui:
    """The page of keys."""
    gui.press("?")
    gui.until(lambda: gui.shows("keys_section"))
    gui.rest()
    return gui


@pytest.fixture
def about(gui: Gui, opened: list[str]) -> Gui:
    """The page about Berth; the list of parts has been read."""
    gui.app.commands.run("settings.about")
    gui.until(lambda: gui.find("parts_list", QListWidget).count() > 0)
    gui.rest()
    return gui


def key_rows(gui: Gui) -> dict[tuple[str, str], str]:
    """What can be seen: the keys of each command, by its card's heading and its title."""
    found = {}
    for card in gui.find("keys_section", KeysSection).cards:
        for row in card.rows:
            assert isinstance(row, KeyRow)
            if row.isVisible():
                found[(card.title_label.text(), row.name_label.text())] = row.caps.text
    return found


def as_caps(keys: tuple[str, ...]) -> str:
    return " or ".join(keys)


# --- keys -------------------------------------------------------------------------------------------------


def test_every_command_stands_under_its_place_with_all_its_keys(keys: Gui):
    rows = key_rows(keys)
    commands = [one for one in keys.app.commands.all() if one.keys or one.in_palette]

    assert len(commands) > 30
    for command in commands:
        place = (command.place.english(), command.title.english())
        assert rows[place].replace("Return", "Enter") == as_caps(command.keys).replace("Return", "Enter"), (
            command.id
        )
    assert {place for place, _ in rows} >= {"Everywhere", "Stores", "Proxies"}


def test_commands_of_pages_that_were_never_shown_are_there_too(keys: Gui):
    rows = key_rows(keys)

    assert keys.app.signed_in.frame.current_id == "settings"
    assert rows[("Proxies", "New proxy")] == "Ctrl+N"
    assert rows[("Proxies", "Check the selected, or all")] == "F5"


def test_keys_of_single_fields_are_told_although_they_are_no_commands(keys: Gui):
    rows = key_rows(keys)

    assert rows[("Everywhere", "Close a drawer, or leave the search")] == "Esc"
    assert rows[("Everywhere", "To the next field or part, and back")] == "Tab or Shift+Tab"


def test_a_screen_reader_hears_the_keys_with_the_command(keys: Gui):
    for card in keys.find("keys_section", KeysSection).cards:
        for row in card.rows:
            assert isinstance(row, KeyRow)
            if row.caps.text:
                assert row.name_label.accessibleName() == f"{row.name_label.text()}: {row.caps.text}"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ctrl+k", [("Everywhere", "Commands")]),
        ("CHECK selected", [("Proxies", "Check the selected, or all")]),
        ("f5", [("Proxies", "Check the selected, or all")]),
    ],
)
def test_commands_are_found_by_words_and_by_keys(keys: Gui, text: str, found: list[tuple[str, str]]):
    keys.write("search_edit", text)
    keys.rest()

    assert set(found) <= set(key_rows(keys))
    words = text.lower().split()
    assert all(
        all(word in f"{place} {title} {caps}".lower() for word in words)
        for (place, title), caps in key_rows(keys).items()
    )


def test_a_search_without_a_hit_says_so_and_esc_brings_all_back(keys: Gui):
    count = len(key_rows(keys))
    keys.write("search_edit", "no<b>such")
    keys.rest()
    assert key_rows(keys) == {}
    assert keys.says('No key fits "no<b>such"')

    keys.press("Esc")
    keys.rest()

    assert len(key_rows(keys)) == count


def test_each_part_of_the_settings_keeps_its_own_search(keys: Gui):
    keys.write("search_edit", "ctrl")
    keys.rest()
    few = set(key_rows(keys))

    keys.click("section_network_button")
    assert keys.find("search_edit").text() == ""
    keys.click("section_keys_button")

    assert keys.find("search_edit").text() == "ctrl"
    assert set(key_rows(keys)) == few


def test_the_keys_are_there_again_after_the_lock(keys: Gui):
    keys.press("Ctrl+L")
    keys.until(lambda: keys.shows("lock_page"))
    keys.rest()
    keys.unlock()

    keys.press("Ctrl+3")
    keys.rest()

    assert ("Proxies", "New proxy") in key_rows(keys)


def test_the_keys_speak_the_language_of_now(keys: Gui):
    keys.app.commands.run("language")
    keys.until(lambda: keys.app.looks.language == "zh")
    keys.rest()

    rows = key_rows(keys)

    assert rows[("代理", "新建代理")] == "Ctrl+N"
    assert any(caps == "Tab 或 Shift+Tab" for caps in rows.values())


# --- about ------------------------------------------------------------------------------------------------


def test_about_tells_the_version_and_how_qt_may_be_replaced(about: Gui):
    section = about.find("about_section", AboutSection)

    assert section.version_label.text() == f"Berth {__version__}"
    assert about.says(f"Berth uses Qt {qVersion()} under the GNU Lesser General Public License, version 3.")
    assert about.says("you may replace them with your own build of Qt")
    assert not about.shows("search_edit")


def test_every_part_of_the_index_is_listed_with_its_licence(about: Gui):
    parts = about.find("parts_list", QListWidget)

    told = [(parts.item(at).text(), parts.item(at).toolTip()) for at in range(parts.count())]

    assert told == [(one["name"], one["licence"]) for one in INDEX]
    assert told[0][0] == "Berth"
    assert parts.currentRow() == 0


def test_every_text_of_every_part_can_be_read(about: Gui):
    parts, reader = about.find("parts_list", QListWidget), about.find("about_section", AboutSection)
    read = []
    for at, part in enumerate(INDEX):
        parts.setCurrentRow(at)
        assert reader.part_label.text() == f"{part['name']} · {part['licence']}"
        assert reader.file_choice.isVisible() == (len(part["files"]) > 1)
        for number, file in enumerate(part["files"]):
            reader.file_choice.setCurrentIndex(number)
            text = (RESOURCES / file).read_text("utf-8", errors="replace")
            wanted = text.replace("\r\n", "\n").replace("\f", "\n")
            about.until(lambda wanted=wanted: shown_text(about) == as_shown(wanted), f"{file} is never shown")
            read.append(file)

    assert len(read) == sum(len(one["files"]) for one in INDEX) > len(INDEX)
    assert all((RESOURCES / file).stat().st_size > 100 for file in read)


def shown_text(gui: Gui) -> str:
    return as_shown(gui.find("licence_text_edit", QPlainTextEdit).toPlainText())


def as_shown(text: str) -> str:
    """Without what a field of text makes of its own of line ends."""
    return "".join(text.split())


def test_the_text_cannot_be_changed_but_marked_and_copied(about: Gui):
    edit = about.find("licence_text_edit", QPlainTextEdit)
    about.until(edit.toPlainText)
    before = edit.toPlainText()
    edit.setFocus()

    about.type("x")
    about.press("Del")
    about.press("Ctrl+A")
    about.press("Ctrl+C")

    assert edit.toPlainText() == before
    assert about.qt.clipboard().text().strip() == before.strip()


def test_of_two_quick_choices_the_last_ones_text_stays(about: Gui):
    parts = about.find("parts_list", QListWidget)
    for at in range(parts.count()):
        parts.setCurrentRow(at)
    about.rest()

    last = (RESOURCES / INDEX[-1]["files"][0]).read_text("utf-8", errors="replace")
    assert shown_text(about) == as_shown(last)


def test_the_arrows_walk_through_the_parts(about: Gui):
    assert about.focus.objectName() in ("section_about_button", "parts_list")
    about.find("parts_list").setFocus()

    about.press("Down")

    section = about.find("about_section", AboutSection)
    assert section.part_label.text().startswith(f"{INDEX[1]['name']} · ")
    assert about.find("licence_file_choice", QComboBox).count() == len(INDEX[1]["files"])


# --- links ------------------------------------------------------------------------------------------------


def test_looking_at_everything_opens_nothing(about: Gui, opened: list[str]):
    parts = about.find("parts_list", QListWidget)
    for at in range(parts.count()):
        parts.setCurrentRow(at)
    about.rest()
    for name in ("keys", "appearance", "folders", "about"):
        about.click(f"section_{name}_button")
        about.rest()

    assert opened == []


def test_a_click_opens_the_home_page_of_the_part_that_is_shown_and_only_that(about: Gui, opened: list[str]):
    parts = about.find("parts_list", QListWidget)
    wanted = []
    for at, part in enumerate(INDEX):
        parts.setCurrentRow(at)
        assert about.shows("part_home_button") == bool(part["home"]), part["name"]
        if part["home"]:
            about.click("part_home_button")
            wanted.append(QUrl(part["home"]).toString())

    assert opened == wanted
    assert all(url.startswith("https://") for url in opened)
    assert len(opened) > 20


def test_the_folders_open_in_the_file_manager_on_a_click(gui: Gui, opened: list[str]):
    gui.press("Ctrl+3")
    gui.click("section_folders_button")
    gui.rest()

    gui.click("open_data_button")
    gui.click("open_logs_button")

    assert opened == [QUrl.fromLocalFile(str(one)).toString() for one in (gui.paths.data, gui.paths.logs)]
    assert gui.toasts() == ()


def test_a_folder_that_cannot_be_opened_is_told(gui: Gui):
    asked: list[str] = []

    def refuse(url: QUrl) -> bool:
        asked.append(url.toLocalFile())
        return False

    made = SettingsPage(gui.app.face, gui.app.looks, gui.work, gui.app.places, lambda: None, refuse)
    made.setParent(gui.window)
    made.show()
    gui.bot.mouseClick(made.findChild(QObject, "open_data_button"), Qt.MouseButton.LeftButton)

    assert asked == [str(gui.paths.data)]
    assert f"{gui.paths.data} could not be opened." in gui.toasts()
    gui.rest()
    made.deleteLater()
