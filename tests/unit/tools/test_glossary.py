"""One rendering for each term, and words that are never used."""

from __future__ import annotations

import pytest

from tools.translations.glossary import GlossaryWrong, parsed

HEAD = "term,English,中文,also,never,note\n"
GLOSSARY = parsed(
    HEAD
    + "profile,profile,店铺,,配置文件,\n"
    + "browser profile,browser profile,浏览器环境,,,\n"
    + "proxy,proxy/proxies,代理,,,\n"
    + "passphrase,passphrase,密码,解锁密码,口令,\n"
    + "order,order,订单,,,\n"
    + "work order,work order,计粉工单,,工单,\n"
    + "exit,exit,出口,-,,\n"
    + "WebRTC,WebRTC,WebRTC,,,\n"
)


def faults(source: str, translation: str) -> str:
    return "; ".join(GLOSSARY.faults(source, translation))


@pytest.mark.parametrize(
    ("source", "translation"),
    [
        ("Open the profile", "打开店铺"),
        ("Proxies", "代理"),
        ("Change passphrase", "修改解锁密码"),
        ("Two work orders", "两张计粉工单"),
        ("The browser profile is in use", "浏览器环境被占用"),
        ("Leave the exit alone", "不要动它"),
        ("See `berth profile list`", "见列表"),
        ("Set {profile}, profile=x, --profile, profile.json or https://profile.example", "设置"),
        ("Reprofiled", "重做"),
    ],
)
def test_the_listed_rendering_passes(source: str, translation: str):
    assert faults(source, translation) == ""


def test_another_rendering_is_told():
    assert "“proxy” is 代理" in faults("A proxy failed", "服务器失败")


def test_a_longer_term_hides_the_shorter_one_in_it():
    assert faults("A work order", "订单") == "“work order” is 计粉工单 in Chinese"


@pytest.mark.parametrize(
    ("translation", "word"), [("这张工单", "工单"), ("输入口令", "口令"), ("改配置文件", "配置文件")]
)
def test_a_word_that_is_never_used_is_told_wherever_it_stands(translation: str, word: str):
    assert f"never {word}" in faults("Anything", translation)


def test_a_sentence_of_kept_words_alone_needs_no_chinese():
    assert GLOSSARY.is_kept("WebRTC: {value} (%n)")
    assert not GLOSSARY.is_kept("WebRTC policy")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("term,English\n", 1),
        (HEAD + "a,b\n", 2),
        (HEAD + "a,,c,,,\n", 2),
        (HEAD + "a,word,词,,,\nb,Word,字,,,\n", 3),
    ],
)
def test_a_glossary_that_cannot_be_used_is_told_with_its_line(text: str, line: int):
    with pytest.raises(GlossaryWrong, match=f"glossary.csv:{line}: "):
        parsed(text)
