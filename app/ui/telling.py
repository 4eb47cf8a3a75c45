"""Times, numbers and places as people read them, in the language of now."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QLocale

from app.isolation.fingerprint.timezones import country_name
from app.isolation.plan import ProxyKind
from app.ui.language import told, tr

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400


def ago(moment: datetime | None, now: datetime) -> str:
    """How long ago something was, in one unit; the date from a month on."""
    if moment is None:
        return ""
    seconds = (now - moment).total_seconds()
    if seconds < _MINUTE:
        return tr("just now")
    if seconds < _HOUR:
        return tr("%n min ago", n=int(seconds // _MINUTE))
    if seconds < _DAY:
        return tr("%n h ago", n=int(seconds // _HOUR))
    if seconds < 30 * _DAY:
        return tr("%n d ago", n=int(seconds // _DAY))
    return day(moment)


def until(moment: datetime | None, now: datetime) -> str:
    """How long something still lasts."""
    if moment is None:
        return ""
    days = (moment - now).total_seconds() / _DAY
    if days < 0:
        return tr("expired")
    if days < 1:
        return tr("today")
    if days < 60:
        return tr("in %n d", n=int(days))
    return day(moment)


def day(moment: datetime) -> str:
    """A date."""
    return moment.astimezone().strftime("%Y-%m-%d")


def exact(moment: datetime | None) -> str:
    """Date and time as 2027-03-31 14:05:00, the same in every language, for tooltips."""
    if moment is None:
        return ""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def number(value: int) -> str:
    """A number with its digits grouped."""
    return QLocale().toString(value)


def country_title(market: str) -> str:
    """A market's country in the language of now; its code where no such country is known."""
    return told(country_name(market)) if market else ""


def named(name: str, value: str) -> str:
    """A value after its name, for screen readers and short lines."""
    return tr("{name}: {value}").format(name=name, value=value)


def beside(text: str, more: str) -> str:
    """A text, and in brackets what is worth knowing beside it."""
    return tr("{text} ({more})").format(text=text, more=more)


def far_end(host: str, port: int) -> str:
    """Host and port as one writes them together; an IPv6 address stands in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def proxy_words(kind: ProxyKind, host: str, port: int, username: str) -> str:
    """A proxy without its password."""
    parts = [kind.value.upper(), far_end(host, port)]
    if username:
        parts.append(tr("user {name}").format(name=username))
    return " · ".join(parts)
