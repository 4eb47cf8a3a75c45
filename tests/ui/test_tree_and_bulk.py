"""Groups and tags beside the list, and what is done with several stores at once."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QLineEdit

from app.ui.pages.stores.side_tree import Node, NodeKind
from tests.support.gui import Gui


@pytest.fixture
def stores(gui: Gui) -> Gui:
    """Two groups, two tags, one store in none."""
    gui.make("Anna", "Bert", group="North", tags="fast")
    gui.make("Carl", group="South", tags="fast,old")
    gui.make("Dora")
    return gui


def node_menu(gui: Gui, text: str) -> None:
    tree = gui.page.tree
    item = next(item for node, item in tree._items.items() if item.text(0) == text)
    gui.page.deeds.node_menu(item.data(0, Qt.ItemDataRole.UserRole), gui.window.mapToGlobal(QPoint(50, 50)))


def groups(gui: Gui) -> list[str]:
    return [node.name for node in gui.page.tree._items if node.kind is NodeKind.GROUP]


def drop(gui: Gui, moved: str, onto: str, *, below: bool) -> None:
    """Drops a group onto another node, as a drag ends."""
    tree = gui.page.tree
    items = {item.text(0): item for item in tree._items.values()}
    tree.setCurrentItem(items[moved])
    area = tree.visualItemRect(items[onto])
    place = area.bottomLeft() + QPoint(20, -2) if below else area.topLeft() + QPoint(20, 2)
    event = QDropEvent(
        QPointF(place),
        Qt.DropAction.MoveAction,
        QMimeData(),
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    tree.dropEvent(event)
    gui.rest()


# --- the tree ---------------------------------------------------------------------------------------------


def test_the_tree_counts_what_there_is(stores: Gui):
    assert stores.nodes() == {
        "All stores": 4,
        "Running": 0,
        "Faulty": 0,
        "Proxy expiring": 0,
        "Groups": None,
        "North": 2,
        "South": 1,
        "Without a group": 1,
        "Tags": None,
        "fast": 3,
        "old": 1,
        "Bin": 0,
    }


@pytest.mark.parametrize(
    ("node", "names"),
    [
        ("North", ["Anna", "Bert"]),
        ("Without a group", ["Dora"]),
        ("old", ["Carl"]),
        ("fast", ["Anna", "Bert", "Carl"]),
        ("Running", []),
        ("Bin", []),
    ],
)
def test_a_node_shows_its_stores_under_its_name(stores: Gui, node: str, names: list[str]):
    stores.pick_node(node)

    assert stores.names() == names
    assert stores.page.title_label.text() == node


@pytest.mark.parametrize(
    ("node", "sentence"),
    [
        ("Running", "No window is open"),
        ("Faulty", "Nothing is wrong"),
        ("Proxy expiring", "No proxy expires soon"),
        ("Bin", "The bin is empty"),
    ],
)
def test_a_node_without_stores_says_what_that_means(stores: Gui, node: str, sentence: str):
    stores.pick_node(node)

    assert stores.says(sentence)


def test_headings_cannot_be_chosen(stores: Gui):
    stores.pick_node("North")

    stores.pick_node("Tags")

    assert stores.page.tree.node.name == "North"
    assert stores.names() == ["Anna", "Bert"]


def test_the_arrow_keys_go_past_the_headings(stores: Gui):
    stores.page.tree.setFocus()
    stores.pick_node("Proxy expiring")

    stores.press("Down", 2)

    assert stores.page.tree.node.kind is NodeKind.GROUP


def test_counts_follow_what_is_changed(stores: Gui):
    stores.make("Emil", group="South")
    assert stores.nodes()["South"] == 2

    stores.work.isolation.profiles.set("Dora", [("group", "West")])
    stores.rest()

    assert stores.nodes()["West"] == 1
    assert "Without a group" not in stores.nodes()


@pytest.mark.parametrize(
    ("moved", "onto", "below", "order"),
    [
        ("North", "West", True, ["South", "West", "North"]),
        ("West", "South", False, ["West", "South", "North"]),
        ("North", "Without a group", True, ["South", "West", "North"]),
        ("West", "All stores", True, ["West", "South", "North"]),
    ],
)
def test_groups_are_dragged_into_another_order_and_stay_there(
    gui: Gui, moved: str, onto: str, below: bool, order: list[str]
):
    for at, group in enumerate(("North", "South", "West")):
        gui.make(f"Store {at}", group=group)
    gui.make("Loose")
    drop(gui, "North", "South", below=True)
    assert groups(gui) == ["South", "North", "West"]

    drop(gui, moved, onto, below=below)

    assert groups(gui) == order
    gui.press("Ctrl+L")
    gui.until(lambda: gui.shows("lock_page"))
    gui.rest()
    gui.unlock()
    assert groups(gui) == order


def test_renaming_the_chosen_group_keeps_it_chosen(stores: Gui):
    stores.pick_node("North")
    node_menu(stores, "North")
    stores.choose("Rename…")
    stores.answer("save", "Far north")
    stores.rest()

    assert stores.page.tree.node.name == "Far north"
    assert stores.page.title_label.text() == "Far north"
    assert stores.names() == ["Anna", "Bert"]
    assert stores.stored("Anna").group == "Far north"


def test_a_group_gets_a_colour_and_loses_it(stores: Gui):
    node_menu(stores, "North")
    stores.choose("Colour", "Green")
    stores.rest()
    assert _colour(stores, "North") == "#30A46C"

    node_menu(stores, "North")
    stores.choose("Colour", "None")
    stores.rest()

    assert _colour(stores, "North") == ""


def _colour(gui: Gui, group: str) -> str:
    return next(one.colour for one in gui.work.isolation.profiles.counts().groups if one.name == group)


def test_dissolving_the_chosen_group_keeps_its_stores_and_shows_all(stores: Gui):
    stores.pick_node("North")
    node_menu(stores, "North")
    stores.choose("Dissolve; its stores stay")
    stores.rest()

    assert stores.page.tree.node == Node(NodeKind.ALL)
    assert len(stores.names()) == 4
    assert "North" not in stores.nodes()
    assert stores.stored("Anna").group == ""
    assert "Dissolved the group North" in stores.toasts()


def test_a_group_that_is_gone_from_under_the_choice_shows_all_stores(stores: Gui):
    stores.pick_node("South")

    stores.work.isolation.profiles.set("Carl", [("group", "")])
    stores.rest()

    assert stores.page.tree.node.name in ("South", "")
    assert stores.page.title_label.text() in ("South", "All stores")


# --- several stores -----------------------------------------------------------------------------------------


def test_the_bar_shows_from_two_stores_on(stores: Gui):
    stores.select("Anna")
    assert not stores.shows("bulk_bar")

    stores.select("Anna", "Carl")
    assert stores.find("bulk_bar")
    assert stores.says("2 selected")
    stores.click("bulk_clear_button")

    assert not stores.shows("bulk_bar")


def test_several_stores_are_put_into_a_new_group(stores: Gui):
    stores.select("Anna", "Dora")
    stores.bulk("group", "Group")
    stores.answer("save", "East")
    stores.rest()

    assert stores.nodes()["East"] == 2
    assert (stores.stored("Anna").group, stores.stored("Dora").group) == ("East", "East")
    assert "Changed 2 stores" in stores.toasts()


def test_tags_are_added_to_what_is_there(stores: Gui):
    stores.select("Carl", "Dora")
    stores.bulk("tags", "Tags")
    stores.answer("save", "new， fast、x;  ")
    stores.rest()

    assert set(stores.stored("Carl").tags) == {"fast", "old", "new", "x"}
    assert set(stores.stored("Dora").tags) == {"new", "fast", "x"}


def test_a_question_that_is_cancelled_changes_nothing(stores: Gui):
    stores.select("Anna", "Dora")
    stores.bulk("group", "Group")
    stores.answer("cancel")
    stores.bulk("tags", "Tags")
    stores.press("Esc")
    stores.rest()

    assert stores.stored("Anna").group == "North"
    assert not stores.shows("question")


def test_several_stores_get_another_proxy(stores: Gui):
    stores.select("Anna", "Dora")
    stores.click("bulk_proxy_button")
    assert stores.says("For 2 stores")
    stores.write("proxy_edit", "socks5://me:pw@10.0.0.7:1080")
    stores.press("Return")
    stores.until(lambda: not stores.shows("proxy_question"))
    stores.rest()

    rows = stores.work.isolation.profiles.rows([stores.stored(name).id for name in ("Anna", "Dora")])
    assert {row.proxy.host for row in rows if row.proxy is not None} == {"10.0.0.7"}
    assert "Changed 2 stores" in stores.toasts()


def test_a_proxy_that_cannot_be_read_is_told_in_the_drawer_and_changes_nothing(stores: Gui):
    stores.select("Anna", "Dora")
    stores.click("bulk_proxy_button")
    stores.write("proxy_edit", "no such proxy")
    stores.click("save_button")
    stores.rest()

    assert stores.shows("proxy_question")
    assert "no such proxy" in stores.find("proxy_read_label").text()
    assert stores.find("save_button").isEnabled()
    stores.press("Esc")
    assert not stores.shows("proxy_question")


def test_several_stores_get_an_unused_proxy_each(stores: Gui):
    proxies = stores.work.isolation.proxies
    first = proxies.add("socks5://10.0.0.1:1080", "First")
    stores.select("Anna", "Dora")
    stores.click("bulk_proxy_button")
    stores.until_says("1 saved proxy belongs to no store.")
    assert not stores.find("spread_button").isEnabled()
    stores.press("Esc")
    second = proxies.add("socks5://10.0.0.2:1080", "Second")
    stores.click("bulk_proxy_button")
    stores.until_says("2 saved proxies belong to no store.")

    stores.click("spread_button")
    stores.until(lambda: not stores.shows("proxy_question"))
    stores.rest()

    assert [stores.stored(name).proxy for name in ("Anna", "Dora")] == [first.id, second.id]
    assert "Changed 2 stores" in stores.toasts()


def test_where_too_few_proxies_fit_the_question_says_so(stores: Gui):
    proxies = stores.work.isolation.proxies
    for number in (1, 2):
        proxies.add(f"socks5://10.0.0.{number}:1080", f"P{number}")
    stores.select("Anna", "Dora")
    stores.click("bulk_proxy_button")
    stores.until_says("2 saved proxies belong to no store.")
    proxies.remove("P2")

    stores.click("spread_button")
    stores.rest()

    assert stores.says("Only 1 of 2 stores can have an unused proxy that fits.")
    assert stores.find("spread_button").isEnabled()
    stores.press("Esc")
    assert [stores.stored(name).proxy for name in ("Anna", "Dora")] == [None, None]


def test_the_question_for_a_proxy_may_be_closed_while_it_is_being_answered(stores: Gui):
    stores.select("Anna", "Dora")
    stores.click("bulk_proxy_button")
    stores.write("proxy_edit", "socks5://me:pw@10.0.0.7:1080")
    stores.bot.keyClick(stores.focus, Qt.Key.Key_Return)
    stores.bot.keyClick(stores.focus, Qt.Key.Key_Escape)
    stores.rest()

    assert not stores.shows("proxy_question")
    assert stores.names() == ["Anna", "Bert", "Carl", "Dora"]


def test_a_change_elsewhere_does_not_close_the_question_for_a_proxy(stores: Gui):
    stores.select("Anna", "Dora")
    stores.click("bulk_proxy_button")
    stores.write("proxy_edit", "direct")

    stores.make("Emil")

    assert stores.find("proxy_edit", QLineEdit).text() == "direct"
    stores.click("save_button")
    stores.until(lambda: not stores.shows("proxy_question"))


def test_stores_without_a_proxy_have_none_to_check(stores: Gui):
    stores.select("Anna", "Dora")

    stores.press("F5")
    stores.rest()

    assert "These stores have no proxy to check." in stores.toasts()


def test_closing_stores_that_are_not_open_does_nothing(stores: Gui):
    stores.select("Anna", "Dora")

    stores.click("bulk_close_button")
    stores.rest()

    assert {stores.cell(name, "window") for name in ("Anna", "Dora")} == {"Not open"}


def test_opening_very_many_asks_first(gui: Gui):
    gui.make(*(f"Store {at}" for at in range(21)))
    gui.press("Ctrl+A")

    gui.click("bulk_open_button")
    assert gui.says("Open 21 windows?")
    gui.answer("cancel")
    gui.rest()

    assert not gui.app.states.ids(("waiting", "checking", "open"))
