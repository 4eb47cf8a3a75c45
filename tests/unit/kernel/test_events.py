"""Events reach those who listen to their type, and a bad listener spoils nothing."""

from __future__ import annotations

from datetime import UTC, datetime

from app.kernel.events import EventHub
from app.kernel.facts import Fact, VaultLocked, WindowClosed, WindowOpened
from app.kernel.ids import ProfileId
from tests.support.failing import ExpectedLog

OPENED = WindowOpened(ProfileId("p"), datetime(2026, 1, 1, tzinfo=UTC))
CLOSED = WindowClosed(ProfileId("p"), "asked", datetime(2026, 1, 1, tzinfo=UTC))


def test_a_listener_hears_its_type_and_subclasses_in_order_of_subscription():
    hub, heard = EventHub(), []
    hub.subscribe(Fact, lambda fact: heard.append(("any", fact)))
    hub.subscribe(WindowOpened, lambda fact: heard.append(("opened", fact)))

    hub.publish(OPENED)
    hub.publish(CLOSED)

    assert heard == [("any", OPENED), ("opened", OPENED), ("any", CLOSED)]


def test_a_failing_listener_is_logged_and_the_next_still_hears(expected_log: ExpectedLog):
    hub, heard = EventHub(), []
    expected_log("berth.events", "a listener failed on VaultLocked")
    hub.subscribe(VaultLocked, lambda fact: 1 / 0)
    hub.subscribe(VaultLocked, heard.append)

    hub.publish(VaultLocked())

    assert heard == [VaultLocked()]


def test_who_unsubscribed_hears_nothing_and_may_do_so_twice():
    hub, heard = EventHub(), []
    unsubscribe = hub.subscribe(VaultLocked, heard.append)

    unsubscribe()
    unsubscribe()
    hub.publish(VaultLocked())

    assert heard == []


def test_a_listener_may_unsubscribe_while_it_is_called():
    hub, heard = EventHub(), []

    def once(fact: VaultLocked) -> None:
        heard.append(fact)
        unsubscribe()

    unsubscribe = hub.subscribe(VaultLocked, once)
    hub.publish(VaultLocked())
    hub.publish(VaultLocked())

    assert heard == [VaultLocked()]
