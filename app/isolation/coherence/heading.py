"""Do the headers of each context say what its scripts say?"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from app.isolation.checks import Check, Level
from app.isolation.coherence.probing import Probe
from app.isolation.coherence.sameness import ONE_TRUTH
from app.kernel.text import Text, say

Headers = Mapping[str, str]
Facts = Mapping[str, Any]
# What a header says when it contradicts the script, or None when it agrees.
Reader = Callable[[Headers, Facts], tuple[str, str] | None]

_BRAND = re.compile(r'"((?:[^"\\]|\\.)*)";v="([^"]*)"')


def judge_headers(probe: Probe) -> tuple[Check, ...]:
    """One check for each kind of header, over every context and every page that was asked for."""
    return tuple(_judge(id_, what, read, probe) for id_, what, read in _TABLE)


def _judge(id_: str, what: Text, read: Reader, probe: Probe) -> Check:
    wrong: dict[str, tuple[str, str]] = {}
    agreed = ""
    for context in probe.shown:
        facts = probe.facts(context)
        if "failed" in facts:
            continue
        for headers in (probe.shown[context].headers, probe.documents.get(context, {})):
            if headers and (found := read(headers, facts)) is not None:
                wrong[context] = found
    if "main" in probe.shown:
        agreed = _SAMPLES[id_](probe.shown["main"].headers)
    if not wrong:
        text = say("{what}: headers and scripts say the same.", what=what)
        return Check(id_, Level.GREEN, text, expected=agreed, seen=agreed)
    where = ", ".join(wrong)
    expected, seen = next(iter(wrong.values()))
    text = say("{what}: headers and scripts disagree in {where}.", what=what, where=where)
    return Check(id_, Level.RED, text, expected=expected, seen=seen, advice=ONE_TRUTH)


def _user_agent(headers: Headers, facts: Facts) -> tuple[str, str] | None:
    sent, told = headers.get("user-agent", ""), str(facts.get("userAgent"))
    return None if sent == told else (told, sent)


def _languages(headers: Headers, facts: Facts) -> tuple[str, str] | None:
    """In the same order. A browser may send fewer, and may add the bare language after its variant."""
    sent = [part.split(";")[0].strip() for part in headers.get("accept-language", "").split(",")]
    told = [str(name) for name in facts.get("languages", ())]
    bare = {name.split("-")[0] for name in told}
    kept = [name for name in sent if name in told or name not in bare]
    is_right = bool(kept) and kept == told[: len(kept)]
    return None if is_right else (", ".join(told), ", ".join(sent))


def _low_hints(headers: Headers, facts: Facts) -> tuple[str, str] | None:
    """Requests of workers carry no hints at all, in a real browser too; those of pages must."""
    low = facts.get("hintsLow")
    if low is None or "sec-ch-ua" not in headers:
        is_page = facts.get("outer") is not None
        return (str(low), "") if low is not None and is_page else None
    told = _brands(low["brands"]), low["mobile"], low["platform"]
    sent = (
        _sent_brands(headers["sec-ch-ua"]),
        headers.get("sec-ch-ua-mobile") == "?1",
        _bare(headers.get("sec-ch-ua-platform", "")),
    )
    return None if told == sent else (str(told), str(sent))


def _high_hints(headers: Headers, facts: Facts) -> tuple[str, str] | None:
    high = facts.get("hintsHigh")
    if not isinstance(high, dict):
        return None
    told, sent = [], []
    for header, name in _HIGH.items():
        if header in headers:
            is_list = name == "fullVersionList"
            told.append(str(_brands(high[name]) if is_list else high[name]))
            sent.append(str(_sent_brands(headers[header])) if is_list else _bare(headers[header]))
    return None if told == sent else (" ".join(told), " ".join(sent))


def _device(headers: Headers, facts: Facts) -> tuple[str, str] | None:
    for header, name in (("sec-ch-device-memory", "memory"), ("sec-ch-dpr", "scale")):
        told = facts.get(name)
        if header in headers and told is not None and abs(_number(headers[header]) - float(told)) > 0.01:
            return str(told), headers[header]
    return None


_HIGH = {
    "sec-ch-ua-full-version-list": "fullVersionList",
    "sec-ch-ua-arch": "architecture",
    "sec-ch-ua-bitness": "bitness",
    "sec-ch-ua-model": "model",
    "sec-ch-ua-platform-version": "platformVersion",
}
_TABLE: tuple[tuple[str, Text, Reader], ...] = (
    ("headers.user-agent", say("How the browser names itself"), _user_agent),
    ("headers.languages", say("Languages"), _languages),
    ("headers.hints-low", say("Client hints"), _low_hints),
    ("headers.hints-high", say("Detailed client hints"), _high_hints),
    ("headers.device", say("Memory and scale"), _device),
)
_SAMPLES: Mapping[str, Callable[[Headers], str]] = {
    "headers.user-agent": lambda headers: headers.get("user-agent", ""),
    "headers.languages": lambda headers: headers.get("accept-language", ""),
    "headers.hints-low": lambda headers: headers.get("sec-ch-ua", ""),
    "headers.hints-high": lambda headers: headers.get("sec-ch-ua-full-version-list", ""),
    "headers.device": lambda headers: (
        f"{headers.get('sec-ch-device-memory', '')} / {headers.get('sec-ch-dpr', '')}"
    ),
}


def _brands(told: object) -> list[str]:
    return sorted(str(entry) for entry in told) if isinstance(told, list) else []


def _sent_brands(header: str) -> list[str]:
    return sorted(f"{brand} {version}" for brand, version in _BRAND.findall(header))


def _bare(header: str) -> str:
    return header.strip().strip('"')


def _number(header: str) -> float:
    try:
        return float(header)
    except ValueError:
        return -1.0
