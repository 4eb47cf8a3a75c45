"""The Check tab: a real window is looked at, what is wrong comes first, and green lines are folded."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel

from app.demo.internet import LocalInternet
from app.isolation.checks import Check, Level
from app.kernel.text import say
from app.ui.pages.stores.check_tab import CheckTab, grouped, groups_of
from tests.support.gui import Gui, make_store

CHECK_MS = 90_000


@pytest.fixture
def desk(net: LocalInternet, street: Gui) -> Gui:
    """The program with a store behind the local American proxy, and one more."""
    for name in ("Anna", "Bert"):
        make_store(street, net, name, None, ("fingerprint.scale", "1"), ("fingerprint.window", "1280x800"))
    return street


def tab_of(gui: Gui) -> CheckTab:
    return gui.page.pane.check


def texts(tab: CheckTab) -> list[str]:
    return [made.text() for made in tab.lines.findChildren(QLabel) if made.isVisibleTo(tab.lines)]


def test_a_closed_store_is_checked_by_key_and_its_green_lines_are_folded(
    desk: Gui, net: LocalInternet
) -> None:
    desk.select("Anna")
    before = net.requests("store.test")

    desk.press("Shift+F5")

    tab = tab_of(desk)
    assert not tab.run_button.isEnabled()
    desk.until(lambda: tab.shown is not None, "the check never ends", limit_ms=CHECK_MS)
    assert tab.shown is not None
    checks = tab.shown.checks
    assert [check.id for check in checks if check.level is Level.RED] == []
    assert "while the store was closed" in tab.state_label.text()
    desk.until(lambda: any("graphics card" in text for text in texts(tab)))  # this machine's own finding
    assert tab.green.isHidden()
    green = sum(1 for check in checks if check.level is Level.GREEN)
    assert str(green) in tab.green_button.text()
    assert tab.id_label.text().endswith(tab.shown.fingerprint_id)
    assert net.requests("store.test") == before, "a check reaches no store"
    assert [check.id for check in checks if groups_of(check.id) != 1] == []

    tab.green_button.click()

    assert not tab.green.isHidden()


def test_what_was_found_belongs_to_its_store(desk: Gui) -> None:
    desk.select("Anna")
    desk.press("Shift+F5")
    tab = tab_of(desk)
    desk.until(lambda: tab.shown is not None, "the check never ends", limit_ms=CHECK_MS)

    desk.select("Bert")
    desk.until(lambda: tab.shown is None)
    desk.until(lambda: texts(tab) == [], "lines of another store stay")
    desk.select("Anna")

    desk.until(lambda: tab.shown is not None)
    desk.until(lambda: texts(tab), "the lines do not come back")


def test_a_check_that_cannot_be_made_says_why_in_the_tab(desk: Gui, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    desk.select("Anna")

    desk.press("Shift+F5")

    tab = tab_of(desk)
    desk.until(lambda: not tab.problem_label.isHidden(), limit_ms=CHECK_MS)
    assert "screen" in tab.problem_label.text()
    desk.until(tab.run_button.isEnabled)
    assert tab.shown is None


def test_a_line_that_no_group_knows_is_shown_last() -> None:
    made = [Check(id_, Level.AMBER, say("Text")) for id_ in ("new.thing", "country.unknown", "links")]

    found = [[check.id for check in lines] for _, lines in grouped(made)]

    assert found == [["country.unknown"], ["links"], ["new.thing"]]
