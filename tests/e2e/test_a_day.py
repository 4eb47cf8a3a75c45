"""A seller's day in the real program: from the first start to the evening, by keyboard and mouse alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PIL import Image, ImageChops

from app.demo.internet import LocalInternet
from app.isolation.network.proxy_string import write
from app.isolation.template import shipped_and_own
from app.kernel.clock import SystemClock
from app.kernel.events import EventHub
from app.kernel.paths import Paths
from app.ui.pages.stores.words import in_gallery_order
from app.ui.theme.tokens import DARK, LIGHT
from app.vault.vault import Vault
from app.workspace import build, migrations
from tests.support.program import ROOT, at_the_program, open_now
from tests.support.stage import until
from tests.support.vaults import PASSPHRASE
from tests.support.x11 import Person

PICTURES = ROOT / "build" / "a-day"
TILES_A_ROW = 3
OPENING_S = 60.0
ENDING_S = 60.0


@pytest.fixture
def person(net: LocalInternet, paths: Paths) -> Iterator[Person]:
    with at_the_program("a-day", paths) as one:
        yield one


def command(person: Person, words: str) -> None:
    person.press("ctrl+k")
    person.settle()
    person.type(words)
    person.settle()
    person.press("Return")


def new_store(person: Person, name: str, proxy: str) -> None:
    """From the caret in the name's field on."""
    person.press("ctrl+a")
    person.type(name)
    person.press("Tab")
    person.type(proxy)


def share_of(picture: Image.Image, colour: str) -> float:
    mask = Person.mask(picture, tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5)))
    return sum(mask.histogram()[1:]) / (mask.width * mask.height)


def share_of_change(one: Image.Image, other: Image.Image) -> float:
    changed = ImageChops.difference(one, other).convert("L").point(lambda value: 255 if value > 40 else 0)
    return sum(changed.histogram()[1:]) / (one.width * one.height)


@pytest.mark.timeout(400)
def test_a_whole_day_by_keyboard_and_mouse(person: Person, net: LocalInternet, paths: Paths) -> None:
    first_start(person)
    first_store(person, net)
    echo_address(person, net)
    open_it(person, paths)
    second_store(person, net, paths)
    search_and_group(person)
    lock_and_unlock(person, paths)
    theme_and_language(person)
    close_all(person, paths)
    into_the_bin_and_back(person)
    quit_program(person)
    what_is_left(paths, net)


def first_start(person: Person) -> None:
    person.keep("first-start")
    person.type(PASSPHRASE.reveal())
    person.keep("passphrase")
    person.press("Return")
    vault = Paths.of()
    until(lambda: Vault(vault, SystemClock(), migrations(), EventHub()).exists(), OPENING_S)
    person.keep("recovery-code")
    person.press("space")  # the caret is on Copy
    code = until(lambda: person.pasted() or None)
    assert len(code.split("-")) == 8
    person.press("Tab")
    person.type(code.rpartition("-")[2].lower())
    person.keep("last-group")
    person.press("Return")
    person.keep("first-store")
    assert person.pasted() == ""


def first_store(person: Person, net: LocalInternet) -> None:
    order = [template.id for template in in_gallery_order(shipped_and_own(Paths.of().data).all())]
    down, right = divmod(order.index("tiktok-shop-us"), TILES_A_ROW)
    person.press(*["Down"] * down, *["Right"] * right, "Return")
    new_store(person, "Morning Shop", write(net.http_proxy.upstream))
    person.keep("first-store-filled")
    person.press("Tab", "Tab", "Tab", "Tab")  # past the saved proxies, the fingerprint and Cancel
    person.keep("save-then-the-next")
    person.press("Return")
    person.keep("what-stores-share")
    person.press("Return")
    person.keep("next-store")
    person.press("Escape")
    person.keep("one-store")


def echo_address(person: Person, net: LocalInternet) -> None:
    """The settings, as somebody changes one whose network cannot reach the usual pages."""
    command(person, "go to settings")
    person.settle()
    person.press("slash")
    person.type("echo")
    person.keep("settings-searched")
    person.press("Return", "Tab")
    person.press("ctrl+a")
    person.type(net.echo_url)
    person.keep("echo-address")


def open_it(person: Person, paths: Paths) -> None:
    person.press("ctrl+1")
    person.keep("back-at-the-stores")
    person.press("Return")
    person.keep("opening")
    until(lambda: open_now(paths) == {"Morning Shop"}, OPENING_S)
    until(lambda: person.windows_of_class("chromium"))
    person.keep("its-window-is-open")
    person.attend()
    person.keep("running")


def second_store(person: Person, net: LocalInternet, paths: Paths) -> None:
    person.press("ctrl+n")
    person.settle()
    new_store(person, "Evening Shop", write(net.http_proxy.upstream))
    person.keep("second-store")
    person.press("ctrl+Return")
    until(lambda: open_now(paths) == {"Morning Shop", "Evening Shop"}, OPENING_S)
    person.attend()
    person.keep("two-windows")


def search_and_group(person: Person) -> None:
    person.press("slash")
    person.type("evening")
    person.keep("searched")
    person.press("Escape", "Escape")
    person.settle()
    person.press("ctrl+a")
    person.keep("both-selected")
    command(person, "put into a group")
    person.wait_for_dialog()
    person.type("Day")
    person.keep("group")
    person.press("Return")
    person.wait_for_dialog(there=False)
    person.keep("grouped")


def lock_and_unlock(person: Person, paths: Paths) -> None:
    person.press("ctrl+l")
    locked = person.keep("locked")
    # Nothing of a store but the names of open windows: the frame is gone from the picture.
    assert share_of(locked, LIGHT.window) > 0.5
    assert open_now(paths) == {"Morning Shop", "Evening Shop"}
    person.type(PASSPHRASE.reveal())
    person.press("Return")
    # Opening a vault takes a while; the lock page stands still meanwhile.
    until(lambda: share_of_change(locked, person.look()) > 0.02)
    person.keep("unlocked")


def theme_and_language(person: Person) -> None:
    command(person, "light and dark")
    until(lambda: share_of(person.look(), DARK.surface) > 0.2)
    english = person.keep("dark")
    command(person, "English")
    until(lambda: share_of_change(english, person.look()) > 0.01)
    person.keep("dark-chinese")
    command(person, "light and dark")
    until(lambda: share_of(person.look(), LIGHT.surface) > 0.2)
    chinese = person.keep("light-chinese")
    command(person, "English")
    until(lambda: share_of_change(chinese, person.look()) > 0.01)
    person.keep("light-english")


def close_all(person: Person, paths: Paths) -> None:
    person.press("ctrl+1")
    person.settle()
    person.press("ctrl+a", "ctrl+w")
    until(lambda: open_now(paths) == set(), ENDING_S)
    until(lambda: not person.windows_of_class("chromium"))
    person.attend()
    person.keep("all-closed")


def into_the_bin_and_back(person: Person) -> None:
    person.press("Home", "Delete")
    person.keep("in-the-bin")
    # With the mouse: the toast's one word in its own colour is what takes it back.
    person.click(*person.find_colour(LIGHT.toast_link))
    person.keep("taken-back")


def quit_program(person: Person) -> None:
    person.press("ctrl+q")
    assert person.ended() == 0


def what_is_left(paths: Paths, net: LocalInternet) -> None:
    vault = Vault(paths, SystemClock(), migrations(), EventHub())
    with vault.unlock(PASSPHRASE, via="test") as opened:
        profiles = build(paths, SystemClock(), opened).isolation.profiles
        found = [profiles.get(one) for one in profiles.ids()]
        assert [(one.name, one.number, one.template, one.group) for one in found] == [
            ("Morning Shop", 1, "tiktok-shop-us", "Day"),
            ("Evening Shop", 2, "tiktok-shop-us", "Day"),
        ]
        assert {one.exit.ip for one in found if one.exit is not None} == {net.http_proxy.exit_ip}
        assert profiles.counts().in_bin == 0
    kept = {picture.name.partition("-")[2] for picture in PICTURES.glob("*.png")}
    assert {"first-start.png", "its-window-is-open.png", "light-chinese.png", "taken-back.png"} <= kept
