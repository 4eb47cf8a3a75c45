"""A real engine with a hub on its pipe and a relay of its own; no keeper, no profile."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from app.isolation.browser.arming import Arming
from app.isolation.browser.engines import find_engines
from app.isolation.browser.hub import Hub
from app.isolation.browser.preferences import write_preferences
from app.isolation.browser.process import start_engine
from app.isolation.browser.switches import environment, switches
from app.isolation.keeper.opening import is_sandboxed
from app.isolation.network.relay import Relay
from app.isolation.plan import DIRECT, Fingerprint
from tests.support.plans import plan_for


@asynccontextmanager
async def engine_with_hub(
    folder: Path,
    settings: Fingerprint,
    *,
    profile: str = "",
    tz_works: bool = True,
    zone_of_machine: str = "",
) -> AsyncIterator[tuple[Hub, Relay]]:
    """The hub, and an open relay that leads straight out.

    With `tz_works` false and a zone of the machine, only the hub can give the profile's own zone.
    """
    plan = plan_for(folder, find_engines()[0], settings)
    relay = Relay(DIRECT, allow_private=True, is_ours=lambda _port: True)
    port = await relay.start()
    relay.open()
    write_preferences(plan, folder)
    surroundings = environment(plan, os.environ)
    if zone_of_machine:
        surroundings["TZ"] = zone_of_machine
    process = await start_engine(
        plan.engine.path,
        switches(plan, browser_dir=str(folder), relay_port=port, sandbox=is_sandboxed()),
        surroundings,
        cores=settings.cores,
        turn=0,
    )
    hub = Hub(process.write_fd, process.read_fd, Arming(settings, profile=profile, tz_works=tz_works))
    try:
        await hub.start()
        yield hub, relay
    finally:
        hub.close()
        await process.end(10, 5)
        await relay.close()
