"""Ids sort by the time they were made, whatever the clock does."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.ids import IdSource, encode, is_ulid
from tests.support.clocks import FakeClock


def test_ids_of_one_millisecond_sort_in_the_order_they_were_made():
    source = IdSource(FakeClock())

    made = [source.new() for _ in range(1000)]

    assert made == sorted(made)
    assert len(set(made)) == 1000


def test_ids_still_sort_when_the_clock_runs_backwards():
    clock = FakeClock()
    source = IdSource(clock)
    first = source.new()

    clock.step(-3600)

    assert source.new() > first


def test_a_later_millisecond_gives_a_later_id_with_fresh_randomness():
    clock = FakeClock()
    source = IdSource(clock)
    first = source.new()

    clock.step(0.001)
    second = source.new()

    assert second > first
    assert second[:10] != first[:10]
    assert second[10:] != first[10:]


def test_ids_made_by_several_threads_are_all_different():
    source = IdSource(FakeClock())
    made: list[str] = []
    threads = [
        threading.Thread(target=lambda: made.extend(source.new() for _ in range(500))) for _ in range(4)
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(made)) == 2000


@given(st.integers(min_value=0, max_value=(1 << 128) - 1), st.integers(min_value=0, max_value=(1 << 128) - 1))
def test_encoding_keeps_the_order_of_numbers(one: int, other: int):
    assert (encode(one) < encode(other)) == (one < other)
    assert is_ulid(encode(one))


def test_the_vector_of_the_specification_is_encoded_as_published():
    assert encode(0) == "0" * 26
    assert encode((1 << 128) - 1) == "7ZZZZZZZZZZZZZZZZZZZZZZZZZ"


@pytest.mark.parametrize("number", [-1, 1 << 128])
def test_a_number_that_does_not_fit_is_refused(number: int):
    with pytest.raises(ValueError, match="128 bits"):
        encode(number)


@pytest.mark.parametrize(
    "text", ["", "0" * 25, "8" + "0" * 25, "0" * 25 + "U", "0" * 25 + "a", "../" + "0" * 23]
)
def test_other_texts_are_not_ids(text: str):
    assert not is_ulid(text)
