"""Saved views of the stores page: kept in the vault, since they may name groups and what was searched for."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

from app.kernel.errors import Problem
from app.ui.language import tr

if TYPE_CHECKING:
    from app.isolation.views import View
    from app.ui.pages.stores.page import StoresPage


class ViewsMenu:
    """Shows, saves and removes views."""

    def __init__(self, page: StoresPage) -> None:
        self._page = page

    def popup(self) -> None:
        """Reads the views, then shows them as a menu."""
        self._page.face.jobs.call(
            self._page.room.views.all, owner=self._page, then=self._show, failed=self._failed
        )

    def save_new(self) -> None:
        """Asks for a name and saves what is shown now."""
        self._page.face.prompts.ask_text(
            tr("Save this view"),
            tr("Group, search, order and columns are kept under a name."),
            "",
            tr("Save"),
            self._save,
        )

    def _show(self, views: tuple[View, ...]) -> None:
        page = self._page
        menu = QMenu(page)
        menu.setObjectName("views_menu")
        for view in views:
            menu.addAction(view.name.replace("&", "&&"), partial(self._take, view))
        if views:
            menu.addSeparator()
        menu.addAction(tr("Save this view…"), self.save_new)
        if views:
            gone = menu.addMenu(tr("Remove a view"))
            for view in views:
                gone.addAction(view.name.replace("&", "&&"), partial(self._remove, view))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(page.views_button.mapToGlobal(page.views_button.rect().bottomLeft()))

    def _take(self, view: View) -> None:
        try:
            state = json.loads(view.content)
        except ValueError:
            state = {}
        self._page.take_view(state if isinstance(state, dict) else {})

    def _save(self, name: str) -> None:
        if not name.strip():
            return
        content = json.dumps(self._page.view_state(), ensure_ascii=False)
        self._page.face.jobs.call(
            lambda: self._page.room.views.save(name, content),
            owner=self._page,
            then=lambda view: self._page.face.toaster.show(
                tr("Saved the view {name}").format(name=view.name)
            ),
            failed=self._failed,
        )

    def _remove(self, view: View) -> None:
        self._page.face.jobs.call(
            lambda: self._page.room.views.remove(view.id),
            owner=self._page,
            then=lambda _view: self._page.face.toaster.show(
                tr("Removed the view {name}").format(name=view.name),
                tr("Undo"),
                partial(self._put_back, view),
            ),
            failed=self._failed,
        )

    def _put_back(self, view: View) -> None:
        self._page.face.jobs.call(
            lambda: self._page.room.views.save(view.name, view.content), owner=self._page, failed=self._failed
        )

    def _failed(self, problem: Problem) -> None:
        self._page.deeds.show_problem(problem)
