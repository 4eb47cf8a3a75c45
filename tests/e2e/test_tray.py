"""The sign in the tray, as a desktop's panel shows it: what it says, its menu, and the program behind it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.demo.internet import LocalInternet
from app.isolation.network.proxy_string import write
from app.kernel.clock import SystemClock
from app.kernel.events import EventHub
from app.kernel.paths import Paths
from app.vault.errors import VaultBusy
from app.vault.vault import Vault
from app.workspace import build, migrations
from tests.support.gui import make_vault
from tests.support.program import at_the_program, open_now
from tests.support.stage import until
from tests.support.tray import DesktopTray
from tests.support.vaults import PASSPHRASE
from tests.support.x11 import Person

OPENING_S = 60.0


@pytest.fixture
def tray(net: LocalInternet) -> Iterator[DesktopTray]:
    with DesktopTray() as one:
        yield one


@pytest.fixture
def person(net: LocalInternet, tray: DesktopTray, paths: Paths) -> Iterator[Person]:
    """Somebody with one store, before the lock screen."""
    make_vault(paths.data)
    with the_vault(paths).unlock(PASSPHRASE, via="test") as opened:
        work = build(paths, SystemClock(), opened)
        work.settings.set("network.echo_urls", net.echo_url)
        work.isolation.profiles.new("Anna", template="tiktok-shop-us", proxy=write(net.http_proxy.upstream))
    with at_the_program("tray", paths, DBUS_SESSION_BUS_ADDRESS=tray.address) as one:
        yield one


def unlock(person: Person, paths: Paths) -> None:
    person.settle()
    person.type(PASSPHRASE.reveal())
    person.press("Return")
    until(lambda: is_held(paths))
    person.settle()


@pytest.mark.timeout(300)
def test_the_tray_says_what_is_open_and_keeps_the_program(person: Person, tray: DesktopTray, paths: Paths):
    tray.wait_for_icon()
    assert tray.tip == "Berth · No window is open"
    assert list(tray.menu()) == ["Show Berth", "Lock", "Quit"]

    unlock(person, paths)
    person.press("Return")  # the one store
    until(lambda: open_now(paths) == {"Anna"}, OPENING_S)
    until(lambda: tray.tip == "Berth · 1 window open")
    assert list(tray.menu()) == ["Show Berth", "001  Anna", "Lock", "Quit"]
    person.attend()

    person.close_window()
    until(lambda: not person.windows())
    assert open_now(paths) == {"Anna"}
    tray.click()
    until(lambda: person.windows() or None)
    person.attend()
    person.keep("shown-again")

    tray.choose("Lock")
    until(lambda: not is_held(paths))
    person.keep("locked")
    unlock(person, paths)

    tray.choose("Quit")
    person.wait_for_dialog()
    person.keep("asks")
    person.press("Escape")
    person.wait_for_dialog(there=False)
    assert open_now(paths) == {"Anna"}

    tray.choose("Quit")
    person.wait_for_dialog()
    person.press("shift+Tab")
    person.keep("close-all")
    person.press("Return")
    assert person.ended() == 0
    assert open_now(paths) == set()


def the_vault(paths: Paths) -> Vault:
    return Vault(paths, SystemClock(), migrations(), EventHub())


def is_held(paths: Paths) -> bool:
    """Whether the program has the vault open."""
    try:
        with the_vault(paths).unlock(PASSPHRASE, via="test"):
            return False
    except VaultBusy:
        return True
