"""What a command is given: folders, time, output, and the vault for as long as it needs it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.output import Output
from app.cli.prompts import Prompts
from app.kernel.clock import Clock, SystemClock
from app.kernel.events import EventHub
from app.kernel.paths import Paths
from app.kernel.secret import Secret
from app.kernel.settings import FileSettings, Scope, Settings

if TYPE_CHECKING:
    from app.vault.vault import OpenVault, Vault
    from app.workspace import Workspace

VIA = "cli"


@dataclass(frozen=True, slots=True)
class Context:
    """Everything a command may use; nothing in it does work before it is asked to."""

    paths: Paths
    out: Output
    prompts: Prompts
    passphrase_file: Path | None = None
    clock: Clock = field(default_factory=SystemClock)
    hub: EventHub = field(default_factory=EventHub)

    def vault(self) -> Vault:
        """The vault, locked."""
        from app.vault.vault import Vault
        from app.workspace import migrations

        return Vault(self.paths, self.clock, migrations(), self.hub)

    @contextmanager
    def open_vault(self, recovery: Secret | None = None) -> Iterator[OpenVault]:
        """Asks for the passphrase, unlocks, and locks again at the end of the block; keep the block short.

        A recovery code opens the vault in place of the passphrase.
        """
        vault = self.vault()
        if not vault.exists():
            # Says so before anybody has to type a passphrase.
            from app.vault.errors import missing

            raise missing(self.paths.data)
        wait_s = self.machine_settings().number("vault.wait_for_lock_s")
        if recovery is not None:
            unlocked = vault.unlock_with_recovery(recovery, via=VIA, wait_s=wait_s)
        else:
            unlocked = vault.unlock(self.passphrase(), via=VIA, wait_s=wait_s)
        with unlocked as opened:
            yield opened

    @contextmanager
    def workspace(self) -> Iterator[Workspace]:
        """The rooms over the unlocked vault; it is locked again at the end of the block."""
        from app.workspace import build

        with self.open_vault() as opened:
            yield build(self.paths, self.clock, opened)

    def machine_settings(self) -> Settings:
        """The settings of this machine, which need no vault."""
        return Settings({Scope.MACHINE: FileSettings(self.paths.machine_settings)})

    def passphrase(self) -> Secret:
        """From the passphrase file, else asked for. Raises LockedProblem where nobody can be asked."""
        return self.prompts.passphrase(self.passphrase_file)
