"""One language's sentences, in the file format of Qt's translators (TS 2.1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from tools.translations.sources import Message

CONTEXT = "berth"
CHINESE = "zh_CN"
ENGLISH = "en"
# How many plural forms Qt asks of a language.
FORMS = {CHINESE: 1, ENGLISH: 2}


@dataclass(frozen=True, slots=True)
class Entry:
    """A sentence and its translation: one form, or one a plural. A vanished one left the code."""

    source: str
    comment: str
    forms: tuple[str, ...]
    has_number: bool = False
    is_vanished: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """What Qt looks it up by."""
        return self.source, self.comment

    @property
    def is_finished(self) -> bool:
        """Whether every form is written."""
        return all(self.forms)


def path_of(folder: Path, language: str) -> Path:
    """The file of a language."""
    return folder / f"{CONTEXT}_{language}.ts"


def read(path: Path) -> tuple[Entry, ...]:
    """What stands in a file; nothing where there is none."""
    if not path.exists():
        return ()
    root = ET.fromstring(path.read_text("utf-8"))  # noqa: S314 - a file of this repository
    return tuple(_entry(message) for message in root.iter("message"))


def merged(messages: Iterable[Message], old: Iterable[Entry], language: str) -> tuple[Entry, ...]:
    """The code's sentences with the translations there are; those that left the code stay as vanished."""
    known = {entry.key: entry for entry in old}
    entries = []
    for message in messages:
        if language == ENGLISH and not message.has_number:
            continue  # English is the source; only its plurals differ from it
        count = FORMS[language] if message.has_number else 1
        entry = known.pop(message.key, None)
        forms = (entry.forms if entry else ()) + ("",) * count
        entries.append(Entry(message.source, message.comment, forms[:count], message.has_number))
    entries += [replace(entry, is_vanished=True) for entry in known.values() if any(entry.forms)]
    return tuple(sorted(entries, key=lambda entry: (entry.source.casefold(), entry.key)))


def written(entries: Iterable[Entry], language: str) -> str:
    """The file's text, the same for the same entries."""
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        "<!DOCTYPE TS>",
        f'<TS version="2.1" language="{language}" sourcelanguage="en">',
        "<context>",
        f"    <name>{CONTEXT}</name>",
    ]
    for entry in entries:
        lines += _lines(entry)
    return "\n".join([*lines, "</context>", "</TS>", ""])


def _entry(message: ET.Element) -> Entry:
    translation = message.find("translation")
    assert translation is not None
    has_number = message.get("numerus") == "yes"
    forms = [form.text or "" for form in translation.iter("numerusform")] if has_number else []
    return Entry(
        source=message.findtext("source", ""),
        comment=message.findtext("comment", ""),
        forms=tuple(forms) or (translation.text or "",),
        has_number=has_number,
        is_vanished=translation.get("type") == "vanished",
    )


def _lines(entry: Entry) -> list[str]:
    kind = "vanished" if entry.is_vanished else "" if entry.is_finished else "unfinished"
    tag = f'<translation type="{kind}">' if kind else "<translation>"
    if entry.has_number:
        forms = "".join(f"<numerusform>{escape(form)}</numerusform>" for form in entry.forms)
    else:
        forms = escape(entry.forms[0])
    return [
        '    <message numerus="yes">' if entry.has_number else "    <message>",
        f"        <source>{escape(entry.source)}</source>",
        *([f"        <comment>{escape(entry.comment)}</comment>"] if entry.comment else []),
        f"        {tag}{forms}</translation>",
        "    </message>",
    ]
