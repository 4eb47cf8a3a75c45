"""What a window's relay did not let through, or could not: the same thing told once, with how often."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.isolation.keeper.watching import RelayFault
from app.kernel.text import Text, say
from app.ui.language import told, tr
from app.ui.telling import far_end
from app.ui.widgets.parts import label

_SHOWN = 20
_USUAL = frozenset({"shut", "background"})  # what a relay refuses every day, and rightly
WORDS: dict[str, Text] = {
    "auth": say("Login refused"),
    "refused": say("Connection refused"),
    "rule": say("Forbidden by its rules"),
    "timeout": say("No answer"),
    "intercepted": say("Certificate replaced"),
    "unreachable": say("Not reachable"),
    "target": say("Site not reached"),
    "private": say("Private address"),
    "own": say("Berth's own address"),
    "host-key": say("Another server key"),
    "key-file": say("Key cannot be used"),
}
_OTHER = say("Did not get through")


@dataclass(frozen=True, slots=True)
class FaultLine:
    """Faults of one kind at one host: the newest of them, when the first was, and how many."""

    fault: RelayFault
    since: datetime
    count: int


def folded(faults: Iterable[RelayFault]) -> tuple[FaultLine, ...]:
    """Newest first, without what a relay refuses every day."""
    lines: dict[tuple[str, str, int], FaultLine] = {}
    for fault in faults:
        if fault.id in _USUAL:
            continue
        key = (fault.id, fault.host, fault.port)
        before = lines.pop(key, None)  # taken out, so that the newest stands last
        lines[key] = (
            FaultLine(fault, fault.at, 1)
            if before is None
            else replace(before, fault=fault, count=before.count + 1)
        )
    return tuple(reversed(lines.values()))


def fault_text(line: FaultLine) -> str:
    """When, what, where and what to do, on up to three lines."""
    fault = line.fault
    head = (_when(line), told(WORDS.get(fault.id, _OTHER)), far_end(fault.host, fault.port))
    lines = [" · ".join(head), told(fault.text)]
    if fault.next_step is not None:
        lines.append(told(fault.next_step))
    return "\n".join(lines)


class RelayFaults(QWidget):
    """The newest of them; nothing at all where all got through."""

    def __init__(self) -> None:
        super().__init__()
        self.heading = label(tr("Not let through, or failed"), "heading")
        self.text_label = label(kind="muted", wraps=True)
        self.text_label.setObjectName("relay_faults_label")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.heading)
        column.addWidget(self.text_label)
        self.hide()

    def show_faults(self, faults: Iterable[RelayFault]) -> None:
        """Shows these."""
        lines = folded(faults)
        texts = [fault_text(line) for line in lines[:_SHOWN]]
        if len(lines) > _SHOWN:
            texts.append(tr("… and %n more", n=len(lines) - _SHOWN))
        self.text_label.setText("\n\n".join(texts))
        self.setVisible(bool(lines))


def _when(line: FaultLine) -> str:
    last = f"{line.fault.at.astimezone():%H:%M:%S}"
    if line.count == 1:
        return last
    return tr("{first} to {last}, %n times", n=line.count).format(
        first=f"{line.since.astimezone():%H:%M:%S}", last=last
    )
