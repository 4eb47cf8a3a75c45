"""The bin takes stores and gives them back; views keep what the list showed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton

from app.ui.pages.stores.columns import COLUMN_AT
from app.ui.widgets.toasts import Toast
from tests.support.gui import Gui


@pytest.fixture
def stores(gui: Gui) -> Gui:
    gui.make("Anna", "Bert", "Carl", group="North")
    return gui


def undo(gui: Gui, text: str) -> None:
    toast = next(
        one for one in gui.qt.allWidgets() if isinstance(one, Toast) and one.accessibleName() == text
    )
    button = toast.findChild(QPushButton, "toast_action_button")
    gui.bot.mouseClick(button, Qt.MouseButton.LeftButton)
    gui.rest()


# --- the bin ----------------------------------------------------------------------------------------------


def test_del_moves_to_the_bin_and_the_toast_takes_it_back(stores: Gui):
    stores.select("Anna")

    stores.press("Del")
    stores.rest()
    assert stores.names() == ["Bert", "Carl"]
    assert stores.nodes()["Bin"] == 1
    assert stores.toasts() == ("1 store moved to the bin",)
    undo(stores, "1 store moved to the bin")

    assert stores.names() == ["Anna", "Bert", "Carl"]
    assert stores.stored("Anna").group == "North"
    assert "1 store restored" in stores.toasts()


def test_when_the_last_store_goes_the_focus_is_on_what_can_be_done_next(stores: Gui):
    stores.select("Anna")
    stores.press("Ctrl+A")
    stores.press("Del")
    stores.rest()

    assert stores.names() == []
    assert stores.focus.objectName() == "empty_new_button"


def test_several_go_together_and_come_back_together(stores: Gui):
    stores.select("Anna", "Carl")
    stores.bulk("bin", "Delete")
    stores.rest()
    assert stores.names() == ["Bert"]

    undo(stores, "2 stores moved to the bin")

    assert stores.names() == ["Anna", "Bert", "Carl"]


def test_the_bin_shows_what_is_in_it_and_restores(stores: Gui):
    stores.select("Anna")
    stores.press("Del")
    stores.rest()
    stores.pick_node("Bin")
    assert stores.names() == ["Anna"]
    stores.select("Anna")
    assert stores.find("pane_state_label").text() == "In the bin"
    assert not stores.find("pane_open_button").isEnabled()
    assert not stores.shows("new_store_button")

    stores.page.deeds.row_menu(stores.window.mapToGlobal(stores.window.rect().center()))
    assert stores.entries() == ["Restore", "Remove for good…"]
    stores.choose("Restore")
    stores.rest()

    assert stores.says("The bin is empty")
    stores.pick_node("All stores")
    assert stores.names() == ["Anna", "Bert", "Carl"]


@pytest.mark.parametrize("keys", ["Ctrl+E", "F2", "Del", "Return", "F5"])
def test_keys_for_living_stores_do_nothing_in_the_bin(stores: Gui, keys: str):
    stores.select("Anna")
    stores.press("Del")
    stores.rest()
    stores.pick_node("Bin")
    stores.select("Anna")
    stores.app.face.toaster.clear()

    stores.press(keys)
    stores.rest()

    assert stores.names() == ["Anna"]
    assert stores.toasts() == ()
    assert not stores.shows("edit_store_drawer")
    assert not stores.shows("question")


def test_removing_for_good_asks_and_then_nothing_is_left(stores: Gui):
    stores.select("Anna", "Bert")
    stores.press("Del")
    stores.rest()
    stores.pick_node("Bin")
    stores.press("Ctrl+A")
    stores.bulk("purge", "Remove for good…")
    assert stores.says("Remove 2 stores for good?")
    stores.answer("cancel")
    stores.rest()
    assert stores.names() == ["Anna", "Bert"]

    stores.bulk("purge", "Remove for good…")
    stores.answer("purge")
    stores.until(lambda: "2 stores removed for good" in stores.toasts())
    stores.rest()

    assert stores.says("The bin is empty")
    assert stores.work.isolation.profiles.ids() == (stores.stored("Carl").id,)
    assert stores.nodes()["Bin"] == 0


def test_enter_in_the_question_before_removing_answers_the_harmless_way(stores: Gui):
    stores.select("Anna")
    stores.press("Del")
    stores.rest()
    stores.pick_node("Bin")
    stores.select("Anna")
    stores.app.commands.run("store.purge")
    stores.question()

    stores.press("Return")
    stores.rest()

    assert stores.names() == ["Anna"]
    assert not stores.shows("question")


def test_restoring_where_the_name_is_taken_meanwhile_is_told(stores: Gui):
    stores.select("Anna")
    stores.press("Del")
    stores.rest()
    stores.make("Anna")

    undo(stores, "1 store moved to the bin")

    told = " ".join(stores.toasts()) + " ".join(stores.texts())
    assert stores.stored_names().count("Anna") == 1
    assert "Anna" in told
    assert any(
        "name" in text.lower() or "called" in text.lower() for text in stores.toasts()
    ) or stores.shows("banner")


def test_del_in_a_text_field_deletes_letters_and_no_store(stores: Gui):
    stores.select("Anna")
    stores.press("Ctrl+E")
    edit = stores.find("name_edit", QLineEdit)
    edit.setFocus()
    edit.setCursorPosition(0)
    stores.press("Del")
    stores.rest()

    assert edit.text() == "nna"
    assert len(stores.stored_names()) == 3


# --- views ------------------------------------------------------------------------------------------------


def views(gui: Gui) -> list[str]:
    gui.rest()
    gui.click("views_button")
    found = gui.entries()
    gui.menu().close()
    gui.rest()
    return found


def save_view(gui: Gui, name: str) -> None:
    gui.click("views_button")
    gui.choose("Save this view…")
    gui.answer("save", name)
    gui.until(lambda: f"Saved the view {name}" in gui.toasts())


def test_a_view_brings_back_node_search_order_and_columns(stores: Gui):
    stores.make("Dora", group="South")
    stores.pick_node("North")
    stores.write("search_edit", "r")
    stores.page.list.horizontalHeader().setSortIndicator(COLUMN_AT["name"], Qt.SortOrder.DescendingOrder)
    stores.page.list.horizontalHeader().setSectionHidden(COLUMN_AT["window"], True)
    stores.rest()
    assert stores.names() == ["Carl", "Bert", "Anna"]
    save_view(stores, "Northern r")

    stores.write("search_edit", "")
    stores.pick_node("All stores")
    stores.click("columns_button")
    stores.choose("Reset columns")
    stores.page.list.horizontalHeader().setSortIndicator(COLUMN_AT["number"], Qt.SortOrder.AscendingOrder)
    stores.rest()
    assert stores.names() == ["Anna", "Bert", "Carl", "Dora"]
    stores.click("views_button")
    stores.choose("Northern r")
    stores.rest()

    assert stores.names() == ["Carl", "Bert", "Anna"]
    assert stores.page.title_label.text() == "North"
    assert stores.find("search_edit", QLineEdit).text() == "r"
    assert stores.page.list.horizontalHeader().isSectionHidden(COLUMN_AT["window"])


def test_views_survive_the_lock_and_are_removed_and_put_back(stores: Gui):
    save_view(stores, "Mine & yours")
    stores.press("Ctrl+L")
    stores.until(lambda: stores.shows("lock_page"))
    stores.rest()
    stores.unlock()
    assert "Mine && yours" in views(stores)

    stores.click("views_button")
    stores.choose("Remove a view", "Mine && yours")
    stores.rest()
    assert "Mine && yours" not in views(stores)
    undo(stores, "Removed the view Mine & yours")

    assert "Mine && yours" in views(stores)


def test_a_view_of_a_group_that_is_gone_shows_all_stores(stores: Gui):
    stores.pick_node("North")
    save_view(stores, "North only")
    for name in ("Anna", "Bert", "Carl"):
        stores.work.isolation.profiles.set(name, [("group", "")])
    stores.rest()
    group = next((one for one in stores.work.isolation.profiles.counts().groups if one.name == "North"), None)
    if group is not None:
        stores.work.isolation.groups.remove(group.id)
    stores.rest()

    stores.click("views_button")
    stores.choose("North only")
    stores.rest()

    assert len(stores.names()) == 3
    assert stores.page.title_label.text() == "All stores"


def test_a_view_without_a_name_is_not_saved(stores: Gui):
    before = views(stores)
    stores.click("views_button")
    stores.choose("Save this view…")
    stores.answer("save", "   ")
    stores.rest()

    assert views(stores) == before


@pytest.mark.parametrize(
    "state",
    [
        {},
        {"node": 7, "text": None, "sort": [], "descends": "x", "layout": 3},
        {"node": ["group", "x", "y"], "sort": "nonsense", "layout": '{"order": 1}'},
        {"layout": '{"order": ["name"], "hidden": ["name", "number"], "widths": {"name": -5}}'},
    ],
)
def test_a_view_full_of_nonsense_shows_all_stores(stores: Gui, state: dict[str, object]):
    stores.page.take_view(state)
    stores.rest()

    assert len(stores.names()) == 3 or stores.shows("clear_search_button")
    assert not stores.page.list.horizontalHeader().isSectionHidden(COLUMN_AT["name"])
