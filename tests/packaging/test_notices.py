"""Whoever gets Berth gets the licences of everything in it."""

from __future__ import annotations

import re
from pathlib import Path

from resources.installer import notices
from resources.installer.notices import Part

ROOT = Path(__file__).resolve().parents[2]
RESOURCES = ROOT / "resources"
HOW = "run `.venv/bin/python -m resources.installer.notices`"


def test_every_locked_package_that_berth_runs_with_has_a_notice():
    told = {_canonical(part.name) for part in notices.read_index(RESOURCES)}

    assert notices.locked_names(ROOT / "uv.lock") - told == set(), HOW


def test_every_notice_has_a_licence_and_texts_that_are_there():
    for part in notices.read_index(RESOURCES):
        assert part.licence, part.name
        assert part.files, part.name
        for file in part.files:
            assert (RESOURCES / file).read_text("utf-8").strip(), file


def test_no_text_lies_about_that_the_index_does_not_name():
    named = {file for part in notices.read_index(RESOURCES) for file in part.files}
    there = {path.relative_to(RESOURCES).as_posix() for path in (RESOURCES / "licences").rglob("*.*")}
    there |= {path.relative_to(RESOURCES).as_posix() for path in (RESOURCES / "licences").rglob("LICENSE*")}

    assert {name for name in there - named if (RESOURCES / name).is_file()} == {"licences/index.json"}


def test_qt_comes_with_the_lgpl_the_gpl_it_refers_to_and_the_way_to_its_source():
    qt = _part("Qt")
    texts = {Path(file).name: (RESOURCES / file).read_text("utf-8") for file in qt.files}

    assert qt.licence == "LGPL-3.0-only"
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in texts["LGPL-3.0.txt"]
    assert "GNU GENERAL PUBLIC LICENSE" in texts["GPL-3.0.txt"]
    assert "https://download.qt.io/" in texts["SOURCES.txt"]
    assert _part("PySide6_Essentials").licence == "LGPL-3.0-only"


def test_programs_inside_packages_are_named_too():
    for name, word in (
        ("Python", "PYTHON SOFTWARE FOUNDATION LICENSE"),
        ("Node.js", "Node.js is licensed"),
        ("Playwright's driver", "Apache License"),
        ("SQLCipher", "ZETETIC LLC"),
        ("Lucide icons", "ISC License"),
        ("Berth", "Apache License"),
    ):
        texts = "".join((RESOURCES / file).read_text("utf-8") for file in _part(name).files)
        assert word in texts, name


def test_berths_own_licence_is_the_one_beside_its_source():
    (file,) = _part("Berth").files

    assert (RESOURCES / file).read_bytes() == (ROOT / "LICENSE").read_bytes()


def test_no_licence_is_one_that_berth_could_not_be_shipped_with():
    for part in notices.read_index(RESOURCES):
        alone = re.fullmatch(r"A?GPL-[\d.]+(-only|-or-later)?", part.licence)
        assert alone is None, part.name


def _part(name: str) -> Part:
    return next(part for part in notices.read_index(RESOURCES) if part.name == name)


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
