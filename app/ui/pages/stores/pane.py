"""The pane on the right: one store's state, its big button, and its tabs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QScrollArea, QSizePolicy, QTabWidget, QVBoxLayout, QWidget

from app.isolation.profile_listing import ProfileRow
from app.isolation.room import IsolationRoom
from app.ui.commands.registry import CommandRegistry
from app.ui.face import Face
from app.ui.language import told, tr
from app.ui.pages.stores.check_tab import CheckTab
from app.ui.pages.stores.fingerprint_tab import FingerprintTab
from app.ui.pages.stores.held_card import HeldCard
from app.ui.pages.stores.history_tab import HistoryTab
from app.ui.pages.stores.network_tab import NetworkTab
from app.ui.pages.stores.note_tab import NoteTab
from app.ui.pages.stores.overview_tab import OverviewTab
from app.ui.pages.stores.refusal_card import RefusalCard
from app.ui.pages.stores.words import platform_and_market
from app.ui.theme.icons import icon
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.parts import ElidedLabel, button, icon_button, label, set_kind
from app.ui.window_acts import WindowActs
from app.ui.window_states import LIVE, UP, Doing

WIDTH_PX = 336
_TONES = {
    Doing.OPEN: "ok",
    Doing.HELD: "danger",
    Doing.CHECKING: "link",
    Doing.BLOCKED: "danger",
    Doing.CRASHED: "danger",
}
MENU_IDS = (
    *("store.edit", "store.rename", "store.clone", "store.proxy", "store.check", "store.inspect", ""),
    *("store.script", "store.cookies_in", "store.cookies_out", "", "store.bin"),
)


@dataclass(frozen=True, slots=True)
class PaneActs:
    """What the pane asks its page to do with the store that it shows."""

    change_proxy: Callable[[str], None]
    edit: Callable[[str, str], None]
    check: Callable[[list[str]], None]


class ColourChip(QWidget):
    """A store's colour."""

    def __init__(self) -> None:
        super().__init__()
        self._colour = "#5B6470"
        self.setFixedSize(QSize(14, 14))

    def show_colour(self, colour: str) -> None:
        """Shows another one."""
        self._colour = colour
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._colour))
        painter.drawRoundedRect(QRectF(0, 0, 14, 14), 4, 4)


class StorePane(QWidget):
    """Shows one store. The page hands it records; what windows do it hears by itself."""

    folded = Signal()

    def __init__(
        self,
        face: Face,
        room: IsolationRoom,
        acts: WindowActs,
        wishes: PaneActs,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("store_pane")
        self.setProperty("kind", "pane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, True)
        self.setAccessibleName(tr("The chosen store"))
        self._face = face
        self._acts = acts
        self._row: ProfileRow | None = None
        self.empty = EmptyState()
        self._content = QWidget()
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.empty, 1)
        column.addWidget(self._content, 1)
        inner = QVBoxLayout(self._content)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(8)
        self._head = QWidget()
        inner.addWidget(self._head)
        self._fill_head()
        self.refusal_card = RefusalCard(acts, wishes.change_proxy)
        around = QHBoxLayout()
        around.setContentsMargins(16, 0, 16, 0)
        around.addWidget(self.refusal_card)
        self.held_card = HeldCard(acts, wishes.change_proxy)
        around.addWidget(self.held_card)
        inner.addLayout(around)
        self.tabs = QTabWidget()
        self.tabs.setObjectName("pane_tabs")
        self.tabs.setDocumentMode(True)
        self.tabs.setUsesScrollButtons(True)
        inner.addWidget(self.tabs, 1)
        self._build_tabs(room, wishes)
        self.tabs.currentChanged.connect(self._on_tab)
        self.setMinimumWidth(280)
        face.states.changed.connect(self._on_states_changed)
        self.show_row(None)

    def _build_tabs(self, room: IsolationRoom, wishes: PaneActs) -> None:
        self.overview = OverviewTab(self._face, room, lambda: self._edit(wishes, "start-pages"))
        self.network = NetworkTab(self._face, room, wishes.change_proxy, wishes.check)
        self.fingerprint = FingerprintTab(room, lambda: self._edit(wishes, "fingerprint.languages"))
        self.note = NoteTab(self._face, room)
        self.history = HistoryTab(self._face, room)
        self.check = CheckTab(self._face, room)
        for tab, title in (
            (self.overview, tr("Overview")),
            (self.network, tr("Network")),
            (self.fingerprint, tr("Fingerprint")),
            (self.note, tr("Note")),
            (self.history, tr("History")),
            (self.check, tr("Check")),
        ):
            area = _scrolling_area()
            self.tabs.addTab(area, title)
            tab.setProperty("kind", "plain")
            tab.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, True)
            area.setWidget(tab)

    @property
    def profile(self) -> str:
        """The id of the store that is shown; empty for none."""
        return self._row.profile.id if self._row is not None else ""

    def show_row(self, row: ProfileRow | None, picked: int = 0) -> None:
        """Shows a store, or that none, or several, are chosen."""
        self.note.leave()
        is_other = row is None or self._row is None or row.profile.id != self._row.profile.id
        self._row = row
        self.empty.setVisible(row is None)
        self._content.setVisible(row is not None)
        if row is None:
            title = tr("%n store(s) selected", n=picked) if picked > 1 else tr("Choose a store")
            self.empty.say("store", title, tr("What is known of it is shown here."))
            return
        self._show_head(row)
        self._show_live()
        for tab in (self.overview, self.network, self.fingerprint, self.check):
            tab.show_row(row)
        self.note.show_row(row, is_shown=self._current() is self.note, is_other=is_other)
        self.history.show_row(row, is_shown=self._current() is self.history)

    def settle(self) -> None:
        """Before the lock: saves the note that is being written."""
        self.note.leave()

    def run_check(self) -> None:
        """Brings the check of the store that is shown into sight, and begins it."""
        if self._row is None:
            return
        for at in range(self.tabs.count()):
            holder = self.tabs.widget(at)
            if isinstance(holder, QScrollArea) and holder.widget() is self.check:
                self.tabs.setCurrentIndex(at)
        self.check.run()

    def show_refusal(self) -> None:
        """Brings the reason of a refusal into sight."""
        self.refusal_card.focus_first()

    def _fill_head(self) -> None:
        self.chip = ColourChip()
        self.number_label = label(kind="muted")
        self.name_label = ElidedLabel(kind="title")
        self.name_label.setObjectName("pane_name_label")
        self.place_label = ElidedLabel(kind="muted")
        self.state_label = label()
        self.state_label.setObjectName("pane_state_label")
        self.open_button = button("", "pane_open_button", self._on_open, kind="primary", icon_name="play")
        self.open_button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.close_button = button(tr("Close window"), "pane_close_button", self._on_close)
        self.more_button = icon_button("ellipsis", tr("More"), "pane_more_button", self._on_more)
        self._fold = icon_button(
            "panel-right-close", tr("Hide this pane"), "pane_fold_button", self.folded.emit, tone="muted"
        )
        first = QHBoxLayout()
        first.setSpacing(8)
        for widget in (self.chip, self.number_label):
            first.addWidget(widget)
        first.addWidget(self.place_label, 1)
        first.addWidget(self._fold)
        third = QHBoxLayout()
        third.setSpacing(8)
        third.addWidget(self.open_button, 1)
        third.addWidget(self.close_button)
        third.addWidget(self.more_button)
        column = QVBoxLayout(self._head)
        column.setContentsMargins(16, 10, 12, 2)
        column.setSpacing(8)
        column.addLayout(first)
        column.addWidget(self.name_label)
        column.addWidget(self.state_label)
        column.addLayout(third)

    def _show_head(self, row: ProfileRow) -> None:
        profile = row.profile
        self.chip.show_colour(profile.colour)
        self.number_label.setText(profile.shown_number)
        self.name_label.setText(profile.name)
        self.place_label.setText(platform_and_market(profile.platform, profile.market))

    def _show_live(self) -> None:
        if self._row is None:
            return
        profile = self._row.profile
        doing = self._face.states.doing(profile.id)
        is_deleted = profile.deleted_at is not None
        text = tr("In the bin") if is_deleted else told(self._face.states.doing_text(profile.id))
        state = self._face.states.state(profile.id)
        if doing in UP and state is not None:
            text += " · " + tr("%n tab(s)", n=state.tabs)
        self.state_label.setText(text)
        set_kind(self.state_label, "muted" if is_deleted else _TONES.get(doing, "muted"))
        self.open_button.setText(self._open_text(doing))
        self.open_button.setEnabled(not is_deleted and doing is not Doing.CLOSING)
        self.open_button.setIcon(icon("app-window" if doing in UP else "play", "on_accent"))
        self.close_button.setVisible(doing in LIVE)
        self.close_button.setText(
            tr("Cancel") if doing in (Doing.WAITING, Doing.CHECKING) else tr("Close window")
        )
        self.close_button.setEnabled(doing is not Doing.CLOSING)
        self.more_button.setVisible(not is_deleted)
        self.refusal_card.show_of(profile, self._face.states.refusal(profile.id) if not is_deleted else None)
        self.held_card.show_of(profile.id, state if doing is Doing.HELD else None)
        self.overview.show_live(state, doing)

    def _open_text(self, doing: Doing) -> str:
        if doing in UP:
            return tr("Bring to front")
        if doing is Doing.CRASHED:
            return tr("Restore")
        if doing in (Doing.CHECKING, Doing.WAITING):
            return tr("Opening…")
        return tr("Open")

    def _current(self) -> QWidget | None:
        holder = self.tabs.currentWidget()
        assert isinstance(holder, QScrollArea)
        return holder.widget()

    def _on_tab(self, _at: int) -> None:
        if self._row is not None:
            self.note.show_row(self._row, is_shown=self._current() is self.note, is_other=False)
            self.history.show_row(self._row, is_shown=self._current() is self.history)

    def _on_open(self) -> None:
        if self._row is not None:
            self._acts.open([self._row.profile.id])

    def _on_close(self) -> None:
        if self._row is not None:
            self._acts.close([self._row.profile.id])

    def _on_more(self) -> None:
        commands: CommandRegistry = self._face.commands
        menu = commands.fill(QMenu(self), MENU_IDS)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.more_button.mapToGlobal(self.more_button.rect().bottomLeft()))

    def _on_states_changed(self, profiles: frozenset[str]) -> None:
        if self._row is not None and self._row.profile.id in profiles:
            self._show_live()

    def _edit(self, wishes: PaneActs, key: str) -> None:
        if self._row is not None:
            wishes.edit(self._row.profile.id, key)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._row is not None:
            self._show_live()


def _scrolling_area() -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return area
