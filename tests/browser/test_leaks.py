"""Nothing goes past a proxy: not a restored tab before its check, not a page whose proxy has died."""

from __future__ import annotations

import pytest

from app.demo.internet import Behaviour
from app.isolation.network.proxy_string import write
from tests.support.stage import Stage, reds, until


def _requests(stage: Stage) -> int:
    return len(stage.net.requests("store.test")) + len(stage.net.requests("mail.test"))


def test_a_restored_tab_with_a_red_preflight_sends_no_request_to_its_site(stage: Stage) -> None:
    stage.make("Anna")
    stage.open_store("Anna", "a")
    with stage.keeper() as keeper:
        keeper.close_windows()
    # The exit is now in Germany, and the store's market is America.
    stage.work.isolation.profiles.set("Anna", [("proxy", write(stage.net.socks_proxy.upstream))])
    before = _requests(stage)

    refused = stage.open("Anna")

    assert not refused.is_open
    assert {check.id for check in refused.preflight.stops(only_this_once=False)} >= {"exit.country"}
    assert stage.states() == {}
    assert _requests(stage) == before


def test_a_red_check_found_in_the_window_itself_keeps_restored_tabs_silent(
    stage: Stage, hostile_policy: None
) -> None:
    stage.make("Anna")
    before = _requests(stage)

    refused = stage.open("Anna", stage.store("a"))

    assert not refused.is_open
    assert "policies.network" in {check.id for check in refused.preflight.stops(only_this_once=True)}
    assert _requests(stage) == before
    assert stage.states() == {}


def test_only_this_once_opens_in_spite_of_another_country_and_saves_nothing_of_it(stage: Stage) -> None:
    stage.make("Anna")
    stage.open_store("Anna", "a")
    with stage.keeper() as keeper:
        keeper.close_windows()
    stage.work.isolation.profiles.set("Anna", [("proxy", write(stage.net.socks_proxy.upstream))])

    opened = stage.open("Anna", only_this_once=True)

    assert opened.is_open, reds(opened.preflight)
    assert opened.profile.fingerprint.timezone == "America/New_York"
    with stage.keeper() as keeper:
        keeper.close_windows()
    assert not stage.open("Anna").is_open


@pytest.mark.parametrize("which", ["http_proxy", "socks_proxy"])
def test_a_proxy_killed_mid_page_makes_the_page_fail_and_nothing_goes_direct(
    stage: Stage, which: str
) -> None:
    proxy = getattr(stage.net, which)
    stage.make("Anna", proxy)
    opened = stage.open_store("Anna", "a")
    before = _requests(stage)

    stage.internet.kill(proxy)
    with stage.keeper() as keeper:
        keeper.open_page(opened.profile.id, stage.store("after"))
        until(lambda: _failures(keeper.windows()[0]["relay_errors"], "store.test"))
        fault = _failures(keeper.windows()[0]["relay_errors"], "store.test")[0]

    assert fault["next_step"]
    assert _requests(stage) == before
    assert stage.net.direct_arrivals() == ()
    assert stage.net.reports("after") == ()


@pytest.mark.parametrize(
    ("behaviour", "expected"),
    [
        (Behaviour.WRONG_PASSWORD, "exit.auth-failed"),
        (Behaviour.REFUSE, "exit.refused-by-rule"),
        (None, "exit.refused"),
        (Behaviour.HANG, "exit.timed-out"),
    ],
)
def test_a_proxy_that_fails_keeps_the_window_shut_and_says_how(
    stage: Stage, behaviour: Behaviour | None, expected: str
) -> None:
    stage.work.settings.set("network.probe_timeout_s", 2)
    stage.make("Anna")
    proxy = stage.net.http_proxy
    if behaviour is None:
        stage.internet.kill(proxy)
    else:
        proxy.behaviour = behaviour

    refused = stage.open("Anna", stage.store("a"))

    assert not refused.is_open
    assert [check.id for check in refused.preflight.checks] == [expected]
    assert refused.preflight.exit is None
    assert proxy.upstream.password.reveal() not in refused.preflight.checks[0].message.english()
    assert _requests(stage) == 0
    assert stage.states() == {}


def _failures(errors: list[dict[str, str]], host: str) -> list[dict[str, str]]:
    return [error for error in errors if error["host"] == host]


def test_a_store_without_a_proxy_opens_and_says_that_it_sees_this_machine(stage: Stage) -> None:
    stage.work.settings.set("network.echo_urls", stage.net.echo_address_url)
    # The echo page of this little internet lies on a loopback address.
    stage.work.isolation.profiles.new("Anna", proxy="direct", values=[("allow_private", "on")])

    opened = stage.open("Anna")

    assert opened.is_open, reds(opened.preflight)
    told = {check.id: check for check in opened.preflight.checks}
    assert told["path.direct"].level.value == "amber"
    assert opened.preflight.exit is not None
    assert opened.preflight.exit.ip.startswith("127.")
