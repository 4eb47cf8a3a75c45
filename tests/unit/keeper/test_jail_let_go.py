"""A jail that was made for an opening that came to nothing is let go of, whenever that was."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from app.isolation.browser.problems import NoJail
from app.isolation.keeper import opening
from app.kernel.text import say
from tests.support.plans import plan_for

PLAN = replace(plan_for(Path("/nonexistent")), jail=True)


class _Jail:
    def __init__(self) -> None:
        self.closed = threading.Event()

    def close(self) -> None:
        self.closed.set()


async def test_one_that_is_there_already_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    made = _Jail()
    monkeypatch.setattr(opening, "make_jail", lambda _screen: made)
    making = asyncio.create_task(opening._jail(PLAN))
    await asyncio.wait({making})

    opening._discard(making)

    assert made.closed.is_set()


async def test_one_that_is_still_being_made_is_closed_as_soon_as_it_is_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made, has_begun, may_go_on = _Jail(), threading.Event(), threading.Event()

    def make(_screen: object) -> _Jail:
        has_begun.set()
        may_go_on.wait(30)
        return made

    monkeypatch.setattr(opening, "make_jail", make)
    making = asyncio.create_task(opening._jail(PLAN))
    assert await asyncio.to_thread(has_begun.wait, 30)

    opening._discard(making)
    await asyncio.wait({making})
    may_go_on.set()

    assert making.cancelled()
    assert await asyncio.to_thread(made.closed.wait, 30)


async def test_what_could_not_be_made_says_why(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(_screen: object) -> None:
        raise NoJail(say("This system keeps user namespaces from ordinary programs."))

    monkeypatch.setattr(opening, "make_jail", refuse)
    making = asyncio.create_task(opening._jail(PLAN))

    with pytest.raises(NoJail, match="ordinary programs"):
        await making
    opening._discard(making)
