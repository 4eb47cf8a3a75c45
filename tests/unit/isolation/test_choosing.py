"""Combinations differ between profiles and can be shown by the machine."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.isolation.fingerprint.choosing import (
    SCALES,
    WINDOW_SIZES,
    Machine,
    choose,
    choose_again,
    combination,
    core_counts,
    fits,
)
from app.isolation.fingerprint.machine import this_machine
from app.isolation.fingerprint.validating import contradictions
from app.isolation.plan import Fingerprint, WebRtcPolicy
from app.isolation.template import PLAIN, Template

EIGHT = Machine(8, (2560, 1440))


def _some(count: int, machine: Machine, seed: int = 1) -> list[Fingerprint]:
    rng = random.Random(seed)
    found: list[Fingerprint] = []
    for _ in range(count):
        found.append(choose(PLAIN, machine, found, rng))
    return found


def test_fifty_profiles_have_fifty_combinations():
    found = _some(50, EIGHT)

    assert len({combination(item, EIGHT) for item in found}) == 50


def test_scale_and_cores_are_used_up_before_a_pair_comes_back():
    pairs = len(SCALES) * len(core_counts(EIGHT))

    found = _some(pairs, EIGHT)

    assert len({(item.scale, item.cores) for item in found}) == pairs


def test_more_profiles_than_combinations_share_them_evenly():
    machine = Machine(1, (1300, 830))

    found = _some(24, machine)

    counts = [found.count(item) for item in set(found)]
    assert max(counts) - min(counts) <= 1


def test_the_largest_scale_comes_last():
    found = _some(len(SCALES) * len(core_counts(EIGHT)), EIGHT)

    assert all(item.scale < 1.5 for item in found[: 3 * len(core_counts(EIGHT))])


@given(
    st.integers(1, 64),
    st.one_of(st.none(), st.tuples(st.integers(1200, 4000), st.integers(760, 2200))),
    st.integers(),
)
def test_whatever_is_chosen_can_be_shown(cores: int, screen: tuple[int, int] | None, seed: int):
    machine = Machine(cores, screen)

    chosen = choose(PLAIN, machine, [], random.Random(seed))

    assert contradictions(chosen, machine) == ()


def test_the_same_random_source_gives_the_same_answer():
    assert _some(10, EIGHT, seed=4) == _some(10, EIGHT, seed=4)
    assert _some(10, EIGHT, seed=4) != _some(10, EIGHT, seed=5)


def test_a_tiny_screen_still_gets_the_smallest_window():
    chosen = choose(PLAIN, Machine(2, (800, 600)), [], random.Random(1))

    assert (chosen.window_width_px, chosen.window_height_px) == WINDOW_SIZES[0]
    assert chosen.scale == 1.0


def test_the_template_decides_the_rest():
    template = Template(
        "x", "X", languages=("de-DE", "de"), timezone="Europe/Berlin", webrtc=WebRtcPolicy.PUBLIC_ONLY
    )

    chosen = choose(template, EIGHT, [], random.Random(1))

    assert (chosen.languages, chosen.timezone) == (("de-DE", "de"), "Europe/Berlin")
    assert chosen.webrtc is WebRtcPolicy.PUBLIC_ONLY


def test_a_clone_differs_in_its_combination_only():
    first = choose(PLAIN, EIGHT, [], random.Random(1))

    clone = choose_again(first, EIGHT, [first], random.Random(1))

    assert combination(clone, EIGHT) != combination(first, EIGHT)
    assert (clone.languages, clone.timezone) == (first.languages, first.timezone)


def test_no_core_count_means_all_cores():
    assert combination(Fingerprint(cores=0), EIGHT) == combination(Fingerprint(cores=8), EIGHT)


@pytest.mark.parametrize(
    ("real", "shown"),
    [(1, (1,)), (2, (2,)), (6, (2, 4, 6)), (10, (2, 4, 6, 8, 10)), (64, (2, 4, 6, 8, 12, 16, 64))],
)
def test_core_counts_are_the_usual_ones_and_the_real_one(real: int, shown: tuple[int, ...]):
    assert core_counts(Machine(real)) == shown


def test_an_unknown_screen_is_not_judged():
    assert fits(9000, 9000, 1.5, Machine(1))
    assert not fits(1280, 800, 1.5, Machine(1, (1366, 768)))


def test_this_machine_has_cores():
    assert this_machine((1, 2)).cores >= 1
    assert this_machine((1, 2)).screen == (1, 2)


def test_a_system_without_affinity_counts_its_cores(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delattr("os.sched_getaffinity", raising=False)
    monkeypatch.setattr("os.cpu_count", lambda: None)

    assert this_machine() == Machine(1)
