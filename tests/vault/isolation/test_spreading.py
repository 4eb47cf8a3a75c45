"""An unused proxy of its own for each of several profiles: one that fits, or none for anybody."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.isolation.checks import Exit
from app.isolation.proxies import CheckProblem
from app.isolation.proxy_checking import Checked
from app.isolation.spreading import TooFewProxies
from app.kernel.gate import Refused
from app.kernel.text import say
from tests.support.vaults import pass_for
from tests.vault.isolation.conftest import Rooms

NAMES = ("Anna", "Bea", "Cora")


@pytest.fixture
def stores(rooms: Rooms) -> Rooms:
    """Three profiles: two for the United States, one for any market."""
    for name in NAMES:
        rooms.profiles.new(name, values=[("market", "US" if name != "Cora" else "")])
    return rooms


def add(rooms: Rooms, name: str, exit_: Exit | None = None, **checked: object) -> None:
    rooms.proxies.add(f"http://{len(rooms.proxies.ids())}.example:80", name)
    if exit_ is not None or checked:
        found = replace(rooms.proxies.get(name), exit=exit_, checked=rooms.clock.now(), **checked)
        rooms.proxies.pool.note(pass_for(rooms.vault), [Checked(found)])


def ids(rooms: Rooms, *names: str) -> list[str]:
    return [rooms.profiles.get(name).id for name in names]


def spread(rooms: Rooms, *names: str, text: str = "") -> dict[str, str]:
    given = rooms.profiles.spread_proxies(ids(rooms, *names), text)
    for one in given:
        assert rooms.profiles.get(one.profile.id).proxy == one.proxy.id
    return {one.profile.name: one.proxy.name for one in given}


def us(number: int) -> Exit:
    return Exit(f"203.0.113.{number}", "US", "", 12)


def test_each_gets_one_that_fits_and_those_that_ask_for_most_choose_first(stores: Rooms):
    add(stores, "one", us(1))
    add(stores, "german", Exit("203.0.113.9", "DE", "", 12))
    add(stores, "unknown")

    assert spread(stores, "Cora", "Anna", "Bea") == {"Cora": "german", "Anna": "one", "Bea": "unknown"}
    assert stores.proxies.count_unused() == 0


def test_where_one_is_missing_nobody_gets_any(stores: Rooms):
    add(stores, "one", us(1))
    add(stores, "german", Exit("203.0.113.9", "DE", "", 12))

    with pytest.raises(TooFewProxies) as caught:
        spread(stores, "Anna", "Bea")

    assert caught.value.text.english() == "Only 1 of 2 stores can have an unused proxy that fits."
    assert [stores.profiles.get(name).proxy for name in NAMES] == [None, None, None]


def test_what_would_link_stores_or_does_not_work_is_left_out(stores: Rooms):
    add(stores, "first", us(1))
    add(stores, "first again", us(1))
    add(stores, "broken", us(2), check_problem=CheckProblem("timed-out", say("Hello"), say("Hello")))
    add(stores, "over", us(3))
    stores.proxies.change("over", expires=stores.clock.now() - timedelta(days=1))
    add(stores, "was another's", us(4))
    stores.profiles.record_opened(pass_for(stores.vault), stores.profiles.get("Cora"), us(4))
    add(stores, "in the bin", us(5))
    stores.profiles.new("Binned", proxy="in the bin")
    stores.profiles.delete("Binned")

    assert spread(stores, "Anna") == {"Anna": "first"}
    for name in ("Bea", "Cora"):
        with pytest.raises(TooFewProxies):
            spread(stores, name)


def test_only_those_that_hold_the_words(stores: Rooms):
    add(stores, "fast one", us(1))
    add(stores, "slow one", us(2))

    assert spread(stores, "Anna", text="SLOW") == {"Anna": "slow one"}


def test_nobody_without_the_right_to_change_gives_any(stores: Rooms):
    add(stores, "one", us(1))
    agnes = stores.seen_by(*ids(stores, "Anna"), abilities=frozenset())

    with pytest.raises(Refused):
        agnes.profiles.spread_proxies(ids(stores, "Anna"))


def test_for_no_profiles_there_is_nothing_to_do(stores: Rooms):
    assert spread(stores) == {}
