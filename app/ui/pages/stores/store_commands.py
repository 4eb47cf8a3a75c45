"""The commands of the stores page and the buttons of its bulk bar, as tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.kernel.text import say
from app.ui.commands.registry import Command
from app.ui.widgets.bulk_bar import BulkAct

if TYPE_CHECKING:
    from app.ui.pages.stores.page import StoresPage

_PLACE = say("Stores")
ROW_MENU = (
    "store.open",
    "store.close",
    "store.arrange",
    "store.hibernate",
    "",
    "store.edit",
    "store.rename",
    "store.proxy",
    "store.check",
    "store.inspect",
    "store.group",
    "store.tags",
    "store.clone",
    "",
    "store.script",
    "store.cookies_in",
    "store.cookies_out",
    "",
    "store.bin",
)
BIN_MENU = ("store.restore", "store.purge")


def commands(page: StoresPage) -> list[Command]:
    """What can be done here, and by which keys."""
    deeds = page.deeds

    def one() -> bool:
        return bool(page.list.current) and not page.is_bin

    def some() -> bool:
        return bool(page.list.picked_count) and not page.is_bin

    def binned() -> bool:
        return bool(page.list.picked_count) and page.is_bin

    return [
        Command("store.new", say("New store"), page.new_store, "plus", ("Ctrl+N",), _PLACE, is_wide=True),
        Command("store.open", say("Open, or bring to front"), deeds.open_picked, "play", (), _PLACE, some),
        Command(
            "store.edit", say("Edit"), deeds.edit_current, "pencil", ("Ctrl+E",), _PLACE, one, is_wide=True
        ),
        Command(
            "store.rename", say("Rename"), deeds.rename_current, "pencil", ("F2",), _PLACE, one, is_wide=True
        ),
        Command(
            "store.proxy", say("Change proxy…"), deeds.change_proxy_of_picked, "network", (), _PLACE, some
        ),
        *_check_commands(page, one, some),
        Command("store.arrange", say("Arrange windows"), deeds.arrange_picked, "layout-grid", (), _PLACE),
        Command("store.hibernate", say("Hibernate"), deeds.hibernate_picked, "moon", (), _PLACE, some),
        Command("store.group", say("Put into a group…"), deeds.group_picked, "folder", (), _PLACE, some),
        Command("store.tags", say("Add tags…"), deeds.tag_picked, "tag", (), _PLACE, some),
        Command("store.clone", say("Make another like this…"), deeds.clone_current, "copy", (), _PLACE, one),
        *_lending_commands(page, one),
        Command("store.restore", say("Restore"), deeds.restore_picked, "undo-2", (), _PLACE, binned),
        Command("store.purge", say("Remove for good…"), deeds.purge_picked, "trash-2", (), _PLACE, binned),
        Command(
            "store.all", say("Select all"), page.list.selectAll, "list", ("Ctrl+A",), _PLACE, in_palette=False
        ),
        Command("store.demo", say("See the demo"), deeds.show_demo, "play", (), _PLACE),
        Command("view.save", say("Save this view…"), page.views.save_new, "bookmark", (), _PLACE),
    ]


def _lending_commands(page: StoresPage, one: Callable[[], bool]) -> list[Command]:
    """What gives a store's window to a script, or its logins to a file."""
    return [
        Command(
            "store.script", say("Open for a script…"), page.scripts.open_current, "plug", (), _PLACE, one
        ),
        Command(
            "store.cookies_in", say("Import cookies…"), page.cookies.ask_import, "download", (), _PLACE, one
        ),
        Command(
            "store.cookies_out", say("Export cookies…"), page.cookies.ask_export, "upload", (), _PLACE, one
        ),
    ]


def _check_commands(page: StoresPage, one: Callable[[], bool], some: Callable[[], bool]) -> list[Command]:
    proxy, window = say("Check the proxy"), say("Check the window")
    deed = page.deeds.check_picked
    run = page.pane.run_check
    return [
        Command("store.check", proxy, deed, "refresh-cw", ("F5",), _PLACE, some, is_wide=True),
        Command("store.inspect", window, run, "shield-check", ("Shift+F5",), _PLACE, one, is_wide=True),
    ]


def list_commands(page: StoresPage) -> list[Command]:
    """What its keys do in the list alone: nowhere else may they act on what is selected there."""
    deeds = page.deeds

    def some() -> bool:
        return bool(page.list.picked_count) and not page.is_bin

    return [
        Command("store.close", say("Close the window"), deeds.close_picked, "x", ("Ctrl+W",), _PLACE, some),
        Command("store.bin", say("Move to the bin"), deeds.delete_picked, "trash-2", ("Del",), _PLACE, some),
    ]


def bulk_acts(page: StoresPage) -> list[BulkAct]:
    """The buttons from two selected stores on."""
    deeds = page.deeds
    return [
        BulkAct("open", say("Open"), "play", deeds.open_picked),
        BulkAct("close", say("Close"), "x", deeds.close_picked),
        BulkAct("arrange", say("Arrange"), "layout-grid", deeds.arrange_picked),
        BulkAct("proxy", say("Change proxy"), "network", deeds.change_proxy_of_picked),
        BulkAct("check", say("Check"), "refresh-cw", deeds.check_picked),
        BulkAct("group", say("Group"), "folder", deeds.group_picked),
        BulkAct("tags", say("Tags"), "tag", deeds.tag_picked),
        BulkAct("bin", say("Delete"), "trash-2", deeds.delete_picked),
        BulkAct("restore", say("Restore"), "undo-2", deeds.restore_picked, in_bin=True),
        BulkAct("purge", say("Remove for good…"), "trash-2", deeds.purge_picked, in_bin=True, kind="danger"),
    ]
