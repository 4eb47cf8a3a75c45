"""SSH servers as upstreams: one connection with a pinned host key, and a channel in it for each site."""

from __future__ import annotations

import asyncio
import logging
import time
from pathlib import Path
from typing import Any

import asyncssh
from asyncssh.public_key import get_default_public_key_algs

from app.isolation.network import errors
from app.isolation.network.leg import Leg, Scratch
from app.isolation.network.ssh_channel import ChannelSession
from app.isolation.network.upstreams import PlainRoute
from app.isolation.plan import Upstream
from app.kernel.text import say

_KEEPALIVE_S = 15
_KEEPALIVES_MISSED = 3
# A server that bans whoever fails a few times must not be asked again by every picture of a page.
_REMEMBERED_S = 20.0
_FORBIDDEN = 1  # RFC 4254: administratively prohibited
_NOT_REACHED = 2
_LARGEST_KEY_FILE = 64 * 1024

logging.getLogger("asyncssh").setLevel(logging.CRITICAL)  # it would tell of sites and user names


class SshConnector:
    """Reaches sites through an SSH server, which looks up their names. Threads: the loop's only.

    The first host key seen is pinned for this connector's life where the upstream has none yet.
    """

    def __init__(self, upstream: Upstream, scratch: Scratch, limit_s: float) -> None:
        self.upstream = upstream
        self._scratch = scratch
        self._limit_s = limit_s
        self._one_at_a_time = asyncio.Lock()
        self._connection: asyncssh.SSHClientConnection | None = None
        self._failed: errors.ProxyProblem | None = None
        self._failed_until = 0.0
        self._opening: set[asyncio.Task[Any]] = set()
        self.host_key = upstream.host_key

    def trust(self, host_key: str) -> None:
        """Pins a key that was seen by somebody else."""
        self.host_key = self.host_key or host_key

    async def tunnel(self, host: str, port: int) -> Leg:
        try:
            async with asyncio.timeout(self._limit_s):
                was_connected = self._connection
                connection = await self._connected()
                try:
                    return await self._channel(connection, host, port)
                except _Lost:
                    if connection is not was_connected:
                        raise
                    # It had died unnoticed since the last site; a new one is worth a try.
                    return await self._channel(await self._connected(), host, port)
        except _Lost:
            raise errors.refused(self.upstream) from None
        except TimeoutError:
            raise errors.timed_out(self.upstream, self._limit_s) from None

    async def plain(self, host: str, port: int) -> PlainRoute:
        return PlainRoute(await self.tunnel(host, port), absolute=False)

    async def close(self) -> None:
        """Ends the connection to the server and every channel in it."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.abort()
            await connection.wait_closed()

    async def _connected(self) -> asyncssh.SSHClientConnection:
        """The living connection, or a new one. Raises ProxyProblem or TimeoutError."""
        async with self._one_at_a_time:
            if self._connection is not None and not self._connection.is_closed():
                return self._connection
            self._connection = None
            if self._failed is not None and time.monotonic() < self._failed_until:
                raise self._failed.with_traceback(None)
            try:
                self._connection = await self._connect()
            except (errors.AuthFailed, errors.HostKeyChanged, errors.KeyFileWrong) as problem:
                self._failed, self._failed_until = problem, time.monotonic() + _REMEMBERED_S
                raise
            self._failed = None
            return self._connection

    async def _connect(self) -> asyncssh.SSHClientConnection:
        far, guard = self.upstream, _Guard(self.host_key)
        key = await asyncio.to_thread(_read_key, far) if far.key_file else None
        password = far.password.reveal()
        try:
            connection = await asyncssh.connect(
                far.host,
                far.port,
                client_factory=lambda: guard,
                username=far.username,
                password=password if password and key is None else None,
                client_keys=[key] if key is not None else None,
                preferred_auth=("publickey",) if key is not None else ("password", "keyboard-interactive"),
                known_hosts=_trusts_nobody,
                server_host_key_algs=_algorithms(self.host_key),
                # Nothing of the person's own SSH comes into a store's path.
                config=None,
                agent_path=None,
                agent_forwarding=False,
                x509_trusted_certs=None,
                gss_host=None,
                keepalive_interval=_KEEPALIVE_S,
                keepalive_count_max=_KEEPALIVES_MISSED,
                login_timeout=0,
                connect_timeout=None,
            )
        except asyncssh.HostKeyNotVerifiable:
            raise errors.host_key_changed(far, guard.seen.partition(" ")[2]) from None
        except asyncssh.PermissionDenied:
            raise errors.auth_failed(far) from None
        except asyncssh.ConnectionLost:
            raise errors.refused(far) from None
        except (asyncssh.Error, ValueError):
            raise errors.not_ssh(far) from None
        except TimeoutError:
            raise
        except OSError as error:
            raise errors.from_os_error(error, far, far.host, self._limit_s) from None
        self.host_key = guard.seen
        return connection

    async def _channel(self, connection: asyncssh.SSHClientConnection, host: str, port: int) -> Leg:
        """Raises ProxyProblem or _Lost."""
        leg = Leg(self._scratch)
        opening = asyncio.create_task(connection.create_connection(lambda: ChannelSession(leg), host, port))
        self._opening.add(opening)
        opening.add_done_callback(self._opening.discard)
        try:
            await asyncio.shield(opening)
        except asyncio.CancelledError:
            # The server may still open it; then nobody wants it any more.
            opening.add_done_callback(_drop)
            raise
        except asyncssh.ChannelOpenError as error:
            raise self._refused(connection, error.code, host) from None
        except (asyncssh.Error, OSError):
            raise _Lost from None
        return leg

    def _refused(
        self, connection: asyncssh.SSHClientConnection, code: int, host: str
    ) -> errors.ProxyProblem | _Lost:
        if connection.is_closed():
            return _Lost()
        if code == _FORBIDDEN:
            return errors.refused_by_rule(self.upstream, code)
        if code == _NOT_REACHED:
            return errors.target_failed(host, self.upstream)
        return errors.refused(self.upstream)


async def offered_host_key(upstream: Upstream, *, limit_s: float) -> str:
    """The key that a server shows now, without signing in. Raises ProxyProblem."""
    try:
        async with asyncio.timeout(limit_s):
            key = await asyncssh.get_server_host_key(
                upstream.host,
                upstream.port,
                config=None,
                server_host_key_algs=_algorithms(upstream.host_key),
            )
    except TimeoutError:
        raise errors.timed_out(upstream, limit_s) from None
    except asyncssh.ConnectionLost:
        raise errors.refused(upstream) from None
    except (asyncssh.Error, ValueError):
        raise errors.not_ssh(upstream) from None
    except OSError as error:
        raise errors.from_os_error(error, upstream, upstream.host, limit_s) from None
    if key is None:
        raise errors.not_ssh(upstream)
    return _named(key)


class _Lost(Exception):
    """The connection to the server ended before a channel was made."""


class _Guard(asyncssh.SSHClient):
    """Lets the pinned key pass, or the first one where none is pinned."""

    def __init__(self, pinned: str) -> None:
        self._pinned = pinned
        self.seen = ""

    def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:  # noqa: ARG002
        self.seen = _named(key)
        return self._pinned in ("", self.seen)


def _trusts_nobody(_host: str, _addr: str, _port: int | None) -> tuple[list[str], list[str], list[str]]:
    # An empty text would make asyncssh read ~/.ssh/known_hosts; this asks the guard for every key.
    return [], [], []


def _named(key: asyncssh.SSHKey) -> str:
    return f"{key.get_algorithm()} {key.get_fingerprint()}"


def _algorithms(pinned: str) -> list[str]:
    """Plain keys only, those of the pinned kind first: a server may have one of each."""
    kind = pinned.partition(" ")[0]
    known = [name.decode("ascii") for name in get_default_public_key_algs()]
    known = [name for name in known if "@" not in name]
    same = [name for name in known if name == kind or (kind == "ssh-rsa" and "rsa" in name)]
    return [*same, *(name for name in known if name not in same)]


def _read_key(upstream: Upstream) -> asyncssh.SSHKey:
    """Raises KeyFileWrong. Blocking."""
    path, passphrase = Path(upstream.key_file), upstream.password.reveal()
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_KEY_FILE)
        return asyncssh.import_private_key(content, passphrase or None)
    except OSError as error:
        why = say("the file does not open ({why}).", why=error.strerror or "?")
    except asyncssh.KeyEncryptionError:
        why = say(
            "its passphrase is wrong, or it is locked in OpenSSH's own form, which "
            "`ssh-keygen -p -m PKCS8 -f FILE` rewrites."
        )
    except (asyncssh.KeyImportError, ValueError):
        why = say("it is no private key, or it wants a passphrase.")
    raise errors.key_file_wrong(upstream, why)


def _drop(opening: asyncio.Task[Any]) -> None:
    if not opening.cancelled() and opening.exception() is None:
        channel, _ = opening.result()
        channel.abort()
