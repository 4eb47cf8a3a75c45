"""What a profile is found by and sorted by."""

from __future__ import annotations

import os
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.isolation.search_key import MAX_QUERY, MAX_WORDS, _pinyin, fold, search_key, sort_key, words_of


def _finds(text: str, *labels: str, number: int = 12, market: str = "US", exit_ip: str = "") -> bool:
    key = search_key(number, market, exit_ip, labels)
    return all(word in key for word in words_of(text))


@pytest.mark.parametrize(
    "text",
    [
        *("anna", "ANNA", "ＡＮＮＡ", "ann", "cafe", "CAFÉ", "strasse"),
        *("杭州", "州小店", "hangzhou", "hzxd", "zxd", "hangzhouxiaodian"),
        *("12", "012", "#12", "#012", "us", "203.0.113"),
        *("anna 杭州", "hzxd cafe 12", "  anna\n us "),
    ],
)
def test_a_profile_is_found_by(text: str):
    assert _finds(text, "Anna Café", "杭州小店", "Straße", exit_ip="203.0.113.7")


@pytest.mark.parametrize("text", ["bea", "anna bea", "hzd", "#13", "de", "hang zhou q"])
def test_a_profile_is_not_found_by(text: str):
    assert not _finds(text, "Anna Café", "杭州小店")


@pytest.mark.parametrize(("text", "name"), [("cqxd", "重庆小店"), ("csh", "长沙行"), ("csx", "长沙行")])
def test_a_sign_with_several_sounds_is_found_by_the_one_its_word_has_and_by_others(text: str, name: str):
    assert _finds(text, name)


def test_chinese_beside_letters_is_found_by_its_pinyin():
    assert _finds("xiaohong-us", "小红-US")
    assert _finds("xh", "小红-US")


@pytest.mark.parametrize("text", ["", "   ", "\u200b\u0301"])
def test_a_search_for_nothing_has_no_words(text: str):
    assert words_of(text) == ()


def test_a_search_of_five_million_characters_is_cut_at_once():
    started = time.perf_counter()

    words = words_of("é店  " * 1_300_000)

    assert words == ("e店",)
    assert time.perf_counter() - started < 1
    assert words_of("x" * 5_000_000) == ("x" * MAX_QUERY,)
    assert len(words_of(" ".join(str(number) for number in range(90)))) == MAX_WORDS


@pytest.mark.parametrize(
    "name",
    [
        "👩‍👩‍👧🛍️" * 25,
        "متجر آنا " * 22,
        "行" * 200,
        "<b>x</b>'; DROP TABLE isolation_profile; --",
        "\U00030123\U00030124",
    ],
)
def test_hostile_names_are_found_whole_and_make_short_keys(name: str):
    key = search_key(1, "", "", [name])

    assert all(word in key for word in words_of(name))
    assert len(key) < 8_000


@given(st.text(max_size=200))
def test_any_name_is_found_by_itself(name: str):
    key = search_key(1, "", "", [name])

    assert all(word in key for word in words_of(name))


@given(st.text(max_size=60))
def test_folding_twice_is_folding_once(text: str):
    assert fold(fold(text)) == fold(text)


def test_names_sort_by_sound_by_value_and_without_case():
    names = ["Zoe", "张 乙", "store 10", "Store 9", "阿里", "章甲", "张 甲", "émile", "Émilf"]

    assert sorted(names, key=sort_key) == [
        *("阿里", "émile", "Émilf", "Store 9", "store 10"),
        *("张 甲", "张 乙", "章甲", "Zoe"),
    ]


def test_signs_that_no_table_knows_sort_behind_and_break_nothing():
    assert sort_key("\U00030123\U00030124好") > sort_key("好")
    assert sort_key("") == sort_key("  ") == ""


@pytest.mark.parametrize("before", [None, "mine"])
def test_the_environment_is_left_as_it_was(before: str | None, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("PYPINYIN_NO_PHRASES", raising=False)
    if before is not None:
        monkeypatch.setenv("PYPINYIN_NO_PHRASES", before)
    _pinyin.cache_clear()

    assert sort_key("杭州") > sort_key("北京")

    assert os.environ.get("PYPINYIN_NO_PHRASES") == before
