"""What the list of stores says when it has none to show, and what can be done then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.isolation.profile_listing import Counts
from app.ui.language import tr
from app.ui.pages.stores.side_tree import NodeKind
from app.ui.widgets.banner import Way

if TYPE_CHECKING:
    from app.ui.pages.stores.page import StoresPage


def say_empty(page: StoresPage, counts: Counts | None) -> None:
    """Says why nothing is shown: a search, the bin, a node of the tree, or no stores at all."""
    new = Way(tr("New store"), "empty_new_button", page.new_store, "primary")
    if page.search_text:
        title = tr('No store fits "{text}"').format(text=page.search_text[:60])
        page.empty.say(
            "search", title, "", [Way(tr("Clear the search"), "clear_search_button", page.clear_search)]
        )
    elif page.is_bin:
        days = page.settings.number("profiles.bin_days")
        page.empty.say(
            "trash-2", tr("The bin is empty"), tr("Deleted stores can be restored for %n day(s).", n=days)
        )
    elif counts is not None and not counts.living:
        demo = Way(tr("See the demo"), "empty_demo_button", page.deeds.show_demo)
        text = tr("Every store account gets its own browser, its own network path and its own settings.")
        page.empty.say("store", tr("No store yet"), text, [new, demo])
    elif page.tree.node.kind is NodeKind.RUNNING:
        page.empty.say("play", tr("No window is open"), tr("Choose a store and press Enter."))
    elif page.tree.node.kind is NodeKind.FAULTY:
        page.empty.say("circle-check", tr("Nothing is wrong"), "")
    elif page.tree.node.kind is NodeKind.EXPIRING:
        page.empty.say("calendar-clock", tr("No proxy expires soon"), "")
    else:
        page.empty.say("folder-open", tr("No store here"), "", [new])
