"""A face's side of the keeper: finds it, starts it where none runs, and asks it things."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from multiprocessing import AuthenticationError
from multiprocessing.connection import Connection
from typing import Any, Self

from app.isolation.browser.listening import Shortcut, shortcut_plain
from app.isolation.checks import Check, Preflight
from app.isolation.cookie import Cookie
from app.isolation.keeper import crash_notes
from app.isolation.keeper.meeting import GREETING_S, connect, cut, read_word, within
from app.isolation.keeper.messages import (
    LARGEST_MESSAGE,
    PROTOCOL_VERSION,
    KeeperProblem,
    Plain,
    checks_from,
    cookie_from,
    cookie_plain,
    packed,
    preflight_from,
    problem_from,
    unpacked,
)
from app.isolation.keeper.problems import KeeperUnreachable, NotOpen
from app.isolation.plan import Fingerprint, LaunchPlan, fingerprint_plain
from app.kernel.errors import Problem
from app.kernel.ids import ProfileId
from app.kernel.paths import Paths, private_folder
from app.kernel.secret import Secret
from app.kernel.text import say

_START_TIMEOUT_S = 20.0
_POLL_S = 0.02
_PAUSE_S = 0.2  # between starts, doubled each time
_LONGEST_PAUSE_S = 3.0
_MOST_FAILED_STARTS = 2
_FOREVER_S = 10 * 365 * 24 * 3600.0
_SILENCE_S = 15.0  # several beats of a keeper that is alive
_MESSAGE_S = 30.0  # for one message to go through once it has begun
_ANSWER_S = 60.0  # for an answer that a living keeper has soon
_ANSWERED_LATE = frozenset({"prepare", "launch", "close", "wait", "watch", "heard", "check"})
# A keeper of another version may not beat.
_OTHER_VERSION_SILENCE_S = 120.0
_UNKNOWN_VERSION = 0
_FOR_EVERY_VERSION = frozenset({"hello", "windows", "close"})


NEVER = -1  # the revision of a face that has seen nothing yet


class KeeperSilent(KeeperUnreachable):
    """The keeper is there and does not answer: stopped, or hung."""

    def __init__(self, pid: int) -> None:
        super().__init__(
            say("The process that keeps windows open (process {pid}) does not answer.", pid=pid),
            say(
                "Wait a moment and try again. If it stays silent, end process {pid}: its windows then close"
                " cleanly, and the stores can be opened again.",
                pid=pid,
            ),
        )


class KeeperOfOtherVersion(KeeperUnreachable):
    """The keeper that runs belongs to an older or newer Berth."""

    def __init__(self) -> None:
        super().__init__(
            say("Windows of an older or newer version of Berth are still open."),
            say("Close them first, with `berth close --all`; then open the store again."),
        )


class KeeperClient:
    """One connection to the keeper. Blocking; never on a GUI thread. Threads: one at a time.

    When it ends, the windows live on; a profile that was prepared and not launched is freed.
    """

    def __init__(self, connection: Connection, pid: int) -> None:
        self._connection = connection
        self._pid = pid
        self._is_silent = False
        self._version = PROTOCOL_VERSION  # until it says otherwise

    @staticmethod
    def find(
        paths: Paths, limit_s: float | None = None, met: Callable[[KeeperClient], None] | None = None
    ) -> KeeperClient | None:
        """Connects to the running keeper, or None when there is none. Raises KeeperSilent.

        `met` is given the client before it asks anything, so that another thread can interrupt it.
        """
        meeting = read_word(paths)
        if meeting is None:
            return None
        try:
            client = KeeperClient(connect(meeting, limit_s or GREETING_S), meeting.pid)
        except TimeoutError as error:
            raise KeeperSilent(meeting.pid) from error
        except (OSError, EOFError, AuthenticationError):
            return None
        if met is not None:
            met(client)
        try:
            client._ask_version()
        except KeeperSilent:
            raise
        except KeeperUnreachable:  # it was just about to end
            client.close()
            return None
        return client

    @staticmethod
    def of_windows(paths: Paths) -> KeeperClient:
        """Connects to the running keeper. Raises NotOpen when there is none, and KeeperSilent."""
        client = KeeperClient.find(paths)
        if client is None:
            raise NotOpen
        return client

    @staticmethod
    def start(paths: Paths) -> KeeperClient:
        """Connects to the keeper, and starts one first where none runs.

        Raises KeeperUnreachable, or what kept the keeper from starting.
        """
        ends = time.monotonic() + _START_TIMEOUT_S
        starts = _Starts(paths)
        try:
            while time.monotonic() < ends:
                word = read_word(paths)
                client = KeeperClient.find(paths)
                if client is None:
                    starts.see_to_it()
                elif client.is_usable():
                    return client
                else:  # it stays as long as somebody keeps asking
                    while read_word(paths) == word and time.monotonic() < ends:
                        time.sleep(_POLL_S)
                time.sleep(_POLL_S)
        finally:
            starts.close()
        raise KeeperUnreachable.not_started(str(paths.logs / "keeper.log"))

    @property
    def is_of_this_version(self) -> bool:
        """Whether it can be asked everything."""
        return self._version == PROTOCOL_VERSION

    def is_usable(self) -> bool:
        """True when this keeper can be used; False, and closed, when it ends as soon as nobody asks it.

        Raises KeeperOfOtherVersion while one of another version has windows.
        """
        if self.is_of_this_version:
            return True
        with self:
            if self.windows():
                raise KeeperOfOtherVersion
        return False

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
        return list(self._ask("windows").get("windows", ()))

    def close_windows(self, profile: ProfileId | None = None) -> list[Plain]:
        """Closes one window, or all, and returns when they are gone. Raises Problem."""
        return list(self._ask("close", profile=profile).get("closed", ()))

    def wait(self, profile: ProfileId, seconds: float | None = None) -> str | None:
        """Waits for a window's end and returns its reason; None when the time is over. Raises Problem."""
        answer = self._ask("wait", profile=profile, seconds=_FOREVER_S if seconds is None else seconds)
        reason: str | None = answer["reason"]
        return reason

    def watch(self, since: int = NEVER) -> tuple[int, list[Plain]]:
        """Waits until the windows look different from revision `since`; the new revision and all windows.

        Raises KeeperUnreachable when the keeper ends meanwhile.
        """
        answer = self._ask("watch", since=since)
        return int(answer["revision"]), list(answer["windows"])

    def raise_window(self, profile: ProfileId) -> None:
        """Brings an open window in front of all others. Raises Problem."""
        self._ask("raise", profile=profile)

    def look_again(self, profile: ProfileId) -> tuple[Check, ...]:
        """Looks at the exit of an open window now; returns what holds it back. Raises Problem."""
        return checks_from(self._ask("look-again", profile=profile)["held"])

    def go_on(self, profile: ProfileId, shown: Sequence[Check]) -> None:
        """Takes what a window is held for as right; `shown` are the checks that the person has seen.

        Raises Problem, for instance not-held and cannot-go-on.
        """
        self._ask("look-again", profile=profile, go_on=[[check.id, check.seen] for check in shown])

    def arrange(
        self,
        profiles: Sequence[ProfileId] | None = None,
        screens: Sequence[tuple[int, int, int, int]] = (),
    ) -> list[str]:
        """Puts open windows on a grid; returns their profiles.

        `screens` are left, top, width and height in the screens' own pixels; without any, the one that the
        windows are on. Raises Problem.
        """
        return list(
            self._ask("arrange", profiles=profiles, screens=[list(one) for one in screens])["arranged"]
        )

    def hibernate(self, profiles: Sequence[ProfileId] | None = None) -> tuple[list[Plain], list[Plain]]:
        """Closes windows that nobody needs now; those that were closed, and those that are in use.

        Raises Problem.
        """
        answer = self._ask("hibernate", profiles=profiles)
        return list(answer["closed"]), list(answer["awake"])

    def interrupt(self) -> None:
        """Ends the connection, and whatever waits for an answer. Threads: any."""
        cut(self._connection)

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

    def endpoint(self, profile: ProfileId) -> Secret:
        """Where a script attaches to an automation window. Raises Problem."""
        return Secret(str(self._ask("endpoint", profile=profile)["address"]))

    def insert_text(self, profile: ProfileId, text: str) -> str:
        """Puts text at the caret in the window's page in front, and never sends it; that page's id.

        Raises Problem, for instance no-field-focused, field-composing, field-refuses.
        """
        return str(self._ask("insert", profile=profile, text=text)["page"])

    def tabs(self, profile: ProfileId) -> list[Plain]:
        """The tabs of a window: id, url, title, and which is in front. Raises Problem."""
        return list(self._ask("tabs", profile=profile)["tabs"])

    def focus_tab(self, profile: ProfileId, tab: str) -> None:
        """Brings a tab to the front. Raises Problem."""
        self._ask("focus-tab", profile=profile, tab=tab)

    def close_tab(self, profile: ProfileId, tab: str) -> None:
        """Closes a tab; with the last one the window ends. Raises Problem."""
        self._ask("close-tab", profile=profile, tab=tab)

    def picture(self, profile: ProfileId, tab: str = "") -> bytes:
        """A PNG of a tab, or of the one in front. Raises Problem."""
        return base64.b64decode(self._ask("picture", profile=profile, tab=tab)["png"])

    def listen(self, profile: ProfileId, shortcuts: Sequence[Shortcut]) -> None:
        """Listens for these keys in every page of a window, in place of those before. Raises Problem."""
        self._ask("listen", profile=profile, shortcuts=[shortcut_plain(one) for one in shortcuts])

    def heard(self, since: int = NEVER) -> tuple[int, list[Plain]]:
        """Waits for keys pressed after a number: the last number, and profile, page and shortcut of each.

        Without a number it returns the last one at once. Raises KeeperUnreachable when the keeper ends.
        """
        answer = self._ask("heard", since=since)
        return int(answer["last"]), list(answer["heard"])

    def cookies(self, profile: ProfileId) -> tuple[Cookie, ...]:
        """Every cookie of an open window's profile. Raises Problem."""
        return tuple(cookie_from(raw) for raw in self._ask("cookies", profile=profile)["cookies"])

    def set_cookies(self, profile: ProfileId, cookies: Sequence[Cookie]) -> tuple[int, ...]:
        """Writes cookies; the places of those that the browser refused. Raises Problem."""
        plain = [cookie_plain(cookie) for cookie in cookies]
        return tuple(self._ask("set-cookies", profile=profile, cookies=plain)["refused"])

    def remove_cookies(self, profile: ProfileId, site: str = "") -> int:
        """Removes the cookies of a host and of those below it, or all; how many went. Raises Problem."""
        return int(self._ask("remove-cookies", profile=profile, site=site)["removed"])

    def check(
        self, profile: ProfileId, fingerprint: Fingerprint | None = None
    ) -> tuple[tuple[Check, ...], str]:
        """Looks closely at an open window; or, with settings, at a prepared profile, which is then freed.

        What was found, and a short name for what the window shows. Raises Problem.
        """
        settings = None if fingerprint is None else fingerprint_plain(fingerprint)
        answer = self._ask("check", profile=profile, fingerprint=settings)
        return checks_from(answer["checks"]), str(answer["fingerprint_id"])

    def _ask_version(self) -> None:
        try:
            self._version = int(self._ask("hello")["version"])
        except (ValueError, KeyError, TypeError, KeeperProblem):
            self._version = _UNKNOWN_VERSION

    def _ask(self, op: str, **facts: Any) -> Plain:
        if op not in _FOR_EVERY_VERSION and self._version != PROTOCOL_VERSION:
            raise KeeperOfOtherVersion
        if self._is_silent:
            raise KeeperSilent(self._pid)
        try:
            answer = self._exchange(op, {"op": op, "beats": True, **facts})
        except TimeoutError as error:
            self._is_silent = True  # an answer that comes now would be taken for the next one
            self.close()
            raise KeeperSilent(self._pid) from error
        except (OSError, EOFError) as error:
            raise KeeperUnreachable.gone() from error
        except ValueError as error:
            self.close()
            raise KeeperOfOtherVersion from error
        try:
            problem = problem_from(answer["problem"]) if "problem" in answer else None
            result: Plain = answer.get("ok", {})
        except (ValueError, KeyError, TypeError) as error:
            raise KeeperOfOtherVersion from error
        if problem is not None:
            raise problem
        return result

    def _exchange(self, op: str, request: Plain) -> Plain:
        """Sends a request and waits for its answer, as long as the keeper's heart beats."""
        with within(self._connection, _MESSAGE_S):
            self._connection.send_bytes(packed(request))
        ends = time.monotonic() + (_FOREVER_S if op in _ANSWERED_LATE else _ANSWER_S)
        patience = _SILENCE_S if self._version == PROTOCOL_VERSION else _OTHER_VERSION_SILENCE_S
        while time.monotonic() < ends:
            if not self._connection.poll(min(patience, max(ends - time.monotonic(), 0))):
                break
            with within(self._connection, _MESSAGE_S):
                answer = unpacked(self._connection.recv_bytes(LARGEST_MESSAGE))
            if "beat" not in answer:
                return answer
        raise TimeoutError


class _Starts:
    """The keepers that a face starts until one listens."""

    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        self._process: subprocess.Popen[bytes] | None = None
        self._failed = 0
        self._pause_s = _PAUSE_S
        self._not_before = 0.0

    def see_to_it(self) -> None:
        """Starts a keeper unless one is starting. Raises Problem when they fail one after the other."""
        if self._process is not None and self._process.poll() is not None:
            self._take_note_of_end(self._process)
        if self._process is None and time.monotonic() >= self._not_before:
            self._process = _start_process(self._paths)

    def close(self) -> None:
        """Stops listening to what was started."""
        if self._process is not None and self._process.stdout is not None:
            self._process.stdout.close()

    def _take_note_of_end(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        with process.stdout as pipe:
            said = pipe.read(LARGEST_MESSAGE)
        self._process = None
        # Ended well: another keeper has the windows, and only its word was not there yet.
        self._failed += process.returncode != 0
        if self._failed >= _MOST_FAILED_STARTS:
            raise _why(said) or KeeperUnreachable.not_started(str(self._paths.logs / "keeper.log"))
        self._not_before = time.monotonic() + self._pause_s
        self._pause_s = min(self._pause_s * 2, _LONGEST_PAUSE_S)


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


def _why(said: bytes) -> Problem | None:
    """The problem that a keeper told on its way out."""
    try:
        return problem_from(unpacked(said)["problem"])
    except (ValueError, KeyError, TypeError):
        return None


def _start_process(paths: Paths) -> subprocess.Popen[bytes]:
    private_folder(paths.data)
    command = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "app"]
    environment = {name: value for name, value in os.environ.items() if name != "BERTH_PASSPHRASE_FILE"}
    process = subprocess.Popen(
        [*command, "--keeper", str(paths.data), str(paths.state), str(paths.runtime)],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,  # why it could not start; it lets go of it as soon as it listens
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # apart from the face's terminal
        close_fds=True,
    )
    # The keeper outlives this call; somebody has to take note of its end, or it stays as a zombie.
    threading.Thread(target=process.wait, name="berth-keeper-end", daemon=True).start()
    return process
