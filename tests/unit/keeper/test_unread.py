"""Unread counts out of titles."""

from __future__ import annotations

import pytest

from app.isolation.keeper.unread import unread_in, unread_of


@pytest.mark.parametrize(
    ("title", "count"),
    [
        *(("(3) WhatsApp", 3), ("(99+) WhatsApp Business", 99), ("(1)TikTok", 1), ("（12）消息", 12)),
        *(("\u200e(2) WhatsApp", 2), ("  (7) Messenger", 7), ("(0) Inbox", 0), ("(999+) X", 999)),
    ],
)
def test_a_number_in_brackets_at_the_beginning_is_a_count(title: str, count: int):
    assert unread_in(title) == count


@pytest.mark.parametrize(
    "title",
    [
        *(
            "",
            "WhatsApp",
            "Shoes (3) - Shop",
            "(2026) Report",
            "(3",
            "(3)",
            "()",
            "(a) b",
            "(-3) x",
            "(3.5) x",
        ),
        *(
            "【2】新",
            "[2] x",
            "3 new",
            "(３) full width",
            "((3)) x",
            "\u200e" * 20 + "(3) x",
            "(" * 5_000_000,
        ),
    ],
)
def test_anything_else_is_none(title: str):
    assert unread_in(title) == 0


def test_the_pages_of_a_window_are_added_up():
    assert unread_of(["(3) WhatsApp", "Shop", "(99+) Messenger"]) == 102
    assert unread_of([]) == 0
