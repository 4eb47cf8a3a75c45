"""The drawer that changes a store: only what is different is written, all of it or nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit

from app.isolation.checks import Exit
from app.kernel.gate import Ability, Act
from app.ui.pages.stores.edit_drawer import PARTS, EditStoreDrawer
from tests.support.gui import Gui


@pytest.fixture
def drawer(gui: Gui) -> Gui:
    """The drawer is open for Anna."""
    gui.make("Anna", group="North", tags="a,b")
    gui.make("Bert")
    gui.select("Anna")
    gui.press("Ctrl+E")
    gui.find("edit_store_drawer")
    return gui


def save(gui: Gui) -> None:
    gui.press("Ctrl+Return")
    gui.rest()


def opened_once(gui: Gui, name: str) -> None:
    """Anna has been open: stores have seen her fingerprint."""
    profile = gui.stored(name)
    vault = gui.work.vault
    pass_ = vault.gate.admit(vault.session, Act(Ability.WINDOW_OPEN, profile.id))
    seen = Exit("203.0.113.7", "US", "America/New_York", 20)
    gui.work.isolation.profiles.record_opened(pass_, profile, seen, "chromium")
    gui.until(lambda: seen.ip in gui.cell(name, "exit"))
    gui.rest()


def test_every_key_has_a_field_with_its_value_and_nothing_counts_as_changed(drawer: Gui):
    form = drawer.find("edit_store_drawer", EditStoreDrawer)

    assert drawer.says("Edit 001 Anna")
    assert form.changes == []
    for part in PARTS:
        for row in part.rows:
            assert row.key in form._fields
    assert drawer.find("name_edit", QLineEdit).text() == "Anna"
    assert drawer.find("group_edit", QLineEdit).text() == "North"


def test_only_what_changed_is_written(drawer: Gui):
    before = drawer.stored("Anna")
    drawer.write("name_edit", "Anneliese")
    drawer.write("start_pages_edit", "https://one.test/ https://two.test/")
    form = drawer.find("edit_store_drawer", EditStoreDrawer)
    assert form.changes == [
        ("name", "Anneliese"),
        ("start-pages", "https://one.test/ https://two.test/"),
    ]

    save(drawer)

    after = drawer.stored("Anneliese")
    wanted = replace(
        before,
        name="Anneliese",
        start_pages=("https://one.test/", "https://two.test/"),
        updated=after.updated,
    )
    assert after == wanted
    assert "Saved Anneliese" in drawer.toasts()
    assert not drawer.shows("edit_store_drawer")


def test_saving_without_a_change_writes_nothing_and_closes(drawer: Gui):
    before = drawer.stored("Anna")

    save(drawer)

    assert not drawer.shows("edit_store_drawer")
    assert drawer.stored("Anna") == before


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name_edit", "BERT", "There is already a profile called BERT."),
        ("number_edit", "2", "The number 2 belongs to another profile."),
        ("colour_edit", "red", "is not a colour"),
        ("market_edit", "Q9", "Q9"),
        ("fingerprint_timezone_edit", "Mars/Olympus", "Mars/Olympus"),
        ("fingerprint_cores_edit", "0x9", "0x9"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_of_all_is_written(
    drawer: Gui, field: str, value: str, sentence: str
):
    before = drawer.stored("Anna")
    drawer.write("legal_entity_edit", "Mermaid Ltd")
    drawer.write(field, value)

    save(drawer)

    assert drawer.says(sentence)
    assert drawer.shows("edit_store_drawer")
    assert drawer.stored("Anna") == before
    drawer.press("Esc")
    drawer.answer("leave")
    assert not drawer.shows("edit_store_drawer")


def test_the_proxy_is_changed_with_the_rest(drawer: Gui):
    drawer.write("proxy_edit", "10.0.0.7:8080:me:pw")
    drawer.write("operator_edit", "Zoe")

    save(drawer)

    row = drawer.work.isolation.profiles.rows([drawer.stored("Anna").id])[0]
    assert row.proxy is not None
    assert (row.proxy.host, row.profile.operator) == ("10.0.0.7", "Zoe")


def test_a_proxy_that_is_none_is_told_beside_it_and_nothing_is_written(drawer: Gui):
    drawer.write("proxy_edit", "nobody knows this")
    drawer.write("operator_edit", "Zoe")

    save(drawer)

    assert drawer.focus.objectName() == "proxy_edit"
    assert "nobody knows this" in drawer.find("proxy_read_label").text()
    assert drawer.stored("Anna").operator == ""


def test_esc_asks_before_changes_are_lost(drawer: Gui):
    drawer.write("operator_edit", "Zoe")
    drawer.press("Esc")
    drawer.answer("stay")
    assert drawer.find("operator_edit", QLineEdit).text() == "Zoe"

    drawer.press("Esc")
    drawer.answer("leave")

    assert not drawer.shows("edit_store_drawer")
    assert drawer.stored("Anna").operator == ""


def test_a_choice_is_written_by_its_key(drawer: Gui):
    box = drawer.find("status_edit", QComboBox)
    box.setFocus()
    drawer.press("Down")
    assert box.currentText() == "Restricted"

    save(drawer)

    assert drawer.stored("Anna").status.value == "restricted"
    assert drawer.cell("Anna", "status") == "Restricted"


def test_after_the_first_opening_a_fingerprint_change_asks_for_a_reason(gui: Gui):
    gui.make("Anna")
    opened_once(gui, "Anna")
    before = gui.stored("Anna")
    gui.select("Anna")
    gui.press("Ctrl+E")
    gui.rest()
    assert gui.says("Stores have seen it; a change asks for a reason.")
    gui.write("fingerprint_languages_edit", "fr-FR, fr")

    save(gui)
    assert gui.says("Say why; it is kept in the history.")
    gui.answer("save", "  ")
    gui.rest()
    assert gui.stored("Anna") == before

    save(gui)
    gui.answer("save", "moved to France")
    gui.rest()

    assert gui.stored("Anna").fingerprint.languages == ("fr-FR", "fr")
    assert not gui.shows("edit_store_drawer")
    gui.page.pane.tabs.setCurrentIndex(4)
    gui.until_says("moved to France")


def test_a_name_and_a_seen_setting_are_changed_together_or_not_at_all(gui: Gui):
    gui.make("Anna")
    opened_once(gui, "Anna")
    gui.select("Anna")
    gui.press("Ctrl+E")
    gui.write("fingerprint_languages_edit", "fr-FR, fr")
    gui.write("name_edit", "Renamed")

    save(gui)
    gui.answer("cancel")
    gui.rest()

    assert gui.stored_names() == ["Anna"]


def test_thousands_of_start_pages_are_refused_in_words(drawer: Gui):
    pages = drawer.find("start_pages_edit", QPlainTextEdit)
    pages.setPlainText("\n".join(f"https://shop-{at}.test/" for at in range(5_000)))

    save(drawer)

    assert drawer.says("Keep at most 20.") or drawer.says("too long") or drawer.shows("banner")
    assert drawer.stored("Anna").start_pages == ()


def test_opening_another_drawer_does_not_leave_two(drawer: Gui):
    drawer.select("Bert")
    drawer.press("Ctrl+E")

    drawer.until_says("Edit 002 Bert")
    assert not drawer.says("Edit 001 Anna")


def test_a_store_that_is_deleted_meanwhile_is_told(drawer: Gui):
    drawer.write("operator_edit", "Zoe")
    drawer.work.isolation.profiles.delete("Anna")
    drawer.rest()

    save(drawer)

    assert drawer.shows("banner")
    assert drawer.stored("Anna", in_bin=True).operator == ""
