"""The drawer for a new store: three fields, told beside the field what is missing, nothing lost by a slip."""

from __future__ import annotations

import time

import pytest
from PySide6.QtWidgets import QLineEdit

from app.ui.pages.stores.new_drawer import NewStoreDrawer
from tests.support.gui import Gui

TWO_WAYS = "1.2.3.4:8080:5.6.7.8:9090"


@pytest.fixture
def drawer(gui: Gui) -> Gui:
    """The drawer is open, and one store is there: the once-only notice is another test's."""
    gui.make("Anna")
    gui.press("Ctrl+N")
    gui.find("new_store_drawer")
    return gui


def fill(gui: Gui, name: str = "Bert", proxy: str = "direct", template: str = "shopee-sg") -> None:
    gui.click(f"template_{template}_tile")
    gui.write("name_edit", name)
    gui.write("proxy_edit", proxy)


def save_next(gui: Gui) -> None:
    gui.click("save_next_button")
    gui.rest()


def test_three_fields_make_a_store(drawer: Gui):
    fill(drawer, "Bert")

    save_next(drawer)

    made = drawer.stored("Bert")
    assert (made.number, made.platform, made.market, made.template) == (2, "shopee", "SG", "shopee-sg")
    assert drawer.toasts() == ("Saved 002 Bert",)
    assert drawer.names() == ["Anna", "Bert"]


def test_save_and_next_is_ready_for_the_next_store_of_the_same_kind(drawer: Gui):
    fill(drawer, "Bert")
    save_next(drawer)

    assert drawer.says("Next store")
    assert drawer.focus.objectName() == "name_edit"
    drawer.type("Carl")
    drawer.press("Tab")
    drawer.type("direct")
    save_next(drawer)

    assert drawer.stored("Carl").template == "shopee-sg"
    assert drawer.page.list.current == drawer.stored("Carl").id


def test_a_template_gives_its_name_until_somebody_types_another(drawer: Gui):
    drawer.click("template_shopee-sg_tile")
    first = drawer.find("name_edit", QLineEdit).text()
    assert "Shopee" in first
    assert drawer.focus.objectName() == "name_edit"

    drawer.click("gallery_more_button")
    drawer.click("template_amazon-de_tile")
    assert "Amazon" in drawer.find("name_edit", QLineEdit).text()

    drawer.write("name_edit", "Mine")
    drawer.click("gallery_more_button")
    drawer.click("template_shopee-sg_tile")
    assert drawer.find("name_edit", QLineEdit).text() == "Mine"


def test_what_is_missing_is_told_beside_its_field_and_gets_the_focus(drawer: Gui):
    save_next(drawer)
    assert drawer.says('Choose a template; "Any site" suits every platform.')

    drawer.click("template_shopee-sg_tile")
    drawer.write("name_edit", "  ")
    save_next(drawer)
    assert drawer.says("A store needs a name.")
    assert drawer.focus.objectName() == "name_edit"

    drawer.write("name_edit", "Bert")
    assert not drawer.says("A store needs a name.")
    save_next(drawer)
    assert drawer.says('Paste a proxy, or type "direct" to go without one.')
    assert drawer.focus.objectName() == "proxy_edit"
    assert drawer.names() == ["Anna"]


def test_what_was_missing_is_told_no_more_once_it_is_there(drawer: Gui):
    fill(drawer, "Bert", proxy="")
    save_next(drawer)
    assert drawer.says('Paste a proxy, or type "direct" to go without one.')

    drawer.write("proxy_edit", "direct")

    assert not drawer.says('Paste a proxy, or type "direct" to go without one.')


def test_a_name_that_is_taken_is_told_beside_it(drawer: Gui):
    fill(drawer, "anna")

    save_next(drawer)

    assert drawer.says("There is already a profile called anna.")
    assert drawer.focus.objectName() == "name_edit"
    assert drawer.shows("new_store_drawer")
    assert len(drawer.work.isolation.profiles.ids()) == 1
    drawer.write("name_edit", "Bert")
    save_next(drawer)
    assert drawer.stored("Bert")


@pytest.mark.parametrize("name", ["x" * 201, "\u200b\u200b"])
def test_a_name_that_is_no_name_is_told_beside_it(drawer: Gui, name: str):
    fill(drawer, "")
    drawer.find("name_edit", QLineEdit).setText(name)

    save_next(drawer)

    assert drawer.says("Choose a name of 1 to 200 visible characters.")
    assert drawer.names() == ["Anna"]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("10.0.0.7:8080", "HTTP · 10.0.0.7:8080"),
        ("socks5://me:pw@10.0.0.7:1080", "SOCKS5 · 10.0.0.7:1080 · user me"),
        ("10.0.0.7:8080:me:pw", "HTTP · 10.0.0.7:8080 · user me"),
        ("direct", "No proxy: stores see this computer's own address."),
        ("10.0.0.7:99999", "A port is a number from 1 to 65535."),
        ("no such", "No saved proxy has this name."),
    ],
)
def test_a_proxy_is_read_while_it_is_typed(drawer: Gui, typed: str, read: str):
    drawer.find("proxy_edit").setFocus()
    drawer.paste(typed)

    assert read in drawer.find("proxy_read_label").text()


def test_a_password_is_shown_in_no_label(drawer: Gui):
    drawer.find("proxy_edit").setFocus()
    drawer.paste("10.0.0.7:8080:me:s3cr3t-9f2c")

    assert [text for text in drawer.texts() if "s3cr3t" in text] == ["10.0.0.7:8080:me:s3cr3t-9f2c"]


def test_a_proxy_that_can_be_read_in_two_ways_offers_both(drawer: Gui):
    drawer.find("proxy_edit").setFocus()
    drawer.paste(TWO_WAYS)

    assert drawer.says("This can be read in two ways. Which one is meant?")
    assert drawer.find("reading_0_button").text() == "1.2.3.4:8080"
    drawer.click("reading_1_button")

    assert drawer.find("proxy_read_label").text() == "HTTP · 5.6.7.8:9090 · user 1.2.3.4"
    assert not drawer.shows("reading_0_button")


def test_five_megabytes_in_the_proxy_field_are_cut_told_and_harmless(drawer: Gui):
    drawer.find("proxy_edit").setFocus()
    began = time.monotonic()
    drawer.paste("socks5://" + "x" * 5_000_000 + ":1")
    took = time.monotonic() - began

    assert len(drawer.find("proxy_edit", QLineEdit).text()) <= 4_096
    assert drawer.says("This is far too long for a proxy.")
    assert took < 2
    drawer.write("proxy_edit", "direct")
    assert not drawer.says("This is far too long for a proxy.")


def test_a_saved_proxy_is_chosen_from_its_menu(drawer: Gui):
    drawer.press("Esc")
    drawer.work.isolation.proxies.add("socks5://me:pw@10.0.0.7:1080", name="Lima 1")
    drawer.press("Ctrl+N")
    drawer.rest()
    drawer.click("saved_proxies_button")
    entry = next(text for text in drawer.entries() if "Lima 1" in text)
    drawer.choose(entry)

    assert drawer.find("proxy_edit", QLineEdit).text() == "Lima 1"
    assert drawer.find("proxy_read_label").text() == "SOCKS5 · 10.0.0.7:1080 · user me"


def test_esc_closes_an_untouched_drawer_and_asks_before_losing_a_touched_one(drawer: Gui):
    drawer.press("Esc")
    assert not drawer.shows("new_store_drawer")
    assert drawer.focus.objectName() == "store_list"

    drawer.press("Ctrl+N")
    drawer.find("name_edit").setFocus()
    drawer.type("Bert")
    drawer.press("Esc")
    drawer.answer("stay")
    assert drawer.shows("new_store_drawer")
    assert drawer.find("name_edit", QLineEdit).text() == "Bert"

    drawer.press("Esc")
    drawer.answer("leave")
    assert not drawer.shows("new_store_drawer")
    assert drawer.names() == ["Anna"]


def test_before_the_first_store_of_all_a_notice_says_once_what_stores_share(gui: Gui):
    gui.click("empty_new_button")
    fill(gui, "Bert")
    save_next(gui)
    assert gui.says("Stores on this computer share one graphics card, canvas and set of fonts.")
    assert gui.stored_names() == []
    gui.click("explain_button")
    gui.answer("close")

    gui.click("understood_button")
    gui.rest()
    assert gui.stored_names() == ["Bert"]
    gui.find("name_edit").setFocus()
    gui.type("Carl")
    gui.write("proxy_edit", "direct")
    save_next(gui)

    assert gui.stored_names() == ["Bert", "Carl"]


def test_a_store_made_within_a_group_is_in_that_group(gui: Gui):
    gui.make("Anna", group="North")
    gui.pick_node("North")
    gui.press("Ctrl+N")
    fill(gui, "Bert")

    save_next(gui)

    assert gui.stored("Bert").group == "North"
    assert gui.names() == ["Anna", "Bert"]


def test_two_saves_in_a_row_make_one_store(drawer: Gui):
    fill(drawer, "Bert")
    found = drawer.find("new_store_drawer", NewStoreDrawer)

    found.save(opens=False, goes_on=False)
    found.save(opens=False, goes_on=False)
    drawer.rest()

    assert drawer.stored_names() == ["Anna", "Bert"]


def test_ctrl_n_again_keeps_what_was_typed(drawer: Gui):
    drawer.write("name_edit", "Bert")

    drawer.press("Ctrl+N")

    assert drawer.find("name_edit", QLineEdit).text() == "Bert"


def test_what_the_fingerprint_does_is_unfolded_on_request(drawer: Gui):
    assert not drawer.says("Language and time zone follow the proxy's country")

    drawer.click("fingerprint_fold_button")

    assert drawer.says("Language and time zone follow the proxy's country")
