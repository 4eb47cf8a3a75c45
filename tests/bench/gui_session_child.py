"""A scripted session in the window program: what a seller does all day, over and over, under a watchdog."""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.ui.pages.stores.page import StoresPage
    from app.ui.shell.signed_in import SignedIn

_LIMIT_S = 0.050
_WAIT_S = 60.0


class Session:
    """Does one thing after the other through the real widgets; waits only as people do."""

    def __init__(self, home: Path, passphrase: str) -> None:
        from app.kernel.paths import Paths
        from app.ui.application import Application
        from app.ui.main import _qt_application, spare_the_collector
        from app.ui.watchdog import Watchdog

        self.qt = _qt_application()
        self.application = Application(self.qt, Paths.of(home))
        self.passphrase = passphrase
        self.random = random.Random(7)
        self.application.begin()
        spare_the_collector()
        sys.excepthook = sys.__excepthook__
        self.application.window.resize(1280, 800)
        self.watchdog = Watchdog(_LIMIT_S)
        self.done: dict[str, int] = {}

    def run(self, seconds: float) -> dict[str, object]:
        """Goes on for so long; the watchdog watches from the first unlock on."""
        self.unlock()
        self.watchdog.start()
        deeds: list[Callable[[], None]] = [
            *[self.search] * 4,
            *[self.scroll] * 4,
            *[self.select] * 3,
            self.select_all,
            self.tabs,
            self.tree,
            self.sort,
            self.drawer,
            self.edit,
            self.bin_and_back,
            self.palette,
            self.pages,
            self.theme,
            self.rows,
        ]
        ends, next_lock = time.monotonic() + seconds, time.monotonic() + 60
        while time.monotonic() < ends:
            deed = self.random.choice(deeds)
            self.done[deed.__name__] = self.done.get(deed.__name__, 0) + 1
            deed()
            if time.monotonic() > next_lock:
                next_lock += 60
                self.lock_and_unlock()
        self.watchdog.stop()
        blocks = [
            {"ms": round(one.seconds * 1000), "busy_ms": round(one.busy * 1000), "where": one.where}
            for one in self.watchdog.blocks
        ]
        self.application.end()
        return {
            "longest_ms": self.watchdog.longest_s * 1000,
            "blocks": blocks,
            "done": self.done,
        }

    @property
    def signed_in(self) -> SignedIn:
        assert self.application.signed_in is not None
        return self.application.signed_in

    @property
    def page(self) -> StoresPage:
        return self.signed_in.stores

    def pause(self, seconds: float = 0.15) -> None:
        ends = time.monotonic() + seconds
        self._loop(lambda: time.monotonic() >= ends)

    def until(self, is_true: Callable[[], object]) -> None:
        ends = time.monotonic() + _WAIT_S
        self._loop(lambda: is_true() or time.monotonic() >= ends)
        assert time.monotonic() < ends, "waited in vain"

    def _loop(self, is_over: Callable[[], object]) -> None:
        """Qt's own loop: what is deleted later is deleted in it, as in the program."""
        from PySide6.QtCore import QEventLoop, QTimer

        loop, timer = QEventLoop(), QTimer()
        timer.setInterval(2)
        timer.timeout.connect(lambda: loop.quit() if is_over() else None)
        timer.start()
        loop.exec()
        timer.stop()

    def unlock(self) -> None:
        page = self.application.window.shown
        page.passphrase_edit.setText(self.passphrase)
        page.unlock_button.click()
        self.until(lambda: self.application.signed_in is not None)
        self.until(self.page.model.rowCount)

    def lock_and_unlock(self) -> None:
        self.done["lock_and_unlock"] = self.done.get("lock_and_unlock", 0) + 1
        self.application.lock()
        self.until(lambda: not self.application.door.is_busy and self.application.signed_in is None)
        self.pause()
        self.unlock()

    def search(self) -> None:
        from PySide6.QtTest import QTest

        edit = self.signed_in.frame.top_bar.search_edit
        edit.setFocus()
        for letter in self.random.choice(["mei", "anna 1", "store", "001", "kuala", "xhjj", "zzz"]):
            QTest.keyClicks(edit, letter)
            self.pause(0.06)
        edit.clear()
        self.pause()

    def scroll(self) -> None:
        bar = self.page.list.verticalScrollBar()
        start = self.random.randint(0, max(1, bar.maximum()))
        for step in range(40):
            bar.setValue(start + step * 30)
            self.qt.processEvents()
        self.pause()

    def select(self) -> None:
        listed = self.page.list
        rows = self.page.model.rowCount()
        if rows:
            listed.selectRow(self.random.randrange(rows))
        self.pause()

    def select_all(self) -> None:
        self.page.list.selectAll()
        self.pause()
        self.page.list.clearSelection()
        self.pause()

    def tabs(self) -> None:
        for at in range(5):
            self.page.pane.tabs.setCurrentIndex(at)
            self.pause()
        self.page.pane.tabs.setCurrentIndex(0)

    def tree(self) -> None:
        from app.ui.pages.stores.side_tree import ALL_STORES

        tree = self.page.tree
        for item in [tree.topLevelItem(at) for at in range(tree.topLevelItemCount())][:8]:
            tree.setCurrentItem(item)
            self.pause(0.08)
        tree.choose(ALL_STORES)
        self.pause()

    def sort(self) -> None:
        header = self.page.list.horizontalHeader()
        from PySide6.QtCore import Qt

        for column in (1, 2, 4, 11, 0):
            header.setSortIndicator(column, Qt.SortOrder.AscendingOrder)
            self.pause(0.08)

    def drawer(self) -> None:
        self.page.new_store()
        self.pause(0.3)
        drawer = self.page.drawer
        drawer.proxy_edit.set_value("1.2.3.4:1080:anna:secret")
        self.pause()
        drawer.end()
        self.pause()

    def edit(self) -> None:
        self.select()
        if not self.page.list.current:
            return
        self.page.edit(self.page.list.current)
        self.pause(0.3)
        drawer = self.page.drawer
        drawer._fields["operator"].edit.setText(self.random.choice(["Anna", "小李", ""]))
        drawer.save()
        self.until(lambda: self.page.drawer is None)
        self.pause()

    def bin_and_back(self) -> None:
        self.page.list.clearSelection()
        self.select()
        before = self.page.model.rowCount()
        if not before:
            return
        self.page.deeds.delete_picked()
        self.until(lambda: self.page.model.rowCount() != before)
        toast = self.application.face.toaster._shown[-1]
        assert toast.action_button is not None
        toast.action_button.click()
        self.until(lambda: self.page.model.rowCount() == before)
        self.pause()

    def palette(self) -> None:
        self.application.open_palette()
        palette = self.application.palette
        assert palette is not None
        for text in ("1", "12", "lock", "anna"):
            palette.edit.setText(text)
            self.pause(0.1)
        palette.end()
        self.pause()

    def pages(self) -> None:
        frame = self.signed_in.frame
        for page in ("proxies", "settings", "stores"):
            frame.show_page(page)
            self.pause(0.2)

    def theme(self) -> None:
        self.application.commands.run("theme")
        self.pause()

    def rows(self) -> None:
        self.application.commands.run("rows")
        self.pause()


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    print(json.dumps(Session(Path(sys.argv[1]), sys.stdin.readline().strip()).run(float(sys.argv[2]))))
