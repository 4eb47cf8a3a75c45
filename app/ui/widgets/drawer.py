"""A drawer: a form that slides in from the right over its page, and leaves the rest of the page usable."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEasingCurve, QEvent, QObject, QPoint, QPropertyAnimation, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.ui.language import tr
from app.ui.prompts import Choice, Prompts
from app.ui.widgets.banner import Banner
from app.ui.widgets.parts import hairline, icon_button, label, plain

WIDTH_PX = 480


class Drawer(QFrame):
    """Title, banner, a body that scrolls, and a foot with buttons. `closed` says that it has gone."""

    closed = Signal()

    def __init__(
        self, host: QWidget, name: str, title: str, motion_ms: int, width_px: int = WIDTH_PX
    ) -> None:
        super().__init__(host)
        self.setObjectName(name)
        self.setProperty("kind", "drawer")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, True)
        self.setAccessibleName(title)
        self._host = host
        self._motion_ms = motion_ms
        self._width_px = width_px
        self._animation: QPropertyAnimation | None = None
        self.title_label = label(title, "title")
        close = icon_button("x", tr("Close"), "drawer_close_button", self.ask_to_close)
        head = QHBoxLayout()
        head.setContentsMargins(20, 14, 12, 10)
        head.addWidget(self.title_label, 1)
        head.addWidget(close)
        self.banner = Banner()
        around = QHBoxLayout()
        around.setContentsMargins(20, 0, 20, 0)
        around.addWidget(self.banner)
        self.body = plain()
        self.body_layout = QVBoxLayout(self.body)
        self.body_layout.setContentsMargins(20, 4, 20, 20)
        self.body_layout.setSpacing(16)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(self.body)
        self.foot_layout = QHBoxLayout()
        self.foot_layout.setContentsMargins(20, 12, 20, 12)
        self.foot_layout.setSpacing(8)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addLayout(around)
        column.addWidget(self.area, 1)
        column.addWidget(hairline())
        column.addLayout(self.foot_layout)
        host.installEventFilter(self)
        self.hide()

    def slide_in(self, focus: QWidget | None = None) -> None:
        """Shows the drawer and gives one of its fields the focus."""
        self._place()
        self.show()
        self.raise_()
        if self._motion_ms:
            self._animation = QPropertyAnimation(self, b"pos", self)
            self._animation.setDuration(self._motion_ms)
            self._animation.setEasingCurve(QEasingCurve.Type.OutCubic)
            self._animation.setStartValue(QPoint(self._host.width(), 0))
            self._animation.setEndValue(self.pos())
            self._animation.start()
        (focus or self).setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def has_edits(self) -> bool:
        """Whether something typed would be lost."""
        return False

    @property
    def is_whole(self) -> bool:
        """Whether all of it is there; a long form comes a part at a time."""
        return True

    def ask_to_close(self) -> None:
        """What Esc and ✕ do; a form with edits overrides it to ask first."""
        self.end()

    def leave(self, prompts: Prompts, then: Callable[[], object]) -> None:
        """Goes, and then does something else; asks first where edits would be lost."""

        def go() -> None:
            self.end()
            then()

        if self.has_edits:
            ask_to_leave(prompts, go)
        else:
            go()

    def end(self) -> None:
        """Takes the drawer away for good."""
        if self._animation is not None:
            self._animation.stop()
        self._host.removeEventFilter(self)
        self.hide()
        self.closed.emit()
        self.deleteLater()

    def _place(self) -> None:
        width = min(self._width_px, self._host.width())
        self.setGeometry(self._host.width() - width, 0, width, self._host.height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._host and event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.ask_to_close()
        else:
            super().keyPressEvent(event)


def ask_to_leave(prompts: Prompts, then: Callable[[], object]) -> None:
    """Asks whether edits may be lost; `then` is called for a yes."""
    prompts.ask(
        tr("Leave without saving?"),
        tr("What you have typed is lost then."),
        (Choice("stay", tr("Go on editing"), "primary"), Choice("leave", tr("Leave"), "danger")),
        lambda key: then() if key == "leave" else None,
    )
