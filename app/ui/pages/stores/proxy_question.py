"""Asks which proxy stores should take from now on."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.isolation.room import IsolationRoom
from app.kernel.errors import Problem
from app.ui.face import Face
from app.ui.language import tr
from app.ui.widgets.drawer import Drawer
from app.ui.widgets.fields import Field
from app.ui.widgets.parts import button, label
from app.ui.widgets.proxy_edit import ProxyEdit


class ProxyQuestion(Drawer):
    """A small drawer; `chosen` carries what the person gave, `spread` asks for an unused one for each store.

    Who asked ends it, or lets it `say_problem`.
    """

    chosen = Signal(str)
    spread = Signal()

    def __init__(self, host: QWidget, face: Face, room: IsolationRoom, count: int) -> None:
        super().__init__(host, "proxy_question", tr("Change proxy"), face.theme.motion_ms)
        self._face = face
        self.body_layout.addWidget(label(tr("For %n store(s)", n=count), "muted"))
        self.proxy_edit = ProxyEdit(room.proxies, face.jobs)
        self.body_layout.addWidget(Field(tr("Proxy"), self.proxy_edit, focus=self.proxy_edit.edit))
        self.body_layout.addWidget(
            label(
                tr("An open window goes on with the old one until it is closed and opened again."),
                "muted",
                wraps=True,
            )
        )
        if count > 1:
            self._offer_to_spread(face, room, count)
        self.body_layout.addStretch(1)
        self.cancel_button = button(tr("Cancel"), "cancel_button", self.ask_to_close, kind="quiet")
        self.save_button = button(tr("Change"), "save_button", self._on_save, kind="primary")
        self.proxy_edit.edit.returnPressed.connect(self._on_save)
        foot: QHBoxLayout = self.foot_layout
        foot.addWidget(self.cancel_button)
        foot.addStretch(1)
        foot.addWidget(self.save_button)
        self._is_saving = False

    def _offer_to_spread(self, face: Face, room: IsolationRoom, count: int) -> None:
        self.spread_button = button(tr("An unused one for each"), "spread_button", self._on_spread)
        self.spread_label = label("", "muted", wraps=True)
        self.body_layout.addSpacing(8)
        self.body_layout.addWidget(self.spread_button)
        self.body_layout.addWidget(self.spread_label)
        text = tr("Given are those that work, have not expired, and come out in the store's market alone.")
        self.body_layout.addWidget(label(text, "muted", wraps=True))
        self.spread_button.setEnabled(False)

        def show(unused: int) -> None:
            self.spread_button.setEnabled(unused >= count)
            self.spread_label.setText(tr("%n saved proxy(ies) belong to no store.", n=unused))

        face.jobs.call(room.proxies.count_unused, owner=self, then=show, failed=lambda _problem: None)

    def ask(self) -> None:
        """Slides in."""
        self.slide_in(self.proxy_edit.edit)

    def say_problem(self, problem: Problem) -> None:
        """It was not changed."""
        self._is_saving = False
        self.save_button.setEnabled(True)
        self.proxy_edit.say_problem(problem)

    def _on_spread(self) -> None:
        if not self._is_saving:
            self._is_saving = True
            self.save_button.setEnabled(False)
            self.spread.emit()

    def _on_save(self) -> None:
        if not self.proxy_edit.value or self._is_saving:
            self.proxy_edit.edit.setFocus()
            return
        self._is_saving = True
        self.save_button.setEnabled(False)
        self.chosen.emit(self.proxy_edit.value)
