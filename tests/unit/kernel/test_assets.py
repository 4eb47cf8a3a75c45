"""Shipped files are found from the source tree, an installed package and a frozen bundle."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from app.kernel import assets


def test_in_the_source_tree_the_root_holds_profiles_and_resources():
    assert (assets.root() / "pyproject.toml").is_file()
    assert assets.folder("profiles").is_dir()


def test_a_frozen_bundle_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "profiles").mkdir()
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)

    assert assets.folder("profiles") == tmp_path / "profiles"


def test_an_installed_package_carries_them_inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "_shipped" / "profiles").mkdir(parents=True)
    monkeypatch.setattr(assets, "_HERE", tmp_path)

    assert assets.root() == tmp_path / "_shipped"
