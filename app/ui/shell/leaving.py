"""Leaving the program while windows are open: into the tray, or closing them, or not at all."""

from __future__ import annotations

from collections.abc import Callable

from app.isolation.keeper.client import KeeperClient
from app.kernel.errors import Problem
from app.kernel.paths import Paths
from app.kernel.text import say
from app.ui.bridge import GuiJobs
from app.ui.language import told, tr
from app.ui.prompts import Choice, Prompts
from app.ui.shell.main_window import MainWindow
from app.ui.shell.tray import Tray
from app.ui.widgets.drawer import ask_to_leave
from app.ui.window_states import LIVE, WindowStates


class Leaving:
    """Decides what closing and quitting mean now."""

    def __init__(
        self,
        window: MainWindow,
        tray: Tray,
        states: WindowStates,
        prompts: Prompts,
        jobs: GuiJobs,
        paths: Paths,
        has_edits: Callable[[], bool],
        end: Callable[[], None],
    ) -> None:
        self._window = window
        self._tray = tray
        self._states = states
        self._prompts = prompts
        self._jobs = jobs
        self._paths = paths
        self._has_edits = has_edits
        self._end = end
        self._is_ending = False
        self._was_told = False

    def may_close(self) -> bool:
        """A person closes the window: with windows open and a tray, the program stays there."""
        if self._is_ending:
            return True
        if self._states.ids(LIVE) and self._tray.is_there:
            self._window.hide()
            if not self._was_told:
                self._was_told = True
                self._tray.tell(tr("Berth goes on here"), tr("Windows stay open. Quit from this menu."))
            return False
        self.ask_to_quit()
        return False

    def ask_to_quit(self) -> None:
        """Quits; asks first where edits would be lost, and where windows are open or being opened."""
        if self._has_edits():
            self._window.bring_to_front()
            ask_to_leave(self._prompts, self._ask_about_windows)
        else:
            self._ask_about_windows()

    def _ask_about_windows(self) -> None:
        count = len(self._states.ids(LIVE))
        if not count:
            self._end_now()
            return
        self._window.bring_to_front()
        # Without a tray the windows still live on in their keeper; the next start finds them.
        stay = tr("Stay in the tray") if self._tray.is_there else tr("Quit, leave them open")
        self._prompts.ask(
            tr("%n window(s) still open", n=count),
            tr("What should happen now?"),
            (
                Choice("cancel", tr("Cancel")),
                Choice("close", tr("Close all and quit"), "danger"),
                Choice("stay", stay, "primary"),
            ),
            self._on_answer,
        )

    def _on_answer(self, key: str) -> None:
        if key == "stay" and self._tray.is_there:
            self._window.hide()
        elif key == "stay":
            self._end_now()
        elif key == "close":
            self._jobs.call(
                self._close_all,
                owner=self._window,
                then=lambda _none: self._end_now(),
                failed=self._show_problem,
                title=say("Closing all windows"),
            )

    def _show_problem(self, problem: Problem) -> None:
        """Not everything could be closed: the program stays, and says why."""
        self._prompts.ask(
            told(problem.text),
            told(problem.next_step),
            (Choice("close", tr("Go on"), "primary"),),
            lambda _key: None,
        )

    def _close_all(self) -> None:
        keeper = KeeperClient.find(self._paths)
        if keeper is not None:
            with keeper:
                keeper.close_windows()

    def _end_now(self) -> None:
        self._is_ending = True
        self._window.remember_place()
        self._end()
