"""A log file says where something went wrong, and never what was in it."""

from __future__ import annotations

import logging

import pytest

from app.kernel.log_places import PlacesOnly, places

SECRET = "hunter2"


def _raised(chain: str) -> BaseException:
    try:
        try:
            raise ValueError(SECRET)
        except ValueError as error:
            if chain == "from error":
                raise RuntimeError(SECRET) from error
            if chain == "from none":
                raise RuntimeError(SECRET) from None
            raise RuntimeError(SECRET)  # noqa: B904 - the case that is tested
    except RuntimeError as error:
        return error


@pytest.mark.parametrize(
    ("chain", "types"),
    [
        ("from error", ["builtins.ValueError", "builtins.RuntimeError"]),
        ("meanwhile", ["builtins.ValueError", "builtins.RuntimeError"]),
        ("from none", ["builtins.RuntimeError"]),
    ],
)
def test_types_and_frames_are_told_and_no_message(chain: str, types: list[str]):
    told = places(_raised(chain))

    assert [line for line in told.splitlines() if line.startswith("builtins.")] == types
    assert "in _raised" in told
    assert SECRET not in told.replace("raise ValueError(SECRET)", "")


def test_a_chain_that_bites_its_tail_ends():
    error = ValueError(SECRET)
    other = RuntimeError(SECRET)
    error.__cause__, other.__cause__ = other, error

    assert places(error) == "builtins.RuntimeError\nled to:\nbuiltins.ValueError"


def test_a_record_is_written_without_the_message_even_after_another_handler_wrote_it():
    record = logging.LogRecord("berth", logging.ERROR, "", 0, "it failed", None, None)
    record.exc_info = (RuntimeError, RuntimeError(SECRET), None)
    assert SECRET in logging.Formatter().format(record)

    assert PlacesOnly("%(message)s").format(record) == "it failed\nbuiltins.RuntimeError"


def test_a_record_without_an_exception_has_no_place():
    record = logging.LogRecord("berth", logging.ERROR, "", 0, "it failed", None, None)
    record.exc_info = (None, None, None)

    assert PlacesOnly("%(message)s").format(record) == "it failed"
