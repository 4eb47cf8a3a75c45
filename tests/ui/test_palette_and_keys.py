"""Everything by keyboard: the palette, the keys of pages, and the page that lists them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from tests.support.gui import Gui


@pytest.fixture
def stores(gui: Gui) -> Gui:
    gui.make("Anna", "Bert", "天河数码")
    return gui


def hits(gui: Gui) -> list[str]:
    gui.rest()
    assert gui.app.palette is not None
    return [hit.text for hit in gui.app.palette.model.hits]


def test_the_palette_opens_over_the_page_and_esc_gives_the_focus_back(stores: Gui):
    stores.find("search_edit").setFocus()

    stores.press("Ctrl+K")
    assert stores.focus.objectName() == "palette_edit"
    stores.press("Esc")

    assert not stores.shows("palette")
    assert stores.focus.objectName() == "search_edit"


def test_ctrl_k_again_closes_it(stores: Gui):
    stores.press("Ctrl+K")
    stores.press("Ctrl+K")

    assert not stores.shows("palette")
    assert stores.app.palette is None


def test_letters_find_commands_and_enter_does_the_first(stores: Gui):
    stores.select("Anna")
    stores.press("Ctrl+K")
    stores.type("rena")
    assert hits(stores)[0] == "Rename"

    stores.press("Return")

    stores.answer("save", "Anneliese")
    stores.rest()
    assert "Anneliese" in stores.names()


def test_the_arrows_choose_another_line(stores: Gui):
    stores.press("Ctrl+K")
    first, second = hits(stores)[:2]
    palette = stores.app.palette

    stores.press("Down")
    assert palette.model.hits[palette.list.currentIndex().row()].text == second
    stores.press("Up", 3)

    assert palette.model.hits[palette.list.currentIndex().row()].text == first


@pytest.mark.parametrize(
    ("typed", "first"), [("2", "002  Bert"), ("#3", "003  天河数码"), ("bert", "002  Bert")]
)
def test_stores_are_found_by_number_and_name(stores: Gui, typed: str, first: str):
    stores.press("Ctrl+K")
    stores.type(typed)

    assert hits(stores)[0] == first


def test_stores_are_found_by_pinyin_initials(stores: Gui):
    stores.press("Ctrl+K")
    stores.type("thsm")

    assert hits(stores) == ["003  天河数码"]


def test_a_number_that_no_store_has_opens_nothing(stores: Gui):
    stores.press("Ctrl+K")
    stores.type("99")
    stores.press("Return")
    stores.rest()

    assert stores.app.states.ids(("waiting", "checking", "open", "blocked")) == ()


def test_what_cannot_be_done_now_is_not_offered(stores: Gui):
    stores.page.list.clearSelection()
    stores.pick_node("Bin")
    stores.press("Ctrl+K")
    offered = hits(stores)

    assert "Lock" in offered
    assert not {"Rename", "Edit", "Restore", "Commands"} & set(offered)
    stores.press("Esc")


def test_the_palette_goes_when_the_focus_goes_elsewhere(stores: Gui):
    stores.press("Ctrl+K")
    stores.find("palette")

    stores.find("search_edit").setFocus(Qt.FocusReason.MouseFocusReason)

    stores.until(lambda: not stores.shows("palette"))
    assert stores.focus.objectName() == "search_edit"


def test_the_palette_works_at_the_lock_screen_and_offers_no_store(locked: Gui):
    locked.press("Ctrl+K")
    locked.type("1")

    assert locked.app.palette is not None
    assert not [hit for hit in locked.app.palette.model.hits if hit.colour]
    locked.press("Esc")
    assert locked.focus.objectName() == "passphrase_edit"


def test_ctrl_and_a_digit_goes_to_a_page_of_the_rail_and_back(stores: Gui):
    frame = stores.app.signed_in.frame
    pages = list(frame._rows)
    assert pages[0] == "stores"

    for at, page in enumerate(pages, start=1):
        stores.press(f"Ctrl+{at}")
        assert frame.current_id == page
        stores.rest()
    stores.press("Ctrl+1")

    assert frame.current_id == "stores"
    assert stores.focus.objectName() == "store_list"


def test_a_question_mark_shows_every_key_there_is(stores: Gui):
    stores.press("?")
    stores.rest()

    assert stores.app.signed_in.frame.current_id == "settings"
    for command in stores.app.commands.all():
        if command.keys and command.in_palette and "{" not in command.title.source:
            assert stores.says(command.title.english()), command.id


def test_no_key_means_two_things_in_one_place(stores: Gui):
    taken: dict[tuple[str, str], str] = {}
    twice = []
    for command in stores.app.commands.all():
        for keys in command.keys:
            place = command.place.source
            other = taken.setdefault((keys, place), command.id)
            if other != command.id:
                twice.append((keys, other, command.id))

    assert twice == []


def test_every_command_runs_or_says_that_it_cannot_without_a_store(gui: Gui):
    for command in gui.app.commands.all():
        if command.id in ("lock", "quit", "store.demo") or command.id.startswith(("page.", "settings.")):
            continue
        gui.app.commands.run(command.id)
        gui.rest()
        for keys in ("Esc", "Esc"):
            if gui.shows("question") or gui.app.palette is not None or gui.page.drawer is not None:
                gui.press(keys)
    gui.app.looks.apply()
    gui.rest()

    assert gui.shows("frame")


def test_the_keys_of_the_list_work_while_the_tree_has_the_focus(stores: Gui):
    stores.select("Anna")
    stores.page.tree.setFocus()

    stores.press("Ctrl+N")
    assert stores.shows("new_store_drawer")
    stores.press("Esc")


def test_letters_typed_into_a_field_are_no_commands(stores: Gui):
    stores.press("Ctrl+N")
    stores.find("name_edit").setFocus()

    stores.type("a/b?")

    assert stores.find("name_edit", QWidget).text() == "a/b?"
    assert stores.app.signed_in.frame.current_id == "stores"


@pytest.mark.parametrize("keys", ["Ctrl+N", "Ctrl+1"])
def test_keys_of_the_frame_do_nothing_at_the_lock_screen(locked: Gui, keys: str):
    locked.press(keys)

    assert locked.shows("lock_page")
    assert not locked.shows("new_store_drawer")


def test_stores_that_are_found_after_the_palette_has_gone_disturb_nobody(stores: Gui):
    for _ in range(5):
        stores.press("Ctrl+K")
        stores.type("bert")
        stores.press("Esc")
    stores.rest()

    assert not stores.shows("palette")
    assert not stores.shows("question")


@pytest.mark.parametrize("keys", ["Return", "Space"])
def test_enter_and_space_press_the_button_that_has_the_focus(stores: Gui, keys: str):
    stores.find("new_store_button").setFocus(Qt.FocusReason.TabFocusReason)
    stores.press(keys)
    stores.find("new_store_drawer")
    stores.find("drawer_close_button").setFocus(Qt.FocusReason.TabFocusReason)

    stores.press(keys)

    assert not stores.shows("new_store_drawer")


def test_enter_in_a_question_presses_the_button_that_has_the_focus(stores: Gui):
    stores.press("Ctrl+N")
    stores.write("name_edit", "Half typed")
    stores.press("Esc")
    stores.question()
    stores.find("answer_leave_button").setFocus(Qt.FocusReason.TabFocusReason)

    stores.press("Return")

    stores.until(lambda: not stores.shows("question"))
    assert not stores.shows("new_store_drawer")
