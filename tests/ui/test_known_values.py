"""Values that Berth knows are chosen, groups move by keys, and narrow windows show what matters."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QTabBar, QWidget

from app.isolation.plan import GeoMode, Place
from app.isolation.profiles import ProfileQuery
from app.ui.pages.stores.columns import COLUMNS
from app.ui.pages.stores.edit_drawer import EditStoreDrawer
from app.ui.pages.stores.editors import Swatches
from app.ui.pages.stores.side_tree import Node, NodeKind
from app.ui.widgets.fields import OpenChoice
from tests.support.gui import Gui


@pytest.fixture
def drawer(gui: Gui) -> Gui:
    """The drawer is open for Anna, who sells in Malaysia."""
    gui.make("Anna", market="MY", platform="shopee")
    gui.select("Anna")
    gui.press("Ctrl+E")
    gui.find("edit_store_drawer")
    return gui


def form(gui: Gui) -> EditStoreDrawer:
    return gui.find("edit_store_drawer", EditStoreDrawer)


def save(gui: Gui) -> None:
    gui.press("Ctrl+Return")
    gui.rest()
    assert not gui.shows("edit_store_drawer")


def listed(gui: Gui, name: str) -> list[tuple[str, str]]:
    box = gui.find(name, QComboBox)
    return [(str(box.itemData(at) or box.itemText(at)), box.itemText(at)) for at in range(box.count())]


# --- the drawer of a store --------------------------------------------------------------------------------


def test_known_values_are_shown_by_their_names_and_nothing_counts_as_changed(drawer: Gui):
    assert drawer.find("market_edit", OpenChoice).currentText() == "MY · Malaysia"
    assert drawer.find("platform_edit", OpenChoice).currentText() == "Shopee"
    assert form(drawer).changes == []


def test_a_country_is_chosen_from_the_list_by_keys(drawer: Gui):
    values = [key for key, _ in listed(drawer, "market_edit")]
    assert len(values) > 200
    assert values.index("SG") == values.index("MY") + 1
    drawer.find("market_edit").setFocus()

    drawer.press("Down")

    assert form(drawer).changes == [("market", "SG")]
    save(drawer)
    assert drawer.stored("Anna").market == "SG"


def test_a_value_that_nobody_knows_is_taken_as_it_is_typed(drawer: Gui):
    drawer.write("platform_edit", "My own shop")

    save(drawer)

    assert drawer.stored("Anna").platform == "My own shop"


def test_time_zones_and_languages_begin_with_the_exit_and_the_market(drawer: Gui):
    zones, tags = listed(drawer, "fingerprint_timezone_edit"), listed(drawer, "fingerprint_languages_edit")

    assert zones[0] == tags[0] == ("automatic", "Automatic, by the exit")
    assert {zones[1][0], zones[2][0]} == {"Asia/Kuala_Lumpur", "Asia/Kuching"}
    assert tags[1][0] == "ms-MY, ms, en-US, en"
    assert len(zones) == len(set(zones))
    assert len(tags) == len(set(tags))


def test_every_listed_value_is_one_that_the_core_takes(drawer: Gui):
    profiles = drawer.work.isolation.profiles
    for key, name in (("market", "market_edit"), ("platform", "platform_edit")):
        for value, _ in listed(drawer, name):
            profiles.set("Anna", [(key, value)])
    for value, _ in listed(drawer, "fingerprint_timezone_edit")[:40]:
        profiles.set("Anna", [("fingerprint.timezone", value)])


def test_a_colour_is_chosen_by_a_click_or_by_the_arrow_keys(drawer: Gui):
    swatches = drawer.find("colour_swatches", Swatches)
    drawer.bot.mouseClick(swatches, Qt.MouseButton.LeftButton, pos=QPoint(10, 12))
    assert drawer.find("colour_edit", QLineEdit).text() == "#E5484D"
    assert swatches.accessibleName() == "Colour: Red"
    swatches.setFocus()

    drawer.press("Right")

    save(drawer)
    assert drawer.stored("Anna").colour == "#F76B15"


def test_a_place_is_two_numbers(drawer: Gui):
    assert not drawer.shows("fingerprint_geolocation_latitude_edit")
    box = drawer.find("fingerprint_geolocation_edit", QComboBox)
    box.setCurrentIndex(box.findData("fixed"))
    drawer.write("fingerprint_geolocation_latitude_edit", "3.139")
    drawer.write("fingerprint_geolocation_longitude_edit", "101.687")

    save(drawer)

    settings = drawer.stored("Anna").fingerprint
    assert settings.geolocation is GeoMode.FIXED
    assert settings.place is not None
    assert (settings.place.latitude, settings.place.longitude) == (3.139, 101.687)


def test_a_place_that_nobody_touched_stays_to_the_letter(gui: Gui):
    gui.make("Anna", fingerprint__geolocation="3.13900001,101.687,77")
    gui.select("Anna")
    gui.press("Ctrl+E")
    assert form(gui).changes == []
    gui.write("fingerprint_geolocation_latitude_edit", "4")

    save(gui)

    assert gui.stored("Anna").fingerprint.place == Place(4.0, 101.687, 77.0)


def test_a_place_that_is_none_is_told_beside_it(drawer: Gui):
    box = drawer.find("fingerprint_geolocation_edit", QComboBox)
    box.setCurrentIndex(box.findData("fixed"))
    drawer.write("fingerprint_geolocation_latitude_edit", "north")

    drawer.press("Ctrl+Return")
    drawer.rest()

    assert drawer.shows("edit_store_drawer")
    assert drawer.says("fingerprint.geolocation")


@pytest.mark.parametrize("name", ["status_edit", "market_edit", "fingerprint_window_edit"])
def test_the_wheel_scrolls_the_form_and_chooses_nothing(drawer: Gui, name: str):
    box = drawer.find(name, QComboBox)
    box.setFocus()
    place = QPointF(box.rect().center())
    event = QWheelEvent(
        place,
        QPointF(box.mapToGlobal(place.toPoint())),
        QPoint(0, -120),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )

    QApplication.sendEvent(box, event)

    assert not event.isAccepted()
    assert form(drawer).changes == []


# --- groups -----------------------------------------------------------------------------------------------


def order(gui: Gui) -> list[str]:
    return [name for name in gui.nodes() if name in ("North", "South", "West")]


def test_groups_change_places_by_keys(gui: Gui):
    for at, group in enumerate(("North", "South", "West")):
        gui.make(f"Store {at}", group=group)
    gui.pick_node("North")
    gui.page.tree.setFocus()

    gui.press("Alt+Down")
    gui.rest()
    assert order(gui) == ["South", "North", "West"]
    assert gui.page.tree.node.name == "North"
    gui.press("Alt+Up")
    gui.rest()
    gui.press("Alt+Up")
    gui.rest()

    assert order(gui) == ["North", "South", "West"]


def test_a_renamed_group_is_found_by_its_id_and_one_that_is_gone_is_said_to_be(gui: Gui):
    gui.make("Anna", group="North")
    group = gui.work.isolation.profiles.counts().groups[0]
    gui.work.isolation.groups.rename(group.id, "Far north")
    gui.rest()
    tree = gui.page.tree

    assert tree.choose(Node(NodeKind.GROUP, "North", group.id))
    assert tree.node.name == "Far north"
    assert not tree.choose(Node(NodeKind.GROUP, "North", "no such id"))
    assert tree.node.kind is NodeKind.ALL


# --- narrow windows ---------------------------------------------------------------------------------------


def shown_columns(gui: Gui) -> list[str]:
    header = gui.page.list.horizontalHeader()
    return [column.id for at, column in enumerate(COLUMNS) if not header.isSectionHidden(at)]


def test_a_list_shows_the_columns_that_fit_and_ends_with_its_buttons(gui: Gui):
    gui.make("Anna")
    view = gui.page.list
    for width in (1_000, 1_280, 2_400):
        gui.window.resize(width, 800)
        gui.rest()
        assert view.horizontalHeader().length() <= view.viewport().width()
        assert {"number", "name", "window"} <= set(shown_columns(gui))
    assert shown_columns(gui)[-1] == "acts"
    assert "tags" in shown_columns(gui)


def test_columns_that_a_person_chose_stay_when_the_window_changes(gui: Gui):
    gui.make("Anna")
    gui.click("columns_button")
    gui.choose("Group")
    chosen = shown_columns(gui)

    gui.window.resize(2_400, 800)
    gui.rest()

    assert "group" in chosen
    assert shown_columns(gui) == chosen


def test_what_the_bulk_bar_has_no_room_for_is_in_its_menu(gui: Gui):
    gui.make("Anna", "Bert")
    gui.window.resize(1_000, 700)
    gui.select("Anna", "Bert")
    gui.rest()
    bar = gui.page.bulk_bar
    hidden = {act.title.source for act, made in bar._buttons if made.isHidden() and not act.in_bin}
    assert hidden

    gui.find("bulk_more_button").setFocus()
    gui.press("Return")

    assert {action.text() for action in gui.menu().actions()} == hidden
    gui.choose("Delete")
    gui.rest()
    assert gui.work.isolation.profiles.ids(ProfileQuery()) == ()


def test_a_narrow_window_keeps_the_title_and_what_buttons_do_is_still_said(gui: Gui):
    gui.make("Anna")
    gui.window.resize(880, 560)
    gui.rest()

    assert gui.page.title_label.width() > 40
    assert gui.page.columns_button.text() == ""
    assert gui.page.columns_button.toolTip() == gui.page.columns_button.accessibleName() == "Columns"


def test_a_chosen_tab_is_no_wider_than_before(gui: Gui):
    gui.make("Anna")
    gui.select("Anna")
    bar = gui.page.pane.tabs.tabBar()
    assert isinstance(bar, QTabBar)
    before = bar.tabRect(4).width()

    gui.page.pane.tabs.setCurrentIndex(4)

    assert bar.tabRect(4).width() == before


def test_a_toast_with_an_endless_name_stays_within_the_window(gui: Gui):
    gui.window.resize(880, 560)
    gui.app.face.toaster.show(f"Saved {'W' * 190}")
    gui.rest()

    toast = gui.find("toast", QWidget)
    inner = toast.findChildren(QWidget)
    assert gui.toasts() == (f"Saved {'W' * 190}",)
    assert all(one.geometry().right() <= toast.width() for one in inner if one.parent() is toast)
    assert toast.x() >= 0
    assert toast.geometry().right() <= gui.window.width()


def test_the_overview_tells_the_last_events(gui: Gui):
    gui.make("Anna")
    gui.work.isolation.profiles.set("Anna", [("tags", "new")])
    gui.select("Anna")
    gui.rest()

    assert "Changed · just now" in gui.find("last_events_label").text().split("\n")
