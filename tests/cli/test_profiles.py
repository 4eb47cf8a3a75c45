"""Profiles, proxies and templates from the command line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.isolation.checks import Exit
from app.kernel.clock import SystemClock
from app.kernel.events import EventHub
from app.kernel.gate import Ability, Act
from app.kernel.paths import Paths
from app.vault.vault import Vault
from app.workspace import Workspace, build, migrations
from tests.support.commands import Terminal, berth
from tests.support.vaults import PASSPHRASE

PROXY = "socks5://anna:s3cr%40t@proxy.example:1080"


def test_a_profile_is_made_from_a_template_behind_its_proxy(home: Path):
    done = berth("profile", "new", "Anna US", "--template", "tiktok-shop-us", "--proxy", PROXY, "--json")

    assert done.code == 0
    assert done.json["number"] == 1
    assert done.json["market"] == "US"
    assert done.json["fingerprint"]["languages"] == ["en-US", "en"]
    assert done.json["proxy"] == "proxy.example:1080"
    assert "s3cr" not in done.out + done.err


def test_a_profile_goes_through_its_life(home: Path):
    berth(
        "profile",
        "new",
        "Anna",
        "--template",
        "shopee-my",
        "--set",
        "group=Team A",
        "--set",
        "tags=new, beauty",
    )

    changed = berth("profile", "set", "anna", "market=SG", "status=restricted", "--json")
    cloned = berth("profile", "clone", "1", "Bea", "--json")
    deleted = berth("profile", "delete", "Bea", "--json")
    listed = berth("profile", "list", "--json")
    in_bin = berth("profile", "list", "--bin", "--json")
    restored = berth("profile", "restore", "Bea", "--name", "Bea 2", "--json")
    berth("profile", "delete", "Bea 2")
    purged = berth("profile", "purge", "Bea 2", "--yes", "--json")

    assert (changed.json["market"], changed.json["status"]) == ("SG", "restricted")
    assert (cloned.json["number"], cloned.json["group"], cloned.json["tags"]) == (
        2,
        "Team A",
        ["new", "beauty"],
    )
    assert cloned.json["id"] != changed.json["id"]
    assert deleted.json == {"deleted": cloned.json["id"], "number": 2, "name": "Bea"}
    assert [item["name"] for item in listed.json["profiles"]] == ["Anna"]
    assert [item["name"] for item in in_bin.json["profiles"]] == ["Bea"]
    assert restored.json["name"] == "Bea 2"
    assert purged.json["purged"][0]["name"] == "Bea 2"
    assert berth("profile", "list", "--bin", "--json").json == {"profiles": []}


def test_a_list_is_filtered_and_read_by_people(home: Path):
    berth("profile", "new", "安娜-美国", "--template", "tiktok-shop-us")
    berth("profile", "new", "Bea", "--template", "shopee-my")

    filtered = berth("profile", "list", "--market", "us", "--json")
    words = berth("profile", "list")

    assert [item["name"] for item in filtered.json["profiles"]] == ["安娜-美国"]
    lines = words.out.splitlines()
    assert lines[0].split() == [
        "NO",
        "NAME",
        "PLATFORM",
        "MARKET",
        "GROUP",
        "STATUS",
        "PATH",
        "LAST",
        "OPENED",
    ]
    assert "001  安娜-美国" in lines[1]
    assert "never" in lines[2]


def test_a_list_is_searched_and_sorted(home: Path):
    for name, operator in {"张店": "bob", "Anna": "", "白店": "eve"}.items():
        berth("profile", "new", name, "--set", f"operator={operator}", "--set", "group=一组")

    by_pinyin = berth("profile", "list", "--text", "dian 一组", "--sort", "name", "--desc", "--json")
    by_operator = berth("profile", "list", "--operator", "eve", "--json")
    by_initials = berth("profile", "list", "zd", "--json")
    refused = berth("profile", "list", "--sort", "colour")

    assert [item["name"] for item in by_pinyin.json["profiles"]] == ["张店", "白店"]
    assert [item["name"] for item in by_operator.json["profiles"]] == ["白店"]
    assert [item["name"] for item in by_initials.json["profiles"]] == ["张店"]
    assert refused.code == 2


def test_groups_are_listed_renamed_coloured_ordered_and_dissolved(home: Path):
    for name, group in {"Anna": "One", "Bea": "Two"}.items():
        berth("profile", "new", name, "--set", f"group={group}")

    renamed = berth("group", "rename", "One", "First", "--json")
    coloured = berth("group", "colour", "First", "#1e88e5", "--json")
    ordered = berth("group", "order", "Two", "--json")
    listed = berth("group", "list", "--json")
    words = berth("group", "list")
    plain = berth("group", "colour", "First", "none")
    removed = berth("group", "remove", "First", "--json")

    assert renamed.json["name"] == "First"
    assert coloured.json["colour"] == "#1E88E5"
    assert [group["name"] for group in ordered.json["groups"]] == ["Two", "First"]
    assert [(group["name"], group["profiles"]) for group in listed.json["groups"]] == [
        ("Two", 1),
        ("First", 1),
    ]
    assert words.out.splitlines()[2].split() == ["First", "#1E88E5", "1"]
    assert "without a colour" in plain.out
    assert removed.json["name"] == "First"
    assert berth("group", "list", "--json").json["ungrouped"] == 1
    assert berth("group", "remove", "First").code == 4


def test_a_note_is_written_from_a_file_revealed_on_request_and_removed(home: Path, tmp_path: Path):
    note = tmp_path / "note"
    note.write_text("supplier: Mr Lim\nsecond line")
    note.chmod(0o600)
    berth("profile", "new", "Anna")

    berth("profile", "set", "Anna", "--note-file", note)
    hidden = berth("profile", "show", "Anna", "--json")
    shown = berth("profile", "show", "Anna", "--note", "--json")
    note.write_text("")
    removed = berth("profile", "set", "Anna", "--note-file", note, "--json")

    assert hidden.json["has_note"] is True
    assert "Lim" not in hidden.out
    assert shown.json["note"] == "supplier: Mr Lim\nsecond line"
    assert removed.json["has_note"] is False


def test_a_fingerprint_that_a_shop_has_seen_wants_a_yes(home: Path):
    berth("profile", "new", "Anna", "--template", "amazon-de")
    _was_opened(home, "Anna")
    change = ("profile", "set", "Anna", "fingerprint.timezone=Europe/Paris", "market=FR")

    refused = berth(*change, "--json")
    kept = berth("profile", "show", "Anna", "--json")
    with Terminal(*change) as terminal:
        terminal.answer("[y/N]", "n")
        declined = terminal.end()
    with Terminal(*change) as terminal:
        terminal.answer("[y/N]", "y")
        agreed = terminal.end()
    changed = berth("profile", "show", "Anna", "--json")
    forced = berth("profile", "set", "Anna", "fingerprint.timezone=Europe/Berlin", "--yes", "--json")

    assert (refused.code, refused.json["error"]) == (5, "refused")
    assert kept.json["market"] == "DE"
    assert (declined, agreed) == (5, 0)
    assert changed.json["fingerprint"]["timezone"] == "Europe/Paris"
    assert forced.json["fingerprint"]["timezone"] == "Europe/Berlin"


def test_purging_asks_first(home: Path):
    berth("profile", "new", "Anna")
    berth("profile", "delete", "Anna")

    without = berth("profile", "purge", "Anna", "--json")
    with Terminal("profile", "purge", "Anna") as terminal:
        terminal.answer("[y/N]", "")
        declined = terminal.end()
    still_there = berth("profile", "list", "--bin", "--json")
    with Terminal("profile", "purge", "Anna") as terminal:
        terminal.answer("[y/N]", "yes")
        agreed = terminal.end()

    assert (without.code, without.json["error"]) == (2, "confirmation-needed")
    assert (declined, agreed) == (0, 0)
    assert len(still_there.json["profiles"]) == 1
    assert berth("profile", "list", "--bin", "--json").json == {"profiles": []}


def test_purging_the_expired_leaves_what_is_fresh(home: Path):
    berth("profile", "new", "Anna")
    berth("profile", "delete", "Anna")

    done = berth("profile", "purge", "--expired", "--yes", "--json")

    assert done.json == {"purged": []}


@pytest.mark.parametrize(
    ("words", "code", "error"),
    [
        (("profile", "new", "Anna"), 2, "name-taken"),
        (("profile", "new", "Bea", "--template", "tiktok-shop-uss"), 4, "template-missing"),
        (("profile", "new", "Bea", "--set", "market"), 2, "assignment-wrong"),
        (("profile", "new", "Bea", "--set", "colour=mauve"), 2, "value-wrong"),
        (("profile", "new", "Bea", "--set", "nonsense=1"), 2, "key-unknown"),
        (("profile", "new", "Bea", "--proxy", "no-such-proxy"), 4, "proxy-missing"),
        (("profile", "set", "Anna"), 2, "nothing-to-change"),
        (("profile", "set", "Anna", "password-store=kwallet5"), 2, "setting-fixed"),
        (("profile", "set", "Anna", "market=XX"), 2, "value-wrong"),
        (("profile", "show", "Ana"), 4, "profile-missing"),
        (("profile", "show", "99"), 4, "profile-missing"),
        (("profile", "restore", "Anna"), 4, "profile-missing"),
        (("profile", "purge", "Anna", "--yes"), 4, "profile-missing"),
        (("template", "show", "nothing"), 4, "template-missing"),
        (("proxy", "add", "not a proxy"), 2, "proxy-string-wrong"),
        (("proxy", "remove", "nothing"), 4, "proxy-missing"),
    ],
)
def test_a_mistake_is_one_sentence_and_changes_nothing(
    home: Path, words: tuple[str, ...], code: int, error: str
):
    with _work(home) as work:
        before = work.isolation.profiles.new("Anna")

    done = berth(*words, "--json")

    assert (done.code, done.json["error"]) == (code, error)
    assert done.err.count("\n") == 1
    assert done.json["message"] in done.err
    assert done.json["next_step"] in done.err
    with _work(home) as work:
        assert list(work.isolation.profiles.each()) == [before]
        assert work.isolation.proxies.page().rows == ()


def test_a_proxy_is_stored_used_and_only_then_removed(home: Path):
    added = berth("proxy", "add", "-", "--name", "UK home", "--json", stdin=f"{PROXY}\n")
    berth("profile", "new", "Anna", "--proxy", "UK home")

    listed = berth("proxy", "list", "--json")
    in_use = berth("proxy", "remove", "UK home", "--json")
    berth("profile", "set", "Anna", "proxy=direct")
    removed = berth("proxy", "remove", "UK home", "--json")

    assert (added.json["kind"], added.json["username"], added.json["has_password"]) == (
        "socks5",
        "anna",
        True,
    )
    assert [(item["name"], item["used_by"]) for item in listed.json["proxies"]] == [("UK home", 1)]
    assert (in_use.code, in_use.json["error"]) == (1, "proxy-in-use")
    assert removed.json["name"] == "UK home"
    assert "s3cr" not in added.out + listed.out + in_use.err


def test_an_ambiguous_proxy_string_is_asked_not_guessed(home: Path):
    done = berth("proxy", "add", "1080:1081:1082:1083", "--json")

    assert done.code == 2
    assert done.json["error"] in ("proxy-string-ambiguous", "proxy-string-wrong")


def test_an_empty_standard_input_is_no_proxy(home: Path):
    done = berth("proxy", "add", "-", "--json", stdin="\n")

    assert (done.code, done.json["error"]) == (2, "proxy-string-missing")


def test_a_users_own_template_is_listed_and_a_broken_one_told_with_its_line(home: Path):
    (home / "templates").mkdir()
    (home / "templates" / "broken.yaml").write_text("title: x\nmarket: [\n")

    listed = berth("template", "list", "--json")
    shown = berth("template", "show", "broken", "--json")

    assert listed.code == 0
    assert len(listed.json["templates"]) >= 16
    assert "broken.yaml, line" in listed.err
    assert (shown.code, shown.json["error"]) == (2, "template-wrong")


@pytest.mark.parametrize("words", [(), ("--proxy", "direct"), ("--set", "proxy=direct")])
def test_a_profile_without_a_proxy_is_warned_of(home: Path, words: tuple[str, ...]):
    told = berth("profile", "new", "Anna", *words)
    as_json = berth("profile", "new", "Bea", *words, "--json")
    proxied = berth("profile", "new", "Cora", "--proxy", "192.0.2.4:1080", "--json")
    changed = berth("profile", "set", "Cora", "proxy=direct", "--json")

    assert "this machine's own address" in told.err
    assert [len(done.json["warnings"]) for done in (as_json, proxied, changed)] == [1, 0, 1]
    assert "this machine's own address" in as_json.json["warnings"][0]
    assert "own address" not in proxied.err


def test_a_list_says_which_profiles_go_out_directly(home: Path):
    berth("profile", "new", "Anna")

    assert "direct" in berth("profile", "list").out.splitlines()[1].split()
    assert berth("profile", "list", "--json").json["profiles"][0]["proxy"] == "direct"


def test_a_new_profile_is_shown_on_a_short_card(home: Path):
    done = berth("profile", "new", "Anna US", "--template", "tiktok-shop-us", "--proxy", "192.0.2.4:1080")

    lines = [line.split(maxsplit=1) for line in done.out.splitlines() if line]
    assert [line[0] for line in lines[1:-1]] == [
        "number",
        "name",
        "market",
        "path",
        "languages",
        "timezone",
        "window",
    ]
    assert lines[4][1] == "192.0.2.4:1080"
    assert "`berth profile show 'Anna US'` has all." in done.out


def test_the_path_to_a_browser_is_asked_for_as_such(home: Path):
    berth("profile", "new", "Anna")

    done = berth("profile", "set", "Anna", "engine-path=chrome", "--json")

    assert (done.code, done.json["error"]) == (2, "value-wrong")
    assert "folder" not in done.err
    assert "berth engine list" in done.err


def test_a_login_is_called_a_login(home: Path, tmp_path: Path):
    password = tmp_path / "password"
    password.write_text("pw")
    password.chmod(0o600)
    add = ("credential", "add", "a.example", "anna", "--password-file", password, "--json")
    berth(*add)

    twice = berth(*add)
    missing = berth("credential", "show", "nothing", "--json")

    assert "login" in twice.json["message"]
    assert "login" in missing.json["message"]
    assert "credential" not in twice.json["message"] + missing.json["message"]


@contextmanager
def _work(home: Path) -> Iterator[Workspace]:
    """The rooms over the vault, without a command."""
    paths = Paths.of(home, {})
    with Vault(paths, SystemClock(), migrations(), EventHub()).unlock(PASSPHRASE, via="test") as opened:
        yield build(paths, SystemClock(), opened)


def _was_opened(home: Path, name: str) -> None:
    """As if a window of the profile had been open."""
    with _work(home) as work:
        vault, profiles = work.vault, work.isolation.profiles
        pass_ = vault.gate.admit(vault.session, Act(Ability.WINDOW_OPEN, name))
        profiles.record_opened(pass_, profiles.get(name), Exit("203.0.113.7"))
