"""Reads many lines, each as a proxy: good, known already, to be read in two ways, or wrong.

Every usual proxy string; NAME|host|port|user|password|kind; and tables with a head such as host,port,user.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import IO, TYPE_CHECKING

from app.isolation.network.proxy_string import (
    ProxyString,
    ProxyStringAmbiguous,
    from_parts,
    looks_like_port,
    parse,
    write,
)
from app.isolation.plan import ProxyKind
from app.isolation.profile import MAX_LABEL
from app.kernel.errors import Problem
from app.kernel.text import Text, say

if TYPE_CHECKING:
    from app.isolation.proxies import Proxies

LONGEST_LINE = 2_100  # the parser's own limit, and a little, so that it is the parser that refuses
_CHUNK = 500
_MOST_CELLS = 40
FarEnd = tuple[ProxyKind, str, int, str]

_HEADS = {
    "host": ("host", "ip", "address", "server", "proxy", "hostname", "ip address", "主机", "地址", "代理ip"),
    "port": ("port", "端口"),
    "username": ("user", "username", "login", "user name", "账号", "用户名", "帐号"),
    "password": ("pass", "password", "pwd", "密码"),
    "kind": ("type", "kind", "protocol", "scheme", "proxy type", "类型", "协议"),
    "name": ("name", "label", "title", "名称", "名字", "备注"),
    "provider": ("provider", "seller", "vendor", "供应商", "服务商"),
    "expires": ("expires", "expiry", "expires at", "end", "valid until", "到期", "到期时间", "到期日"),
    "change": (
        "change ip",
        "change_ip",
        "change ip url",
        "change_ip_url",
        "rotation url",
        "refresh url",
        "换ip链接",
    ),
    "price": ("price", "cost", "价格"),
}
_COLUMN_OF = {word: name for name, words in _HEADS.items() for word in words}
_SIGNS = (",", ";", "\t", "|")
_DAY = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")


class Standing(StrEnum):
    """What a line turned out to be."""

    GOOD = "good"
    KNOWN = "known"
    AMBIGUOUS = "ambiguous"
    WRONG = "wrong"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is not empty. Its `readings` hold the password, and are never shown whole."""

    number: int
    standing: Standing
    readings: tuple[ProxyString, ...] = ()
    note: Text | None = None
    name: str = ""
    provider: str = ""
    price: str = ""
    expires: datetime | None = None

    @property
    def text(self) -> str:
        """The canonical form for the core."""
        chosen = self.readings[0]
        change = f"[{chosen.change_ip_url}]" if chosen.change_ip_url else ""
        return write(chosen.upstream) + change

    @property
    def far_end(self) -> FarEnd:
        """What makes two proxies the same."""
        far = self.readings[0].upstream
        return far.kind, far.host.lower(), far.port, far.username


@dataclass(slots=True)
class Reader:
    """Reads lines one by one. `known` are the names of saved proxies by their far ends.

    `order` 0 or 1 decides every line with two readings: address first, or login first.
    """

    known: dict[FarEnd, str]
    order: int | None = None
    seen: dict[FarEnd, int] = field(default_factory=dict)
    _columns: dict[str, int] = field(default_factory=dict)
    _sign: str = ""
    _has_begun: bool = False

    def read(self, number: int, raw: str) -> Line | None:
        """What a line is; None for an empty one, a comment and a table's head."""
        text = raw.strip().removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
        if not text or text.startswith("#"):
            return None
        if not self._has_begun:
            self._has_begun = True
            if self._takes_head(text):
                return None
        try:
            line = self._row(number, text) if self._columns else _read_line(number, text)
        except ProxyStringAmbiguous as problem:
            line = Line(number, Standing.AMBIGUOUS, problem.readings)
            if self.order is not None:
                line = Line(number, Standing.GOOD, (problem.readings[self.order],))
        except Problem as problem:
            return Line(number, Standing.WRONG, note=problem.text)
        return judge(line, self.known, self.seen)

    def _takes_head(self, text: str) -> bool:
        for sign in _SIGNS:
            names = [_COLUMN_OF.get(cell.strip().lower(), "") for cell in _cells(text, sign)]
            if "host" in names and len(names) > 1 and len([name for name in names if name]) > 1:
                self._sign = sign
                self._columns = {name: at for at, name in reversed(list(enumerate(names))) if name}
                return True
        return False

    def _row(self, number: int, text: str) -> Line:
        cells = _cells(text, self._sign)

        def cell(name: str) -> str:
            at = self._columns.get(name, -1)
            return cells[at].strip() if 0 <= at < len(cells) else ""

        if cell("port"):
            login = (cell("username"), cell("password"))
            found = from_parts(cell("kind"), cell("host"), cell("port"), *login, cell("change"))
        else:
            found = parse(cell("host"))
        return Line(
            number,
            Standing.GOOD,
            (found,),
            name=cell("name")[:MAX_LABEL],
            provider=cell("provider")[:MAX_LABEL],
            price=cell("price")[:MAX_LABEL],
            expires=end_of_day(cell("expires")),
        )


def judge(line: Line, known: dict[FarEnd, str], seen: dict[FarEnd, int]) -> Line:
    """A good line again, or known where its far end is saved or stood above."""
    if line.standing is not Standing.GOOD:
        return line
    end = line.far_end
    if end in known:
        return replace(line, standing=Standing.KNOWN, note=say("Saved already as {name}", name=known[end]))
    if end in seen:
        return replace(line, standing=Standing.KNOWN, note=say("The same as line {number}", number=seen[end]))
    seen[end] = line.number
    return line


def decide(lines: Iterable[Line], number: int | None, way: int, known: dict[FarEnd, str]) -> tuple[Line, ...]:
    """Takes one reading of a line (None: of every line that has two); 0 is address first, 1 login first."""
    decided = [
        replace(line, standing=Standing.GOOD, readings=(line.readings[way],), note=None)
        if line.standing is Standing.AMBIGUOUS and number in (None, line.number) and way < len(line.readings)
        else line
        for line in lines
    ]
    seen: dict[FarEnd, int] = {}
    return tuple(judge(line, known, seen) for line in decided)


def known_far_ends(proxies: Proxies) -> dict[FarEnd, str]:
    """The names of all saved proxies by their far ends. Threads: any; reads the vault."""
    ids, found = proxies.ids(), {}
    for start in range(0, len(ids), _CHUNK):
        for proxy in proxies.rows(ids[start : start + _CHUNK]):
            found[(proxy.kind, proxy.host, proxy.port, proxy.username)] = proxy.name
    return found


def lines_of(file: IO[bytes]) -> Iterator[tuple[int, str]]:
    """Numbered lines of a file of any size; of one that is far too long, its beginning.

    Bytes that are no text become characters that the parser refuses.
    """
    number = 0
    while raw := file.readline(LONGEST_LINE * 4):
        number += 1
        rest = raw
        while not rest.endswith(b"\n") and (rest := file.readline(LONGEST_LINE * 4)):
            pass
        text = raw.decode("utf-8", "surrogateescape").rstrip("\r\n")
        yield number, text[:LONGEST_LINE]


def end_of_day(text: str) -> datetime | None:
    """The last second of a day as this machine has it; None where there is none to be read."""
    found = _DAY.match(text.strip())
    if found is None:
        return None
    try:
        day = date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None
    return datetime.combine(day, time(23, 59, 59)).astimezone(UTC)


def _read_line(number: int, text: str) -> Line:
    for sign in ("|", "\t", ",", ";"):
        if sign in text:
            cells = [cell.strip() for cell in _cells(text, sign)]
            if (line := _parts(number, cells)) is not None:
                return line
    return Line(number, Standing.GOOD, (parse(text),))


def _parts(number: int, cells: Sequence[str]) -> Line | None:
    """host, port, user, password, kind, with or without a name before them; None for anything else."""
    if len(cells) in (2, 4, 5) and looks_like_port(cells[1]) and ":" not in cells[0]:
        host, port, *login = cells
        return Line(number, Standing.GOOD, (_from_cells(host, port, login),))
    if len(cells) in (3, 5, 6) and looks_like_port(cells[2]) and ":" not in cells[1]:
        name, host, port, *login = cells
        return Line(number, Standing.GOOD, (_from_cells(host, port, login),), name=name[:MAX_LABEL])
    return None


def _from_cells(host: str, port: str, login: Sequence[str]) -> ProxyString:
    username, password, kind = (*login, "", "", "")[:3]
    return from_parts(kind, host, port, username, password)


def _cells(text: str, sign: str) -> list[str]:
    try:
        return next(csv.reader([text], delimiter=sign))[:_MOST_CELLS]
    except (csv.Error, StopIteration):
        return text.split(sign)[:_MOST_CELLS]
