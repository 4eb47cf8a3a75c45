"""The browser's own settings files, written while it is closed: languages, WebRTC, DNS, name and colour."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from app.isolation.browser.problems import PreferencesBroken
from app.isolation.plan import GeoMode, LaunchPlan, Mode, WebRtcPolicy
from app.kernel.files import write_whole
from app.kernel.paths import private_folder

_RESTORE_LAST_SESSION = 1
_NO_PREDICTION = 2
_BLOCK = 2
_SCRIPT_SIGN = " · script"
# Permissions with which an extension can change where traffic goes or what WebRTC shows.
_CONTROLLING = frozenset({"proxy", "privacy", "dns", "vpnProvider"})
_PROBE_SITE = re.compile(r"http://[ab][0-9a-f]{32}\.localhost:80,")

Tree = dict[str, Any]


def write_preferences(plan: LaunchPlan, browser_dir: Path) -> None:
    """Merges what the plan says into `Preferences` and `Local State`; everything else there stays.

    Raises PreferencesBroken, before either file is touched, StorageFull and FolderNotWritable.
    """
    private_folder(browser_dir / "Default")
    changed = [
        *_change(browser_dir / "Default" / "Preferences", profile_preferences(plan), clear=_cleared(plan)),
        *_change(browser_dir / "Local State", local_state(plan), clear=()),
    ]
    for path, content in changed:
        write_whole(path, content)


def profile_preferences(plan: LaunchPlan) -> Tree:
    """What this plan wants in `Default/Preferences`."""
    languages = ",".join(plan.fingerprint.languages)
    proxied = plan.fingerprint.webrtc is WebRtcPolicy.PROXY_ONLY
    wanted: Tree = {
        "intl": {"accept_languages": languages, "selected_languages": languages},
        "webrtc": {
            "ip_handling_policy": plan.fingerprint.webrtc.value,
            "multiple_routes_enabled": not proxied,
            "nonproxied_udp_enabled": not proxied,
        },
        "net": {"network_prediction_options": _NO_PREDICTION},
        "alternate_error_pages": {"enabled": False},
        "session": {"restore_on_startup": _RESTORE_LAST_SESSION},
        "signin": {"allowed": False, "allowed_on_next_startup": False},
        "browser": {"theme": {"user_color2": _argb(plan.colour), "color_variant2": 1}},
        "extensions": {"theme": {"id": "user_color_theme_id"}},
        "profile": {
            "name": window_name(plan),
            "using_default_name": False,
            # Berth tells of crashes itself; here they would keep the tabs from coming back.
            "exit_type": "Normal",
        },
    }
    if plan.fingerprint.geolocation is GeoMode.BLOCKED:
        wanted["profile"]["default_content_setting_values"] = {"geolocation": _BLOCK}
    if plan.download_folder:
        wanted["download"] = {"default_directory": plan.download_folder, "prompt_for_download": False}
    return wanted


def local_state(plan: LaunchPlan) -> Tree:
    """What this plan wants in `Local State`."""
    return {
        "dns_over_https": {"mode": "off", "templates": ""},
        "async_dns": {"enabled": False},
        "background_mode": {"enabled": False},
        "profile": {
            "info_cache": {
                "Default": {
                    "name": window_name(plan),
                    "is_using_default_name": False,
                    "profile_highlight_color": _argb(plan.colour),
                    "default_avatar_fill_color": _argb(plan.colour),
                }
            }
        },
    }


def window_name(plan: LaunchPlan) -> str:
    """Number and name of the store, as the browser shows them; a window that a script drives says so."""
    sign = _SCRIPT_SIGN if plan.mode is Mode.AUTOMATION else ""
    return f"{plan.number:03d} {plan.name}{sign}"


def controlling_extensions(browser_dir: Path) -> tuple[str, ...]:
    """Names of installed, enabled extensions that may control proxy, WebRTC or DNS."""
    found: list[str] = []
    for name in ("Preferences", "Secure Preferences"):
        extensions = _read(browser_dir / "Default" / name).get("extensions")
        settings = extensions.get("settings") if isinstance(extensions, dict) else None
        for identifier, entry in settings.items() if isinstance(settings, dict) else ():
            if isinstance(entry, dict) and _controls(entry):
                manifest = entry.get("manifest")
                shown = manifest.get("name") if isinstance(manifest, dict) else None
                found.append(str(shown or identifier))
    return tuple(sorted(set(found)))


def _controls(entry: Tree) -> bool:
    if entry.get("state", 1) != 1 or entry.get("disable_reasons"):
        return False
    permissions = entry.get("active_permissions")
    names = permissions.get("api", []) if isinstance(permissions, dict) else []
    return any(isinstance(name, str) and name in _CONTROLLING for name in names)


def _cleared(plan: LaunchPlan) -> tuple[tuple[str, ...], ...]:
    if plan.fingerprint.geolocation is GeoMode.BLOCKED:
        return ()
    return (("profile", "default_content_setting_values", "geolocation"),)


def _change(path: Path, wanted: Tree, clear: tuple[tuple[str, ...], ...]) -> list[tuple[Path, bytes]]:
    before = _read(path)
    after = _merged(before, wanted)
    for keys in clear:
        _remove(after, keys)
    after = _without_probes(after)
    # In ASCII: what a browser wrote need not be valid Unicode.
    return [(path, json.dumps(after).encode())] if after != before else []


def _without_probes(tree: Tree) -> Tree:
    """Without what the browser noted of the sites of checks (`coherence.site`), which nobody meets again."""
    profile = tree.get("profile")
    settings = profile.get("content_settings") if isinstance(profile, dict) else None
    exceptions = settings.get("exceptions") if isinstance(settings, dict) else None
    if not isinstance(profile, dict) or not isinstance(settings, dict) or not isinstance(exceptions, dict):
        return tree
    kept = {
        kind: {site: value for site, value in sites.items() if not _PROBE_SITE.match(site)}
        if isinstance(sites, dict)
        else sites
        for kind, sites in exceptions.items()
    }
    return {**tree, "profile": {**profile, "content_settings": {**settings, "exceptions": kept}}}


def _read(path: Path) -> Tree:
    try:
        content = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        raise PreferencesBroken(str(path)) from error
    if not isinstance(content, dict):
        raise PreferencesBroken(str(path))
    return content


def _merged(old: Tree, new: Tree) -> Tree:
    result = dict(old)
    for key, value in new.items():
        below = old.get(key)
        result[key] = (
            _merged(below if isinstance(below, dict) else {}, value) if isinstance(value, dict) else value
        )
    return result


def _remove(tree: Tree, keys: tuple[str, ...]) -> None:
    for key in keys[:-1]:
        below = tree.get(key)
        if not isinstance(below, dict):
            return
        tree[key] = tree = dict(below)
    tree.pop(keys[-1], None)


def _argb(colour: str) -> int:
    """`#rrggbb` as Chromium keeps colours: a signed 32-bit number with full opacity."""
    value = 0xFF000000 | int(colour.lstrip("#"), 16)
    return value - (1 << 32)
