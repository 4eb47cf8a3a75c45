"""Opens a store for a person's own script, and shows where that attaches and how."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QWidget

from app.isolation.opening import Opened
from app.isolation.profile import Profile
from app.kernel.secret import Secret
from app.ui.clipboard import SecretClipboard
from app.ui.language import tr
from app.ui.prompts import Choice, Question
from app.ui.widgets.parts import button, label
from app.ui.window_states import LIVE

if TYPE_CHECKING:
    from app.ui.pages.stores.page import StoresPage

_WIDTH_PX = 620
# Programs, the same in every language; they read the address from the environment, so that it is in no file.
PLAYWRIGHT = """\
import os
from playwright.sync_api import sync_playwright

with sync_playwright() as pw:
    browser = pw.chromium.connect_over_cdp(os.environ["BERTH_WINDOW"])
    page = browser.contexts[0].new_page()
    page.goto("https://example.com")
"""
PUPPETEER = """\
const browser = await puppeteer.connect({
  browserWSEndpoint: process.env.BERTH_WINDOW,
  defaultViewport: null,
});
const page = await browser.newPage();
await page.goto('https://example.com');
"""


class ScriptDialog(Question):
    """The address of an automation window, a button that copies it, and two short programs."""

    def __init__(
        self, parent: QWidget, profile: Profile, address: Secret, clipboard: SecretClipboard
    ) -> None:
        super().__init__(
            parent,
            tr("{name} is open for a script").format(name=f"{profile.shown_number} {profile.name}"),
            tr(
                "A script attaches at this address, one at a time, until the window closes. Whoever knows it "
                "has the window with all its logins, so give it to nobody. Pages can see that a script "
                "drives this window."
            ),
            (Choice("close", tr("Close"), "primary"),),
            lambda _key: None,
        )
        self.setObjectName("script_dialog")
        self._address = address
        self._clipboard = clipboard
        self.address_edit = QLineEdit(address.reveal())
        self.address_edit.setObjectName("address_edit")
        self.address_edit.setReadOnly(True)
        self.address_edit.setCursorPosition(0)
        self.address_edit.setAccessibleName(tr("Address for scripts"))
        self.copy_button = button(tr("Copy"), "copy_address_button", self._on_copy, icon_name="copy")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.address_edit, 1)
        row.addWidget(self.copy_button)
        self.column.insertLayout(2, row)
        hint = tr("Put it into the environment variable {name}, then:").format(name="BERTH_WINDOW")
        self.column.insertWidget(3, label(hint, "muted", wraps=True))
        for at, (title, program) in enumerate((("Playwright", PLAYWRIGHT), ("Puppeteer", PUPPETEER))):
            self.column.insertWidget(4 + 2 * at, label(title, "heading"))
            self.column.insertWidget(5 + 2 * at, _program(title, program))
        self.setMinimumWidth(_WIDTH_PX)

    @Slot()
    def _on_copy(self) -> None:
        self._clipboard.put(self._address)
        self.copy_button.setText(tr("Copied"))


class StoreScripts(QObject):
    """What the stores page does for scripts."""

    def __init__(self, page: StoresPage) -> None:
        super().__init__(page)
        self._page = page
        self._face = page.face
        self._clipboard = SecretClipboard(self)
        page.acts.opened.connect(self._on_opened)

    def open_current(self) -> None:
        """Opens the chosen store for a script; where it is open for one, shows the address again."""
        profile = self._page.list.current
        if self._face.states.doing(profile) not in LIVE:
            self._page.acts.open([profile], for_script=True)
            return
        self._face.jobs.write(
            partial(self._page.room.opening.script_address, profile),
            owner=self._page,
            then=lambda found: self._show(*found),
            failed=self._page.deeds.show_problem,
        )

    def settle(self) -> None:
        """Before the lock: an address that was copied goes."""
        self._clipboard.clear()

    @Slot(object)
    def _on_opened(self, opened: Opened) -> None:
        if opened.endpoint is not None:
            self._show(opened.profile, opened.endpoint)

    def _show(self, profile: Profile, address: Secret) -> None:
        prompts = self._face.prompts
        prompts.show(ScriptDialog(prompts.window, profile, address, self._clipboard))


def _program(title: str, program: str) -> QPlainTextEdit:
    shown = QPlainTextEdit(program.rstrip())
    shown.setObjectName(f"{title.lower()}_program")
    shown.setAccessibleName(tr("How to use it in {program}").format(program=title))
    shown.setReadOnly(True)
    shown.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
    shown.setTabChangesFocus(True)
    shown.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
    lines = program.count("\n") + 1
    shown.setFixedHeight(shown.fontMetrics().lineSpacing() * lines + 16)
    return shown
