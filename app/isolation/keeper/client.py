"""A face's side of the keeper: finds it, starts it where none runs, and asks it things."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import threading
import time
from multiprocessing import AuthenticationError
from multiprocessing.connection import Connection
from typing import Any, Self

from app.isolation.checks import Preflight
from app.isolation.keeper import crash_notes
from app.isolation.keeper.meeting import connect, read_word
from app.isolation.keeper.messages import LARGEST_MESSAGE, Plain, preflight_from, problem_from
from app.isolation.keeper.problems import KeeperUnreachable
from app.isolation.plan import Fingerprint, LaunchPlan, fingerprint_plain
from app.kernel.ids import ProfileId
from app.kernel.paths import Paths, private_folder

_START_TIMEOUT_S = 20.0
_POLL_S = 0.02
_FOREVER_S = 10 * 365 * 24 * 3600.0


class KeeperClient:
    """One connection to the keeper. Blocking; never on a GUI thread. Threads: one at a time.

    When it ends, the windows live on; a profile that was prepared and not launched is freed.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @staticmethod
    def find(paths: Paths) -> KeeperClient | None:
        """Connects to the running keeper, or None when there is none."""
        meeting = read_word(paths)
        if meeting is None:
            return None
        try:
            return KeeperClient(connect(meeting))
        except (OSError, EOFError, AuthenticationError):
            return None

    @staticmethod
    def start(paths: Paths) -> KeeperClient:
        """Connects to the keeper, and starts one first where none runs. Raises KeeperUnreachable."""
        ends = time.monotonic() + _START_TIMEOUT_S
        process: subprocess.Popen[bytes] | None = None
        while time.monotonic() < ends:
            client = KeeperClient.find(paths)
            if client is not None:
                return client
            if process is None or process.poll() is not None:
                process = _start_process(paths)
            time.sleep(_POLL_S)
        raise KeeperUnreachable.not_started(str(paths.logs / "keeper.log"))

    def close(self) -> None:
        """Ends the connection."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def prepare(self, plan: LaunchPlan) -> Preflight:
        """Locks the profile and probes its exit. Raises Problem."""
        return preflight_from(self._ask("prepare", plan=plan.to_json().decode())["preflight"])

    def launch(self, profile: ProfileId, fingerprint: Fingerprint) -> Plain:
        """Opens the prepared profile's window: an `open` or a `refused` event. Raises Problem."""
        return self._ask("launch", profile=profile, fingerprint=fingerprint_plain(fingerprint))

    def abandon(self, profile: ProfileId) -> None:
        """Frees a prepared profile."""
        self._ask("abandon", profile=profile)

    def windows(self) -> list[Plain]:
        """Every open window."""
        return list(self._ask("windows")["windows"])

    def close_windows(self, profile: ProfileId | None = None) -> list[Plain]:
        """Closes one window, or all, and returns when they are gone. Raises Problem."""
        return list(self._ask("close", profile=profile)["closed"])

    def wait(self, profile: ProfileId, seconds: float | None = None) -> str | None:
        """Waits for a window's end and returns its reason; None when the time is over. Raises Problem."""
        answer = self._ask("wait", profile=profile, seconds=_FOREVER_S if seconds is None else seconds)
        reason: str | None = answer["reason"]
        return reason

    def type_into(self, profile: ProfileId, url: str, selector: str, text: str, *, enter: bool) -> None:
        """Puts text into a field of a page whose address begins with `url`, as a paste would.

        Raises Problem.
        """
        self._ask("type", profile=profile, url=url, selector=selector, text=text, enter=enter)

    def screenshot(self, profile: ProfileId, url: str) -> bytes:
        """A PNG of a page whose address begins with `url`. Raises Problem."""
        return base64.b64decode(self._ask("screenshot", profile=profile, url=url)["png"])

    def open_page(self, profile: ProfileId, url: str) -> None:
        """Opens a page in a new tab of a window. Raises Problem."""
        self._ask("open-page", profile=profile, url=url)

    def close_page(self, profile: ProfileId, url: str) -> None:
        """Closes the tab whose address begins with `url`; with the last one the window ends.

        Raises Problem.
        """
        self._ask("close-page", profile=profile, url=url)

    def _ask(self, op: str, **facts: Any) -> Plain:
        try:
            self._connection.send_bytes(json.dumps({"op": op, **facts}, ensure_ascii=False).encode())
            answer = json.loads(self._connection.recv_bytes(LARGEST_MESSAGE))
        except (OSError, EOFError) as error:
            raise KeeperUnreachable.gone() from error
        if "problem" in answer:
            raise problem_from(answer["problem"])
        result: Plain = answer["ok"]
        return result


def windows_and_crashes(paths: Paths) -> list[Plain]:
    """Every open window, and the crashed ones that have not been opened again; no vault is needed."""
    client = KeeperClient.find(paths)
    running: list[Plain] = []
    if client is not None:
        with client:
            running = client.windows()
    known = {window["profile"] for window in running}
    crashed = [
        {**note, "state": "crashed"}
        for note in crash_notes.read_all(paths.profiles)
        if note["profile"] not in known
    ]
    return running + crashed


def _start_process(paths: Paths) -> subprocess.Popen[bytes]:
    private_folder(paths.data)
    command = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "app"]
    environment = {name: value for name, value in os.environ.items() if name != "BERTH_PASSPHRASE_FILE"}
    process = subprocess.Popen(
        [*command, "--keeper", str(paths.data), str(paths.state), str(paths.runtime)],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # apart from the face's terminal
        close_fds=True,
    )
    # The keeper outlives this call; somebody has to take note of its end, or it stays as a zombie.
    threading.Thread(target=process.wait, name="berth-keeper-end", daemon=True).start()
    return process
