"""All settings as one table: name, type, default, scope and texts; read and written through stores."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from app.kernel.errors import NotFoundProblem, UsageProblem, storage_problem
from app.kernel.files import write_whole
from app.kernel.paths import private_folder
from app.kernel.text import Text, echoed, say

Value = str | int | bool | tuple[str, ...]


class Scope(StrEnum):
    """Where a setting lives: with the vault's data, or with this machine."""

    VAULT = "vault"
    MACHINE = "machine"


_GENERAL = say("General")


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table. Bounds hold for numbers, `choices` for texts, `are_pages` for lists.

    `group` is the heading it stands under; `choice_texts` says each of `choices` in words.
    """

    name: str
    default: Value
    scope: Scope
    short: Text
    long: Text
    minimum: int | None = None
    maximum: int | None = None
    choices: tuple[str, ...] = ()
    are_pages: bool = False
    group: Text = _GENERAL
    choice_texts: tuple[Text, ...] = ()


_WINDOWS = say("Windows")
_NETWORK = say("Network")
_LOOKS = say("Appearance")
_VAULT = say("Vault")
_STORES = say("Stores and proxies")

SETTINGS: tuple[Setting, ...] = (
    Setting(
        "network.echo_urls",
        ("https://api.ipify.org?format=json", "https://ifconfig.co/json", "https://icanhazip.com"),
        Scope.VAULT,
        say("Echo addresses"),
        say("Pages that answer with the address they were asked from; tried in turn before a window opens."),
        are_pages=True,
        group=_NETWORK,
    ),
    Setting(
        "network.probe_timeout_s",
        15,
        Scope.VAULT,
        say("Time limit of the exit probe"),
        say("Seconds that a proxy has to answer before the window is not opened."),
        minimum=1,
        maximum=120,
        group=_NETWORK,
    ),
    Setting(
        "network.watch_s",
        120,
        Scope.VAULT,
        say("Look at the exits of open windows"),
        say("Seconds between two looks; a window whose exit has gone astray is held back. 0: never."),
        minimum=0,
        maximum=86_400,
        group=_NETWORK,
    ),
    Setting(
        "network.country_file",
        "",
        Scope.MACHINE,
        say("Country database"),
        say("Path of an MMDB file of your own, such as GeoLite2 or DB-IP Lite. Empty: Berth's own list."),
        group=_NETWORK,
    ),
    Setting(
        "windows.default_engine",
        "auto",
        Scope.MACHINE,
        say("Browser for new profiles"),
        say("Which of the browsers found on this machine a new profile uses."),
        choices=("auto", "chrome", "edge", "chromium", "brave"),
        group=_WINDOWS,
        choice_texts=(
            say("The best that is found"),
            Text("Google Chrome"),
            Text("Microsoft Edge"),
            Text("Chromium"),
            Text("Brave"),
        ),
    ),
    Setting(
        "windows.open_at_once",
        0,
        Scope.VAULT,
        say("Windows opened at once"),
        say("The others wait for their turn. 0: as many as this computer bears."),
        minimum=0,
        maximum=20,
        group=_WINDOWS,
    ),
    Setting(
        "ui.language",
        "auto",
        Scope.MACHINE,
        say("Language"),
        say("The language of the window program."),
        choices=("auto", "zh", "en"),
        group=_LOOKS,
        choice_texts=(say("As the system"), Text("简体中文"), Text("English")),
    ),
    Setting(
        "ui.theme",
        "system",
        Scope.MACHINE,
        say("Theme"),
        say("Light or dark colours."),
        choices=("system", "light", "dark"),
        group=_LOOKS,
        choice_texts=(say("As the system"), say("Light"), say("Dark")),
    ),
    Setting(
        "ui.rows",
        "normal",
        Scope.MACHINE,
        say("Rows"),
        say("How high the rows of lists are."),
        choices=("normal", "compact"),
        group=_LOOKS,
        choice_texts=(say("Standard"), say("Compact")),
    ),
    Setting(
        "ui.motion",
        "system",
        Scope.MACHINE,
        say("Motion"),
        say("Whether drawers slide, or are there at once."),
        choices=("system", "on", "off"),
        group=_LOOKS,
        choice_texts=(say("As the system"), say("On"), say("Off")),
    ),
    Setting(
        "vault.wait_for_lock_s",
        15,
        Scope.MACHINE,
        say("Wait for a busy vault"),
        say("Seconds that a command waits while another Berth command has the vault open."),
        minimum=0,
        maximum=600,
        group=_VAULT,
    ),
    Setting(
        "vault.lock_after_min",
        15,
        Scope.VAULT,
        say("Lock when idle"),
        say("Minutes without a key or a click anywhere on this computer until Berth locks; 0 for never."),
        minimum=0,
        maximum=1440,
        group=_VAULT,
    ),
    Setting(
        "profiles.bin_days",
        30,
        Scope.VAULT,
        say("Days in the bin"),
        say(
            "How long a deleted store can be restored. After that it goes when expired stores are removed; "
            "Berth does not do so by itself."
        ),
        minimum=1,
        maximum=3650,
        group=_STORES,
    ),
    Setting(
        "proxies.expiring_days",
        7,
        Scope.VAULT,
        say("Warn before a proxy expires"),
        say("Days before its end from which a proxy counts as expiring."),
        minimum=1,
        maximum=90,
        group=_STORES,
    ),
)


class SettingStore(Protocol):
    """Keeps raw values of one scope."""

    def load(self) -> Mapping[str, object]:
        """Every stored value by name."""

    def save(self, name: str, value: object | None) -> None:
        """Stores one value; None forgets it."""


class Settings:
    """Typed reading and writing of the table's rows."""

    def __init__(self, stores: Mapping[Scope, SettingStore], table: tuple[Setting, ...] = SETTINGS) -> None:
        self._stores = stores
        self._table = {row.name: row for row in table}

    def rows(self) -> tuple[Setting, ...]:
        """The table, in its order."""
        return tuple(self._table.values())

    def row(self, name: str) -> Setting:
        """One row. Raises NotFoundProblem."""
        try:
            return self._table[name]
        except KeyError:
            raise NotFoundProblem(
                say("There is no setting called {name}.", name=echoed(name)),
                say("`berth setting list` shows all of them."),
            ) from None

    def get(self, name: str) -> Value:
        """The stored value, or the default where nothing or nonsense is stored."""
        row = self.row(name)
        store = self._stores.get(row.scope)
        stored = store.load().get(name) if store is not None else None
        if stored is None:
            return row.default
        try:
            return check(row, stored)
        except UsageProblem:
            return row.default

    def number(self, name: str) -> int:
        """A numeric setting."""
        value = self.get(name)
        assert isinstance(value, int)
        return value

    def text(self, name: str) -> str:
        """A text setting."""
        value = self.get(name)
        assert isinstance(value, str)
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """A setting that is a list of texts."""
        value = self.get(name)
        assert isinstance(value, tuple)
        return value

    def set(self, name: str, value: object) -> Value:
        """Checks and stores a value; a text is read as the row's type. Raises UsageProblem."""
        row = self.row(name)
        checked = check(row, value)
        self._stores[row.scope].save(name, list(checked) if isinstance(checked, tuple) else checked)
        return checked

    def reset(self, name: str) -> None:
        """Goes back to the default."""
        row = self.row(name)
        self._stores[row.scope].save(name, None)


class MemorySettings:
    """A store for tests and for faces that have no vault open."""

    def __init__(self) -> None:
        self._values: dict[str, object] = {}

    def load(self) -> Mapping[str, object]:
        return self._values

    def save(self, name: str, value: object | None) -> None:
        if value is None:
            self._values.pop(name, None)
        else:
            self._values[name] = value


class FileSettings:
    """This machine's settings in one JSON file; a broken file counts as empty and is kept beside."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> Mapping[str, object]:
        return self._stored() or {}

    def save(self, name: str, value: object | None) -> None:
        stored = self._stored()
        values = dict(stored or {})
        if value is None:
            values.pop(name, None)
        else:
            values[name] = value
        if stored is None:
            self._keep_broken()
        private_folder(self._path.parent)
        write_whole(self._path, json.dumps(values, ensure_ascii=False, indent=1).encode())

    def _stored(self) -> dict[str, object] | None:
        """The file's values; empty where there is no file, None where it cannot be read."""
        try:
            content = json.loads(self._path.read_bytes())
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError):  # the last for thousands of brackets
            return None
        return content if isinstance(content, dict) else None

    def _keep_broken(self) -> None:
        try:
            self._path.replace(self._path.with_suffix(".broken"))
        except OSError as error:
            raise storage_problem(error, self._path.parent) from error


def check(row: Setting, value: object) -> Value:
    """A raw value as the row's type. Raises UsageProblem with what would be allowed."""
    match row.default:
        case bool():
            words = {"true": True, "on": True, "yes": True, "false": False, "off": False, "no": False}
            read = words.get(value.lower()) if isinstance(value, str) else value
            if isinstance(read, bool):
                return read
            raise _wrong(row, value, say("Use on or off."))
        case int():
            return _number(row, value)
        case tuple():
            parts = value.split() if isinstance(value, str) else value
            if isinstance(parts, list | tuple) and parts and all(isinstance(part, str) for part in parts):
                return _pages(row, tuple(parts)) if row.are_pages else tuple(parts)
            raise _wrong(row, value, say("Give one or more values with spaces between."))
        case _:
            if isinstance(value, str) and (not row.choices or value in row.choices):
                return value
            raise _wrong(row, value, say("Choose one of: {choices}.", choices=", ".join(row.choices)))


def _number(row: Setting, value: object) -> int:
    low = row.minimum if row.minimum is not None else -(1 << 53)
    high = row.maximum if row.maximum is not None else 1 << 53
    try:
        number = int(value) if isinstance(value, str) else value
    except ValueError:
        number = None
    if isinstance(number, int) and not isinstance(number, bool) and low <= number <= high:
        return number
    raise _wrong(row, value, say("Use a whole number from {low} to {high}.", low=low, high=high))


def _pages(row: Setting, parts: tuple[str, ...]) -> tuple[str, ...]:
    for part in parts:
        if not _is_page(part):
            raise _wrong(row, part, say("Give http or https addresses, such as https://icanhazip.com."))
    return parts


def _is_page(text: str) -> bool:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    return bool(
        parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc and port != 0
    )


def _wrong(row: Setting, value: object, next_step: Text) -> UsageProblem:
    return UsageProblem(
        say("{value} does not fit the setting {name}.", value=echoed(str(value)), name=row.name), next_step
    )
