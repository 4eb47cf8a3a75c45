"""Every colour can be read upon what it stands on, in both palettes."""

from __future__ import annotations

import re
from dataclasses import asdict, fields

import pytest

from app.ui.theme.sheet import sheet_of
from app.ui.theme.tokens import (
    DARK,
    LEAST_CONTRAST,
    LEAST_CONTRAST_SIGN,
    LIGHT,
    SIGN_ON,
    TEXT_ON,
    Tokens,
    contrast,
    readable_on,
)

PALETTES = pytest.mark.parametrize("tokens", [pytest.param(LIGHT, id="light"), pytest.param(DARK, id="dark")])


@PALETTES
@pytest.mark.parametrize(("text", "ground"), TEXT_ON)
def test_text_can_be_read(tokens: Tokens, text: str, ground: str):
    assert contrast(getattr(tokens, text), getattr(tokens, ground)) >= LEAST_CONTRAST


@PALETTES
@pytest.mark.parametrize(("sign", "ground"), SIGN_ON)
def test_signs_and_focus_rings_can_be_seen(tokens: Tokens, sign: str, ground: str):
    assert contrast(getattr(tokens, sign), getattr(tokens, ground)) >= LEAST_CONTRAST_SIGN


@PALETTES
def test_every_token_is_a_colour(tokens: Tokens):
    for name, colour in asdict(tokens).items():
        assert re.fullmatch(r"#[0-9A-F]{6}", colour), name


def test_the_lists_name_tokens_only_and_each_pair_once():
    names = {field.name for field in fields(Tokens)}
    pairs = (*TEXT_ON, *SIGN_ON)

    assert {name for pair in pairs for name in pair} <= names
    assert len(set(TEXT_ON)) == len(TEXT_ON)


@PALETTES
def test_what_the_style_sheet_writes_on_a_ground_of_its_own_is_in_the_list(tokens: Tokens):
    by_colour = {colour: name for name, colour in asdict(tokens).items()}
    unlisted = []
    for rule in re.findall(r"\{([^}]*)\}", sheet_of(tokens)):
        text = re.search(r"(?<![-\w])color:\s*(#\w+)", rule)
        ground = re.search(r"background:\s*(#\w+)", rule)
        if text and ground and ":disabled" not in rule:
            pair = (by_colour[text[1]], by_colour[ground[1]])
            value = contrast(text[1], ground[1])
            if value < LEAST_CONTRAST and pair[0] != "disabled":
                unlisted.append((pair, round(value, 2)))

    assert unlisted == []


def test_contrast_is_that_of_the_standard():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
    assert contrast("#FFFFFF", "#777777") == contrast("#777777", "#FFFFFF")
    assert contrast("#123456", "#123456") == 1.0


@pytest.mark.parametrize(
    ("ground", "text"), [("#FFE000", "#000000"), ("#1660CF", "#FFFFFF"), ("#5B6470", "#FFFFFF")]
)
def test_on_a_chosen_colour_the_better_of_black_and_white_is_taken(ground: str, text: str):
    assert readable_on(ground) == text
    assert contrast(text, ground) >= LEAST_CONTRAST
