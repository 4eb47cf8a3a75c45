"""The proxies page under test, used by keys and clicks over real proxies of the local internet."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget

from app.isolation.network.proxy_string import write
from app.isolation.proxies import Proxies, Proxy, Same
from app.ui.pages.proxies.columns import COLUMN_AT
from app.ui.pages.proxies.page import ProxiesPage
from tests.support.gui import Gui, texts_of


class Pool:
    """One run of the program with the proxies page in front."""

    def __init__(self, gui: Gui) -> None:
        self.gui = gui
        gui.press("Ctrl+2")
        gui.until(lambda: gui.shows("proxies_page"))
        gui.rest()

    @property
    def page(self) -> ProxiesPage:
        """The page."""
        assert self.gui.app.signed_in is not None, "the vault is locked"
        page = self.gui.app.signed_in.frame.page("proxies")
        assert isinstance(page, ProxiesPage)
        return page

    @property
    def room(self) -> Proxies:
        """What the vault knows."""
        return self.gui.work.isolation.proxies

    def add(
        self,
        text: str,
        name: str,
        *,
        expires: datetime | Same | None = Same.SAME,
        provider: str | None = None,
    ) -> Proxy:
        """A proxy that was saved before, and is in the list now."""
        made = self.room.add(text, name)
        made = self.room.change(made.id, expires=expires, provider=provider)
        self.gui.until(lambda: self.page.model.at(made.id) is not None, f"{name} does not come into the list")
        self.settle()
        return made

    def settle(self) -> None:
        """Waits until what changed has been read again."""
        for _ in range(2):  # what is read may bring a question of its own
            self.gui.rest()
            self.gui.until(lambda: not self.page._timer.isActive() and not self.gui.app.jobs.running)
        self.gui.rest()

    # --- what a person sees ---------------------------------------------------------------------------------

    def names(self) -> list[str]:
        """The names in the list, from top to bottom."""
        return self.column("name")

    def column(self, name: str) -> list[str]:
        """One column as it is shown."""
        model = self.page.model
        return [str(model.index(row, COLUMN_AT[name]).data() or "") for row in range(model.rowCount())]

    def cell(self, proxy: str, column: str) -> str:
        """What stands in a proxy's row."""
        names = self.names()
        assert proxy in names, (proxy, names)
        return self.column(column)[names.index(proxy)]

    def picked(self) -> list[str]:
        """The names of the selected rows."""
        return [row.name for one in self.page.list.picked if (row := self.page.row_of(one)) is not None]

    def facts(self) -> dict[str, str]:
        """What the pane says of the proxy, by its heading."""
        labels = [one for one in self.page.pane.facts._labels if one.isVisible()]
        told = [one.accessibleName().partition(": ") for one in labels if one.accessibleName()]
        return {name: text for name, _, text in told}

    def everything(self) -> str:
        """The texts of every widget that there is, but for the field that is pasted into."""
        return "\n".join(
            text
            for widget in self.gui.qt.allWidgets()
            if widget.objectName() not in ("lines_edit", "qt_scrollarea_viewport")
            for text in texts_of(widget)
        )

    # --- what a person does ---------------------------------------------------------------------------------

    def select(self, *names: str) -> None:
        """Selects rows with the mouse: a click, and Ctrl-clicks for the others."""
        for at, name in enumerate(names):
            how = Qt.KeyboardModifier.ControlModifier if at else Qt.KeyboardModifier.NoModifier
            self.gui.bot.mouseClick(self._viewport, Qt.MouseButton.LeftButton, how, self.place_of(name))
        self.gui.until(lambda: sorted(self.picked()) == sorted(names))
        self.gui.rest()

    def double_click(self, name: str) -> None:
        """Double-clicks a row."""
        self.gui.bot.mouseDClick(self._viewport, Qt.MouseButton.LeftButton, pos=self.place_of(name))

    def place_of(self, name: str) -> QPoint:
        """Where a row's name is."""
        names = self.names()
        assert name in names, (name, names)
        index = self.page.model.index(names.index(name), COLUMN_AT["name"])
        self.page.list.scrollTo(index)
        return self.page.list.visualRect(index).center()

    def sort(self, column: str) -> list[str]:
        """Clicks a column's head; gives the names as they stand then."""
        header = self.page.list.horizontalHeader()
        at = COLUMN_AT[column]
        self.page.list.horizontalScrollBar().setValue(max(0, header.sectionPosition(at) - 50))
        place = QPoint(header.sectionViewportPosition(at) + 10, header.height() // 2)
        self.gui.bot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
        self.settle()
        return self.names()

    def search(self, text: str) -> list[str]:
        """Types into the search; gives the names that are left."""
        self.gui.write("search_edit", text)
        self.settle()
        return self.names()

    def save(self) -> None:
        """Ctrl+Enter in the drawer."""
        self.gui.press("Ctrl+Return")
        self.settle()

    def check(self, *names: str) -> None:
        """Selects and presses F5; waits for the answers."""
        self.select(*names)
        self.page.list.setFocus()
        self.gui.press("F5")
        self.settle()

    @property
    def _viewport(self) -> QWidget:
        return self.page.list.viewport()


def text_of(proxy: object, password: str | None = None) -> str:
    """A local proxy as a seller would hand it over."""
    upstream = proxy.upstream
    if password is None:
        return write(upstream)
    return f"{upstream.kind.value}://{upstream.username}:{password}@{upstream.host}:{upstream.port}"
