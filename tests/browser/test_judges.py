"""Judges from outside look at windows that Berth opened, and at the same engine started without Berth.

What they say of the bare engine is what this machine is: it has no graphics card, and may be in UTC.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.isolation.browser.engines import find_engines
from app.isolation.keeper.opening import is_sandboxed
from tests.support.judges import Judges, judges_on_loopback
from tests.support.stage import Stage, until

# The machine's own, by name: no graphics card (SwiftShader in its place, or no WebGL at all, for which
# fpscanner has one word in pages and another in workers), and the zone of a server.
OF_THIS_MACHINE = {"hasSwiftshaderRenderer", "hasMismatchWebGLInWorker", "hasUTCTimezone"}
LIMIT_S = 60.0
PLACES = (
    ("de-DE,de,en", "Europe/Berlin", "1"),
    ("en-US,en", "America/New_York", "1.1"),
    ("ja,en", "Asia/Tokyo", "1.25"),
    ("fr-FR,fr", "Europe/Paris", "1"),
    ("es-MX,es", "America/Mexico_City", "1.1"),
    ("en-GB,en", "Europe/London", "1.25"),
    ("pt-BR,pt", "America/Sao_Paulo", "1"),
    ("th,en", "Asia/Bangkok", "1.1"),
    ("vi,en", "Asia/Ho_Chi_Minh", "1.25"),
    ("pl,en", "Europe/Warsaw", "1"),
)


@pytest.fixture
def judges() -> Iterator[Judges]:
    with judges_on_loopback() as site:
        yield site


def test_no_judge_takes_a_hands_on_window_for_a_bot_and_the_bare_engine_is_judged_alike(
    stage: Stage, judges: Judges, tmp_path: Path
) -> None:
    at_home = _make(stage, "Anna", PLACES[0])

    bare = _bare(judges, "bare", tmp_path / "bare", PLACES[0])
    ours = _ours(stage, judges, at_home, "ours")

    assert (bare["bot"], ours["bot"]) == (False, False), (bare, ours)
    assert set(ours["found"]) <= OF_THIS_MACHINE
    assert ours["found"] == bare["found"]
    # Nothing but what was chosen for the profile tells it from the engine itself.
    other = {name for name in bare["components"] if bare["components"][name] != ours["components"][name]}
    assert other <= {"hardwareConcurrency", "screenResolution", "screenFrame"}


def test_the_control_is_seen_when_a_script_drives_it(judges: Judges, screen: None, tmp_path: Path) -> None:
    said = _bare(judges, "driven", tmp_path / "bare", PLACES[0], "--enable-automation")

    assert said["bot"] is True
    assert set(said["found"]) - OF_THIS_MACHINE


def test_a_window_is_known_again_and_no_other_one_is_taken_for_it(stage: Stage, judges: Judges) -> None:
    _compare(stage, judges, relaunches=2, places=PLACES[:2])


@pytest.mark.long
@pytest.mark.timeout(900)
def test_five_relaunches_are_one_visitor_and_ten_profiles_are_ten(stage: Stage, judges: Judges) -> None:
    _compare(stage, judges, relaunches=5, places=PLACES)


def _compare(stage: Stage, judges: Judges, *, relaunches: int, places: Any) -> None:
    first = _make(stage, "Number 0", places[0])
    same = [_ours(stage, judges, first, f"again-{turn}") for turn in range(relaunches)]
    others = [
        _ours(stage, judges, _make(stage, f"Number {at}", place), f"place-{at}")
        for at, place in enumerate(places[1:], start=1)
    ]

    assert len({(said["visitor"], said["fsid"]) for said in same}) == 1
    assert len({said["visitor"] for said in (same[0], *others)}) == len(places)
    assert len({said["fsid"] for said in (same[0], *others)}) == len(places)
    assert [said["bot"] for said in (*same, *others)] == [False] * (relaunches + len(others))


def _make(stage: Stage, name: str, place: tuple[str, str, str]) -> str:
    languages, zone, scale = place
    stage.work.isolation.profiles.new(
        name,
        proxy="direct",
        values=[
            ("allow-private", "on"),
            ("fingerprint.languages", languages),
            ("fingerprint.timezone", zone),
            ("fingerprint.scale", scale),
            ("fingerprint.window", "1200x760"),
        ],
    )
    stage.work.settings.set("network.echo_urls", stage.net.echo_address_url)
    return name


def _ours(stage: Stage, judges: Judges, name: str, run: str) -> dict[str, Any]:
    """Opens a window as a person would, on the judges' page, and closes it when they have spoken."""
    opened = stage.open(name, judges.url(run), only_this_once=True)
    assert opened.is_open, [check.message.english() for check in opened.preflight.checks]
    said = until(lambda: judges.said.get(run), LIMIT_S)
    with stage.keeper() as keeper:
        keeper.close_windows(opened.profile.id)
    assert "failed" not in said
    return said


def _bare(judges: Judges, run: str, folder: Path, place: tuple[str, str, str], *more: str) -> dict[str, Any]:
    """The engine as it is: no Berth, no pipe, no port, and nothing that could drive it."""
    languages, zone, scale = place
    first = languages.split(",")[0]
    process = subprocess.Popen(
        [
            find_engines()[0].path,
            f"--user-data-dir={folder}",
            "--no-first-run",
            "--no-default-browser-check",
            f"--lang={first}",
            f"--accept-lang={languages}",
            "--window-size=1200,760",
            f"--force-device-scale-factor={scale}",
            *([] if is_sandboxed() else ["--no-sandbox"]),
            *more,
            judges.url(run),
        ],
        env={
            **os.environ,
            "TZ": zone,
            "LANGUAGE": first.replace("-", "_"),
            "LANG": f"{first.replace('-', '_')}.UTF-8",
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        said = until(lambda: judges.said.get(run), LIMIT_S)
    finally:
        process.terminate()
        process.wait(20)
    assert "failed" not in said
    return said
