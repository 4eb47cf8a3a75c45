"""The record of one profile and the pure rules for its name, number and addresses."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import PurePosixPath, PureWindowsPath
from urllib.parse import urlsplit

from app.isolation.checks import Exit
from app.isolation.plan import USUAL_STOPS, Fingerprint, Stop
from app.kernel.errors import UsageProblem
from app.kernel.ids import ProfileId, ProxyId
from app.kernel.text import Text, echoed, say

MAX_NAME = 200
MAX_LABEL = 60
MAX_NUMBER = 999_999
MAX_URL = 2_000
MAX_START_PAGES = 20
ENGINE_KINDS = ("auto", "chrome", "edge", "chromium", "brave")
ENGINE_CHANNELS = ("", "stable", "beta", "dev", "canary")
PASSWORD_STORES = ("basic", "gnome-libsecret", "kwallet5", "kwallet6")
DEFAULT_COLOUR = "#5B6470"

_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
# They turn the text around them over and so let one name look like another.
_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Unassigned is not refused: emoji newer than Python's tables are.
_REFUSED_KINDS = frozenset({"Cc", "Cs", "Zl", "Zp"})
_INVISIBLE_KINDS = frozenset({"Cf", "Zs", "Mn", "Mc", "Me"})


class AccountStatus(StrEnum):
    """How the platform treats the account."""

    NORMAL = "normal"
    RESTRICTED = "restricted"
    APPEAL = "appeal"
    BANNED = "banned"


class NameWrong(UsageProblem):
    """A name that no profile, group, tag or proxy can have."""


class AddressWrong(UsageProblem):
    """An address that is not a plain http or https page."""


class ValueWrong(UsageProblem):
    """A value that does not fit its key."""


@dataclass(frozen=True, slots=True)
class Engine:
    """Which browser a profile wants: a kind (auto: this machine's default), a binary, a channel."""

    kind: str = "auto"
    path: str = ""
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """One isolated browser identity, usually one store account.

    What its window is doing is live state from the keeper, not part of the record; the note stays sealed.
    """

    id: ProfileId
    number: int
    name: str
    created: datetime
    updated: datetime
    colour: str = DEFAULT_COLOUR
    template: str = ""
    platform: str = ""
    market: str = ""
    legal_entity: str = ""
    status: AccountStatus = AccountStatus.NORMAL
    group: str = ""
    tags: tuple[str, ...] = ()
    operator: str = ""
    engine: Engine = field(default_factory=Engine)
    password_store: str = PASSWORD_STORES[0]
    jail: bool = False
    fingerprint: Fingerprint = field(default_factory=Fingerprint)
    proxy: ProxyId | None = None  # None: direct
    start_pages: tuple[str, ...] = ()
    download_folder: str = ""
    allow_private: bool = False
    stops: tuple[Stop, ...] = USUAL_STOPS
    has_note: bool = False
    last_opened: datetime | None = None
    engine_seen: str = ""
    exit: Exit | None = None
    exit_seen: datetime | None = None
    deleted_at: datetime | None = None

    @property
    def was_opened(self) -> bool:
        """Whether a store may have seen its settings."""
        return self.last_opened is not None

    @property
    def shown_number(self) -> str:
        """The number as people say it: 007."""
        return f"{self.number:03d}"


def clean_name(text: str) -> str:
    """A profile's name in one spelling (NFC, no space around). Raises NameWrong."""
    return _clean(text, MAX_NAME, say("Choose a name of 1 to {most} visible characters.", most=MAX_NAME))


def clean_label(text: str) -> str:
    """The name of a tag, group, platform or entity; empty stays empty. Raises NameWrong."""
    next_step = say("Choose a label of 1 to {most} visible characters.", most=MAX_LABEL)
    return _clean(text, MAX_LABEL, next_step) if text.strip() else ""


def name_key(name: str) -> str:
    """What two names that people would confuse have in common: compared by case folding, not by spelling."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name.strip()).casefold())


def next_number(used: Iterable[int]) -> int:
    """The number of a new profile: one above every other, those in the bin included."""
    return max(used, default=0) + 1


def check_number(number: int) -> int:
    """A number a profile may have. Raises ValueWrong."""
    if not 1 <= number <= MAX_NUMBER:
        raise ValueWrong(
            say("{number} is not a profile's number.", number=number),
            say("Use a whole number from 1 to {most}.", most=MAX_NUMBER),
        )
    return number


def clean_colour(text: str) -> str:
    """A colour as #RRGGBB in capitals. Raises ValueWrong."""
    if not _COLOUR.fullmatch(text):
        raise ValueWrong(
            say("{value} is not a colour.", value=echoed(text)),
            say("Write it as #RRGGBB, for instance #1E88E5."),
        )
    return text.upper()


def clean_url(text: str) -> str:
    """An http or https address without a password in it. Raises AddressWrong."""
    url = text.strip()
    if reason := _url_reason(url):
        raise AddressWrong(reason, say("Use an address such as https://seller-us.tiktok.com/."))
    return url


def clean_urls(texts: Iterable[str]) -> tuple[str, ...]:
    """Start pages, each once, in their order. Raises AddressWrong."""
    urls = tuple(dict.fromkeys(clean_url(text) for text in texts))
    if len(urls) > MAX_START_PAGES:
        raise AddressWrong(
            say("{count} start pages are too many.", count=len(urls)),
            say("Keep at most {most}.", most=MAX_START_PAGES),
        )
    return urls


def clean_folder(text: str) -> str:
    """An absolute folder, or empty for the system's own downloads. Raises ValueWrong."""
    is_absolute = PurePosixPath(text).is_absolute() or PureWindowsPath(text).is_absolute()
    if text and (not is_absolute or any(unicodedata.category(letter) == "Cc" for letter in text)):
        raise ValueWrong(
            say("{value} is not a whole path to a folder.", value=echoed(text)),
            say("Give the folder with its full path."),
        )
    return text


def clean_program(text: str) -> str:
    """A program's full path, or empty for any that Berth finds. Raises ValueWrong."""
    is_absolute = PurePosixPath(text).is_absolute() or PureWindowsPath(text).is_absolute()
    if text and (not is_absolute or any(unicodedata.category(letter) == "Cc" for letter in text)):
        raise ValueWrong(
            say("{value} is not the full path of a browser.", value=echoed(text)),
            say("Give the program's full path, as `berth engine list` shows it, or nothing for any browser."),
        )
    return text


def _clean(text: str, most: int, next_step: Text) -> str:
    name = unicodedata.normalize("NFC", text.strip())
    if reason := _name_reason(name, most):
        raise NameWrong(reason, next_step)
    return name


def _name_reason(name: str, most: int) -> Text | None:
    if len(name) > most:
        return say("The name has {count} characters, more than {most}.", count=len(name), most=most)
    for letter in name:
        if unicodedata.category(letter) in _REFUSED_KINDS or letter in _BIDI_CONTROLS:
            return say("The name holds the control character U+{code}.", code=f"{ord(letter):04X}")
    if all(unicodedata.category(letter) in _INVISIBLE_KINDS for letter in name):
        return say("The name is empty.")
    return None


def _url_reason(url: str) -> Text | None:
    if len(url) > MAX_URL:
        return say("The address has {count} characters, more than {most}.", count=len(url), most=MAX_URL)
    if any(letter.isspace() or unicodedata.category(letter)[0] == "C" for letter in url):
        return say("The address holds a space or a control character.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return say("{url} is not an address.", url=_short_url(url))
    if parts.username is not None or parts.password is not None:
        return say("The address holds a user name or password.")  # and is therefore not repeated
    if parts.scheme not in ("http", "https"):
        return say("{url} is not an http or https address.", url=_short_url(url))
    if not parts.hostname or port == 0:
        return say("{url} names no site.", url=_short_url(url))
    return None


def _short_url(url: str) -> str:
    # A scheme alone makes no secret; a login without an @, as in host:port:user:password, does.
    scheme, sign, rest = url.partition("://")
    return f"{scheme}{sign}{echoed(rest)}" if sign and echoed(rest) != "***" else echoed(url)
