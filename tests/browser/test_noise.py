"""Seeded noise in a real browser: the same in every context, another for each profile, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from app.isolation.browser.noise import noise_script
from app.isolation.plan import Fingerprint
from tests.browser.test_hub import page_at, running_hub
from tests.support.noise_pages import NoisePages
from tests.support.waiting import until

REAL = Fingerprint(languages=("en-US", "en"), timezone="America/New_York")
NOISY = replace(REAL, canvas="noise", audio="noise")
CONTEXTS = {
    *("main", "blank", "foreign", "same", "srcdoc", "sandbox", "cross", "popup"),
    *("dedicated", "nested", "blob", "shared", "service"),
}


async def _seen(folder: Path, settings: Fingerprint, profile: str) -> dict[str, Any]:
    """What the page tells in an engine started for a profile."""
    async with NoisePages() as pages, running_hub(folder, settings, profile=profile) as hub:
        page = await page_at(hub, pages.url)
        session = await hub.session_of(page)
        await hub.command(
            "Runtime.evaluate", session, expression="document.getElementById('go').click()", userGesture=True
        )
        [seen] = await until(lambda: pages.reports, limit_s=60)
    assert "error" not in seen, seen
    return seen


async def test_noise_is_one_in_all_contexts_another_for_each_profile_and_leaves_the_rest_alone(
    screen: None, tmp_path: Path
) -> None:
    real = await _seen(tmp_path / "real", REAL, "A")
    one = await _seen(tmp_path / "a", NOISY, "A")
    other = await _seen(tmp_path / "b", NOISY, "B")

    assert set(real["contexts"]) == set(one["contexts"]) == CONTEXTS
    for seen in (real, one, other):
        assert len(set(seen["contexts"].values())) == 1, seen["contexts"]
    assert len({seen["contexts"]["main"] for seen in (real, one, other)}) == 3
    assert len({seen["picture"] for seen in (real, one, other)}) == 3
    # Beyond what FingerprintJS rounds away.
    assert len({round(seen["sound"]["sum"], 3) for seen in (real, one, other)}) == 3

    for seen in (one, other):
        claims = {name: seen[name] for name in ("stable", "cut", "url", "blob", "flat", "back")}
        assert all(claims.values()), claims
        sound = {name: seen["sound"][name] for name in ("same", "told", "quiet", "own")}
        assert all(sound.values()), sound
        assert seen["globals"] == real["globals"]
        steps = [abs(a - b) for a, b in zip(seen["pixels"], real["pixels"], strict=True)]
        assert max(steps) == 1, "applied once, and hardly to be seen"
        assert 20 < sum(steps) < len(steps) / 20


async def test_noise_stays_the_same_after_a_new_start(screen: None, tmp_path: Path) -> None:
    before = await _seen(tmp_path, NOISY, "A")
    after = await _seen(tmp_path, NOISY, "A")

    assert after["contexts"] == before["contexts"]
    assert after["picture"] == before["picture"]
    assert after["sound"] == before["sound"]


async def test_only_what_was_chosen_is_changed(screen: None, tmp_path: Path) -> None:
    real = await _seen(tmp_path / "real", REAL, "A")
    sound = await _seen(tmp_path / "sound", replace(REAL, audio="noise"), "A")

    assert sound["picture"] == real["picture"]
    assert sound["sound"]["sum"] != real["sound"]["sum"]


def test_a_profile_that_is_all_real_gets_no_script() -> None:
    assert noise_script(REAL, "A") == ""
    assert noise_script(NOISY, "A") != noise_script(NOISY, "B")
