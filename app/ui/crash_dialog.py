"""Shows a bug to the person, once per place: what it means, and where the report lies."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from app.kernel.clock import Clock
from app.kernel.paths import Paths
from app.ui.bridge import Postman
from app.ui.crashes import CrashKeeper
from app.ui.language import tr
from app.ui.prompts import Choice, Question


class CrashDialogs(QObject):
    """Catches bugs while the program runs."""

    def __init__(self, paths: Paths, clock: Clock, postman: Postman, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._postman = postman
        self._keeper = CrashKeeper(paths, clock, self._on_bug)
        self.had_native_crash = False

    def install(self) -> None:
        """Begins to catch."""
        self.had_native_crash = self._keeper.native_crash_before()
        self._keeper.install()

    def uninstall(self) -> None:
        """Ends it."""
        self._keeper.uninstall()

    def _on_bug(self, what: str, report: Path | None) -> None:
        self._postman.post(lambda: self._show(what, report))

    def _show(self, what: str, report: Path | None) -> None:
        text = tr("Your data are safe: nothing half-done was saved. You can go on working.")
        if report is not None:
            text += "\n\n" + tr("A report without names or values lies in {file}.").format(file=report)
        text += f"\n\n{what}"
        choices = [Choice("close", tr("Go on"), "primary")]
        if report is not None:
            choices.insert(0, Choice("folder", tr("Show the report")))

        def then(key: str) -> None:
            if key == "folder" and report is not None:
                QDesktopServices.openUrl(QUrl.fromLocalFile(str(report)))

        dialog = Question(self._window, tr("Something in Berth went wrong"), text, choices, then)
        dialog.setObjectName("crash_dialog")
        dialog.open()
