"""The pane on the right: one proxy's last check, what is known of it, and the stores that go through it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.isolation.plan import ProxyKind
from app.isolation.profile import Profile
from app.isolation.proxies import CheckProblem, Proxies, Proxy
from app.kernel.errors import Problem
from app.kernel.text import Text
from app.ui.face import Face
from app.ui.language import told, tr
from app.ui.pages.proxies.columns import address
from app.ui.pages.proxies.faults import fault_of
from app.ui.telling import ago, beside, country_title, day, exact, number, until
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.lines import Facts
from app.ui.widgets.parts import ElidedLabel, button, icon_button, label, plain, set_kind

WIDTH_PX = 336
_ROW_PX = 30
_MOST_USERS = 200
_MOST_ROWS = 8
_MOST_TOLD = 6
_KEY = re.compile(r"[A-Za-z0-9+/]{32,}")
_ID_ROLE = Qt.ItemDataRole.UserRole
_BIN_ROLE = int(Qt.ItemDataRole.UserRole) + 1


@dataclass(frozen=True, slots=True)
class PaneActs:
    """What the pane asks its page to do with the proxy that it shows."""

    check: Callable[[], object]
    edit: Callable[[], object]
    change_ip: Callable[[], object]
    trust: Callable[[], object]
    menu_ids: tuple[str, ...]


def _breakable_keys(text: str) -> str:
    """A fingerprint is one word of 43 letters, and must not widen the pane."""
    return _KEY.sub(lambda found: "\u200b".join(found[0]), text)


class FaultCard(QFrame):
    """The red card of a check that failed: what happened, and the two likely next steps."""

    def __init__(self, trust: Callable[[], object]) -> None:
        super().__init__()
        self.setObjectName("fault_card")
        set_kind(self, "banner-danger")
        self.title_label = label(kind="heading", wraps=True)
        self.text_label = label(wraps=True)
        self.steps_label = label(wraps=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(6)
        self.trust_button = button(tr("Trust the server's key…"), "pane_trust_button", trust, icon_name="key")
        for widget in (self.title_label, self.text_label, self.steps_label, self.trust_button):
            column.addWidget(widget)

    def show_of(self, problem: CheckProblem | None) -> None:
        """Shows why a check failed; None hides the card."""
        self.setVisible(problem is not None)
        if problem is None:
            return
        fault = fault_of(problem)
        self.trust_button.setVisible(problem.id == "host-key-changed")
        self.title_label.setText(told(fault.words))
        self.text_label.setText(_breakable_keys(told(problem.text)))
        self.steps_label.setText("\n".join(f"{at}. {told(step)}" for at, step in enumerate(fault.steps, 1)))


class ExitCard(QFrame):
    """The amber card of an exit that is, or was, not this proxy's stores' alone."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("exit_card")
        set_kind(self, "banner-warn")
        self.title_label = label(tr("This exit is known"), "heading", wraps=True)
        self.text_label = label(wraps=True)
        self.text_label.setObjectName("exit_card_label")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(6)
        column.addWidget(self.title_label)
        column.addWidget(self.text_label)
        self.hide()

    def show_texts(self, texts: Sequence[Text]) -> None:
        """Shows the first of these; none hide the card."""
        lines = [told(text) for text in texts[:_MOST_TOLD]]
        if len(texts) > _MOST_TOLD:
            lines.append(tr("… and %n more", n=len(texts) - _MOST_TOLD))
        self.text_label.setText("\n".join(lines))
        self.setVisible(bool(texts))


class UsersList(QListWidget):
    """The stores that go through a proxy; Enter or a double click shows one on the stores page."""

    store_chosen = Signal(str, bool)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("users_list")
        self.setAccessibleName(tr("Where it is used"))
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setToolTip(tr("Double click or Enter: show the store"))
        self.itemDoubleClicked.connect(self._choose)

    def show_users(self, users: tuple[Profile, ...]) -> None:
        """Shows these stores, those in the bin last."""
        self.clear()
        for user in users[:_MOST_USERS]:
            text = f"{user.shown_number}  {user.name}"
            if user.deleted_at is not None:
                text = tr("{store} (in the bin)").format(store=text)
            item = QListWidgetItem(text)
            item.setData(_ID_ROLE, user.id)
            item.setData(_BIN_ROLE, user.deleted_at is not None)
            item.setSizeHint(QSize(0, _ROW_PX))
            self.addItem(item)
        rows = min(_MOST_ROWS, max(1, self.count()))
        self.setFixedHeight(rows * _ROW_PX + 2 * self.frameWidth())

    def _choose(self, item: QListWidgetItem) -> None:
        self.store_chosen.emit(str(item.data(_ID_ROLE)), bool(item.data(_BIN_ROLE)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        item = self.currentItem() if self.selectedItems() else None
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and item is not None:
            self._choose(item)
        else:
            super().keyPressEvent(event)


class ProxyPane(QWidget):
    """Shows one proxy. The page hands it records; who uses it, it asks itself."""

    folded = Signal()
    store_wanted = Signal(str, bool)  # profile, whether it is in the bin

    def __init__(self, face: Face, proxies: Proxies, acts: PaneActs) -> None:
        super().__init__()
        self.setObjectName("proxy_pane")
        self.setProperty("kind", "pane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, True)
        self.setAccessibleName(tr("The chosen proxy"))
        self._face = face
        self._proxies = proxies
        self._acts = acts
        self._row: Proxy | None = None
        self._asked = ""
        self.empty = EmptyState()
        self._head = self._build_head()
        self.fault_card = FaultCard(acts.trust)
        self.exit_card = ExitCard()
        self.facts = Facts()
        self.used_label = label(kind="heading")
        self.users_list = UsersList()
        self.users_list.store_chosen.connect(self.store_wanted)
        self.unused_label = label(tr("No store goes through it."), "muted", wraps=True)
        self._content = self._build_content()
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.empty, 1)
        column.addWidget(self._content, 1)
        self.setMinimumWidth(280)
        self.show_row(None)

    @property
    def proxy(self) -> str:
        """The id of the proxy that is shown; empty for none."""
        return self._row.id if self._row is not None else ""

    def show_row(self, row: Proxy | None, picked: int = 0) -> None:
        """Shows a proxy, or that none, or several, are chosen."""
        self._row = row
        self.empty.setVisible(row is None)
        self._content.setVisible(row is not None)
        if row is None:
            self._asked = ""
            title = tr("%n proxy(ies) selected", n=picked) if picked > 1 else tr("Choose a proxy")
            self.empty.say("network", title, tr("What is known of it is shown here."))
            return
        self.name_label.setText(row.name)
        self.kind_label.setText(f"{row.kind.value.upper()} · {address(row)}")
        self._show_state(row)
        self.fault_card.show_of(row.check_problem)
        self._show_facts(row)
        self.change_ip_button.setVisible(row.has_change_ip_url)
        self._ask_exit(row)
        self._ask_users(row)

    def _build_head(self) -> QWidget:
        head = QWidget()
        self.kind_label = ElidedLabel(kind="muted")
        self.name_label = ElidedLabel(kind="title")
        self.name_label.setObjectName("pane_name_label")
        self.state_label = label(wraps=True)
        self.state_label.setObjectName("pane_state_label")
        self.check_button = button(
            tr("Check now"), "pane_check_button", self._acts.check, kind="primary", icon_name="refresh-cw"
        )
        self.check_button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.edit_button = button(tr("Edit"), "pane_edit_button", self._acts.edit, icon_name="pencil")
        self.more_button = icon_button("ellipsis", tr("More"), "pane_more_button", self._on_more)
        fold = icon_button(
            "panel-right-close", tr("Hide this pane"), "pane_fold_button", self.folded.emit, tone="muted"
        )
        first = QHBoxLayout()
        first.addWidget(self.kind_label, 1)
        first.addWidget(fold)
        third = QHBoxLayout()
        third.setSpacing(8)
        third.addWidget(self.check_button, 1)
        third.addWidget(self.edit_button)
        third.addWidget(self.more_button)
        column = QVBoxLayout(head)
        column.setContentsMargins(16, 10, 12, 10)
        column.setSpacing(8)
        column.addLayout(first)
        column.addWidget(self.name_label)
        column.addWidget(self.state_label)
        column.addLayout(third)
        return head

    def _build_content(self) -> QWidget:
        body = plain()
        inner = QVBoxLayout(body)
        inner.setContentsMargins(16, 4, 16, 16)
        inner.setSpacing(12)
        self.change_ip_button = button(
            tr("Change the IP…"), "pane_change_ip_button", self._acts.change_ip, icon_name="rotate-ccw"
        )
        for widget in (self.fault_card, self.exit_card, self.facts, self.change_ip_button):
            inner.addWidget(widget)
        for below in (self.used_label, self.users_list, self.unused_label):
            inner.addWidget(below)
        inner.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(body)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addWidget(area, 1)
        return content

    def _show_state(self, row: Proxy) -> None:
        when = ago(row.checked, self._face.clock.now())
        if row.checked is None:
            text, kind = tr("Not checked yet"), "muted"
        elif row.check_problem is not None:
            text, kind = tr("Does not work · {when}").format(when=when), "danger"
        else:
            text, kind = tr("Works · {when}").format(when=when), "ok"
        self.state_label.setText(text)
        self.state_label.setToolTip(exact(row.checked))
        set_kind(self.state_label, kind)

    def _show_facts(self, row: Proxy) -> None:
        now = self._face.clock.now()
        facts: list[tuple[str, str]] = []
        if row.exit is not None:
            title = tr("Exit") if row.check_problem is None else tr("Last exit")
            place = " · ".join(
                part for part in (country_title(row.exit.country), f"{row.exit.latency_ms} ms") if part
            )
            facts.append((title, f"{row.exit.ip}\n{place}"))
        facts += [(tr("Address"), address(row)), (tr("User"), row.username or tr("none"))]
        facts.append((tr("Password"), tr("saved, encrypted") if row.has_password else tr("none")))
        if row.has_change_ip_url:
            facts.append((tr("New address"), tr("its page is saved")))
        if row.key_file:
            facts.append((tr("Private key"), row.key_file))
        if row.kind is ProxyKind.SSH:
            facts.append((tr("Server key"), _breakable_keys(row.host_key) or tr("none seen yet")))
        if row.provider:
            facts.append((tr("Provider"), row.provider))
        if row.price:
            facts.append((tr("Price"), row.price))
        if row.expires is not None:
            facts.append((tr("Expires"), beside(until(row.expires, now), day(row.expires))))
        if row.last_used is not None:
            facts.append((tr("Last used"), ago(row.last_used, now)))
        facts.append((tr("Added"), ago(row.created, now)))
        self.facts.show_facts(facts)

    def _ask_exit(self, row: Proxy) -> None:
        if row.exit is None or not (row.exit_others or row.exit_twins or row.used_by > 1):
            self.exit_card.show_texts(())
            return
        proxy = row.id
        self._face.jobs.call(
            lambda: self._proxies.pool.exit_warnings([row]),
            owner=self,
            then=lambda found: self.exit_card.show_texts(found.get(proxy, ()) if proxy == self.proxy else ()),
            failed=lambda _problem: self.exit_card.show_texts(()),
        )

    def _ask_users(self, row: Proxy) -> None:
        if row.id != self._asked:
            self.users_list.clear()
        self._asked = row.id
        self.used_label.setText(tr("Where it is used"))
        self.users_list.setVisible(row.used_by > 0)
        self.unused_label.setVisible(row.used_by == 0)
        if not row.used_by:
            return
        proxy = row.id
        self._face.jobs.call(
            lambda: self._proxies.users(proxy),
            owner=self,
            then=lambda users: self._on_users(proxy, users),
            failed=self._on_no_users,
        )

    def _on_users(self, proxy: str, users: tuple[Profile, ...]) -> None:
        if proxy != self.proxy:
            return
        self.used_label.setText(beside(tr("Where it is used"), number(len(users))))
        self.users_list.show_users(users)

    def _on_no_users(self, _problem: Problem) -> None:
        self.users_list.hide()  # it has just been deleted; the page hears of that, too

    def _on_more(self) -> None:
        menu = self._face.commands.fill(QMenu(self), self._acts.menu_ids)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.more_button.mapToGlobal(self.more_button.rect().bottomLeft()))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._row is not None:
            self._show_state(self._row)
