"""An exit that goes astray while a window is open: nothing reaches the store until it is right again."""

from __future__ import annotations

import asyncio

import pytest

from app.demo.internet.world import Place
from app.isolation.checks import Level
from app.isolation.keeper import guarding
from app.isolation.keeper.client import KeeperClient
from app.isolation.keeper.messages import KeeperProblem, checks_from
from tests.support import waiting
from tests.support.stage import Stage, reds, until


@pytest.fixture
def watchful(stage: Stage) -> Stage:
    """A stage whose windows are looked at every second."""
    stage.work.settings.set("network.watch_s", "1")
    return stage


def _move(stage: Stage, country: str, timezone: str) -> None:
    stage.net.places[stage.net.http_proxy.exit_ip] = Place(country, timezone)


def _is(keeper: KeeperClient, state: str) -> bool:
    return [window["state"] for window in keeper.windows()] == [state]


def _requests(stage: Stage) -> int:
    return len(stage.net.requests("store.test"))


def test_a_window_whose_exit_moves_to_another_country_is_held_and_goes_on_when_it_is_back(
    watchful: Stage,
) -> None:
    stage = watchful
    stage.make("Anna")
    opened = stage.open_store("Anna", "a")

    with stage.keeper() as keeper:
        _move(stage, "DE", "Europe/Berlin")
        until(lambda: _is(keeper, "held"))
        held = keeper.windows()[0]["held"]
        before = _requests(stage)
        keeper.open_page(opened.profile.id, stage.store("astray"))
        until(lambda: [one for one in keeper.windows()[0]["relay_errors"] if one["id"] == "held"])

        _move(stage, "US", "America/New_York")
        until(lambda: _is(keeper, "open"))
        assert _requests(stage) == before
        keeper.open_page(opened.profile.id, stage.store("back"))
        stage.report("back")

    assert "exit.country" in {check["id"] for check in held}
    assert stage.net.reports("astray") == ()
    assert stage.net.direct_arrivals() == ()


def test_a_person_may_go_on_with_the_exit_that_was_found(watchful: Stage) -> None:
    stage = watchful
    stage.make("Anna")
    opened = stage.open_store("Anna", "a")
    with stage.keeper() as keeper:
        _move(stage, "DE", "Europe/Berlin")
        until(lambda: _is(keeper, "held"))

        shown = checks_from(keeper.windows()[0]["held"])
        with pytest.raises(KeeperProblem, match="something else by now"):
            stage.work.isolation.opening.go_on(opened.profile.id, shown[:1])
        stage.work.isolation.opening.go_on(opened.profile.id, shown)

        assert _is(keeper, "open")
        assert keeper.look_again(opened.profile.id) == ()
        keeper.open_page(opened.profile.id, stage.store("on"))
        stage.report("on")
        _move(stage, "FR", "Europe/Paris")
        assert keeper.look_again(opened.profile.id) == (), "the market is not looked at any more"
    lines = stage.work.isolation.profiles.history("Anna")
    assert "window.override" in {line.ability for line in lines}


def test_a_proxy_that_dies_holds_the_window_and_comes_back(watchful: Stage) -> None:
    stage = watchful
    proxy = stage.net.http_proxy
    stage.make("Anna")
    opened = stage.open_store("Anna", "a")
    with stage.keeper() as keeper:
        stage.internet.kill(proxy)
        until(lambda: _is(keeper, "held"))
        held = keeper.windows()[0]["held"]

        stage.internet.run(proxy.revive())
        until(lambda: _is(keeper, "open"))
        keeper.open_page(opened.profile.id, stage.store("back"))
        stage.report("back")

    assert [check["id"] for check in held] == ["exit.refused"]
    assert stage.net.direct_arrivals() == ()


def test_the_commands_look_and_go_on(watchful: Stage) -> None:
    stage = watchful
    stage.make("Anna")
    stage.open_store("Anna", "a")
    stage.hand_over_to_commands()
    _move(stage, "DE", "Europe/Berlin")

    code, [told], _ = stage.run("recheck", "Anna")
    assert (code, told["is_held"]) == (1, True)
    assert "exit.country" in {check["id"] for check in told["held"]}
    assert stage.run("windows")[1][0]["windows"][0]["state"] == "held"

    code, [told], said = stage.run("recheck", "Anna", "--go-on")
    assert (code, told["is_held"]) == (0, False), said
    assert stage.run("recheck", "Anna")[0] == 0


def test_a_store_may_open_without_a_network_where_its_person_wants_that(stage: Stage) -> None:
    stage.make("Anna")
    stage.open_store("Anna", "a")
    with stage.keeper() as keeper:
        keeper.close_windows()
    stage.internet.kill(stage.net.http_proxy)

    refused = stage.open("Anna", stage.store("b"))
    assert {check.id for check in refused.preflight.stops(only_this_once=True)} == {"exit.refused"}
    stage.work.isolation.profiles.set("Anna", [("stop-without-network", "off")])
    opened = stage.open("Anna", stage.store("b"))

    assert opened.is_open, reds(opened.preflight)
    amber = {check.id for check in opened.preflight.checks if check.level is Level.AMBER}
    assert amber >= {"exit.refused", "relay.witness"}
    assert stage.net.reports("b") == ()
    assert stage.net.direct_arrivals() == ()


def test_without_a_first_exit_nothing_opens_since_automatic_settings_cannot_be_fixed(stage: Stage) -> None:
    stage.make("Anna", None, ("stop-without-network", "off"))
    stage.internet.kill(stage.net.http_proxy)

    refused = stage.open("Anna")

    assert not refused.is_open
    assert stage.work.isolation.profiles.get("Anna").last_opened is None


def test_a_first_exit_in_another_country_is_held_where_a_store_opened_without_a_network(
    stage: Stage,
) -> None:
    stage.make("Anna", None, ("market", ""))
    stage.open_store("Anna", "a")
    with stage.keeper() as keeper:
        keeper.close_windows()
    stage.work.isolation.profiles.set("Anna", [("stop-without-network", "off")])
    stage.internet.kill(stage.net.http_proxy)
    opened = stage.open("Anna", stage.store("b"))
    assert opened.is_open, reds(opened.preflight)

    _move(stage, "DE", "Europe/Berlin")
    stage.net.http_proxy.exit_ip, old = _beside(stage), stage.net.http_proxy.exit_ip
    stage.net.places[stage.net.http_proxy.exit_ip] = stage.net.places[old]
    stage.internet.run(stage.net.http_proxy.revive())

    with stage.keeper() as keeper:
        held = keeper.look_again(opened.profile.id)
        assert {check.id for check in held} == {"exit.change"}
        assert _is(keeper, "held")


def test_an_exit_for_only_this_once_is_not_held_against_the_right_one(stage: Stage) -> None:
    stage.make("Anna")
    first = stage.open_store("Anna", "a").profile
    with stage.keeper() as keeper:
        keeper.close_windows()
        _move(stage, "DE", "Europe/Berlin")
        assert stage.open("Anna", only_this_once=True).is_open
        keeper.close_windows()
    _move(stage, "US", "America/New_York")

    again = stage.open("Anna")

    assert again.is_open, reds(again.preflight)
    assert first.exit is not None
    assert again.profile.exit == first.exit or again.profile.exit.country == "US"


def test_a_new_address_stops_only_a_store_that_asks_for_it(stage: Stage) -> None:
    stage.make("Anna")
    stage.open_store("Anna", "a")
    with stage.keeper() as keeper:
        keeper.close_windows()
    proxy = stage.net.http_proxy
    place = stage.net.places[proxy.exit_ip]
    proxy.exit_ip = _beside(stage)
    stage.net.places[proxy.exit_ip] = place

    stage.work.isolation.profiles.set("Anna", [("stop-at-new-exit", "on")])
    refused = stage.open("Anna")
    assert {check.id for check in refused.preflight.stops(only_this_once=False)} == {"exit.change"}
    stage.work.isolation.profiles.set("Anna", [("stop-at-new-exit", "off")])

    assert stage.open("Anna").is_open


def test_an_older_browser_than_the_last_one_is_red_and_a_newer_one_is_told(stage: Stage) -> None:
    stage.make("Anna")
    opened = stage.open_store("Anna", "a")
    with stage.keeper() as keeper:
        keeper.close_windows()
    seen = _engine_seen(stage)
    kind, _, version = seen.partition(" ")
    major, _, rest = version.partition(".")
    assert opened.engine is not None
    assert opened.engine["version"] == version

    _pretend(stage, f"{kind} {int(major) + 1}.{rest}")
    refused = stage.open("Anna")
    assert {check.id for check in refused.preflight.stops(only_this_once=False)} == {"engine.change"}

    _pretend(stage, f"{kind} {int(major) - 1}.{rest}")
    updated = stage.open("Anna")
    assert updated.is_open, reds(updated.preflight)
    [line] = [check for check in updated.preflight.checks if check.id == "engine.change"]
    assert line.level is Level.AMBER
    assert _engine_seen(stage) == seen
    before = opened.profile.fingerprint
    assert updated.profile.fingerprint == before, "nothing else moves"


def _beside(stage: Stage) -> str:
    """Another address on this machine for the proxy to come out at."""
    return stage.net.http_proxy.exit_ip.rsplit(".", 1)[0] + ".200"


def _engine_seen(stage: Stage) -> str:
    return stage.work.isolation.profiles.get("Anna").engine_seen


def _pretend(stage: Stage, engine: str) -> None:
    """As if the profile had been opened with another version the last time."""
    from app.kernel.gate import Ability, Act

    profile = stage.work.isolation.profiles.get("Anna")
    act = Act(Ability.WINDOW_OPEN, profile.id)
    pass_ = stage.opened.gate.admit(stage.opened.session, act)
    stage.work.isolation.profiles.record_opened(pass_, profile, profile.exit, engine)


class _Told:
    """Stands where a guard does, and remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def look_soon(self) -> None:
        self.told.append("look")

    def hold_until_looked(self) -> None:
        self.told.append("hold")


async def test_a_machine_that_slept_holds_its_windows_and_a_new_network_costs_a_look(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    guard, ahead, ticks = _Told(), [0.0], [0]
    addresses = [frozenset({("eth0", "10.0.0.1")})]

    def look() -> frozenset[tuple[str, str]]:
        ticks[0] += 1
        return addresses[0]

    async def some_ticks() -> None:
        wanted = ticks[0] + 4
        await waiting.until(lambda: ticks[0] >= wanted)

    monkeypatch.setattr(guarding, "_TICK_S", 0.01)
    monkeypatch.setattr(guarding, "_addresses", look)
    real = guarding.time.time
    monkeypatch.setattr(guarding.time, "time", lambda: real() + ahead[0])
    task = asyncio.create_task(guarding.follow_machine(lambda: [guard]))

    await some_ticks()
    assert guard.told == []
    addresses[0] = frozenset({("wlan0", "10.0.0.2")})
    await waiting.until(lambda: "look" in guard.told)
    ahead[0] = 3600.0
    await waiting.until(lambda: "hold" in guard.told)
    await some_ticks()
    task.cancel()

    assert guard.told == ["look", "hold"]


def test_the_cookies_of_a_held_window_are_at_hand(watchful: Stage) -> None:
    stage = watchful
    stage.make("Anna")
    stage.open_store("Anna", "a")
    cookies = stage.work.isolation.cookies
    with stage.keeper() as keeper:
        _move(stage, "DE", "Europe/Berlin")
        until(lambda: _is(keeper, "held"))

        tried = cookies.bring_in("Anna", b"a=1", host="shop.test", test_run=True)
        done = cookies.bring_in("Anna", b"a=1", host="shop.test")

        assert _is(keeper, "held")
    assert (tried.taken, done.taken, done.refused) == (1, 1, ())
