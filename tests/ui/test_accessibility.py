"""Every page, drawer and dialog by keyboard and screen reader, in both palettes and both languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QToolButton,
    QWidget,
)

from tests.support.gui import Gui

MOST_STOPS = 250
Scene = Callable[[Gui], None]


def _mistake(gui: Gui) -> None:
    gui.write("passphrase_edit", "wrong")
    gui.press("Return")
    gui.until(lambda: gui.shows("banner"))


def _tab(gui: Gui, at: int) -> None:
    gui.select("Anna")
    gui.page.pane.tabs.setCurrentIndex(at)


def _two_readings(gui: Gui) -> None:
    gui.press("Ctrl+N")
    gui.find("proxy_edit", QLineEdit).setText("1.2.3.4:8080:5.6.7.8:9090")


def _on_anna(gui: Gui, command: str) -> None:
    gui.select("Anna")
    gui.app.commands.run(command)


LOCKED: dict[str, Scene] = {
    "lock screen": lambda gui: None,
    "lock screen after a mistake": _mistake,
    "recovery code": lambda gui: gui.click("other_way_button"),
}
OPEN: dict[str, Scene] = {
    "stores": lambda gui: gui.select("Anna"),
    "network": lambda gui: _tab(gui, 1),
    "fingerprint": lambda gui: _tab(gui, 2),
    "note": lambda gui: _tab(gui, 3),
    "history": lambda gui: _tab(gui, 4),
    "several stores": lambda gui: gui.select("Anna", "Bert"),
    "bin": lambda gui: gui.page.tree.choose(list(gui.page.tree._items)[-1]),
    "no hit": lambda gui: gui.page.search("nothing like it"),
    "palette": lambda gui: gui.press("Ctrl+K"),
    "new store": lambda gui: gui.press("Ctrl+N"),
    "new store, two readings": _two_readings,
    "edit store": lambda gui: _on_anna(gui, "store.edit"),
    "rename": lambda gui: _on_anna(gui, "store.rename"),
    "proxy of a store": lambda gui: _on_anna(gui, "store.proxy"),
    "remove for good": lambda gui: gui.page.deeds.purge_picked(),
    "toast": lambda gui: gui.app.face.toaster.show("Saved", "Undo", lambda: None),
    "fingerprints explained": lambda gui: gui.page.deeds.explain_fingerprints(),
}


def back(gui: Gui) -> None:
    """Takes away what a scene has put over the page."""
    gui.app.face.prompts.close_all()
    gui.app.face.toaster.clear()
    if gui.app.palette is not None:
        gui.app.palette.end()
    if gui.app.signed_in is not None:
        for page in gui.app.signed_in.frame.pages:
            drawer = getattr(page, "drawer", None)
            if drawer is not None:
                drawer.end()
        for drawer in gui.window.findChildren(QWidget, "proxy_question"):
            drawer.end()
        gui.page.search("")
        gui.page.tree.choose(next(iter(gui.page.tree._items)))
    gui.rest()


def stage(gui: Gui) -> QWidget:
    """The window in which the keyboard is."""
    return gui.qt.activeModalWidget() or gui.window


def told(widget: QWidget) -> str:
    return f"{type(widget).__name__} {widget.objectName()!r} in {_home(widget)!r}"


def _home(widget: QWidget) -> str:
    parent = widget.parentWidget()
    while parent is not None and not parent.objectName():
        parent = parent.parentWidget()
    return parent.objectName() if parent is not None else ""


def stops(gui: Gui) -> list[QWidget]:
    """Every control that Tab has to reach."""
    return [
        one
        for one in stage(gui).findChildren(QWidget)
        if one.isVisible()
        and one.isEnabled()
        and one.focusPolicy() & Qt.FocusPolicy.TabFocus
        and one.focusProxy() is None
        and not _is_by_arrows(one)
    ]


def _is_by_arrows(widget: QWidget) -> bool:
    """One of several that exclude each other: Tab goes to the chosen one, the arrows to the others."""
    group = widget.group() if isinstance(widget, QAbstractButton) else None
    return group is not None and group.exclusive() and group.checkedButton() not in (None, widget)


def nameless(gui: Gui) -> list[str]:
    """Controls of which a screen reader would not know what to say."""
    found = []
    for one in stops(gui):
        interface = QAccessible.queryAccessibleInterface(one)
        if interface is None or not interface.text(QAccessible.Text.Name).strip():
            found.append(told(one))
    for one in stage(gui).findChildren(QAbstractButton):
        is_part_of_qt = type(one) in (QAbstractButton, QToolButton) and not one.objectName()
        if one.isVisible() and not is_part_of_qt and not (one.text().strip() or one.accessibleName().strip()):
            found.append(told(one))
    return found


def without_label(gui: Gui) -> list[str]:
    """Fields whose label, where they have one beside them, does not lead to them."""
    buddies = {id(one.buddy()) for one in stage(gui).findChildren(QLabel) if one.buddy() is not None}
    fields = [one for one in stops(gui) if isinstance(one, QLineEdit | QComboBox | QPlainTextEdit)]
    return [told(one) for one in fields if id(one) not in buddies and not one.accessibleName().strip()]


def tab_round(gui: Gui, key: str = "Tab") -> tuple[list[QWidget], bool]:
    """Where Tab goes until it is where it began; and whether it came round."""
    first = gui.focus
    seen = [first]
    for _ in range(MOST_STOPS):
        gui.bot.keyClick(gui.focus, Qt.Key.Key_Tab if key == "Tab" else Qt.Key.Key_Backtab)
        now = gui.focus
        if now in seen:  # what closes when it loses the focus cannot be come back to
            return seen, now is first or not first.isVisible()
        seen.append(now)
    return seen, False


def picture(widget: QWidget) -> QImage:
    return widget.grab().toImage()


def unseen_focus(gui: Gui, walked: list[QWidget]) -> list[str]:
    """Controls that look the same with and without the focus."""
    found = []
    for one in walked:
        if not one.isVisible() or one is stage(gui):
            continue
        other = next((other for other in walked if other is not one and other.isVisible()), None)
        if other is None:
            continue
        other.setFocus(Qt.FocusReason.TabFocusReason)
        before = picture(one)
        one.setFocus(Qt.FocusReason.TabFocusReason)
        if one.hasFocus() and picture(one) == before:
            found.append(told(one))
    return found


def faults(gui: Gui, scenes: dict[str, Scene]) -> Iterator[tuple[str, str, object]]:
    for name, show in scenes.items():
        show(gui)
        gui.rest()
        yield name, "nameless", nameless(gui)
        yield name, "without label", without_label(gui)
        wanted = stops(gui)
        yield name, "the focus is nowhere", [] if gui.focus in wanted else [told(gui.focus)]
        walked, came_round = tab_round(gui)
        yield name, "Tab does not come round", [] if came_round else [told(one) for one in walked[-3:]]
        missed = [told(one) for one in wanted if one not in walked and one.isVisible()]
        yield name, "Tab does not reach", missed
        yield name, "focus cannot be seen", unseen_focus(gui, walked)
        back(gui)


def lines(found: list[tuple[str, str, object]]) -> str:
    """The faults, one a line."""
    return "\n" + "\n".join(f"{scene}: {what}: {who}" for scene, what, who in found)


def all_pages(gui: Gui) -> dict[str, Scene]:
    frame = gui.app.signed_in.frame
    pages: dict[str, Scene] = {}
    for page in frame._rows:
        if page != "stores":
            pages[f"page {page}"] = lambda gui, page=page: gui.app.signed_in.frame.show_page(page)
    for command in gui.app.commands.all():
        if command.id.startswith(("settings.", "proxy.new", "proxy.add", "proxy.paste")):
            pages[f"command {command.id}"] = lambda gui, run=command.run: run()
    return pages


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_everything_can_be_named_reached_and_seen(locked: Gui, theme: str, language: str):
    gui = locked
    gui.end()
    gui.begin(ui_theme=theme, ui_language=language)
    found = [fault for fault in faults(gui, LOCKED) if fault[2]]
    gui.press("Esc")
    if gui.shows("recovery_code_edit"):
        gui.click("other_way_button")
    gui.unlock()
    gui.make("Anna", group="North", tags="fast")
    gui.make("Bert")

    found += [fault for fault in faults(gui, OPEN) if fault[2]]
    gui.app.signed_in.frame.show_page("stores")
    found += [fault for fault in faults(gui, all_pages(gui)) if fault[2]]

    assert not found, lines(found)


def test_the_first_start_can_be_named_reached_and_seen(empty_gui: Gui):
    empty_gui.begin()
    found = [fault for fault in faults(empty_gui, {"passphrase": lambda gui: None}) if fault[2]]
    empty_gui.write("new_passphrase_edit", "correct horse battery staple")
    empty_gui.press("Return")
    empty_gui.until(lambda: empty_gui.shows("last_group_edit"), limit_ms=30_000)
    found += [fault for fault in faults(empty_gui, {"code": lambda gui: None}) if fault[2]]

    assert not found, lines(found)


def test_the_walk_finds_what_is_wrong(gui: Gui):
    nothing = QLineEdit(gui.window)
    nothing.setStyleSheet("border: none")
    nothing.setObjectName("odd")
    nothing.show()
    nothing.move(5, 5)

    assert any("'odd'" in one for one in nameless(gui))
    assert any("'odd'" in one for one in without_label(gui))
    flat = QWidget(gui.window)
    flat.setObjectName("flat")
    flat.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    flat.resize(20, 20)
    flat.show()
    assert any("'flat'" in one for one in unseen_focus(gui, [flat, nothing]))
    for one in (nothing, flat):
        one.setParent(None)
        one.deleteLater()


def test_the_list_tells_rows_and_columns_to_a_screen_reader(gui: Gui):
    gui.make("Anna", platform="amazon", market="DE")
    interface = QAccessible.queryAccessibleInterface(gui.page.list)
    names = [interface.child(at).text(QAccessible.Text.Name) for at in range(interface.childCount())]

    assert {"Store: Anna", "Platform · market: Amazon · DE", "Window: Not open"} <= set(names)


@pytest.mark.parametrize(
    ("scene", "names"),
    [
        ("stores", ["side_tree", "new_store_button", "store_list", "pane_open_button", "edit_pages_button"]),
        ("proxies", ["new_proxy_button", "proxy_list", "pane_check_button"]),
        ("settings", ["section_appearance_button", "ui_language_choice", "open_logs_button"]),
        ("edit", ["name_edit", "operator_edit", "fingerprint_webrtc_edit", "cancel_button", "save_button"]),
    ],
)
def test_tab_goes_as_one_reads(gui: Gui, scene: str, names: list[str]):
    gui.make("Anna")
    gui.work.isolation.proxies.add("http://one.example:80")
    gui.select("Anna")
    if scene == "edit":
        gui.press("Ctrl+E")
    else:
        gui.app.signed_in.frame.show_page(scene)
    gui.rest()

    walked, _ = tab_round(gui)
    order = [one.objectName() or type(one).__name__ for one in walked]
    found = [order.index(name) for name in names]
    first = found.index(min(found))  # the round begins where the focus was
    assert found[first:] + found[:first] == sorted(found), order
