"""The pool on the proxies page: exits that are known, a new address, an SSH server's key, and files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import asyncssh
import pytest
from PySide6.QtWidgets import QFileDialog, QLabel

from app.demo.internet import LocalInternet, LocalInternetThread
from app.isolation.checks import Exit
from app.isolation.network.proxy_string import write
from app.isolation.proxy_checking import Checked
from app.ui.pages.proxies.columns import COLUMN_AT
from app.ui.pages.proxies.several_drawer import SeveralDrawer
from app.ui.theme.palette import tokens_now
from tests.network.ssh_server import SshServer
from tests.support.gui import Gui
from tests.support.proxy_pool import Pool
from tests.support.vaults import pass_for
from tests.ui.test_proxies_page import has_colour

ONE = Exit("203.0.113.1", "US", "", 12)


@pytest.fixture(scope="module")
def internet() -> Iterator[LocalInternetThread]:
    with LocalInternetThread() as made:
        yield made


@pytest.fixture
def pool(gui: Gui) -> Pool:
    return Pool(gui)


@pytest.fixture
def net(internet: LocalInternetThread, pool: Pool) -> LocalInternet:
    pool.gui.work.settings.set("network.echo_urls", internet.net.echo_url)
    return internet.net


@pytest.fixture
def own_internet(pool: Pool) -> Iterator[LocalInternetThread]:
    """One for a single test: an SSH server leaves a thread to the loop that it ran on."""
    with LocalInternetThread() as made:
        pool.gui.work.settings.set("network.echo_urls", made.net.echo_url)
        yield made


@pytest.fixture
def server(own_internet: LocalInternetThread) -> Iterator[SshServer]:
    async def start() -> SshServer:
        server = SshServer(own_internet.net)
        await server.start()
        return server

    server = own_internet.run(start())
    yield server
    own_internet.run(server.kill())


def came_out(pool: Pool, proxy: str, found: Exit) -> None:
    """A check found this exit."""
    work = pool.gui.work
    row = replace(pool.room.get(proxy), exit=found, checked=pool.page.face.clock.now())
    pool.room.pool.note(pass_for(work.vault), [Checked(row)])
    pool.settle()


def test_an_exit_that_another_store_had_before_is_told_in_list_and_pane(pool: Pool):
    work = pool.gui.work
    pool.add("http://anna:x@a.example:80", "of Anna")
    pool.add("http://bea:x@b.example:80", "of Bea")
    anna = work.isolation.profiles.new("Anna", proxy="of Anna")
    work.isolation.profiles.record_opened(pass_for(work.vault), anna, ONE)
    came_out(pool, "of Bea", ONE)

    pool.select("of Bea")
    pool.settle()

    text = pool.gui.find("exit_card_label", QLabel).text()
    assert text.startswith("001 Anna comes out at this address too, last on ")
    assert has_colour(pool, "of Bea", "exit", tokens_now().warn)
    row = pool.names().index("of Bea")
    tip = pool.page.model.index(row, COLUMN_AT["exit"]).data(3)
    assert "came out there, now or before" in tip
    pool.select("of Anna")
    pool.settle()
    assert not pool.gui.shows("exit_card")


def test_the_address_is_changed_after_a_question_and_both_are_told(pool: Pool, net: LocalInternet):
    pool.room.pool.may_ask_private = True
    host, port = net.address("store.test")
    before, after = net.http_proxy.exit_ip, net.socks_proxy.exit_ip
    pool.add(f"{write(net.http_proxy.upstream)}[http://{host}:{port}/me?token=s3cr3t]", "US")
    pool.check("US")
    pool.gui.click("pane_change_ip_button")
    pool.gui.answer("cancel")
    asked = len(net.requests("store.test"))

    net.http_proxy.exit_ip = after
    pool.gui.click("pane_change_ip_button")
    pool.gui.answer("change")
    pool.settle()

    pool.gui.until(lambda: f"New address: {after} (before: {before})" in pool.gui.toasts())
    assert (asked, len(net.requests("store.test"))) == (0, 1)
    assert "s3cr3t" not in pool.everything()
    net.http_proxy.exit_ip = before


def test_a_page_that_does_not_change_it_is_told_without_its_token(pool: Pool, net: LocalInternet):
    pool.add("http://a.example:80[http://127.0.0.1:1/s3cr3t?token=s3cr3t]", "A")
    pool.select("A")

    pool.gui.click("pane_change_ip_button")
    pool.gui.answer("change")
    pool.settle()

    pool.gui.until(lambda: pool.gui.says("127.0.0.1 is inside a private network, where no provider is."))
    assert "s3cr3t" not in pool.everything()


def test_a_servers_new_key_is_shown_and_trusted_by_a_person(
    pool: Pool, own_internet: LocalInternetThread, server: SshServer
):
    pool.add(text_of_ssh(server), "S")
    pool.check("S")
    pool.gui.until(lambda: pool.cell("S", "checked") == "just now")
    first = server.fingerprint
    assert pool.facts()["Server key"].replace("\N{ZERO WIDTH SPACE}", "") == first

    async def change() -> None:
        await server.kill()
        server.key = asyncssh.generate_private_key("ssh-ed25519")
        await server.start()

    own_internet.run(change())
    pool.check("S")
    pool.gui.until(lambda: pool.cell("S", "checked") == "Another server key")
    pool.gui.click("pane_trust_button")
    question = pool.gui.question().text_label.text()
    pool.gui.answer("trust")
    pool.settle()

    assert first in question
    assert server.fingerprint in question
    pool.gui.until(lambda: pool.cell("S", "checked") == "just now")
    assert pool.room.get("S").host_key == server.fingerprint


def test_only_what_can_be_done_is_offered(pool: Pool):
    pool.add("http://a.example:80", "A")
    pool.select("A")

    assert not pool.gui.shows("pane_change_ip_button")
    assert not pool.gui.shows("pane_trust_button")
    commands = {command.id: command for command in pool.page.face.commands.all()}
    assert not commands["proxy.change_ip"].is_enabled()
    assert not commands["proxy.trust"].is_enabled()


def test_the_lines_of_a_file_are_read_shown_and_added(pool: Pool, tmp_path: Path):
    file = tmp_path / "many.csv"
    rows = "\n".join(f"h{n}.example;80;user{n};pw" for n in range(3000))
    file.write_text(f"Host;Port;User;Password\n{rows}\nnonsense;0;;\n")
    pool.gui.click("several_proxies_button")
    pool.gui.click("proxies_file_button")
    dialog = pool.gui.find("proxies_file_dialog", QFileDialog)
    dialog.fileSelected.emit(str(file))
    dialog.close()
    drawer = pool.page.drawer
    assert isinstance(drawer, SeveralDrawer)
    pool.gui.until(lambda: drawer.good == 3000)
    assert pool.gui.find("proxies_file_label", QLabel).toolTip() or drawer.file_label.isVisible()

    pool.gui.click("add_button")
    pool.settle()

    pool.gui.until(lambda: len(pool.room.ids()) == 3000)
    pool.gui.until(lambda: "3,000 proxies added." in pool.gui.toasts() or drawer.banner.isVisible())


def test_a_file_that_cannot_be_read_is_said(pool: Pool, tmp_path: Path):
    pool.gui.click("several_proxies_button")
    drawer = pool.page.drawer
    assert isinstance(drawer, SeveralDrawer)

    drawer.read_file(str(tmp_path / "nowhere.txt"))

    pool.gui.until(lambda: "cannot be read" in drawer.banner.text_label.text())


def test_a_price_is_kept(pool: Pool):
    pool.add("http://a.example:80", "A")
    pool.select("A")
    pool.gui.press("Ctrl+E")

    pool.gui.write("price_edit", "$3 a month")
    pool.save()

    assert pool.room.get("A").price == "$3 a month"
    assert pool.facts()["Price"] == "$3 a month"


def text_of_ssh(server: SshServer) -> str:
    return write(server.upstream)
