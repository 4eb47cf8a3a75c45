"""The one window of the program: first start, lock screen or the frame, and where it was on the screen."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QByteArray, QEvent, QSettings, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QCloseEvent, QGuiApplication, QScreen
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QWidget

from app.ui.language import tr
from app.ui.theme.icons import app_icon

_SIZE = QSize(1280, 800)
_LEAST = QSize(880, 560)
_SETTLE_MS = 500


class MainWindow(QMainWindow):
    """Shows one thing at a time. `may_close` is asked when a person closes it."""

    def __init__(self, places: QSettings, may_close: Callable[[], bool]) -> None:
        super().__init__()
        self.setObjectName("main_window")
        self.setWindowTitle(tr("Berth"))
        self.setWindowIcon(app_icon())
        self.setMinimumSize(_LEAST)
        self._places = places
        self._may_close = may_close
        self._stack = QStackedWidget()
        self.setCentralWidget(self._stack)
        self._bring_back()
        self._screens_changed = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._screens_changed.timeout.connect(self._onto_a_screen)
        self._scale_changed = QTimer(self, singleShot=True, interval=0)
        self._scale_changed.timeout.connect(self._take_new_scale)
        self._watch_screens()

    @property
    def shown(self) -> QWidget | None:
        """What is shown now."""
        return self._stack.currentWidget()

    def show_only(self, widget: QWidget) -> None:
        """Shows this; what was shown before is taken away for good."""
        before = self._stack.currentWidget()
        if before is widget:
            return
        self._stack.addWidget(widget)
        self._stack.setCurrentWidget(widget)
        if before is not None:
            self._stack.removeWidget(before)
            before.hide()
            before.deleteLater()

    def bring_to_front(self) -> None:
        """Shows the window above others, where the system lets us."""
        if self.isMinimized():
            self.showNormal()
        self.show()
        self.raise_()
        self.activateWindow()

    def remember_place(self) -> None:
        """Size and place for the next start; a folder that cannot be written is not worth a word."""
        self._places.setValue("window/geometry", self.saveGeometry())

    def _bring_back(self) -> None:
        geometry = self._places.value("window/geometry")
        if not (isinstance(geometry, QByteArray) and self.restoreGeometry(geometry)):
            screen: QScreen | None = QGuiApplication.primaryScreen()
            room = screen.availableGeometry().size() if screen is not None else _SIZE
            self.resize(_SIZE.boundedTo(room))
        self._onto_a_screen()

    def _watch_screens(self) -> None:
        program = QGuiApplication.instance()
        assert isinstance(program, QGuiApplication)
        program.screenAdded.connect(self._watch_screen)
        program.screenRemoved.connect(self._on_screens)
        for screen in program.screens():
            self._watch_screen(screen)

    @Slot(QScreen)
    def _watch_screen(self, screen: QScreen) -> None:
        screen.availableGeometryChanged.connect(self._on_screens)

    @Slot()
    def _on_screens(self, _what: object = None) -> None:
        # Later: a system with a window manager brings windows back by itself.
        self._screens_changed.start()

    @Slot()
    def _onto_a_screen(self) -> None:
        # The screen that it was on may have been unplugged.
        if QGuiApplication.screenAt(self.frameGeometry().center()) is not None:
            return
        screen: QScreen | None = QGuiApplication.primaryScreen()
        if screen is not None:
            room = screen.availableGeometry()
            self.resize(self.size().boundedTo(room.size()))
            self.move(room.center() - self.rect().center())

    def _take_new_scale(self) -> None:
        """Makes the window as large as its content at another scale.

        With X11, Qt draws at the new scale at once, but the window keeps its pixels, so that a part of the
        content is beyond its edge. It asks for a size only when that differs from what it believes to have.
        """
        if self.isMaximized() or self.isFullScreen():
            state = self.windowState()
            self.setWindowState(Qt.WindowState.WindowNoState)
            self.setWindowState(state)
            return
        wanted = self.size()
        if (screen := self.screen()) is not None:
            wanted = wanted.boundedTo(screen.availableGeometry().size())
        self.resize(wanted + QSize(1, 1))
        self.resize(wanted)
        self._screens_changed.start()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange and QGuiApplication.platformName() == "xcb":
            self._scale_changed.start()
        return super().event(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.remember_place()
        if self._may_close():
            event.accept()
        else:
            event.ignore()
