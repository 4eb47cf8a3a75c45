"""The internet of the lab: names, sites, proxies, STUN, TURN and a deaf port for QUIC; each counts."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import ipaddress
import json
import socket
import ssl
import struct
from pathlib import Path
from typing import Any, Self

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from app.demo.internet.proxies import LocalHttpProxy, LocalProxy, LocalSocksProxy
from app.demo.internet.web import Request, Response, Site
from app.kernel.jobs import CoreThread
from tests.network.trust import trust_for
from tests.support.lab.namespaces import PROXY, ROUTER, ROUTER_V6, SITE, SITE_V6, enter
from tests.support.lab.pages import (
    EVERYTHING,
    PLAIN,
    POLLING,
    STUN_PORT,
    TURNS_PORT,
    WORKER,
    WS_PORT,
    WSS_PORT,
)

_LIMIT_S = 20.0
_STUN_MAGIC = b"\x21\x12\xa4\x42"
ECHO_URL = "http://echo.lab/json"
SHOP_URL = "https://shop.lab/everything"


class LabInternet:
    """Everything at the far end of the cable. Threads: start and stop it from one, read it from any."""

    def __init__(self, namespace: str, folder: Path) -> None:
        self.http_proxy: LocalProxy = _HttpProxy({}, PROXY)
        self.socks_proxy: LocalProxy = _SocksProxy({}, PROXY)
        self.asked: list[str] = []
        self.datagrams: list[int] = []  # the ports at which one arrived
        self.dialled: list[int] = []
        self.reports: dict[str, Any] = {}
        self.polls: list[str] = []
        self._trust = trust_for(folder, "shop.lab", "*.lab", SITE, SITE_V6)
        self.key_hash = _key_hash(folder / "both.pem")
        self._plain = _FixedSite(self._handle, 80, None)
        self._secure = _FixedSite(self._handle, 443, self._trust.server)
        self._thread = _ThreadIn(namespace)
        self._endings: list[Any] = []

    def __enter__(self) -> Self:
        self._thread.start()
        self._thread.run(self._start(), _LIMIT_S)
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._thread.run(self._stop(), _LIMIT_S)
        finally:
            self._thread.stop()

    @property
    def proxies(self) -> tuple[tuple[str, int], ...]:
        """Where the two proxies listen."""
        return tuple((proxy.address, proxy.port) for proxy in (self.http_proxy, self.socks_proxy))

    def kill(self, proxy: LocalProxy) -> None:
        """Lets a proxy die, every connection with it."""

        async def die() -> None:
            proxy.kill()

        self._thread.run(die(), _LIMIT_S)

    def revive(self, proxy: LocalProxy) -> None:
        """Brings it back to the same port."""
        self._thread.run(proxy.revive(), _LIMIT_S)

    async def _start(self) -> None:
        loop = asyncio.get_running_loop()
        for site in (self._plain, self._secure):
            await site.start("")
        for proxy in (self.http_proxy, self.socks_proxy):
            await proxy.start(PROXY)
        for address, port in (
            *((ROUTER, 53), (ROUTER_V6, 53)),
            *((address, port) for address in (SITE, SITE_V6, ROUTER) for port in (STUN_PORT, 443)),
        ):
            transport, _ = await loop.create_datagram_endpoint(
                lambda port=port: _Datagrams(self, port), local_addr=(address, port)
            )
            self._endings.append(transport)
        for port in (STUN_PORT, TURNS_PORT):
            self._endings.append(await asyncio.start_server(self._count(port), [SITE, SITE_V6], port))
        self._sockets = [
            await serve(_echo, [SITE, SITE_V6], WS_PORT),
            await serve(_echo, [SITE, SITE_V6], WSS_PORT, ssl=self._trust.server),
        ]

    async def _stop(self) -> None:
        for proxy in (self.http_proxy, self.socks_proxy):
            await proxy.stop()
        for ending in self._endings:
            ending.close()
        for server in self._sockets:
            server.close()
            await server.wait_closed()
        for site in (self._plain, self._secure):
            await site.stop()

    def _count(self, port: int) -> Any:
        async def met(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.dialled.append(port)
            try:
                while await reader.read(4096):
                    pass
            except OSError:
                pass
            finally:
                writer.close()

        return met

    def _handle(self, request: Request) -> Response:
        run = request.query.get("run", "")
        match request.path:
            case "/json":
                facts = {"ip": request.source, "country": "US", "timezone": "America/New_York"}
                return Response(json.dumps(facts).encode(), "application/json")
            case "/everything":
                return _offering(EVERYTHING.encode())
            case "/polling":
                return _offering(POLLING.encode())
            case "/worker.js":
                return Response(WORKER.encode(), "text/javascript")
            case "/report":
                self.reports[run] = json.loads(request.body)
                return Response(b"")
            case "/poll":
                self.polls.append(run)
                return Response(b"")
            case "/file.bin":
                return Response(bytes(100_000), "application/octet-stream")
        return _offering(PLAIN.encode())


class _ThreadIn(CoreThread):
    """A core thread that lives in a namespace, with every socket that it makes."""

    def __init__(self, namespace: str) -> None:
        super().__init__("berth-lab-internet")
        self._namespace = namespace

    def _main(self) -> None:
        enter(self._namespace)
        super()._main()


class _FixedSite(Site):
    """A site at the port where browsers look for it."""

    def __init__(self, handle: Any, port: int, context: ssl.SSLContext | None) -> None:
        super().__init__("lab", handle)
        self.port = port
        self._context = context

    async def start(self, address: str) -> None:
        self._server = await asyncio.start_server(
            self._serve, [SITE, SITE_V6, ROUTER], self.port, ssl=self._context
        )


async def _reach_any(
    proxy: LocalProxy, name: str, port: int
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """All names lead to the one address of the sites; addresses are themselves."""
    try:
        address = str(ipaddress.ip_address(name))
    except ValueError:
        address = SITE
    here = {"local_addr": (PROXY, 0)} if ":" not in address else {}
    reader, writer = await asyncio.open_connection(address, port, **here)
    proxy._writers.add(writer)
    return reader, writer


class _HttpProxy(LocalHttpProxy):
    async def _reach(self, name: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await _reach_any(self, name, port)


class _SocksProxy(LocalSocksProxy):
    async def _reach(self, name: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await _reach_any(self, name, port)


class _Datagrams(asyncio.DatagramProtocol):
    """Answers names at port 53 and STUN at 3478; at 443 it only counts."""

    def __init__(self, lab: LabInternet, port: int) -> None:
        self._lab = lab
        self._port = port
        self._transport: asyncio.DatagramTransport

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self._lab.datagrams.append(self._port)
        if self._port == 53:
            name, answer = _name_answer(data)
            self._lab.asked.append(name)
            self._transport.sendto(answer, addr)
        elif self._port == STUN_PORT and data[4:8] == _STUN_MAGIC and data[:2] == b"\x00\x01":
            self._transport.sendto(_stun_answer(data, addr), addr)


async def _echo(connection: ServerConnection) -> None:
    with contextlib.suppress(ConnectionClosed):
        async for message in connection:
            await connection.send(message)


def _offering(body: bytes) -> Response:
    """A page from a server that would rather speak HTTP/3."""
    return Response(body, headers=(("Alt-Svc", 'h3=":443"; ma=3600'),))


def _name_answer(query: bytes) -> tuple[str, bytes]:
    """Every name has both addresses of the lab's sites."""
    labels, at = [], 12
    while query[at]:
        labels.append(query[at + 1 : at + 1 + query[at]].decode("ascii", "replace"))
        at += 1 + query[at]
    kind = struct.unpack_from("!H", query, at + 1)[0]
    address = {1: socket.inet_aton(SITE), 28: socket.inet_pton(socket.AF_INET6, SITE_V6)}.get(kind)
    question = query[12 : at + 5]
    head = query[:2] + struct.pack("!HHHHH", 0x8180, 1, int(address is not None), 0, 0)
    record = b"" if address is None else struct.pack("!HHHIH", 0xC00C, kind, 1, 60, len(address)) + address
    return ".".join(labels), head + question + record


def _stun_answer(request: bytes, addr: Any) -> bytes:
    """A binding response: the address from which the request came."""
    ip = ipaddress.ip_address(addr[0].split("%")[0])
    mask = request[4:20]
    packed = bytes(a ^ b for a, b in zip(ip.packed, mask, strict=False))
    family = 1 if ip.version == 4 else 2
    value = struct.pack("!BBH", 0, family, addr[1] ^ 0x2112) + packed
    attribute = struct.pack("!HH", 0x0020, len(value)) + value
    return struct.pack("!HH", 0x0101, len(attribute)) + request[4:20] + attribute


def _key_hash(pem: Path) -> str:
    """How Chromium is told of a certificate that it shall trust: by the hash of its key."""
    certificate = x509.load_pem_x509_certificate(pem.read_bytes())
    info = certificate.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return base64.b64encode(hashlib.sha256(info).digest()).decode()
