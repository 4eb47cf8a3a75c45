"""Where Berth keeps things on this machine."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from app.kernel.errors import FolderShared, UsageProblem, reading_problem, storage_problem
from app.kernel.text import Text, say

_APP = "Berth"
_OUR_FOLDERS = frozenset({"profiles", "bin", "backups", "state", "templates"})
_OUR_FILES = ("vault.", ".vault.", "data.db")
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


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
            data = _absolute(chosen)
            state = data / "state"
        return Paths(data=data, state=state, runtime=_runtime(data, env))


def private_folder(path: Path) -> Path:
    """Makes a folder, and those above it that are missing, for this user alone; one that is there stays as
    it is, since others may rely on its rights. Raises FolderNotWritable or StorageFull.
    """
    try:
        _make_private(path)
    except OSError as error:
        raise storage_problem(error, path) from error
    return path


def is_there(path: Path) -> bool:
    """Whether a file or folder of Berth's exists. Raises FolderNotReadable where that cannot be seen."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise reading_problem(error, path.parent) from error
    return True


def require_own_place(data: Path) -> None:
    """Raises FolderShared where a new vault would lie in somebody else's folder or among other things.

    A folder that is missing, or that nobody else may enter, is fine.
    """
    if os.name != "posix" or not is_there(data) or not data.is_dir():
        return
    found = data.stat()
    if found.st_uid != os.geteuid():
        raise _shared(data, say("The folder {folder} belongs to somebody else.", folder=str(data)))
    if found.st_mode & (stat.S_ISVTX | stat.S_IWOTH):
        raise _shared(data, say("Everybody may write to the folder {folder}.", folder=str(data)))
    if found.st_mode & _OTHERS and _holds_foreign(data):
        raise _shared(
            data, say("Others may enter the folder {folder}, and it holds other things.", folder=str(data))
        )


def _holds_foreign(data: Path) -> bool:
    try:
        names = [entry.name for entry in data.iterdir()]
    except OSError as error:
        raise reading_problem(error, data) from error
    return any(name not in _OUR_FOLDERS and not name.startswith(_OUR_FILES) for name in names)


def _shared(data: Path, text: Text) -> FolderShared:
    return FolderShared(
        text, say("Give Berth a folder of its own, such as --home {folder}.", folder=str(data / "berth"))
    )


def _make_private(path: Path) -> None:
    try:
        path.mkdir(mode=0o700)
    except FileNotFoundError:
        _make_private(path.parent)
        path.mkdir(mode=0o700, exist_ok=True)
    except FileExistsError:
        if not path.is_dir():
            raise


def _absolute(chosen: Path) -> Path:
    try:
        return chosen.expanduser().absolute()
    except RuntimeError:  # how pathlib says that nobody is called that
        raise UsageProblem(
            say("There is no user's folder {folder}.", folder=str(chosen)),
            say("Write the data folder's whole path."),
        ) from None


def _runtime(data: Path, env: Mapping[str, str]) -> Path:
    # A unix socket's path holds 107 bytes at most, so it cannot lie below a long data path.
    base = env.get("XDG_RUNTIME_DIR")
    # Through links, so that two spellings of one data folder find the same keeper.
    mark = hashlib.sha256(os.fsencode(data.resolve())).hexdigest()[:16]
    if base and Path(base).is_dir():
        return Path(base) / f"berth-{mark}"
    user = str(os.getuid()) if hasattr(os, "getuid") else "user"
    return Path(tempfile.gettempdir()) / f"berth-{user}-{mark}"
