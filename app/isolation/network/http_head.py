"""Heads of HTTP/1 requests and answers: read strictly, written anew without what belongs to one hop."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from app.isolation.network.targets import is_host
from app.kernel.text import Text

HEAD_LIMIT_BYTES = 64 * 1024
Headers = tuple[tuple[bytes, bytes], ...]

_REQUEST_LINE = re.compile(rb"([A-Za-z!#$%&'*+.^_`|~0-9-]{1,32}) ([\x21-\x7e\x80-\xff]+) HTTP/1\.[01]")
_STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([1-9][0-9]{2})(?: [^\r\n]*)?")
_HEADER = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\x00\r\n]*?)[ \t]*")
_AUTHORITY = re.compile(r"(?:\[([0-9A-Fa-f:.%]+)\]|([^\[\]:@/]+))(?::([0-9]{1,5}))?")
_ABSOLUTE = re.compile(r"http://([^/?#]*)(.*)", re.IGNORECASE | re.DOTALL)
_HOP = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-connection",
        b"proxy-authorization",
        b"proxy-authenticate",
        b"te",
        b"trailer",
        b"upgrade",
    }
)
_REASONS = {200: "OK", 400: "Bad Request", 411: "Length Required", 502: "Bad Gateway", 503: "Unavailable"}


class BadHead(ValueError):
    """Bytes that are not a head we pass on."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a browser asks its proxy for; `path` is empty for CONNECT."""

    method: str
    host: str
    port: int
    path: str
    headers: Headers

    @property
    def is_connect(self) -> bool:
        """Whether a tunnel is asked for."""
        return self.method == "CONNECT"

    def header(self, wanted: bytes) -> str:
        """A header's first value, empty where there is none."""
        values = (value for name, value in self.headers if name.lower() == wanted)
        return next(values, b"").decode("latin-1")

    def body_length(self) -> int:
        """Bytes of the body. Raises BadHead where that cannot be known beforehand."""
        if any(name.lower() == b"transfer-encoding" for name, _ in self.headers):
            raise BadHead
        lengths = {value for name, value in self.headers if name.lower() == b"content-length"}
        if not lengths:
            return 0
        if len(lengths) > 1 or not (text := lengths.pop()).isdigit() or len(text) > 18:
            raise BadHead
        return int(text)

    def written(self, *, absolute: bool, extra: Headers) -> bytes:
        """The head for the next hop: one request, then the connection closes."""
        authority = f"[{self.host}]" if ":" in self.host else self.host
        if self.port != 80:
            authority += f":{self.port}"
        target = f"http://{authority}{self.path}" if absolute else self.path
        kept = [(name, value) for name, value in self.headers if name.lower() not in _HOP | {b"host"}]
        lines = [
            f"{self.method} {target} HTTP/1.1".encode("latin-1"),
            b"Host: " + authority.encode("latin-1"),
            *(name + b": " + value for name, value in (*kept, *extra)),
            b"Connection: close",
        ]
        return b"\r\n".join(lines) + b"\r\n\r\n"


def read_request(head: bytes) -> Request:
    """A request in proxy form. Raises BadHead for anything else."""
    lines = _lines(head)
    line = _REQUEST_LINE.fullmatch(lines[0])
    if line is None:
        raise BadHead
    method, target = line[1].decode("ascii"), line[2].decode("latin-1")
    headers = _headers(lines[1:])
    if method == "CONNECT":
        host, port = _authority(target, None)
        return Request(method, host, port, "", headers)
    absolute = _ABSOLUTE.fullmatch(target)
    if absolute is None:
        raise BadHead
    host, port = _authority(absolute[1], 80)
    path = absolute[2].split("#", 1)[0]
    return Request(method, host, port, path if path.startswith("/") else "/" + path, headers)


def status_of(head: bytes) -> int:
    """The status code of an answer's head. Raises BadHead."""
    line = _STATUS_LINE.fullmatch(_lines(head)[0])
    if line is None:
        raise BadHead
    return int(line[1])


def rewritten_answer(head: bytes) -> bytes:
    """An answer's head that tells the browser not to use this connection again."""
    first, *rest = _lines(head)
    kept = [line for line in rest if line.partition(b":")[0].strip().lower() not in _HOP]
    return b"\r\n".join([first, *kept, b"Connection: close"]) + b"\r\n\r\n"


def has_header(head: bytes, wanted: frozenset[bytes]) -> bool:
    """Whether an answer's head has one of these headers."""
    return any(line.partition(b":")[0].strip().lower() in wanted for line in _lines(head)[1:])


def page(status: int, title: Text, advice: Text | None = None, languages: str | None = None) -> bytes:
    """A small whole answer with one or two sentences of Berth's, and the languages that were sent."""
    lines = [f"<h1>{html.escape(title.english())}</h1>"]
    if advice is not None:
        lines.append(f"<p>{html.escape(advice.english())}</p>")
    if languages is not None:
        lines.append(f'<p id="languages">{html.escape(languages)}</p>')
    body = (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Berth</title>'
        "<style>body{font:16px/1.5 system-ui,sans-serif;max-width:34em;margin:18vh auto;padding:0 1em;"
        "color:#1c2733}h1{font-size:1.25em}p{color:#53616e}</style>" + "".join(lines) + "</html>"
    ).encode()
    head = (
        f"HTTP/1.1 {status} {_REASONS[status]}\r\nContent-Type: text/html; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n"
    )
    return head.encode("ascii") + body


def split_authority(text: str, default_port: int | None) -> tuple[str, int]:
    """Host without brackets, and port. Raises BadHead."""
    return _authority(text, default_port)


def _authority(text: str, default_port: int | None) -> tuple[str, int]:
    found = _AUTHORITY.fullmatch(text)
    if found is None:
        raise BadHead
    host = (found[1] or found[2]).lower()
    port = int(found[3]) if found[3] else default_port
    if port is None or not 0 < port <= 65535 or not is_host(host):
        raise BadHead
    return host, port


def _lines(head: bytes) -> list[bytes]:
    return head.rstrip(b"\r\n").replace(b"\r\n", b"\n").split(b"\n")


def _headers(lines: list[bytes]) -> Headers:
    found = [_HEADER.fullmatch(line) for line in lines]
    if any(match is None for match in found):
        raise BadHead
    return tuple((match[1], match[2]) for match in found if match is not None)
