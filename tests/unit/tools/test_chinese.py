"""How Chinese is set: signs, spaces, endings."""

from __future__ import annotations

import pytest

from tools.translations.chinese import ending, punctuation


@pytest.mark.parametrize(
    "text",
    [
        "仍有 12 个窗口打开",
        "仍有 %n 个窗口打开",
        "「{name}」未打开。",
        "出口在{seen}，店铺设为{market}。",
        "请先关闭窗口（命令行：`berth close`）再试；数据未变。",
        "没有匹配“{text}”的店铺",
        "请写成socks5://用户名:密码@地址:端口。",
        "请写成[地址]:端口。",
        "请填写http或https网址，例如https://icanhazip.com。",
        "表格(*.csv *.xlsx)",
        "纬度不在 -90 到 90 之间。",
        "SOCKS5代理",
        "Ubuntu 24.04 及以上",
        "Ctrl+Enter",
        "用.deb安装",
        "正在打开…",
        "换一个文件夹（命令行加 --home）。",
        "Chrome, Edge (stable).",
    ],
)
def test_what_is_set_well_passes(text: str):
    assert list(punctuation(text)) == []


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("未打开,数据未变", "full width"),
        ("打开: {name}", "full width"),
        ("未打开.", "。"),
        ("「{name}」.", "。"),
        ("出口(德国)", "brackets"),
        ('没有"噪声"', "quotes"),
        ("正在打开...", "ellipsis"),
        ("正在打开……", "ellipsis"),
        ("未打开。 请重试。", "no space"),
        ("仍有12个窗口打开", "spaces around the number 12"),
        ("仍有%n个窗口打开", "spaces around the number %n"),
        ("用 Chrome 打开", "no space between Chinese and Chrome"),
        ("先用 `berth close` 关闭", "no space between Chinese and `…`"),
    ],
)
def test_what_is_set_wrong_is_told(text: str, what: str):
    assert what in "; ".join(punctuation(text))


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Done.", "完成。"),
        ("Sure?", "确定？"),
        ("Opening…", "正在打开…"),
        ("Pictures:", "图片："),
        ("Open", "打开"),
        ("Central African Rep.", "中非共和国"),
        ("{what} {next}", "{what}{next}"),
    ],
)
def test_an_ending_like_its_sources_passes(source: str, text: str):
    assert list(ending(source, text)) == []


@pytest.mark.parametrize(
    ("source", "text"), [("Done.", "完成"), ("Sure?", "确定。"), ("Opening…", "正在打开"), ("Open", "打开。")]
)
def test_another_ending_is_told(source: str, text: str):
    assert list(ending(source, text))
