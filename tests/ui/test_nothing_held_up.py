"""Nothing holds up the rest, and nothing typed is lost: silent proxies, locks, bugs, dangerous keys."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from app.kernel.secret import Secret
from tests.support.failing import ExpectedLog
from tests.support.gui import Gui
from tests.support.vaults import PASSPHRASE

SOON_S = 5.0  # far below the fifteen seconds that a proxy may take, far above what a busy machine needs
SILENT = 20


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A proxy that takes every connection and never says a word."""
    taken: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0), backlog=128) as server:
        ends = threading.Event()

        def take() -> None:
            while not ends.is_set():
                try:
                    taken.append(server.accept()[0])
                except OSError:
                    return

        thread = threading.Thread(target=take, name="silent-proxy")
        thread.start()
        yield int(server.getsockname()[1])
        ends.set()
        server.shutdown(socket.SHUT_RDWR)
        for one in taken:
            one.close()
        thread.join(10)


@pytest.fixture
def held(gui: Gui, silent_port: int) -> Gui:
    """Twenty stores whose proxies never answer, all being checked."""
    for at in range(SILENT):
        gui.work.isolation.profiles.new(f"Store {at}", proxy=f"http://user{at}:pw@127.0.0.1:{silent_port}")
    gui.make("Zebra")
    gui.press("Ctrl+A")
    gui.page.deeds.check_picked()
    gui.until(lambda: len(gui.app.jobs.titled) == 1)
    return gui


def test_a_search_is_answered_while_proxies_are_silent(held: Gui):
    begun = time.monotonic()

    held.press("/")
    held.type("zebra")

    held.until(lambda: held.names() == ["Zebra"])
    assert time.monotonic() - begun < SOON_S


def test_the_lock_really_locks_while_proxies_are_silent_and_saves_the_note_first(held: Gui):
    held.page.list.clearSelection()
    held.select("Store 3")
    held.page.pane.tabs.setCurrentIndex(3)
    held.write("note_edit", "typed before the lock")
    begun = time.monotonic()

    held.press("Ctrl+L")
    held.until(lambda: not held.app.door.is_busy)

    assert time.monotonic() - begun < SOON_S
    held.write("passphrase_edit", PASSPHRASE.reveal())
    held.press("Return")
    held.until(lambda: held.app.signed_in is not None)
    assert held.work.isolation.profiles.reveal_note("Store 3").reveal() == "typed before the lock"


def test_a_passphrase_typed_while_the_vault_is_still_being_locked_unlocks_it(gui: Gui):
    gui.make("Anna")

    gui.press("Ctrl+L")
    gui.write("passphrase_edit", PASSPHRASE.reveal())
    gui.press("Return")

    gui.until(lambda: gui.app.signed_in is not None)
    gui.rest()
    assert gui.names() == ["Anna"]


def test_saves_that_were_asked_for_just_before_the_lock_are_there_afterwards(gui: Gui):
    anna = gui.make("Anna")[0]
    profiles = gui.work.isolation.profiles
    for at in range(8):
        gui.app.jobs.write(
            lambda at=at: profiles.write_note(anna.id, Secret(f"line {at}")),
            owner=gui.app.window,
        )

    gui.app.lock()
    gui.until(lambda: not gui.app.door.is_busy)

    gui.unlock()
    assert gui.work.isolation.profiles.reveal_note("Anna").reveal() == "line 7"


def test_a_bug_while_unlocking_leaves_a_lock_screen_that_works(
    gui: Gui, expected_log: ExpectedLog, monkeypatch: pytest.MonkeyPatch
):
    expected_log("berth.jobs", "a job failed unexpectedly")
    expected_log("berth.gui", "unexpected MemoryError")
    gui.press("Ctrl+L")
    gui.until(lambda: not gui.app.door.is_busy)
    with monkeypatch.context() as patch:
        patch.setattr(gui.app.door, "_build", _no_memory)
        gui.write("passphrase_edit", PASSPHRASE.reveal())
        gui.press("Return")
        gui.until_says("Something in Berth itself went wrong")
    gui.until(lambda: gui.shows("crash_dialog"))
    gui.answer("close")

    assert gui.find("unlock_button").isEnabled()
    gui.unlock()


def _no_memory(_opened: object) -> object:
    _opened.lock()
    raise MemoryError


def test_enter_on_very_many_selected_stores_asks_first(gui: Gui):
    gui.make(*(f"Store {at}" for at in range(21)))
    gui.press("Ctrl+A")

    gui.press("Return")

    assert gui.says("Open 21 windows?")
    gui.answer("cancel")
    gui.rest()
    assert not gui.app.states.ids(("waiting", "checking", "open"))


@pytest.mark.parametrize("place", ["status_edit", "operator_edit"])
def test_del_in_a_form_deletes_no_store(gui: Gui, place: str):
    gui.make("Anna", "Bert")
    gui.select("Anna")
    gui.press("Ctrl+E")
    gui.find(place).setFocus()

    gui.press("Del")
    gui.press("Ctrl+W")
    gui.rest()

    assert gui.stored_names() == ["Anna", "Bert"]
    gui.press("Esc")


def test_del_in_the_tree_deletes_no_store(gui: Gui):
    gui.make("Anna", "Bert")
    gui.select("Anna")
    gui.find("side_tree").setFocus()

    gui.press("Del")
    gui.rest()

    assert gui.stored_names() == ["Anna", "Bert"]


def test_another_drawer_asks_before_it_takes_the_place_of_one_with_edits(gui: Gui):
    gui.make("Anna")
    gui.select("Anna")
    gui.press("Ctrl+E")
    gui.write("operator_edit", "typed for minutes")

    gui.press("Ctrl+N")
    assert gui.says("Leave without saving?")
    gui.answer("stay")

    assert gui.shows("edit_store_drawer")
    gui.press("Ctrl+N")
    gui.answer("leave")
    gui.until(lambda: gui.shows("new_store_drawer"))


def test_quitting_asks_before_edits_are_lost(gui: Gui):
    gui.press("Ctrl+N")
    gui.write("name_edit", "Half a store")

    gui.press("Ctrl+Q")

    assert gui.says("Leave without saving?")
    gui.answer("stay")
    assert gui.shows("new_store_drawer")


def test_a_name_that_is_taken_keeps_the_question_and_what_was_typed(gui: Gui):
    gui.make("Anna", "Bert")
    gui.select("Anna")
    gui.press("F2")
    gui.write("answer_edit", "Bert")

    gui.press("Return")

    gui.until_says("There is already a profile called Bert.")
    assert gui.find("answer_edit").text() == "Bert"
    gui.write("answer_edit", "Berta")
    gui.press("Return")
    gui.until(lambda: gui.names() == ["Berta", "Bert"])


def test_a_number_that_no_store_has_opens_none(gui: Gui):
    gui.make("Store 12 of Anna")
    gui.press("Ctrl+K")
    gui.type("12")

    gui.press("Return")
    gui.rest()

    assert gui.says("No store has the number 12")
    assert not gui.app.states.ids(("waiting", "checking", "open", "blocked"))
    gui.press("Esc")


def test_a_note_typed_just_before_the_end_of_the_program_is_kept(gui: Gui):
    gui.make("Anna")
    gui.select("Anna")
    gui.page.pane.tabs.setCurrentIndex(3)
    gui.write("note_edit", "typed before quitting")

    gui.end()

    gui.begin()
    gui.unlock()
    assert gui.work.isolation.profiles.reveal_note("Anna").reveal() == "typed before quitting"


@pytest.mark.parametrize("how", ["lock", "language"])
def test_a_form_that_is_being_filled_in_comes_back_without_its_proxy(gui: Gui, how: str):
    gui.make("Anna", group="North")
    gui.select("Anna")
    gui.press("Ctrl+E")
    gui.write("operator_edit", "typed for minutes")
    gui.write("proxy_edit", "http://user:secret@10.1.2.3:8080")

    if how == "lock":
        gui.press("Ctrl+L")
        gui.until(lambda: not gui.app.door.is_busy)
        gui.unlock()
    else:
        gui.app.commands.run("language")
        gui.until(lambda: gui.app.looks.language == "zh")

    gui.until(lambda: gui.shows("edit_store_drawer"))
    assert gui.find("operator_edit").text() == "typed for minutes"
    assert not gui.says("secret")
    gui.page.drawer.save()
    gui.rest()
    assert gui.stored("Anna").operator == "typed for minutes"
    assert gui.stored("Anna").group == "North"
