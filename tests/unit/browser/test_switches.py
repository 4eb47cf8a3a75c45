"""The engine's command line and environment: nothing secret, every packet to the relay, no second opinion."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.isolation.browser.switches import (
    SCREEN_VARIABLES,
    environment,
    network_switches,
    second_start,
    switches,
)
from app.isolation.plan import Fingerprint, LaunchPlan, Mode, ProxyKind, Upstream, WebRtcPolicy
from app.kernel.secret import Secret
from tests.support.plans import plan_for

SETTINGS = Fingerprint(
    languages=("de-DE", "en"),
    timezone="Europe/Berlin",
    window_width_px=1366,
    window_height_px=768,
    scale=1.25,
)
NETWORK = [
    "--proxy-server=http://127.0.0.1:40001",
    "--proxy-bypass-list=<-loopback>",
    "--host-resolver-rules=MAP * ^NOTFOUND , EXCLUDE 127.0.0.1",
    "--disable-quic",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--disable-breakpad",
]
ENGINE = [
    "--user-data-dir=/data/p/browser",
    "--remote-debugging-pipe",
    "--no-startup-window",
    "--no-first-run",
    "--no-default-browser-check",
    "--test-type",
    "--class=Berth-007",
    "--password-store=basic",
    "--lang=de-DE",
    "--window-size=1366,768",
    "--force-device-scale-factor=1.25",
]
HANDS_ON = "--disable-blink-features=AutomationControlled"


def plan(**changes: object) -> LaunchPlan:
    return replace(plan_for(Path("/data/p"), settings=SETTINGS), **({"screen": ()} | changes))


def arguments(wanted: LaunchPlan, sandbox: bool = True) -> list[str]:
    return switches(wanted, browser_dir="/data/p/browser", relay_port=40001, sandbox=sandbox)


def test_a_hands_on_window_starts_with_exactly_these_arguments():
    assert arguments(plan()) == [*ENGINE, *NETWORK, HANDS_ON]


def test_an_automation_window_says_that_a_script_drives_it():
    assert arguments(plan(mode=Mode.AUTOMATION)) == [*ENGINE, *NETWORK]


def test_the_sandbox_is_off_only_where_asked():
    assert arguments(plan(), sandbox=False) == [*arguments(plan(), sandbox=True), "--no-sandbox"]


def test_a_second_start_has_every_switch_of_the_first_but_the_one_that_keeps_windows_away():
    first = switches(plan(), browser_dir="/data/p/browser", relay_port=4000, sandbox=True)

    second = second_start(first)

    assert set(first) - set(second) == {"--no-startup-window"}
    assert set(second) <= set(first)
    assert "--proxy-server=http://127.0.0.1:4000" in second


@pytest.mark.parametrize("policy", list(WebRtcPolicy))
def test_the_network_arguments_differ_only_by_port_and_webrtc_policy(policy: WebRtcPolicy):
    found = network_switches(40001, policy)

    assert found == [
        f"--webrtc-ip-handling-policy={policy.value}" if line.startswith("--webrtc") else line
        for line in NETWORK
    ]
    assert network_switches(5, policy)[0] == "--proxy-server=http://127.0.0.1:5"


def test_nothing_secret_is_in_the_arguments_or_the_environment():
    upstream = Upstream(ProxyKind.HTTP, "proxy-canary.test", 8080, "user-canary", Secret("password-canary"))
    wanted = plan(upstream=upstream, urls=("https://url-canary.test/?token=1",), name="name-canary")

    told = "\n".join([*arguments(wanted), *environment(wanted, {"PATH": "/bin"}).values()])

    assert "canary" not in told


def test_no_port_is_opened_for_debugging():
    assert not any(line.startswith("--remote-debugging-port") for line in arguments(plan()))


@pytest.mark.parametrize(
    "name",
    [
        "http_proxy",
        "HTTP_PROXY",
        "https_proxy",
        "HTTPS_PROXY",
        "all_proxy",
        "ALL_PROXY",
        "ftp_proxy",
        "no_proxy",
        "NO_PROXY",
        "auto_proxy",
        "SOCKS_SERVER",
        "SOCKS_VERSION",
        "PYTHONPATH",
        "PYTHONHOME",
        "PYTHONUTF8",
        "VIRTUAL_ENV",
        "VIRTUAL_ENV_PROMPT",
        "PLAYWRIGHT_BROWSERS_PATH",
        "PW_TEST",
        "PWDEBUG",
        "DEBUG",
        "CHROME_LOG_FILE",
        "CHROME_DEVEL_SANDBOX",
        "SSLKEYLOGFILE",
        "BERTH_HOME",
        "BERTH_PASSPHRASE_FILE",
        "BERTH_ENGINE",
        "LC_ALL",
        "QT_PLUGIN_PATH_ORIG",
    ],
)
def test_the_engine_does_not_see(name: str):
    assert name not in environment(plan(), {name: "x", "PATH": "/bin"})


@pytest.mark.parametrize("name", ["PATH", "HOME", "BERTH_TEST", "GTK_IM_MODULE", "LC_TIME", "PROXYCHAINS"])
def test_the_engine_keeps(name: str):
    assert environment(plan(), {name: "x"})[name] == "x"


def test_place_and_language_are_the_profiles():
    found = environment(plan(), {"TZ": "Asia/Tokyo", "LANG": "ja_JP.UTF-8", "LANGUAGE": "ja"})

    assert (found["TZ"], found["LANG"], found["LANGUAGE"]) == ("Europe/Berlin", "de_DE.UTF-8", "de_DE")


@pytest.mark.parametrize(
    ("own", "character_type"),
    [
        ({"LC_ALL": "C.UTF-8", "LC_CTYPE": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}, "C.UTF-8"),
        ({"LC_CTYPE": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}, "zh_CN.UTF-8"),
        ({"LC_ALL": "", "LANG": "zh_CN.UTF-8"}, "zh_CN.UTF-8"),
        ({}, None),
    ],
)
def test_the_character_type_follows_the_person(own: dict[str, str], character_type: str | None):
    assert environment(plan(), own).get("LC_CTYPE") == character_type


@pytest.mark.parametrize("name", SCREEN_VARIABLES)
def test_the_screen_is_the_faces_not_the_keepers(name: str):
    own = dict.fromkeys(SCREEN_VARIABLES, "of the keeper")

    found = environment(plan(screen=((name, "of the face"),)), own)

    assert {key: value for key, value in found.items() if key in SCREEN_VARIABLES} == {name: "of the face"}


def test_in_a_frozen_program_the_library_path_is_the_one_from_before():
    own = {"LD_LIBRARY_PATH": "/opt/berth/_internal", "LD_LIBRARY_PATH_ORIG": "/usr/local/lib"}

    found = environment(plan(), own, frozen=True)

    assert found["LD_LIBRARY_PATH"] == "/usr/local/lib"
    assert "LD_LIBRARY_PATH_ORIG" not in found


def test_in_a_frozen_program_its_own_libraries_never_reach_the_engine():
    assert "LD_LIBRARY_PATH" not in environment(plan(), {"LD_LIBRARY_PATH": "/opt/_internal"}, frozen=True)


def test_outside_a_frozen_program_the_persons_library_path_stays():
    assert environment(plan(), {"LD_LIBRARY_PATH": "/usr/local/lib"})["LD_LIBRARY_PATH"] == "/usr/local/lib"


@given(own=st.dictionaries(st.text(min_size=1, max_size=20), st.text(max_size=10), max_size=8))
def test_the_machines_own_environment_is_not_touched(own: dict[str, str]):
    before = dict(own)

    found = environment(plan(), own)

    assert own == before
    assert found is not own
    assert found["TZ"] == "Europe/Berlin"
