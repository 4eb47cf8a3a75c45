"""Every sentence has its Chinese, the check catches what it is there for, and Qt finds the words."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QLibraryInfo, QTranslator

from app.isolation.keeper.messages import text_plain
from app.isolation.network.errors import auth_failed
from app.isolation.plan import ProxyKind, Upstream
from app.kernel.text import Text, say
from tools.translations import FOLDER, ROOT, catalogue
from tools.translations.__main__ import main
from tools.translations.building import build
from tools.translations.catalogue import CHINESE, ENGLISH, Entry
from tools.translations.checking import check
from tools.translations.updating import update

GLOSSARY = (
    "term,English,中文,also,never,note\nstore,store,店铺,,商店,\nproxy,proxy,代理,,,\nBerth,Berth,Berth,,,\n"
)
CODE = """from app.kernel.text import say
from app.ui.language import tr

tr("Open")
tr("%n store(s)", n=2)
say("The proxy {proxy} failed. See `berth proxy list`.", proxy="a")
"""
FAILED = "The proxy {proxy} failed. See `berth proxy list`."
GOOD = {"Open": "打开", "%n store(s)": "%n 家店铺", FAILED: "代理{proxy}不通。见`berth proxy list`。"}


def test_every_sentence_of_the_program_is_translated():
    assert check(ROOT)[1] == []


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A small program with a good translation, to be spoilt."""
    (tmp_path / "app" / "ui").mkdir(parents=True)
    (tmp_path / "app" / "ui" / "page.py").write_text(CODE)
    (tmp_path / FOLDER).mkdir(parents=True)
    (tmp_path / FOLDER / "glossary.csv").write_text(GLOSSARY)
    update(tmp_path)
    translate(tmp_path, **GOOD)
    write(tmp_path, ENGLISH, {"%n store(s)": ("%n store", "%n stores")})
    return tmp_path


def translate(tree: Path, **sentences: str) -> None:
    write(tree, CHINESE, {source: (text,) for source, text in sentences.items()})


def write(tree: Path, language: str, forms: dict[str, tuple[str, ...]]) -> None:
    path = catalogue.path_of(tree / FOLDER, language)
    entries = [
        Entry(old.source, old.comment, forms.get(old.source, old.forms), old.has_number, old.is_vanished)
        for old in catalogue.read(path)
    ]
    path.write_text(catalogue.written(entries, language))


def test_a_good_translation_passes(tree: Path):
    assert check(tree) == (["3 sentences, all translated"], [])


@pytest.mark.parametrize(
    ("source", "text", "what"),
    [
        ("Open", "", "not translated"),
        ("Open", "Open", "no Chinese in it"),
        ("Open", "打开 ", "a space"),
        ("Open", "打开。", "no sentence"),
        ("Open", "打开{name}", "the places are none"),
        ("%n store(s)", "一些店铺", "%n is lost"),
        ("%n store(s)", "%n 家商店", "“store” is 店铺"),
        ("%n store(s)", "%n 家店铺和商店", "never 商店"),
        (FAILED, "代理不通。见`berth proxy list`。", "the places are proxy"),
        (FAILED, "代理{proxi}不通。见`berth proxy list`。", "the places are proxy"),
        (FAILED, "代理{proxy不通。见`berth proxy list`。", "a brace stands alone"),
        (FAILED, "代理{proxy}不通。见代理列表。", "what is typed stays as it is: `berth proxy list`"),
        (FAILED, "代理{proxy}不通.见`berth proxy list`。", "a full stop is 。"),
        (FAILED, "代理{proxy}不通，见`berth proxy list`", "has to end with 。"),
        (FAILED, "线路{proxy}不通。见`berth proxy list`。", "“proxy” is 代理"),
    ],
)
def test_a_bad_translation_is_told(tree: Path, source: str, text: str, what: str):
    translate(tree, **{source: text})

    faults = check(tree)[1]

    assert any(fault.startswith(f"berth_zh_CN.ts: “{source}”: ") and what in fault for fault in faults), (
        faults
    )


@pytest.mark.parametrize(
    ("forms", "what"),
    [
        (("", "%n stores"), "not translated"),
        (("%n store", "%n store(s)"), "no plural form"),
        (("one store", "stores"), "%n is lost"),
    ],
)
def test_a_bad_english_plural_is_told(tree: Path, forms: tuple[str, str], what: str):
    write(tree, ENGLISH, {"%n store(s)": forms})

    faults = check(tree)[1]

    assert any(fault.startswith("berth_en.ts: ") and what in fault for fault in faults), faults


def test_english_may_spell_out_one(tree: Path):
    write(tree, ENGLISH, {"%n store(s)": ("one store", "%n stores")})

    assert check(tree)[1] == []


@pytest.mark.parametrize("change", ['tr("Close")\n', ""])
def test_a_file_that_differs_from_the_code_is_told(tree: Path, change: str):
    (tree / "app" / "ui" / "page.py").write_text(CODE.replace('tr("Open")\n', change))

    assert any("differs from the code" in fault for fault in check(tree)[1])


def test_a_file_that_is_missing_is_told(tree: Path):
    catalogue.path_of(tree / FOLDER, ENGLISH).unlink()

    assert any(fault.startswith("berth_en.ts differs") for fault in check(tree)[1])


def test_code_that_cannot_be_translated_is_told_by_check_and_update(tree: Path):
    (tree / "app" / "ui" / "other.py").write_text('from app.ui.language import tr\ntr(f"Opened {x}")\n')

    assert any(fault.startswith("app/ui/other.py:2: ") for fault in check(tree)[1])
    assert any(fault.startswith("app/ui/other.py:2: ") for fault in update(tree)[1])


def test_a_broken_glossary_is_told(tree: Path):
    (tree / FOLDER / "glossary.csv").write_text("store,店铺\n")

    assert any(fault.startswith("glossary.csv:1: ") for fault in check(tree)[1])


def test_an_update_keeps_translations_and_adds_what_is_new(tree: Path):
    (tree / "app" / "ui" / "page.py").write_text(CODE.replace('tr("Open")', 'tr("Close")'))

    update(tree)

    entries = {entry.source: entry for entry in catalogue.read(catalogue.path_of(tree / FOLDER, CHINESE))}
    assert entries[FAILED].forms == (GOOD[FAILED],)
    assert entries["Close"].forms == ("",)
    assert entries["Open"].is_vanished


def test_the_command_ends_with_1_and_says_what_is_wrong(tree: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["check"], tree) == 0
    translate(tree, Open="")
    assert main(["check"], tree) == 1
    assert "“Open”: not translated" in capsys.readouterr().err


def test_it_is_compiled_only_where_it_is_older(tree: Path):
    done, faults = build(tree / FOLDER)
    again = build(tree / FOLDER)
    newest = max(path.stat().st_mtime for path in (tree / FOLDER).iterdir()) + 10
    os.utime(catalogue.path_of(tree / FOLDER, CHINESE), (newest, newest))

    assert (sorted(done), faults) == (["berth_en.qm is built", "berth_zh_CN.qm is built"], [])
    assert again == ([], [])
    assert build(tree / FOLDER) == (["berth_zh_CN.qm is built"], [])


def test_a_file_that_cannot_be_compiled_is_told_and_leaves_the_old_one(tree: Path):
    build(tree / FOLDER)
    compiled = catalogue.path_of(tree / FOLDER, CHINESE).with_suffix(".qm")
    before = compiled.read_bytes()
    os.utime(compiled, (0, 0))
    catalogue.path_of(tree / FOLDER, CHINESE).write_text("<TS><nonsense")

    faults = build(tree / FOLDER)[1]

    assert [fault.partition(":")[0] for fault in faults] == ["berth_zh_CN.ts"]
    assert compiled.read_bytes() == before
    assert not list((tree / FOLDER).glob("*.part"))


# --- what Qt finds ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program's own words, compiled in a folder of the test's own."""
    folder = tmp_path_factory.mktemp("i18n")
    for language in catalogue.FORMS:
        shutil.copy(catalogue.path_of(ROOT / FOLDER, language), folder)
    assert build(folder)[1] == []
    return folder


def said(catalogue_file: Path | None, *asked: Text | tuple[str, int]) -> list[str]:
    """What a program with this catalogue says: sentences of the core, or its own words with a number."""
    items = [text_plain(item) if isinstance(item, Text) else list(item) for item in asked]
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.support.words_child",
            *([str(catalogue_file)] if catalogue_file else []),
        ],
        cwd=ROOT,
        input=json.dumps(items),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stderr == ""
    answers: list[str] = json.loads(done.stdout)
    return answers


def test_the_programs_words_and_the_cores_sentences_are_told_in_chinese(compiled: Path):
    proxy = auth_failed(Upstream(ProxyKind.SOCKS5, "proxy.example", 1080))
    twins = (
        "Same languages, time zone, scale and cores as {names}: "
        "a shop cannot tell these profiles apart by them."
    )

    assert said(
        compiled / "berth_zh_CN.qm",
        ("Blocked", -1),
        ("%n window(s) open", 0),
        ("%n window(s) open", 1),
        ("%n window(s) open", 12),
        say("Choose another name."),
        say("The exit is in {seen}, but the store is set to {market}.", seen=Text("Germany"), market="US"),
        say("{what} {next}", what=proxy.text, next=proxy.next_step),
        Text(twins, {"names": "Anna"}, n=1),
        say("Nobody ever translated {this}.", this="one"),
    ) == [
        "已阻止",
        "已打开 0 个窗口",
        "已打开 1 个窗口",
        "已打开 12 个窗口",
        "请换一个名称。",
        "出口在德国，店铺设为US。",
        "代理socks5://proxy.example:1080拒绝了用户名或密码。请向代理商核对账号，再重新设置代理。",
        "与Anna的语言、时区、缩放和核心数相同：平台无法凭这些区分这几家店铺。",
        "Nobody ever translated one.",
    ]


def test_english_says_one_window_and_two_windows(compiled: Path):
    assert said(
        compiled / "berth_en.qm",
        ("%n window(s) open", 0),
        ("%n window(s) open", 1),
        ("%n window(s) open", 2),
        ("Blocked", -1),
        say("Choose another name."),
    ) == ["0 windows open", "1 window open", "2 windows open", "Blocked", "Choose another name."]


def test_without_a_catalogue_english_is_told(compiled: Path):
    assert said(None, ("Blocked", -1), say("{name} is already open.", name="Anna")) == [
        "Blocked",
        "Anna is already open.",
    ]


def test_qts_own_words_come_in_chinese_with_pyside():
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    words = QTranslator()

    assert words.load("qtbase_zh_CN", folder)
    assert words.translate("QPlatformTheme", "Cancel") == "取消"
    assert words.translate("QWidgetTextControl", "&Copy").startswith("复制")
