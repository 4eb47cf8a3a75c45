"""Changes say which ids of which kinds were touched."""

from __future__ import annotations

from app.kernel.changes import ALL, Changes, Kind

PROFILE = Kind("profile")
PROXY = Kind("proxy")


def test_only_the_named_ids_are_touched():
    changes = Changes({PROFILE: frozenset({"a"})})

    assert changes.touches(PROFILE, "a")
    assert not changes.touches(PROFILE, "b")
    assert not changes.touches(PROXY, "a")


def test_after_bulk_work_every_id_of_the_kind_is_touched():
    changes = Changes({PROXY: ALL})

    assert changes.touches(PROXY, "whatever")
    assert repr(changes) == "Changes({'proxy': ALL})"


def test_it_reads_as_a_mapping_and_is_its_own():
    given = {PROFILE: frozenset({"a"})}
    changes = Changes(given)

    given.clear()

    assert list(changes) == [PROFILE]
    assert len(changes) == 1
    assert changes[PROFILE] == frozenset({"a"})
    assert len(Changes()) == 0
