"""The pool knows who came out where, learns keys once, and is checked, changed and filled as a whole."""

from __future__ import annotations

import asyncio
import io
import threading
from collections.abc import Callable, Iterator

import pytest

from app.demo.internet import LocalInternetThread
from app.isolation.checks import Exit
from app.isolation.network.proxy_string import write
from app.isolation.plan import ProxyKind
from app.isolation.proxies import PROXY
from app.isolation.proxy_importing import import_lines
from app.isolation.proxy_pool import HostKeys, KeyNotOffered, NoChangeIpUrl, NotSsh
from app.isolation.proxy_reading import Standing, lines_of
from app.isolation.store import proxies as proxy_store
from app.kernel.changes import Changes
from app.kernel.gate import Ability
from app.kernel.gate import Refused as GateRefused
from tests.support.vaults import pass_for
from tests.vault.isolation.conftest import Rooms

ONE, TWO = Exit("203.0.113.1", "US", "", 12), Exit("203.0.113.2", "DE", "", 12)


def opened(rooms: Rooms, name: str, exit_: Exit):
    rooms.clock.move(hours=1)
    profile = rooms.profiles.get(name)
    return rooms.profiles.record_opened(pass_for(rooms.vault), profile, exit_)


@pytest.fixture
def internet(rooms: Rooms) -> Iterator[LocalInternetThread]:
    with LocalInternetThread() as internet:
        rooms.settings.set("network.echo_urls", internet.net.echo_url)
        yield internet


@pytest.fixture
def stores(rooms: Rooms) -> Rooms:
    """Anna and Bea, each with a proxy of her own."""
    for name in ("Anna", "Bea"):
        rooms.proxies.add(f"http://{name.lower()}:x@p.example:80", f"of {name}")
        rooms.profiles.new(name, proxy=f"of {name}")
    return rooms


def at(rooms: Rooms, proxy: str, exit_: Exit) -> None:
    """A check that found this exit."""
    from dataclasses import replace

    from app.isolation.proxy_checking import Checked

    found = replace(rooms.proxies.get(proxy), exit=exit_, checked=rooms.clock.now())
    rooms.proxies.pool.note(pass_for(rooms.vault), [Checked(found)])


def warnings(rooms: Rooms, proxy: str) -> list[str]:
    row = rooms.proxies.get(proxy)
    return [text.english() for text in rooms.proxies.pool.exit_warnings([row]).get(row.id, ())]


def test_every_stretch_at_an_exit_is_kept(stores: Rooms):
    for exit_ in (ONE, ONE, TWO, ONE):
        opened(stores, "Anna", exit_)

    seen = stores.profiles.exits("Anna")

    assert [use.ip for use in seen] == [ONE.ip, TWO.ip, ONE.ip]
    assert [use.is_now for use in seen] == [True, False, False]
    assert (seen[2].until - seen[2].since).total_seconds() == 3600


def moved(rooms: Rooms, name: str, exit_: Exit) -> None:
    rooms.clock.move(hours=1)
    rooms.profiles.record_move(pass_for(rooms.vault), rooms.profiles.get(name).id, exit_)


def test_an_exit_that_changes_while_a_window_is_open_is_kept_and_held_against_nothing(stores: Rooms):
    opened(stores, "Anna", ONE)
    moved(stores, "Anna", TWO)

    seen = stores.profiles.exits("Anna")

    assert [(use.ip, use.is_now) for use in seen] == [(TWO.ip, True), (ONE.ip, False)]
    assert seen[1].until == seen[0].since, "it was at the first one until then"
    assert stores.profiles.get("Anna").exit == ONE, "the usual one stays the usual one"
    at(stores, "of Bea", TWO)
    assert len(warnings(stores, "of Bea")) == 1
    assert stores.profiles.comes_out_at(stores.profiles.get("Anna").id, TWO)


@pytest.mark.parametrize("has_moved", [False, True])
def test_an_opening_that_is_taken_back_leaves_no_trace(stores: Rooms, has_moved: bool):
    opened(stores, "Anna", ONE)
    if has_moved:
        moved(stores, "Anna", TWO)
    for exit_ in (ONE, TWO):
        before = stores.profiles.get("Anna")
        history = stores.profiles.exits("Anna")
        after = opened(stores, "Anna", exit_)

        stores.profiles.take_back_opening(pass_for(stores.vault), before, after)

        assert stores.profiles.exits("Anna") == history


def test_an_exit_that_was_another_stores_before_is_told_with_its_name_and_day(stores: Rooms):
    opened(stores, "Anna", ONE)
    last = stores.profiles.get("Anna").exit_seen
    opened(stores, "Anna", TWO)
    at(stores, "of Bea", ONE)

    assert last is not None
    assert warnings(stores, "of Bea") == [
        f"This address was used by 001 Anna until {last.astimezone():%Y-%m-%d}."
    ]
    assert stores.proxies.get("of Bea").exit_others == 1
    assert stores.proxies.get("of Anna").exit_others == 0


def test_two_stores_at_one_exit_are_told(stores: Rooms):
    opened(stores, "Anna", ONE)
    at(stores, "of Anna", ONE)
    at(stores, "of Bea", ONE)

    (other, twin) = warnings(stores, "of Bea")

    assert other.startswith("001 Anna comes out at this address too, last on ")
    assert twin == "Other saved proxies with the same exit: 1."
    assert warnings(stores, "of Anna") == ["Other saved proxies with the same exit: 1."]


def test_stores_that_share_a_proxy_are_told(stores: Rooms):
    stores.profiles.new("Cora", proxy="of Anna")
    at(stores, "of Anna", ONE)

    assert warnings(stores, "of Anna") == ["2 stores go through this proxy and show the same address."]


def test_an_exit_of_its_own_is_no_matter(stores: Rooms):
    opened(stores, "Anna", ONE)
    at(stores, "of Anna", ONE)

    assert warnings(stores, "of Anna") == []


def test_a_store_that_is_gone_for_good_is_forgotten(stores: Rooms):
    opened(stores, "Anna", ONE)
    at(stores, "of Bea", ONE)
    stores.profiles.delete("Anna")
    assert len(warnings(stores, "of Bea")) == 1

    stores.profiles.purge("Anna")

    assert warnings(stores, "of Bea") == []


def test_when_a_proxy_was_used_last_is_known(stores: Rooms):
    assert stores.proxies.get("of Anna").last_used is None
    opened(stores, "Anna", ONE)

    assert stores.proxies.get("of Anna").last_used == stores.clock.now()


def test_many_are_checked_on_one_loop_and_stored_together(
    rooms: Rooms, internet: LocalInternetThread, changes: list[Changes]
):
    net, told = internet.net, []
    good = [
        rooms.proxies.add(write(net.http_proxy.upstream), "US").id,
        rooms.proxies.add(write(net.socks_proxy.upstream), "DE").id,
    ]
    bad = [rooms.proxies.add(f"http://user{n}:wrong@127.0.0.1:{net.http_proxy.port}").id for n in range(30)]
    host = net.http_proxy.address
    bad += [rooms.proxies.add(f"http://u{n}:wrong@{host}:{net.http_proxy.port}").id for n in range(30)]
    changes.clear()

    found = asyncio.run(
        rooms.proxies.pool.check_many([*good, *bad, "gone"], lambda done, total: told.append((done, total)))
    )

    assert len(found) == 62
    assert told[0] == (0, 62)
    assert told[-1] == (62, 62)
    assert {rooms.proxies.get(name).exit.country for name in ("US", "DE")} == {"US", "DE"}
    problems = {rooms.proxies.get(one).check_problem.id for one in bad}
    assert problems <= {"auth-failed", "refused"}
    assert "auth-failed" in problems
    assert sum(PROXY in change for change in changes) < 10  # some batches, not a write for each


def test_what_was_found_before_a_cancel_is_kept(rooms: Rooms, internet: LocalInternetThread):
    net = internet.net
    one = rooms.proxies.add(write(net.http_proxy.upstream), "US").id
    from app.demo.internet import Behaviour

    net.socks_proxy.behaviour = Behaviour.HANG
    two = rooms.proxies.add(write(net.socks_proxy.upstream), "DE").id

    async def work() -> None:
        first = asyncio.Event()

        def told(done: int, _total: int) -> None:
            if done:
                first.set()

        checking = asyncio.create_task(rooms.proxies.pool.check_many([one, two], told))
        async with asyncio.timeout(30):
            await first.wait()
        checking.cancel()
        await asyncio.gather(checking, return_exceptions=True)

    asyncio.run(work())

    assert rooms.proxies.get("US").exit is not None
    assert rooms.proxies.get("DE").checked is None


def test_the_first_key_stays_until_a_person_trusts_another(rooms: Rooms):
    proxy = rooms.proxies.add("ssh://anna:x@s.example", "S")
    assert (proxy.kind, proxy.port, proxy.host_key) == (ProxyKind.SSH, 22, "")
    profile = rooms.profiles.new("Anna", proxy="S")
    pass_ = pass_for(rooms.vault)

    rooms.proxies.upstream_of(pass_, profile)
    rooms.proxies.pool.learn_host_key(pass_, proxy.id, "ssh-ed25519 SHA256:first")
    rooms.proxies.pool.learn_host_key(pass_, proxy.id, "ssh-ed25519 SHA256:second")
    learned = rooms.proxies.get("S")
    keys = HostKeys(learned.host_key, "ssh-ed25519 SHA256:second")
    with pytest.raises(KeyNotOffered):
        rooms.proxies.pool.trust(learned, keys, "SHA256:third")
    rooms.proxies.pool.trust(learned, keys, "SHA256:second")

    assert learned.host_key == "ssh-ed25519 SHA256:first"
    assert rooms.proxies.get("S").host_key == "ssh-ed25519 SHA256:second"
    assert rooms.proxies.get("S").upstream.host_key == "ssh-ed25519 SHA256:second"
    assert rooms.proxies.change("S", text="ssh://anna:x@other.example").host_key == ""


def test_a_private_keys_path_is_kept(rooms: Rooms):
    rooms.proxies.add("ssh://anna@s.example?key=/home/anna/id", "S")
    profile = rooms.profiles.new("Anna", proxy="S")

    upstream = rooms.proxies.upstream_of(pass_for(rooms.vault), profile)

    assert upstream.key_file == "/home/anna/id"
    assert rooms.proxies.change("S", text="ssh://anna:x@s.example").key_file == ""


def test_only_ssh_has_keys_and_only_some_have_a_page_that_changes_the_address(rooms: Rooms):
    proxy = rooms.proxies.add("http://h.example:80", "H")

    with pytest.raises(NotSsh):
        asyncio.run(rooms.proxies.pool.host_keys(proxy))
    with pytest.raises(NoChangeIpUrl):
        asyncio.run(rooms.proxies.pool.change_ip(proxy))


def test_the_address_is_changed_and_seen_to_have_changed(rooms: Rooms, internet: LocalInternetThread):
    net = internet.net
    rooms.proxies.pool.may_ask_private = True
    host, port = net.address("store.test")
    rooms.proxies.add(f"{write(net.http_proxy.upstream)}[http://{host}:{port}/me?token=s3cr3t]", "US")
    before = rooms.proxies.check("US")

    same = asyncio.run(rooms.proxies.pool.change_ip(before))
    net.http_proxy.exit_ip = net.socks_proxy.exit_ip
    other = asyncio.run(rooms.proxies.pool.change_ip(same.proxy))

    assert [request.query.get("token") for request in net.requests("store.test")] == ["s3cr3t"] * 2
    assert (same.before, same.has_changed) == (before.exit.ip, False)
    assert other.has_changed
    assert rooms.proxies.get("US").exit.ip == net.socks_proxy.exit_ip


JUNK = """# our list
203.0.113.7:8080:anna:pw
203.0.113.7:8080:anna:pw

Shop 1|203.0.113.8|1080|bob|p,w|socks5
203.0.113.9,3128,carl,"p,w"
a.example:80:b.example:81
:::::::
nonsense
ssh://dora:pw@s.example
"""


def test_a_file_with_junk_is_read_line_by_line_and_nothing_is_guessed(rooms: Rooms):
    done = import_lines(
        rooms.proxies, lines_of(io.BytesIO(JUNK.encode() + b"\xff\xfe\x00:1\n" + b"x" * 99_999))
    )

    assert done.counts == {
        Standing.ADDED: 4,
        Standing.KNOWN: 1,
        Standing.AMBIGUOUS: 1,
        Standing.WRONG: 4,
    }
    assert [line.number for line in done.left_out if line.standing is Standing.AMBIGUOUS] == [7]
    rows = {proxy.host: proxy for proxy in rooms.proxies.page().rows}
    assert rows["203.0.113.8"].name == "Shop 1"
    assert rows["203.0.113.8"].kind is ProxyKind.SOCKS5
    assert rows["s.example"].kind is ProxyKind.SSH
    assert not done.is_whole


def test_a_table_with_a_head_is_read_by_its_columns(rooms: Rooms):
    table = (
        "\N{ZERO WIDTH NO-BREAK SPACE}Name;Type;Host;Port;User;Password;Provider;Expires;Price\n"
        "One;socks5;h.example;1080;anna;a:b@c;Lumi;2027-01-31;$3\n"
        "Two;vless;h.example;1080;anna;x;;;\n"
        "Three;http;h.example;99999;;;;;\n"
    )

    done = import_lines(rooms.proxies, lines_of(io.BytesIO(table.encode())), provider="Other")

    assert done.counts == {Standing.ADDED: 1, Standing.WRONG: 2}
    (one,) = rooms.proxies.page().rows
    assert (one.name, one.kind, one.provider, one.price) == ("One", ProxyKind.SOCKS5, "Lumi", "$3")
    assert one.expires is not None
    profile = rooms.profiles.new("Anna", proxy="One")
    assert rooms.proxies.upstream_of(pass_for(rooms.vault), profile).password.reveal() == "a:b@c"


def test_a_persons_word_on_the_order_decides_the_ambiguous(rooms: Rooms):
    for order, host in ((0, "a.example"), (1, "b.example")):
        done = import_lines(rooms.proxies, [(1, "a.example:80:b.example:81")], order=order)

        assert done.counts == {Standing.ADDED: 1}
        assert host in {proxy.host for proxy in rooms.proxies.page().rows}


def test_thousands_behind_one_address_get_names_of_their_own(rooms: Rooms):
    lines = [(n, f"gate.example:8000:user{n}:pw") for n in range(1, 3001)]

    done = import_lines(rooms.proxies, lines)

    assert done.counts == {Standing.ADDED: 3000}
    assert len(rooms.proxies.ids()) == 3000


def test_a_line_whose_name_is_taken_is_left_out_and_leaves_nothing(rooms: Rooms):
    table = "Name;Host;Port;Provider\nOne;a.example;80;Lumi\none;b.example;80;Lumi\nTwo;c.example;80;\n"

    done = import_lines(rooms.proxies, lines_of(io.BytesIO(table.encode())))

    assert [line.number for line in done.left_out] == [3]
    assert {proxy.host for proxy in rooms.proxies.page().rows} == {"a.example", "c.example"}


def test_a_number_behind_a_name_that_is_taken_is_passed_over(rooms: Rooms):
    for user in ("one", "two", "three"):
        rooms.proxies.add(f"http://{user}@gate.example:80")
    rooms.proxies.remove("gate.example:80 (2)")

    fourth = rooms.proxies.add("http://four@gate.example:80")

    assert fourth.name not in ("gate.example:80", "gate.example:80 (3)")
    assert len(rooms.proxies.ids()) == 3


def test_a_check_of_one_pins_the_key_that_it_was_shown(rooms: Rooms, monkeypatch: pytest.MonkeyPatch):
    from app.isolation.proxy_checking import Checking

    def probe(_self: Checking, _upstream: object, learned: Callable[[str], None]) -> Exit:
        learned("ssh-ed25519 SHA256:first")
        return ONE

    rooms.proxies.add("ssh://anna:pw@s.example", "Server")
    monkeypatch.setattr(Checking, "probe", probe)

    assert rooms.proxies.check("Server").host_key == "ssh-ed25519 SHA256:first"


@pytest.mark.parametrize("far", ["ssh://anna:pw@other.example", "ssh://anna:pw@s.example:2222"])
def test_the_key_of_a_server_is_not_pinned_where_the_proxy_has_moved_on(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch, far: str
):
    from app.isolation.proxy_checking import Checking

    def probe(_self: Checking, _upstream: object, learned: Callable[[str], None]) -> Exit:
        rooms.proxies.change("Server", text=far)
        learned("ssh-ed25519 SHA256:first")
        return ONE

    rooms.proxies.add("ssh://anna:pw@s.example", "Server")
    monkeypatch.setattr(Checking, "probe", probe)

    assert rooms.proxies.check("Server").host_key == ""


def test_a_window_teaches_the_key_of_the_far_end_that_it_was_given_and_of_no_other(rooms: Rooms):
    proxy = rooms.proxies.add("ssh://anna:pw@s.example", "Server")
    profile = rooms.profiles.new("Anna", proxy="Server")
    first, second = pass_for(rooms.vault), pass_for(rooms.vault)
    pool = rooms.proxies.pool

    rooms.proxies.upstream_of(first, profile)
    rooms.proxies.change("Server", text="ssh://anna:pw@other.example")
    rooms.proxies.upstream_of(second, profile)
    pool.learn_host_key(first, proxy.id, "ssh-ed25519 SHA256:old")
    after_first = rooms.proxies.get("Server").host_key
    pool.learn_host_key(second, proxy.id, "ssh-ed25519 SHA256:new")

    assert (after_first, rooms.proxies.get("Server").host_key) == ("", "ssh-ed25519 SHA256:new")


def test_a_check_of_many_gives_the_rows_after_a_slow_write(
    rooms: Rooms, internet: LocalInternetThread, monkeypatch: pytest.MonkeyPatch
):
    proxy = rooms.proxies.add(write(internet.net.http_proxy.upstream), "US")
    from app.isolation.proxy_checking import Checking

    pool, note, check_all = rooms.proxies.pool, rooms.proxies.pool.note, Checking.check_all
    begun, never = threading.Event(), threading.Event()

    def later(*args: object) -> None:
        begun.set()
        never.wait(1.0)
        note(*args)

    async def ends_within_a_write(*args: object) -> None:
        await check_all(*args)
        await asyncio.to_thread(begun.wait, 30)

    monkeypatch.setattr(Checking, "check_all", ends_within_a_write)

    monkeypatch.setattr(pool, "note", later)
    monkeypatch.setattr("app.isolation.proxy_pool._BATCH", 1)

    (found,) = asyncio.run(pool.check_many([proxy.id]))

    assert found.exit is not None


def test_a_write_that_fails_is_told(
    rooms: Rooms, internet: LocalInternetThread, monkeypatch: pytest.MonkeyPatch
):
    proxy = rooms.proxies.add(write(internet.net.http_proxy.upstream), "US")
    note, tries = proxy_store.note_check, []

    def fails_once(*args: object) -> None:
        tries.append(args)
        if len(tries) == 1:
            raise OSError(28, "No space left on device")
        note(*args)

    monkeypatch.setattr(proxy_store, "note_check", fails_once)
    monkeypatch.setattr("app.isolation.proxy_pool._BATCH", 1)

    with pytest.raises(OSError, match="No space"):
        asyncio.run(rooms.proxies.pool.check_many([proxy.id]))


def test_who_may_only_look_at_proxies_changes_no_address(rooms: Rooms, internet: LocalInternetThread):
    host, port = internet.net.address("store.test")
    rooms.proxies.add(f"{write(internet.net.http_proxy.upstream)}[http://{host}:{port}/me]", "US")
    looker = rooms.seen_by(
        rooms.profiles.new("Anna", proxy="US").id, abilities=frozenset({Ability.PROXY_VIEW})
    )
    looker.proxies.pool.may_ask_private = True

    with pytest.raises(GateRefused):
        asyncio.run(looker.proxies.pool.change_ip(looker.proxies.get("US")))

    assert internet.net.requests("store.test") == ()
