"""How Chinese is set in Berth: full-width signs, spaces around numbers only, quotes as 「」."""

from __future__ import annotations

import re
from collections.abc import Iterator

_HAN = r"\u3400-\u9fff"
_SIGNS = "，。：；！？、「」（）《》"
# Typed or filled in, and file patterns of dialogs, which Qt reads: none of it is prose.
_CODE = re.compile(
    r"`[^`]*`|(?:\w+://)?(?:\[?(?:地址|端口|用户名|密码)\]?[:@]?){2,}|https?://[!-~]*|socks5://[!-~]*|\(\*[^)]*\)"
)
_PLACE = re.compile(r"\{[^}]*\}")
_TOKEN = re.compile(r"%n|[A-Za-z0-9#*\ue000](?:[\w.+\-/#@:%×\ue000]*[A-Za-z0-9%\ue000])?", re.ASCII)
_NUMBER = re.compile(r"%n|[\d.,/:%×+-]+")
_CODE_LETTER = "\ue000"  # stands for what is typed
_PLACE_LETTER = "\ue001"  # stands for a fact, of which nobody knows what it is

_ABBREVIATED = ("Rep.", "Terr.", "No.")  # no sentences
_ENDINGS = {".": "。", "?": "？", "!": "！", ":": "：", "…": "…"}


def punctuation(translation: str) -> Iterator[str]:
    """What is set wrong inside a sentence."""
    text = _PLACE.sub(_PLACE_LETTER, _CODE.sub(_CODE_LETTER, translation))
    if "..." in text or "……" in text:
        yield "an ellipsis is one …"
    if not re.search(f"[{_HAN}{_SIGNS}]", text):
        return
    if found := re.search(rf"[,;:!?](?=\s|$|[{_HAN}{_SIGNS}])|(?<=[{_HAN}{_SIGNS}])[,;:!?]", text):
        yield f"“{found[0]}” has to be full width"
    if re.search(rf"(?<=[{_HAN}」）{_CODE_LETTER}{_PLACE_LETTER}])\.(?![A-Za-z0-9])", text):
        yield "a full stop is 。"
    if re.search(r"[()]", text):
        yield "brackets are （）"
    if re.search(r"[\"'‘’]", text):
        yield "quotes are 「」"
    if re.search(rf"\s[{_SIGNS}]|[{_SIGNS}]\s", text):
        yield "no space beside a full-width sign"
    yield from _spaces(text)


def ending(source: str, translation: str) -> Iterator[str]:
    """A sentence ends as its source does; what is no sentence has no full stop."""
    wanted = "" if source.endswith(_ABBREVIATED) else _ENDINGS.get(source[-1:])
    if wanted and not translation.endswith(wanted):
        yield f"has to end with {wanted}"
    if not wanted and translation.endswith(("。", "：")) and not source.endswith((")", "}", "`")):
        yield "its source is no sentence, so no sign at the end"


def _spaces(text: str) -> Iterator[str]:
    for token in _TOKEN.finditer(text):
        before, after = text[: token.start()], text[token.end() :]
        if _NUMBER.fullmatch(token[0]):
            if re.search(f"[{_HAN}]$", before) or re.match(f"[{_HAN}]", after):
                yield f"spaces around the number {token[0]}"
        elif re.search(f"[{_HAN}] $", before) or re.match(f" [{_HAN}]", after):
            shown = token[0].replace(_CODE_LETTER, "`…`")
            yield f"no space between Chinese and {shown}"
