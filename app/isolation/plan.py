"""The launch plan: everything a window needs, frozen and complete; the only thing the keeper is given."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import Any

from app.kernel.ids import ProfileId
from app.kernel.secret import Secret

PLAN_VERSION = 2


class ProxyKind(StrEnum):
    """How a relay speaks to what lies behind it."""

    DIRECT = "direct"
    HTTP = "http"
    HTTPS = "https"
    SOCKS5 = "socks5"
    SSH = "ssh"


class GeoMode(StrEnum):
    """What a store learns when it asks where the person is."""

    REAL = "real"
    FIXED = "fixed"
    BLOCKED = "blocked"


class WebRtcPolicy(StrEnum):
    """Chromium's WebRTC address policies that we offer."""

    PROXY_ONLY = "disable_non_proxied_udp"
    PUBLIC_ONLY = "default_public_interface_only"
    DEFAULT = "default"


class Mode(StrEnum):
    """Who drives a window."""

    HANDS_ON = "hands-on"
    AUTOMATION = "automation"


class Stop(StrEnum):
    """What keeps a window shut, and holds an open one back."""

    NETWORK = "network"  # no echo page answers
    EXIT = "exit"  # the exit has another address than before
    COUNTRY = "country"  # the exit lies in another country than before


USUAL_STOPS = (Stop.NETWORK, Stop.COUNTRY)


@dataclass(frozen=True, slots=True)
class Before:
    """A profile's exit and browser when it was opened the last time; empty the first time."""

    ip: str = ""
    country: str = ""
    engine: str = ""  # kind and version


@dataclass(frozen=True, slots=True)
class Upstream:
    """The far end of a relay. `host` is resolved only to reach the proxy itself, never for a site."""

    kind: ProxyKind
    host: str = ""
    port: int = 0
    username: str = ""
    password: Secret = field(default_factory=lambda: Secret(""))
    key_file: str = ""  # SSH: a private key on this machine; the password is then the key's own
    host_key: str = ""  # SSH: the server's pinned key; empty until the first one was seen

    def shown(self) -> str:
        """Kind, user and address; never the password."""
        if self.kind is ProxyKind.DIRECT:
            return "direct"
        host = f"[{self.host}]" if ":" in self.host else self.host
        user = f"{self.username}@" if self.username else ""
        return f"{self.kind.value}://{user}{host}:{self.port}"


DIRECT = Upstream(ProxyKind.DIRECT)


@dataclass(frozen=True, slots=True)
class Place:
    """A point on earth, in degrees, with its accuracy in metres."""

    latitude: float
    longitude: float
    accuracy_m: float = 50.0


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Settings chosen once and then frozen; an empty language list or timezone means Automatic.

    Everything not named here stays what the real browser shows.
    """

    version: int = 1
    languages: tuple[str, ...] = ()
    timezone: str = ""
    geolocation: GeoMode = GeoMode.BLOCKED
    place: Place | None = None
    window_width_px: int = 1280
    window_height_px: int = 800
    scale: float = 1.0
    cores: int = 0
    webrtc: WebRtcPolicy = WebRtcPolicy.PROXY_ONLY
    canvas: str = "real"
    audio: str = "real"

    @property
    def is_fixed(self) -> bool:
        """Whether nothing is left to be chosen from the exit."""
        return bool(self.languages and self.timezone)


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """The real browser of a profile: chrome, edge, chromium or brave, its version and its binary."""

    kind: str
    version: str
    path: str


@dataclass(frozen=True, slots=True)
class LaunchPlan:
    """Everything a window needs. It travels to the keeper in memory and is never written to disk.

    `screen` holds the environment variables of the face that say on which screen the window belongs. `jail`:
    the system itself shall keep the browser on its relay, where this machine can.
    """

    profile: ProfileId
    number: int
    name: str
    colour: str
    directory: str
    engine: EngineChoice
    mode: Mode
    fingerprint: Fingerprint
    upstream: Upstream
    start_pages: tuple[str, ...]
    urls: tuple[str, ...]
    market: str
    password_store: str
    download_folder: str
    echo_urls: tuple[str, ...]
    probe_timeout_s: float
    allow_private: bool
    only_this_once: bool
    screen: tuple[tuple[str, str], ...] = ()
    stops: tuple[Stop, ...] = USUAL_STOPS
    before: Before = Before()
    watch_s: float = 0.0  # between looks at the exit of an open window; 0: none
    jail: bool = False
    country_file: str = ""

    def to_json(self) -> bytes:
        """For the channel to the keeper only: holds the proxy password in clear."""
        # In ASCII: a folder or variable of this machine need not be valid UTF-8.
        return json.dumps(_plain(self)).encode()

    @staticmethod
    def from_json(content: bytes | str) -> LaunchPlan:
        """The plan that `to_json` wrote. Raises ValueError for anything else."""
        try:
            raw = json.loads(content)
            if raw.pop("plan_version") != PLAN_VERSION:
                raise ValueError("a plan of another version")
            return _read(raw)
        except (KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ValueError("not a launch plan") from error


def fingerprint_from(raw: dict[str, Any]) -> Fingerprint:
    """Fingerprint settings from plain data, as stored and sent. Raises ValueError or TypeError."""
    known = {item.name for item in fields(Fingerprint)}
    if unknown := set(raw) - known:
        raise ValueError(f"unknown fingerprint settings: {', '.join(sorted(unknown))}")
    place = raw.get("place")
    return Fingerprint(
        **{
            **raw,
            "languages": tuple(raw.get("languages", ())),
            "geolocation": GeoMode(raw.get("geolocation", GeoMode.BLOCKED)),
            "webrtc": WebRtcPolicy(raw.get("webrtc", WebRtcPolicy.PROXY_ONLY)),
            "place": Place(**place) if place else None,
        }
    )


def fingerprint_plain(settings: Fingerprint) -> dict[str, Any]:
    """Fingerprint settings as plain data."""
    return asdict(settings)


def _plain(plan: LaunchPlan) -> dict[str, Any]:
    raw: dict[str, Any] = {item.name: getattr(plan, item.name) for item in fields(plan)}
    raw["plan_version"] = PLAN_VERSION
    raw["engine"] = asdict(plan.engine)
    raw["fingerprint"] = fingerprint_plain(plan.fingerprint)
    raw["before"] = asdict(plan.before)
    up = plan.upstream
    login = [up.username, up.password.reveal(), up.key_file, up.host_key]
    raw["upstream"] = [up.kind.value, up.host, up.port, *login]
    return raw


def _read(raw: dict[str, Any]) -> LaunchPlan:
    if set(raw) != {item.name for item in fields(LaunchPlan)}:
        raise KeyError("parts are missing, or unknown")
    kind, host, port, username, password, *ssh = raw["upstream"]
    lists = {name: tuple(raw[name]) for name in ("start_pages", "urls", "echo_urls")}
    return LaunchPlan(
        **{
            **raw,
            **lists,
            "country_file": str(raw["country_file"]),
            "screen": tuple((name, value) for name, value in raw["screen"]),
            "engine": EngineChoice(**raw["engine"]),
            "mode": Mode(raw["mode"]),
            "stops": tuple(Stop(stop) for stop in raw["stops"]),
            "before": Before(**raw["before"]),
            "jail": bool(raw["jail"]),
            "fingerprint": fingerprint_from(raw["fingerprint"]),
            "upstream": Upstream(ProxyKind(kind), host, port, username, Secret(password), *ssh),
        }
    )
