"""Language, theme, row height and motion as this machine's settings say, applied when they change."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from app.kernel.settings import Settings
from app.ui.language import Languages
from app.ui.theme.theme import Theme

NAMES = frozenset({"ui.language", "ui.theme", "ui.rows", "ui.motion"})


class Looks(QObject):
    """Reads the settings; `language_changed` asks for every text to be made anew."""

    language_changed = Signal()

    def __init__(self, application: QApplication, settings: Settings, theme: Theme) -> None:
        super().__init__(application)
        self._settings = settings
        self._theme = theme
        self._languages = Languages(application)

    @property
    def language(self) -> str:
        """The language of now: zh or en."""
        return self._languages.language

    def apply(self) -> None:
        """Takes on what the settings say."""
        self._theme.apply(
            self._settings.text("ui.theme"), self._settings.text("ui.rows"), self._settings.text("ui.motion")
        )
        if self._languages.use(self._settings.text("ui.language")):
            self.language_changed.emit()
