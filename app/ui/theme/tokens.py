"""The colours of the program: two sets of tokens, and how readable one colour is upon another."""

from __future__ import annotations

from dataclasses import dataclass

LEAST_CONTRAST = 4.5  # WCAG 2.2, 1.4.3: text of normal size
LEAST_CONTRAST_SIGN = 3.0  # WCAG 2.2, 1.4.11: icons, focus rings, borders of controls


@dataclass(frozen=True, slots=True)
class Tokens:
    """One set of colours as #RRGGBB. `…_soft` are backgrounds for text in the colour of that name."""

    window: str  # behind everything
    surface: str  # lists, cards, fields
    raised: str  # rail, bars, table heads
    line: str  # hairlines between surfaces
    border: str  # around controls
    text: str
    muted: str
    disabled: str
    accent: str  # the one thing to do
    accent_hover: str
    on_accent: str
    accent_soft: str
    selection: str
    hover: str
    focus: str
    ok: str
    ok_soft: str
    warn: str
    warn_soft: str
    danger: str
    danger_hover: str
    danger_soft: str
    on_danger: str
    toast: str
    on_toast: str
    toast_link: str


LIGHT = Tokens(
    window="#F4F6F8",
    surface="#FFFFFF",
    raised="#FAFBFC",
    line="#E4E8EC",
    border="#7F8893",
    text="#1A2027",
    muted="#56606B",
    disabled="#98A1AB",
    accent="#1660CF",
    accent_hover="#0F51B3",
    on_accent="#FFFFFF",
    accent_soft="#E7F0FD",
    selection="#DCE9FC",
    hover="#EEF2F6",
    focus="#1660CF",
    ok="#116B3A",
    ok_soft="#E3F4EA",
    warn="#875000",
    warn_soft="#FDF1DC",
    danger="#B3261E",
    danger_hover="#8F1D17",
    danger_soft="#FCE8E6",
    on_danger="#FFFFFF",
    toast="#1F2630",
    on_toast="#F2F5F8",
    toast_link="#8CBBFF",
)

DARK = Tokens(
    window="#14181D",
    surface="#1B2027",
    raised="#181D23",
    line="#2B323B",
    border="#6D7885",
    text="#E7EBF0",
    muted="#A3AEBA",
    disabled="#66707C",
    accent="#79AEFF",
    accent_hover="#9BC3FF",
    on_accent="#0B1A2F",
    accent_soft="#1C2E49",
    selection="#22395B",
    hover="#232A33",
    focus="#79AEFF",
    ok="#71D698",
    ok_soft="#173323",
    warn="#F2B458",
    warn_soft="#3A2B12",
    danger="#FF8F86",
    danger_hover="#FFB0A9",
    danger_soft="#42201D",
    on_danger="#2A0906",
    toast="#E7EBF0",
    on_toast="#1A2027",
    toast_link="#0F51B3",
)

# Which colours stand upon which; the test of contrast walks this list.
TEXT_ON = (
    *(
        (colour, ground)
        for colour in ("text", "muted")
        for ground in ("window", "surface", "raised", "hover")
    ),
    ("text", "selection"),
    ("muted", "selection"),
    ("accent", "surface"),
    ("accent", "window"),
    ("accent", "raised"),
    ("accent", "accent_soft"),
    ("accent", "hover"),
    ("on_accent", "accent"),
    ("on_accent", "accent_hover"),
    ("text", "accent_soft"),
    *((colour, f"{colour}_soft") for colour in ("ok", "warn", "danger")),
    *((colour, "surface") for colour in ("ok", "warn", "danger")),
    *((colour, "selection") for colour in ("ok", "warn", "danger")),
    *(("text", f"{colour}_soft") for colour in ("ok", "warn", "danger")),
    *(("muted", f"{colour}_soft") for colour in ("ok", "warn", "danger")),
    ("on_danger", "danger"),
    ("on_danger", "danger_hover"),
    ("on_toast", "toast"),
    ("toast_link", "toast"),
)
SIGN_ON = (
    ("border", "surface"),
    ("border", "window"),
    ("focus", "surface"),
    ("focus", "window"),
    ("focus", "selection"),
)


def contrast(one: str, other: str) -> float:
    """The ratio of two colours' luminances, from 1 to 21 (WCAG 2.2, "contrast ratio")."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def readable_on(colour: str) -> str:
    """Black or white, whichever can be read on a colour that somebody chose."""
    return max(("#FFFFFF", "#000000"), key=lambda text: contrast(text, colour))


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
