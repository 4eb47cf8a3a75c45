"""A relay's faults are told once for each kind and host, newest first, with what to do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.isolation.keeper.watching import RelayFault
from app.isolation.network import errors
from app.kernel.text import say
from app.ui.pages.stores.relay_faults import WORDS, fault_text, folded

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def fault(id_: str, host: str, minute: int) -> RelayFault:
    return RelayFault(NOON + timedelta(minutes=minute), host, 443, id_, say("It failed."), say("Do this."))


def test_the_same_fault_is_told_once_with_how_often():
    lines = folded(
        [
            fault("auth", "a.test", 1),
            fault("shut", "a.test", 2),
            fault("timeout", "b.test", 3),
            fault("auth", "a.test", 4),
            fault("background", "update.test", 5),
        ]
    )

    assert [(line.fault.id, line.count) for line in lines] == [("auth", 2), ("timeout", 1)]
    assert lines[0].since == NOON + timedelta(minutes=1)
    assert lines[0].fault.at == NOON + timedelta(minutes=4)


def test_a_fault_says_when_what_where_and_what_to_do():
    (line,) = folded([fault("rule", "a.test", 1)])

    head, what, advice = fault_text(line).split("\n")

    assert "Forbidden by its rules" in head
    assert "a.test:443" in head
    assert (what, advice) == ("It failed.", "Do this.")


def test_every_kind_of_a_relays_ring_has_its_words():
    def below(kind: type[errors.ProxyProblem]) -> set[str]:
        return {kind.ring_id}.union(*(below(one) for one in kind.__subclasses__()))

    assert below(errors.ProxyProblem) - {"failed", "echo"} <= set(WORDS)
