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


_OTHER_ECHO = say("Try again, or set other echo addresses in the settings (network.echo_urls).")


class ProxyProblem(Problem):
    """The network path of a profile does not work; `ring_id` is its short name in a relay's error ring."""

    ring_id: ClassVar[str] = "failed"


class AuthFailed(ProxyProblem):
    """The proxy did not accept the user name and password."""

    ring_id = "auth"


class Refused(ProxyProblem):
    """Nothing listens at the proxy's address, or what listens there hung up."""

    ring_id = "refused"


class RefusedByRule(ProxyProblem):
    """The proxy was reached and knows the login, and its rules do not allow what was asked."""

    ring_id = "rule"


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


class HostKeyChanged(ProxyProblem):
    """An SSH server shows another key than the one that is pinned."""

    ring_id = "host-key"


class KeyFileWrong(ProxyProblem):
    """The private key for an SSH server cannot be used."""

    ring_id = "key-file"


class EchoFailed(ProxyProblem):
    """No echo page gave an address that can be read."""

    ring_id = "echo"


class EchoSilent(EchoFailed):
    """The way to an echo page works, and the page says nothing."""


class EchoWrong(EchoFailed):
    """An echo page answered with something that is no address."""


class EchoHtml(EchoFailed):
    """An echo page answered with a page for people, as portals and block pages do."""


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


def refused_by_rule(upstream: Upstream, code: int) -> RefusedByRule:
    """The proxy answered that it will not do it."""
    return RefusedByRule(
        say("The proxy {proxy} refused by its own rules (code {code}).", proxy=place(upstream), code=code),
        say("Ask your proxy provider whether this machine and this site are allowed."),
    )


def not_tls(upstream: Upstream) -> Refused:
    """An HTTPS proxy that does not speak TLS."""
    return Refused(
        say("The proxy {proxy} does not speak TLS.", proxy=place(upstream)),
        say("Try the same address with http:// in place of https://."),
    )


def not_ssh(upstream: Upstream) -> Refused:
    """Something listens there, and it is no SSH server that we can speak to."""
    return Refused(
        say("What answers at {proxy} does not speak SSH as Berth does.", proxy=place(upstream)),
        say("Check the address and port; SSH servers usually listen on port 22."),
    )


def host_key_changed(upstream: Upstream, seen: str) -> HostKeyChanged:
    """The pinned key is not the one that was shown; nothing was sent to that server."""
    return HostKeyChanged(
        say(
            "The SSH server {proxy} shows another key than before ({seen}): it was replaced, "
            "or somebody stands in between. Nothing was sent to it.",
            proxy=place(upstream),
            seen=seen,
        ),
        say(
            "Ask your provider for the fingerprint of the new key. If it is this one, trust it: "
            "on the proxies page, or with `berth proxy trust NAME`."
        ),
    )


def key_file_wrong(upstream: Upstream, why: Text) -> KeyFileWrong:
    """The private key is missing, locked or no key; `why` names neither path nor passphrase."""
    return KeyFileWrong(
        say("The private key for {proxy} cannot be used: {why}", proxy=place(upstream), why=why),
        say("Give the path of a private key on this computer, and its passphrase as the password."),
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
        _OTHER_ECHO,
    )


def echo_silent(page: str, upstream: Upstream, limit_s: float) -> EchoSilent:
    """The proxy let us through to an echo page, which then said nothing in time."""
    limit = round(limit_s, 1)
    if upstream.kind is ProxyKind.DIRECT:
        text = say("The echo page {page} did not answer within {limit} seconds.", page=page, limit=limit)
    else:
        text = say(
            "The proxy {proxy} works, but the echo page {page} did not answer within {limit} seconds.",
            proxy=place(upstream),
            page=page,
            limit=limit,
        )
    return EchoSilent(text, _OTHER_ECHO)


def echo_wrong(page: str) -> EchoWrong:
    """What an echo page gave is no address."""
    return EchoWrong(say("The echo page {page} answered, but not with an address.", page=page), _OTHER_ECHO)


def echo_html(page: str) -> EchoHtml:
    """An echo page gave a page for people."""
    return EchoHtml(
        say(
            "In place of an address, {page} answered with a web page: a login portal, a block page, "
            "or a proxy that has run out.",
            page=page,
        ),
        say("Ask your proxy provider whether it is paid; if so, set other echo addresses in the settings."),
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
