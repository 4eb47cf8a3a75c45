"""Who may pass a relay: its state, the echo hosts of a preflight, what never passes, the last errors."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from urllib.parse import urlsplit

from app.isolation.network.errors import ProxyProblem
from app.isolation.network.http_head import Request
from app.isolation.network.targets import is_background, is_private
from app.kernel.clock import Clock
from app.kernel.text import Text, say

# Takes a request and its body, and gives the whole answer.
Answerer = Callable[[Request, bytes], bytes]

_RING = 100
_OWN_SUFFIX = ".berth.invalid"


class State(Enum):
    """A relay starts shut, opens once its preflight was green, and is held when its exit goes astray."""

    SHUT = "shut"
    PREFLIGHT = "preflight"
    OPEN = "open"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class RelayError:
    """One thing that did not pass; `id` is its short name: auth, refused, rule, timeout, shut, private …"""

    at: datetime
    host: str
    port: int
    id: str
    text: Text
    next_step: Text | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the relay itself says no."""

    id: str
    status: int
    text: Text
    next_step: Text | None = None


_SHUT = Refusal(
    "shut",
    503,
    say("This window is not open yet, so nothing leaves it."),
    say("Berth opens the way as soon as its checks are green."),
)
_HELD = Refusal(
    "held",
    503,
    say("The exit of this window is not the right one any more, so Berth holds its traffic back."),
    say("Berth looks again by itself; its own window says what has changed, and how to go on."),
)
_PRIVATE = Refusal(
    "private",
    502,
    say("This address is inside a private network, which this profile may not reach."),
    say("Allow private addresses in the profile if that is really meant."),
)
_OWN = Refusal("own", 502, say("This address belongs to Berth itself."))
_BACKGROUND = Refusal("background", 502, say("Berth does not pass on the browser's own update checks."))


class Door:
    """Decides, counts and remembers for one relay."""

    def __init__(self, allow_private: bool, clock: Clock, noted: Callable[[], None] = lambda: None) -> None:
        self.state = State.SHUT
        self.passed = 0
        self._allow_private = allow_private
        self._clock = clock
        self._noted = noted
        self._ring: deque[RelayError] = deque(maxlen=_RING)
        self._echo: frozenset[tuple[str, int]] = frozenset()
        self._nonce = ""
        self._has_answered_nonce = False
        self._has_passed_echo = False
        self._own_hosts: frozenset[str] = frozenset()
        self._own_answerer: Answerer | None = None

    def begin_preflight(self, nonce: str, echo_urls: Sequence[str]) -> None:
        """Lets only the echo hosts through from now on."""
        self.state = State.PREFLIGHT
        self._nonce = nonce.lower()
        self._echo = frozenset(_host_and_port(url) for url in echo_urls)
        self._has_answered_nonce = self._has_passed_echo = False

    def witnessed(self, nonce: str) -> bool:
        """Whether this preflight's nonce was answered here and an echo connection passed here."""
        return nonce.lower() == self._nonce and self._has_answered_nonce and self._has_passed_echo

    def answers_itself(self, host: str) -> bool:
        """Whether the relay itself answers for this host; remembers that it was asked."""
        if self.state is State.PREFLIGHT and self._nonce and host == self._nonce + _OWN_SUFFIX:
            self._has_answered_nonce = True
            return True
        return False

    def play_site(self, hosts: Sequence[str], answerer: Answerer | None) -> None:
        """The relay itself is these hosts from now on, in every state; with no answerer it is none."""
        self._own_hosts = frozenset(hosts)
        self._own_answerer = answerer

    def site_of(self, host: str) -> Answerer | None:
        """Who answers for this host, where the relay itself is it."""
        return self._own_answerer if host in self._own_hosts else None

    def refusal(self, host: str, port: int) -> Refusal | None:
        """Why this target may not pass now, or None."""
        if host in self._own_hosts:
            return _OWN
        if self.state is State.PREFLIGHT and (host, port) in self._echo:
            return None
        if self.state is State.HELD:
            return _HELD
        if self.state is not State.OPEN:
            return _SHUT
        if host.rstrip(".").endswith(_OWN_SUFFIX):
            return _OWN
        if not self._allow_private and is_private(host):
            return _PRIVATE
        return _BACKGROUND if is_background(host) else None

    def count(self, host: str, port: int) -> None:
        """A connection reached the upstream."""
        self.passed += 1
        if self.state is State.PREFLIGHT and (host, port) in self._echo:
            self._has_passed_echo = True

    def note(self, host: str, port: int, problem: ProxyProblem | Refusal) -> None:
        """Keeps an error for the faces; the oldest of a hundred goes."""
        id_ = problem.id if isinstance(problem, Refusal) else problem.ring_id
        self._ring.append(RelayError(self._clock.now(), host, port, id_, problem.text, problem.next_step))
        self._noted()

    @property
    def errors(self) -> tuple[RelayError, ...]:
        """The last hundred, oldest first."""
        return tuple(self._ring)


def _host_and_port(url: str) -> tuple[str, int]:
    try:
        parts = urlsplit(url)
        return (parts.hostname or "").lower(), parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:  # a setting that is no address lets nobody through
        return "", 0
