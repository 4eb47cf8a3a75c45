"""Toasts: short words at the foot of the window that something worked, with one thing to do about it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from app.ui.language import tr
from app.ui.widgets.parts import breakable, button, label, plain_tip

_SHOWN_MS = 4_000
_WITH_ACTION_MS = 10_000
_MOST = 3
_GAP_PX = 8
_FOOT_PX = 100  # above the bulk bar and the buttons of drawers
_WIDTH_PX = 560
_ONE_LINE = 60
_MOST_LETTERS = 240


class Toast(QFrame):
    """One toast; it goes when its time is over, unless the pointer rests on it or it has the focus."""

    def __init__(
        self,
        host: QWidget,
        text: str,
        action: str,
        act: Callable[[], None] | None,
        ended: Callable[[Toast], None],
    ) -> None:
        super().__init__(host)
        self.setObjectName("toast")
        self.setProperty("kind", "toast")
        self.setAccessibleName(text)
        self._act = act
        self._ended = ended
        self.text = text
        self.text_label = label(shown_words(text), wraps=len(text) > _ONE_LINE)
        self.text_label.setToolTip(plain_tip(text) if len(text) > _MOST_LETTERS else "")
        self.action_button: QPushButton | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 8, 8)
        row.addWidget(self.text_label, 1)
        if act is not None:
            self.action_button = button(action, "toast_action_button", self._on_action)
            row.addWidget(self.action_button)
        close = button("✕", "toast_close_button", self.end)
        close.setAccessibleName(tr("Close"))
        row.addWidget(close)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_time_over)
        self._timer.start(_SHOWN_MS if act is None else _WITH_ACTION_MS)
        self.setMaximumWidth(_WIDTH_PX)

    def end(self) -> None:
        """Takes the toast away."""
        self._timer.stop()
        self._ended(self)

    def _on_action(self) -> None:
        act, self._act = self._act, None
        self.end()
        if act is not None:
            act()

    def _on_time_over(self) -> None:
        if self.underMouse() or any(child.hasFocus() for child in self.findChildren(QWidget)):
            self._timer.start(_SHOWN_MS)
        else:
            self.end()


class Toaster(QObject):
    """Shows toasts over a widget, the newest lowest, three at most."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self._host = host
        self._shown: list[Toast] = []
        host.installEventFilter(self)

    @property
    def texts(self) -> tuple[str, ...]:
        """What is shown now, oldest first."""
        return tuple(toast.text for toast in self._shown)

    def show(self, text: str, action: str = "", act: Callable[[], None] | None = None) -> None:
        """Says that something worked; `act` is what the button with the text `action` does."""
        while len(self._shown) >= _MOST:
            self._shown[0].end()
        toast = Toast(self._host, text, action, act, self._on_ended)
        self._shown.append(toast)
        toast.show()
        self._arrange()

    def clear(self) -> None:
        """Takes all of them away; at the lock they would tell names."""
        for toast in tuple(self._shown):
            toast.end()

    def _on_ended(self, toast: Toast) -> None:
        if toast in self._shown:
            self._shown.remove(toast)
            toast.hide()
            toast.deleteLater()
            self._arrange()

    def _arrange(self) -> None:
        bottom = self._host.height() - _FOOT_PX
        for toast in reversed(self._shown):
            toast.setFixedWidth(min(_WIDTH_PX, toast.sizeHint().width(), max(200, self._host.width() - 32)))
            toast.adjustSize()
            bottom -= toast.height()
            toast.move((self._host.width() - toast.width()) // 2, bottom)
            toast.raise_()
            bottom -= _GAP_PX

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._host and event.type() == QEvent.Type.Resize:
            self._arrange()
        return False


def shown_words(text: str) -> str:
    """A text in no more than a few lines of a toast; a name of one long word is broken."""
    cut = text if len(text) <= _MOST_LETTERS else f"{text[: _MOST_LETTERS - 1]}…"
    return breakable(cut, anywhere=True)
