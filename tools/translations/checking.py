"""Says what is wrong with the translations: drift, gaps, lost places, signs and words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tools.translations import FOLDER, catalogue, chinese, glossary, sources
from tools.translations.catalogue import CHINESE, ENGLISH, Entry

_TYPED = re.compile(r"`[^`]*`")


def check(root: Path) -> tuple[list[str], list[str]]:
    """One line when all is well, else a line for each fault."""
    found = sources.of_tree(root)
    faults = [*found.faults, *_drift(root, found)]
    try:
        words = glossary.load(root / FOLDER / glossary.FILE)
    except glossary.GlossaryWrong as error:
        return [], [*faults, str(error)]
    for language in catalogue.FORMS:
        path = catalogue.path_of(root / FOLDER, language)
        for entry in catalogue.read(path):
            if not entry.is_vanished:
                faults += [f"{path.name}: “{entry.source}”: {what}" for what in of(entry, language, words)]
    return ([] if faults else [f"{len(found.messages)} sentences, all translated"]), faults


def of(entry: Entry, language: str, words: glossary.Glossary) -> Iterator[str]:
    """What is wrong with one translation."""
    if not entry.is_finished:
        yield "not translated"
        return
    for number, form in enumerate(entry.forms):
        yield from _places(entry, form, may_spell_one=language == ENGLISH and number == 0)
        if language == CHINESE:
            yield from _chinese(entry.source, form, words)
        if language == ENGLISH and "(s)" in form:
            yield "(s) is no plural form"


def _drift(root: Path, found: sources.Found) -> Iterator[str]:
    for language in catalogue.FORMS:
        path = catalogue.path_of(root / FOLDER, language)
        now = catalogue.read(path)
        then = catalogue.merged(found.messages, now, language)
        if not path.exists() or path.read_text("utf-8") != catalogue.written(then, language):
            changed = {e.source for e in then if not e.is_vanished} ^ {
                e.source for e in now if not e.is_vanished
            }
            some = "; ".join(f"“{source}”" for source in sorted(changed)[:5])
            yield f"{path.name} differs from the code; run: python -m tools.translations update ({some})"


def _places(entry: Entry, form: str, may_spell_one: bool) -> Iterator[str]:
    try:
        theirs = sources.places(form)
    except ValueError:
        yield "a brace stands alone"
        return
    if set(theirs) != set(sources.places(entry.source)):
        yield f"the places are {', '.join(sources.places(entry.source)) or 'none'}"
    if ("%n" in form) != ("%n" in entry.source) and not may_spell_one:
        yield "%n is lost or too much"
    if sorted(_TYPED.findall(form)) != sorted(_TYPED.findall(entry.source)):
        yield f"what is typed stays as it is: {' '.join(_TYPED.findall(entry.source)) or 'nothing'}"
    if form != form.strip() and entry.source == entry.source.strip():
        yield "begins or ends with a space"


def _chinese(source: str, form: str, words: glossary.Glossary) -> Iterator[str]:
    if not re.search(r"[\u3400-\u9fff]", form) and not words.is_kept(source):
        yield "no Chinese in it"
        return
    yield from chinese.punctuation(form)
    yield from chinese.ending(source, form)
    yield from words.faults(source, form)
