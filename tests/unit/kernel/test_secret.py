"""A secret is never seen by accident."""

from __future__ import annotations

import copy
import json
import logging
import pickle
import traceback
from dataclasses import dataclass

import pytest

from app.kernel.secret import Secret

VALUE = "correct horse battery staple"


@dataclass(frozen=True)
class Holder:
    password: Secret


@pytest.mark.parametrize(
    "show",
    [
        str,
        repr,
        lambda secret: f"{secret}",
        lambda secret: f"{secret!r:>40}",
        lambda secret: f"{secret:>40}",
        "{}".format,
        lambda secret: "%s %r" % (secret, secret),  # noqa: UP031
        lambda secret: repr([secret, {"a": secret}]),
        lambda secret: repr(Holder(secret)),
        ascii,
        lambda secret: str(vars(Holder(secret))),
    ],
)
def test_no_way_of_printing_shows_it(show):
    shown = show(Secret(VALUE))

    assert "horse" not in shown
    assert "***" in shown


def test_a_traceback_with_locals_does_not_show_it():
    def fails(secret: Secret) -> None:
        raise ValueError(f"cannot use {secret}")

    try:
        fails(Secret(VALUE))
    except ValueError as error:
        told = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())

    assert "fails" in told
    assert "horse" not in told


def test_a_log_line_does_not_show_it(caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.INFO):
        logging.getLogger("berth.test").info("password %s", Secret(VALUE))

    assert "horse" not in caplog.text
    assert "***" in caplog.text


def test_it_cannot_leave_the_process_by_accident():
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(TypeError):
            pickle.dumps(Secret(VALUE), protocol)
    with pytest.raises(TypeError):
        copy.copy(Secret(VALUE))
    with pytest.raises(TypeError):
        json.dumps({"password": Secret(VALUE)})


def test_it_has_no_attributes_to_look_at():
    assert not hasattr(Secret(VALUE), "__dict__")


def test_two_of_the_same_value_match_but_are_not_equal():
    one, other = Secret(VALUE), Secret(VALUE)

    assert one.matches(other)
    assert one != other
    assert not one.matches(Secret("x"))
    assert not one.matches(Secret(""))


def test_reveal_gives_it_out_and_an_empty_one_is_false():
    assert Secret("密码 ✓").reveal() == "密码 ✓"
    assert Secret("x")
    assert not Secret("")


def test_secrets_outside_ascii_can_be_compared():
    assert Secret("密码").matches(Secret("密码"))
