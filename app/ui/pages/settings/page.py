"""The settings page: a card for each group of the table of settings, and beside them keys and about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QSettings, Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.kernel.changes import Changes
from app.kernel.errors import Problem
from app.kernel.paths import Paths
from app.kernel.settings import Scope, Setting, Settings, Value
from app.ui.face import Face, Page
from app.ui.language import told, tr
from app.ui.looks import NAMES as LOOKS
from app.ui.looks import Looks
from app.ui.pages.settings.about_section import AboutSection
from app.ui.pages.settings.cards import ActRow, Card, Row, SettingRow
from app.ui.pages.settings.keys_section import KeysSection
from app.ui.pages.settings.passphrase_drawer import PassphraseDrawer
from app.ui.pages.settings.saver import SettingSaver
from app.ui.pages.settings.settings_commands import ABOUT, KEYS, PASSPHRASE
from app.ui.telling import named
from app.ui.theme.icons import icon
from app.ui.widgets.banner import Way
from app.ui.widgets.drawer import Drawer
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.parts import button, hairline, icon_button, plain
from app.vault.settings import SETTING
from app.workspace import Workspace

_WIDTH_PX = 820
_SIDE_PX = 176
_NEAR_PX = 60
_PLACE = "settings/place"
_FOLDERS = "folders"
# The order of the cards, and the icons beside their names; a group that is new comes after these.
_GROUPS = {
    "Appearance": "palette",
    "Windows": "app-window",
    "Stores and proxies": "store",
    "Network": "globe",
    "Vault": "lock",
}
_VAULT = "Vault"
_IDLE = "vault.lock_after_min"


@dataclass(frozen=True, slots=True)
class _Section:
    """One line of the side: where it leads, and the card that it scrolls to."""

    id: str
    button: QPushButton
    card: Card | None = None


class SettingsPage(Page):
    """Applies a change at once. `build_pages` makes the other pages bring their commands.

    `can_tell_idle` says whether this system tells how long nobody has touched it.
    """

    def __init__(
        self,
        face: Face,
        looks: Looks,
        work: Workspace,
        places: QSettings,
        build_pages: Callable[[], object],
        open_url: Callable[[QUrl], bool] = QDesktopServices.openUrl,
        *,
        can_tell_idle: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("settings_page")
        self.face = face
        self._looks = looks
        self._work = work
        self._places = places
        self._build_pages = build_pages
        self._open_url = open_url
        self._texts: dict[str, str] = {}
        self.drawer: Drawer | None = None
        self.rows: dict[str, SettingRow] = {}
        self._sections: list[_Section] = []
        self._is_leading = False
        self._group = QButtonGroup(self)
        self._saver = SettingSaver(work.settings, face.jobs, self)
        self.keys = KeysSection(face.commands)
        self.about = AboutSection(face, open_url)
        self._build()
        if not can_tell_idle:
            self.rows[_IDLE].say_note(
                tr("This system does not say how long it has been idle, so Berth does not lock by itself.")
            )
        self._connect()
        self._load()
        self._bring_back()

    @property
    def section(self) -> str:
        """What is shown: settings, keys or about."""
        return ("settings", KEYS, ABOUT)[self.stack.currentIndex()]

    @property
    def search_hint(self) -> str:
        return {"settings": tr("Search settings"), KEYS: tr("Search commands and keys")}.get(self.section, "")

    @property
    def search_text(self) -> str:
        return self._texts.get(self.section, "")

    def search(self, text: str) -> None:
        self._texts[self.section] = text
        if self.section == KEYS:
            self.keys.search(text)
        elif self.section == "settings":
            shown = sum(card.filter(text) for card in self.cards)
            self.empty.setVisible(not shown)
            found = [one for one in self._sections if one.card is not None and one.card.isVisibleTo(self)]
            if found:
                found[0].button.setChecked(True)  # what is at the top is what the side marks
            if not shown:
                clear = Way(tr("Clear the search", "settings"), "clear_search_button", self._clear_search)
                self.empty.say("search", tr('No setting fits "{text}"').format(text=text[:60]), "", [clear])

    def settle(self) -> None:
        for row in self.rows.values():
            row.finish()
        bar = self.settings_scroll.verticalScrollBar()
        self._places.setValue(_PLACE, f"{self.section} {bar.value()}")
        if self.drawer is not None:
            self.drawer.end()

    def focus_first(self) -> None:
        chosen = self._group.checkedButton()
        if self.drawer is None and chosen is not None:
            chosen.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_section(self, section: str) -> None:
        """Shows the keys, about, a group of settings, or asks for a new passphrase."""
        if section == PASSPHRASE:
            self._show(_VAULT)
            self.change_passphrase()
        else:
            self._show(section)
            self.focus_first()

    def change_passphrase(self) -> None:
        """Opens the drawer for it."""
        if self.drawer is not None:
            self.drawer.raise_()
            return
        made = PassphraseDrawer(self, self.face, self._work.vault)
        self.drawer = made
        made.closed.connect(self._on_drawer_closed)
        made.begin()

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        side, self.stack = QWidget(), QStackedWidget()
        row.addWidget(side)
        row.addWidget(self.stack, 1)
        self.settings_scroll, column = _scrolling(self.stack)
        groups = self._groups()
        self.cards = [Card(title, parent=column.parentWidget()) for _, title, _ in groups]
        # Before the rows of the cards: Tab goes on in the order in which things came.
        self._fill_side(side, [group for group, _, _ in groups])
        for card, (group, _, settings) in zip(self.cards, groups, strict=True):
            card.add(self._rows_of(group, settings))
            column.addWidget(card)
        self.empty = EmptyState()
        self.empty.hide()
        column.addWidget(self.empty)
        column.addStretch(1)
        self.keys_scroll, column = _scrolling(self.stack)
        column.addWidget(self.keys)
        column.addStretch(1)
        about = QWidget()
        self.stack.addWidget(about)
        about_row = QHBoxLayout(about)
        about_row.setContentsMargins(24, 20, 24, 20)
        about_row.addStretch(1)
        about_row.addWidget(self.about, 100)
        about_row.addStretch(1)
        self.about.setMaximumWidth(_WIDTH_PX + 240)

    def _fill_side(self, side: QWidget, groups: Sequence[str]) -> None:
        side.setObjectName("settings_side")
        side.setProperty("kind", "side")
        side.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, True)
        side.setAccessibleName(tr("Parts of the settings"))
        side.setFixedWidth(_SIDE_PX)
        column = QVBoxLayout(side)
        column.setContentsMargins(8, 12, 8, 12)
        column.setSpacing(2)
        for section, card in zip(groups, self.cards, strict=True):
            sign = _GROUPS.get(section, "folder" if section == _FOLDERS else "settings")
            column.addWidget(self._entry(section, card.title_label.text(), sign, card))
        column.addSpacing(6)
        column.addWidget(hairline())
        column.addSpacing(6)
        column.addWidget(self._entry(KEYS, tr("Keys"), "keyboard", None))
        column.addWidget(self._entry(ABOUT, tr("About"), "info", None))
        column.addStretch(1)

    def _entry(self, section: str, text: str, icon_name: str, card: Card | None) -> QPushButton:
        name = section.lower().replace(" ", "_")
        made = button(f"  {text}", f"section_{name}_button", partial(self._show, section), kind="rail")
        made.setAccessibleName(text)
        made.setIcon(icon(icon_name))
        made.setCheckable(True)
        self._group.addButton(made)
        self._sections.append(_Section(section, made, card))
        return made

    def _groups(self) -> list[tuple[str, str, list[Setting]]]:
        """The cards: what each is called in the code and on the screen, and its settings."""
        groups: dict[str, list[Setting]] = {group: [] for group in _GROUPS}
        titles = {_VAULT: tr("Vault")}
        for setting in self._work.settings.rows():
            groups.setdefault(setting.group.source, []).append(setting)
            titles[setting.group.source] = told(setting.group)
        found = [(group, titles[group], rows) for group, rows in groups.items() if rows or group == _VAULT]
        return [*found, (_FOLDERS, tr("Folders"), [])]

    def _rows_of(self, group: str, settings: Sequence[Setting]) -> list[Row]:
        if group == _FOLDERS:
            return self._folder_rows()
        rows: list[Row] = [self._build_row(setting) for setting in settings]
        return [self._passphrase_row(), *rows] if group == _VAULT else rows

    def _build_row(self, setting: Setting) -> SettingRow:
        row = self.rows[setting.name] = SettingRow(setting)
        row.changed.connect(self._on_row_changed)
        row.reset_wanted.connect(self._on_reset)
        return row

    def _passphrase_row(self) -> ActRow:
        self.passphrase_button = button(tr("Change…"), "change_passphrase_button", self.change_passphrase)
        self.passphrase_button.setAccessibleName(tr("Change passphrase…"))
        text = tr("What unlocks the vault. The recovery code stays the same.")
        return ActRow(tr("Passphrase"), text, [self.passphrase_button])

    def _folder_rows(self) -> list[Row]:
        paths: Paths = self.face.door.paths
        return [
            self._folder_row("data", tr("Data"), str(paths.data)),
            self._folder_row("logs", tr("Logs, without secrets"), str(paths.logs)),
        ]

    def _folder_row(self, name: str, title: str, folder: str) -> ActRow:
        copy = icon_button("copy", tr("Copy the path"), f"copy_{name}_button", partial(self._copy, folder))
        copy.setAccessibleName(named(title, tr("Copy the path")))
        made = button(tr("Open"), f"open_{name}_button", partial(self._open, folder), icon_name="folder-open")
        made.setAccessibleName(named(title, tr("Open")))
        return ActRow(title, folder, [copy, made], is_path=True)

    def _connect(self) -> None:
        self.settings_scroll.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        self._saver.saved.connect(self._on_saved)
        self._saver.failed.connect(self._on_failed)
        self.face.door.changed.connect(self._on_changes)
        self.face.theme.changed.connect(self._show_machine)
        self.face.commands.changed.connect(self._on_commands_changed)

    def _load(self) -> None:
        self._show_machine()
        settings: Settings = self._work.settings
        names = [name for name, row in self.rows.items() if row.setting.scope is Scope.VAULT]

        def work() -> dict[str, Value]:
            return {name: settings.get(name) for name in names}

        self.face.jobs.call(work, owner=self, then=self._on_values, failed=self._on_problem)

    def _show_machine(self) -> None:
        for name, row in self.rows.items():
            if row.setting.scope is Scope.MACHINE:
                row.show_value(self.face.settings.get(name))

    def _on_values(self, values: dict[str, Value]) -> None:
        for name, value in values.items():
            self.rows[name].show_value(value)

    def _on_row_changed(self, name: str, value: Value) -> None:
        self._store(name, partial(self.face.settings.set, name, value), partial(self._saver.set, name, value))

    def _on_reset(self, name: str) -> None:
        self.rows[name].drop()
        self._store(name, partial(self.face.settings.reset, name), partial(self._saver.reset, name))
        self.rows[name].control.setFocus(Qt.FocusReason.OtherFocusReason)

    def _store(self, name: str, here: Callable[[], object], in_vault: Callable[[], object]) -> None:
        if self.rows[name].setting.scope is Scope.VAULT:
            in_vault()
            return
        try:
            here()
        except Problem as problem:
            self._on_failed(name, problem)
            return
        self._show_machine()
        if name in LOOKS:
            # Later: another language takes this page away, while its control still handles the click.
            QTimer.singleShot(0, self._looks, self._looks.apply)

    def _on_saved(self, name: str) -> None:
        self.rows[name].show_problem(None)
        self._load()

    def _on_failed(self, name: str, problem: Problem) -> None:
        self.rows[name].show_problem(problem)

    def _on_changes(self, changes: Changes) -> None:
        if SETTING in changes:
            self._load()

    def _on_commands_changed(self) -> None:
        if self.section == KEYS:
            self.keys.refresh()

    def _on_problem(self, problem: Problem) -> None:
        if problem.id != "vault-is-locked":
            self.face.show_problem(problem)

    def _show(self, section: str) -> None:
        found = next((one for one in self._sections if one.id == section), self._sections[0])
        found.button.setChecked(True)
        at = {KEYS: 1, ABOUT: 2}.get(section, 0)
        if section == KEYS:
            self._build_pages()
            self.keys.refresh()
        elif section == ABOUT:
            self.about.load()
        self.stack.setCurrentIndex(at)
        self.search_hint_changed.emit()
        if found.card is not None:
            if self.search_text:
                self._clear_search()
                found.button.setChecked(True)
            QTimer.singleShot(0, self, partial(self._scroll_to, found.card))

    def _scroll_to(self, card: Card) -> None:
        self._is_leading = True
        self.settings_scroll.verticalScrollBar().setValue(0 if card is self.cards[0] else card.y() - 20)
        self._is_leading = False

    def _on_scrolled(self, at: int) -> None:
        """Marks the group that stands at the top, where a person scrolls by hand."""
        if self._is_leading or self.section != "settings" or self.search_text:
            return
        above = [one for one in self._sections if one.card is not None and one.card.y() <= at + _NEAR_PX]
        if at > 0 and at == self.settings_scroll.verticalScrollBar().maximum():
            above = [one for one in self._sections if one.card is not None]
        if above:
            above[-1].button.setChecked(True)

    def _clear_search(self) -> None:
        self.search("")
        self.search_hint_changed.emit()

    def _bring_back(self) -> None:
        section, _, at = str(self._places.value(_PLACE) or "").partition(" ")
        if section in (KEYS, ABOUT):
            self._show(section)
            return
        self._sections[0].button.setChecked(True)
        if at.isdigit():
            QTimer.singleShot(0, self, lambda: self.settings_scroll.verticalScrollBar().setValue(int(at)))

    def _open(self, folder: str) -> None:
        if not self._open_url(QUrl.fromLocalFile(folder)):
            self.face.toaster.show(tr("{folder} could not be opened.").format(folder=folder))

    def _copy(self, folder: str) -> None:
        QGuiApplication.clipboard().setText(folder)
        self.face.toaster.show(tr("Copied"))

    def _on_drawer_closed(self) -> None:
        self.drawer = None
        self.passphrase_button.setFocus(Qt.FocusReason.OtherFocusReason)


def _scrolling(stack: QStackedWidget) -> tuple[QScrollArea, QVBoxLayout]:
    """One more page of a stack: a column in its middle, no wider than can be read, to be filled."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    stack.addWidget(area)
    body, inner = plain(), QWidget()
    area.setWidget(body)
    row = QHBoxLayout(body)
    row.setContentsMargins(24, 20, 24, 20)
    row.addStretch(1)
    row.addWidget(inner, 100)
    row.addStretch(1)
    inner.setMaximumWidth(_WIDTH_PX)
    column = QVBoxLayout(inner)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(20)
    return area, column
