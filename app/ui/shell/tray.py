"""The sign in the system's tray: open windows at a glance, and the program while its window is closed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from app.ui.language import tr
from app.ui.theme.icons import app_icon, own_icon
from app.ui.window_states import FAULTY, WindowStates

_MOST_NAMED = 12


class Tray(QObject):
    """Shown where the system has a tray. `show_window` brings the program to the front."""

    def __init__(
        self,
        states: WindowStates,
        *,
        show_window: Callable[[], object],
        raise_store: Callable[[str], object],
        lock: Callable[[], object],
        quit_program: Callable[[], object],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._states = states
        self._show_window = show_window
        self._raise_store = raise_store
        self._menu = QMenu()
        self._menu.aboutToShow.connect(self._fill)
        self._lock = lock
        self._quit = quit_program
        self._icon = QSystemTrayIcon(_icon(attention=False, is_open=False), self)
        self._icon.setContextMenu(self._menu)
        self._icon.activated.connect(self._on_activated)
        states.changed.connect(self._on_changed)
        self._on_changed()

    @property
    def is_there(self) -> bool:
        """Whether the system shows it."""
        return QSystemTrayIcon.isSystemTrayAvailable() and self._icon.isVisible()

    def show(self) -> None:
        """Shows it where there is a tray."""
        if QSystemTrayIcon.isSystemTrayAvailable():
            self._icon.show()

    def hide(self) -> None:
        """Takes it away, at the end."""
        self._icon.hide()
        self._menu.deleteLater()

    def tell(self, title: str, text: str) -> None:
        """A note from the tray, for what happens while nobody looks at the program."""
        if self.is_there:
            self._icon.showMessage(title, text, app_icon())

    @Slot()
    def _on_changed(self, _profiles: object = None) -> None:
        count = self._states.count_open()
        self._icon.setIcon(_icon(attention=bool(self._states.ids(FAULTY)), is_open=bool(count)))
        self._icon.setToolTip(
            f"{tr('Berth')} · {tr('%n window(s) open', n=count) if count else tr('No window is open')}"
        )

    @Slot()
    def _fill(self) -> None:
        self._menu.clear()
        self._menu.addAction(tr("Show Berth"), self._show_window)
        found = self._states.open_windows()
        if found:
            self._menu.addSeparator()
        for state in found[:_MOST_NAMED]:
            text = f"{state.number:03d}  {state.name[:40]}".replace("&", "&&")
            action = self._menu.addAction(text)
            action.triggered.connect(lambda _checked=False, one=state.profile: self._raise_store(one))
        if len(found) > _MOST_NAMED:
            self._menu.addAction(tr("and %n more", n=len(found) - _MOST_NAMED)).setEnabled(False)
        self._menu.addSeparator()
        self._menu.addAction(tr("Lock"), self._lock)
        self._menu.addAction(tr("Quit"), self._quit)

    @Slot(QSystemTrayIcon.ActivationReason)
    def _on_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason in (QSystemTrayIcon.ActivationReason.Trigger, QSystemTrayIcon.ActivationReason.DoubleClick):
            self._show_window()


def _icon(*, attention: bool, is_open: bool) -> QIcon:
    """The coloured icon with its state: nobody knows how light the system's panel is."""
    if attention:
        return own_icon("berth-attention.svg")
    return own_icon("berth-open.svg") if is_open else own_icon("berth-16.svg", "berth.svg")
