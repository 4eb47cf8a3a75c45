"""Network: the way a store takes, and what did not get through it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.isolation.profile_listing import ProfileRow
from app.isolation.proxy_pool import ExitUse, use_texts
from app.isolation.room import IsolationRoom
from app.kernel.ids import ProfileId
from app.ui.face import Face
from app.ui.language import told, tr
from app.ui.pages.stores.relay_faults import RelayFaults
from app.ui.telling import ago, beside, country_title, day, far_end, until
from app.ui.widgets.lines import Facts
from app.ui.widgets.parts import button, label

_MOST_TOLD = 5


class NetworkTab(QWidget):
    """One store's network path."""

    def __init__(
        self,
        face: Face,
        room: IsolationRoom,
        change: Callable[[str], None],
        check: Callable[[list[str]], None],
    ) -> None:
        super().__init__()
        self._face = face
        self._room = room
        self._profile = ""
        self.facts = Facts()
        self.direct = label(
            tr("No proxy: stores see this computer's own address, and the same one for every direct store."),
            "warn",
            wraps=True,
        )
        self.change_button = button(tr("Change proxy…"), "pane_proxy_button", lambda: change(self._profile))
        self.check_button = button(tr("Check now"), "pane_check_button", lambda: check([self._profile]))
        self.exit_label = label(kind="warn", wraps=True)
        self.exit_label.setObjectName("shared_exit_label")
        self.exit_label.hide()
        self.faults = RelayFaults()
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.change_button)
        row.addWidget(self.check_button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 16)
        column.setSpacing(10)
        column.addWidget(self.direct)
        column.addWidget(self.facts)
        column.addWidget(self.exit_label)
        column.addLayout(row)
        column.addSpacing(4)
        column.addWidget(self.faults)
        column.addStretch(1)
        face.states.changed.connect(self._on_states_changed)

    def show_row(self, row: ProfileRow) -> None:
        """Shows a store."""
        profile, proxy, now = row.profile, row.proxy, self._face.clock.now()
        self._profile = profile.id
        self.direct.setVisible(proxy is None)
        self.check_button.setVisible(proxy is not None)
        for made in (self.change_button, self.check_button):
            made.setEnabled(profile.deleted_at is None)
        facts: list[tuple[str, str]] = []
        if proxy is not None:
            facts += [
                (tr("Proxy"), proxy.name),
                (tr("Kind"), proxy.kind.value.upper()),
                (tr("Address"), far_end(proxy.host, proxy.port)),
            ]
            if proxy.username:
                facts.append((tr("User"), proxy.username))
            if proxy.exit is not None:
                text = f"{proxy.exit.ip}\n{country_title(proxy.exit.country)} · {proxy.exit.latency_ms} ms"
                facts.append((tr("Last check"), f"{text}\n{ago(proxy.checked, now)}"))
            if proxy.expires is not None:
                facts.append((tr("Expires"), beside(until(proxy.expires, now), day(proxy.expires))))
        if profile.exit is not None:
            facts.append((tr("Exit seen"), f"{profile.exit.ip} · {ago(profile.exit_seen, now)}"))
        if profile.allow_private:
            facts.append((tr("Private networks"), tr("allowed")))
        self.facts.show_facts(facts)
        self._ask_exit(row)
        self._show_faults()

    def _ask_exit(self, row: ProfileRow) -> None:
        """Who else came out where this store does, now or before."""
        profile = row.profile
        if profile.exit is None:
            self.exit_label.hide()
            return
        ip = profile.exit.ip
        self._face.jobs.call(
            lambda: self._room.proxies.pool.exit_uses([ip]).get(ip, ()),
            owner=self,
            then=lambda uses: self._on_exit(profile.id, uses),
            failed=lambda _problem: self.exit_label.hide(),
        )

    def _on_exit(self, profile: str, uses: Sequence[ExitUse]) -> None:
        if profile != self._profile:
            return
        texts = [told(text) for text in use_texts(uses, {ProfileId(profile)})[:_MOST_TOLD]]
        self.exit_label.setText("\n".join(texts))
        self.exit_label.setVisible(bool(texts))

    def _on_states_changed(self, profiles: frozenset[str]) -> None:
        if self._profile in profiles:
            self._show_faults()

    def _show_faults(self) -> None:
        state = self._face.states.state(self._profile)
        self.faults.show_faults(state.relay_errors if state is not None else ())
