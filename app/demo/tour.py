"""The guided tour: two stores, two proxies, two windows, and what crossed between them (nothing)."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.demo import comparing
from app.demo.comparing import Visit
from app.demo.internet import LocalInternetThread, LocalProxy, Report
from app.demo.problems import TourFailed
from app.isolation.checks import Preflight
from app.isolation.keeper.client import KeeperClient
from app.isolation.network.proxy_string import write
from app.isolation.opening import Opened
from app.isolation.profile import Profile
from app.kernel.clock import SystemClock
from app.kernel.events import EventHub
from app.kernel.ids import ProfileId
from app.kernel.paths import Paths
from app.kernel.secret import Secret
from app.kernel.text import Text, say
from app.vault.vault import Vault
from app.workspace import Workspace, build, migrations

_PAGE_TIMEOUT_S = 30.0
_POLL_S = 0.05


@dataclass(frozen=True, slots=True)
class Guest:
    """One store of the tour: its name, template and customer, and which proxy it leaves by."""

    name: str
    template: str
    customer: str
    proxy: LocalProxy


@dataclass(frozen=True, slots=True)
class WindowLine:
    """One line of the table at the end."""

    profile: str
    exit_ip: str
    timezone: str
    languages: tuple[str, ...]
    signed_in_as: str
    signed_in_after_reopen: str | None


@dataclass(frozen=True, slots=True)
class TourResult:
    """What the tour saw. `crossed` is empty when every promise held."""

    crossed: tuple[str, ...]
    windows: tuple[WindowLine, ...]
    screenshots: tuple[Path, ...]


class Tour:
    """Walks once through everything in a throw-away folder. Blocking: some ten seconds."""

    def __init__(self, home: Path, pictures: Path, tell: Callable[[Text], None]) -> None:
        self._paths = Paths(data=home / "data", state=home / "state", runtime=home / "run")
        self._pictures = pictures
        self._tell = tell
        self.secrets: list[Secret] = []

    def run(self) -> TourResult:
        """Raises Problem when a step cannot be done; what crossed is in the result."""
        passphrase, note = Secret(secrets.token_urlsafe(24)), Secret(f"note {secrets.token_urlsafe(24)}")
        vault = Vault(self._paths, SystemClock(), migrations(), EventHub())
        self._tell(say("Making a vault in a throw-away folder"))
        vault.create(passphrase)
        with LocalInternetThread() as internet, vault.unlock(passphrase, via="demo") as opened:
            guests = (
                Guest("Anna's shop", "tiktok-shop-us", "Mrs Ames", internet.net.http_proxy),
                Guest("Berts Laden", "amazon-de", "Herr Berg", internet.net.socks_proxy),
            )
            work = build(self._paths, SystemClock(), opened)
            work.settings.set("network.echo_urls", internet.net.echo_url)
            # Whoever watches the tour may search the machine for these; they must be nowhere.
            self.secrets = [passphrase, note, *(guest.proxy.upstream.password for guest in guests)]
            with KeeperClient.start(self._paths) as keeper:
                try:
                    walk = _Walk(internet, work, keeper, guests, self._pictures, self._tell)
                    return walk.go(note)
                finally:
                    keeper.close_windows()


class _Walk:
    def __init__(
        self,
        internet: LocalInternetThread,
        work: Workspace,
        keeper: KeeperClient,
        guests: tuple[Guest, Guest],
        pictures: Path,
        tell: Callable[[Text], None],
    ) -> None:
        self._net = internet.net
        self._work = work
        self._keeper = keeper
        self._guests = guests
        self._pictures = pictures
        self._tell = tell

    def go(self, note: Secret) -> TourResult:
        profiles = [self._make(guest) for guest in self._guests]
        self._work.isolation.profiles.write_note(self._guests[0].name, note)
        opened = [self._open(guest, f"first-{guest.proxy.kind.value}") for guest in self._guests]
        visits = [self._sign_in(guest, done) for guest, done in zip(self._guests, opened, strict=True)]
        shots = [self._picture(guest, done) for guest, done in zip(self._guests, opened, strict=True)]
        crossed = [line for visit in visits for line in comparing.own_promises(visit)]
        crossed += comparing.crossings(visits[0], visits[1])
        again = self._reopen(self._guests[0], profiles[0])
        if again != self._guests[0].customer:
            crossed.append(f"{self._guests[0].name}: after the reopening {again!r} is signed in")
        for window in self._keeper.close_windows():
            self._tell(say("Closed {name}", name=str(window["name"])))
        sources = [arrival.source for arrival in self._net.arrivals()]
        crossed += comparing.strays(sources, [guest.proxy.exit_ip for guest in self._guests])
        lines = [_line(visit) for visit in visits]
        lines[0] = _line(visits[0], again)
        return TourResult(tuple(crossed), tuple(lines), tuple(shots))

    def _make(self, guest: Guest) -> Profile:
        self._tell(
            say("Making {name} from the template {template}", name=guest.name, template=guest.template)
        )
        return self._work.isolation.profiles.new(
            guest.name,
            template=guest.template,
            proxy=write(guest.proxy.upstream),
            values=[("start_pages", self._net.store_url)],
        )

    def _open(self, guest: Guest, run: str) -> Opened:
        self._tell(say("Opening {name} behind {proxy}", name=guest.name, proxy=guest.proxy.upstream.shown()))
        done = self._work.isolation.opening.open_window(guest.name, urls=[f"{self._net.store_url}?run={run}"])
        if not done.is_open:
            raise TourFailed(_reds(done.preflight))
        self._report(run, lambda _: True)
        return done

    def _sign_in(self, guest: Guest, done: Opened) -> Visit:
        self._tell(say("Signing in as {customer} in {name}", customer=guest.customer, name=guest.name))
        run = f"first-{guest.proxy.kind.value}"
        profile = done.profile
        self._keeper.type_into(
            ProfileId(profile.id), self._net.store_url, "input[name=name]", guest.customer, enter=True
        )
        report = self._report(run, lambda seen: seen.facts.get("signed_in_as") is not None)
        settings = profile.fingerprint
        return Visit(
            profile=guest.name,
            customer=guest.customer,
            exit_ip=guest.proxy.exit_ip,
            timezone=settings.timezone,
            languages=settings.languages,
            source=report.source,
            facts=report.facts,
        )

    def _picture(self, guest: Guest, done: Opened) -> Path:
        self._pictures.mkdir(parents=True, exist_ok=True)
        path = self._pictures / f"{done.profile.number:03d}-{guest.template}.png"
        path.write_bytes(self._keeper.screenshot(ProfileId(done.profile.id), self._net.store_url))
        return path

    def _reopen(self, guest: Guest, profile: Profile) -> str | None:
        self._tell(say("Closing {name} and opening it again", name=guest.name))
        self._keeper.close_windows(ProfileId(profile.id))
        run = "again"
        self._open(guest, run)
        who = self._report(run, lambda _: True).facts.get("signed_in_as")
        return None if who is None else str(who)

    def _report(self, run: str, wanted: Callable[[Report], bool]) -> Report:
        ends = time.monotonic() + _PAGE_TIMEOUT_S
        while time.monotonic() < ends:
            for report in reversed(self._net.reports(run)):
                if wanted(report):
                    return report
            time.sleep(_POLL_S)
        raise TourFailed(say("The sample store never heard of the run {run}.", run=run))


def _line(visit: Visit, again: str | None = None) -> WindowLine:
    facts = visit.facts
    languages = facts.get("languages")
    return WindowLine(
        profile=visit.profile,
        exit_ip=visit.source,
        timezone=str(facts.get("timezone")),
        languages=tuple(languages) if isinstance(languages, list) else (),
        signed_in_as=str(facts.get("signed_in_as")),
        signed_in_after_reopen=again,
    )


def _reds(preflight: Preflight) -> Text:
    reds = " ".join(check.message.english() for check in preflight.stops(only_this_once=False))
    return say("A window was not opened: {reasons}", reasons=reds)
