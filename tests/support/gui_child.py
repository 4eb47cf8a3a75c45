"""The window program in a process of its own, driven from within: to be scaled, hindered or killed."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from app.kernel.paths import Paths
from app.ui.application import Application
from app.ui.main import _qt_application
from app.ui.pages.stores.edit_drawer import EditStoreDrawer
from app.ui.pages.stores.new_drawer import NewStoreDrawer
from tests.support.vaults import PASSPHRASE

_LIMIT_MS = 30_000


class Child:
    """One run of the program, up to the unlocked stores page."""

    def __init__(self) -> None:
        self.qt = _qt_application()
        self.app = Application(self.qt, Paths.of())
        self.app.begin()
        self.app.window.findChild(QLineEdit, "passphrase_edit").setText(PASSPHRASE.reveal())
        self.app.window.findChild(QWidget, "unlock_button").click()
        self.until(lambda: self.app.signed_in is not None)
        self.page = self.app.signed_in.stores

    def until(self, holds: Callable[[], bool]) -> None:
        """Runs the loop until something holds."""
        loop, look = QEventLoop(), QTimer()
        look.timeout.connect(lambda: loop.quit() if holds() else None)
        look.start(5)
        QTimer.singleShot(_LIMIT_MS, loop, lambda: sys.exit("waited in vain"))
        loop.exec()
        look.stop()

    def make(self, name: str) -> None:
        """A store, made in the room."""
        made = self.app.door.workspace.isolation.profiles.new(name)
        self.until(lambda: self.page.model.at(made.id) is not None)
        self.page.list.select(made.id)


def type_and_lock(child: Child) -> None:
    """An ordinary minute: a store, a picture, the lock."""
    child.make("Anna")
    picture = child.app.window.grab()
    print("ratio:", picture.devicePixelRatio())
    print("stores:", child.page.model.rowCount())
    child.app.lock()
    child.until(lambda: not child.app.door.is_busy)
    child.app.end()


def switch_theme(child: Child) -> None:
    """Changes a setting that may not be saved, and says what the program said of it."""
    child.app._switch_theme()
    banner = child.app.signed_in.frame.banner
    child.until(banner.isVisible)
    print("banner:", banner.text_label.text())
    type_and_lock(child)


def die_in_new_store(child: Child) -> None:
    """Saves a new store, and says so just before."""
    child.page.new_store()
    drawer = child.page.drawer
    assert isinstance(drawer, NewStoreDrawer)
    drawer.gallery.choose("tiktok-shop-us")
    drawer.name_edit.setText(f"Store {os.getpid()}")
    drawer.proxy_edit.set_value("10.0.0.7:8080:me:pw")
    drawer._is_first = False
    print("saving", flush=True)
    drawer.save(opens=False, goes_on=True)
    child.until(lambda: False)


def die_in_edit_store(child: Child) -> None:
    """Changes two keys of a store at once."""
    child.make(f"Store {os.getpid()}")
    child.page.edit(child.page.list.current)
    drawer = child.page.drawer
    assert isinstance(drawer, EditStoreDrawer)
    for name, value in (("operator_edit", "Zoe"), ("legal_entity_edit", "Mermaid Ltd")):
        drawer.findChild(QLineEdit, name).setText(value)
    print("saving", flush=True)
    drawer.save()
    child.until(lambda: False)


def die_in_note(child: Child) -> None:
    """Saves a note."""
    child.make(f"Store {os.getpid()}")
    child.page.pane.tabs.setCurrentIndex(3)
    child.page.pane.findChild(QPlainTextEdit, "note_edit").setPlainText("a note " * 50)
    print("saving", flush=True)
    child.page.pane.note.leave()
    child.until(lambda: False)


if __name__ == "__main__":
    globals()[sys.argv[1]](Child())
