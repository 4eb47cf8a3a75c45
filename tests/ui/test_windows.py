"""Windows of stores, real ones: opened, raised, closed, crashed, blocked, each told in the list."""

from __future__ import annotations

import os
import signal
import threading
import time

import psutil
import pytest
from PySide6.QtWidgets import QLabel

from app.demo.internet import LocalInternet
from app.demo.internet.world import Place
from app.isolation.browser.directory import running_engine
from app.isolation.keeper.client import NEVER, KeeperClient
from app.isolation.keeper.problems import KeeperUnreachable
from app.isolation.network.proxy_string import write
from app.ui.window_states import Doing
from tests.support.gui import Gui, make_store

OPENING_MS = 40_000
SOON_S = 0.2


@pytest.fixture
def desk(net: LocalInternet, street: Gui) -> Gui:
    """The program with two stores behind the local American proxy."""
    for name in ("Anna", "Bert"):
        make_store(street, net, name)
    return street


def until_window(gui: Gui, name: str, state: str) -> None:
    gui.until(lambda: gui.cell(name, "window") == state, f"{name} is never {state}", limit_ms=OPENING_MS)


def open_by_enter(gui: Gui, name: str) -> None:
    gui.select(name)
    gui.press("Return")
    until_window(gui, name, "Running")


def engine(gui: Gui, name: str) -> psutil.Process:
    pid = running_engine(gui.paths.profile(gui.stored(name).id))
    assert pid is not None
    return psutil.Process(pid if isinstance(pid, int) else pid.pid)


def keeper_process(gui: Gui) -> psutil.Process:
    for process in psutil.process_iter(["cmdline"]):
        words = process.info["cmdline"] or []
        if "--keeper" in words and str(gui.paths.data) in words:
            return process
    raise AssertionError("no keeper is running")


class KeepersWord(threading.Thread):
    """What the keeper itself says of one window, and when: watched beside the program."""

    def __init__(self, gui: Gui, profile: str) -> None:
        super().__init__(name="keepers-word", daemon=True)
        self._paths = gui.paths
        self._profile = profile
        self._client: KeeperClient | None = None
        self.ends = False
        self.said: list[tuple[str, float]] = []

    def run(self) -> None:
        while not self.ends:
            client = KeeperClient.find(self._paths)
            if client is None:
                time.sleep(0.005)
                continue
            self._client, revision = client, NEVER
            try:
                with client:
                    while not self.ends:
                        revision, windows = client.watch(revision)
                        self._note(windows)
            except KeeperUnreachable:
                continue

    def _note(self, windows: object) -> None:
        state = next((one["state"] for one in windows if one["profile"] == self._profile), "closed")
        if not self.said or self.said[-1][0] != state:
            self.said.append((state, time.monotonic()))

    def stop(self) -> None:
        self.ends = True
        if self._client is not None:
            self._client.interrupt()
        self.join(10)


def test_enter_opens_and_the_list_follows_the_keeper_within_200_ms(desk: Gui):
    profile = desk.stored("Anna").id
    seen: list[tuple[str, float]] = []

    def note(_changed: object) -> None:
        now = str(desk.app.states.doing(profile))
        if not seen or seen[-1][0] != now:
            seen.append((now, time.monotonic()))

    desk.app.states.changed.connect(note)
    word = KeepersWord(desk, profile)
    word.start()

    open_by_enter(desk, "Anna")
    desk.until(lambda: desk.find("pane_open_button").text() == "Bring to front")
    desk.until(lambda: word.said and word.said[-1][0] == "open")
    desk.press("Ctrl+W")
    until_window(desk, "Anna", "Not open")
    desk.until(lambda: word.said[-1][0] == "closed" or not word.is_alive())
    word.stop()

    assert [state for state, _ in seen] == ["waiting", "checking", "open", "closing", "closed"] or [
        state for state, _ in seen
    ] == ["waiting", "checking", "open", "closed"]
    shown = dict(seen)
    for state, at in word.said:
        if state in shown and state != "closed":
            assert shown[state] - at < SOON_S, (state, shown[state] - at)


def test_an_open_window_is_told_everywhere_and_survives_the_lock(desk: Gui):
    open_by_enter(desk, "Anna")
    desk.until_says("1 window open")
    desk.until(lambda: desk.nodes()["Running"] == 1)
    desk.until(lambda: "tab" in desk.find("pane_state_label").text())
    assert desk.says("Checks of the window")
    assert desk.shows("pane_close_button")
    desk.click("status_windows_button")
    desk.rest()
    assert desk.names() == ["Anna"]

    desk.press("Return")  # raises it
    desk.press("Del")
    desk.rest()
    assert any("The window of Anna is open." in text for text in desk.toasts())
    assert "Anna" in desk.stored_names()
    desk.press("Ctrl+L")
    desk.until_says("1 window still open; it goes on")
    assert desk.says("001 Anna")
    desk.rest()
    desk.unlock()

    assert desk.cell("Anna", "window") == "Running"
    assert not desk.shows("restore_windows_button")


def test_a_crashed_window_says_so_and_restore_brings_it_back(desk: Gui):
    open_by_enter(desk, "Anna")
    first = engine(desk, "Anna")

    os.kill(first.pid, signal.SIGKILL)
    until_window(desk, "Anna", "Crashed")
    desk.until(lambda: any("crashed" in text for text in desk.toasts()))
    assert desk.toasts()[-1] == "The window of 001 Anna crashed. Its logins are kept."
    assert desk.nodes()["Faulty"] == 1
    desk.click("toast_action_button")
    until_window(desk, "Anna", "Running")

    assert engine(desk, "Anna").pid != first.pid
    assert desk.nodes()["Faulty"] == 0


def test_when_the_keeper_dies_a_banner_brings_every_window_back(desk: Gui):
    desk.press("Ctrl+A")
    desk.click("bulk_open_button")
    until_window(desk, "Anna", "Running")
    until_window(desk, "Bert", "Running")

    keeper_process(desk).kill()
    desk.until(lambda: desk.shows("restore_windows_button"), limit_ms=OPENING_MS)
    assert desk.says("The windows of last time ended without being closed.")
    desk.until(lambda: desk.find("restore_windows_button").text() == "Restore 2 windows")
    desk.click("restore_windows_button")

    until_window(desk, "Anna", "Running")
    until_window(desk, "Bert", "Running")
    assert not desk.shows("restore_windows_button")


def test_a_wrong_country_blocks_the_window_and_offers_three_ways_on(desk: Gui, net: LocalInternet):
    profile = make_store(desk, net, "Wrong", net.socks_proxy)
    desk.select("Wrong")
    desk.press("Return")
    until_window(desk, "Wrong", "Blocked")
    desk.until(lambda: desk.shows("refusal_card"))

    assert desk.says("Not opened. Nothing has reached the store.")
    desk.until_says("Germany")
    assert [one.text() for one in desk.page.pane.refusal_card.ways] == [
        "Check again",
        "Change proxy",
        "Only this once",
    ]
    assert desk.nodes()["Faulty"] == 1
    desk.click("check_again_button")
    desk.until(lambda: desk.app.states.doing(profile) is not Doing.BLOCKED)
    until_window(desk, "Wrong", "Blocked")
    desk.click("only_once_button")
    until_window(desk, "Wrong", "Running")
    desk.page.pane.tabs.setCurrentIndex(4)
    desk.until_says("Asked to open in spite of a red check")
    assert not desk.shows("refusal_card")


def test_a_dead_proxy_is_told_and_another_one_opens_the_store(desk: Gui, net: LocalInternet):
    profile = desk.work.isolation.profiles.new(
        "Dead", template="tiktok-shop-us", proxy="127.0.0.1:9", values=[("start_pages", net.store_url)]
    )
    desk.until(lambda: desk.page.model.at(profile.id) is not None)
    desk.select("Dead")
    desk.press("Return")
    until_window(desk, "Dead", "Blocked")
    desk.until(lambda: desk.shows("refusal_card"))
    assert not desk.shows("only_once_button")

    desk.click("refusal_proxy_button")
    desk.write("proxy_edit", write(net.http_proxy.upstream))
    desk.press("Return")
    desk.until(lambda: not desk.shows("proxy_question"))
    desk.click("check_again_button")

    until_window(desk, "Dead", "Running")


def test_clicks_faster_than_states_end_in_what_was_wished_last(desk: Gui):
    anna, bert = desk.stored("Anna").id, desk.stored("Bert").id
    acts = desk.app.signed_in.acts

    acts.open([anna])
    acts.open([anna])
    acts.close([anna])
    acts.open([anna])
    acts.open([bert])
    acts.close([bert])
    until_window(desk, "Anna", "Running")
    desk.until(lambda: not desk.app.jobs.running, limit_ms=OPENING_MS)

    assert desk.cell("Anna", "window") == "Running"
    until_window(desk, "Bert", "Not open")
    assert desk.app.states.count_open() == 1


def test_ctrl_enter_in_the_drawer_saves_and_opens(desk: Gui, net: LocalInternet):
    desk.press("Ctrl+N")
    desk.click("template_tiktok-shop-us_tile")
    desk.write("name_edit", "Carl")
    desk.write("proxy_edit", write(net.http_proxy.upstream))
    desk.until_says("It works: exit")
    desk.press("Ctrl+Return")

    desk.until(lambda: "Carl" in desk.names())
    until_window(desk, "Carl", "Running")
    assert not desk.shows("new_store_drawer")


def test_leaving_with_open_windows_asks_and_closes_them_all_when_told_to(desk: Gui):
    open_by_enter(desk, "Anna")
    ended: list[bool] = []
    desk.app.leaving._end = lambda: ended.append(True)

    desk.press("Ctrl+Q")
    assert desk.says("1 window still open")
    desk.answer("cancel")
    assert ended == []
    desk.window.close()
    desk.answer("stay")
    assert ended == [True]
    assert desk.app.states.count_open() == 1

    desk.app.leaving._is_ending = False
    desk.press("Ctrl+Q")
    desk.answer("close")
    desk.until(lambda: len(ended) == 2, limit_ms=OPENING_MS)

    until_window(desk, "Anna", "Not open")


def test_the_palette_opens_a_store_by_its_number(desk: Gui):
    desk.press("Ctrl+K")
    desk.type("2")
    desk.press("Return")

    until_window(desk, "Bert", "Running")
    assert desk.cell("Anna", "window") == "Not open"
    assert not desk.shows("palette")


def test_a_window_that_is_held_back_says_why_and_goes_on_when_its_person_wants_that(
    desk: Gui, net: LocalInternet
) -> None:
    desk.work.settings.set("network.watch_s", "1")
    open_by_enter(desk, "Anna")
    ip = net.http_proxy.exit_ip
    place = net.places[ip]
    net.places[ip] = Place("DE", "Europe/Berlin")
    try:
        until_window(desk, "Anna", "Held back")
        card = desk.page.pane.held_card
        desk.until(card.isVisible)
        desk.until(lambda: any("Germany" in one.text() for one in card.checks.findChildren(QLabel)))
        assert desk.shows("held_card")
        assert any("001 Anna is held back" in toast for toast in desk.toasts())
        assert desk.page.pane.open_button.text() == "Bring to front"

        desk.rest()
        desk.click("look_again_button")
        desk.rest()
        assert desk.cell("Anna", "window") == "Held back"
        desk.click("go_on_button")

        until_window(desk, "Anna", "Running")
        desk.until(lambda: not card.isVisible())
    finally:
        net.places[ip] = place


def test_an_exit_that_changes_under_an_open_window_stands_in_the_history(desk: Gui, net: LocalInternet):
    desk.work.settings.set("network.watch_s", "1")
    open_by_enter(desk, "Anna")
    proxy = net.http_proxy
    old, new = proxy.exit_ip, proxy.exit_ip.rsplit(".", 1)[0] + ".200"
    net.places[new] = net.places[old]
    profiles = desk.work.isolation.profiles
    assert [use.ip for use in profiles.exits("Anna")] == [old]
    proxy.exit_ip = new
    try:
        desk.until(lambda: [use.ip for use in profiles.exits("Anna")] == [new, old])
    finally:
        proxy.exit_ip = old
        del net.places[new]
    assert profiles.history("Anna")[0].ability == "window.exit"


def test_a_held_window_is_opened_again_through_another_proxy_from_its_card(desk: Gui, net: LocalInternet):
    desk.work.settings.set("network.watch_s", "1")
    open_by_enter(desk, "Anna")
    first = engine(desk, "Anna").pid
    ip = net.http_proxy.exit_ip
    place = net.places[ip]
    other = desk.work.isolation.proxies.add(write(net.socks_proxy.upstream), "Another")
    net.places[ip], net.places[net.socks_proxy.exit_ip], old = (
        Place("FR", "Europe/Paris"),
        place,
        net.places[net.socks_proxy.exit_ip],
    )
    try:
        until_window(desk, "Anna", "Held back")
        desk.until(desk.page.pane.held_card.isVisible)
        desk.work.isolation.profiles.assign_proxy([desk.stored("Anna").id], other.name)

        desk.click("reopen_button")

        until_window(desk, "Anna", "Running")
        desk.until(lambda: not desk.shows("held_card"))
        assert engine(desk, "Anna").pid != first
        exits = [use.ip for use in desk.work.isolation.profiles.exits("Anna")]
        assert exits == [net.socks_proxy.exit_ip, ip]
    finally:
        net.places[ip], net.places[net.socks_proxy.exit_ip] = place, old
