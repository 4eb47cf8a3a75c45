"""Every packet that leaves a machine by its cable, by kind; those to the proxy apart."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

from tests.support.lab.namespaces import CABLE, inside

_EVERY_PROTOCOL = 0x0003
_OUTGOING = 4
_BUFFER_BYTES = 32 * 1024 * 1024
_IPV4, _IPV6, _ARP = 0x0800, 0x86DD, 0x0806
_TCP, _UDP, _ICMP, _IGMP, _ICMPV6, _HOP_BY_HOP = 6, 17, 1, 2, 58, 0
# What an operating system says on a cable by itself: neighbours, routers, multicast groups.
_NOISE = frozenset({130, 131, 132, 133, 134, 135, 136, 137, 143})
_BY_PORT = {53: "dns", 443: "quic", 3478: "stun", 5353: "mdns"}
PROXIED, NOISE = "proxied", "noise"


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet that left: its kind, where to, and what a person would want to see of it."""

    kind: str
    target: str
    port: int
    note: str = ""


class Capture:
    """Listens at the machine's end of the cable from the start on. Threads: read it from any."""

    def __init__(self, namespace: str, proxies: Sequence[tuple[str, int]]) -> None:
        self._proxies = frozenset(proxies)
        self.packets: list[Packet] = []
        self._socket = inside(namespace, _listening)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._main, name="berth-lab-capture", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()
        self._socket.close()

    @contextlib.contextmanager
    def during(self, what: str) -> Iterator[None]:
        """Fails when a packet went beside the proxy meanwhile, or when the capture itself lost some."""
        before = len(self.packets)
        yield
        time.sleep(0.2)  # the one wait by time: for what is already on its way, and cannot be waited for
        beside = self.beside(before)
        assert not beside, f"{what}: {len(beside)} packets beside the proxy: {beside[:12]}"
        assert self._lost() == 0, "the capture was too slow to see everything"

    def beside(self, since: int = 0) -> list[Packet]:
        """The packets that went neither to a proxy nor are the system's own."""
        return [packet for packet in self.packets[since:] if packet.kind not in (PROXIED, NOISE)]

    def kinds(self) -> Counter[str]:
        """How many packets of which kind left so far."""
        return Counter(packet.kind for packet in self.packets)

    def _lost(self) -> int:
        packed = self._socket.getsockopt(263, 6, 8)  # SOL_PACKET, PACKET_STATISTICS
        return int(struct.unpack("II", packed)[1])

    def _main(self) -> None:
        while not self._stopping.is_set():
            try:
                frame, where = self._socket.recvfrom(65536)
            except TimeoutError:
                continue
            if where[2] == _OUTGOING:
                self.packets.append(classify(frame, self._proxies))


def classify(frame: bytes, proxies: frozenset[tuple[str, int]]) -> Packet:
    """What one Ethernet frame is."""
    (kind,) = struct.unpack_from("!H", frame, 12)
    if kind == _ARP:
        return Packet(NOISE, "", 0)
    if kind == _IPV4:
        size = (frame[14] & 15) * 4
        target = str(ipaddress.IPv4Address(frame[30:34]))
        return _classify(frame[23], target, frame[14 + size :], proxies)
    if kind == _IPV6:
        protocol, rest = frame[20], frame[54:]
        if protocol == _HOP_BY_HOP:
            protocol, rest = rest[0], rest[(rest[1] + 1) * 8 :]
        return _classify(protocol, str(ipaddress.IPv6Address(frame[38:54])), rest, proxies)
    return Packet(f"ethernet-{kind:04x}", "", 0)


def _classify(protocol: int, target: str, rest: bytes, proxies: frozenset[tuple[str, int]]) -> Packet:
    if protocol == _ICMPV6:
        return Packet(NOISE if rest[0] in _NOISE else "icmp", target, 0)
    if protocol == _ICMP:
        return Packet("icmp", target, 0)
    if protocol == _IGMP:  # MLD's older sister: the system tells its own cable which groups it listens to
        return Packet(NOISE, target, 0)
    (port,) = struct.unpack_from("!H", rest, 2)
    if protocol == _TCP:
        return Packet(PROXIED if (target, port) in proxies else "tcp", target, port)
    note = _name_asked(rest[8:]) if port in (53, 5353) else ""
    return Packet(_BY_PORT.get(port, "udp") if protocol == _UDP else f"ip-{protocol}", target, port, note)


def _name_asked(message: bytes) -> str:
    labels, at = [], 12
    while at < len(message) and message[at]:
        labels.append(message[at + 1 : at + 1 + message[at]].decode("ascii", "replace"))
        at += 1 + message[at]
    return ".".join(labels)


def _listening() -> socket.socket:
    listener = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_EVERY_PROTOCOL))
    with contextlib.suppress(OSError):
        listener.setsockopt(socket.SOL_SOCKET, 33, _BUFFER_BYTES)  # SO_RCVBUFFORCE
    listener.bind((CABLE, 0))
    listener.settimeout(0.1)
    return listener
