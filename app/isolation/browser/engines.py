"""Finding the real browsers of this machine, with their versions."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.isolation.browser.problems import NoEngine
from app.isolation.plan import EngineChoice

_VERSION_TIMEOUT_S = 20


@dataclass(frozen=True, slots=True)
class Engine:
    """A browser that can run windows. `path` is the real binary, never a distribution's wrapper script."""

    kind: str
    channel: str
    version: str
    path: str

    def choice(self) -> EngineChoice:
        """What goes into a launch plan."""
        return EngineChoice(self.kind, self.version, self.path)


# Names on PATH and fixed places, best first. Snap builds are left out: they cannot read hidden folders.
_LINUX: tuple[tuple[str, str, str], ...] = (
    ("chrome", "stable", "/opt/google/chrome/chrome"),
    ("chrome", "beta", "/opt/google/chrome-beta/chrome"),
    ("edge", "stable", "/opt/microsoft/msedge/msedge"),
    ("chromium", "stable", "/usr/lib/chromium/chromium"),
    ("chromium", "stable", "/usr/lib64/chromium-browser/chromium-browser"),
    ("chromium", "stable", "/usr/lib/chromium-browser/chromium-browser"),
    ("brave", "stable", "/opt/brave.com/brave/brave"),
)
_MACOS: tuple[tuple[str, str, str], ...] = (
    ("chrome", "stable", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
    ("edge", "stable", "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge"),
    ("chromium", "stable", "/Applications/Chromium.app/Contents/MacOS/Chromium"),
    ("brave", "stable", "/Applications/Brave Browser.app/Contents/MacOS/Brave Browser"),
)
_WINDOWS: tuple[tuple[str, str, str], ...] = (
    ("chrome", "stable", r"Google\Chrome\Application\chrome.exe"),
    ("edge", "stable", r"Microsoft\Edge\Application\msedge.exe"),
    ("chromium", "stable", r"Chromium\Application\chrome.exe"),
    ("brave", "stable", r"BraveSoftware\Brave-Browser\Application\brave.exe"),
)
_KINDS = ("chrome", "edge", "chromium", "brave")


def find_engines(env: Mapping[str, str] | None = None) -> tuple[Engine, ...]:
    """Every usable browser, in the order in which Berth prefers them.

    `BERTH_ENGINE` may name one more binary as `kind=path` or as a path (taken as chromium).
    """
    env = os.environ if env is None else env
    found: list[Engine] = []
    for kind, channel, path in [*_named(env), *_candidates(env)]:
        if any(engine.path == path for engine in found) or not os.access(path, os.X_OK):
            continue
        version = _version(path)
        if version:
            found.append(Engine(kind, channel, version, path))
    return tuple(found)


def choose_engine(wanted_kind: str, wanted_path: str, engines: tuple[Engine, ...]) -> Engine:
    """The engine of a profile: its path where one is set, else the first of its kind, else the first of all.

    Raises NoEngine.
    """
    if not engines and not wanted_path:
        raise NoEngine.at_all()
    if wanted_path:
        for engine in engines:
            if engine.path == wanted_path:
                return engine
        version = _version(wanted_path) if os.access(wanted_path, os.X_OK) else ""
        if version:
            return Engine(
                wanted_kind if wanted_kind in _KINDS else "chromium", "custom", version, wanted_path
            )
        raise NoEngine.named(wanted_path)
    for engine in engines:
        if wanted_kind in ("", "auto", engine.kind):
            return engine
    raise NoEngine.named(wanted_kind)


def _named(env: Mapping[str, str]) -> list[tuple[str, str, str]]:
    text = env.get("BERTH_ENGINE", "")
    kind, _, path = text.partition("=")
    if kind not in _KINDS:  # no kind is named; an equals sign then belongs to the path
        kind, path = "chromium", text
    return [(kind, "custom", path)] if path else []


def _candidates(env: Mapping[str, str]) -> list[tuple[str, str, str]]:
    if sys.platform == "darwin":
        return list(_MACOS)
    if sys.platform == "win32":
        bases = [env[name] for name in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA") if name in env]
        return [(kind, channel, str(Path(base) / rest)) for kind, channel, rest in _WINDOWS for base in bases]
    return [*_LINUX, *_on_path()]


def _on_path() -> list[tuple[str, str, str]]:
    names = {"google-chrome-stable": "chrome", "microsoft-edge-stable": "edge", "brave-browser": "brave"}
    found = []
    for name, kind in names.items():
        path = shutil.which(name)
        # A wrapper script would add switches of its own and hide the real process.
        if path and _is_binary(Path(path).resolve()):
            found.append((kind, "stable", str(Path(path).resolve())))
    return found


def _is_binary(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(4) == b"\x7fELF"
    except OSError:
        return False


def _version(path: str) -> str:
    if sys.platform == "win32":
        # chrome.exe --version opens a window there; the version is the name of the folder beside it.
        names = [entry.name for entry in Path(path).parent.iterdir() if re.fullmatch(r"[\d.]+", entry.name)]
        return max(names, key=lambda name: [int(part) for part in name.split(".")], default="")
    try:
        done = subprocess.run(
            [path, "--version"], capture_output=True, text=True, timeout=_VERSION_TIMEOUT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    match = re.search(r"\d+\.\d+\.\d+\.\d+", done.stdout)
    return match.group(0) if match else ""
