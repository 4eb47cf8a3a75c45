"""What `berth doctor` says of a machine that is not ready."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.isolation.browser.engines import Engine
from app.isolation.checks import Level
from app.isolation.health import driver_check, engines_check, jail_check, sandbox_check, screen_check
from app.kernel.text import say

HERE = Engine("chromium", "stable", "156.0.1.2", "/nonexistent/chromium")


def _system(folder: Path, **values: str) -> Path:
    places = {
        "apparmor": "kernel/apparmor_restrict_unprivileged_userns",
        "clone": "kernel/unprivileged_userns_clone",
        "most": "user/max_user_namespaces",
    }
    for name, value in values.items():
        path = folder / places[name]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{value}\n")
    return folder


def test_a_machine_without_a_browser_is_red():
    assert engines_check(()).level is Level.RED
    assert "156.0.1.2" in engines_check((HERE,)).message.english()


def test_a_driver_that_does_not_run_is_red_and_says_what_to_install():
    check = driver_check(None)

    assert check.level is Level.RED
    assert "libatomic1" in check.message.english()
    assert driver_check("v26.1.0").level is Level.GREEN


@pytest.mark.parametrize(
    ("values", "level"),
    [
        ({}, Level.GREEN),
        ({"apparmor": "0", "clone": "1", "most": "100"}, Level.GREEN),
        ({"apparmor": "1"}, Level.AMBER),
        ({"clone": "0"}, Level.RED),
        ({"most": "0"}, Level.RED),
    ],
)
def test_the_sandbox_is_as_well_as_user_namespaces_are(tmp_path: Path, values: dict[str, str], level: Level):
    check = sandbox_check((HERE,), is_root=False, system=_system(tmp_path, **values))

    assert check.level is level


def test_a_helper_that_is_not_roots_does_not_count(tmp_path: Path):
    (tmp_path / "chrome-sandbox").write_text("")
    (tmp_path / "chrome-sandbox").chmod(0o755)
    engine = Engine("chrome", "stable", "156.0.1.2", str(tmp_path / "chrome"))

    check = sandbox_check((engine,), is_root=False, system=_system(tmp_path, clone="0"))

    assert check.level is Level.RED


def test_root_is_told_that_the_sandbox_is_off():
    assert sandbox_check((HERE,), is_root=True).level is Level.AMBER


@pytest.mark.parametrize("env", [{"DISPLAY": ":0"}, {"WAYLAND_DISPLAY": "wayland-0"}])
def test_a_screen_is_seen(env: dict[str, str]):
    assert screen_check(env).level is Level.GREEN


def test_a_missing_screen_is_told():
    assert screen_check({}).level is Level.AMBER


def test_the_guarantee_in_force_is_named_and_why_it_is_not_the_stronger_one():
    strong = jail_check(None)
    weak = jail_check(say("AppArmor restricts user namespaces on this system."))

    assert strong.level is Level.GREEN
    assert "The system itself keeps windows on their proxy" in strong.message.english()
    assert weak.level is Level.AMBER
    assert "AppArmor" in weak.message.english()
    assert "switches" in weak.message.english()
