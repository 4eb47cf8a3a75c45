"""The browser's settings files: ours goes in, everything else stays, and a broken file is left alone."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.isolation.browser import preferences as module
from app.isolation.browser.preferences import (
    controlling_extensions,
    local_state,
    profile_preferences,
    window_name,
    write_preferences,
)
from app.isolation.browser.problems import PreferencesBroken
from app.isolation.plan import Fingerprint, GeoMode, LaunchPlan, Mode, Place, WebRtcPolicy
from tests.support.plans import plan_for

SETTINGS = Fingerprint(languages=("de-DE", "de", "en"), timezone="Europe/Berlin")
# What Chromium 156 writes of its own accord, shortened.
FOREIGN_PREFERENCES: dict[str, Any] = {
    "alternate_error_pages": {"backup": True},
    "browser": {"window_placement": {"bottom": 750, "left": 22}, "theme": {"color_scheme2": 2}},
    "extensions": {"alerts": {"initialized": True}, "settings": {}},
    "intl": {"selected_languages": "en-US,en"},
    "profile": {
        "creation_time": "13439816951787897",
        "exit_type": "Crashed",
        "default_content_setting_values": {"has_migrated_local_network_access": True, "notifications": 2},
    },
    "translate": {"enabled": True},
    "zoom": [0.1, 1e300, None, "é \ud800"],
}
FOREIGN_STATE: dict[str, Any] = {
    "os_crypt": {"encrypted_key": "abc"},
    "profile": {"info_cache": {"Default": {"gaia_id": ""}, "Profile 1": {"name": "Other"}}, "last_used": "x"},
}
TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.dictionaries(st.sampled_from("abcd"), inner, max_size=3),
    max_leaves=10,
)
DICTS = st.dictionaries(st.sampled_from("abcd"), TREES, max_size=4)


def plan(**changes: Any) -> LaunchPlan:
    return replace(plan_for(Path("/data/p"), settings=SETTINGS), **changes)


def settled(**changes: Any) -> LaunchPlan:
    return plan(fingerprint=replace(SETTINGS, **changes))


def files(folder: Path) -> tuple[Path, Path]:
    return folder / "Default" / "Preferences", folder / "Local State"


def put(folder: Path, preferences: Any = None, state: Any = None) -> None:
    for path, content in zip(files(folder), (preferences, state), strict=True):
        path.parent.mkdir(exist_ok=True)
        if content is not None:
            path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())


def read(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    first, second = (json.loads(path.read_bytes()) for path in files(folder))
    return first, second


def contains(tree: Any, wanted: Any) -> bool:
    if isinstance(wanted, dict):
        return isinstance(tree, dict) and all(
            key in tree and contains(tree[key], value) for key, value in wanted.items()
        )
    return bool(tree == wanted)


def test_a_new_profile_gets_what_its_plan_says(tmp_path: Path):
    write_preferences(plan(), tmp_path)

    assert read(tmp_path) == (profile_preferences(plan()), local_state(plan()))


def test_the_settings_are_those_that_keep_a_store_apart():
    found = profile_preferences(plan(colour="#aa3355", name="Anna"))

    assert found["intl"] == {"accept_languages": "de-DE,de,en", "selected_languages": "de-DE,de,en"}
    assert found["net"] == {"network_prediction_options": 2}
    assert found["alternate_error_pages"] == {"enabled": False}
    assert found["session"] == {"restore_on_startup": 1}
    assert found["signin"] == {"allowed": False, "allowed_on_next_startup": False}
    assert found["profile"]["name"] == "007 Anna"
    assert found["profile"]["exit_type"] == "Normal"
    assert found["profile"]["default_content_setting_values"] == {"geolocation": 2}
    assert "download" not in found
    assert "safebrowsing" not in found
    assert "translate" not in found


def test_dns_over_https_and_background_mode_are_off():
    found = local_state(plan())

    assert found["dns_over_https"] == {"mode": "off", "templates": ""}
    assert found["async_dns"] == {"enabled": False}
    assert found["background_mode"] == {"enabled": False}


@pytest.mark.parametrize(
    ("policy", "may_go_around"),
    [(WebRtcPolicy.PROXY_ONLY, False), (WebRtcPolicy.PUBLIC_ONLY, True), (WebRtcPolicy.DEFAULT, True)],
)
def test_webrtc_is_kept_on_the_proxy_only_where_the_plan_says_so(policy: WebRtcPolicy, may_go_around: bool):
    assert profile_preferences(settled(webrtc=policy))["webrtc"] == {
        "ip_handling_policy": policy.value,
        "multiple_routes_enabled": may_go_around,
        "nonproxied_udp_enabled": may_go_around,
    }


def test_a_download_folder_is_set_where_there_is_one():
    assert profile_preferences(plan(download_folder="/home/anna/Downloads"))["download"] == {
        "default_directory": "/home/anna/Downloads",
        "prompt_for_download": False,
    }


@pytest.mark.parametrize("colour", ["#000000", "#ffffff", "#aa3355"])
def test_a_colour_is_kept_as_chromium_reads_it(colour: str):
    shown = profile_preferences(plan(colour=colour))["browser"]["theme"]["user_color2"]
    cached = local_state(plan(colour=colour))["profile"]["info_cache"]["Default"]

    assert -(1 << 31) <= shown < 1 << 31
    assert f"{shown & 0xFFFFFFFF:08x}" == "ff" + colour[1:]
    assert cached["profile_highlight_color"] == cached["default_avatar_fill_color"] == shown


def test_a_store_is_called_by_number_and_name():
    assert window_name(plan(number=1234, name="店铺")) == "1234 店铺"


def test_a_window_that_a_script_drives_is_marked_in_its_name():
    assert window_name(plan(number=12, name="Anna", mode=Mode.AUTOMATION)) == "012 Anna · script"


def test_what_the_browser_itself_wrote_stays(tmp_path: Path):
    put(tmp_path, FOREIGN_PREFERENCES, FOREIGN_STATE)

    write_preferences(plan(), tmp_path)

    preferences, state = read(tmp_path)
    assert preferences["alternate_error_pages"] == {"backup": True, "enabled": False}
    assert preferences["browser"]["window_placement"] == {"bottom": 750, "left": 22}
    assert preferences["browser"]["theme"]["color_scheme2"] == 2
    assert preferences["extensions"]["alerts"] == {"initialized": True}
    assert preferences["profile"]["creation_time"] == "13439816951787897"
    assert preferences["profile"]["default_content_setting_values"]["notifications"] == 2
    assert preferences["translate"] == {"enabled": True}
    assert preferences["zoom"] == FOREIGN_PREFERENCES["zoom"]
    assert state["os_crypt"] == {"encrypted_key": "abc"}
    assert state["profile"]["info_cache"]["Profile 1"] == {"name": "Other"}
    assert state["profile"]["last_used"] == "x"


def test_what_is_ours_wins_over_what_was_there(tmp_path: Path):
    put(tmp_path, FOREIGN_PREFERENCES, {"dns_over_https": {"mode": "secure"}, "async_dns": True})

    write_preferences(plan(), tmp_path)

    preferences, state = read(tmp_path)
    assert contains(preferences, profile_preferences(plan()))
    assert contains(state, local_state(plan()))


def test_a_second_writing_of_the_same_plan_writes_nothing(tmp_path: Path):
    put(tmp_path, FOREIGN_PREFERENCES, FOREIGN_STATE)
    write_preferences(plan(), tmp_path)
    before = [(path.stat().st_ino, path.stat().st_mtime_ns) for path in files(tmp_path)]

    write_preferences(plan(), tmp_path)

    assert [(path.stat().st_ino, path.stat().st_mtime_ns) for path in files(tmp_path)] == before


def test_a_changed_plan_writes_only_the_file_that_it_changes(tmp_path: Path):
    write_preferences(plan(), tmp_path)
    inodes = [path.stat().st_ino for path in files(tmp_path)]

    write_preferences(settled(languages=("fr-FR",)), tmp_path)

    assert read(tmp_path)[0]["intl"]["accept_languages"] == "fr-FR"
    assert files(tmp_path)[1].stat().st_ino == inodes[1]


def test_the_files_and_their_folder_are_private(tmp_path: Path):
    write_preferences(plan(), tmp_path)

    assert [path.stat().st_mode & 0o777 for path in files(tmp_path)] == [0o600, 0o600]
    assert (tmp_path / "Default").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("mode", [GeoMode.REAL, GeoMode.FIXED])
def test_the_block_of_geolocation_is_taken_back_with_its_mode(tmp_path: Path, mode: GeoMode):
    put(tmp_path, FOREIGN_PREFERENCES)
    write_preferences(settled(geolocation=GeoMode.BLOCKED), tmp_path)
    blocked = read(tmp_path)[0]["profile"]["default_content_setting_values"]

    write_preferences(settled(geolocation=mode, place=Place(52.5, 13.4)), tmp_path)

    after = read(tmp_path)[0]["profile"]["default_content_setting_values"]
    assert blocked["geolocation"] == 2
    assert after == FOREIGN_PREFERENCES["profile"]["default_content_setting_values"]


@pytest.mark.parametrize("before", [{}, {"profile": {"default_content_setting_values": []}}, {"profile": 5}])
def test_there_need_not_be_a_block_to_take_back(tmp_path: Path, before: dict[str, Any]):
    put(tmp_path, before)

    write_preferences(settled(geolocation=GeoMode.REAL), tmp_path)

    kept = read(tmp_path)[0]["profile"].get("default_content_setting_values")
    assert kept == (
        before["profile"]["default_content_setting_values"]
        if before.get("profile") not in (None, 5)
        else None
    )


BROKEN = [
    pytest.param(b"", id="empty"),
    pytest.param(b'{"profile": {', id="cut"),
    pytest.param(b"[1, 2]", id="list"),
    pytest.param(b"\xff\xfe{}", id="binary"),
    pytest.param(b'{"a":' * 100_000, id="deep"),
]


@pytest.mark.parametrize("content", BROKEN)
@pytest.mark.parametrize("which", [0, 1])
def test_a_broken_file_is_told_and_no_byte_of_either_file_changes(tmp_path: Path, content: bytes, which: int):
    good = json.dumps(FOREIGN_PREFERENCES).encode()
    pair = [good, good]
    pair[which] = content
    put(tmp_path, *pair)

    with pytest.raises(PreferencesBroken) as told:
        write_preferences(plan(), tmp_path)

    assert [path.read_bytes() for path in files(tmp_path)] == pair
    assert str(files(tmp_path)[which]) in told.value.text.english()
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == [
        "Local State",
        "Preferences",
    ]


def test_a_file_that_is_a_folder_is_broken(tmp_path: Path):
    files(tmp_path)[0].mkdir(parents=True)

    with pytest.raises(PreferencesBroken):
        write_preferences(plan(), tmp_path)


@given(old=DICTS, new=DICTS)
def test_a_merge_holds_all_that_is_new_and_all_that_is_foreign(old: dict[str, Any], new: dict[str, Any]):
    before = json.dumps(old)

    merged = module._merged(old, new)

    assert contains(merged, new)
    assert {key: merged[key] for key in old.keys() - new.keys()} == {
        key: old[key] for key in old.keys() - new.keys()
    }
    assert merged.keys() == old.keys() | new.keys()
    assert module._merged(merged, new) == merged
    assert json.dumps(old) == before


# Extensions ------------------------------------------------------------------------------------------


def extension(name: str | None, *permissions: Any, **more: Any) -> dict[str, Any]:
    """An entry as Chromium 156 writes it, shortened."""
    return {
        "account_extension_type": 0,
        "active_permissions": {
            "api": list(permissions),
            "explicit_host": ["<all_urls>"],
            "manifest_permissions": [],
            "scriptable_host": [],
        },
        "creation_flags": 9,
        "disable_reasons": [],
        "from_webstore": True,
        "location": 1,
        "path": "padekgcemlokbadohgkifijomclgjgif/3.4.1_0",
        **({} if name is None else {"manifest": {"manifest_version": 3, "name": name, "version": "3.4.1"}}),
        **more,
    }


PDF_VIEWER = extension(
    "Chromium PDF Viewer",
    "contentSettings",
    "fileSystem",
    "metricsPrivate",
    "tabs",
    "pdfViewerPrivate",
    location=5,
)
OMEGA = "padekgcemlokbadohgkifijomclgjgif"


def installed(folder: Path, entries: Any, name: str = "Preferences") -> tuple[str, ...]:
    (folder / "Default").mkdir(exist_ok=True)
    content = json.dumps({"extensions": {"settings": entries}})
    (folder / "Default" / name).write_text(content)
    return controlling_extensions(folder)


@pytest.mark.parametrize("permission", ["proxy", "privacy", "dns", "vpnProvider"])
@pytest.mark.parametrize("file", ["Preferences", "Secure Preferences"])
def test_an_extension_that_may_control_the_network_is_named(tmp_path: Path, permission: str, file: str):
    entries = {"mhjf": PDF_VIEWER, OMEGA: extension("SwitchyOmega", "storage", permission, "tabs")}

    assert installed(tmp_path, entries, file) == ("SwitchyOmega",)


@pytest.mark.parametrize("state", [{}, {"state": 1}, {"disable_reasons": 0}])
def test_entries_of_older_and_newer_browsers_are_both_read(tmp_path: Path, state: dict[str, Any]):
    assert installed(tmp_path, {OMEGA: extension("Omega", "proxy", **state)}) == ("Omega",)


@pytest.mark.parametrize(
    "state",
    [{"state": 0}, {"disable_reasons": [1]}, {"disable_reasons": 1}, {"state": 0, "disable_reasons": 1}],
)
def test_a_disabled_extension_controls_nothing(tmp_path: Path, state: dict[str, Any]):
    assert installed(tmp_path, {OMEGA: extension("Omega", "proxy", **state)}) == ()


@pytest.mark.parametrize(
    "entry",
    [
        PDF_VIEWER,
        extension("uBlock", "webRequest", "declarativeNetRequest", "storage", "unlimitedStorage"),
        extension("Proxy in name only", "proxyish"),
        extension("Odd", {"fileSystem": ["write"]}, 5, None),
        extension("No permissions") | {"active_permissions": None},
        {"blocklist": True},
        "proxy",
    ],
)
def test_other_extensions_control_nothing(tmp_path: Path, entry: Any):
    assert installed(tmp_path, {OMEGA: entry}) == ()


@pytest.mark.parametrize("manifest", [{}, {"manifest": None}, {"manifest": {"name": ""}}])
def test_an_extension_without_a_name_is_told_by_its_id(tmp_path: Path, manifest: dict[str, Any]):
    assert installed(tmp_path, {OMEGA: extension(None, "proxy") | manifest}) == (OMEGA,)


def test_an_extension_in_both_files_is_named_once_and_all_in_order(tmp_path: Path):
    installed(tmp_path, {"a": extension("Zed", "proxy"), "b": extension("Ann", "privacy")})

    assert installed(tmp_path, {"a": extension("Zed", "proxy")}, "Secure Preferences") == ("Ann", "Zed")


def test_a_profile_that_was_never_opened_has_no_extensions(tmp_path: Path):
    assert controlling_extensions(tmp_path) == ()


@pytest.mark.parametrize("extensions", [{}, [], None, {"settings": []}, {"settings": None}])
def test_extensions_of_another_shape_are_none(tmp_path: Path, extensions: Any):
    put(tmp_path, {"extensions": extensions})

    assert controlling_extensions(tmp_path) == ()


def test_extensions_cannot_hide_in_a_broken_file(tmp_path: Path):
    put(tmp_path, b"{")

    with pytest.raises(PreferencesBroken):
        controlling_extensions(tmp_path)


def test_what_the_browser_noted_of_a_checks_sites_goes_and_what_it_noted_of_others_stays(tmp_path: Path):
    probe, store = f"http://a{'0f' * 16}.localhost:80,*", "https://shop.example:443,*"
    exceptions = {"client_hints": {probe: {}, store: {}}, "media_engagement": {probe: {}}, "odd": 7}
    put(tmp_path, {"profile": {"content_settings": {"exceptions": exceptions, "pref_version": 1}}})

    write_preferences(plan(), tmp_path)

    kept = read(tmp_path)[0]["profile"]["content_settings"]
    assert kept == {
        "exceptions": {"client_hints": {store: {}}, "media_engagement": {}, "odd": 7},
        "pref_version": 1,
    }


@pytest.mark.parametrize("settings", [None, 7, {"exceptions": []}])
def test_content_settings_of_another_shape_stay(tmp_path: Path, settings: Any):
    put(tmp_path, {"profile": {"content_settings": settings}})

    write_preferences(plan(), tmp_path)

    assert read(tmp_path)[0]["profile"]["content_settings"] == settings
