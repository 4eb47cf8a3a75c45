"""The jail: a browser in a network of its own, whose only door is its relay; and what still goes through."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from app.demo.internet import LocalInternet
from app.isolation.browser import acting
from app.isolation.browser.hub import Hub
from app.isolation.browser.jail import Jail, launcher, make_jail, why_no_jail
from app.isolation.browser.problems import NoJail
from app.isolation.browser.process import EngineProcess, start_engine
from app.isolation.keeper import opening
from app.isolation.keeper.client import KeeperClient
from app.isolation.network import peers
from app.isolation.network.peers import EnginePeers
from app.isolation.network.relay import Relay
from app.isolation.plan import Fingerprint, WebRtcPolicy
from app.kernel.text import Text
from tests.support import waiting
from tests.support.commands import berth
from tests.support.engines import noting_engine
from tests.support.jails import (
    LOOK,
    jails_of_ordinary_user,
    jails_refused,
    namespaces_held_by,
    processes_in,
    system_without_networks,
)
from tests.support.lab.namespaces import network_of
from tests.support.ordinary_user import folder_of_ordinary_user, ordinary_uid, screen_for_all, window
from tests.support.plans import plan_for
from tests.support.stage import ROOT, Stage, until

if not sys.platform.startswith("linux"):
    pytest.skip("only Linux has network namespaces", allow_module_level=True)


@pytest.fixture(params=["as this user", "as an ordinary user"])
def python(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A Python for inside, and jails of both kinds: root needs no user namespace, everybody else does."""
    if request.param == "as this user":
        yield sys.executable
    else:
        with jails_of_ordinary_user(monkeypatch) as path:
            yield path


@contextlib.contextmanager
def _jail() -> Iterator[Jail]:
    try:
        made = make_jail({})
    except NoJail as problem:
        pytest.skip(f"no jail here: {problem.text.english()}")
    yield made
    made.close()


async def _look_around(jail: Jail | None, python: str, **wanted: Any) -> dict[str, Any]:
    order = json.dumps({"dial": {}, "local": {}, "bus": {}, **wanted})
    words = ["-I", "-S", "-c", LOOK, order]
    process = await start_engine(python, words, {"ONLY": "this"}, cores=1, turn=0, jail=jail)
    ending = await process.wait()
    process.hang_up()
    assert ending.code == 0, process.stderr_tail()
    told: dict[str, Any] = json.loads(process.stderr_tail())
    return told


async def test_inside_nothing_is_reached_but_the_door_and_the_persons_own_session(
    python: str,
) -> None:
    with contextlib.ExitStack() as stack:
        elsewhere = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        bus = stack.enter_context(_session_bus())
        display = stack.enter_context(screen_for_all())
        hidden = stack.enter_context(_name_service())
        jail = stack.enter_context(_jail())
        told = await _look_around(
            jail,
            python,
            dial={
                "door": ["127.0.0.1", jail.listener.getsockname()[1]],
                "this machine": ["127.0.0.1", elsewhere.getsockname()[1]],
                "world": ["9.9.9.9", 53],
                "world by IPv6": ["2620:fe::fe", 53],
            },
            local={"screen": f"/tmp/.X11-unix/X{display[1:]}", **hidden},
            bus={"input method": bus} if bus else {},
        )

    assert told["door"] == "ok"
    assert told["screen"] == "ok", "a filesystem socket passes"
    assert told.get("input method", "OK") == "OK", "the session's bus knows us as the same user"
    assert str(told["this machine"]).startswith("ConnectionRefusedError")
    assert told["world"] == told["world by IPv6"] == "OSError 101", "no route"
    assert str(told["name"]).startswith("gaierror")
    for path in hidden:
        assert str(told[path]).startswith("FileNotFoundError"), path
    assert set(told["links"]) <= {"lo", "berth0", "berth1"}
    assert told["routes"] == 0 or "berth0" in told["links"]
    assert told["cores"] == 1
    assert not {"net", "mnt", "user", "socket", "/memfd"} & set(told["fds"].values()), "nothing is left open"
    assert set(told["environment"]) <= {"ONLY", "LC_CTYPE"}
    if told["uid"] != 0:
        assert told["uid"] == ordinary_uid()
        assert int(str(told["caps"]), 16) == 0


async def test_whose_connection_comes_in_by_the_door_is_asked_of_the_jails_own_network(python: str) -> None:
    with _jail() as jail:
        port = jail.listener.getsockname()[1]
        jail.listener.settimeout(30)
        program = f"import socket, sys; it = socket.create_connection(('127.0.0.1', {port})); it.recv(1)"
        process = await start_engine(python, ["-I", "-S", "-c", program], {}, cores=0, turn=0, jail=jail)
        connection, (_, peer_port) = await asyncio.to_thread(jail.listener.accept)
        with connection, subprocess.Popen(["sleep", "60"]) as other:
            asked = peers._Sockets("/proc/none", jail.asker).inode(peer_port, port)
            read = peers._Sockets(f"/proc/{process.pid}").inode(peer_port, port)
            known, stranger = EnginePeers(lambda: port), EnginePeers(lambda: port)
            known.follow(process.pid, has_own_network=True, asker=jail.asker)
            stranger.follow(other.pid, has_own_network=True, asker=jail.asker)
            owns = known.owns(peer_port), stranger.owns(peer_port), known.owns(peer_port ^ 1)
            other.kill()
        await process.wait()
        process.hang_up()

    assert asked == read != ""
    assert owns == (True, False, False)


async def test_the_control_outside_of_a_jail_all_of_that_is_reached() -> None:
    with contextlib.ExitStack() as stack:
        elsewhere = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        hidden = stack.enter_context(_name_service())
        told = await _look_around(
            None,
            sys.executable,
            dial={"this machine": ["127.0.0.1", elsewhere.getsockname()[1]]},
            local=hidden,
        )

    assert told["this machine"] == "ok"
    assert all(told[path] == "ok" for path in hidden)


async def test_the_sandbox_is_on_in_a_jail_and_pages_load_through_its_door(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with contextlib.ExitStack() as stack:
        stack.enter_context(jails_of_ordinary_user(monkeypatch))
        display = stack.enter_context(screen_for_all())
        folder = stack.enter_context(folder_of_ordinary_user())
        jail = stack.enter_context(_jail())
        net = await LocalInternet().__aenter__()
        made: list[Relay] = []
        known = EnginePeers(lambda: made[0].port)
        made.append(Relay(net.http_proxy.upstream, allow_private=False, is_ours=known.owns))
        port = await made[0].start(jail.listener)
        made[0].open()
        started: list[EngineProcess] = []
        try:
            async with window(folder, display, jail=jail, relay_port=port, started=started) as (hub, page):
                refused = await _loads(hub, page, net.store_url)
                known.follow(started[0].pid, has_own_network=True, asker=jail.asker)
                loaded = await _loads(hub, page, net.store_url)
                known.follow(started[0].pid, has_own_network=True)  # by the tables of that network
                by_table = await _loads(hub, page, net.mail_url)
                engine = psutil.Process(started[0].pid)
                below = engine.children(recursive=True)
                lines = {process.pid: _line(process) for process in [engine, *below]}
                inside = [jail.holds(process.pid) for process in [engine, *below]]
                renderer = next(pid for pid, line in lines.items() if "--type=renderer" in line)
                seccomp = _status(renderer, "Seccomp")
                users = {Path(f"/proc/{pid}/ns/user").readlink() for pid in (engine.pid, renderer)}
                uids = set(engine.uids())
                online = await acting.evaluate(hub, page, "navigator.onLine")
        finally:
            await made[0].close()
            await net.__aexit__(None, None, None)

    assert refused.startswith("net::ERR_"), "nobody is known to the relay yet"
    assert "Harbour Goods" in loaded
    assert "Quay Mail" in by_table
    assert online is True
    assert not any("--no-sandbox" in line for line in lines.values())
    assert seccomp == "2", "filters system calls"
    assert len(users) == 2, "the sandbox has a user namespace of its own inside ours"
    assert uids == {ordinary_uid()}
    assert inside[0]
    assert sum(inside) >= 2, "the network process too; renderers are in an even smaller network"


def test_a_window_says_that_the_system_keeps_it_on_its_relay_and_nothing_stays(stage: Stage) -> None:
    _need_jail()
    stage.make("Anna")
    stage.make("Bert", None, ("jail", "off"))
    opened, free = stage.open_store("Anna", "a"), stage.open_store("Bert", "b")
    keeper = stage.keeper_process().pid
    network = network_of(opened.pid)

    assert "path.jail" in {check.id for check in opened.preflight.checks}
    assert "path.jail" not in {check.id for check in free.preflight.checks}
    assert network != network_of(keeper) == network_of(free.pid)
    assert len(namespaces_held_by(keeper)) >= 2
    with stage.keeper() as client:
        client.close_windows()
        assert processes_in(network) == []
        assert namespaces_held_by(keeper) == []


def test_a_crash_leaves_no_namespace_behind(stage: Stage) -> None:
    _need_jail()
    stage.make("Anna")
    opened = stage.open_store("Anna", "a")
    keeper = stage.keeper_process().pid
    network = network_of(opened.pid)

    with stage.keeper() as client:
        os.kill(opened.pid, signal.SIGSEGV)
        client.wait(opened.profile.id, 30)
        until(lambda: processes_in(network) == [])
        until(lambda: namespaces_held_by(keeper) == [])
    again = stage.open_store("Anna", "again")

    assert network_of(again.pid) != network_of(os.getpid())


def test_a_killed_keeper_leaves_no_process_in_the_jail(stage: Stage) -> None:
    _need_jail()
    stage.make("Anna")
    opened = stage.open_store("Anna", "a")
    network = network_of(opened.pid)

    os.kill(stage.keeper_process().pid, signal.SIGKILL)

    until(lambda: processes_in(network) == [])


def test_a_refused_opening_leaves_no_namespace_behind(stage: Stage) -> None:
    _need_jail()
    stage.make("Anna")
    stage.internet.kill(stage.net.http_proxy)

    refused = stage.open("Anna")

    assert not refused.is_open
    keeper = stage.keeper_process().pid
    until(lambda: namespaces_held_by(keeper) == [])


async def test_a_system_that_refuses_user_namespaces_is_told_by_name_and_the_flags_stay(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with jails_refused(monkeypatch):
        why = why_no_jail({})
        with pytest.raises(NoJail, match="max_user_namespaces"):
            await opening._jail(replace(plan_for(tmp_path), jail=True))

    assert why is not None
    assert "max_user_namespaces" in why.english()


def test_doctor_says_which_guarantee_is_in_force_and_why_not_the_stronger_one(berth_home: Path) -> None:
    here = berth("doctor", "--json").json
    there = berth("doctor", "--json", before=system_without_networks()).json
    told = {check["id"]: check for check in there["checks"]}["jail"]

    assert here["guarantee"] == ("kernel" if why_no_jail(os.environ) is None else "switches")
    assert there["guarantee"] == "switches"
    assert told["level"] == "amber"
    assert told["message"] == (
        "The browser's own switches keep windows on their proxy; the system itself cannot do it here: "
        "This system allows no more network namespaces (user.max_net_namespaces)."
    )


def test_where_no_jail_can_be_made_windows_open_all_the_same(stage: Stage) -> None:
    folders = [str(stage.paths.data), str(stage.paths.state), str(stage.paths.runtime)]
    words = [*system_without_networks(), sys.executable, "-m", "app", "--keeper", *folders]
    stage.make("Anna")
    with (
        subprocess.Popen(words, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as keeper,
        until(lambda: KeeperClient.find(stage.paths)),
    ):
        opened = stage.open_store("Anna", "a")

        assert stage.keeper_process().pid == keeper.pid
        [line] = [check for check in opened.preflight.checks if check.id == "path.jail"]
        assert "max_net_namespaces" in line.message.english()
        assert network_of(opened.pid) == network_of(os.getpid())
        with stage.keeper() as client:
            client.close_windows()


def test_the_second_start_that_brings_the_tabs_back_is_in_the_jail_too(stage: Stage, tmp_path: Path) -> None:
    """Where the browser has died meanwhile, that second start becomes the browser."""
    _need_jail()
    engine, starts = noting_engine(tmp_path)
    stage.make("Anna", None, ("engine-path", engine.path))
    stage.open("Anna", stage.store("a"))
    stage.report("a")
    with stage.keeper() as keeper:
        keeper.close_windows()
    starts.unlink()

    again = stage.open("Anna")

    assert again.is_open
    networks = starts.read_text().split()
    assert len(networks) == 2, "the start, and the one that asks for the tabs"
    assert set(networks) == {network_of(again.pid)}


async def test_a_profile_that_lets_webrtc_past_its_proxy_or_wants_no_jail_gets_none(tmp_path: Path) -> None:
    open_handed = Fingerprint(languages=("en-US",), timezone="UTC", webrtc=WebRtcPolicy.DEFAULT)

    assert await opening._jail(replace(plan_for(tmp_path, settings=open_handed), jail=True)) is None
    assert await opening._jail(replace(plan_for(tmp_path), jail=False)) is None


@pytest.mark.parametrize(
    ("screen", "said"),
    [
        ({"DISPLAY": "localhost:10.0"}, "reached over the network"),
        ({"DISPLAY": ":0", "DBUS_SESSION_BUS_ADDRESS": "unix:abstract=/tmp/dbus-x,guid=1"}, "Chinese input"),
    ],
)
def test_what_no_namespace_lets_through_keeps_the_jail_off(screen: dict[str, str], said: str) -> None:
    why = why_no_jail(screen)

    assert isinstance(why, Text)
    assert said in why.english()


def test_berth_itself_is_the_launcher_where_it_is_one_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert launcher() == [sys.executable, "--jail"]

    done = subprocess.run(
        [sys.executable, "-m", "app", "--jail", "nonsense"], capture_output=True, text=True, check=False
    )

    assert done.returncode == 2
    assert "not for people" in done.stderr


def _need_jail() -> None:
    if (reason := why_no_jail(os.environ)) is not None:
        pytest.skip(f"no jail here: {reason.english()}")


async def _loads(hub: Hub, page: str, url: str) -> str:
    """The title of a page, or the error that the browser has in its place."""
    answer = await hub.command("Page.navigate", await hub.session_of(page), url=url)
    if "errorText" in answer:
        return str(answer["errorText"])
    return str(await waiting.until(lambda: acting.evaluate(hub, page, "document.title")))


def _line(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:  # just ending
        return ""


def _status(pid: int, name: str) -> str:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(line.split()[1] for line in lines if line.startswith(f"{name}:"))


@contextlib.contextmanager
def _session_bus() -> Iterator[str]:
    """The socket of a bus as a desktop session has it; empty where no such program is installed."""
    program = shutil.which("dbus-daemon")
    if program is None:
        yield ""
        return
    with folder_of_ordinary_user() as folder:
        folder.chmod(0o755)
        words = [program, "--session", "--nofork", "--nopidfile", f"--address=unix:path={folder}/bus"]
        with subprocess.Popen(words, stderr=subprocess.DEVNULL) as daemon:
            try:
                until((folder / "bus").exists)
                (folder / "bus").chmod(0o777)
                yield str(folder / "bus")
            finally:
                daemon.terminate()


@contextlib.contextmanager
def _name_service() -> Iterator[dict[str, str]]:
    """A socket in the place of a name service's, where that place is free and ours to take."""
    path = Path("/run/avahi-daemon/socket")
    if os.geteuid() != 0 or path.parent.exists():
        yield {}
        return
    path.parent.mkdir(mode=0o755)
    try:
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(path))
            path.chmod(0o777)
            listener.listen()
            yield {"resolver": str(path)}
    finally:
        path.unlink()
        path.parent.rmdir()
