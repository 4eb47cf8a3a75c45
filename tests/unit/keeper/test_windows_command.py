"""`berth open`, `close` and `windows`: what they take and what they print."""

from __future__ import annotations

import argparse
import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Self

import pytest

from app.cli.context import Context
from app.cli.output import Output
from app.cli.prompts import Prompts
from app.cli.windows import (
    _plain,
    _seconds,
    close_window_arguments,
    find_window,
    open_window_arguments,
    preflight_json,
    raise_window,
    raise_window_arguments,
    tell_opening,
    windows,
)
from app.isolation.checks import Check, Exit, Level, Preflight
from app.isolation.keeper import crash_notes
from app.isolation.keeper.client import KeeperClient
from app.isolation.keeper.messages import preflight_plain
from app.isolation.keeper.problems import NotOpen, WindowAmbiguous
from app.isolation.opening import Opened
from app.isolation.profile import Profile
from app.kernel.ids import ProfileId
from app.kernel.paths import Paths
from app.kernel.text import say
from tests.support.plans import plan_for

NOW = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
GREEN = Check("exit.answers", Level.GREEN, say("The exit {ip} answered.", ip="203.0.113.7"))
AMBER = Check("engine.sandbox", Level.AMBER, say("The sandbox is off."))
RED = Check("exit.country", Level.RED, say("The exit is elsewhere."), may_override=True)
EXIT = Exit("203.0.113.7", "DE", "Europe/Berlin", 40)
OPEN = [
    {"profile": "01AAAAAAAAAAAAAAAAAAAAAAAA", "number": 7, "name": "Anna"},
    {"profile": "01BBBBBBBBBBBBBBBBBBBBBBBB", "number": 8, "name": "店铺"},
    {"profile": "01CCCCCCCCCCCCCCCCCCCCCCCC", "number": 70, "name": "Café"},
]


class Printed:
    """A context whose two streams are kept."""

    def __init__(self, paths: Paths, as_json: bool) -> None:
        self.out, self.err = io.StringIO(), io.StringIO()
        output = Output(as_json, self.out, self.err)
        self.context = Context(paths, output, Prompts(output, io.StringIO()))

    def json(self) -> Any:
        return json.loads(self.out.getvalue())


def opened(preflight: Preflight, pid: int = 0) -> Opened:
    profile = Profile(ProfileId("01AAAAAAAAAAAAAAAAAAAAAAAA"), 7, "Anna {x}", NOW, NOW)
    engine = {"name": "chromium", "version": "156.0.1.2", "path": "/x"} if pid else None
    return Opened(profile, bool(pid), preflight, pid, engine)


def parsed(fill: Callable[[argparse.ArgumentParser], None], *words: str) -> dict[str, Any]:
    parser = argparse.ArgumentParser(exit_on_error=False)
    fill(parser)
    return vars(parser.parse_args(words))


def test_open_needs_a_name_alone():
    assert parsed(open_window_arguments, "Anna") == {
        "name": "Anna",
        "url": [],
        "mode": "hands-on",
        "endpoint": False,
        "hold": None,
        "only_this_once": False,
        "reason": None,
    }


def test_open_takes_several_pages_and_a_time():
    found = parsed(open_window_arguments, "7", "--url", "https://a/", "--url", "https://b/", "--hold", "0.5")

    assert (found["url"], found["hold"]) == (["https://a/", "https://b/"], 0.5)


@pytest.mark.parametrize("words", [[], ["Anna", "--all"]])
def test_close_takes_one_name_or_all(words: list[str], capsys: pytest.CaptureFixture[str]):
    with pytest.raises((SystemExit, argparse.ArgumentError)):
        parsed(close_window_arguments, *words)

    assert parsed(close_window_arguments, "Anna")["name"] == "Anna"
    assert parsed(close_window_arguments, "--all")["all"] is True


@pytest.mark.parametrize(("text", "seconds"), [("0", 0.0), ("1.5", 1.5), ("86400", 86400.0)])
def test_a_time_is_a_number_of_seconds(text: str, seconds: float):
    assert _seconds(text) == seconds


@pytest.mark.parametrize("text", ["-1", "nan", "inf", "1e30", "soon", ""])
def test_what_is_no_time_is_refused(text: str):
    with pytest.raises((argparse.ArgumentTypeError, ValueError)):
        _seconds(text)


@pytest.mark.parametrize(
    ("who", "number"),
    [
        ("Anna", 7),
        ("  anna ", 7),
        ("7", 7),
        ("#7", 7),
        ("007", 7),
        ("70", 70),
        ("店铺", 8),
        ("cafe\u0301", 70),
        ("01bbbbbbbbbbbbbbbbbbbbbbbb", 8),
    ],
)
def test_a_window_is_found_by_name_number_or_id(who: str, number: int):
    found = find_window(OPEN, who)["profile"]

    assert found == next(window["profile"] for window in OPEN if window["number"] == number)


@pytest.mark.parametrize("who", ["", "#", "Ann", "9", "-7", "²", "٧", "7" * 5000, "##7"])
def test_what_names_no_window_is_told(who: str):
    with pytest.raises(NotOpen):
        find_window(OPEN, who)


@pytest.mark.parametrize("name", ["7", "Anna"])
def test_a_word_for_two_windows_closes_neither(name: str):
    twice = [*OPEN, {"profile": "01D", "number": 9, "name": name}]

    with pytest.raises(WindowAmbiguous) as told:
        find_window(twice, name)

    assert told.value.text.english() == f"{name} can mean several windows: #7 Anna, #9 {name}."
    assert find_window(twice, "01D")["profile"] == "01D"


def test_a_preflight_is_shown_with_exit_and_checks():
    assert preflight_json(Preflight(EXIT, (GREEN, AMBER))) == {
        "exit_ip": "203.0.113.7",
        "country": "DE",
        "checks": [
            {"id": "exit.answers", "level": "green", "message": "The exit 203.0.113.7 answered."},
            {"id": "engine.sandbox", "level": "amber", "message": "The sandbox is off."},
        ],
    }


@pytest.mark.parametrize(
    ("exit_", "ip"), [(None, None), (Exit("203.0.113.7"), "203.0.113.7")], ids=["no exit", "no country"]
)
def test_what_is_not_known_is_null(exit_: Exit | None, ip: str | None):
    found = preflight_json(Preflight(exit_, ()))

    assert (found["exit_ip"], found["country"]) == (ip, None)


def test_a_windows_preflight_is_told_in_the_same_words():
    preflight = Preflight(EXIT, (GREEN,))
    window = {"name": "Anna", "preflight": preflight_plain(preflight)}

    assert _plain(window) == {"name": "Anna", "preflight": preflight_json(preflight)}
    assert window["preflight"] == preflight_plain(preflight)
    assert _plain({"name": "Anna", "state": "crashed"}) == {"name": "Anna", "state": "crashed"}


def test_an_open_window_is_told_with_its_process_and_every_check(paths: Paths):
    printed = Printed(paths, as_json=False)

    tell_opening(opened(Preflight(EXIT, (GREEN, AMBER)), pid=4711), printed.context)

    assert printed.out.getvalue() == (
        "Anna {x} is open (process 4711).\n  ✓ The exit 203.0.113.7 answered.\n  ! The sandbox is off.\n"
    )


@pytest.mark.parametrize("may_override", [True, False])
def test_a_refused_window_is_told_with_its_reasons_and_the_ways_on(paths: Paths, may_override: bool):
    printed = Printed(paths, as_json=False)

    tell_opening(opened(Preflight(EXIT, (replace(RED, may_override=may_override),))), printed.context)

    first, reason, ways = printed.out.getvalue().splitlines()
    assert first == "Anna {x} was not opened. Nothing has reached the store."
    assert reason == "  ✗ The exit is elsewhere."
    assert "another proxy" in ways
    assert ("--only-this-once" in ways) == may_override


def test_machines_are_told_the_event(paths: Paths):
    preflight = Preflight(EXIT, (GREEN,))
    one, other = Printed(paths, as_json=True), Printed(paths, as_json=True)

    tell_opening(opened(preflight, pid=4711), one.context)
    tell_opening(opened(preflight), other.context)

    assert one.json() == {
        "event": "open",
        "profile": "Anna {x}",
        "profile_id": "01AAAAAAAAAAAAAAAAAAAAAAAA",
        "pid": 4711,
        "engine": {"name": "chromium", "version": "156.0.1.2", "path": "/x"},
        "preflight": preflight_json(preflight),
    }
    assert other.json() == {
        "event": "refused",
        "profile": "Anna {x}",
        "preflight": preflight_json(preflight),
    }


def test_without_a_keeper_the_crashed_windows_are_listed(paths: Paths):
    root = paths.profile("01TESTTESTTESTTESTTESTTEST")
    root.mkdir(parents=True)
    crash_notes.leave(root, plan_for(root), NOW)
    words, machine = Printed(paths, as_json=False), Printed(paths, as_json=True)

    windows(argparse.Namespace(endpoint=None, reason=None), words.context)
    windows(argparse.Namespace(endpoint=None, reason=None), machine.context)

    assert words.out.getvalue().splitlines()[1].split() == ["007", "Anna", "crashed", "2026-11-22T08:30:00"]
    assert machine.json() == {
        "windows": [
            {
                "profile": "01TESTTESTTESTTESTTESTTEST",
                "number": 7,
                "name": "Anna",
                "at": "2026-11-22T08:30:00+00:00",
                "state": "crashed",
            }
        ]
    }


def test_no_window_at_all_is_said(paths: Paths):
    printed = Printed(paths, as_json=False)

    windows(argparse.Namespace(endpoint=None, reason=None), printed.context)

    assert printed.out.getvalue() == "No window is open.\n"


class _Keeper:
    """A keeper with the windows of OPEN."""

    def __init__(self) -> None:
        self.raised: list[str] = []

    def windows(self) -> list[dict[str, Any]]:
        return OPEN

    def raise_window(self, profile: ProfileId) -> None:
        self.raised.append(profile)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return


def test_a_window_is_brought_to_the_front_by_any_of_its_names(paths: Paths, monkeypatch: pytest.MonkeyPatch):
    keeper = _Keeper()
    monkeypatch.setattr(KeeperClient, "find", lambda _paths: keeper)
    printed = Printed(paths, as_json=True)

    raise_window(argparse.Namespace(**parsed(raise_window_arguments, "#8")), printed.context)

    assert keeper.raised == [OPEN[1]["profile"]]
    assert printed.json() == {"raised": OPEN[1]["profile"], "name": "店铺"}


@pytest.mark.parametrize("keeper", [None, _Keeper()])
def test_a_window_that_is_not_open_cannot_be_raised(
    paths: Paths, monkeypatch: pytest.MonkeyPatch, keeper: _Keeper | None
):
    monkeypatch.setattr(KeeperClient, "find", lambda _paths: keeper)

    with pytest.raises(NotOpen):
        raise_window(argparse.Namespace(name="nobody"), Printed(paths, as_json=True).context)
