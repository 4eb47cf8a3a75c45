"""The window program under test: real widgets over a real vault, used by keys and clicks."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QEvent,
    QObject,
    QPoint,
    QRect,
    Qt,
    QTranslator,
)
from PySide6.QtGui import QInputMethodEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QDialog,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMainWindow,
    QMenu,
    QPlainTextEdit,
    QTabBar,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.demo.internet import LocalInternet, LocalProxy
from app.isolation.network.proxy_string import write
from app.isolation.profile import Profile
from app.kernel.clock import SystemClock
from app.kernel.events import EventHub
from app.kernel.paths import Paths
from app.kernel.secret import Secret
from app.ui.application import Application
from app.ui.pages.stores.page import StoresPage
from app.ui.prompts import Question
from app.ui.theme.palette import tokens_now
from app.ui.theme.tokens import Tokens
from app.ui.widgets.drawer import Drawer
from app.vault.kdf import FLOOR_KDF
from app.vault.vault import Vault
from app.workspace import Workspace, migrations
from tests.support.vaults import PASSPHRASE

W = TypeVar("W", bound=QWidget)
T = TypeVar("T")
QUIET_ROUNDS = 2
LIMIT_MS = 10_000
# What a test does not ask about is always the same: language, colours, no movement.
SETTINGS = (("ui.language", "en"), ("ui.theme", "light"), ("ui.motion", "off"))
_WINDOWS = (QMainWindow, QDialog, QMenu)
_SPOKEN = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.AccessibleTextRole,
)


def make_vault(folder: Path) -> Secret:
    """A vault in a data folder, quick to open; gives its recovery code."""
    vault = Vault(Paths.of(folder, {}), SystemClock(), migrations(), EventHub())
    return vault.create(PASSPHRASE, kdf=FLOOR_KDF)


class Gui:
    """One run of the program, from `begin` to `end`."""

    def __init__(self, qt: QApplication, bot: QtBot, paths: Paths) -> None:
        self.qt = qt
        self.bot = bot
        self.paths = paths
        self._app: Application | None = None
        self.flashed: list[str] = []

    # --- begin and end --------------------------------------------------------------------------------------

    def begin(self, **settings: str) -> None:
        """Starts the program; settings by name, with _ for the dot."""
        self._app = Application(self.qt, self.paths)
        wanted = dict(SETTINGS) | {name.replace("_", ".", 1): value for name, value in settings.items()}
        for name, value in wanted.items():
            self.app.settings.set(name, value)
        self.app.looks.apply()
        self._shown = _Shown(self.flashed)
        self.qt.installEventFilter(self._shown)
        self.app.begin()
        self.window.activateWindow()
        self.until(self.window.isActiveWindow)

    def end(self) -> None:
        """Ends it, and takes away what a process's end would have taken away."""
        if self._app is None:
            return
        app, self._app = self._app, None
        app.end()
        self.qt.removeEventFilter(self._shown)
        parts = (app.signed_in, app.window, app.looks, app.theme, app)
        for part in parts:
            if part is not None and shiboken6.isValid(part):
                part.deleteLater()
        for translator in self.qt.findChildren(QTranslator):
            self.qt.removeTranslator(translator)
            translator.deleteLater()
        settle()

    @property
    def has_begun(self) -> bool:
        """Whether the program runs."""
        return self._app is not None

    @property
    def app(self) -> Application:
        """The program."""
        assert self._app is not None, "it has not begun"
        return self._app

    @property
    def window(self) -> QWidget:
        """Its main window."""
        return self.app.window

    @property
    def work(self) -> Workspace:
        """The rooms, while the vault is unlocked."""
        work = self.app.door.workspace
        assert work is not None, "the vault is locked"
        return work

    @property
    def page(self) -> StoresPage:
        """The stores page."""
        assert self.app.signed_in is not None, "the vault is locked"
        return self.app.signed_in.stores

    # --- what a person does ---------------------------------------------------------------------------------

    def unlock(self, passphrase: Secret = PASSPHRASE) -> None:
        """Types the passphrase and waits for the stores page."""
        self.write("passphrase_edit", passphrase.reveal())
        self.press("Return")
        self.until(lambda: self.app.signed_in is not None and self.shows("stores_page"))
        self.rest()

    def press(self, keys: str, times: int = 1) -> None:
        """Presses a key with its modifiers, wherever the focus is: `Ctrl+L`, `Tab`, `/`."""
        combination = QKeySequence(keys)[0]
        for _ in range(times):
            QCoreApplication.processEvents()
            self.bot.keyClick(self.focus, combination.key(), combination.keyboardModifiers())

    def type(self, text: str) -> None:
        """Types letters, wherever the focus is; what no key has comes as an input method gives it."""
        if text.isascii():
            self.bot.keyClicks(self.focus, text)
            return
        given = QInputMethodEvent()
        given.setCommitString(text)
        self.qt.sendEvent(self.focus, given)

    def write(self, name: str, text: str) -> None:
        """Clicks into a field, empties it and types."""
        edit = self.find(name)
        self._manage()
        edit.setFocus(Qt.FocusReason.MouseFocusReason)
        self.until(edit.hasFocus)
        self.press("Ctrl+A")
        self.press("Del")
        self.type(text)

    def paste(self, text: str) -> None:
        """Pastes, wherever the focus is."""
        self.qt.clipboard().setText(text)
        self.press("Ctrl+V")

    def click(self, name: str, button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:
        """Clicks what can be seen under this name."""
        widget = self.find(name)
        self.until(widget.isEnabled, f"{name} stays disabled")
        self.bot.mouseClick(widget, button)

    def bulk(self, act: str, title: str) -> None:
        """Presses a button of the bulk bar, or the entry of its menu where the bar has no room for it."""
        if self.shows(f"bulk_{act}_button"):
            self.click(f"bulk_{act}_button")
        else:
            self.click("bulk_more_button")
            self.choose(title)

    def click_text(self, text: str) -> None:
        """Clicks the visible button that says this."""
        found = [one for one in self._visible(QAbstractButton) if one.text().strip() == text]
        assert len(found) == 1, (text, [one.text() for one in self._visible(QAbstractButton)])
        self.bot.mouseClick(found[0], Qt.MouseButton.LeftButton)

    def choose(self, *texts: str) -> None:
        """Chooses an entry of the open menu, going down its submenus."""
        menu = self.menu()
        for text in texts[:-1]:
            menu = self._entry(menu, text).menu()
        self._entry(menu, texts[-1]).trigger()
        for one in self._visible(QMenu):
            one.close()
        settle()

    def menu(self) -> QMenu:
        """The menu that is open."""
        self.until(lambda: bool(self._visible(QMenu)), "no menu is open")
        return self._visible(QMenu)[0]

    def entries(self) -> list[str]:
        """The entries of the open menu."""
        return [action.text() for action in self.menu().actions() if action.text()]

    def answer(self, key: str, text: str | None = None) -> None:
        """Answers the question that is asked, with a text where it wants one."""
        question = self.question()
        if text is not None:
            self.write("answer_edit", text)
        self.bot.mouseClick(_named(question, f"answer_{key}_button"), Qt.MouseButton.LeftButton)
        settle()

    def question(self) -> Question:
        """The question that is asked."""
        self.until(lambda: bool(self._visible(Question)), "nothing is asked")
        found = self._visible(Question)
        assert len(found) == 1
        self.until(found[0].isActiveWindow, "the question does not get the keyboard")
        return found[0]

    @property
    def focus(self) -> QWidget:
        """What has the keyboard."""
        self._manage()
        widget = self.qt.focusWidget() or self.qt.activePopupWidget() or self.qt.activeWindow()
        assert widget is not None, "nothing has the keyboard"
        return widget

    # --- what a person sees ---------------------------------------------------------------------------------

    def find(self, name: str, kind: type[W] = QWidget) -> W:
        """The one visible widget of that name, as soon as it is there."""
        self.until(lambda: bool(self._named(name, kind)), f"{name} is not to be seen")
        found = self._named(name, kind)
        assert len(found) == 1, f"{name} is there {len(found)} times"
        return found[0]

    def shows(self, name: str) -> bool:
        """Whether something of that name can be seen."""
        return bool(self._named(name, QWidget))

    def texts(self) -> list[str]:
        """Every text on the screen: of labels, buttons, fields, lists, tabs and titles."""
        found: list[str] = []
        for widget in self.qt.allWidgets():
            if widget.isVisible():
                found += texts_of(widget)
        return found

    def says(self, text: str) -> bool:
        """Whether a text on the screen contains this."""
        return any(text in one for one in self.texts())

    def until_says(self, text: str) -> None:
        """Waits until the screen says something."""
        self.until(lambda: self.says(text), f"it never said {text!r}")

    def toasts(self) -> tuple[str, ...]:
        """What the toasts say."""
        return self.app.face.toaster.texts

    def until(self, holds: Callable[[], object], what: str = "", limit_ms: int = LIMIT_MS) -> None:
        """Lets the program go on until something holds."""

        def look() -> bool:
            return bool(holds())

        try:
            self.bot.waitUntil(look, timeout=limit_ms)
        except Exception as error:
            raise AssertionError(
                f"{what or holds} in {limit_ms} ms\non the screen: {self.texts()}"
            ) from error

    def until_theme(self, tokens: Tokens) -> None:
        """Waits until the program wears these colours, all of it."""
        self.until(lambda: tokens_now() is tokens and not self.app.theme.is_changing)

    def rest(self) -> None:
        """Waits until nothing is on its way: no job runs, and every answer has been shown."""
        quiet = 0
        while quiet < QUIET_ROUNDS:  # an answer may start the next job
            self.until(lambda: not self.app.jobs.running, "jobs go on")
            settle()
            quiet = 0 if self.app.jobs.running else quiet + 1
        self.until(lambda: all(one.is_whole for one in self.window.findChildren(Drawer)))
        settle()  # Qt shows what a layout took in with the next turn of its loop

    # --- stores ---------------------------------------------------------------------------------------------

    def make(self, *names: str, **values: str) -> list[Profile]:
        """Stores without a proxy, made in the room; values by key, with _ for - and __ for the dot."""
        pairs = [(key.replace("__", ".").replace("_", "-"), value) for key, value in values.items()]
        made = [self.work.isolation.profiles.new(name, values=pairs) for name in names]
        self.until(lambda: all(self.page.model.at(one.id) is not None for one in made) or not made)
        self.rest()
        return made

    def names(self) -> list[str]:
        """The names in the list, from top to bottom."""
        return self.column("name")

    def column(self, name: str) -> list[str]:
        """One column of the list as it is shown."""
        from app.ui.pages.stores.columns import COLUMN_AT

        model = self.page.model
        return [str(model.index(row, COLUMN_AT[name]).data()) for row in range(model.rowCount())]

    def cell(self, store: str, column: str) -> str:
        """What stands in a store's row."""
        names = self.names()
        assert store in names, (store, names)
        return self.column(column)[names.index(store)]

    def select(self, *names: str) -> None:
        """Selects stores with the mouse: a click, and Ctrl-clicks for the others."""
        for at, name in enumerate(names):
            how = Qt.KeyboardModifier.ControlModifier if at else Qt.KeyboardModifier.NoModifier
            area = self.cell_area(name)
            self.bot.mouseClick(
                self.page.list.viewport(), Qt.MouseButton.LeftButton, how, area.center() - QPoint(20, 0)
            )
        self.until(lambda: len(self.page.list.picked) == len(names))

    def cell_area(self, name: str, column: str = "name") -> QRect:
        """Where a store's cell is in the list, scrolled into sight."""
        from app.ui.pages.stores.columns import COLUMN_AT

        names = self.names()
        assert name in names, (name, names)
        index = self.page.model.index(names.index(name), COLUMN_AT[column])
        self.page.list.scrollTo(index)
        return self.page.list.visualRect(index)

    def pick_node(self, text: str) -> None:
        """Chooses a node of the tree with the mouse."""
        tree = self.page.tree
        items = [tree.topLevelItem(at) for at in range(tree.topLevelItemCount())]
        item = next(one for one in items if one is not None and one.text(0) == text)
        tree.scrollToItem(item)
        self.bot.mouseClick(
            tree.viewport(), Qt.MouseButton.LeftButton, pos=tree.visualItemRect(item).center()
        )
        self.rest()

    def nodes(self) -> dict[str, int | None]:
        """The tree: what each node is called, and its count."""
        tree, found = self.page.tree, {}
        for at in range(tree.topLevelItemCount()):
            item = tree.topLevelItem(at)
            assert item is not None
            found[item.text(0)] = item.data(0, int(Qt.ItemDataRole.UserRole) + 1)
        return found

    def stored(self, who: str, *, in_bin: bool = False) -> Profile:
        """A store's record as the vault has it."""
        return self.work.isolation.profiles.get(who, in_bin=in_bin)

    def stored_names(self) -> list[str]:
        """The names of all stores that the vault has, by number."""
        profiles = self.work.isolation.profiles
        return [profiles.get(one).name for one in profiles.ids()]

    def picture(self, file: Path) -> None:
        """Keeps what the screen shows, dialogs beside the window."""
        file.parent.mkdir(parents=True, exist_ok=True)
        shown = [one for one in self.qt.topLevelWidgets() if one.isVisible()]
        for at, one in enumerate(sorted(shown, key=lambda one: one is not self.window)):
            one.grab().save(str(file if not at else file.with_stem(f"{file.stem}-{at}")))

    def _manage(self) -> None:
        """What a window manager does: when a dialog or menu has gone, the window beneath is active again."""
        if self.qt.activeWindow() is None and self.qt.activePopupWidget() is None:
            (self.qt.activeModalWidget() or self.window).activateWindow()
            settle()

    def _named(self, name: str, kind: type[W]) -> list[W]:
        return [one for one in self._visible(kind) if one.objectName() == name]

    def _visible(self, kind: type[W]) -> list[W]:
        return [one for one in self.qt.allWidgets() if isinstance(one, kind) and one.isVisible()]

    def _entry(self, menu: Any, text: str) -> Any:
        found = [action for action in menu.actions() if action.text() == text]
        assert len(found) == 1, (text, [action.text() for action in menu.actions()])
        return found[0]


class _Shown(QObject):
    """Notes each part that is shown as a window of its own: without a parent yet, it flashes."""

    def __init__(self, flashed: list[str]) -> None:
        super().__init__()
        self._flashed = flashed

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's own name
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            is_popup = watched.windowType() in (Qt.WindowType.Popup, Qt.WindowType.ToolTip)
            if not isinstance(watched, _WINDOWS) and not is_popup:
                self._flashed.append(f"{type(watched).__name__} {watched.objectName()} {texts_of(watched)}")
        return False


def texts_of(widget: QWidget) -> list[str]:
    """What one widget shows or tells."""
    found = [widget.accessibleName(), widget.accessibleDescription(), widget.toolTip()]
    if widget.isWindow():
        found.append(widget.windowTitle())
    for kinds, read in _READ:
        if isinstance(widget, kinds):
            found += read(widget)
    return [text for text in found if text]


def _cells(view: Any) -> list[str]:
    model = view.model()
    if model is None:
        return []
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount()
    indexes = [model.index(row, at) for row in range(min(model.rowCount(), 200)) for at in range(columns)]
    return [str(index.data(role) or "") for index in indexes for role in _SPOKEN]


_READ: tuple[tuple[Any, Callable[[Any], list[str]]], ...] = (
    ((QLabel, QAbstractButton), lambda one: [one.text()]),
    (QLineEdit, lambda one: [one.text(), one.placeholderText()]),
    ((QPlainTextEdit, QTextEdit), lambda one: [one.toPlainText(), one.placeholderText()]),
    (QComboBox, lambda one: [one.itemText(at) for at in range(one.count())]),
    (QTabBar, lambda one: [one.tabText(at) for at in range(one.count())]),
    (QMenu, lambda one: [action.text() for action in one.actions()]),
    (
        QHeaderView,
        lambda one: [str(one.model().headerData(at, one.orientation())) for at in range(one.count())],
    ),
    (QAbstractItemView, lambda one: [] if isinstance(one, QHeaderView) else _cells(one)),
)


def make_store(
    gui: Gui, net: LocalInternet, name: str, proxy: LocalProxy | None = None, *values: tuple[str, str]
) -> str:
    """A store for TikTok Shop US behind a proxy of the local internet, the American one; its id."""
    upstream = (proxy or net.http_proxy).upstream
    profile = gui.work.isolation.profiles.new(
        name,
        template="tiktok-shop-us",
        proxy=write(upstream),
        values=[("start_pages", net.store_url), *values],
    )
    gui.until(lambda: gui.page.model.at(profile.id) is not None)
    return profile.id


def settle() -> None:
    """Handles what waits for the event loop, deletions too."""
    QCoreApplication.processEvents()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    QCoreApplication.processEvents()


def copy_vault(made: Path, paths: Paths) -> None:
    """Puts a vault that was made before into a test's own folder."""
    shutil.copytree(made, paths.data, dirs_exist_ok=True)


def _named(parent: QWidget, name: str) -> QWidget:
    found = parent.findChild(QWidget, name)
    assert isinstance(found, QWidget), f"{name} is not there"
    return found
