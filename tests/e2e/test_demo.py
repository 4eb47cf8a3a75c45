"""`berth demo` as a person starts it, and the machine searched for its secrets while it runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from app.demo.screen import some_screen
from app.demo.tour import Tour
from app.kernel.text import Text
from tests.support.searching import files_with, processes_with

ROOT = Path(__file__).resolve().parents[2]
LIMIT_S = 90


def test_the_demo_opens_two_stores_without_a_screen_and_says_that_nothing_crossed(
    berth_home: Path, tmp_path: Path
) -> None:
    environ = {
        name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")
    }

    done = subprocess.run(
        [sys.executable, "-m", "app", "demo", "--json", "--pictures", str(tmp_path / "pictures")],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )

    told = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    assert (told["ok"], told["crossed"]) == (True, [])
    anna, bert = told["windows"]
    assert anna["exit_ip"] != bert["exit_ip"]
    assert (anna["timezone"], bert["timezone"]) == ("America/New_York", "Europe/Berlin")
    assert (anna["languages"][0], bert["languages"][0]) == ("en-US", "de-DE")
    assert anna["signed_in_as"] == anna["signed_in_after_reopen"] != bert["signed_in_as"]
    for picture in told["screenshots"]:
        assert Path(picture).read_bytes().startswith(b"\x89PNG")
    assert list(berth_home.iterdir()) == [], "a tour leaves nothing in the person's own folder"


def test_a_search_of_the_machine_during_the_demo_finds_none_of_its_secrets(tmp_path: Path) -> None:
    home = tmp_path / "tour"
    planted = home / "data" / "planted"
    found: list[str] = []
    searches: list[int] = []
    controls: list[list[str]] = []

    def search(_step: Text) -> None:
        if not tour.secrets:
            return
        # The control: the same search does find a secret that is really there.
        planted.write_text(f"...{tour.secrets[0].reveal()}...")
        controls.append(files_with([home], tour.secrets[0].reveal(), skipped="browser"))
        planted.unlink()
        for secret in tour.secrets:
            found.extend(processes_with(secret.reveal()))
            found.extend(files_with([home], secret.reveal(), skipped="browser"))
        searches.append(len(tour.secrets))

    tour = Tour(home, tmp_path / "pictures", search)
    with some_screen(always_virtual=True):
        result = tour.run()

    assert result.crossed == ()
    assert found == []
    assert len(searches) >= 8
    assert set(searches) == {4}
    assert all(control == [str(planted)] for control in controls)
