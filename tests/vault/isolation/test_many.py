"""Five thousand profiles are listed, found and added to without reading them all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from app.isolation.profiles import ProfileQuery
from app.isolation.store import profiles as store
from app.kernel.gate import Ability, Act
from app.kernel.ids import ProfileId
from app.vault.database import Tx
from app.vault.readers import Reader
from tests.vault.isolation.conftest import Rooms

MANY = 5_000


@pytest.fixture
def crowd(rooms: Rooms) -> Rooms:
    first = rooms.profiles.new("Shop 0001", template="shopee-sg", values=[("tags", "a, b"), ("group", "G")])
    admitted = rooms.vault.gate.admit(rooms.vault.session, Act(Ability.PROFILE_EDIT, "many", count=MANY))

    def fill(tx: Tx) -> None:
        for number in range(2, MANY + 1):
            made = replace(
                first, id=ProfileId(rooms.vault.ids.new()), number=number, name=f"Shop {number:04d}"
            )
            store.insert(tx, made, "unused")

    rooms.vault.database.write(admitted, fill, bulk=True)
    return rooms


def test_every_profile_comes_once_and_in_order(crowd: Rooms):
    numbers = [profile.number for profile in crowd.profiles.each(ProfileQuery(limit=1000))]

    assert numbers == list(range(1, MANY + 1))
    assert crowd.profiles.get("Shop 4999").number == 4999
    assert crowd.profiles.new("one more").number == MANY + 1
    assert [p.number for p in crowd.profiles.each(ProfileQuery(text="4999"))] == [4999]


@pytest.mark.parametrize("sort", store.SORTS)
def test_a_page_deep_in_the_list_is_read_through_an_index(rooms: Rooms, sort: str):
    """The same statement that the list runs, as SQLite would carry it out."""
    with rooms.vault.database.reader() as reader:
        asked = _Asked(reader)
        store.page(asked, rooms.vault.session, ProfileQuery(sort=sort), '[4900, ""]')
        steps = reader.all(f"EXPLAIN QUERY PLAN {asked.sql}", asked.params)

    # A profile's own few tags are sorted beneath; the list itself, whose parent is 0, must not be.
    plan = [step[-1] for step in steps if step[1] == 0]
    assert plan[0].startswith("SEARCH p USING INDEX"), plan
    assert not any("TEMP B-TREE" in step for step in plan), plan


def test_twins_are_found_through_an_index(rooms: Rooms):
    made = rooms.profiles.new("Anna")
    with rooms.vault.database.reader() as reader:
        asked = _Asked(reader)
        store.twins(asked, made)
        steps = reader.all(f"EXPLAIN QUERY PLAN {asked.sql}", asked.params)

    assert any("USING INDEX isolation_profile_looks" in step[-1] for step in steps), steps


class _Asked:
    """Passes questions on, and remembers the last one."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.sql = ""
        self.params: Sequence[object] = ()

    def all(self, sql: str, params: Sequence[object] = ()) -> list[tuple[object, ...]]:
        self.sql, self.params = sql, params
        return self._reader.all(sql, params)

    def one(self, sql: str, params: Sequence[object] = ()) -> tuple[object, ...] | None:
        return self._reader.one(sql, params)
