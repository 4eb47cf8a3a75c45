"""Two windows through two authenticated proxies, signed in as two customers: nothing crosses."""

from __future__ import annotations

import subprocess

import pytest

from tests.support.stage import Stage, until


def test_two_windows_share_nothing_and_each_shows_what_its_profile_promises(stage: Stage) -> None:
    stage.make("Anna", stage.net.http_proxy)
    stage.make("Bert", stage.net.socks_proxy)

    anna, bert = stage.open_store("Anna", "a"), stage.open_store("Bert", "b")
    seen_a, seen_b = stage.sign_in(anna, "Mrs Ames", "a"), stage.sign_in(bert, "Herr Berg", "b")

    assert seen_a.source == stage.net.http_proxy.exit_ip
    assert seen_b.source == stage.net.socks_proxy.exit_ip
    assert seen_a.facts["timezone"] == "America/New_York"
    assert seen_b.facts["timezone"] == "Europe/Berlin"
    assert seen_a.facts["languages"] == list(anna.profile.fingerprint.languages) == ["en-US", "en"]
    assert seen_b.facts["languages"] == list(bert.profile.fingerprint.languages)
    assert seen_b.headers["accept-language"].startswith("de-DE,de;q=0.9")
    for mine, theirs in ((seen_a, "Herr Berg"), (seen_b, "Mrs Ames")):
        assert theirs not in str(mine.facts)
    assert seen_a.facts["local_storage"] == seen_a.facts["indexed_db"] == "Mrs Ames"
    assert seen_b.facts["local_storage"] == seen_b.facts["indexed_db"] == "Herr Berg"
    assert seen_a.facts["cookies"] != seen_b.facts["cookies"]
    assert stage.net.direct_arrivals() == ()
    assert stage.net.arrivals() != ()


@pytest.mark.parametrize("jail", ["auto", "off"])
def test_a_hands_on_window_says_that_no_script_drives_it_and_listens_on_no_port(
    stage: Stage, jail: str
) -> None:
    stage.make("Anna", None, ("jail", jail))

    opened = stage.open_store("Anna", "a")

    assert stage.report("a").facts["webdriver"] is False
    listening = subprocess.run(["ss", "-ltnpH"], capture_output=True, text=True, check=True).stdout
    keeper = stage.keeper_process().pid
    assert f"pid={opened.pid}," not in listening
    ports = [line for line in listening.splitlines() if f"pid={keeper}," in line]
    in_jail = "path.jail" in {check.id for check in opened.preflight.checks}
    # In a jail that is a port of the jail's own network, which nothing outside can reach.
    assert len(ports) == (0 if in_jail else 1), "the keeper listens with the window's relay and nothing else"


def test_scale_and_cores_are_really_those_of_the_profile(stage: Stage) -> None:
    stage.make("Anna", None, ("fingerprint.scale", "1.25"), ("fingerprint.cores", "1"))

    stage.open_store("Anna", "a")

    seen = stage.report("a").facts
    assert seen["scale"] == 1.25
    assert seen["cores"] == 1


def test_a_closed_store_is_found_as_it_was_with_session_cookies_and_tabs(stage: Stage) -> None:
    stage.make("Anna")
    first = stage.open_store("Anna", "a")
    stage.sign_in(first, "Mrs Ames", "a")
    with stage.keeper() as keeper:
        assert [line["reason"] for line in keeper.close_windows()] == ["asked"]

    again = stage.open("Anna", stage.store("again"))

    assert again.is_open
    facts = stage.report("again").facts
    assert facts["signed_in_as"] == "Mrs Ames"
    assert facts["session_cookie"] is True
    assert facts["local_storage"] == facts["indexed_db"] == "Mrs Ames"
    with stage.keeper() as keeper:
        until(lambda: keeper.windows()[0]["tabs"] == 2)


def test_the_fingerprint_stays_the_same_over_a_reopening(stage: Stage) -> None:
    stage.make("Anna")
    first = stage.open_store("Anna", "a").profile.fingerprint
    with stage.keeper() as keeper:
        keeper.close_windows()

    second = stage.open_store("Anna", "b").profile.fingerprint

    assert first == second
    assert first.is_fixed
    kept = ("timezone", "languages", "cores", "scale", "window", "screen", "user_agent")
    seen_a, seen_b = stage.report("a").facts, stage.report("b").facts
    assert {name: seen_a[name] for name in kept} == {name: seen_b[name] for name in kept}
