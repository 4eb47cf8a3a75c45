"""A window is spared the question for policies only where there can be none."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from app.isolation.browser import policies as module
from app.isolation.browser.policies import may_have_policies


@pytest.fixture(autouse=True)
def _on_linux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")


def test_without_a_policy_folder_there_are_none(tmp_path: Path):
    assert not may_have_policies("chromium", [str(tmp_path / "policies")])


def test_empty_folders_hold_no_policies(tmp_path: Path):
    (tmp_path / "managed").mkdir()

    assert not may_have_policies("chromium", [str(tmp_path)])


@pytest.mark.parametrize("place", ["managed/corp.json", "recommended/a", "enrollment/CloudToken", "x"])
def test_any_file_in_any_folder_may_be_a_policy(tmp_path: Path, place: str):
    path = tmp_path / "policies" / place
    path.parent.mkdir(parents=True)
    path.write_text("{}")

    assert may_have_policies("chromium", [str(tmp_path / "none"), str(tmp_path / "policies")])


def test_a_folder_that_cannot_be_read_may_hold_policies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(self: Path, pattern: str) -> None:
        raise PermissionError(13, "no")

    monkeypatch.setattr(Path, "rglob", refuse)

    assert may_have_policies("chromium", [str(tmp_path)])


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_elsewhere_there_may_always_be_policies(
    tmp_path: Path, platform: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sys, "platform", platform)

    assert may_have_policies("chromium", [str(tmp_path)])


def test_a_browser_nobody_knows_may_have_policies():
    assert may_have_policies("vivaldi")


@pytest.mark.parametrize("kind", ["chrome", "edge", "chromium", "brave"])
def test_every_browser_is_asked_where_it_looks_itself(kind: str, monkeypatch: pytest.MonkeyPatch):
    asked: list[str] = []
    monkeypatch.setattr(module, "_has_file", lambda folder: asked.append(str(folder)))

    may_have_policies(kind)

    assert asked
    assert all(kind in place or kind == "chromium" for place in asked)


def test_a_browser_that_was_named_by_its_path_alone_is_asked_for_the_policies_of_all(
    monkeypatch: pytest.MonkeyPatch,
):
    asked: set[str] = set()
    monkeypatch.setattr(module, "_has_file", lambda folder: asked.add(str(folder)))

    may_have_policies("chromium")

    assert {"/etc/opt/chrome/policies", "/etc/opt/edge/policies", "/etc/brave/policies"} <= asked
