"""What people do with the stores of the list: opening, changing, grouping, deleting, and taking it back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, QProcess
from PySide6.QtWidgets import QMenu

from app.kernel.errors import Problem
from app.kernel.jobs import Progress
from app.kernel.text import say
from app.ui.bridge import in_thread
from app.ui.language import told, told_whole, tr
from app.ui.pages.stores.checking import check_proxies
from app.ui.pages.stores.proxy_question import ProxyQuestion
from app.ui.pages.stores.side_tree import ALL_STORES, Node, NodeKind
from app.ui.pages.stores.store_commands import BIN_MENU, ROW_MENU
from app.ui.prompts import Choice, TextQuestion
from app.ui.screens import screens
from app.ui.window_states import LIVE

if TYPE_CHECKING:
    from app.isolation.bulk import BulkDone
    from app.isolation.profile_listing import ProfileRow
    from app.ui.pages.stores.page import StoresPage

T = TypeVar("T")
_MANY = 20


class StoreDeeds(QObject):
    """One method for each thing; a question first where it cannot be taken back."""

    def __init__(self, page: StoresPage) -> None:
        super().__init__(page)
        self._page = page
        self._face = page.face

    # --- windows ------------------------------------------------------------------------------------------

    def activate(self, profiles: list[str]) -> None:
        """Enter and double click: opens, or brings to the front."""
        if not self._page.is_bin:
            self._open(profiles)

    def act(self, profile: str, act: str) -> None:
        """The three buttons at a row's end."""
        if act == "close":
            self._page.acts.close([profile])
        else:
            self._page.acts.open([profile])

    def open_picked(self) -> None:
        """Opens every selected store; asks first where that is many."""
        self._open(self._page.list.picked)

    def open_node(self) -> None:
        """Opens every store that the list shows."""
        self._open(list(self._page.model.ids))

    def close_picked(self) -> None:
        """Closes the windows of the selected stores."""
        live = [one for one in self._page.list.picked if self._face.states.doing(one) in LIVE]
        self._page.acts.close(live)

    def arrange_picked(self) -> None:
        """Puts the windows of the selected stores, or all of them, on a grid over the screens."""
        picked = self._page.list.picked
        self._page.acts.arrange(picked if len(picked) > 1 else None, screens())

    def hibernate_picked(self) -> None:
        """Closes the windows of the selected stores that nobody needs now; their tabs are kept."""
        self._page.acts.hibernate(self._page.list.picked)

    def _open(self, profiles: list[str]) -> None:
        closed = [one for one in profiles if self._face.states.doing(one) not in LIVE]
        if len(closed) <= _MANY:
            self._page.acts.open(profiles if len(profiles) == 1 else closed)
            return
        self._face.prompts.ask(
            tr("Open %n window(s)?", n=len(closed)),
            tr("Each browser window takes a few hundred megabytes of memory."),
            (Choice("cancel", tr("Cancel")), Choice("open", tr("Open"), "primary")),
            lambda key: self._page.acts.open(closed) if key == "open" else None,
        )

    # --- records ------------------------------------------------------------------------------------------

    def edit_current(self) -> None:
        """The drawer with every key."""
        self._page.edit(self._page.list.current)

    def rename_current(self) -> None:
        """F2."""
        row = self._current()
        if row is None:
            return
        profile = row.profile
        self._face.prompts.ask_until(
            tr("Rename {name}").format(name=profile.shown_number),
            "",
            profile.name,
            tr("Rename"),
            lambda name, question: self._until(
                question,
                lambda: self._page.room.profiles.set(profile.id, [("name", name)]),
                lambda _profile: None,
            ),
        )

    def clone_current(self) -> None:
        """A new store with the same settings."""
        row = self._current()
        if row is None:
            return
        profile = row.profile
        self._face.prompts.ask_until(
            tr("Make another like {name}").format(name=profile.name),
            tr(
                "Same settings and proxy, a fingerprint combination and a folder of its own. "
                "Logins stay behind."
            ),
            tr("{name} 2").format(name=profile.name[:190]),
            tr("Clone"),
            lambda name, question: self._until(
                question,
                lambda: self._page.room.profiles.clone(profile.id, name),
                lambda made: self._page.list.keep_in_mind(made.id),
            ),
        )

    def change_proxy(self, profile: str) -> None:
        """For one store, from its pane."""
        self._ask_proxy([profile])

    def change_proxy_of_picked(self) -> None:
        """For all selected stores."""
        self._ask_proxy(self._page.list.picked)

    def group_picked(self) -> None:
        """Puts the selected stores into a group."""
        picked, row = self._page.list.picked, self._current()
        before = row.profile.group if row is not None and len(picked) == 1 else ""
        self._face.prompts.ask_text(
            tr("Put %n store(s) into a group", n=len(picked)),
            tr("A name that is new makes a new group; an empty one takes them out."),
            before,
            tr("Save"),
            lambda name: self._set(picked, [("group", name)]),
        )

    def tag_picked(self) -> None:
        """Adds tags to the selected stores."""
        picked = self._page.list.picked
        self._face.prompts.ask_text(
            tr("Add tags to %n store(s)", n=len(picked)),
            tr("With commas between them"),
            "",
            tr("Add"),
            lambda text: (
                self._call(lambda: self._page.room.profiles.add_tags(picked, _split(text)), self._say_changed)
                if text.strip()
                else None
            ),
        )

    def _ask_proxy(self, profiles: list[str]) -> None:
        if not profiles:
            return
        if self._page.drawer is not None:
            self._page.drawer.leave(self._face.prompts, partial(self._ask_proxy, profiles))
            return
        question = ProxyQuestion(self._page, self._face, self._page.room, len(profiles))
        self._page.show_drawer(question)

        def done(count: int) -> None:
            question.end()
            self._say_changed(count)

        def change(work: Callable[[], int]) -> None:
            # The question may be closed meanwhile.
            self._face.jobs.call(work, owner=question, then=done, failed=question.say_problem)

        room = self._page.room.profiles
        question.chosen.connect(lambda text: change(lambda: room.assign_proxy(profiles, text)))
        question.spread.connect(lambda: change(lambda: len(room.spread_proxies(profiles))))
        question.ask()

    def _set(self, profiles: Sequence[str], values: list[tuple[str, str]]) -> None:
        self._call(lambda: self._page.room.profiles.set_many(profiles, values), self._say_changed)

    def _say_changed(self, count: int) -> None:
        self._face.toaster.show(tr("Changed %n store(s)", n=count))

    # --- the bin ------------------------------------------------------------------------------------------

    def delete_picked(self) -> None:
        """To the bin; the toast takes it back."""
        picked = self._page.list.picked
        if not picked:
            return
        self._page.list.keep_neighbour_in_mind()
        self._call(lambda: self._page.room.profiles.delete_many(picked), self._on_deleted)

    def restore_picked(self) -> None:
        """Out of the bin."""
        self._restore(self._page.list.picked)

    def purge_picked(self) -> None:
        """For good, after a question."""
        picked = self._page.list.picked
        self._face.prompts.ask(
            tr("Remove %n store(s) for good?", n=len(picked)),
            tr("Their folders with logins and cookies are deleted. This cannot be taken back."),
            (Choice("cancel", tr("Cancel"), "primary"), Choice("purge", tr("Remove for good"), "danger")),
            lambda key: self._purge(picked) if key == "purge" else None,
        )

    def _on_deleted(self, done: BulkDone) -> None:
        if done.done:
            self._face.toaster.show(
                tr("%n store(s) moved to the bin", n=len(done.done)),
                tr("Undo"),
                partial(self._restore, list(done.done)),
            )
        self._say_refused(done)

    def _restore(self, profiles: list[str]) -> None:
        def done(result: BulkDone) -> None:
            if result.done:
                self._face.toaster.show(tr("%n store(s) restored", n=len(result.done)))
            self._say_refused(result)

        self._call(lambda: self._page.room.profiles.restore_many(profiles), done)

    def _purge(self, profiles: list[str]) -> None:
        async def work(report: Callable[[Progress], None]) -> int:
            for at, profile in enumerate(profiles):
                report(Progress(at, len(profiles)))
                await in_thread(partial(self._page.room.profiles.purge, profile))
            return len(profiles)

        self._face.jobs.start(
            work,
            owner=self._page,
            then=lambda count: self._face.toaster.show(tr("%n store(s) removed for good", n=count)),
            failed=self.show_problem,
            title=say("Removing stores"),
        )

    def _say_refused(self, done: BulkDone) -> None:
        if not done.refused:
            return
        _, first = done.refused[0]
        text = told_whole(first)
        if len(done.refused) > 1:
            text += "\n" + tr("%n more were refused as well.", n=len(done.refused) - 1)
        self._face.toaster.show(text)

    # --- proxies ------------------------------------------------------------------------------------------

    def check(self, profiles: list[str]) -> None:
        """Checks the proxies of these stores."""

        def proxies() -> list[str]:
            rows = self._page.room.profiles.rows(profiles)
            return list(dict.fromkeys(row.proxy.id for row in rows if row.proxy is not None))

        def check(found: list[str]) -> None:
            if not found:
                self._face.toaster.show(tr("These stores have no proxy to check."))
                return
            check_proxies(
                self._face, self._page.room.proxies, found, owner=self._page, failed=self.show_problem
            )

        self._face.jobs.call(proxies, owner=self._page, then=check, failed=self.show_problem)

    def check_picked(self) -> None:
        """F5."""
        self.check(self._page.list.picked)

    # --- groups -------------------------------------------------------------------------------------------

    def reorder_groups(self, ids: list[str]) -> None:
        """A group was dragged to another place."""
        self._call(lambda: self._page.room.groups.reorder(ids), lambda _groups: None)

    def node_menu(self, node: Node, place: object) -> None:
        """The menu of a node of the tree."""
        menu = QMenu(self._page)
        menu.setObjectName("node_menu")
        if node.kind is NodeKind.GROUP:
            menu.addAction(tr("Open this group"), partial(self._open_group, node))
            menu.addAction(tr("Rename…"), partial(self._rename_group, node))
            colours = menu.addMenu(tr("Colour"))
            for name, colour in GROUP_COLOURS:
                colours.addAction(told(name), partial(self._colour_group, node, colour))
            tree = self._page.tree
            for text, by in ((tr("Move up"), -1), (tr("Move down"), 1)):
                menu.addAction(text, partial(tree.move_group, node, by)).setEnabled(tree.can_move(node, by))
            menu.addSeparator()
            menu.addAction(tr("Dissolve; its stores stay"), partial(self._remove_group, node))
        elif node.kind is NodeKind.BIN:
            menu.addAction(tr("Show the bin"), partial(self._page.tree.choose, node))
        else:
            menu.addAction(tr("New store"), self._page.new_store)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)  # type: ignore[arg-type]  # a QPoint

    def _open_group(self, node: Node) -> None:
        from app.isolation.profiles import ProfileQuery

        self._call(
            lambda: self._page.room.profiles.ids(ProfileQuery(group=node.name)),
            lambda ids: self._open(list(ids)),
        )

    def _rename_group(self, node: Node) -> None:
        self._face.prompts.ask_until(
            tr("Rename {name}").format(name=node.name),
            "",
            node.name,
            tr("Rename"),
            lambda name, question: self._until(
                question, lambda: self._page.room.groups.rename(node.id, name), lambda _group: None
            ),
        )

    def _colour_group(self, node: Node, colour: str) -> None:
        self._call(lambda: self._page.room.groups.recolour(node.id, colour), lambda _group: None)

    def _remove_group(self, node: Node) -> None:
        def done(_group: object) -> None:
            self._page.tree.choose(ALL_STORES)
            self._face.toaster.show(tr("Dissolved the group {name}").format(name=node.name))

        self._call(lambda: self._page.room.groups.remove(node.id), done)

    # --- menus and the rest -------------------------------------------------------------------------------

    def row_menu(self, place: object) -> None:
        """The menu of the selected rows."""
        menu = QMenu(self._page)
        menu.setObjectName("row_menu")
        self._face.commands.fill(menu, BIN_MENU if self._page.is_bin else ROW_MENU)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)  # type: ignore[arg-type]  # a QPoint

    def explain_fingerprints(self) -> None:
        """What stores on one machine share, and what can be done about it."""
        self._face.prompts.ask(
            tr("What stores on one computer share"),
            tr(
                "A page can read which graphics card, fonts and screen a computer has, and how it draws "
                "a picture. Berth shows the real ones in every store, because invented ones contradict "
                "each other and can be noticed. So two stores on this computer can be linked by them. "
                "Languages, time zone, window size, scale and number of cores are different for each "
                "store, and cookies, logins and addresses never mix. If that is not enough for two "
                "accounts, keep them on two computers."
            ),
            (Choice("close", tr("Understood"), "primary"),),
            lambda _key: None,
        )

    def show_demo(self) -> None:
        """Two sample stores on this computer, in windows of their own."""
        import sys

        words = ["demo"] if getattr(sys, "frozen", False) else ["-m", "app", "demo"]
        process = QProcess(self)
        process.setStandardOutputFile(QProcess.nullDevice())
        process.setStandardErrorFile(QProcess.nullDevice())
        process.finished.connect(self._on_demo_ended)
        process.start(sys.executable, words)
        self._face.toaster.show(tr("The demo opens two windows of its own and closes them again."))

    def _on_demo_ended(self, code: int) -> None:
        if code == 0:
            self._face.toaster.show(tr("The demo has ended: nothing crossed between its two stores."))
        else:
            self._face.toaster.show(tr('The demo failed. "berth demo" in a terminal says why.'))

    def show_problem(self, problem: Problem) -> None:
        """Says what went wrong, in the frame's banner."""
        self._face.show_problem(problem)

    def _current(self) -> ProfileRow | None:
        return self._page.model.row_of(self._page.list.current)

    def _call(
        self,
        work: Callable[[], T],
        then: Callable[[T], object],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        self._face.jobs.write(
            work,
            owner=self._page,
            then=lambda result: _nothing(then(result)),
            failed=failed or self.show_problem,
        )

    def _until(self, question: TextQuestion, work: Callable[[], T], then: Callable[[T], object]) -> None:
        """Does what a question was asked for; it stays where it is until that has worked."""

        def done(result: T) -> None:
            question.close()
            then(result)

        self._call(work, done, question.say_problem)


GROUP_COLOURS = (
    (say("None"), ""),
    (say("Red"), "#E5484D"),
    (say("Orange"), "#F76B15"),
    (say("Yellow"), "#E2A336"),
    (say("Green"), "#30A46C"),
    (say("Blue"), "#3E63DD"),
    (say("Purple"), "#8E4EC6"),
    (say("Pink"), "#D6409F"),
    (say("Grey"), "#5B6470"),
)


def _split(text: str) -> list[str]:
    import re

    return [part.strip() for part in re.split(r"[,，、;；]", text) if part.strip()]


def _nothing(_result: object) -> None:
    return None
