"""Settings are one table: typed, bounded, and kept in a file that survives being broken."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.kernel.errors import FolderNotWritable, NotFoundProblem, UsageProblem
from app.kernel.settings import (
    SETTINGS,
    FileSettings,
    MemorySettings,
    Scope,
    Setting,
    Settings,
    Value,
    check,
)
from app.kernel.text import say

TABLE = (
    Setting("a.flag", False, Scope.MACHINE, say("Flag"), say("A flag.")),
    Setting("a.number", 5, Scope.MACHINE, say("Number"), say("A number."), minimum=1, maximum=9),
    Setting("a.free", 5, Scope.MACHINE, say("Number"), say("Without bounds.")),
    Setting("a.text", "x", Scope.VAULT, say("Text"), say("Any text.")),
    Setting("a.choice", "x", Scope.VAULT, say("Choice"), say("One of two."), choices=("x", "y")),
    Setting("a.list", ("x",), Scope.VAULT, say("List"), say("Some texts.")),
)
ROWS = {row.name: row for row in TABLE}


@pytest.fixture
def settings() -> Settings:
    return Settings({Scope.MACHINE: MemorySettings(), Scope.VAULT: MemorySettings()}, TABLE)


@pytest.mark.parametrize(
    ("name", "given", "read"),
    [
        ("a.flag", "on", True),
        ("a.flag", "TRUE", True),
        ("a.flag", "yes", True),
        ("a.flag", "Off", False),
        ("a.flag", True, True),
        ("a.number", "7", 7),
        ("a.number", 1, 1),
        ("a.number", 9, 9),
        ("a.free", "-12", -12),
        ("a.text", "any {thing}", "any {thing}"),
        ("a.choice", "y", "y"),
        ("a.list", "one  two", ("one", "two")),
        ("a.list", ["one"], ("one",)),
    ],
)
def test_a_value_is_read_as_the_type_of_its_row(settings: Settings, name: str, given: object, read: Value):
    stored = settings.set(name, given)

    assert stored == read
    assert settings.get(name) == read
    assert type(settings.get(name)) is type(read)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("a.flag", "maybe"),
        ("a.flag", 1),
        ("a.flag", None),
        ("a.number", "0"),
        ("a.number", "10"),
        ("a.number", "five"),
        ("a.number", ""),
        ("a.number", True),
        ("a.number", 5.0),
        ("a.number", "9" * 5000),
        ("a.text", 5),
        ("a.choice", "z"),
        ("a.list", ""),
        ("a.list", []),
        ("a.list", ["x", 5]),
        ("a.list", 5),
    ],
)
def test_a_value_that_does_not_fit_is_refused_and_the_old_one_stays(
    settings: Settings, name: str, given: object
):
    with pytest.raises(UsageProblem) as refused:
        settings.set(name, given)

    assert settings.get(name) == ROWS[name].default
    assert name in str(refused.value)
    assert len(str(refused.value)) < 400


def test_what_would_fit_is_said():
    with pytest.raises(UsageProblem, match="Use a whole number from 1 to 9"):
        check(ROWS["a.number"], "10")
    with pytest.raises(UsageProblem, match="Choose one of: x, y"):
        check(ROWS["a.choice"], "z")


def test_an_unknown_name_is_not_found(settings: Settings):
    for act in (settings.get, settings.row, settings.reset, lambda name: settings.set(name, "x")):
        with pytest.raises(NotFoundProblem, match=r"no setting called a\.nothing"):
            act("a.nothing")


def test_typed_reading_gives_defaults_where_nothing_is_stored(settings: Settings):
    assert settings.number("a.number") == 5
    assert settings.text("a.text") == "x"
    assert settings.texts("a.list") == ("x",)
    assert settings.rows() == TABLE


def test_nonsense_in_a_store_counts_as_the_default():
    store = MemorySettings()
    store.save("a.number", "a hundred")

    assert Settings({Scope.MACHINE: store}, TABLE).get("a.number") == 5


def test_a_scope_without_a_store_has_its_defaults():
    assert Settings({}, TABLE).get("a.text") == "x"


def test_each_scope_has_its_own_store(settings: Settings):
    vault, machine = MemorySettings(), MemorySettings()
    both = Settings({Scope.VAULT: vault, Scope.MACHINE: machine}, TABLE)

    both.set("a.list", "one two")
    both.set("a.flag", "on")

    assert vault.load() == {"a.list": ["one", "two"]}
    assert machine.load() == {"a.flag": True}


def test_reset_goes_back_to_the_default(settings: Settings):
    settings.set("a.number", 7)

    settings.reset("a.number")
    settings.reset("a.number")

    assert settings.get("a.number") == 5


def test_the_shipped_table_has_unique_names_texts_and_defaults_that_fit():
    assert len({row.name for row in SETTINGS}) == len(SETTINGS)
    for row in SETTINGS:
        assert check(row, row.default) == row.default
        assert row.short.source
        assert row.long.source.endswith(".")


def test_a_file_keeps_what_was_saved(tmp_path: Path):
    path = tmp_path / "state" / "settings.json"

    FileSettings(path).save("a", "泊位")
    FileSettings(path).save("b", [1])
    FileSettings(path).save("b", None)
    FileSettings(path).save("never", None)

    assert FileSettings(path).load() == {"a": "泊位"}
    assert path.stat().st_mode & 0o777 == 0o600
    assert "泊位" in path.read_text()


@pytest.mark.parametrize("broken", ["{", "[]", "\xff", "null"])
def test_a_broken_file_counts_as_empty_and_is_kept_beside(tmp_path: Path, broken: str):
    path = tmp_path / "settings.json"
    path.write_bytes(broken.encode("latin-1"))
    store = FileSettings(path)

    before = store.load()
    store.save("a", 1)

    assert before == {}
    assert json.loads(path.read_text()) == {"a": 1}
    assert path.with_suffix(".broken").read_bytes() == broken.encode("latin-1")


def test_an_empty_but_whole_file_leaves_nothing_beside(tmp_path: Path):
    path = tmp_path / "settings.json"
    path.write_text("{}")

    FileSettings(path).save("a", 1)

    assert [path.name for path in tmp_path.iterdir()] == ["settings.json"]


def test_a_broken_file_that_cannot_be_put_aside_is_told(tmp_path: Path):
    path = tmp_path / "settings.json"
    path.write_text("{")
    path.with_suffix(".broken").mkdir()

    with pytest.raises(FolderNotWritable):
        FileSettings(path).save("a", 1)

    assert path.read_text() == "{"


def test_a_file_of_brackets_counts_as_broken(tmp_path: Path):
    path = tmp_path / "settings.json"
    path.write_text("[" * 200_000)

    before = FileSettings(path).load()
    FileSettings(path).save("a", 1)

    assert before == {}
    assert json.loads(path.read_text()) == {"a": 1}


@pytest.mark.parametrize(
    "given",
    [
        "x",
        "ftp://a.test/",
        "https://",
        "http://u:pw@a.test/",
        "http://a.test:0/",
        "http://[::1",
        "icanhazip.com",
    ],
)
def test_an_echo_address_is_a_page(given: str):
    row = next(row for row in SETTINGS if row.name == "network.echo_urls")

    with pytest.raises(UsageProblem, match="http or https") as refused:
        check(row, f"https://icanhazip.com {given}")

    assert "pw" not in str(refused.value)
    assert check(row, "http://a.test/ https://b.test:8443/x?y=z") == (
        "http://a.test/",
        "https://b.test:8443/x?y=z",
    )


def test_every_choice_has_words_and_every_row_a_heading():
    for row in SETTINGS:
        assert len(row.choice_texts) == len(row.choices), row.name
        assert row.group.english(), row.name
        assert not row.choices or row.default in row.choices
        assert check(row, row.default) == row.default
