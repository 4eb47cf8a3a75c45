"""The proxies page: list and pane, wired to the room."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QSettings, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.isolation.profiles import PROFILE
from app.isolation.proxies import PROXY, Proxies, Proxy
from app.kernel.changes import ALL, All, Changes
from app.kernel.ids import ProxyId
from app.kernel.settings import Settings
from app.ui.face import Face, Page
from app.ui.language import tr
from app.ui.pages.proxies.columns import COLUMNS
from app.ui.pages.proxies.deeds import ProxyDeeds
from app.ui.pages.proxies.list_view import ProxyList
from app.ui.pages.proxies.model import ProxyModel
from app.ui.pages.proxies.pane import WIDTH_PX, PaneActs, ProxyPane
from app.ui.pages.proxies.proxy_commands import MENU_IDS, bulk_acts, commands
from app.ui.pages.proxies.proxy_drawer import ProxyDrawer
from app.ui.pages.proxies.several_drawer import SeveralDrawer
from app.ui.widgets.banner import Way
from app.ui.widgets.bulk_bar import BulkBar
from app.ui.widgets.drawer import Drawer
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.head import HeadFold
from app.ui.widgets.parts import ElidedLabel, button, icon_button, label, plain, side_by_side
from app.vault.settings import SETTING

_PANE = "proxies/pane"
_SPLIT = "proxies/split"
_HEADER = "proxies/header"
_TOGETHER_MS = 60  # many proxies that are added or checked at once are one reload


class ProxiesPage(Page):
    """Asks the room for ids in a reader's thread; the model pages rows in."""

    store_wanted = Signal(str, bool)  # profile, whether it is in the bin

    def __init__(
        self,
        face: Face,
        proxies: Proxies,
        settings: Settings,
        places: QSettings,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("proxies_page")
        self.face = face
        self.proxies = proxies
        self._settings = settings
        self._places = places
        self._text = ""
        self._sort, self._descends = "name", False
        self._asked = 0
        self._expiring_days = 0
        self._touched: set[str] | All = set()
        self.drawer: Drawer | None = None
        self.next_row: int | None = None  # to be selected once the list has changed
        self.deeds = ProxyDeeds(self)
        self.model = ProxyModel(proxies, face.clock, self)
        self.list = ProxyList(self.model, face.theme, lambda: self._expiring_days)
        acts = PaneActs(self.deeds.check, self.edit_current, self.deeds.change_ip, self.deeds.trust, MENU_IDS)
        self.pane = ProxyPane(face, proxies, acts)
        self.empty = EmptyState()
        self.bulk_bar = BulkBar(bulk_acts(self), self.list.clearSelection)
        self.bulk_bar.setAccessibleName(tr("Selected proxies"))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_TOGETHER_MS)
        self._build()
        self._connect()
        face.commands.add(self, commands(self))
        self._load()

    @property
    def search_hint(self) -> str:
        return tr("Search proxies: name, address, user, provider, exit, country…")

    @property
    def search_text(self) -> str:
        return self._text

    def search(self, text: str) -> None:
        self._text = text
        self._load()

    def settle(self) -> None:
        self._places.setValue(_SPLIT, self.splitter.saveState())
        if (layout := self.list.layout_to_keep) is not None:
            self._places.setValue(_HEADER, layout)
        if self.drawer is not None:
            self.drawer.end()  # it holds passwords

    def focus_first(self) -> None:
        if self.drawer is not None:
            return
        if self.stack.currentWidget() is self.list:
            if not self.list.picked_count and self.model.rowCount():
                self.list.selectRow(max(0, self.list.currentIndex().row()))
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.new_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def row_of(self, proxy: str) -> Proxy | None:
        """The record of a proxy of the list."""
        row = self.model.at(proxy) if proxy else None
        return self.model.row_at(row) if row is not None else None

    def new_proxy(self) -> None:
        """Opens the drawer for a new proxy."""
        if self._raises("new_proxy_drawer"):
            return
        made = ProxyDrawer(self, self.face, self.proxies)
        made.saved.connect(self._on_saved)
        self._show_drawer(made)
        made.begin()

    def add_several(self) -> None:
        """Opens the drawer in which many lines are pasted."""
        if self._raises("several_proxies_drawer"):
            return
        made = SeveralDrawer(self, self.face, self.proxies)
        made.added.connect(lambda count: self.face.toaster.show(tr("%n proxy(ies) added.", n=count)))
        self._show_drawer(made)
        made.begin()

    def edit_current(self) -> None:
        """Opens the drawer that changes the chosen proxy."""
        self.edit(self.list.current)

    def edit(self, proxy: str) -> None:
        """Opens the drawer that changes a proxy."""
        row = self.row_of(proxy)
        if row is None or self._raises("several_proxies_drawer"):
            return
        made = ProxyDrawer(self, self.face, self.proxies, row)
        made.saved.connect(self._on_saved)
        self._show_drawer(made)
        made.begin()

    def clear_search(self) -> None:
        """Shows every proxy again."""
        self._text = ""
        self.search_hint_changed.emit()
        self._load()

    def _build_head(self) -> QHBoxLayout:
        self.count_label = label(kind="muted")
        self.check_button = button(
            tr("Check all"), "check_proxies_button", self.deeds.check, kind="quiet", icon_name="refresh-cw"
        )
        self.several_button = button(
            tr("Add several…"), "several_proxies_button", self.add_several, icon_name="clipboard-paste"
        )
        self.new_button = button(
            tr("New proxy"), "new_proxy_button", self.new_proxy, kind="primary", icon_name="plus"
        )
        self.pane_button = icon_button(
            "panel-right-open", tr("Show the pane"), "pane_button", lambda: self._open_pane(is_open=True)
        )
        head = QHBoxLayout()
        head.setContentsMargins(16, 10, 12, 10)
        head.setSpacing(8)
        self.title_label = ElidedLabel(tr("Proxies"), "title")
        head.addWidget(self.title_label, 1)
        head.addWidget(self.count_label)
        for widget in (self.check_button, self.several_button, self.new_button, self.pane_button):
            head.addWidget(widget)
        return head

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        self.splitter = side_by_side()
        row.addWidget(self.splitter)
        middle = plain("surface")
        self.splitter.addWidget(middle)
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._build_head())
        self.stack = QStackedWidget()
        column.addWidget(self.stack, 1)
        column.addWidget(self.bulk_bar)
        self.stack.addWidget(self.list)
        self.stack.addWidget(self.empty)
        self.head_fold = HeadFold(
            self.stack,
            self.title_label,
            self.count_label,
            (self.pane_button,),
            (self.new_button, self.several_button, self.check_button),
        )
        self.splitter.addWidget(self.pane)  # last: Tab goes on in the order in which things came
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setSizes([900, WIDTH_PX])
        self._bring_back()

    def _bring_back(self) -> None:
        split, header = self._places.value(_SPLIT), self._places.value(_HEADER)
        if isinstance(split, QByteArray):
            self.splitter.restoreState(split)
        if isinstance(header, QByteArray) and self.list.take_layout(header):
            view = self.list.horizontalHeader()
            self._take_sort(view.sortIndicatorSection(), view.sortIndicatorOrder())
        self._open_pane(is_open=self._places.value(_PANE) not in (False, "false"))

    def _connect(self) -> None:
        self.model.sort_wanted.connect(self._on_sort)
        self.list.current_changed.connect(lambda _proxy: self._show_pane())
        self.list.picked_changed.connect(self._on_picked)
        self.list.row_activated.connect(self.edit)
        self.list.menu_wanted.connect(self.deeds.row_menu)
        self.pane.folded.connect(lambda: self._open_pane(is_open=False))
        self.pane.store_wanted.connect(self.store_wanted)
        self.face.door.changed.connect(self._on_changes)
        self._timer.timeout.connect(self._on_time)

    def _load(self) -> None:
        if not self.face.door.is_open:
            return
        self._asked += 1
        asked, text, sort, descends = self._asked, self._text, self._sort, self._descends

        def work() -> tuple[tuple[ProxyId, ...], int]:
            days = self._settings.number("proxies.expiring_days")
            return self.proxies.ids(text, sort, descends), days

        self.face.jobs.call(
            work, owner=self, then=lambda found: self._on_ids(asked, *found), failed=self.deeds.show_problem
        )

    def _on_ids(self, asked: int, ids: tuple[ProxyId, ...], expiring_days: int) -> None:
        if asked != self._asked:
            return  # somebody has typed on; a newer answer follows
        if expiring_days != self._expiring_days:
            self._expiring_days = expiring_days
            self.list.viewport().update()
        self.model.show(ids)
        self._show_head()
        wanted = 0 if self.next_row is None and self.list.hasFocus() else self.next_row
        if wanted is not None and ids and not self.list.picked_count:
            self.list.selectRow(min(wanted, len(ids) - 1))
            self.next_row = None
        self._show_pane()

    def _take_sort(self, column: int, order: Qt.SortOrder) -> None:
        if 0 <= column < len(COLUMNS) and COLUMNS[column].sort:
            self._sort = COLUMNS[column].sort
            self._descends = order is Qt.SortOrder.DescendingOrder

    def _on_sort(self, column: int, order: Qt.SortOrder) -> None:
        self._take_sort(column, order)
        self._load()

    def _on_changes(self, changes: Changes) -> None:
        # A setting says how soon an end is told in another colour.
        touched = ALL if PROFILE in changes or SETTING in changes else changes.get(PROXY)
        if touched is None:
            return
        if isinstance(touched, All) or isinstance(self._touched, All):
            self._touched = ALL
        else:
            self._touched |= touched
        self._timer.start()

    def _on_time(self) -> None:
        touched, self._touched = self._touched, set()
        self.model.forget(touched)
        self._show_pane()
        self._load()

    def _on_picked(self) -> None:
        count = self.list.picked_count
        self.bulk_bar.show_count(count, in_bin=False)
        self.head_fold.rename(self.check_button, tr("Check") if count else tr("Check all"))
        self._show_pane()

    def _show_pane(self) -> None:
        count = self.list.picked_count
        self.pane.show_row(self.row_of(self.list.current) if count == 1 else None, count)

    def _show_head(self) -> None:
        shown = self.model.rowCount()
        self.count_label.setText(tr("%n proxy(ies)", n=shown))
        self.stack.setCurrentWidget(self.list if shown else self.empty)
        self.check_button.setEnabled(bool(shown))
        if not shown:
            self._say_empty()

    def _say_empty(self) -> None:
        if self._text:
            title = tr('No proxy fits "{text}"').format(text=self._text[:60])
            clear = Way(tr("Clear the search"), "clear_search_button", self.clear_search)
            self.empty.say("search", title, "", [clear])
            return
        self.empty.say(
            "network",
            tr("No proxy yet"),
            tr("A proxy gives a store an address of its own. Paste those that you have bought, in any form."),
            [
                Way(tr("New proxy"), "empty_new_proxy_button", self.new_proxy, "primary"),
                Way(tr("Add several…"), "empty_several_button", self.add_several),
            ],
        )

    def _on_saved(self, proxy: Proxy) -> None:
        self.list.keep_in_mind(proxy.id)
        self.face.toaster.show(tr("Saved {name}").format(name=proxy.name))

    def _open_pane(self, *, is_open: bool) -> None:
        self.pane.setVisible(is_open)
        self.pane_button.setVisible(not is_open)
        self._places.setValue(_PANE, is_open)

    def _raises(self, name: str) -> bool:
        """Whether a drawer of that name is open already; another one that is open goes first."""
        if self.drawer is None:
            return False
        if self.drawer.objectName() == name:
            self.drawer.raise_()
            self.drawer.setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        self.drawer.end()
        return False

    def _show_drawer(self, drawer: Drawer) -> None:
        self.drawer = drawer
        drawer.closed.connect(self._on_drawer_closed)

    def _on_drawer_closed(self) -> None:
        self.drawer = None
        self.focus_first()
