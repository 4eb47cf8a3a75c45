"""Banners: a sentence on the page that something is wrong or wanted, with the ways on as buttons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.kernel.errors import Problem
from app.ui.language import told, tr
from app.ui.widgets.parts import button, icon_button, label, set_kind
from app.ui.widgets.sign import Sign

_ICONS = {"danger": "circle-alert", "warn": "triangle-alert", "info": "info", "ok": "circle-check"}
_SIGN_PX = 18
_TONES = {"danger": "danger", "warn": "warn", "info": "accent", "ok": "ok"}


@dataclass(frozen=True, slots=True)
class Way:
    """One way on: what its button says, what tests call it, and what it does."""

    text: str
    name: str
    act: Callable[[], object]
    kind: str = ""


class Banner(QFrame):
    """One banner. Hidden until it has something to say."""

    def __init__(self, parent: QWidget | None = None, *, closes: bool = True) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self._closes = closes
        self._sign = Sign(_SIGN_PX)
        self.text_label = label(wraps=True)
        self.next_label = label(kind="muted", wraps=True)
        self._ways = QHBoxLayout()
        self._ways.setSpacing(8)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self.text_label)
        words.addWidget(self.next_label)
        words.addLayout(self._ways)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 10, 8, 10)
        row.setSpacing(10)
        row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        self._close = icon_button("x", tr("Close"), "banner_close_button", self.clear)
        row.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        self._close.setVisible(closes)  # not before it has a parent: it would be a window of its own
        self.hide()

    def show_problem(self, problem: Problem, ways: Sequence[Way] = ()) -> None:
        """An expected error: what happened, and what to do next."""
        self.show_text(told(problem.text), told(problem.next_step), level="danger", ways=ways)

    def show_text(
        self, text: str, next_step: str = "", *, level: str = "info", ways: Sequence[Way] = ()
    ) -> None:
        """Says something; `level` is danger, warn, info or ok."""
        set_kind(self, f"banner-{level}")
        self.text_label.setText(text)
        self.next_label.setText(next_step)
        self.next_label.setVisible(bool(next_step))
        self.setAccessibleName(f"{text} {next_step}".strip())
        self._clear_ways()
        for way in ways:
            self._ways.addWidget(button(way.text, way.name, way.act, kind=way.kind))
        self._ways.addStretch(1)  # without buttons, too: an empty row would squeeze the words
        self._sign.show_icon(_ICONS[level], _TONES[level])
        self.show()

    def clear(self) -> None:
        """Says nothing any more."""
        self.hide()

    @property
    def buttons(self) -> tuple[QPushButton, ...]:
        """The ways on."""
        return tuple(self.findChildren(QPushButton))

    def _clear_ways(self) -> None:
        while (item := self._ways.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
