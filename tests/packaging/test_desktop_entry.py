"""The entry in the desktop's menu: complete, in both languages, and naming what the package installs."""

from __future__ import annotations

import configparser
from pathlib import Path

import pytest

INSTALLER = Path(__file__).resolve().parents[2] / "resources" / "installer"
# The main categories of the Desktop Menu Specification; one of them decides where the entry stands.
MAIN_CATEGORIES = {"AudioVideo", "Development", "Education", "Game", "Graphics", "Network", "Office"} | {
    "Science",
    "Settings",
    "System",
    "Utility",
}


@pytest.fixture
def entry() -> configparser.SectionProxy:
    """The file's one group."""
    parser = configparser.ConfigParser(interpolation=None, delimiters=("=",), strict=True)
    parser.optionxform = str
    parser.read_string((INSTALLER / "berth.desktop").read_text("utf-8"))
    assert parser.sections() == ["Desktop Entry"]
    return parser["Desktop Entry"]


def test_it_starts_the_window_program(entry: configparser.SectionProxy):
    assert (entry["Type"], entry["Terminal"]) == ("Application", "false")
    assert entry["Exec"].split() == ["berth", "gui"]
    assert entry["TryExec"] == "berth"
    assert entry["Icon"] == "berth"


def test_it_speaks_both_languages(entry: configparser.SectionProxy):
    assert (entry["Name"], entry["Name[zh_CN]"]) == ("Berth", "泊位")
    for key in ("GenericName", "Comment", "Keywords"):
        assert entry[key].isascii()
        assert not entry[f"{key}[zh_CN]"].isascii()


def test_lists_end_with_a_semicolon_and_one_main_category_decides_its_place(
    entry: configparser.SectionProxy,
):
    for key in ("Categories", "Keywords", "Keywords[zh_CN]"):
        assert entry[key].endswith(";")
    assert len(MAIN_CATEGORIES & set(entry["Categories"].split(";"))) == 1


def test_windows_are_gathered_under_it_and_stores_windows_are_not(entry: configparser.SectionProxy):
    assert entry["StartupWMClass"] == "Berth"  # stores' windows are Berth-001 and so on
