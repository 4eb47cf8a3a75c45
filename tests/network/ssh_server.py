"""A real SSH server of the local internet: a login, direct-tcpip, and switches for tests."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import asyncssh
from asyncssh.stream import SSHTCPStreamSession

from app.demo.internet import LocalInternet
from app.isolation.plan import ProxyKind, Upstream
from app.kernel.secret import Secret

USER, PASSWORD = "anna", "s3cr3t:p@ss/1"


class SshServer:
    """Listens on 127.0.0.1; reaches the sites of the local internet by name, from an exit of its own."""

    def __init__(self, net: LocalInternet, exit_ip: str = "") -> None:
        self.net = net
        self.exit_ip = exit_ip or net.socks_proxy.exit_ip
        self.key = asyncssh.generate_private_key("ssh-ed25519")
        self.client_keys = ""
        self.allows_forwarding = True
        self.cuts = False  # closes channels after their first bytes, without a proper end
        self.port = 0
        self.logins = 0
        self.tries = 0
        self.asked: list[tuple[str, int]] = []
        self.connections: set[asyncssh.SSHServerConnection] = set()
        self._acceptor: asyncssh.SSHAcceptor | None = None

    @property
    def upstream(self) -> Upstream:
        return Upstream(ProxyKind.SSH, "127.0.0.1", self.port, USER, Secret(PASSWORD))

    @property
    def fingerprint(self) -> str:
        return f"{self.key.get_algorithm()} {self.key.get_fingerprint()}"

    async def start(self) -> None:
        self._acceptor = await asyncssh.listen(
            "127.0.0.1",
            self.port,
            server_factory=lambda: _Session(self),
            server_host_keys=[self.key],
            login_timeout=30,
        )
        self.port = self._acceptor.get_port()

    async def kill(self) -> None:
        """No listener, every connection broken."""
        if self._acceptor is not None:
            self._acceptor.close()
            await self._acceptor.wait_closed()
            self._acceptor = None
        connections = list(self.connections)
        for connection in connections:
            connection.abort()
        for connection in connections:
            await connection.wait_closed()


class _Session(asyncssh.SSHServer):
    def __init__(self, server: SshServer) -> None:
        self._server = server

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._conn = conn
        self._server.connections.add(conn)

    def connection_lost(self, exc: Exception | None) -> None:
        self._server.connections.discard(self._conn)

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        self._server.tries += 1
        return (username, password) == (USER, PASSWORD)

    def public_key_auth_supported(self) -> bool:
        return bool(self._server.client_keys)

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return username == USER and key.export_public_key().decode().split()[1] in self._server.client_keys

    def auth_completed(self) -> None:
        self._server.logins += 1

    async def connection_requested(
        self, dest_host: str, dest_port: int, orig_host: str, orig_port: int
    ) -> asyncssh.SSHTCPSession[bytes]:
        server = self._server
        server.asked.append((dest_host, dest_port))
        if not server.allows_forwarding:
            raise asyncssh.ChannelOpenError(asyncssh.OPEN_ADMINISTRATIVELY_PROHIBITED, "no")
        address = server.net.http_proxy._names.get(dest_host.lower(), "")
        if not address:
            raise asyncssh.ChannelOpenError(asyncssh.OPEN_CONNECT_FAILED, "no such host")
        try:
            reader, writer = await asyncio.open_connection(address, dest_port, local_addr=(server.exit_ip, 0))
        except OSError:
            raise asyncssh.ChannelOpenError(asyncssh.OPEN_CONNECT_FAILED, "refused") from None
        return SSHTCPStreamSession(lambda r, w: _both(r, w, reader, writer, cuts=server.cuts))


async def _both(
    reader: asyncssh.SSHReader[bytes],
    writer: asyncssh.SSHWriter[bytes],
    site_reader: asyncio.StreamReader,
    site_writer: asyncio.StreamWriter,
    *,
    cuts: bool,
) -> None:
    async def up() -> None:
        while content := await reader.read(65536):
            site_writer.write(content)
            await site_writer.drain()
        site_writer.write_eof()

    async def down() -> None:
        while content := await site_reader.read(65536):
            writer.write(content)
            await writer.drain()
            if cuts:
                writer.channel.abort()
                return
        writer.write_eof()

    with contextlib.suppress(OSError, asyncssh.Error):
        try:
            await asyncio.gather(up(), down())
        finally:
            writer.close()
            site_writer.close()
            with contextlib.suppress(OSError):
                await site_writer.wait_closed()


@contextlib.asynccontextmanager
async def ssh_server(net: LocalInternet) -> AsyncIterator[SshServer]:
    server = SshServer(net)
    await server.start()
    try:
        yield server
    finally:
        await server.kill()


def key_file(folder: Path, server: SshServer, passphrase: str = "") -> Path:
    """A private key that the server takes."""
    key = asyncssh.generate_private_key("ssh-ed25519")
    server.client_keys += key.export_public_key().decode()
    path = folder / "id_berth"
    key.write_private_key(str(path), "pkcs8-pem", passphrase=passphrase or None)
    return path
