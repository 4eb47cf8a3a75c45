"""Overview: the exit, what the last opening found, start pages, and the last events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.isolation.keeper.watching import WindowState
from app.isolation.profile_listing import ProfileRow
from app.isolation.room import IsolationRoom
from app.kernel.text import Text
from app.ui.face import Face
from app.ui.language import told, tr
from app.ui.pages.stores.events import event_title, folded
from app.ui.pages.stores.words import STATUS_TEXTS
from app.ui.telling import ago, country_title, exact, until
from app.ui.widgets.lines import Checks, Facts
from app.ui.widgets.parts import button, label
from app.ui.window_states import UP, Doing
from app.vault.history import HistoryLine

_SHOWN_PAGES = 5
_SHOWN_EVENTS = 3
_READ_EVENTS = 30  # several of them may be one act


@dataclass(frozen=True, slots=True)
class _Known:
    """What is read in the background."""

    profile: str
    warnings: tuple[Text, ...]
    history: tuple[HistoryLine, ...]


class OverviewTab(QWidget):
    """What a person wants to know first."""

    def __init__(self, face: Face, room: IsolationRoom, edit_pages: Callable[[], None]) -> None:
        super().__init__()
        self._face = face
        self._room = room
        self._shown = ""
        self.facts = Facts()
        self.checks_label = label(tr("Checks of the window"), "heading")
        self.checks = Checks()
        self.pages_label = label(tr("Start pages"), "heading")
        self.pages = label(kind="muted", wraps=True)
        self._edit = button(tr("Change start pages"), "edit_pages_button", edit_pages, kind="link")
        self.twins = label(kind="warn", wraps=True)
        self.events_label = label(tr("Last events"), "heading")
        self.events = label(kind="muted", wraps=True)
        self.events.setObjectName("last_events_label")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 16)
        column.setSpacing(10)
        for widget in (self.facts, self.twins, self.checks_label, self.checks, self.pages_label, self.pages):
            column.addWidget(widget)
        column.addWidget(self._edit, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.events_label)
        column.addWidget(self.events)
        column.addStretch(1)

    def show_row(self, row: ProfileRow) -> None:
        """Shows a store."""
        profile, now = row.profile, self._face.clock.now()
        facts: list[tuple[str, str]] = []
        notes: list[str] = []
        if profile.exit is not None:
            country = country_title(profile.exit.country)
            facts.append((tr("Exit"), f"{profile.exit.ip}\n{country} · {ago(profile.exit_seen, now)}"))
            notes.append(exact(profile.exit_seen))
        else:
            text = tr("not known yet") if row.proxy is not None else tr("this computer's own address")
            facts.append((tr("Exit"), text))
            notes.append("")
        if row.proxy is not None and row.proxy.expires is not None:
            facts.append((tr("Proxy expires"), until(row.proxy.expires, now)))
            notes.append(exact(row.proxy.expires))
        facts.append((tr("Last opened"), ago(profile.last_opened, now) or tr("never")))
        notes.append(exact(profile.last_opened))
        if profile.engine_seen:
            facts.append((tr("Browser"), profile.engine_seen.capitalize()))
        facts.append((tr("Account"), told(STATUS_TEXTS[profile.status])))
        for name, value in (
            (tr("Group"), profile.group),
            (tr("Tags"), ", ".join(profile.tags)),
            (tr("Responsible"), profile.operator),
            (tr("Legal entity"), profile.legal_entity),
        ):
            if value:
                facts.append((name, value))
        self.facts.show_facts(facts, notes)
        pages = "\n".join(profile.start_pages[:_SHOWN_PAGES]) or tr("An empty page")
        if len(profile.start_pages) > _SHOWN_PAGES:
            pages += "\n" + tr("and %n more", n=len(profile.start_pages) - _SHOWN_PAGES)
        self.pages.setText(pages)
        self._edit.setVisible(profile.deleted_at is None)
        if profile.id != self._shown:
            self.twins.hide()
            self._show_events(())
        self._shown = profile.id
        profiles = self._room.profiles
        self._face.jobs.call(
            lambda: _Known(
                profile.id, profiles.warnings(profile), profiles.history(profile.id, limit=_READ_EVENTS)
            ),
            owner=self,
            then=self._on_known,
            failed=lambda _problem: None,
        )

    def show_live(self, state: WindowState | None, doing: Doing) -> None:
        """Shows what the window's preflight found, while it is open."""
        checks = state.checks if state is not None and doing in UP else ()
        self.checks_label.setVisible(bool(checks))
        self.checks.setVisible(bool(checks))
        self.checks.show_checks(checks)

    def _on_known(self, found: _Known) -> None:
        if found.profile != self._shown:
            return
        self.twins.setText("\n".join(told(text) for text in found.warnings))
        self.twins.setVisible(bool(found.warnings))
        self._show_events(found.history)

    def _show_events(self, history: tuple[HistoryLine, ...]) -> None:
        now = self._face.clock.now()
        lines = folded(history)[:_SHOWN_EVENTS]
        self.events.setText("\n".join(f"{event_title(line)} · {ago(line.at, now)}" for line in lines))
        self.events_label.setVisible(bool(lines))
        self.events.setVisible(bool(lines))
