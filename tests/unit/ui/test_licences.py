"""The list of parts and their licences: read as it is shipped, and empty rather than broken."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from app.kernel import assets
from app.ui.pages.settings import licences
from app.ui.pages.settings.licences import Part

WHOLE = {"name": "Kelp", "licence": "MIT", "home": "https://kelp.test", "files": ["licences/kelp/LICENSE"]}


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Puts a list of parts where the program looks for it."""
    (tmp_path / "licences" / "kelp").mkdir(parents=True)
    monkeypatch.setattr(assets, "folder", lambda _name: tmp_path)

    def put(index: str) -> None:
        (tmp_path / "licences" / "index.json").write_text(index, "utf-8")

    return put


def test_the_parts_come_in_the_order_of_the_list(shipped: Callable[[str], None]):
    shipped(json.dumps([WHOLE, WHOLE | {"name": "海带", "home": "", "files": []}]))

    assert licences.parts() == (
        Part("Kelp", "MIT", "https://kelp.test", ("licences/kelp/LICENSE",)),
        Part("海带", "MIT", "", ()),
    )


@pytest.mark.parametrize(
    "index", ["", "{", "[1]", "null", "[{}]", '[{"name": "x"}]', json.dumps([WHOLE | {"files": 7}]), "\x00"]
)
def test_a_list_that_cannot_be_read_counts_as_none(shipped: Callable[[str], None], index: str):
    shipped(index)

    assert licences.parts() == ()


def test_a_list_that_is_missing_counts_as_none(shipped: Callable[[str], None]):
    assert licences.parts() == ()


def test_a_text_is_read_whatever_its_letters_are(shipped: Callable[[str], None], tmp_path: Path):
    (tmp_path / "licences" / "kelp" / "LICENSE").write_bytes("© Kelp".encode() + b" \xff")

    assert licences.text_of("licences/kelp/LICENSE") == "© Kelp \N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize("file", ["licences/kelp/NONE", "licences/kelp", "licences/index.json/x"])
def test_a_text_that_is_missing_is_empty(shipped: Callable[[str], None], file: str):
    shipped("[]")

    assert licences.text_of(file) == ""
