"""Wires the window program together: what lives as long as it, and what comes and goes with the vault."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSettings, QTimer
from PySide6.QtWidgets import QApplication

from app.isolation.keeper.watching import WindowState
from app.kernel.clock import SystemClock
from app.kernel.errors import Problem
from app.kernel.events import EventHub
from app.kernel.jobs import CoreThread
from app.kernel.paths import Paths
from app.kernel.settings import FileSettings, Scope, Settings
from app.kernel.text import say
from app.ui.bridge import GuiJobs, Postman
from app.ui.commands.palette import CommandPalette
from app.ui.commands.registry import Command, CommandRegistry
from app.ui.crash_dialog import CrashDialogs
from app.ui.face import Face
from app.ui.first_start.first_start import FirstStart
from app.ui.idle import IdleWatch
from app.ui.language import told, tr
from app.ui.looks import Looks
from app.ui.prompts import Prompts
from app.ui.shell.bell import Notes
from app.ui.shell.leaving import Leaving
from app.ui.shell.lock_page import LockPage
from app.ui.shell.main_window import MainWindow
from app.ui.shell.signed_in import SignedIn
from app.ui.shell.tray import Tray
from app.ui.theme.theme import Theme
from app.ui.vault_door import VaultDoor
from app.ui.widgets.banner import Banner
from app.ui.widgets.toasts import Toaster
from app.ui.window_states import WindowStates


class Application(QObject):
    """The whole program, from its start to its end. `begin` shows it, `end` takes it down."""

    def __init__(self, qt: QApplication, paths: Paths) -> None:
        super().__init__(qt)
        self._qt = qt
        self.paths = paths
        clock, hub = SystemClock(), EventHub()
        self._core = CoreThread()
        self._postman = Postman(self)
        self.jobs = GuiJobs(self._core, self._postman, self)
        self.settings = Settings({Scope.MACHINE: FileSettings(paths.machine_settings)})
        self.theme = Theme(qt)
        self.looks = Looks(qt, self.settings, self.theme)
        self.door = VaultDoor(paths, clock, hub, self.jobs, self._postman, self)
        self.states = WindowStates(paths, self._postman, self)
        self.theme.set_up()
        self.looks.apply()
        places = QSettings(str(paths.state / "window.ini"), QSettings.Format.IniFormat)
        self.places = places
        self.window = MainWindow(places, self._may_close)
        self.crashes = CrashDialogs(paths, clock, self._postman, self.window)
        self.commands = CommandRegistry(self)
        self.face = Face(
            jobs=self.jobs,
            theme=self.theme,
            toaster=Toaster(self.window),
            prompts=Prompts(self.window),
            commands=self.commands,
            states=self.states,
            settings=self.settings,
            door=self.door,
            clock=clock,
            show_problem=self._show_problem,
        )
        self.tray = self._build_tray()
        self.leaving = Leaving(
            self.window,
            self.tray,
            self.states,
            self.face.prompts,
            self.jobs,
            paths,
            self._has_edits,
            self._quit,
        )
        self.idle = IdleWatch(self._lock_after_min, self)
        self.signed_in: SignedIn | None = None
        self.notes = Notes(clock, self)
        self.palette: CommandPalette | None = None
        self._is_first = False
        self._wanted_stores: list[str] = []
        self._connect()

    def begin(self) -> None:
        """Shows the window; from here on the program answers."""
        self.crashes.install()
        self._core.start()
        self.states.start()
        self.commands.add(self.window, self._commands(), is_global=True)
        self._show_door()
        self.window.show()
        self.tray.show()
        self.idle.start()

    def end(self) -> None:
        """Locks the vault and ends every thread; windows of stores go on."""
        self.idle.stop()
        self.states.stop()
        if self.signed_in is not None:
            self.signed_in.frame.settle()
        self.jobs.close(self.door.close)
        self._core.stop()
        self.tray.hide()
        self.window.close()
        self.crashes.uninstall()

    def show_window(self, words: list[str] | None = None) -> None:
        """A later start of the program, or the tray: the window comes to the front. `words` name a store."""
        self.window.bring_to_front()
        self._wanted_stores += words or []
        self._open_wanted()

    def _open_wanted(self) -> None:
        """Stores named on a command line are opened as soon as the vault is."""
        if self._wanted_stores and self.signed_in is not None:
            wanted, self._wanted_stores = self._wanted_stores, []
            self.signed_in.open_by_words(wanted)

    def lock(self) -> None:
        """Locks the vault, where that is possible now."""
        self.door.lock()

    def open_palette(self) -> None:
        """Shows the palette, or takes it away."""
        if self.palette is not None:
            self.palette.end()
            return
        find = self.signed_in.find_for_palette if self.signed_in is not None else None
        self.palette = CommandPalette(self.window, self.commands, find)
        self.palette.ended.connect(self._on_palette_ended)
        self.palette.open()

    def _connect(self) -> None:
        self.door.opened.connect(self._on_opened)
        self.door.locking.connect(self._on_locking)
        self.door.locked.connect(self._show_door)
        self.looks.language_changed.connect(self._on_language_changed)
        self.states.crashed.connect(self._on_crashed)
        self.states.held.connect(self._on_held)
        self.idle.was_idle.connect(self.lock)

    def _build_tray(self) -> Tray:
        return Tray(
            self.states,
            show_window=self.show_window,
            raise_store=self._raise_store,
            lock=self.lock,
            quit_program=self._ask_to_quit,
            parent=self,
        )

    def _commands(self) -> list[Command]:
        def is_open() -> bool:
            return self.door.is_open

        return [
            Command("palette", say("Commands"), self.open_palette, "zap", ("Ctrl+K",), in_palette=False),
            Command("lock", say("Lock"), self.lock, "lock", ("Ctrl+L",), is_enabled=is_open),
            Command("quit", say("Quit"), self.leaving.ask_to_quit, "log-out", ("Ctrl+Q",)),
            Command("theme", say("Switch between light and dark"), self._switch_theme, "moon"),
            Command("rows", say("Switch between normal and compact rows"), self._switch_rows, "list"),
            Command("language", say("Switch between 中文 and English"), self._switch_language, "languages"),
        ]

    def _show_door(self) -> None:
        """First start, or the lock screen."""
        try:
            exists = self.door.exists()
        except Problem as problem:
            banner = Banner(closes=False)
            banner.show_problem(problem)
            self.window.show_only(banner)
            return
        if not exists:
            self._is_first = True
            first = FirstStart(self.door, self.paths, self.face.clock)
            first.language_wanted.connect(self._on_language_wanted)
            first.unlock_failed.connect(self._on_first_unlock_failed)
            self.window.show_only(first)
            first.begin()
            return
        if isinstance(self.window.shown, LockPage):
            return  # it stands there since the lock began, perhaps with a passphrase typed into it
        self._show_lock_page()

    def _show_lock_page(self) -> None:
        page = LockPage(self.door, self.states)
        self.window.show_only(page)
        page.begin()

    def _on_first_unlock_failed(self, problem: Problem) -> None:
        self._show_door()
        shown = self.window.shown
        if isinstance(shown, LockPage):
            shown.banner.show_problem(problem)

    def _on_opened(self) -> None:
        shown = self.window.shown
        if isinstance(shown, LockPage):
            shown.end_of_unlocking()
        self._build_signed_in()
        assert self.signed_in is not None
        if self._is_first:
            self._is_first = False
            self.signed_in.begin_first_store()
        else:
            self.signed_in.offer_last_windows()
            self.signed_in.note_expiring()
        if self.crashes.had_native_crash:
            self.crashes.had_native_crash = False
            self.face.toaster.show(
                tr("Berth ended unexpectedly the last time; nothing that was saved is lost.")
            )
        self._open_wanted()

    def _build_signed_in(self, page: str = "stores") -> None:
        work = self.door.workspace
        assert work is not None
        self.signed_in = SignedIn(
            self.face,
            self.looks,
            work,
            self.places,
            self.notes,
            open_palette=self.open_palette,
            lock=self.lock,
            tell=self.tray.tell,
            can_tell_idle=self.idle.can_tell,
        )
        self.window.show_only(self.signed_in.frame)
        self.signed_in.frame.show_page(page)

    def _on_locking(self) -> None:
        if self.palette is not None:
            self.palette.end(gives_focus_back=False)
        self.face.prompts.close_all()
        self.face.toaster.clear()
        self.notes.clear()
        if self.signed_in is not None:
            self.signed_in.end()
            self.signed_in = None
        self.states.forget_refusals()
        self._show_lock_page()

    def _on_language_changed(self) -> None:
        self.window.setWindowTitle(tr("Berth"))
        shown = self.window.shown
        if self.signed_in is not None:
            page = self.signed_in.frame.current_id
            self.signed_in.end()
            self._build_signed_in(page)
        elif isinstance(shown, FirstStart) and shown.holds_code:
            return  # a code that is shown only once stays where it is
        elif isinstance(shown, LockPage):
            self._show_lock_page()
        elif shown is not None:
            self._show_door()
            again = self.window.shown
            if isinstance(shown, FirstStart) and isinstance(again, FirstStart):
                again.passphrase_step.edit.setText(shown.passphrase_step.edit.text())
                shown.passphrase_step.edit.forget()

    def _lock_after_min(self) -> int:
        work = self.door.workspace
        return work.settings.number("vault.lock_after_min") if work is not None else 0

    def _on_language_wanted(self, language: str) -> None:
        self._set("ui.language", language)

    def _on_crashed(self, state: object) -> None:
        name = getattr(state, "name", "")
        number = getattr(state, "number", 0)
        profile = str(getattr(state, "profile", ""))
        text = say("The window of {name} crashed. Its logins are kept.", name=f"{number:03d} {name}")
        if self.signed_in is not None:
            self.signed_in.note_crash(profile, text)
        if not self.window.isActiveWindow():
            self.tray.tell(tr("A window crashed"), told(text))

    def _on_held(self, state: object) -> None:
        assert isinstance(state, WindowState)
        why = state.held[0].message if state.held else say("Open Berth to see why.")
        text = say("{name} is held back. {why}", name=f"{state.number:03d} {state.name}", why=why)
        if self.signed_in is not None:
            self.signed_in.note_held(state.profile, text)
        if not self.window.isActiveWindow():
            self.tray.tell(tr("A window is held back"), told(text))

    def _raise_store(self, profile: str) -> None:
        if self.signed_in is not None:
            self.signed_in.acts.bring_to_front(profile)

    def _switch_theme(self) -> None:
        from app.ui.theme.tokens import DARK

        self._set("ui.theme", "light" if self.theme.tokens is DARK else "dark")

    def _switch_rows(self) -> None:
        self._set("ui.rows", "normal" if self.theme.is_compact else "compact")

    def _switch_language(self) -> None:
        self._set("ui.language", "en" if self.looks.language == "zh" else "zh")

    def _set(self, name: str, value: str) -> None:
        try:
            self.settings.set(name, value)
        except Problem as problem:
            self._show_problem(problem)
            return
        # Later: a rebuild must not take away the button whose click is still being handled.
        QTimer.singleShot(0, self, self.looks.apply)

    def _show_problem(self, problem: Problem) -> None:
        if self.signed_in is not None:
            self.signed_in.frame.banner.show_problem(problem)

    def _on_palette_ended(self) -> None:
        self.palette = None

    def _has_edits(self) -> bool:
        return self.signed_in is not None and self.signed_in.has_edits

    def _may_close(self) -> bool:
        return self.leaving.may_close()

    def _ask_to_quit(self) -> None:
        self.leaving.ask_to_quit()

    def _quit(self) -> None:
        self._qt.quit()
