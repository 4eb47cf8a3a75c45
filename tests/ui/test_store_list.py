"""The list of stores: order, search and selection come from the records, whatever they are called."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import Qt as GuiQt
from PySide6.QtGui import QTextDocumentFragment
from PySide6.QtWidgets import QLineEdit

from app.isolation.profiles import ProfileQuery
from app.kernel.clock import SystemClock
from app.kernel.events import EventHub
from app.ui.pages.stores.columns import COLUMN_AT, COLUMNS
from app.vault.vault import Vault
from app.workspace import build, migrations
from tests.support.gui import Gui
from tests.support.vaults import PASSPHRASE

LONG = "Längst" * 33 + "xy"
HOSTILE = (
    LONG,
    "👩‍👩‍👧‍👦 family 🏴‍☠️",
    "متجر أنيق 123",
    "<b>bold</b><img src=x onerror=alert(1)>",
    "&lt;Tom &amp; Jerry&gt; && Sons",
    "=1+2|'C:\\x'",
    "{name} %n %1",
    "深圳市一二三店铺（测试）",
)


@pytest.fixture
def stores(gui: Gui) -> Gui:
    """Five stores that are different in everything."""
    gui.make("Berlin Books", platform="amazon", market="DE", group="North", tags="books,old", operator="Zoe")
    gui.make("Anna", platform="shopee", market="SG", status="banned", operator="Adam")
    gui.make("天河数码", platform="tiktok-shop", market="US", group="South", tags="phones")
    gui.make("Zürich 9", platform="lazada", market="TH", status="restricted")
    gui.make("carl", platform="", market="", tags="old", operator="Mia")
    return gui


def shown(tip: str) -> str:
    """What a person reads in a tooltip."""
    return QTextDocumentFragment.fromHtml(tip).toPlainText() if GuiQt.mightBeRichText(tip) else tip


def search(gui: Gui, text: str) -> list[str]:
    gui.write("search_edit", text)
    gui.rest()
    return gui.names()


def sort(gui: Gui, column: str) -> list[str]:
    header = gui.page.list.horizontalHeader()
    at = COLUMN_AT[column]
    header.setSectionHidden(at, False)  # a narrow list shows it on demand
    place = QPoint(header.sectionViewportPosition(at) + 10, header.height() // 2)
    gui.page.list.horizontalScrollBar().setValue(max(0, header.sectionPosition(at) - 50))
    place.setX(header.sectionViewportPosition(at) + 10)
    gui.bot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    gui.rest()
    return gui.names()


def test_the_model_keeps_qts_rules(stores: Gui, qtmodeltester):
    qtmodeltester.check(stores.page.model)


def test_the_model_keeps_qts_rules_while_the_list_changes(stores: Gui, qtmodeltester):
    qtmodeltester.check(stores.page.model)

    search(stores, "o")
    search(stores, "no such store")
    search(stores, "")
    stores.make("Emil")
    sort(stores, "name")

    assert len(stores.names()) == 6


def test_at_first_the_order_is_by_number(stores: Gui):
    assert stores.column("number") == ["001", "002", "003", "004", "005"]
    assert stores.names() == ["Berlin Books", "Anna", "天河数码", "Zürich 9", "carl"]


SORTED = [column.id for column in COLUMNS if column.id not in ("acts", "group")]


@pytest.mark.parametrize("column", SORTED)
def test_a_click_on_a_head_sorts_by_it_and_a_second_one_the_other_way(stores: Gui, column: str):
    if column == "number":
        sort(stores, "name")
    first = sort(stores, column)
    keys = dict(zip(first, stores.column(column), strict=True))
    second = sort(stores, column)

    assert sorted(first) == sorted(second) == sorted(stores.stored_names())
    filled = [name for name in first if keys[name]]
    if len({keys[name] for name in filled}) == len(filled):
        assert [name for name in second if keys[name]] == filled[::-1]
    sorts = COLUMNS[COLUMN_AT[column]].sort
    if sorts:
        profiles = stores.work.isolation.profiles
        wanted = [profiles.get(one).name for one in profiles.ids(ProfileQuery(sort=sorts))]
        assert wanted in (first, second)


def test_names_are_sorted_as_people_read_them(stores: Gui):
    assert sort(stores, "name")[:2] == ["Anna", "Berlin Books"]
    assert stores.names().index("carl") < stores.names().index("Zürich 9")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("berlin", ["Berlin Books"]),
        ("BOOKS", ["Berlin Books"]),
        ("tianhe", ["天河数码"]),
        ("thsm", ["天河数码"]),
        ("天河", ["天河数码"]),
        ("zurich", ["Zürich 9"]),
        ("004", ["Zürich 9"]),
        ("#4", ["Zürich 9"]),
        ("old", ["Berlin Books", "carl"]),
        ("%", []),
        ("_", []),
        ("'", []),
    ],
)
def test_the_search_finds_by_name_pinyin_initials_number_and_tag(stores: Gui, text: str, found: list[str]):
    assert search(stores, text) == found


def test_slash_goes_to_the_search_and_esc_empties_it_and_goes_back(stores: Gui):
    stores.select("Anna")
    stores.press("/")
    assert stores.focus.objectName() == "search_edit"
    stores.type("berl")
    stores.rest()
    assert stores.names() == ["Berlin Books"]

    stores.press("Esc")
    stores.rest()
    assert stores.names()[0] == "Berlin Books"
    assert len(stores.names()) == 5
    stores.press("Esc")

    assert stores.focus.objectName() == "store_list"


def test_a_search_without_a_hit_says_so_and_can_be_cleared(stores: Gui):
    search(stores, "no<b>such")
    assert stores.says('No store fits "no<b>such"')

    stores.click("clear_search_button")
    stores.rest()

    assert len(stores.names()) == 5
    assert stores.find("search_edit", QLineEdit).text() == ""


def test_the_last_keystroke_decides_however_quickly_they_come(stores: Gui):
    stores.find("search_edit").setFocus()
    for letter in "berlin books":
        stores.bot.keyClicks(stores.find("search_edit"), letter)
    stores.rest()

    assert stores.names() == ["Berlin Books"]


def test_selection_and_current_row_survive_reloads_and_searches(stores: Gui):
    stores.select("Anna", "Zürich 9")
    picked, current = stores.page.list.picked, stores.page.list.current

    stores.make("Emil")
    sort(stores, "name")

    assert sorted(stores.page.list.picked) == sorted(picked)
    assert stores.page.list.current == current
    search(stores, "zurich")
    assert stores.page.list.picked == [stores.stored("Zürich 9").id]
    assert stores.page.list.current == current


def test_a_changed_record_is_shown_at_once_and_stays_selected(stores: Gui):
    stores.select("Anna")

    stores.work.isolation.profiles.set("Anna", [("name", "Anna Two"), ("status", "appeal")])
    stores.rest()

    assert stores.cell("Anna Two", "status") == "In appeal"
    assert stores.page.list.picked == [stores.stored("Anna Two").id]
    assert stores.find("pane_name_label").text() == "Anna Two"


def test_f2_renames(stores: Gui):
    stores.select("Anna")

    stores.press("F2")
    stores.answer("save", "Anneliese")
    stores.rest()

    assert stores.stored("Anneliese").number == 2
    assert "Anneliese" in stores.names()


def test_a_rename_to_a_name_that_is_taken_is_told(stores: Gui):
    stores.select("Anna")
    stores.press("F2")
    stores.answer("save", "CARL")
    stores.rest()

    assert stores.says("There is already a profile called CARL.")
    assert stores.stored("Anna").number == 2
    stores.answer("cancel")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_shown_as_it_is_and_never_read_as_html(gui: Gui, name: str):
    gui.make(name)
    gui.select(name)
    gui.rest()

    assert gui.names() == [name]
    assert gui.cell(name, "name") == name
    gui.press("Ctrl+E")
    assert gui.find("name_edit", QLineEdit).text() == name
    gui.press("Esc")
    gui.press("Del")
    gui.rest()
    gui.pick_node("Bin")
    assert gui.names() == [name]
    gui.picture(gui.paths.data / "hostile.png")


def test_no_visible_label_or_tooltip_reads_a_name_as_html(gui: Gui):
    from PySide6.QtWidgets import QLabel

    name = "<h1>huge</h1>"
    gui.make(name, group=name, tags=name, operator=name, legal_entity=name)
    gui.select(name)
    gui.press("F2")
    labels = [one for one in gui.qt.allWidgets() if isinstance(one, QLabel) and "huge" in one.text()]

    assert labels
    assert {one.textFormat() for one in labels} == {Qt.TextFormat.PlainText}
    tips = [one.toolTip() for one in gui.qt.allWidgets() if "huge" in one.toolTip()]
    assert {shown(tip) for tip in tips} <= {name, f"{name}: 1"}
    gui.answer("cancel")


def test_a_cells_tooltip_does_not_read_a_name_as_html(gui: Gui):
    gui.make("<h1>huge</h1>")
    model = gui.page.model

    tip = model.index(0, COLUMN_AT["name"]).data(Qt.ItemDataRole.ToolTipRole)

    assert shown(tip) == "<h1>huge</h1>"


def test_enter_and_the_letters_of_a_name_do_not_type_into_the_list(stores: Gui):
    stores.select("Berlin Books")

    stores.press("z")
    stores.press("a")

    assert stores.page.list.current == stores.stored("Berlin Books").id


def test_ctrl_a_selects_all_and_the_pane_says_how_many(stores: Gui):
    stores.select("Anna")

    stores.press("Ctrl+A")

    assert len(stores.page.list.picked) == 5
    assert stores.says("5 stores selected")
    assert stores.says("5 selected")


def test_columns_are_hidden_shown_and_put_back(stores: Gui):
    header = stores.page.list.horizontalHeader()
    stores.click("columns_button")
    stores.choose("Window")
    assert header.isSectionHidden(COLUMN_AT["window"])
    stores.click("columns_button")
    stores.choose("Group")
    assert not header.isSectionHidden(COLUMN_AT["group"])

    stores.click("columns_button")
    stores.choose("Reset columns")

    assert not header.isSectionHidden(COLUMN_AT["window"])
    assert header.isSectionHidden(COLUMN_AT["group"])


def test_rows_are_lower_when_they_are_compact(stores: Gui):
    stores.press("Ctrl+K")
    stores.type("compact")
    stores.press("Return")
    stores.until(lambda: stores.page.list.rowHeight(0) == 28)

    stores.press("Ctrl+K")
    stores.type("compact")
    stores.press("Return")

    stores.until(lambda: stores.page.list.rowHeight(0) == 36)


def test_the_keyboard_moves_through_the_rows_and_the_pane_follows(stores: Gui):
    stores.select("Berlin Books")
    stores.press("Down")
    assert stores.find("pane_name_label").text() == "Anna"
    stores.press("End")
    assert stores.find("pane_name_label").text() == "carl"
    stores.press("Home")
    assert stores.find("pane_name_label").text() == "Berlin Books"
    stores.press("Shift+Down")

    assert len(stores.page.list.picked) == 2


@pytest.mark.long
@pytest.mark.timeout(900)
def test_five_thousand_stores_are_shown_sorted_and_searched(locked: Gui):
    vault = Vault(locked.paths, SystemClock(), migrations(), EventHub())
    with vault.unlock(PASSPHRASE, via="test") as opened:
        profiles = build(locked.paths, SystemClock(), opened).isolation.profiles
        for at in range(5_000):
            profiles.new(f"{HOSTILE[at % len(HOSTILE)][:150]} {at}")
    locked.unlock()
    locked.until(lambda: locked.page.model.rowCount() == 5_000, limit_ms=60_000)
    sort(locked, "name")

    assert len(search(locked, "shenzhen")) == 625
    assert len(locked.page.model._rows) <= 2_048
