"""The stores page: tree, list and pane, wired to the room."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import partial

from PySide6.QtCore import QByteArray, QSettings, Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QStackedWidget, QVBoxLayout, QWidget

from app.isolation.groups import GROUP
from app.isolation.profile import Profile
from app.isolation.profile_listing import Counts
from app.isolation.profiles import PROFILE, ProfileQuery
from app.isolation.proxies import PROXY
from app.isolation.room import IsolationRoom
from app.kernel.changes import ALL, Changes
from app.kernel.errors import Problem
from app.kernel.settings import Settings
from app.ui.face import Face, Page
from app.ui.language import tr
from app.ui.pages.stores.columns import COLUMNS
from app.ui.pages.stores.cookies import StoreCookies
from app.ui.pages.stores.deeds import StoreDeeds
from app.ui.pages.stores.edit_drawer import EditStoreDrawer
from app.ui.pages.stores.emptiness import say_empty
from app.ui.pages.stores.list_view import StoreList
from app.ui.pages.stores.model import StoreModel
from app.ui.pages.stores.new_drawer import Draft, NewStoreDrawer
from app.ui.pages.stores.pane import WIDTH_PX, PaneActs, StorePane
from app.ui.pages.stores.scripts import StoreScripts
from app.ui.pages.stores.side_tree import ALL_STORES, Node, NodeKind, SideTree, node_from
from app.ui.pages.stores.store_commands import bulk_acts, commands, list_commands
from app.ui.pages.stores.views_menu import ViewsMenu
from app.ui.widgets.bulk_bar import BulkBar
from app.ui.widgets.drawer import Drawer
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.head import HeadFold
from app.ui.widgets.parts import ElidedLabel, button, icon_button, label, plain, side_by_side
from app.ui.window_acts import WindowActs
from app.ui.window_states import FAULTY, LIVE, RANK

_TREE_PX = 176
_LAYOUT = "stores/layout"
_PANE = "stores/pane"
_SPLIT = "stores/split"
_DRAFT = "stores.draft"
_EDIT = "stores.edit"


class StoresPage(Page):
    """Asks the room for ids in a reader's thread; the model pages rows in."""

    def __init__(
        self,
        face: Face,
        room: IsolationRoom,
        settings: Settings,
        acts: WindowActs,
        places: QSettings,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("stores_page")
        self.face = face
        self.room = room
        self.settings = settings
        self.acts = acts
        self._places = places
        self._text = ""
        self._sort, self._descends = "number", False
        self._asked = 0
        self._wants_focus = False
        self._counts: Counts | None = None
        self.drawer: Drawer | None = None
        self._kept_edit = face.kept.pop(_EDIT, None)
        kept = face.kept.pop(_DRAFT, None)
        self._draft = kept if isinstance(kept, Draft) else Draft()
        self._is_first_store = False
        self.deeds = StoreDeeds(self)
        self.scripts = StoreScripts(self)
        self.cookies = StoreCookies(self)
        self.tree = SideTree()
        self.model = StoreModel(room.profiles, face.states, face.clock, self)
        self.list = StoreList(self.model, face.states, face.theme)
        self._is_reading = False
        self._is_stale = False
        self.empty = EmptyState()
        self.bulk_bar = BulkBar(bulk_acts(self), self.list.clearSelection)
        self.views = ViewsMenu(self)
        self._build()
        self._connect()
        face.commands.add(self, commands(self))
        face.commands.add(self.list, list_commands(self))
        self.reload()
        if kept is not None:  # the lock came while somebody was writing
            QTimer.singleShot(0, self, self.new_store)

    @property
    def search_hint(self) -> str:
        return tr("Search stores: name, pinyin, number, market, tag, address…")

    @property
    def search_text(self) -> str:
        return self._text

    @property
    def is_bin(self) -> bool:
        """Whether the list shows the bin."""
        return self.tree.node.kind is NodeKind.BIN

    @property
    def has_edits(self) -> bool:
        return self.drawer is not None and self.drawer.has_edits

    def search(self, text: str) -> None:
        self._text = text
        self._load()

    def settle(self) -> None:
        self.pane.settle()
        self.scripts.settle()
        self._places.setValue(_LAYOUT, self.list.layout_as_text())
        self._places.setValue(_SPLIT, self.splitter.saveState())
        if isinstance(self.drawer, NewStoreDrawer):
            self.face.kept[_DRAFT] = self.drawer.draft
        elif isinstance(self.drawer, EditStoreDrawer) and self.drawer.draft:
            self.face.kept[_EDIT] = (self.drawer.profile, self.drawer.draft)

    def focus_first(self) -> None:
        self._wants_focus = not self.model.rowCount()  # the list takes it when it has been read
        if self.list.isVisible() and self.model.rowCount():
            if not self.list.currentIndex().isValid():
                self.list.selectRow(0)
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.tree.setFocus(Qt.FocusReason.OtherFocusReason)

    def reload(self) -> None:
        """Reads counts and list again. Changes that come while they are being read are read once, after."""
        if self._is_reading:
            self._is_stale = True
            return
        self._is_reading = True
        before = self.face.clock.now() + timedelta(days=self.settings.number("proxies.expiring_days"))
        self.face.jobs.call(
            lambda: self.room.profiles.counts(before),
            owner=self,
            then=self._on_counts,
            failed=self._on_problem,
            ended=self._on_read,
        )
        self._load()

    def _on_read(self) -> None:
        self._is_reading = False
        if self._is_stale:
            self._is_stale = False
            self.reload()

    def view_state(self) -> dict[str, object]:
        """What a saved view keeps."""
        node = self.tree.node
        return {
            "node": [node.kind.value, node.name, node.id],
            "text": self._text,
            "sort": self._sort,
            "descends": self._descends,
            "layout": self.list.layout_as_text(),
        }

    def take_view(self, state: dict[str, object]) -> None:
        """Shows what `view_state` gave; nonsense shows all stores."""
        self._text = str(state.get("text", ""))[:400]
        column = next((at for at, one in enumerate(COLUMNS) if state.get("sort") in (one.sort, one.id)), 0)
        order = Qt.SortOrder.DescendingOrder if state.get("descends") else Qt.SortOrder.AscendingOrder
        self.list.take_layout(str(state.get("layout", "")))
        self.list.horizontalHeader().setSortIndicator(column, order)
        if not self.tree.choose(node_from(state.get("node"))):
            self.face.toaster.show(tr("What this view showed is no longer there; all stores are shown."))
        self.search_hint_changed.emit()
        self._load()

    def show_running(self) -> None:
        """Shows the stores whose windows are open."""
        self.tree.choose(Node(NodeKind.RUNNING))

    def shows_card_of(self, profile: str) -> bool:
        """Whether the reasons of this store's refusal are on the screen already."""
        return self.pane.isVisible() and self.pane.profile == profile and self.drawer is None

    def name_of(self, profile: str) -> str:
        """Number and name of a store of the list; empty for one that it does not hold."""
        row = self.model.row_of(profile)
        return f"{row.profile.shown_number} {row.profile.name}" if row is not None else ""

    def show_refusal(self, profile: str) -> None:
        """Brings a store that was refused into sight, with its reasons."""
        self._open_pane(is_open=True)
        if not self.list.select(profile):
            self.tree.choose(ALL_STORES)
            self._text = ""
            self.search_hint_changed.emit()
            self.list.keep_in_mind(profile)
            self._load()
        self.pane.show_refusal()

    def begin_first_store(self) -> None:
        """Step three of the first start."""
        self._is_first_store = True
        self.new_store()

    def new_store(self) -> None:
        """Opens the drawer for a new store."""
        if isinstance(self.drawer, NewStoreDrawer):
            self.drawer.name_edit.setFocus()
            return
        if self.drawer is not None:
            self.drawer.leave(self.face.prompts, self.new_store)
            return
        group = self.tree.node.name if self.tree.node.kind is NodeKind.GROUP else ""
        draft = Draft(self._draft.template, self._draft.name, self._draft.group or group)
        is_only = self._counts is not None and not self._counts.living and not self._counts.in_bin
        made = NewStoreDrawer(
            self,
            self.face,
            self.room,
            draft,
            is_first=self._is_first_store,
            warns=self._is_first_store or is_only,
            explain=self.deeds.explain_fingerprints,
        )
        made.made.connect(self._on_made)
        self.show_drawer(made)
        made.begin()

    def edit(self, profile: str, focus: str = "name", draft: Mapping[str, str] | None = None) -> None:
        """Opens the drawer that changes a store."""
        found = self.model.row_of(profile)
        if found is None or found.profile.deleted_at is not None:
            return
        if self.drawer is not None:
            self.drawer.leave(self.face.prompts, partial(self.edit, profile, focus))
            return
        proxy = found.proxy.name if found.proxy is not None else ""
        made = EditStoreDrawer(self, self.face, self.room, found.profile, proxy, focus, draft)
        made.saved.connect(lambda one: self.face.toaster.show(tr("Saved {name}").format(name=one.name)))
        self.show_drawer(made)
        made.begin()

    def _build_head(self) -> QHBoxLayout:
        self.title_label = ElidedLabel(kind="title")
        self.count_label = label(kind="muted")
        self.open_group_button = button(
            tr("Open this group"), "open_group_button", self.deeds.open_node, icon_name="play"
        )
        self.views_button = button(
            tr("Views"), "views_button", self.views.popup, kind="quiet", icon_name="bookmark"
        )
        self.columns_button = button(
            tr("Columns"), "columns_button", self._on_columns, kind="quiet", icon_name="columns-3"
        )
        self.pane_button = icon_button(
            "panel-right-open", tr("Show the pane"), "pane_button", lambda: self._open_pane(is_open=True)
        )
        self.new_button = button(
            tr("New store"), "new_store_button", self.new_store, kind="primary", icon_name="plus"
        )
        head = QHBoxLayout()
        head.setContentsMargins(16, 10, 12, 10)
        head.setSpacing(8)
        head.addWidget(self.title_label, 1)
        head.addWidget(self.count_label)
        buttons: tuple[QWidget, ...] = (
            self.open_group_button,
            self.views_button,
            self.columns_button,
            self.new_button,
            self.pane_button,
        )
        for one in buttons:
            head.addWidget(one)
        return head

    def _fill_middle(self, middle: QWidget) -> None:
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._build_head())
        self.stack = QStackedWidget()
        column.addWidget(self.stack, 1)
        column.addWidget(self.bulk_bar)
        self.stack.addWidget(self.list)
        self.stack.addWidget(self.empty)
        HeadFold(
            self.stack,
            self.title_label,
            self.count_label,
            (self.pane_button,),
            (self.new_button, self.open_group_button, self.views_button, self.columns_button),
        )

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        self.splitter = side_by_side()
        row.addWidget(self.splitter)
        side, middle = plain("side"), plain("surface")
        self.splitter.addWidget(side)
        self.splitter.addWidget(middle)
        side_column = QVBoxLayout(side)
        side_column.setContentsMargins(0, 8, 0, 8)
        side_column.addWidget(self.tree)
        self._fill_middle(middle)
        # Last: Tab goes on in the order in which things came.
        wishes = PaneActs(self.deeds.change_proxy, self.edit, self.deeds.check)
        self.pane = StorePane(self.face, self.room, self.acts, wishes, self.splitter)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setSizes([_TREE_PX, 800, WIDTH_PX])
        split = self._places.value(_SPLIT)
        if isinstance(split, QByteArray):
            self.splitter.restoreState(split)
        layout = self._places.value(_LAYOUT)
        if isinstance(layout, str):
            self.list.take_layout(layout)
        self._open_pane(is_open=self._places.value(_PANE) not in (False, "false"))

    def _connect(self) -> None:
        self.tree.chosen.connect(self._on_node)
        self.tree.reordered.connect(self.deeds.reorder_groups)
        self.tree.menu_wanted.connect(self.deeds.node_menu)
        self.model.sort_wanted.connect(self._on_sort)
        self.list.current_changed.connect(lambda _profile: self._show_pane())
        self.list.picked_changed.connect(self._on_picked)
        self.list.rows_activated.connect(self.deeds.activate)
        self.list.act_clicked.connect(self.deeds.act)
        self.list.menu_wanted.connect(self.deeds.row_menu)
        self.pane.folded.connect(lambda: self._open_pane(is_open=False))
        self.face.states.changed.connect(self._on_states)
        self.face.door.changed.connect(self._on_changes)
        self._on_node(self.tree.node)

    def _query(self) -> ProfileQuery:
        node, states = self.tree.node, self.face.states
        ids = None
        if node.kind is NodeKind.RUNNING:
            ids = states.ids(LIVE)
        elif node.kind is NodeKind.FAULTY:
            ids = states.ids(FAULTY)
        expiring_before = None
        if node.kind is NodeKind.EXPIRING:  # only then: a setting is read from the vault
            days = self.settings.number("proxies.expiring_days")
            expiring_before = self.face.clock.now() + timedelta(days=days)
        return ProfileQuery(
            text=self._text,
            group=node.name if node.kind is NodeKind.GROUP else "",
            tag=node.name if node.kind is NodeKind.TAG else "",
            is_ungrouped=node.kind is NodeKind.UNGROUPED,
            in_bin=self.is_bin,
            ids=ids,
            expiring_before=expiring_before,
            sort=self._sort if self._sort not in ("window", "unread") else "number",
            descending=self._descends and self._sort not in ("window", "unread"),
        )

    def _load(self) -> None:
        if not self.face.door.is_open:
            return  # a state came between the lock and this page's end
        self._asked += 1
        asked, query = self._asked, self._query()
        self.face.jobs.call(
            lambda: self.room.profiles.ids(query),
            owner=self,
            then=lambda ids: self._on_ids(asked, ids),
            failed=self._on_problem,
        )

    def _on_ids(self, asked: int, ids: tuple[str, ...]) -> None:
        if asked != self._asked:
            return  # somebody has typed on; a newer answer follows
        self.model.show(self._by_window(ids))
        self._show_head()
        self._take_up_edit()
        if self._wants_focus and ids and self.isVisible() and self.drawer is None:
            if not isinstance(self.window().focusWidget(), QLineEdit):  # somebody types already
                self.focus_first()
            self._wants_focus = False

    def _take_up_edit(self) -> None:
        """The lock, or another language, came while somebody was changing a store: the form comes back."""
        if not isinstance(self._kept_edit, tuple):
            return
        profile, draft = self._kept_edit
        if self.model.at(profile) is not None and self.drawer is None:
            self._kept_edit = None
            self.edit(profile, draft=draft)

    def _by_window(self, ids: tuple[str, ...]) -> list[str]:
        states = self.face.states
        if self._sort == "window":
            return sorted(ids, key=lambda one: RANK.index(states.doing(one)), reverse=self._descends)
        if self._sort == "unread":
            return sorted(ids, key=states.unread, reverse=self._descends)
        return list(ids)

    def _on_counts(self, counts: Counts) -> None:
        self._counts = counts
        states = self.face.states
        self.tree.show_counts(counts, len(states.ids(LIVE)), len(states.ids(FAULTY)))
        self._show_head()

    def _on_node(self, node: Node) -> None:
        item = self.tree.currentItem()
        self.title_label.setText(item.text(0) if item is not None else tr("All stores"))
        self.open_group_button.setVisible(node.kind is NodeKind.GROUP)
        self.new_button.setVisible(node.kind is not NodeKind.BIN)
        self._load()

    def _on_sort(self, column: int, order: Qt.SortOrder) -> None:
        one = COLUMNS[column]
        if one.id == "acts":
            return
        self._sort = one.sort or one.id
        self._descends = order is Qt.SortOrder.DescendingOrder
        self._load()

    def _on_states(self, _profiles: frozenset[str]) -> None:
        states = self.face.states
        self.tree.show_live(len(states.ids(LIVE)), len(states.ids(FAULTY)))
        if self.tree.node.kind in (NodeKind.RUNNING, NodeKind.FAULTY) or self._sort in ("window", "unread"):
            self._load()

    def _on_changes(self, changes: Changes) -> None:
        touched = changes.get(PROFILE)
        if PROXY in changes or GROUP in changes:
            touched = ALL
        if touched is None:
            return
        self.model.forget(touched)
        self._show_pane()
        self.reload()

    def _on_picked(self) -> None:
        count = self.list.picked_count
        self.bulk_bar.show_count(count, in_bin=self.is_bin)
        self._show_pane()

    def _show_pane(self) -> None:
        count = self.list.picked_count
        found = self.model.row_of(self.list.current) if count < 2 else None
        self.pane.show_row(found, count)

    def _show_head(self) -> None:
        shown = self.model.rowCount()
        self.count_label.setText(tr("%n store(s)", n=shown))
        self.stack.setCurrentWidget(self.list if shown else self.empty)
        if not shown:
            say_empty(self, self._counts)
        self.columns_button.setEnabled(bool(shown))

    def clear_search(self) -> None:
        """Shows what the tree says again."""
        self._text = ""
        self.search_hint_changed.emit()
        self._load()

    def _on_made(self, profile: Profile, opens: bool) -> None:
        self._is_first_store = False
        self._draft = Draft(template=profile.template)
        self.list.keep_in_mind(profile.id)
        if opens:
            self.acts.open([profile.id])
        else:
            self.face.toaster.show(tr("Saved {name}").format(name=f"{profile.shown_number} {profile.name}"))

    def _on_columns(self) -> None:
        menu = self.list.column_menu(QMenu(self))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.columns_button.mapToGlobal(self.columns_button.rect().bottomLeft()))

    def _open_pane(self, *, is_open: bool) -> None:
        self.pane.setVisible(is_open)
        self.pane_button.setVisible(not is_open)
        self._places.setValue(_PANE, is_open)

    def show_drawer(self, drawer: Drawer) -> None:
        """Takes a drawer in: one at a time, and the list has the focus when it goes."""
        self.drawer = drawer
        drawer.closed.connect(self._on_drawer_closed)

    def _on_drawer_closed(self) -> None:
        self.drawer = None
        self._is_first_store = False
        self.focus_first()

    def _on_problem(self, problem: Problem) -> None:
        if problem.id != "vault-is-locked":
            self.deeds.show_problem(problem)
