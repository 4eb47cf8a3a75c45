"""Templates are read strictly, and what is wrong is named with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.isolation.fingerprint.choosing import Machine
from app.isolation.fingerprint.validating import contradictions
from app.isolation.plan import Fingerprint, GeoMode, Place, WebRtcPolicy
from app.isolation.template import (
    MAX_BYTES,
    Template,
    TemplateMissing,
    Templates,
    TemplateWrong,
    load_all,
    parse,
)
from app.kernel import assets
from app.kernel.errors import FolderNotReadable
from app.kernel.text import say

START = "id: x\ntitle: {en: X}\n"
SHIPPED = load_all(assets.folder("profiles"))
WANTED = [
    "tiktok-shop-us",
    "tiktok-shop-uk",
    "tiktok-shop-my",
    "tiktok-shop-id",
    "tiktok-shop-vn",
    "tiktok-shop-th",
    "tiktok-shop-ph",
    "shopee-my",
    "shopee-sg",
    "shopee-br",
    "lazada-my",
    "amazon-us",
    "amazon-de",
    "amazon-jp",
    "shopify-admin",
    "whatsapp-web",
    "generic",
]


def _parse(text: str | bytes) -> Template:
    return parse(text if isinstance(text, bytes) else text.encode(), Path("x.yaml"))


def test_every_promised_template_is_shipped():
    assert sorted(template.id for template in SHIPPED) == sorted(WANTED)


@pytest.mark.parametrize("template", SHIPPED, ids=lambda template: template.id)
def test_a_shipped_template_can_be_shown_truly_and_has_both_titles(template: Template):
    settings = Fingerprint(languages=template.languages, timezone=template.timezone)

    assert contradictions(settings, Machine(2)) == ()
    assert template.title
    assert template.title_zh
    assert template.start_pages or template.id == "generic"
    assert all(page.startswith("https://") for page in template.start_pages)


def test_shipped_templates_have_colours_of_their_own():
    assert len({template.colour for template in SHIPPED}) == len(SHIPPED)


def test_a_template_of_two_lines_is_enough():
    assert _parse(START) == Template("x", "X")


def test_a_full_template_is_read_whole():
    template = _parse(
        "version: 1\nid: x\ntitle:\n  en: X\n  zh: 某\nplatform: shop\nmarket: NO\ncolour: '#aabbcc'\n"
        "start_pages: [https://a.example/]\nlanguages: [nb-NO, nb]\ntimezone: Europe/Oslo\n"
        "geolocation: {latitude: 59.9, longitude: 10}\nwebrtc: public-only\n"
    )

    assert template == Template(
        id="x",
        title="X",
        title_zh="某",
        platform="shop",
        market="NO",  # which YAML 1.1 would read as false
        colour="#AABBCC",
        start_pages=("https://a.example/",),
        languages=("nb-NO", "nb"),
        timezone="Europe/Oslo",
        geolocation=GeoMode.FIXED,
        place=Place(59.9, 10),
        webrtc=WebRtcPolicy.PUBLIC_ONLY,
    )


def test_a_byte_order_mark_is_no_fault():
    assert _parse(b"\xef\xbb\xbf" + START.encode()).id == "x"


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("", 1, "the file is empty"),
        ("# only a remark\n", 1, "the file is empty"),
        ("- a\n", 1, "does not hold keys and values"),
        ("title: {en: X}\n", 1, "id is missing"),
        ("id: y\ntitle: {en: X}\n", 1, "the id y is not the file's name x"),
        ("id: X\ntitle: {en: X}\n", 1, "id cannot be X"),
        (START + "marke: US\n", 3, "the key marke is unknown, did you mean market"),
        (START + "zzzz: 1\n", 3, "the key zzzz is unknown"),
        ("id: x\ntitle:\n  en: X\n  fr: Y\n", 4, "the key fr is unknown"),
        (START + "version: 2\n", 3, "version cannot be 2"),
        (START + "market: UK\n", 3, "UK is not a country code, GB is"),
        (START + "market: XX\n", 3, "XX is not a country code"),
        (START + "market: us\n", 3, "market cannot be us"),
        (START + "timezone: Europe/Berlim\n", 3, "did you mean Europe/Berlin"),
        (START + "timezone: qqqqqqqq\n", 3, "no time zone qqqqqqqq"),
        (START + "colour: red\n", 3, "colour cannot be red"),
        (START + "colour: #fff000\n", 3, "colour cannot be empty"),
        (START + "languages: [de, DE]\n", 3, "languages.1 cannot be DE"),
        (START + "webrtc: off\n", 3, "webrtc is off, not one of: proxy-only, public-only, default"),
        (START + "start_pages:\n  - https://a.b/\n  - ftp://c/\n", 5, "ftp://c/ is not an http or https"),
        (START + "geolocation: {latitude: 91, longitude: 0}\n", 3, "geolocation.latitude cannot be 91"),
        (START + "geolocation: {latitude: .nan, longitude: 0}\n", 3, ".nan is not a number"),
        (START + "platform: 7\n", 3, "platform cannot be 7"),
        (START + "id: x\n", 3, "the key id stands twice"),
        (START + "? [a]\n: b\n", 3, "a key is not a plain word"),
        (START + "platform: [b\n", 4, "it is not YAML"),
        (START + "platform: 0x_\n", 1, "it is not YAML"),
        (START + "---\nid: y\n", 3, "it is not YAML"),
        (START + "platform: \x07\n", 1, "it is not YAML"),
        (START + "platform: !!python/object/apply:os.system [id]\n", 3, "the tag"),
        ("a: &a [x, x]\nb: &b [*a, *a]\n", 2, "references with * are not allowed"),
        ("[" * 40 + "]" * 40, 1, "nested too deeply"),
        ("#" * (MAX_BYTES + 1), 1, "larger than 65536 bytes"),
        (b"id: x\ntitle: {en: \xff}\n", 2, "not written in UTF-8"),
    ],
)
def test_a_wrong_template_is_told_with_file_and_line(text: str | bytes, line: int, why: str):
    with pytest.raises(TemplateWrong) as caught:
        _parse(text)

    sentence = caught.value.text.english()
    assert sentence.startswith(f"x.yaml, line {line}: ")
    assert why in sentence
    assert caught.value.line == line


def test_a_bomb_of_references_is_refused_before_it_grows():
    lines = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60)]

    with pytest.raises(TemplateWrong, match="references"):
        _parse("\n".join(lines))


def _templates(*wrong: TemplateWrong) -> Templates:
    return Templates(lambda: (SHIPPED, wrong))


def test_templates_are_listed_by_id_with_the_generic_one_last():
    ids = [template.id for template in _templates().all()]

    assert ids[:-1] == sorted(ids[:-1])
    assert ids[-1] == "generic"


def test_an_unknown_template_names_the_near_one():
    with pytest.raises(TemplateMissing, match="Did you mean tiktok-shop-us"):
        _templates().get("tiktok-us")
    with pytest.raises(TemplateMissing, match="berth template list"):
        _templates().get("qqqqqqqq")


def test_a_wrong_file_is_told_when_it_is_asked_for_and_spoils_no_other():
    wrong = TemplateWrong(Path("/t/mine.yaml"), 3, say("why"))

    assert _templates(wrong).get("generic").id == "generic"
    assert _templates(wrong).wrong == (wrong,)
    with pytest.raises(TemplateWrong, match=r"mine\.yaml, line 3: why"):
        _templates(wrong).get("mine")
    with pytest.raises(TemplateMissing):
        _templates(wrong).get("other")


def test_a_folder_that_cannot_be_listed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)

    with pytest.raises(FolderNotReadable, match="Permission denied"):
        load_all(tmp_path)
