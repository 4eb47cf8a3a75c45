"""Faces that wait are told when something looks different, and not more often than they can follow."""

from __future__ import annotations

import asyncio

import pytest

from app.isolation.keeper import news as module
from app.isolation.keeper.client import NEVER
from app.isolation.keeper.messages import Plain
from app.isolation.keeper.news import News


class _Windows:
    def __init__(self) -> None:
        self.looks: list[Plain] = []
        self.asked = 0
        self.news = News(self.look)

    def look(self) -> list[Plain]:
        self.asked += 1
        return list(self.looks)

    def show(self, *looks: Plain) -> None:
        self.looks = list(looks)
        self.news.ring()


async def test_a_face_that_knows_nothing_is_told_at_once():
    windows = _Windows()
    windows.show({"a": 1})

    assert await windows.news.after(NEVER) == {"revision": 1, "windows": [{"a": 1}]}
    assert (await windows.news.after(NEVER))["revision"] == 1


async def test_a_face_waits_until_something_looks_different(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "_GAP_S", 0)
    windows = _Windows()
    first = await windows.news.after(NEVER)
    waiting = asyncio.create_task(windows.news.after(first["revision"]))

    for _ in range(5):
        windows.news.ring()  # something happened that no face shows
        await asyncio.sleep(0)
    assert not waiting.done()
    windows.show({"a": 2})

    assert (await waiting)["windows"] == [{"a": 2}]


async def test_two_faces_are_told_the_same():
    windows = _Windows()
    first = (await windows.news.after(NEVER))["revision"]
    waiting = [asyncio.create_task(windows.news.after(first)) for _ in range(2)]
    await asyncio.sleep(0)

    windows.show({"a": 3})
    one, other = await asyncio.gather(*waiting)

    assert one == other == {"revision": first + 1, "windows": [{"a": 3}]}


async def test_a_thousand_titles_a_second_are_told_ten_times():
    windows = _Windows()
    loop = asyncio.get_running_loop()
    revision = (await windows.news.after(NEVER))["revision"]
    told, started = 0, loop.time()

    async def flicker() -> None:
        for number in range(10_000):
            windows.show({"title": number})
            await asyncio.sleep(0.001)

    flickering = asyncio.create_task(flicker())
    while loop.time() - started < 0.6:
        revision = (await windows.news.after(revision))["revision"]
        told += 1
    flickering.cancel()

    assert 2 <= told <= 7
    assert windows.asked <= 8
