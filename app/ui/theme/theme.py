"""The look of the whole program: light or dark, row height, motion, fonts."""

from __future__ import annotations

import sys

import shiboken6
from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QApplication

from app.ui.theme.palette import wear
from app.ui.theme.sheet import sheet_of
from app.ui.theme.tokens import DARK, LIGHT, Tokens

ROW_PX = 36
COMPACT_ROW_PX = 28
_POINTS = 10.0
_CHINESE = ("Microsoft YaHei UI", "PingFang SC", "Noto Sans CJK SC", "Noto Sans SC", "WenQuanYi Micro Hei")
_PLAIN = ("DejaVu Sans", "Bitstream Vera Sans", "Sans Serif", "Sans", "")
MOTION_MS = 150
_PAUSE_MS = 8


class Theme(QObject):
    """Applies tokens, style sheet and font to the application, and follows the system where asked to.

    `is_changing` holds between a wish for other colours and their being seen everywhere.
    """

    changed = Signal()

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._application = application
        self._wanted = "system"
        self._motion = "system"
        self._tokens: Tokens | None = None
        self.is_compact = False
        self.is_changing = False
        application.styleHints().colorSchemeChanged.connect(self._on_system_changed)

    @property
    def tokens(self) -> Tokens:
        """The colours of now."""
        return self._tokens or LIGHT

    @property
    def row_px(self) -> int:
        """The height of a list's row."""
        return COMPACT_ROW_PX if self.is_compact else ROW_PX

    @property
    def motion_ms(self) -> int:
        """How long a movement takes; 0 where the person or the system wants none."""
        if self._motion == "off":
            return 0
        if self._motion == "on":
            return MOTION_MS
        # Fusion knows no system switch; where the style says "no animations", neither do we.
        from PySide6.QtWidgets import QStyle

        style = self._application.style()
        wants = style.styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) > 0
        return MOTION_MS if wants else 0

    def set_up(self) -> None:
        """What never changes: style and font."""
        if sys.platform != "darwin":
            self._application.setStyle("Fusion")
        self._application.setFont(_font())

    def apply(self, wanted: str, rows: str = "normal", motion: str = "system") -> None:
        """Takes on a look: `wanted` is system, light or dark; `rows` normal or compact."""
        self._wanted, self._motion = wanted, motion
        is_compact = rows == "compact"
        tokens = self._choose()
        if tokens is self._tokens and is_compact == self.is_compact:
            return
        self.is_compact = is_compact
        is_first, is_same = self._tokens is None, tokens is self._tokens
        self._tokens = tokens
        if is_first:
            wear(self._application, tokens)
            self._application.setStyleSheet(sheet_of(tokens))
        elif not is_same:
            self._change_to(tokens)
            return
        self.changed.emit()

    def _change_to(self, tokens: Tokens) -> None:
        """In four turns of the event loop, unseen: hundreds of widgets at once would hold it up.

        The sheet goes first: while one is there, a new palette is worked through for every widget twice.
        """
        self.is_changing = True
        windows = [one for one in self._application.topLevelWidgets() if one.isVisible()]
        for window in windows:
            window.setUpdatesEnabled(False)

        def put_on() -> None:
            if self._tokens is tokens:  # otherwise somebody has changed it again, and that is still to come
                wear(self._application, tokens)
                self._application.setStyleSheet(sheet_of(tokens))
                QTimer.singleShot(_PAUSE_MS, self, tell)

        def tell() -> None:
            if self._tokens is tokens:
                self.changed.emit()  # before anything is seen: what this changes would be painted twice
                QTimer.singleShot(_PAUSE_MS, self, show)

        def show() -> None:
            if self._tokens is not tokens:
                return
            for window in windows:
                if shiboken6.isValid(window):
                    window.setUpdatesEnabled(True)
                    # Not `update`: a request that came while updates were off is lost, and Qt waits for it.
                    window.repaint()
            self.is_changing = False

        self._application.setStyleSheet("")
        # With a pause: a timer that is due at once is served before the next key or click.
        QTimer.singleShot(_PAUSE_MS, self, put_on)

    def _choose(self) -> Tokens:
        if self._wanted in ("light", "dark"):
            return DARK if self._wanted == "dark" else LIGHT
        is_dark = self._application.styleHints().colorScheme() is Qt.ColorScheme.Dark
        return DARK if is_dark else LIGHT

    @Slot(Qt.ColorScheme)
    def _on_system_changed(self, _scheme: Qt.ColorScheme) -> None:
        if self._wanted == "system" and self._tokens is not None:
            self.apply("system", "compact" if self.is_compact else "normal", self._motion)


def _font() -> QFont:
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    known = set(QFontDatabase.families())
    chinese = [family for family in _CHINESE if family in known]
    own = font.family()
    # A bare Linux has chosen no font; the Latin letters of the Chinese one suit the Chinese better.
    families = [*chinese, own] if own in _PLAIN and chinese else [own, *chinese]
    font.setFamilies([family for family in families if family])
    font.setPointSizeF(_POINTS if sys.platform != "darwin" else 13.0)
    return font
