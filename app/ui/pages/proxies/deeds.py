"""What people do with the proxies of the list: checking, and deleting after a question."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from app.isolation.plan import ProxyKind
from app.isolation.proxies import Proxy
from app.isolation.proxy_pool import ChangedIp, HostKeys
from app.kernel.errors import Problem
from app.kernel.jobs import Progress, to_its_end
from app.kernel.text import say
from app.ui.language import told, tr
from app.ui.pages.proxies.columns import address
from app.ui.pages.proxies.proxy_commands import ROW_MENU
from app.ui.pages.stores.checking import check_proxies
from app.ui.prompts import Choice

if TYPE_CHECKING:
    from app.ui.pages.proxies.page import ProxiesPage

_MANY = 200


@dataclass(frozen=True, slots=True)
class _Removed:
    count: int
    refused: tuple[Problem, ...]


class ProxyDeeds(QObject):
    """One method for each thing; a question first where it cannot be taken back."""

    def __init__(self, page: ProxiesPage) -> None:
        super().__init__(page)
        self._page = page
        self._face = page.face

    def check(self) -> None:
        """The selected proxies, or all that the list shows; asks first where that is many."""
        wanted = self._page.list.picked or list(self._page.model.ids)
        if len(wanted) <= _MANY:
            self._check(wanted)
            return
        self._face.prompts.ask(
            tr("Check %n proxy(ies)?", n=len(wanted)),
            tr("Each is asked through once, many at a time. You can cancel it at the foot of the window."),
            (Choice("cancel", tr("Cancel")), Choice("check", tr("Check"), "primary")),
            lambda key: self._check(wanted) if key == "check" else None,
        )

    def change_ip(self) -> None:
        """Asks the chosen proxy's provider for a new address, after a question: the old one is lost then."""
        row = self._page.row_of(self._page.list.current)
        if row is None or not row.has_change_ip_url:
            return
        self._face.prompts.ask(
            tr("Change the address of {name}?").format(name=row.name),
            tr(
                "Berth asks your provider's page, from this computer itself and not through the proxy. "
                "The old address is lost then, and open windows of this proxy notice."
            ),
            (Choice("cancel", tr("Cancel")), Choice("change", tr("Change it"), "primary")),
            lambda key: self._change_ip(row) if key == "change" else None,
        )

    def trust(self) -> None:
        """Shows the key that the chosen SSH server has now, and asks whether it is the right one."""
        row = self._page.row_of(self._page.list.current)
        if row is not None and row.kind is ProxyKind.SSH:
            self._face.jobs.start(
                self._page.proxies.pool.host_keys(row),
                owner=self._page,
                then=partial(self._on_keys, row),
                failed=self.show_problem,
                title=say("Asking for the server's key"),
            )

    def delete(self) -> None:
        """Forgets the selected proxies. One that is in use stays, and the core says who uses it."""
        picked = self._page.list.picked
        one = self._page.row_of(picked[0]) if len(picked) == 1 else None
        if not picked:
            return
        if one is not None and one.used_by:
            self._face.jobs.call(
                lambda: self._page.proxies.users(one.id),
                owner=self._page,
                then=lambda users: self._remove(picked) if users else self._ask_to_delete(picked, one),
                failed=self.show_problem,
            )
            return
        self._ask_to_delete(picked, one)

    def copy_address(self) -> None:
        """Host and port of the chosen proxy; never its password."""
        row = self._page.row_of(self._page.list.current)
        if row is not None:
            QGuiApplication.clipboard().setText(address(row))
            self._face.toaster.show(tr("Copied"))

    def row_menu(self, place: QPoint) -> None:
        """The menu of the selected rows."""
        menu = QMenu(self._page)
        menu.setObjectName("proxy_row_menu")
        self._face.commands.fill(menu, ROW_MENU)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)

    def show_problem(self, problem: Problem) -> None:
        """Says what went wrong, in the frame's banner."""
        if problem.id != "vault-is-locked":
            self._face.show_problem(problem)

    def _check(self, wanted: Sequence[str]) -> None:
        check_proxies(self._face, self._page.proxies, wanted, owner=self._page, failed=self.show_problem)

    def _change_ip(self, row: Proxy) -> None:
        self._face.jobs.start(
            self._page.proxies.pool.change_ip(row),
            owner=self._page,
            then=self._on_changed_ip,
            failed=self.show_problem,
            title=say("Changing the address"),
        )

    def _on_changed_ip(self, done: ChangedIp) -> None:
        problem, found = done.proxy.check_problem, done.proxy.exit
        if problem is not None or found is None:
            text = told(problem.text) if problem is not None else ""
        elif done.has_changed:
            text = tr("New address: {now} (before: {before})").format(
                now=found.ip, before=done.before or tr("not known")
            )
        else:
            text = tr("Still {now}. It may take a minute; check it again.").format(now=found.ip)
        self._face.toaster.show(text)

    def _on_keys(self, row: Proxy, keys: HostKeys) -> None:
        if keys.pinned == keys.offered:
            self._face.toaster.show(tr("The server shows the key that is trusted already."))
            return
        self._face.prompts.ask(
            tr("Trust the new key of {name}?").format(name=row.name),
            tr(
                "Trusted so far:\n{pinned}\n\nShown now:\n{offered}\n\n"
                "Ask your provider whether this is the server's key. If not, somebody may stand in between."
            ).format(pinned=keys.pinned or tr("none"), offered=keys.offered),
            (Choice("cancel", tr("Cancel"), "primary"), Choice("trust", tr("Trust it"), "danger")),
            lambda key: self._trust(row, keys) if key == "trust" else None,
        )

    def _trust(self, row: Proxy, keys: HostKeys) -> None:
        self._face.jobs.write(
            lambda: self._page.proxies.pool.trust(row, keys, keys.offered),
            owner=self._page,
            then=lambda _done: self._on_trusted(row),
            failed=self.show_problem,
        )

    def _on_trusted(self, row: Proxy) -> None:
        text = tr("Trusted. A window that was held for it counts it once it is opened again.")
        self._face.toaster.show(text)
        self._check([row.id])

    def _ask_to_delete(self, picked: list[str], one: Proxy | None) -> None:
        title = tr("Delete %n proxy(ies)?", n=len(picked))
        if one is not None:
            title = tr("Delete the proxy {name}?").format(name=one.name)
        self._face.prompts.ask(
            title,
            tr("Berth forgets its address and its password. This cannot be taken back."),
            (Choice("cancel", tr("Cancel")), Choice("delete", tr("Delete"), "danger")),
            lambda key: self._remove(picked) if key == "delete" else None,
        )

    def _remove(self, picked: list[str]) -> None:
        proxies = self._page.proxies
        # Where these stood, their neighbour will be selected.
        self._page.next_row = self._page.model.at(picked[0])

        async def work(report: Callable[[Progress], None]) -> _Removed:
            refused: list[Problem] = []
            for at, proxy in enumerate(picked):
                report(Progress(at, len(picked)))
                try:
                    await to_its_end(asyncio.to_thread(proxies.remove, proxy))
                except Problem as problem:
                    refused.append(problem)
            return _Removed(len(picked) - len(refused), tuple(refused))

        self._face.jobs.start(
            work,
            owner=self._page,
            then=self._on_removed,
            failed=self.show_problem,
            title=say("Deleting proxies"),
        )

    def _on_removed(self, removed: _Removed) -> None:
        if removed.count:
            self._face.toaster.show(tr("%n proxy(ies) deleted", n=removed.count))
        else:
            self._page.next_row = None
        if len(removed.refused) == 1:
            self.show_problem(removed.refused[0])
        elif removed.refused:
            first = removed.refused[0]
            self._face.show_problem(
                Problem(
                    say(
                        "{count} proxies were not deleted. The first: {why}",
                        count=len(removed.refused),
                        why=first.text,
                    ),
                    first.next_step,
                )
            )
