"""Pasted lines are judged one by one, never guessed, and nothing of a paste is read by halves."""

from __future__ import annotations

import pytest

from app.isolation.plan import ProxyKind
from app.ui.pages.proxies.reading import (
    MOST_LETTERS,
    MOST_LINES,
    FarEnd,
    Line,
    Standing,
    cut,
    decide,
    read,
)

SECRET = "hunter2-kraken"
TWO_WAYS = "a.example:80:b.example:90"


def standings(lines: tuple[Line, ...]) -> list[str]:
    return [line.standing.value for line in lines]


def notes(lines: tuple[Line, ...]) -> list[str]:
    return [line.note.english() if line.note is not None else "" for line in lines]


def test_every_usual_form_is_good():
    lines = read(
        f"198.51.100.7:8080\n198.51.100.7:8080:me:{SECRET}\nme2:{SECRET}@198.51.100.7:8080\n"
        f"socks5://me:{SECRET}@[2001:db8::1]:1080\n h.example:80 [https://h.example/new]",
        {},
    ).lines

    assert standings(lines) == ["good"] * 5
    assert [line.text for line in lines] == [
        "http://198.51.100.7:8080",
        f"http://me:{SECRET}@198.51.100.7:8080",
        f"http://me2:{SECRET}@198.51.100.7:8080",
        f"socks5://me:{SECRET}@[2001:db8::1]:1080",
        "http://h.example:80[https://h.example/new]",
    ]


def test_what_a_line_is_read_as_can_be_read_again():
    odd = "http://u%2F:p%40%20%5B@h.example:80"
    lines = read(f"{odd}\nsocks5://me:{SECRET}@h.example:1080\nu%:p:@h.example:81", {}).lines

    again = read("\n".join(line.text for line in lines), {}).lines

    assert standings(lines) == ["good"] * 3
    assert [line.text for line in again] == [line.text for line in lines]


def test_lines_keep_the_numbers_that_they_have_in_the_paste():
    lines = read("\n\n  \nh.example:80\n\nnonsense\n", {}).lines

    assert [(line.number, line.standing) for line in lines] == [(4, Standing.GOOD), (6, Standing.WRONG)]


def test_nothing_pasted_is_no_line():
    assert read("", {}).lines == ()
    assert read(" \n\t\n", {}).lines == ()


def test_a_wrong_line_says_why_without_its_password():
    lines = read(f"h.example:99999:me:{SECRET}\nsocks4://me:{SECRET}@h.example:1080\n{SECRET}", {}).lines

    assert notes(lines) == [
        "A port is a number from 1 to 65535.",
        "SOCKS4 proxies are not supported yet.",
        "The port is missing.",
    ]
    assert SECRET not in repr(lines)


def test_a_line_with_two_readings_is_left_open_with_both():
    line = read(TWO_WAYS, {}).lines[0]

    assert line.standing is Standing.AMBIGUOUS
    assert [reading.upstream.host for reading in line.readings] == ["a.example", "b.example"]


def test_what_is_saved_already_is_known_by_its_far_end_whatever_its_password():
    known: dict[FarEnd, str] = {(ProxyKind.HTTP, "h.example", 80, "me"): "Berlin"}

    lines = read("H.EXAMPLE:80:me:new\nh.example:80:you:new\nsocks5://me:x@h.example:80", known).lines

    assert standings(lines) == ["known", "good", "good"]
    assert notes(lines)[0] == "Saved already as Berlin"


def test_a_line_that_comes_twice_is_good_once():
    lines = read("h.example:80\nnonsense\nh.example:80\nh.example:80", {}).lines

    assert standings(lines) == ["good", "wrong", "known", "known"]
    assert notes(lines)[2:] == ["The same as line 1", "The same as line 1"]


@pytest.mark.parametrize(("way", "host"), [(0, "a.example"), (1, "b.example")])
def test_deciding_one_line_leaves_the_others_open(way: int, host: str):
    lines = read(f"{TWO_WAYS}\nc.example:80:d.example:90\nh.example:1", {}).lines

    decided = decide(lines, 1, way, {})

    assert standings(decided) == ["good", "ambiguous", "good"]
    assert decided[0].readings[0].upstream.host == host
    assert decided[1:] == lines[1:]


def test_deciding_all_takes_the_same_reading_everywhere():
    lines = read(f"{TWO_WAYS}\nc.example:80:d.example:90\nnonsense", {}).lines

    decided = decide(lines, None, 1, {})

    assert standings(decided) == ["good", "good", "wrong"]
    assert [line.readings[0].upstream.host for line in decided[:2]] == ["b.example", "d.example"]


def test_a_decided_line_may_turn_out_to_be_known_or_there_twice():
    known: dict[FarEnd, str] = {(ProxyKind.HTTP, "b.example", 90, "a.example"): "Berlin"}
    lines = read(f"{TWO_WAYS}\na.example:80:b.example:x", known).lines

    assert standings(decide(lines, 1, 1, known)) == ["known", "good"]
    first = decide(lines, 1, 0, known)
    assert standings(first) == ["good", "known"]
    assert notes(first)[1] == "The same as line 1"


def test_a_reading_that_a_line_does_not_have_changes_nothing():
    lines = read(TWO_WAYS, {}).lines

    assert decide(lines, None, 2, {}) == lines
    assert decide(lines, 7, 0, {}) == lines


def test_a_paste_within_the_limits_stays_as_it_is():
    text = "\n".join(f"h.example:{at + 1}" for at in range(MOST_LINES))

    assert cut(text) == (text, False)
    assert cut("") == ("", False)
    assert cut("h.example:80\r\nh.example:81") == ("h.example:80\nh.example:81", False)


def test_more_lines_than_the_limit_are_left_out_and_said():
    kept, was_cut = cut("h.example:80\n" * (MOST_LINES + 1))

    assert was_cut
    assert len(kept.splitlines()) == MOST_LINES


def test_a_paste_of_five_megabytes_ends_with_a_whole_line():
    whole = [
        f"198.51.100.7:8080:user-{at:06}-{'x' * 180}:password-{at:06}-{'y' * 60}" for at in range(18_000)
    ]

    kept, was_cut = cut("\n".join(whole))

    assert was_cut
    assert len(kept) <= MOST_LETTERS
    assert len(kept.splitlines()) > 1_000
    assert set(kept.splitlines()) <= set(whole)  # half a password would look like a good one


def test_one_line_without_an_end_is_refused_and_not_read_by_halves():
    kept, was_cut = cut("http://me:" + "x" * 5_000_000 + "@h.example:80")

    lines = read(kept, {}).lines

    assert was_cut
    assert standings(lines) == ["wrong"]


def test_a_line_that_is_too_long_is_refused_by_the_parser_and_those_around_it_are_read():
    text, was_cut = cut(f"h.example:80\nh.example:81:me:{'x' * 10_000}\nh.example:82")

    lines = read(text, {}).lines

    assert standings(lines) == ["good", "wrong", "good"]
    assert notes(lines)[1] == "This is far too long for a proxy."
    assert not was_cut
