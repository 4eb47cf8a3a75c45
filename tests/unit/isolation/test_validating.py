"""Contradictions are refused with their reason; twins are told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.isolation.fingerprint.choosing import Machine
from app.isolation.fingerprint.validating import contradictions, warnings
from app.isolation.plan import Fingerprint, GeoMode, Place

MACHINE = Machine(4, (1920, 1080))
GOOD = Fingerprint(languages=("en-US", "en"), timezone="America/New_York", cores=4)
NAN = float("nan")


def _place(latitude: float, longitude: float, accuracy_m: float = 50) -> Fingerprint:
    return replace(GOOD, geolocation=GeoMode.FIXED, place=Place(latitude, longitude, accuracy_m))


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        (replace(GOOD, languages=("", "en")), "first language is missing"),
        (replace(GOOD, languages=("deutsch",)), "deutsch is not a language tag"),
        (replace(GOOD, languages=("en", "en")), "stands twice"),
        (replace(GOOD, languages=tuple(f"{a}{b}" for a in "ab" for b in "cdefgh")), "More than 10"),
        (replace(GOOD, timezone="Europe/Berlim"), "did you mean Europe/Berlin"),
        (replace(GOOD, timezone="qqqqqq"), "no time zone qqqqqq"),
        (replace(GOOD, geolocation=GeoMode.FIXED), "no place is given"),
        (replace(GOOD, place=Place(1, 1)), "not fixed to it"),
        (_place(91, 0), "latitude 91"),
        (_place(NAN, 0), "latitude nan"),
        (_place(0, -181), "longitude -181"),
        (_place(0, 0, 0), "accuracy 0"),
        (replace(GOOD, window_width_px=1281), "1281x800 is not one of"),
        (replace(GOOD, scale=1.3), "scale 1.3"),
        (replace(GOOD, scale=NAN), "scale nan"),
        (replace(GOOD, window_width_px=1600, window_height_px=900, scale=1.5), "does not fit this screen"),
        (replace(GOOD, cores=5), "more than the 4"),
        (replace(GOOD, cores=-1), "cannot show -1"),
        (replace(GOOD, canvas="loud"), "loud is not a choice for canvas: real, noise."),
        (replace(GOOD, audio=""), " is not a choice for audio"),
        (replace(GOOD, audio="loud"), "loud is not a choice for audio"),
    ],
)
def test_a_contradiction_is_named(settings: Fingerprint, reason: str):
    found = [text.english() for text in contradictions(settings, MACHINE)]

    assert len(found) == 1
    assert reason in found[0]


@pytest.mark.parametrize(
    "settings", [GOOD, Fingerprint(), replace(GOOD, cores=0), _place(90, 180), replace(GOOD, timezone="UTC")]
)
def test_true_settings_are_not_contradicted(settings: Fingerprint):
    assert contradictions(settings, MACHINE) == ()


def test_every_contradiction_is_told_at_once():
    assert len(contradictions(replace(GOOD, cores=99, timezone="x", canvas="loud"), MACHINE)) == 3


def test_twins_are_told_by_name():
    (found,) = warnings(GOOD, ["Anna"], 1)

    assert "as Anna:" in found.english()


def test_many_twins_are_cut_short():
    (found,) = warnings(GOOD, ["0", "1", "2"], 9)

    assert "0, 1, 2 …" in found.english()
    assert found.n == 9


def test_utc_is_worth_a_warning_and_a_zone_of_a_country_is_not():
    assert "UTC" in warnings(replace(GOOD, timezone="UTC"))[0].english()
    assert warnings(GOOD) == ()
    assert warnings(Fingerprint()) == ()
