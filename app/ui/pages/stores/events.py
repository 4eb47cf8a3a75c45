"""What happened to a store, in words: lines of its history, those of one act folded into one."""

from __future__ import annotations

from app.kernel.text import Text, say
from app.ui.language import told
from app.vault.history import HistoryLine

_ONE_ACT_S = 30
ABILITY_TEXTS: dict[str, Text] = {
    "profile.edit": say("Changed"),
    "profile.delete": say("Moved to the bin"),
    "profile.purge": say("Removed for good"),
    "window.open": say("Asked to open"),
    "window.override": say("Asked to open in spite of a red check"),
    "window.script": say("Opened for a script"),
    "window.picture": say("Took a picture of the window"),
    "window.exit": say("Came out at another address while it was open"),
    "cookie.export": say("Took cookies out"),
    "cookie.edit": say("Put cookies in or cleared them"),
    "secret.reveal": say("Looked at something sealed"),
}


def event_title(line: HistoryLine) -> str:
    """What was done."""
    what = ABILITY_TEXTS.get(line.ability)
    return told(what) if what is not None else line.ability


def folded(found: tuple[HistoryLine, ...]) -> list[HistoryLine]:
    """One opening, or one check, records several acts: those of one kind within moments are one line."""
    kept: list[HistoryLine] = []
    for line in found:
        last = kept[-1] if kept else None
        is_same = (
            last is not None
            and (last.ability, last.operator_name, last.via, last.reason)
            == (line.ability, line.operator_name, line.via, line.reason)
            and (last.at - line.at).total_seconds() < _ONE_ACT_S
        )
        if not is_same:
            kept.append(line)
    return kept
