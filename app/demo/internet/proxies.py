"""Two proxies that want a password, HTTP and SOCKS5, each with its own exit and switches for tests."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import ipaddress
import secrets
import socket
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from urllib.parse import urlsplit

import h11

from app.demo.internet.web import end, let_go
from app.isolation.plan import ProxyKind, Upstream
from app.kernel.secret import Secret

_READ_BYTES = 65536
_HANDSHAKE_LIMIT_S = 60.0
_ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"
_SOCKS_OK, _SOCKS_NOT_ALLOWED, _SOCKS_NO_HOST, _SOCKS_REFUSED = 0, 2, 4, 5


class Behaviour(Enum):
    """How a proxy treats whoever comes."""

    NORMAL = "normal"
    WRONG_PASSWORD = "wrong password"  # noqa: S105 - the name of a switch
    HANG = "hang"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Visit:
    """One thing a proxy was asked to reach; `name` as it was given, `user` who asked."""

    name: str
    port: int
    user: str
    method: str


class NoSuchHost(OSError):
    """A name that the local internet does not have."""


class LocalProxy(ABC):
    """A proxy that alone knows the local internet's names.

    Threads: `behaviour` and `die_after` may be set from any; `log` may be read from any.
    """

    kind: ProxyKind

    def __init__(self, names: Mapping[str, str], exit_ip: str) -> None:
        self.username = "user-" + secrets.token_hex(4)
        self.password = secrets.token_urlsafe(12)
        self.exit_ip = exit_ip
        self.behaviour = Behaviour.NORMAL
        self.die_after: int | None = None
        self.log: list[Visit] = []
        self.connections = 0
        self.address = ""
        self.port = 0
        self._names = names
        self._server: asyncio.Server | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._serving: set[asyncio.Task[None] | None] = set()

    @property
    def upstream(self) -> Upstream:
        """What a profile needs to know to use this proxy."""
        return Upstream(self.kind, self.address, self.port, self.username, Secret(self.password))

    @property
    def live(self) -> int:
        """Connections open right now, to browsers and to sites."""
        return len(self._writers)

    async def start(self, address: str) -> None:
        """Listens; again on the same port after `kill`."""
        self._loop = asyncio.get_running_loop()
        self._server = await asyncio.start_server(self._serve, address, self.port)
        self.address, self.port = address, self._server.sockets[0].getsockname()[1]

    async def revive(self) -> None:
        """Comes back on the same port."""
        await self.start(self.address)

    def kill(self) -> None:
        """Dies as a killed process does: no listener, every connection broken. Threads: the loop's only."""
        if self._server is not None:
            self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()

    async def stop(self) -> None:
        """Ends for good."""
        if self._server is not None:
            await end(self._server, self._writers, self._serving)

    @abstractmethod
    async def _negotiate(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Speaks the proxy's protocol, then pumps."""

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.add(writer)
        self._serving.add(asyncio.current_task())
        try:
            if self.behaviour is Behaviour.HANG:
                with contextlib.suppress(OSError):
                    while await reader.read(_READ_BYTES):
                        pass
            else:
                with contextlib.suppress(OSError, EOFError, ValueError, h11.ProtocolError):
                    await self._negotiate(reader, writer)
        finally:
            await let_go(writer, self._writers)
            self._serving.discard(asyncio.current_task())

    async def _reach(self, name: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection to a site from this proxy's exit address. Raises OSError."""
        address = self._names.get(name.rstrip(".").lower(), name)
        if address not in self._names.values():
            raise NoSuchHost(name)
        reader, writer = await asyncio.open_connection(address, port, local_addr=(self.exit_ip, 0))
        self._writers.add(writer)
        return reader, writer

    async def _pump(
        self,
        browser: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        site: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    ) -> None:
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._copy(browser[0], site[1], None))
                both.create_task(self._copy(site[0], browser[1], self.die_after))
        except ExceptionGroup as group:
            if group.split(OSError)[1] is not None:
                raise
        finally:
            await let_go(site[1], self._writers)

    async def _copy(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, die_after: int | None
    ) -> None:
        copied = 0
        while content := await reader.read(_READ_BYTES):
            copied += len(content)
            if die_after is not None and copied > die_after:
                self.kill()
                return
            writer.write(content)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()


class LocalHttpProxy(LocalProxy):
    """CONNECT and absolute-form requests, with a Basic login."""

    kind = ProxyKind.HTTP

    async def _negotiate(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        http = h11.Connection(h11.SERVER)
        request, body = await _read_request(http, reader)
        headers = {name: value.decode("latin-1") for name, value in request.headers}
        user = self._user(headers.get(b"proxy-authorization", ""))
        if user is None or self.behaviour is Behaviour.WRONG_PASSWORD:
            await _short(
                writer, b"407 Proxy Authentication Required", b'Proxy-Authenticate: Basic realm="p"\r\n'
            )
            return
        if self.behaviour is Behaviour.REFUSE:
            await _short(writer, b"403 Forbidden")
            return
        method, target = request.method.decode("ascii"), request.target.decode("latin-1")
        where = urlsplit(f"//{target}" if method == "CONNECT" else target)
        name, port = where.hostname or "", where.port or 80
        self.log.append(Visit(name, port, user, method))
        try:
            site = await self._reach(name, port)
        except OSError:
            await _short(writer, b"502 Bad Gateway")
            return
        if method == "CONNECT":
            writer.write(_ESTABLISHED)
            site[1].write(http.trailing_data[0])
        else:
            path = (where.path or "/") + (f"?{where.query}" if where.query else "")
            site[1].write(_origin_form(request, path) + body)
        await self._pump((reader, writer), site)

    def _user(self, header: str) -> str | None:
        kind, _, encoded = header.partition(" ")
        if kind.lower() != "basic":
            return None
        user, _, password = base64.b64decode(encoded).decode("utf-8", "replace").partition(":")
        return user if (user, password) == (self.username, self.password) else None


class LocalSocksProxy(LocalProxy):
    """SOCKS5 with a login; names only, or addresses of the local internet."""

    kind = ProxyKind.SOCKS5

    async def _negotiate(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with asyncio.timeout(_HANDSHAKE_LIMIT_S):
            user = await self._sign_in(reader, writer)
            if user is None:
                return
            name, port = await _read_target(reader)
        if self.behaviour is Behaviour.REFUSE:
            await _socks_answer(writer, _SOCKS_NOT_ALLOWED)
            return
        self.log.append(Visit(name, port, user, "CONNECT"))
        try:
            site = await self._reach(name, port)
        except OSError as error:
            await _socks_answer(writer, _SOCKS_NO_HOST if isinstance(error, NoSuchHost) else _SOCKS_REFUSED)
            return
        await _socks_answer(writer, _SOCKS_OK)
        await self._pump((reader, writer), site)

    async def _sign_in(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str | None:
        version, count = await reader.readexactly(2)
        methods = await reader.readexactly(count)
        if version != 5 or 2 not in methods:
            writer.write(b"\x05\xff")
            await writer.drain()
            return None
        writer.write(b"\x05\x02")
        _, size = await reader.readexactly(2)
        user = (await reader.readexactly(size)).decode()
        password = (await reader.readexactly((await reader.readexactly(1))[0])).decode()
        is_right = (user, password) == (self.username, self.password)
        is_right = is_right and self.behaviour is not Behaviour.WRONG_PASSWORD
        writer.write(b"\x01\x00" if is_right else b"\x01\x01")
        await writer.drain()
        return user if is_right else None


async def _read_request(http: h11.Connection, reader: asyncio.StreamReader) -> tuple[h11.Request, bytes]:
    request: h11.Request | None = None
    body = bytearray()
    async with asyncio.timeout(_HANDSHAKE_LIMIT_S):
        while True:
            event = http.next_event()
            if event is h11.NEED_DATA:
                http.receive_data(await reader.read(_READ_BYTES))
            elif isinstance(event, h11.Request):
                request = event
            elif isinstance(event, h11.Data):
                body += event.data
            elif isinstance(event, h11.EndOfMessage) and request is not None:
                return request, bytes(body)
            else:
                raise EOFError


async def _read_target(reader: asyncio.StreamReader) -> tuple[str, int]:
    _, _, _, kind = await reader.readexactly(4)
    if kind == 3:
        name = (await reader.readexactly((await reader.readexactly(1))[0])).decode("ascii")
    else:
        name = str(ipaddress.ip_address(await reader.readexactly(4 if kind == 1 else 16)))
    return name, int.from_bytes(await reader.readexactly(2), "big")


async def _socks_answer(writer: asyncio.StreamWriter, code: int) -> None:
    writer.write(bytes((5, code, 0, 1)) + socket.inet_aton("0.0.0.0") + b"\x00\x00")  # noqa: S104 - no address
    await writer.drain()


async def _short(writer: asyncio.StreamWriter, status: bytes, headers: bytes = b"") -> None:
    writer.write(
        b"HTTP/1.1 " + status + b"\r\n" + headers + b"Content-Length: 0\r\nConnection: close\r\n\r\n"
    )
    await writer.drain()


def _origin_form(request: h11.Request, path: str) -> bytes:
    lines = [request.method + b" " + path.encode("latin-1") + b" HTTP/1.1"]
    lines += [
        name + b": " + value
        for name, value in request.headers
        if name not in (b"connection", b"proxy-connection", b"proxy-authorization", b"transfer-encoding")
    ]
    return b"\r\n".join([*lines, b"Connection: close"]) + b"\r\n\r\n"
