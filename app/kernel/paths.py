"""Where Berth keeps things on this machine."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from app.kernel.errors import storage_problem

_APP = "Berth"


@dataclass(frozen=True, slots=True)
class Paths:
    """Every folder of one Berth: `data` may be moved, `state` and `runtime` belong to this machine."""

    data: Path
    state: Path
    runtime: Path

    @property
    def vault_file(self) -> Path:
        """Key slots, MACed."""
        return self.data / "vault.json"

    @property
    def database(self) -> Path:
        """The sealed database."""
        return self.data / "data.db"

    @property
    def vault_lock(self) -> Path:
        """Held by the one process that has the vault open."""
        return self.data / "vault.lock"

    @property
    def profiles(self) -> Path:
        """One folder for each profile."""
        return self.data / "profiles"

    @property
    def bin(self) -> Path:
        """Profile folders on their way out."""
        return self.data / "bin"

    @property
    def backups(self) -> Path:
        """Copies made before migrations, and backups."""
        return self.data / "backups"

    @property
    def logs(self) -> Path:
        """Log files, without secrets."""
        return self.state / "logs"

    @property
    def machine_settings(self) -> Path:
        """Settings that belong to this machine, not to the vault."""
        return self.state / "settings.json"

    def profile(self, profile_id: str) -> Path:
        """The folder of one profile; its browser lives in `browser` beneath."""
        return self.profiles / profile_id

    @staticmethod
    def of(home: Path | None = None, env: Mapping[str, str] | None = None) -> Paths:
        """The folders for a given `--home`, else `BERTH_HOME`, else the system's usual places."""
        env = os.environ if env is None else env
        chosen = home or (Path(env["BERTH_HOME"]) if env.get("BERTH_HOME") else None)
        if chosen is None:
            data = Path(platformdirs.user_data_dir(_APP, appauthor=False))
            state = Path(platformdirs.user_state_dir(_APP, appauthor=False))
        else:
            data = chosen.expanduser().absolute()
            state = data / "state"
        return Paths(data=data, state=state, runtime=_runtime(data, env))


def private_folder(path: Path) -> Path:
    """Makes a folder that only this user can enter, and returns it.

    Raises FolderNotWritable or StorageFull.
    """
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        if os.name == "posix":
            path.chmod(0o700)
    except OSError as error:
        raise storage_problem(error, path) from error
    return path


def _runtime(data: Path, env: Mapping[str, str]) -> Path:
    # A unix socket's path holds 107 bytes at most, so it cannot lie below a long data path.
    base = env.get("XDG_RUNTIME_DIR")
    # Through links, so that two spellings of one data folder find the same keeper.
    mark = hashlib.sha256(os.fsencode(data.resolve())).hexdigest()[:16]
    if base and Path(base).is_dir():
        return Path(base) / f"berth-{mark}"
    user = str(os.getuid()) if hasattr(os, "getuid") else "user"
    return Path(tempfile.gettempdir()) / f"berth-{user}-{mark}"
