"""A store's window whose path is an SSH server: opened, its key pinned, shut out when the key changes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import asyncssh
import pytest

from app.demo.internet import LocalInternet
from app.isolation.browser.engines import find_engines
from app.isolation.browser.looking import Eyes
from app.isolation.keeper.opening import Blocked, launch, prepare
from app.isolation.keeper.window import Reason
from app.isolation.plan import Fingerprint, LaunchPlan
from app.kernel.clock import SystemClock
from tests.network.ssh_server import SshServer, ssh_server
from tests.support.plans import plan_for
from tests.support.waiting import until

LIMIT_S = 60


@pytest.fixture
async def net(screen: None) -> AsyncIterator[LocalInternet]:
    async with LocalInternet() as internet:
        yield internet


@pytest.fixture
async def server(net: LocalInternet) -> AsyncIterator[SshServer]:
    async with ssh_server(net) as server:
        yield server


@pytest.fixture
async def eyes() -> AsyncIterator[Eyes]:
    pair = Eyes()
    await pair.start()
    yield pair
    await pair.stop()


def _plan(folder: Path, net: LocalInternet, server: SshServer) -> LaunchPlan:
    settings = Fingerprint(languages=("de-DE", "de"), timezone="Europe/Berlin")
    return replace(
        plan_for(folder, find_engines()[0], settings),
        upstream=server.upstream,
        start_pages=(net.store_url,),
        echo_urls=(net.echo_url,),
        market="DE",
        allow_private=False,
        probe_timeout_s=30.0,
    )


async def _replace_key(server: SshServer) -> None:
    await server.kill()
    server.key = asyncssh.generate_private_key("ssh-ed25519")
    await server.start()
    server.tries = 0


async def test_a_server_that_changes_its_key_after_the_probe_keeps_the_window_shut(
    net: LocalInternet, server: SshServer, eyes: Eyes, tmp_path: Path
) -> None:
    plan = _plan(tmp_path, net, server)
    prepared = await prepare(plan)
    await _replace_key(server)

    with pytest.raises(Blocked) as caught:
        await launch(prepared, plan.fingerprint, eyes, SystemClock())

    stops = caught.value.preflight.stops(only_this_once=True)
    assert [check.id for check in stops] == ["relay.witness"]
    assert server.tries == 0
    assert net.requests("store.test") == ()


async def test_a_window_opens_through_an_ssh_server_and_keeps_to_its_key(
    net: LocalInternet, server: SshServer, eyes: Eyes, tmp_path: Path
) -> None:
    plan = _plan(tmp_path, net, server)
    prepared = await prepare(plan)
    seen = server.fingerprint
    window = await launch(prepared, plan.fingerprint, eyes, SystemClock())
    try:
        await until(lambda: net.requests("store.test"), LIMIT_S)
        sources = {request.source for request in net.requests("store.test")}
        await _replace_key(server)
        await window.hub.command("Target.createTarget", url=net.mail_url)
        await until(lambda: "host-key" in {error.id for error in window.relay.errors}, LIMIT_S)
    finally:
        await window.close(Reason.ASKED)

    assert prepared.host_key == seen
    assert sources == {server.exit_ip}
    assert net.requests("mail.test") == ()
    assert server.tries == 0
    assert net.direct_arrivals() == ()
