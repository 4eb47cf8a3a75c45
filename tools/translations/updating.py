"""Brings the translators' files up to date with the code."""

from __future__ import annotations

from pathlib import Path

from tools.translations import FOLDER, catalogue, sources


def update(root: Path) -> tuple[list[str], list[str]]:
    """What was done, and what in the code cannot be translated."""
    found = sources.of_tree(root)
    (root / FOLDER).mkdir(parents=True, exist_ok=True)
    done = []
    for language in catalogue.FORMS:
        path = catalogue.path_of(root / FOLDER, language)
        entries = catalogue.merged(found.messages, catalogue.read(path), language)
        text = catalogue.written(entries, language)
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8", newline="\n")
        open_ = sum(not entry.is_finished and not entry.is_vanished for entry in entries)
        gone = sum(entry.is_vanished for entry in entries)
        done.append(f"{path.name}: {len(entries) - gone} sentences, {open_} to translate, {gone} vanished")
    return done, list(found.faults)
