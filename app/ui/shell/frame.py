"""The frame while the vault is open: rail, top bar, the page that is shown, status line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.kernel.text import Text, say
from app.ui.commands.registry import Command
from app.ui.face import Face, Page
from app.ui.shell.bell import Note, Notes
from app.ui.shell.rail import Entry, Rail
from app.ui.shell.status_line import StatusLine
from app.ui.shell.top_bar import TopBar
from app.ui.widgets.banner import Banner


@dataclass(frozen=True, slots=True)
class PageRow:
    """One page: its place in the rail, and how it is built the first time it is shown."""

    id: str
    title: Text
    icon: str
    build: Callable[[QWidget], Page]
    at_foot: bool = False


class Frame(QWidget):
    """Builds each page when it is first shown."""

    page_shown = Signal(str)

    def __init__(
        self,
        face: Face,
        pages: Sequence[PageRow],
        operator: str,
        notes: Notes,
        *,
        on_note: Callable[[Note], None],
        open_palette: Callable[[], object],
        lock: Callable[[], object],
        is_folded: bool,
    ) -> None:
        super().__init__()
        self.setObjectName("frame")
        self._rows = {row.id: row for row in pages}
        self._built: dict[str, Page] = {}
        self.banner = Banner()
        self.top_bar = TopBar(operator, notes, on_note, open_palette, lock)
        self.status_line = StatusLine(face.states, face.jobs)
        keys = [f"Ctrl+{at}" for at in range(1, len(pages) + 1)]
        entries = [Entry(row.id, row.title, row.icon, key) for row, key in zip(pages, keys, strict=True)]
        self.rail = Rail(entries, [row.id for row in pages if row.at_foot], is_folded)
        self._stack = QStackedWidget()
        self.rail.chosen.connect(self.show_page)
        self.top_bar.searched.connect(self._on_searched)
        around = QVBoxLayout()
        around.setContentsMargins(16, 0, 16, 0)
        around.addWidget(self.banner)
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.top_bar)
        column.addLayout(around)
        column.addWidget(self._stack, 1)
        column.addWidget(self.status_line)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addLayout(column, 1)
        face.commands.add(self, self._commands(pages, keys), is_global=True)
        face.commands.owner_wanted.connect(self._on_owner_wanted)

    @property
    def current_id(self) -> str:
        """The page that is shown."""
        return next((key for key, page in self._built.items() if page is self._stack.currentWidget()), "")

    @property
    def current(self) -> Page | None:
        """The page that is shown, as a widget."""
        return self._built.get(self.current_id)

    @property
    def pages(self) -> tuple[Page, ...]:
        """The pages that have been built."""
        return tuple(self._built.values())

    def page(self, page_id: str) -> Page:
        """A page, built now if it was not."""
        found = self._built.get(page_id)
        if found is None:
            found = self._built[page_id] = self._rows[page_id].build(self._stack)
            found.search_hint_changed.connect(self._show_search)
            self._stack.addWidget(found)
        return found

    def show_page(self, page_id: str) -> None:
        """Shows a page."""
        if page_id not in self._rows:
            return
        page = self.page(page_id)
        self._stack.setCurrentWidget(page)
        self.rail.select(page_id)
        self._show_search()
        page.focus_first()
        self.page_shown.emit(page_id)

    def settle(self) -> None:
        """Before the lock."""
        for page in self.pages:
            page.settle()

    def _on_owner_wanted(self, owner: QWidget) -> None:
        for page_id, page in self._built.items():
            if page is owner:
                self.show_page(page_id)

    def _show_search(self) -> None:
        page = self.current
        if page is not None:
            self.top_bar.show_search(page.search_text, page.search_hint)

    def _on_searched(self, text: str) -> None:
        if self.current is not None:
            self.current.search(text)

    def _on_left_search(self) -> None:
        if self.current is not None:
            self.current.focus_first()

    def _commands(self, pages: Sequence[PageRow], keys: Sequence[str]) -> list[Command]:
        self.top_bar.search_edit.left.connect(self._on_left_search)
        found = [
            Command(
                f"page.{row.id}",
                Text("Go to {page}", {"page": row.title}),
                partial(self.show_page, row.id),
                row.icon,
                (key,),
            )
            for row, key in zip(pages, keys, strict=True)
        ]
        found.append(
            Command("search", say("Search this page"), self.top_bar.focus_search, "search", ("/", "Ctrl+F"))
        )
        return found
