"""What a failed check of a proxy is called in few words, and what is likely to help."""

from __future__ import annotations

from dataclasses import dataclass

from app.isolation.proxies import CheckProblem
from app.kernel.text import Text, say


@dataclass(frozen=True, slots=True)
class Fault:
    """A kind of failure: its words, and the two likely next steps."""

    words: Text
    steps: tuple[Text, ...]


_ECHO = say("Look at the echo addresses in the settings, under Network.")
FAULTS: dict[str, Fault] = {
    "auth-failed": Fault(
        say("Login refused"),
        (
            say("Check user name and password with your provider, then edit the proxy."),
            say("See whether the provider must first allow the address of this computer."),
        ),
    ),
    "refused": Fault(
        say("Connection refused"),
        (
            say("Check address and port: HTTP and SOCKS5 often have ports of their own."),
            say("See with your provider whether the proxy is running and paid."),
        ),
    ),
    "refused-by-rule": Fault(
        say("Forbidden by its rules"),
        (
            say("Ask your provider whether this computer's address must be allowed first."),
            say("Ask whether the proxy is paid, and whether it forbids the echo pages of the settings."),
        ),
    ),
    "host-key-changed": Fault(
        say("Another server key"),
        (
            say("Ask your provider whether the server was replaced, and for the new key's fingerprint."),
            say("If it is the same as shown here, trust it; if not, do not use this proxy."),
        ),
    ),
    "key-file-wrong": Fault(
        say("Key cannot be used"),
        (
            say("See whether the private key is still where the proxy says."),
            say("If it has a passphrase, give that as the password."),
        ),
    ),
    "timed-out": Fault(
        say("No answer"),
        (
            say("Check it again in a minute."),
            say("If it stays so, ask your provider, or give its stores another proxy."),
        ),
    ),
    "intercepted": Fault(
        say("Certificate replaced"),
        (
            say("Do not sign in through this proxy: somebody may be reading along."),
            say("Ask your provider, or give its stores another proxy."),
        ),
    ),
    "unreachable": Fault(
        say("Not reachable"),
        (
            say("Check the spelling of its address."),
            say("Check the internet connection of this computer."),
        ),
    ),
    "target-failed": Fault(say("Site not reached"), (say("Check it again in a minute."), _ECHO)),
    "echo-failed": Fault(say("Exit unknown"), (say("Check it again in a minute."), _ECHO)),
    "echo-silent": Fault(say("Echo page silent"), (say("Check it again in a minute."), _ECHO)),
    "echo-wrong": Fault(say("Echo page is none"), (_ECHO, say("Check it again in a minute."))),
    "echo-html": Fault(
        say("Web page in between"),
        (say("See with your provider whether the proxy is running and paid."), _ECHO),
    ),
}


def fault_of(problem: CheckProblem) -> Fault:
    """What a problem is called here; one that is not in the table keeps its own next step."""
    return FAULTS.get(problem.id) or Fault(say("Check failed"), (problem.next_step,))
