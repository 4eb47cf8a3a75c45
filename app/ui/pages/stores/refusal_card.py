"""The red card of a store that was not opened: why, and the three ways on."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout

from app.isolation.checks import Preflight
from app.isolation.profile import Profile
from app.ui.language import told_whole, tr
from app.ui.widgets.lines import Checks
from app.ui.widgets.parts import button, label, set_kind
from app.ui.window_acts import WindowActs
from app.ui.window_states import Refusal


class RefusalCard(QFrame):
    """Hidden while there is nothing to say."""

    def __init__(self, acts: WindowActs, change_proxy: Callable[[str], None]) -> None:
        super().__init__()
        self.setObjectName("refusal_card")
        set_kind(self, "banner-danger")
        self._acts = acts
        self._profile = ""
        self._shown: Refusal | None = None
        self.title_label = label(tr("Not opened. Nothing has reached the store."), "heading", wraps=True)
        self.text_label = label(wraps=True)
        self.checks = Checks()
        self.again_button = button(tr("Check again"), "check_again_button", self._on_again, kind="primary")
        self.proxy_button = button(
            tr("Change proxy"), "refusal_proxy_button", lambda: change_proxy(self._profile)
        )
        self.once_button = button(tr("Only this once"), "only_once_button", self._on_once, kind="danger")
        self.once_button.setToolTip(tr("Opens in spite of what is red; kept in the history."))
        column = card_column(self)
        column.addWidget(self.title_label)
        column.addWidget(self.text_label)
        column.addWidget(self.checks)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.again_button)
        row.addWidget(self.proxy_button)
        row.addStretch(1)
        column.addLayout(row)
        last = QHBoxLayout()
        last.addWidget(self.once_button)
        last.addStretch(1)
        column.addLayout(last)
        self.hide()

    def show_of(self, profile: Profile, refusal: Refusal | None) -> None:
        """Shows why this store was not opened; None hides the card."""
        self._profile = profile.id
        self.setVisible(refusal is not None)
        if refusal is None or refusal is self._shown:
            self._shown = refusal
            return
        self._shown = refusal
        preflight = refusal.preflight
        reds = preflight.stops(only_this_once=False) if preflight is not None else ()
        self.checks.show_checks(reds)
        self.checks.setVisible(bool(reds))
        problem = refusal.problem
        self.text_label.setVisible(problem is not None)
        if problem is not None:
            self.text_label.setText(told_whole(problem))
        self.once_button.setVisible(preflight is not None and _may_override(preflight))

    def focus_first(self) -> None:
        """Gives the focus to the first way on."""
        if self.isVisible():
            self.again_button.setFocus()

    @property
    def ways(self) -> tuple[QPushButton, ...]:
        """The ways on that are offered."""
        return tuple(
            one for one in (self.again_button, self.proxy_button, self.once_button) if one.isVisible()
        )

    def _on_again(self) -> None:
        self._acts.open([self._profile])

    def _on_once(self) -> None:
        self._acts.open([self._profile], only_this_once=True)


def card_column(card: QFrame) -> QVBoxLayout:
    """The layout of a card in the pane."""
    column = QVBoxLayout(card)
    column.setContentsMargins(12, 10, 12, 12)
    column.setSpacing(8)
    return column


def _may_override(preflight: Preflight) -> bool:
    return not preflight.stops(only_this_once=True)
