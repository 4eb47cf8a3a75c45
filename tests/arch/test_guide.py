"""The user guide: both languages show the same pictures, and every picture is there and shown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide"
_PICTURE = re.compile(r"!\[[^\]]+\]\(([^)]+)\)")
LANGUAGES = ("en", "zh")


def _shown(language: str) -> list[str]:
    text = (GUIDE / f"{language}.md").read_text("utf-8")
    return _PICTURE.findall(text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_picture_of_the_guide_is_there_and_every_one_there_is_shown(language: str):
    shown = set(_shown(language))

    there = {f"pictures/{language}/{file.name}" for file in (GUIDE / "pictures" / language).glob("*.png")}
    assert shown == there


def test_both_languages_show_the_same_pictures_in_the_same_order():
    english, chinese = ([path.split("/")[-1] for path in _shown(language)] for language in LANGUAGES)

    assert english == chinese
    assert english


def test_both_languages_have_the_same_parts():
    parts = [(GUIDE / f"{language}.md").read_text("utf-8").count("\n## ") for language in LANGUAGES]

    assert parts[0] == parts[1] > 5
