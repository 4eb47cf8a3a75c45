"""What can go wrong on the way through a proxy, told apart; no sentence ever holds a password."""

from __future__ import annotations

import errno
import socket
import ssl
from typing import ClassVar

from app.isolation.plan import ProxyKind, Upstream
from app.kernel.errors import Problem
from app.kernel.text import Text, say

_NO_ROUTE = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL, errno.ENETDOWN}


class ProxyProblem(Problem):
    """The network path of a profile does not work; `ring_id` is its short name in a relay's error ring."""

    ring_id: ClassVar[str] = "failed"


class AuthFailed(ProxyProblem):
    """The proxy did not accept the user name and password."""

    ring_id = "auth"


class Refused(ProxyProblem):
    """Nothing listens at the proxy's address, or the proxy hung up or refused by its rules."""

    ring_id = "refused"


class TimedOut(ProxyProblem):
    """No answer within the time limit."""

    ring_id = "timeout"


class Intercepted(ProxyProblem):
    """A certificate on the way is not trusted, so somebody may be reading along."""

    ring_id = "intercepted"


class Unreachable(ProxyProblem):
    """The proxy's own name or network cannot be reached from this machine."""

    ring_id = "unreachable"


class TargetFailed(ProxyProblem):
    """The way works as far as the proxy, but the site behind it was not reached."""

    ring_id = "target"


class TargetRefused(ProxyProblem):
    """Berth itself does not let a profile reach this address."""

    ring_id = "private"


class EchoFailed(ProxyProblem):
    """No echo page gave an address that can be read."""

    ring_id = "echo"


def auth_failed(upstream: Upstream) -> AuthFailed:
    """The proxy said no to the login."""
    return AuthFailed(
        say("The proxy {proxy} does not accept the user name or password.", proxy=place(upstream)),
        say("Check the login with your proxy provider, then set the proxy again."),
    )


def refused(upstream: Upstream) -> Refused:
    """Nothing listens there, or it hung up."""
    return Refused(
        say("The proxy {proxy} refused the connection.", proxy=place(upstream)),
        say("Check the address and port, and that the proxy is running and paid."),
    )


def refused_by_rule(upstream: Upstream, code: int) -> Refused:
    """The proxy answered that it will not do it."""
    return Refused(
        say("The proxy {proxy} refused by its own rules (code {code}).", proxy=place(upstream), code=code),
        say("Ask your proxy provider whether this machine and this site are allowed."),
    )


def not_tls(upstream: Upstream) -> Refused:
    """An HTTPS proxy that does not speak TLS."""
    return Refused(
        say("The proxy {proxy} does not speak TLS.", proxy=place(upstream)),
        say("Try the same address with http:// in place of https://."),
    )


def timed_out(upstream: Upstream, limit_s: float) -> TimedOut:
    """No answer in time."""
    limit = round(limit_s, 1)
    if upstream.kind is ProxyKind.DIRECT:
        return TimedOut(
            say("The internet did not answer within {limit} seconds.", limit=limit),
            say("Check this machine's internet connection, then try again."),
        )
    return TimedOut(
        say("The proxy {proxy} did not answer within {limit} seconds.", proxy=place(upstream), limit=limit),
        say("Try again; if it stays so, ask your proxy provider or choose another proxy."),
    )


def intercepted(name: str) -> Intercepted:
    """The certificate shown for `name` is not trusted."""
    return Intercepted(
        say("The certificate shown for {name} is not trusted: somebody may be reading along.", name=name),
        say("Do not sign in through this proxy; ask your provider, or choose another proxy."),
    )


def unreachable(upstream: Upstream) -> Unreachable:
    """The proxy's name is not known or its network is away."""
    return Unreachable(
        say("The proxy {proxy} cannot be reached from this machine.", proxy=place(upstream)),
        say("Check the spelling of its address and this machine's internet connection."),
    )


def target_failed(host: str, upstream: Upstream) -> TargetFailed:
    """The proxy is fine, the site is not reached."""
    if upstream.kind is ProxyKind.DIRECT:
        text = say("{host} cannot be reached.", host=host)
    else:
        text = say("The proxy {proxy} cannot reach {host}.", host=host, proxy=place(upstream))
    return TargetFailed(text, say("Check the site's address, or try again later."))


def target_refused(host: str) -> TargetRefused:
    """A private address, without the profile's permission."""
    return TargetRefused(
        say("{host} is an address inside a private network, which this profile may not reach.", host=host),
        say("Allow private addresses in the profile if that is really meant."),
    )


def echo_failed(why: Text | None = None) -> EchoFailed:
    """The exit could not be learned."""
    return EchoFailed(
        why or say("No echo page answered with an address, so the exit of this profile is not known."),
        say("Try again, or set other echo addresses in the settings (network.echo_urls)."),
    )


def place(upstream: Upstream) -> str:
    """The proxy's address without user and password, for sentences."""
    if upstream.kind is ProxyKind.DIRECT:
        return "direct"
    return Upstream(upstream.kind, upstream.host, upstream.port).shown()


def from_os_error(error: OSError, upstream: Upstream, host: str, limit_s: float) -> ProxyProblem:
    """An operating system's error while reaching the proxy, or the site itself when direct."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return intercepted(upstream.host)
    if isinstance(error, ssl.SSLError):
        return not_tls(upstream)
    if isinstance(error, TimeoutError):
        return timed_out(upstream, limit_s)
    if upstream.kind is ProxyKind.DIRECT:
        return target_failed(host, upstream)
    if isinstance(error, socket.gaierror) or error.errno in _NO_ROUTE:
        return unreachable(upstream)
    if isinstance(error, ConnectionError):
        hung_up_on_tls = upstream.kind is ProxyKind.HTTPS and not isinstance(error, ConnectionRefusedError)
        return not_tls(upstream) if hung_up_on_tls else refused(upstream)
    return unreachable(upstream)
