"""The commands of the proxies page and the buttons of its bulk bar, as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.isolation.plan import ProxyKind
from app.kernel.text import say
from app.ui.commands.registry import Command
from app.ui.widgets.bulk_bar import BulkAct

if TYPE_CHECKING:
    from app.ui.pages.proxies.page import ProxiesPage

_PLACE = say("Proxies")
ROW_MENU = (
    "proxy.check",
    "proxy.change_ip",
    "",
    "proxy.edit",
    "proxy.copy",
    "proxy.trust",
    "",
    "proxy.delete",
)
MENU_IDS = ("proxy.change_ip", "proxy.copy", "proxy.trust", "", "proxy.delete")


def commands(page: ProxiesPage) -> list[Command]:
    """What can be done here, and by which keys."""
    deeds = page.deeds

    def one() -> bool:
        return bool(page.list.current)

    def has_page() -> bool:
        row = page.row_of(page.list.current)
        return row is not None and row.has_change_ip_url

    def is_ssh() -> bool:
        row = page.row_of(page.list.current)
        return row is not None and row.kind is ProxyKind.SSH

    def some() -> bool:
        return page.list.picked_count > 0

    def any_() -> bool:
        return page.model.rowCount() > 0

    return [
        Command("proxy.new", say("New proxy"), page.new_proxy, "plus", ("Ctrl+N",), _PLACE, is_wide=True),
        Command("proxy.several", say("Add several…"), page.add_several, "clipboard-paste", (), _PLACE),
        Command(
            "proxy.check",
            say("Check the selected, or all"),
            deeds.check,
            "refresh-cw",
            ("F5",),
            _PLACE,
            any_,
            is_wide=True,
        ),
        Command(
            "proxy.edit", say("Edit"), page.edit_current, "pencil", ("Ctrl+E",), _PLACE, one, is_wide=True
        ),
        Command("proxy.copy", say("Copy the address"), deeds.copy_address, "copy", (), _PLACE, one),
        Command(
            "proxy.change_ip", say("Change the IP…"), deeds.change_ip, "rotate-ccw", (), _PLACE, has_page
        ),
        Command("proxy.trust", say("Trust the server's key…"), deeds.trust, "key", (), _PLACE, is_ssh),
        Command("proxy.delete", say("Delete…"), deeds.delete, "trash-2", ("Del",), _PLACE, some),
        Command(
            "proxy.all", say("Select all"), page.list.selectAll, "list", ("Ctrl+A",), _PLACE, in_palette=False
        ),
    ]


def bulk_acts(page: ProxiesPage) -> list[BulkAct]:
    """The buttons from two selected proxies on."""
    return [
        BulkAct("check", say("Check"), "refresh-cw", page.deeds.check),
        BulkAct("delete", say("Delete…"), "trash-2", page.deeds.delete, kind="danger"),
    ]
