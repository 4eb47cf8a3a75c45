"""Locking: nothing of a store stays on the screen, and nothing that was being written is lost."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from app.ui.pages.stores.new_drawer import NewStoreDrawer
from tests.support.gui import Gui, texts_of

SECRET_NAME = "Zanzibar Kontor"


def lock(gui: Gui) -> None:
    gui.press("Ctrl+L")
    gui.until(lambda: gui.shows("lock_page"))
    gui.rest()


def everything(gui: Gui) -> list[str]:
    """The texts of every widget that there is, visible or not."""
    return [text for widget in gui.qt.allWidgets() for text in texts_of(widget)]


def test_ctrl_l_locks_and_the_caret_waits_for_the_passphrase(gui: Gui):
    lock(gui)

    assert not gui.app.door.is_open
    assert gui.focus.objectName() == "passphrase_edit"
    gui.unlock()


def test_the_button_locks_too(gui: Gui):
    gui.click("lock_button")

    gui.until(lambda: gui.shows("lock_page"))


def test_nothing_of_a_store_is_left_in_any_widget(gui: Gui):
    gui.make(SECRET_NAME, legal_entity="Mermaid Ltd", tags="kraken")
    gui.select(SECRET_NAME)
    assert any(SECRET_NAME in text for text in everything(gui))
    gui.write("search_edit", "zanz")
    gui.rest()

    lock(gui)

    told = " ".join(everything(gui))
    for trace in ("Zanzibar", "zanz", "Mermaid", "kraken"):
        assert trace not in told


def test_open_questions_toasts_and_the_palette_go(gui: Gui):
    gui.make(SECRET_NAME)
    gui.select(SECRET_NAME)
    gui.app.face.toaster.show(f"Saved {SECRET_NAME}")
    gui.press("F2")
    gui.question()

    gui.app.lock()
    gui.until(lambda: gui.shows("lock_page"))
    gui.rest()

    assert gui.toasts() == ()
    assert not gui.shows("question")
    assert SECRET_NAME not in " ".join(everything(gui))
    gui.press("Ctrl+K")
    gui.until(lambda: gui.shows("palette"))
    gui.type(SECRET_NAME[:4])
    assert not gui.says(SECRET_NAME)


def test_the_palette_goes(gui: Gui):
    gui.make(SECRET_NAME)
    gui.press("Ctrl+K")
    gui.type(SECRET_NAME[:4].lower())
    gui.until_says(SECRET_NAME)

    gui.app.lock()
    gui.until(lambda: gui.shows("lock_page"))

    assert not gui.shows("palette")
    assert gui.focus.objectName() == "passphrase_edit"


def test_a_menu_that_is_open_goes(gui: Gui):
    gui.make(SECRET_NAME)
    gui.click("columns_button")
    gui.menu()

    gui.app.lock()
    gui.until(lambda: gui.shows("lock_page"))
    gui.rest()

    assert [one for one in gui.qt.topLevelWidgets() if one.isVisible()] == [gui.window]
    gui.unlock()


@pytest.mark.parametrize("keys", ["Ctrl+N", "Ctrl+E"])
def test_a_drawer_goes(gui: Gui, keys: str):
    gui.make(SECRET_NAME)
    gui.select(SECRET_NAME)
    gui.press(keys)
    gui.until(lambda: gui.shows("new_store_drawer") or gui.shows("edit_store_drawer"))

    gui.app.lock()
    gui.until(lambda: gui.shows("lock_page"))
    gui.rest()

    assert SECRET_NAME not in " ".join(everything(gui))
    gui.unlock()


def test_a_note_that_is_being_typed_is_saved(gui: Gui):
    made = gui.make(SECRET_NAME)[0]
    gui.select(SECRET_NAME)
    gui.page.pane.tabs.setCurrentIndex(3)
    note = gui.find("note_edit", QPlainTextEdit)
    note.setFocus()
    gui.type("call the landlord")

    lock(gui)

    gui.unlock()
    assert gui.work.isolation.profiles.reveal_note(made.id).reveal() == "call the landlord"


def test_a_draft_of_a_new_store_is_there_again_without_its_proxy(gui: Gui):
    gui.press("Ctrl+N")
    gui.click("template_tiktok-shop-us_tile")
    gui.write("name_edit", "Half typed")
    gui.write("proxy_edit", "socks5://me:secret@127.0.0.1:1")

    gui.app.lock()
    gui.until(lambda: gui.shows("lock_page"))
    gui.rest()
    assert "secret" not in " ".join(everything(gui))
    gui.unlock()

    drawer = gui.find("new_store_drawer", NewStoreDrawer)
    assert gui.find("name_edit", QLineEdit).text() == "Half typed"
    assert drawer.gallery.template is not None
    assert drawer.gallery.template.id == "tiktok-shop-us"
    assert gui.find("proxy_edit", QLineEdit).text() == ""


def test_locking_in_the_middle_of_a_save_loses_nothing_and_halves_nothing(gui: Gui):
    gui.press("Ctrl+N")
    gui.click("template_tiktok-shop-us_tile")
    gui.write("name_edit", "Just in time")
    gui.write("proxy_edit", "direct")
    gui.click("save_next_button")
    if gui.shows("understood_button"):
        gui.click("understood_button")

    gui.app.lock()  # no event has been handled since
    gui.until(lambda: gui.shows("lock_page"))
    gui.rest()
    gui.unlock()

    found = gui.work.isolation.profiles.ids()
    assert len(found) <= 1
    if found:
        profile = gui.work.isolation.profiles.get(found[0])
        assert (profile.name, profile.platform, profile.market) == ("Just in time", "tiktok-shop", "US")


def test_ctrl_l_in_the_middle_of_unlocking_does_nothing(locked: Gui):
    locked.write("passphrase_edit", "correct horse battery staple")
    locked.press("Return")
    locked.app.lock()

    locked.until(lambda: locked.app.door.is_open)
    locked.rest()
    assert locked.says("No store yet")


def test_the_search_is_forgotten_and_the_column_layout_is_kept(gui: Gui):
    gui.make(SECRET_NAME)
    gui.click("columns_button")
    gui.choose("Window")
    gui.write("search_edit", "zan")
    gui.rest()

    lock(gui)
    gui.unlock()

    header = gui.page.list.horizontalHeader()
    from app.ui.pages.stores.columns import COLUMN_AT

    assert header.isSectionHidden(COLUMN_AT["window"])
    assert gui.find("search_edit", QLineEdit).text() == ""


def test_what_was_locked_away_is_really_gone_from_the_window(gui: Gui):
    gui.make(SECRET_NAME)
    frame = gui.app.signed_in.frame
    assert isinstance(frame, QWidget)

    lock(gui)

    assert gui.window.findChild(QWidget, "frame") is None
    assert gui.window.findChild(QWidget, "stores_page") is None
