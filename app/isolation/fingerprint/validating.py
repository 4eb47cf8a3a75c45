"""Settings that no real browser on this machine could show are refused with the reason; twins are told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.isolation.fingerprint.choosing import SCALES, WINDOW_SIZES, Machine, fits
from app.isolation.fingerprint.languages import is_tag
from app.isolation.fingerprint.timezones import countries_of, is_zone, near_zones
from app.isolation.plan import Fingerprint, GeoMode
from app.kernel.text import Text, echoed, say

_MAX_LANGUAGES = 10
PICTURES = ("real", "noise")


def contradictions(settings: Fingerprint, machine: Machine) -> tuple[Text, ...]:
    """Every reason why these settings cannot be shown truly; empty when they can."""
    return (
        *_of_languages(settings.languages),
        *_of_timezone(settings.timezone),
        *_of_place(settings),
        *_of_window(settings, machine),
        *_of_cores(settings.cores, machine),
        *_of_noise(settings),
    )


def warnings(settings: Fingerprint, twins: Sequence[str] = (), count: int = 0) -> tuple[Text, ...]:
    """What is worth knowing although it can be shown: UTC, and other profiles that look the same.

    `twins` are the names of the first few of them, `count` is how many they are.
    """
    found = []
    if settings.timezone and not countries_of(settings.timezone):
        found.append(
            say("The time zone {zone} belongs to no country; shops seldom see it.", zone=settings.timezone)
        )
    if twins:
        found.append(
            Text(
                "Same languages, time zone, scale and cores as {names}: "
                "a shop cannot tell these profiles apart by them.",
                {"names": ", ".join(twins) + (" …" if count > len(twins) else "")},
                n=count,
            )
        )
    return tuple(found)


def _of_languages(languages: tuple[str, ...]) -> Iterator[Text]:
    if languages and not languages[0].strip():
        yield say("The first language is missing.")
    for tag in languages:
        if tag.strip() and not is_tag(tag):
            yield say("{tag} is not a language tag such as de-DE or en.", tag=echoed(tag, 40))
    if len(set(languages)) != len(languages):
        yield say("A language stands twice in the list.")
    if len(languages) > _MAX_LANGUAGES:
        yield say("More than {most} languages; no browser starts with so many.", most=_MAX_LANGUAGES)


def _of_timezone(zone: str) -> Iterator[Text]:
    if not zone or is_zone(zone):
        return
    if near := near_zones(zone):
        yield say("There is no time zone {zone}; did you mean {near}?", zone=echoed(zone), near=near[0])
    else:
        yield say("There is no time zone {zone}.", zone=echoed(zone))


def _of_place(settings: Fingerprint) -> Iterator[Text]:
    place = settings.place
    if settings.geolocation is not GeoMode.FIXED:
        if place is not None:
            yield say("A place is given, but the geolocation is not fixed to it.")
        return
    if place is None:
        yield say("The geolocation is fixed, but no place is given.")
        return
    # Written so that "not a number" is refused too.
    if not -90 <= place.latitude <= 90:
        yield say("The latitude {value} is not between -90 and 90.", value=place.latitude)
    if not -180 <= place.longitude <= 180:
        yield say("The longitude {value} is not between -180 and 180.", value=place.longitude)
    if not 1 <= place.accuracy_m <= 100_000:
        yield say("The accuracy {value} is not between 1 and 100000 metres.", value=place.accuracy_m)


def _of_window(settings: Fingerprint, machine: Machine) -> Iterator[Text]:
    width, height = settings.window_width_px, settings.window_height_px
    if (width, height) not in WINDOW_SIZES:
        sizes = ", ".join(f"{w}x{h}" for w, h in WINDOW_SIZES)
        yield say(
            "The window size {width}x{height} is not one of: {sizes}.",
            width=width,
            height=height,
            sizes=sizes,
        )
    if settings.scale not in SCALES:
        steps = ", ".join(f"{step:g}" for step in SCALES)
        yield say("The scale {scale} is not one of: {steps}.", scale=settings.scale, steps=steps)
    elif not fits(width, height, settings.scale, machine):
        yield say(
            "A window of {width}x{height} at scale {scale} does not fit this screen.",
            width=width,
            height=height,
            scale=settings.scale,
        )


def _of_cores(cores: int, machine: Machine) -> Iterator[Text]:
    if cores < 0:
        yield say("A browser cannot show {cores} processor cores.", cores=cores)
    elif cores > machine.cores:
        yield say(
            "{cores} processor cores are more than the {real} this computer has.",
            cores=cores,
            real=machine.cores,
        )


def _of_noise(settings: Fingerprint) -> Iterator[Text]:
    for name, value in ((say("canvas"), settings.canvas), (say("audio"), settings.audio)):
        if value not in PICTURES:
            choices = ", ".join(PICTURES)
            yield say(
                "{value} is not a choice for {what}: {choices}.",
                value=echoed(value),
                what=name,
                choices=choices,
            )
