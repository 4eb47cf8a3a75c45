"""The columns of the list of stores, as a table that model, painter and column menu read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from app.isolation.profile_listing import ProfileRow
from app.kernel.text import Text, say
from app.ui.language import told, tr
from app.ui.pages.stores.words import STATUS_TEXTS, platform_and_market
from app.ui.telling import ago, beside, exact, number, until
from app.ui.window_states import WindowStates


@dataclass(frozen=True, slots=True)
class Seen:
    """What a cell's text is made from."""

    row: ProfileRow
    states: WindowStates
    now: datetime


@dataclass(frozen=True, slots=True)
class Column:
    """One column, at first no narrower than `least_px`.

    `sort` is the core's key; empty where the list is sorted by what windows are doing.
    """

    id: str
    title: Text
    least_px: int
    text: Callable[[Seen], str]
    sort: str = ""
    tip: Callable[[Seen], str] | None = None
    ascends_first: bool = True


def _exit_text(seen: Seen) -> str:
    found = seen.row.profile.exit
    if found is None:
        return tr("direct", "network path") if seen.row.proxy is None else ""
    return f"{found.country} {found.ip}".strip()


def _exit_tip(seen: Seen) -> str:
    profile, proxy = seen.row.profile, seen.row.proxy
    lines = []
    if profile.exit is not None:
        lines.append(tr("Exit {ip}, seen {when}").format(ip=profile.exit.ip, when=exact(profile.exit_seen)))
    if proxy is None:
        lines.append(tr("No proxy: stores see this computer's own address."))
    else:
        lines.append(tr("Proxy: {name}").format(name=beside(proxy.name, proxy.kind.value)))
    return "\n".join(lines)


def _expires(seen: Seen) -> str:
    return until(seen.row.proxy.expires, seen.now) if seen.row.proxy is not None else ""


def _expires_tip(seen: Seen) -> str:
    return exact(seen.row.proxy.expires) if seen.row.proxy is not None else ""


def _unread(seen: Seen) -> str:
    count = seen.states.unread(seen.row.profile.id)
    return number(count) if count else ""


COLUMNS: tuple[Column, ...] = (
    Column("number", say("No."), 64, lambda seen: seen.row.profile.shown_number, "number"),
    Column(
        "name",
        say("Store"),
        148,
        lambda seen: seen.row.profile.name,
        "name",
        lambda seen: seen.row.profile.name,
    ),
    Column(
        "platform",
        say("Platform · market"),
        142,
        lambda seen: platform_and_market(seen.row.profile.platform, seen.row.profile.market),
        "platform",
    ),
    Column("status", say("Account"), 100, lambda seen: told(STATUS_TEXTS[seen.row.profile.status]), "status"),
    Column("window", say("Window"), 106, lambda seen: told(seen.states.doing_text(seen.row.profile.id))),
    Column("exit", say("Exit"), 144, _exit_text, "exit", _exit_tip),
    Column("expires", say("Proxy expires"), 104, _expires, "expires", _expires_tip),
    Column("unread", say("Unread"), 66, _unread, ascends_first=False),
    Column("operator", say("Responsible"), 96, lambda seen: seen.row.profile.operator, "operator"),
    Column("group", say("Group"), 110, lambda seen: seen.row.profile.group, "group"),
    Column("tags", say("Tags"), 120, lambda seen: ", ".join(seen.row.profile.tags), "tags"),
    Column(
        "opened",
        say("Last opened"),
        104,
        lambda seen: ago(seen.row.profile.last_opened, seen.now),
        "opened",
        lambda seen: exact(seen.row.profile.last_opened),
        ascends_first=False,
    ),
    Column("acts", say("Open · front · close"), 94, lambda _seen: ""),
)
COLUMN_AT = {column.id: at for at, column in enumerate(COLUMNS)}
