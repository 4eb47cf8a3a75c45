"""The lock screen: the passphrase, the recovery code, and what is told when one is wrong."""

from __future__ import annotations

from tests.support.gui import Gui


def test_the_passphrase_opens_the_stores_page(locked: Gui):
    locked.unlock()

    assert locked.says("No store yet")
    assert not locked.shows("lock_page")
