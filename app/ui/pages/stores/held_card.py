"""The red card of an open window that is held back: why, and the ways on."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from app.isolation.checks import Check
from app.isolation.keeper.watching import WindowState
from app.ui.language import tr
from app.ui.pages.stores.refusal_card import card_column
from app.ui.widgets.lines import Checks
from app.ui.widgets.parts import button, label, set_kind
from app.ui.window_acts import WindowActs


class HeldCard(QFrame):
    """Hidden while nothing is held."""

    def __init__(self, acts: WindowActs, change_proxy: Callable[[str], None]) -> None:
        super().__init__()
        self.setObjectName("held_card")
        set_kind(self, "banner-danger")
        self._acts = acts
        self._profile = ""
        self._shown: tuple[Check, ...] = ()
        self.title_label = label(
            tr("Held back. The window is open, and nothing of it leaves this computer."),
            "heading",
            wraps=True,
        )
        self.checks = Checks()
        self.again_button = button(tr("Check again"), "look_again_button", self._on_again, kind="primary")
        self.proxy_button = button(
            tr("Change proxy"), "held_proxy_button", lambda: change_proxy(self._profile)
        )
        self.reopen_button = button(tr("Open again"), "reopen_button", self._on_reopen)
        self.reopen_button.setToolTip(tr("Closes the window and opens it through its proxy as it is now."))
        self.proxy_label = label(
            tr("A changed proxy, or a newly trusted key, counts once the window is opened again."),
            kind="muted",
            wraps=True,
        )
        self.on_button = button(tr("Go on all the same"), "go_on_button", self._on_go_on, kind="danger")
        self.on_button.setToolTip(tr("Takes the exit as it is now for the right one; kept in the history."))
        column: QVBoxLayout = card_column(self)
        column.addWidget(self.title_label)
        column.addWidget(self.checks)
        column.addWidget(self.proxy_label)
        for buttons in ((self.again_button, self.proxy_button), (self.reopen_button, self.on_button)):
            row = QHBoxLayout()
            row.setSpacing(6)
            for one in buttons:
                row.addWidget(one)
            row.addStretch(1)
            column.addLayout(row)
        self.hide()

    def show_of(self, profile: str, state: WindowState | None) -> None:
        """Shows what holds this store's window back; nothing hides the card."""
        self._profile = profile
        self._shown = held = state.held if state is not None else ()
        self.setVisible(bool(held))
        self.checks.show_checks(held)
        self.on_button.setVisible(all(check.may_override for check in held))

    def _on_again(self) -> None:
        self._acts.look_again(self._profile)

    def _on_reopen(self) -> None:
        self._acts.close([self._profile])
        self._acts.open([self._profile])

    def _on_go_on(self) -> None:
        self._acts.go_on(self._profile, self._shown)
