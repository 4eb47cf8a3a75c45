"""The vault as the window program holds it: made, unlocked, locked, and what changes in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from app.kernel.changes import Changes
from app.kernel.clock import Clock
from app.kernel.errors import Problem
from app.kernel.events import EventHub
from app.kernel.gate import Ability, Act
from app.kernel.paths import Paths
from app.kernel.secret import Secret
from app.ui.bridge import GuiJobs, Postman
from app.vault.vault import OpenVault, Vault
from app.workspace import Workspace, build, migrations

VIA = "gui"
_Failed = Callable[[Problem], None]
T = TypeVar("T")


class VaultDoor(QObject):
    """Opens and closes the vault on other threads; says so here, on the GUI thread."""

    opened = Signal()
    locking = Signal()  # pages settle what they hold, and close what they showed
    locked = Signal()
    changed = Signal(object)  # Changes

    def __init__(
        self, paths: Paths, clock: Clock, hub: EventHub, jobs: GuiJobs, postman: Postman, parent: QObject
    ) -> None:
        super().__init__(parent)
        self.paths = paths
        self._clock = clock
        self._hub = hub
        self._jobs = jobs
        self._postman = postman
        self._screen = _screen()
        self._vault = Vault(paths, clock, migrations(), hub)
        self._workspace: Workspace | None = None
        self._is_busy = False
        self._unsubscribe = hub.subscribe(Changes, self._on_changes)

    @property
    def workspace(self) -> Workspace | None:
        """The rooms, while the vault is unlocked."""
        return self._workspace

    @property
    def is_open(self) -> bool:
        """Whether the vault is unlocked."""
        return self._workspace is not None

    @property
    def is_busy(self) -> bool:
        """Whether the vault is being made, unlocked or locked."""
        return self._is_busy

    def exists(self) -> bool:
        """Whether there is a vault. Raises FolderNotReadable."""
        return self._vault.exists()

    def create(
        self, passphrase: Secret, owner_name: str, then: Callable[[Secret], None], failed: _Failed
    ) -> None:
        """Makes the vault; `then` is given its recovery code. It stays locked."""
        self._begin(lambda: self._vault.create(passphrase, owner_name=owner_name), then=then, failed=failed)

    def unlock(self, passphrase: Secret, failed: _Failed) -> None:
        """Unlocks with the passphrase; `opened` follows, or `failed` is called."""
        self._begin(
            lambda: self._build(self._vault.unlock(passphrase, via=VIA)),
            then=self._on_opened,
            failed=failed,
        )

    def recover(self, code: Secret, passphrase: Secret, failed: _Failed) -> None:
        """Unlocks with the recovery code and sets a new passphrase."""

        def work() -> Workspace:
            opened = self._vault.unlock_with_recovery(code, via=VIA)
            try:
                pass_ = opened.gate.admit(opened.session, Act(Ability.SETTING_EDIT, "operator.passphrase"))
                opened.set_passphrase(pass_, passphrase)
            except BaseException:
                opened.lock()
                raise
            return self._build(opened)

        self._begin(work, then=self._on_opened, failed=failed)

    def lock(self) -> None:
        """Locks: pages settle first, writes that were asked for are finished, the keys are wiped."""
        work = self._workspace
        if work is None or self._is_busy:
            return
        self.locking.emit()
        self._workspace = None
        self._begin(work.vault.lock, then=lambda _none: self.locked.emit(), failed=lambda _problem: None)

    def close(self) -> None:
        """Locks at the program's end, on the calling thread."""
        self._unsubscribe()
        work, self._workspace = self._workspace, None
        if work is not None:
            work.vault.lock()

    def _begin(self, work: Callable[[], T], *, then: Callable[[T], None], failed: _Failed) -> None:
        self._is_busy = True

        def done(result: T) -> None:
            self._is_busy = False
            then(result)

        def went_wrong(problem: Problem) -> None:
            self._is_busy = False
            failed(problem)

        # Behind every write that was asked for before: nothing typed is lost to the lock.
        self._jobs.write(work, owner=self, then=done, failed=went_wrong)

    def _build(self, opened: OpenVault) -> Workspace:
        try:
            return build(self.paths, self._clock, opened, screen=self._screen)
        except BaseException:
            opened.lock()
            raise

    def _on_opened(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self.opened.emit()

    def _on_changes(self, changes: Changes) -> None:
        self._postman.post(lambda: self._tell(changes))

    def _tell(self, changes: Changes) -> None:
        if self.is_open:  # else its pages are going, and could read nothing
            self.changed.emit(changes)


def _screen() -> tuple[int, int] | None:
    """The primary screen in hardware pixels: what windows of stores can be as large as."""
    screen = QGuiApplication.primaryScreen()
    if screen is None:
        return None
    size, ratio = screen.size(), screen.devicePixelRatio()
    return round(size.width() * ratio), round(size.height() * ratio)
