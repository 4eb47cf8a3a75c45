"""What of this machine matters for windows: browsers, the sandbox, a screen."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from app.isolation.browser.engines import Engine
from app.isolation.checks import Check, Level
from app.kernel.text import Text, say

_HELPERS = ("chrome-sandbox", "chrome_sandbox", "msedge-sandbox", "brave-browser-sandbox")
_SYSTEM = Path("/proc/sys")


def engines_check(engines: tuple[Engine, ...]) -> Check:
    """Whether there is a browser at all."""
    if not engines:
        text = say("No browser found: install Google Chrome, Microsoft Edge, Chromium or Brave.")
        return Check("engines", Level.RED, text)
    best = engines[0]
    return Check(
        "engines",
        Level.GREEN,
        say("{kind} {version} at {path}.", kind=best.kind, version=best.version, path=best.path),
    )


def driver_check(version: str | None) -> Check:
    """Whether Playwright's driver runs; without it no window can be looked at, so none opens."""
    if version is None:
        text = say("Playwright's driver does not run, so no window opens. Debian: apt install libatomic1.")
        return Check("driver", Level.RED, text)
    return Check("driver", Level.GREEN, say("Playwright's driver runs ({version}).", version=version))


def sandbox_check(
    engines: tuple[Engine, ...], *, is_root: bool | None = None, system: Path = _SYSTEM
) -> Check:
    """Whether browsers can confine their pages; on Linux that wants a helper or user namespaces."""
    if not sys.platform.startswith("linux"):
        return Check("sandbox", Level.GREEN, say("Browsers use the system's own sandbox."))
    if os.geteuid() == 0 if is_root is None else is_root:
        text = say("Berth runs as root, so browsers run without their sandbox; use an ordinary account.")
        return Check("sandbox", Level.AMBER, text)
    if any(_has_helper(Path(engine.path)) for engine in engines):
        return Check("sandbox", Level.GREEN, say("The browser's own sandbox helper is in force."))
    return _namespaces_check(system)


def jail_check(why_not: Text | None) -> Check:
    """Which guarantee keeps windows on their proxy, and why not the stronger one."""
    if why_not is None:
        text = say(
            "The system itself keeps windows on their proxy: each browser gets a network "
            "whose only way out is Berth's relay."
        )
        return Check("jail", Level.GREEN, text)
    text = say(
        "The browser's own switches keep windows on their proxy; the system itself cannot do it here: {why}",
        why=why_not,
    )
    return Check("jail", Level.AMBER, text)


def screen_check(env: Mapping[str, str] | None = None) -> Check:
    """Whether windows have somewhere to appear."""
    env = os.environ if env is None else env
    if not sys.platform.startswith("linux") or env.get("WAYLAND_DISPLAY") or env.get("DISPLAY"):
        return Check("screen", Level.GREEN, say("There is a screen."))
    if shutil.which("Xvfb"):
        text = say("There is no screen; `berth demo` starts a virtual one, other windows need a real one.")
    else:
        text = say("There is no screen, and no Xvfb for a virtual one.")
    return Check("screen", Level.AMBER, text)


def _has_helper(engine: Path) -> bool:
    for name in _HELPERS:
        try:
            found = engine.with_name(name).stat()
        except OSError:
            continue
        if found.st_uid == 0 and found.st_mode & 0o4000:
            return True
    return False


def _namespaces_check(system: Path) -> Check:
    if _reads(system / "kernel" / "apparmor_restrict_unprivileged_userns") == "1":
        # Browsers from their makers' packages bring a profile that lifts this for them.
        return Check(
            "sandbox",
            Level.AMBER,
            say(
                "AppArmor restricts user namespaces on this system. Debian: apt install chromium-sandbox. "
                "Ubuntu: use Google Chrome from its own package."
            ),
        )
    closed = _reads(system / "kernel" / "unprivileged_userns_clone") == "0"
    if closed or _reads(system / "user" / "max_user_namespaces") == "0":
        return Check(
            "sandbox",
            Level.RED,
            say(
                "The browser cannot start its sandbox. Debian: apt install chromium-sandbox. "
                "Ubuntu: use Google Chrome from its own package."
            ),
        )
    return Check("sandbox", Level.GREEN, say("The sandbox uses user namespaces."))


def _reads(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""
