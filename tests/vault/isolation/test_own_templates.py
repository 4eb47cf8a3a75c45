"""A user's own templates stand beside the shipped ones."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from app.isolation.template import TemplateWrong, load_all, shipped_and_own
from app.kernel import assets
from tests.vault.isolation.conftest import Rooms

MINE = "id: mine\ntitle: {en: Mine}\nmarket: FR\nstart_pages: [https://mine.example/]\n"


def test_an_own_template_makes_profiles(rooms: Rooms):
    folder = rooms.paths.data / "templates"
    folder.mkdir()
    (folder / "mine.yaml").write_text(MINE)
    (folder / "readme.txt").write_text("not a template")

    made = rooms.profiles.new("Anna", template="mine")

    assert (made.market, made.start_pages) == ("FR", ("https://mine.example/",))
    assert "mine" in {template.id for template in rooms.templates.all()}


def test_without_a_folder_there_are_the_shipped_ones(tmp_path: Path):
    assert len(shipped_and_own(tmp_path / "none").all()) >= 17


def test_an_id_that_is_taken_is_told_with_both_files(tmp_path: Path):
    (tmp_path / "generic.yaml").write_text("id: generic\ntitle: {en: Mine}\n")
    (tmp_path / "mine.yml").write_text(MINE)
    (tmp_path / "mine.yaml").write_text(MINE)

    templates = shipped_and_own(tmp_path)

    assert templates.get("mine").title == "Mine"
    assert templates.get("generic").title == "Any site"
    told = [problem.text.english() for problem in templates.wrong]
    assert [text.partition(" is already")[0].rpartition("/")[2] for text in told] == [
        "generic.yaml, line 1: the id generic",
        "mine.yml, line 1: the id mine",
    ]


def test_a_wrong_file_spoils_no_other(tmp_path: Path):
    (tmp_path / "bad.yaml").write_text("id: bad\ntitle: {en: Bad}\ntimezone: Europe/Berlim\n")
    (tmp_path / "mine.yaml").write_text(MINE)

    templates = shipped_and_own(tmp_path)

    assert templates.get("mine").id == "mine"
    with pytest.raises(TemplateWrong, match=r"bad\.yaml, line 3: there is no time zone Europe/Berlim"):
        templates.get("bad")
    with pytest.raises(TemplateWrong):
        load_all(tmp_path)


def test_what_cannot_be_read_is_told(tmp_path: Path):
    (tmp_path / "gone.yaml").symlink_to(tmp_path / "nowhere")
    (tmp_path / "dir.yaml").mkdir()

    wrong = shipped_and_own(tmp_path).wrong

    assert [problem.file.name for problem in wrong] == ["dir.yaml", "gone.yaml"]
    assert all("cannot be read" in problem.text.english() for problem in wrong)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are POSIX")
def test_a_named_pipe_does_not_hang_the_list(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe.yaml")

    assert "not a file" in shipped_and_own(tmp_path).wrong[0].text.english()


def test_a_damaged_installation_is_told_by_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    installed = tmp_path / "resources"
    shutil.copytree(assets.folder("profiles"), installed / "profiles")
    monkeypatch.setattr(assets, "folder", lambda name: installed / name)
    whole = len(shipped_and_own(tmp_path / "none").all())
    cut = installed / "profiles" / "generic.yaml"
    cut.write_bytes(cut.read_bytes()[:20] + b"\n  : [")

    with pytest.raises(TemplateWrong, match=r"generic\.yaml, line \d"):
        shipped_and_own(tmp_path / "none").all()
    assert whole >= 17
