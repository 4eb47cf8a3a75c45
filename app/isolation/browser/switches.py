"""Command line and environment of an engine, from its launch plan; pure functions."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

from app.isolation.plan import LaunchPlan, Mode, WebRtcPolicy

# Only what concerns this machine's screen and session reaches the engine from the face.
SCREEN_VARIABLES = (
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "XAUTHORITY",
    "XDG_RUNTIME_DIR",
    "XDG_SESSION_TYPE",
    "XDG_CURRENT_DESKTOP",
    "DBUS_SESSION_BUS_ADDRESS",
)
# Ours, Python's and anything that would give the browser a second opinion about its network.
_DROPPED_PREFIXES = ("PYTHON", "VIRTUAL_ENV", "PLAYWRIGHT", "PW_", "PWDEBUG", "DEBUG", "CHROME_")
_DROPPED = frozenset(
    {
        "BERTH_HOME",
        "BERTH_PASSPHRASE_FILE",
        "BERTH_ENGINE",
        "ALL_PROXY",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "FTP_PROXY",
        "NO_PROXY",
        "AUTO_PROXY",
        "SOCKS_SERVER",
        "SOCKS_VERSION",
        "SSLKEYLOGFILE",
        "LC_ALL",
    }
)


def switches(plan: LaunchPlan, *, browser_dir: str, relay_port: int, sandbox: bool) -> list[str]:
    """The engine's arguments, the binary not included. Nothing secret is in them."""
    settings = plan.fingerprint
    arguments = [
        f"--user-data-dir={browser_dir}",
        "--remote-debugging-pipe",
        "--no-startup-window",
        "--no-first-run",
        "--no-default-browser-check",
        "--test-type",  # no bar about the switches here; it changes nothing that a page can see
        f"--class=Berth-{plan.number:03d}",
        f"--password-store={plan.password_store}",
        f"--lang={settings.languages[0]}",
        f"--window-size={settings.window_width_px},{settings.window_height_px}",
        f"--force-device-scale-factor={settings.scale:g}",
        *network_switches(relay_port, settings.webrtc),
    ]
    if plan.mode is Mode.HANDS_ON:
        # No script drives this window, and it says so.
        arguments.append("--disable-blink-features=AutomationControlled")
    if not sandbox:
        arguments.append("--no-sandbox")
    return arguments


def second_start(first: Sequence[str]) -> list[str]:
    """Arguments with which the same binary asks the running engine for a window, before its addresses.

    They are those of the first start. When the engine has died meanwhile, Chromium makes the second process
    the browser: it then has the same relay, which refuses it, and the same private pipe, which ends it.
    """
    return [word for word in first if word != "--no-startup-window"]


def network_switches(relay_port: int, webrtc: WebRtcPolicy) -> list[str]:
    """What keeps every packet on the relay. Measured in a packet capture; none may be dropped alone."""
    return [
        f"--proxy-server=http://127.0.0.1:{relay_port}",
        # Without <-loopback> pages reach this machine's own services and the other profiles' relays.
        "--proxy-bypass-list=<-loopback>",
        # No quotes, and ^NOTFOUND: Chromium gave up the spelling ~NOTFOUND in 2023.
        "--host-resolver-rules=MAP * ^NOTFOUND , EXCLUDE 127.0.0.1",
        "--disable-quic",
        f"--webrtc-ip-handling-policy={webrtc.value}",
        "--disable-component-update",
        "--disable-domain-reliability",
        "--disable-sync",
        "--disable-breakpad",
    ]


def environment(plan: LaunchPlan, own: Mapping[str, str], *, frozen: bool | None = None) -> dict[str, str]:
    """The engine's environment: the machine's, with the profile's place and the face's screen.

    `frozen`: whether Berth's own libraries are on the library path; None asks the running program.
    """
    result = {name: value for name, value in own.items() if _is_kept(name)}
    if getattr(sys, "frozen", False) if frozen is None else frozen:
        result.pop("LD_LIBRARY_PATH", None)  # the loader's; it keeps the old value only if there was one
    if "LD_LIBRARY_PATH_ORIG" in own:
        result["LD_LIBRARY_PATH"] = own["LD_LIBRARY_PATH_ORIG"]
    for name in SCREEN_VARIABLES:
        result.pop(name, None)
    result.update(plan.screen)
    locale = plan.fingerprint.languages[0].replace("-", "_")
    # The input method follows the person's own character type, which no page can see.
    own_type = own.get("LC_ALL") or own.get("LC_CTYPE") or own.get("LANG")
    if own_type:
        result["LC_CTYPE"] = own_type
    result.update(TZ=plan.fingerprint.timezone, LANGUAGE=locale, LANG=f"{locale}.UTF-8")
    return result


def _is_kept(name: str) -> bool:
    upper = name.upper()
    return upper not in _DROPPED and not upper.startswith(_DROPPED_PREFIXES) and not upper.endswith("_ORIG")
