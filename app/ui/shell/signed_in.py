"""What exists while the vault is unlocked: the frame with its pages, and what a person does with windows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from PySide6.QtCore import QObject, QSettings, QTimer
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QWidget

from app.isolation.checks import Check
from app.isolation.profile_listing import Counts
from app.isolation.profiles import ProfileQuery
from app.kernel.errors import Problem
from app.kernel.gate import Refused
from app.kernel.text import Text, say
from app.ui.commands.palette import Hit
from app.ui.face import Face
from app.ui.language import told, tr
from app.ui.looks import Looks
from app.ui.pages.proxies.page import ProxiesPage
from app.ui.pages.settings.page import SettingsPage
from app.ui.pages.settings.settings_commands import commands as settings_commands
from app.ui.pages.stores.page import StoresPage
from app.ui.pages.stores.side_tree import ALL_STORES, Node, NodeKind
from app.ui.shell.bell import Note, Notes
from app.ui.shell.frame import Frame, PageRow
from app.ui.widgets.banner import Way
from app.ui.window_acts import WindowActs
from app.workspace import Workspace

_FOUND = 30
_AFTER_FIRST_PAINT_MS = 600
_READ = 500
_LONGEST_NUMBER = 9
_EXPIRING_NOTE = "expiring"
_WIDE_SCREEN_PX = 1_500


class SignedIn(QObject):
    """Built at the unlock, ended at the lock."""

    def __init__(
        self,
        face: Face,
        looks: Looks,
        work: Workspace,
        places: QSettings,
        notes: Notes,
        *,
        open_palette: Callable[[], object],
        lock: Callable[[], object],
        tell: Callable[[str, str], None],
        can_tell_idle: bool,
    ) -> None:
        super().__init__()
        self._tell = tell
        self._can_tell_idle = can_tell_idle
        self._notes = notes
        self._face = face
        self._looks = looks
        self._work = work
        self._places = places
        self.acts = WindowActs(
            work.isolation.opening,
            face.states,
            face.jobs,
            face.door.paths,
            work.isolation.opening.at_once,
            self,
        )
        self.frame = Frame(
            face,
            self._pages(),
            work.vault.session.name,
            notes,
            on_note=self._on_note,
            open_palette=open_palette,
            lock=lock,
            is_folded=_is_folded(places),
        )
        face.commands.add(self.frame, settings_commands(self._show_settings), is_global=True)
        self.frame.rail.folded.connect(lambda is_folded: places.setValue("rail/folded", is_folded))
        self.frame.status_line.windows_clicked.connect(self._on_windows_clicked)
        self._connect_acts()
        face.states.keeper_lost.connect(self.offer_last_windows)
        # Before anybody wants a new store: the first drawer shall not wait for files.
        self._later = QTimer(self, singleShot=True, interval=_AFTER_FIRST_PAINT_MS)
        self._later.timeout.connect(self._read_templates)
        self._later.start()

    def _connect_acts(self) -> None:
        self.acts.failed.connect(self._on_failed)
        self.acts.refused.connect(self._on_refused)
        self.acts.reason_needed.connect(self._on_reason_needed)
        self.acts.hibernated.connect(self._on_hibernated)
        self.acts.override_reason_needed.connect(self._on_override_reason_needed)

    @property
    def stores(self) -> StoresPage:
        """The stores page."""
        page = self.frame.page("stores")
        assert isinstance(page, StoresPage)
        return page

    def _read_templates(self) -> None:
        templates = self._work.isolation.templates
        self._face.jobs.call(templates.all, owner=self, failed=lambda _problem: None)

    @property
    def has_edits(self) -> bool:
        """Whether some page holds edits that would be lost."""
        return any(page.has_edits for page in self.frame.pages)

    def end(self) -> None:
        """Settles the pages; after this nothing of the vault is on the screen."""
        self.acts.end()
        self.frame.settle()
        self.deleteLater()

    def note_crash(self, profile: str, text: Text) -> None:
        """A window crashed: said at once, and kept under the bell."""
        self._face.toaster.show(told(text), tr("Restore"), lambda: self.acts.open([profile]))
        self._notes.add(text, profile)

    def note_held(self, profile: str, text: Text) -> None:
        """A window is held back: said at once, and kept under the bell."""
        self._notes.add(text, profile)
        self._face.toaster.show(told(text), tr("Show"), lambda: self._show_refusal(profile))

    def note_expiring(self) -> None:
        """Once after the unlock: proxies that end soon."""
        days = self._work.settings.number("proxies.expiring_days")
        before = self._face.clock.now() + timedelta(days=days)

        def show(counts: Counts) -> None:
            if counts.expiring:
                self._notes.add(
                    Text("%n store(s) with a proxy that expires soon", n=counts.expiring), _EXPIRING_NOTE
                )

        self._face.jobs.call(
            lambda: self._work.isolation.profiles.counts(before),
            owner=self.frame,
            then=show,
            failed=lambda _problem: None,
        )

    def begin_first_store(self) -> None:
        """Step three of the first start."""
        self.frame.show_page("stores")
        self.stores.begin_first_store()

    def offer_last_windows(self) -> None:
        """After a crash of what keeps windows open: brings them back when the person wants it."""
        from app.isolation.keeper.last_windows import forget_last_windows, last_windows

        paths = self._face.door.paths
        found = last_windows(paths)
        if not found or self._face.states.count_open():
            return
        ids = [window.profile for window in found]

        def restore() -> None:
            self.frame.banner.clear()
            forget_last_windows(paths)
            self.acts.open(ids)

        def leave() -> None:
            self.frame.banner.clear()
            forget_last_windows(paths)

        self.frame.banner.show_text(
            tr("The windows of last time ended without being closed."),
            level="warn",
            ways=(
                Way(tr("Restore %n window(s)", n=len(ids)), "restore_windows_button", restore, "primary"),
                Way(tr("Leave them closed"), "leave_windows_button", leave),
            ),
        )

    def open_by_words(self, words: list[str]) -> None:
        """Opens the stores that a later start of the program named."""
        for word in words:
            self._face.jobs.call(
                lambda word=word: self._work.isolation.profiles.get(word),  # type: ignore[misc]  # bound now
                owner=self.frame,
                then=lambda profile: self.acts.open([profile.id]),
                failed=self.frame.banner.show_problem,
            )

    def find_for_palette(self, text: str, then: Callable[[list[Hit]], None]) -> None:
        """Stores that fit what is typed in the palette; a number alone means the store of that number."""
        profiles = self._work.isolation.profiles
        digits = text.lstrip("#")
        number = int(digits) if digits.isdigit() and len(digits) < _LONGEST_NUMBER else None

        def work() -> list[Hit]:
            found = [row.profile for row in profiles.rows(profiles.ids(ProfileQuery(text=text))[:_READ])]
            found.sort(key=lambda profile: profile.number != number)
            hits = [
                Hit(
                    f"{profile.shown_number}  {profile.name}",
                    partial(self.acts.open, [profile.id]),
                    colour=profile.colour,
                    is_exact=profile.number == number,
                )
                for profile in found[:_FOUND]
            ]
            if digits.isdigit() and not any(hit.is_exact for hit in hits):
                missing = tr("No store has the number {number}").format(number=text)
                hits.insert(0, Hit(missing, lambda: None, icon="info", is_note=True))
            return hits

        self._face.jobs.call(work, owner=self.frame, then=then)

    def _pages(self) -> list[PageRow]:
        room = self._work.isolation
        return [
            PageRow(
                "stores",
                say("Stores"),
                "store",
                lambda parent: StoresPage(
                    self._face, room, self._work.settings, self.acts, self._places, parent
                ),
            ),
            PageRow("proxies", say("Proxies"), "network", self._build_proxies),
            PageRow(
                "settings",
                say("Settings"),
                "settings",
                lambda parent: SettingsPage(
                    self._face,
                    self._looks,
                    self._work,
                    self._places,
                    self._build_pages,
                    can_tell_idle=self._can_tell_idle,
                    parent=parent,
                ),
                at_foot=True,
            ),
        ]

    def _build_proxies(self, parent: QWidget) -> ProxiesPage:
        room, settings = self._work.isolation, self._work.settings
        page = ProxiesPage(self._face, room.proxies, settings, self._places, parent)
        page.store_wanted.connect(self._show_store)
        return page

    def _show_store(self, profile: str, in_bin: bool) -> None:
        self.frame.show_page("stores")
        self.stores.tree.choose(Node(NodeKind.BIN) if in_bin else ALL_STORES)
        self.stores.clear_search()
        self.stores.list.keep_in_mind(profile)

    def _build_pages(self) -> None:
        """So that the page of keys knows their commands, too."""
        for page in ("stores", "proxies"):
            self.frame.page(page)

    def _show_settings(self, section: str) -> None:
        self.frame.show_page("settings")
        page = self.frame.page("settings")
        assert isinstance(page, SettingsPage)
        page.show_section(section)

    def _on_windows_clicked(self) -> None:
        self.frame.show_page("stores")
        self.stores.show_running()

    def _on_failed(self, profile: str, problem: Problem) -> None:
        if self._face.states.refusal(profile) is None:
            self.frame.banner.show_problem(problem)
        else:
            self._on_refused(profile)

    def _on_reason_needed(self, profile: str, problem: Refused) -> None:
        self._face.prompts.ask_text(
            tr("Why do you want to open it?"),
            told(problem.text),
            "",
            tr("Open"),
            lambda reason: self.acts.open([profile], reason=reason) if reason.strip() else None,
        )

    def _on_hibernated(self, closed: int, awake: list[str]) -> None:
        told_ = [tr("%n window(s) asleep; their tabs are kept.", n=closed)] if closed else []
        if awake:
            told_.append(
                tr("In use, and left open: {names}.").format(
                    names=", ".join(awake[:3]) + (" …" if len(awake) > 3 else "")
                )
            )
        if told_:
            self._face.toaster.show(" ".join(told_))

    def _on_override_reason_needed(self, profile: str, shown: tuple[Check, ...], problem: Refused) -> None:
        self._face.prompts.ask_text(
            tr("Why does it go on all the same?"),
            told(problem.text),
            "",
            tr("Go on"),
            lambda reason: self.acts.go_on(profile, shown, reason) if reason.strip() else None,
        )

    def _on_refused(self, profile: str) -> None:
        """Told without touching focus or selection: somebody may be typing elsewhere."""
        why = self._why(profile)
        self._notes.add(why, profile)
        if not self.frame.isActiveWindow():
            self._tell(tr("A store was not opened"), told(why))
        is_seen = self.frame.current_id == "stores" and self.stores.shows_card_of(profile)
        if not is_seen:
            self._face.toaster.show(told(why), tr("Show"), lambda: self._show_refusal(profile))

    def _why(self, profile: str) -> Text:
        """The first reason of a refusal, in one sentence that names the store where it is known."""
        refusal = self._face.states.refusal(profile)
        why = say("Open Berth to see why.")
        if refusal is not None and refusal.problem is not None:
            why = refusal.problem.text
        elif refusal is not None and refusal.preflight is not None:
            reds = refusal.preflight.stops(only_this_once=False)
            why = reds[0].message if reds else why
        name = self.stores.name_of(profile)
        return say("{name}: {why}", name=name, why=why) if name else why

    def _on_note(self, note: Note) -> None:
        if note.target == _EXPIRING_NOTE:
            self._show_expiring()
        else:
            self._show_refusal(note.target)

    def _show_expiring(self) -> None:
        self.frame.show_page("stores")
        self.stores.tree.choose(Node(NodeKind.EXPIRING))

    def _show_refusal(self, profile: str) -> None:
        self.frame.show_page("stores")
        self.stores.show_refusal(profile)


def _is_folded(places: QSettings) -> bool:
    """Whether the rail shows icons only: as the person left it, at first by how wide the screen is."""
    kept = places.value("rail/folded")
    if kept is not None:
        return kept in (True, "true")
    screen: QScreen | None = QGuiApplication.primaryScreen()
    return screen is not None and screen.availableGeometry().width() < _WIDE_SCREEN_PX
