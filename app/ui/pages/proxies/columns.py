"""The columns of the list of proxies, as a table that model and painter read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from app.isolation.proxies import Proxy
from app.kernel.text import Text, say
from app.ui.language import told, tr
from app.ui.pages.proxies.faults import fault_of
from app.ui.telling import ago, country_title, exact, far_end, number, until


@dataclass(frozen=True, slots=True)
class Seen:
    """What a cell's text is made from."""

    row: Proxy
    now: datetime


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `sort` is the core's key; empty where the list is not sorted by it."""

    id: str
    title: Text
    width_px: int
    text: Callable[[Seen], str]
    sort: str = ""
    tip: Callable[[Seen], str] | None = None
    ascends_first: bool = True


def address(proxy: Proxy) -> str:
    """Host and port."""
    return far_end(proxy.host, proxy.port)


def _exit_text(seen: Seen) -> str:
    found = seen.row.exit
    return f"{found.country} {found.ip} · {found.latency_ms} ms".strip() if found is not None else ""


def _exit_tip(seen: Seen) -> str:
    found = seen.row.exit
    if found is None:
        return ""
    text = tr("{country}, {ip}, {ms} ms").format(
        country=country_title(found.country), ip=found.ip, ms=found.latency_ms
    )
    return "\n".join([text, *exit_notes(seen.row)])


def exit_notes(proxy: Proxy) -> list[str]:
    """In few words, why an exit is not its stores' alone; the pane says it in full."""
    notes = []
    if proxy.used_by > 1:
        notes.append(tr("%n store(s) share it", n=proxy.used_by))
    if proxy.exit_others:
        notes.append(tr("%n other store(s) came out there, now or before", n=proxy.exit_others))
    if proxy.exit_twins:
        notes.append(tr("%n other proxy(ies) come out there", n=proxy.exit_twins))
    return notes


def _used_tip(seen: Seen) -> str:
    text = tr("%n store(s)", n=seen.row.used_by)
    if seen.row.last_used is None:
        return text
    return f"{text}\n" + tr("Last used {when}").format(when=exact(seen.row.last_used))


def _checked_text(seen: Seen) -> str:
    problem = seen.row.check_problem
    if problem is not None:
        return told(fault_of(problem).words)
    return ago(seen.row.checked, seen.now) or tr("never")


def _checked_tip(seen: Seen) -> str:
    problem = seen.row.check_problem
    lines = [told(problem.text)] if problem is not None else []
    if seen.row.checked is not None:
        lines.append(tr("Checked {when}").format(when=exact(seen.row.checked)))
    return "\n".join(lines)


COLUMNS: tuple[Column, ...] = (
    Column("name", say("Name"), 152, lambda seen: seen.row.name, "name", lambda seen: seen.row.name),
    Column("kind", say("Kind"), 72, lambda seen: seen.row.kind.value.upper(), "kind"),
    Column(
        "address", say("Address"), 148, lambda seen: address(seen.row), "host", lambda seen: address(seen.row)
    ),
    Column("exit", say("Exit"), 180, _exit_text, "exit", _exit_tip),
    Column("checked", say("Checked"), 102, _checked_text, "checked", _checked_tip, ascends_first=False),
    Column(
        "expires",
        say("Expires"),
        76,
        lambda seen: until(seen.row.expires, seen.now),
        "expires",
        lambda seen: exact(seen.row.expires)[:10],
    ),
    Column(
        "used",
        say("Used by"),
        70,
        lambda seen: number(seen.row.used_by) if seen.row.used_by else "",
        "used",
        _used_tip,
        ascends_first=False,
    ),
    Column("user", say("User"), 110, lambda seen: seen.row.username, tip=lambda seen: seen.row.username),
    Column("provider", say("Provider"), 120, lambda seen: seen.row.provider, "provider"),
)
COLUMN_AT = {column.id: at for at, column in enumerate(COLUMNS)}
