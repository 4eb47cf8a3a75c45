"""A store opened for a script, and cookies taken out and put in, by menus and dialogs over real windows."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication

from app.demo.internet import LocalInternet
from app.isolation.cookie_writing import CookieFormat
from tests.support.gui import Gui, make_store

OPENING_MS = 40_000


@pytest.fixture
def desk(net: LocalInternet, street: Gui) -> Gui:
    """The program with a store behind the local American proxy."""
    make_store(street, net, "Anna")
    street.select("Anna")
    return street


def until_window(gui: Gui, state: str) -> None:
    gui.until(lambda: gui.cell("Anna", "window") == state, f"it is never {state}", limit_ms=OPENING_MS)


def until_begins(gui: Gui, words: str) -> None:
    gui.until(lambda: any(text.startswith(words) for text in gui.texts()), f"nothing begins with {words}")


def open_by_menu(gui: Gui, entry: str) -> None:
    gui.page.deeds.row_menu(gui.window.mapToGlobal(gui.window.rect().center()))
    gui.choose(entry)


def test_a_store_opened_for_a_script_shows_its_address_and_says_so(desk: Gui):
    open_by_menu(desk, "Open for a script…")
    desk.until(lambda: desk.shows("script_dialog"), limit_ms=OPENING_MS)

    address = desk.find("address_edit").text()
    desk.click("copy_address_button")
    copied = QGuiApplication.clipboard().text()
    programs = [desk.find(f"{name}_program").toPlainText() for name in ("playwright", "puppeteer")]
    desk.answer("close")
    until_window(desk, "Script")
    open_by_menu(desk, "Open for a script…")
    desk.until(lambda: desk.shows("script_dialog"))
    again = desk.find("address_edit").text()
    desk.answer("close")

    assert address.startswith("ws://127.0.0.1:")
    assert copied == again == address
    assert all("BERTH_WINDOW" in program and address not in program for program in programs)
    assert desk.find("pane_state_label").text().startswith("Script")


def test_a_copied_address_is_gone_at_the_lock(desk: Gui):
    open_by_menu(desk, "Open for a script…")
    desk.until(lambda: desk.shows("script_dialog"), limit_ms=OPENING_MS)
    desk.click("copy_address_button")

    desk.app.lock()

    desk.until(lambda: not QGuiApplication.clipboard().text())
    assert not desk.shows("script_dialog")


def test_a_window_that_a_person_drives_is_not_lent_to_a_script(desk: Gui):
    desk.press("Return")
    until_window(desk, "Running")

    open_by_menu(desk, "Open for a script…")

    desk.until_says("A person drives the window of Anna, so no script may attach to it.")
    assert desk.cell("Anna", "window") == "Running"


def test_cookies_go_out_to_a_private_file_after_a_warning_and_come_in_after_a_look(desk: Gui, tmp_path: Path):
    desk.press("Return")
    until_window(desk, "Running")
    file = tmp_path / "cookies.json"
    file.write_text(
        json.dumps(
            [
                {"name": "a", "value": "s3cret", "domain": "store.test", "path": "/"},
                {
                    "name": "old",
                    "value": "x",
                    "domain": "store.test",
                    "path": "/",
                    "expirationDate": 1_500_000_000,
                },
            ]
        )
    )

    open_by_menu(desk, "Import cookies…")
    dialog = desk.find("import_cookies_dialog")
    dialog.fileSelected.emit(str(file))
    dialog.reject()
    until_begins(desk, "Put 1 cookie")
    said = "\n".join(desk.texts())
    desk.answer("import")
    desk.until(lambda: any("put into Anna" in toast for toast in desk.toasts()))
    open_by_menu(desk, "Export cookies…")
    warned = any("Whoever has this file is signed in" in text for text in desk.texts())
    desk.answer("playwright")
    out = tmp_path / "out.json"
    dialog = desk.find("export_cookies_dialog")
    dialog.fileSelected.emit(str(out))
    dialog.reject()
    desk.until(out.exists)
    desk.until(lambda: any("written to out.json" in toast for toast in desk.toasts()))

    assert "store.test old: It has expired." in said
    assert "s3cret" not in said
    assert warned
    assert [one["value"] for one in json.loads(out.read_text())["cookies"] if one["name"] == "a"] == [
        "s3cret"
    ]
    assert stat.S_IMODE(out.stat().st_mode) == 0o600


def test_what_the_browser_refuses_at_an_import_is_told_with_its_reason(desk: Gui, tmp_path: Path):
    desk.press("Return")
    until_window(desk, "Running")
    good = {"name": "a", "value": "s3cret", "domain": "store.test", "path": "/"}
    apart = {"secure": True, "sameSite": "None", "partitionKey": "no site"}
    old = {**good, "name": "old", "expirationDate": 1_500_000_000}
    file = tmp_path / "cookies.json"
    file.write_text(json.dumps([good, old, {**good, **apart, "name": "lost"}]))

    desk.page.cookies.import_from(desk.stored("Anna").id, file)
    until_begins(desk, "Put 2 cookie")
    desk.answer("import")

    until_begins(desk, "Not every cookie was put into Anna")
    said = "\n".join(desk.texts())
    assert "store.test lost: The browser refused it." in said
    assert "store.test old" not in said, "it was shown before the import"


def test_a_header_asks_for_its_site_and_a_closed_store_says_that_it_must_be_open(desk: Gui, tmp_path: Path):
    file = tmp_path / "header.txt"
    file.write_text("a=1; b=2")
    profile = desk.stored("Anna").id

    desk.page.cookies.import_from(profile, file)
    desk.until_says("For which site are these cookies?")
    desk.answer("save", "www.store.test")
    desk.until_says("The window of Anna is not open, and only an open one has its cookies at hand.")
    desk.page.cookies.export_to(profile, CookieFormat.NETSCAPE, tmp_path / "none.txt")
    desk.rest()

    assert not (tmp_path / "none.txt").exists()
