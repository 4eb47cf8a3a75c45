"""Chooses a combination of window size, scale step and core count that this machine can truly show."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from app.isolation.plan import Fingerprint, GeoMode, Place, WebRtcPolicy

# Outer window sizes in the page's own pixels: common laptop and desktop windows.
WINDOW_SIZES: tuple[tuple[int, int], ...] = (
    (1200, 760),
    (1240, 780),
    (1280, 720),
    (1280, 800),
    (1320, 820),
    (1360, 768),
    (1400, 860),
    (1440, 900),
    (1500, 920),
    (1536, 864),
    (1600, 900),
    (1680, 1000),
    (1760, 1000),
    (1840, 1020),
)
SCALES: tuple[float, ...] = (1.0, 1.1, 1.25, 1.5)
CORE_COUNTS: tuple[int, ...] = (2, 4, 6, 8, 12, 16)
_USUAL_SCREEN = (1920, 1080)

Combination = tuple[int, int, float, int]


@dataclass(frozen=True, slots=True)
class Machine:
    """What this computer can show: its cores and, where a screen is known, that screen in hardware pixels."""

    cores: int
    screen: tuple[int, int] | None = None


class Wishes(Protocol):
    """The part of a template that a fingerprint starts from."""

    @property
    def languages(self) -> tuple[str, ...]: ...
    @property
    def timezone(self) -> str: ...
    @property
    def geolocation(self) -> GeoMode: ...
    @property
    def place(self) -> Place | None: ...
    @property
    def webrtc(self) -> WebRtcPolicy: ...


def choose(
    template: Wishes, machine: Machine, taken: Iterable[Fingerprint], rng: random.Random
) -> Fingerprint:
    """Settings for a new profile: the template's, with the combination that fewest others have.

    The same random source, machine and neighbours give the same answer.
    """
    base = Fingerprint(
        languages=template.languages,
        timezone=template.timezone,
        geolocation=template.geolocation,
        place=template.place,
        webrtc=template.webrtc,
    )
    return choose_again(base, machine, taken, rng)


def choose_again(
    settings: Fingerprint, machine: Machine, taken: Iterable[Fingerprint], rng: random.Random
) -> Fingerprint:
    """The same settings with a fresh combination, for a clone."""
    seen = [combination(other, machine) for other in taken]
    whole = Counter(seen)
    # Scale and cores show in every identifier a page computes, the window's size in hardly any.
    visible = Counter(item[2:] for item in seen)
    candidates = list(_combinations(machine))
    rng.shuffle(candidates)

    def cost(item: Combination) -> tuple[int, int, bool]:
        # The largest step comes last: a person looks at this window all day.
        return whole[item], visible[item[2:]], item[2] == SCALES[-1]

    width, height, scale, cores = min(candidates, key=cost)
    return replace(settings, window_width_px=width, window_height_px=height, scale=scale, cores=cores)


def combination(settings: Fingerprint, machine: Machine) -> Combination:
    """What of the settings differs between profiles of one place; 0 cores means all of them."""
    cores = settings.cores or machine.cores
    return settings.window_width_px, settings.window_height_px, settings.scale, cores


def fits(width: int, height: int, scale: float, machine: Machine) -> bool:
    """Whether such a window lies within the machine's screen; an unknown screen is not judged."""
    return machine.screen is None or _within(width, height, scale, machine.screen)


def core_counts(machine: Machine) -> tuple[int, ...]:
    """Core counts that the machine can truly show: the usual ones below its own, and its own."""
    return (*(count for count in CORE_COUNTS if count < machine.cores), machine.cores)


def _within(width: int, height: int, scale: float, screen: tuple[int, int]) -> bool:
    return width * scale <= screen[0] and height * scale <= screen[1]


def _combinations(machine: Machine) -> Iterator[Combination]:
    screen = machine.screen or _USUAL_SCREEN
    pairs = [
        (width, height, scale)
        for width, height in WINDOW_SIZES
        for scale in SCALES
        if _within(width, height, scale, screen)
    ]
    # A screen below all sizes still gets a window: the smallest, unscaled; the window manager trims it.
    for width, height, scale in pairs or [(*WINDOW_SIZES[0], SCALES[0])]:
        for cores in core_counts(machine):
            yield width, height, scale, cores
