"""Opening and closing a profile's window, from the side of the person who asks."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app.isolation.bin import PROFILE
from app.isolation.browser.engines import Engine, choose_engine, find_engines
from app.isolation.browser.switches import SCREEN_VARIABLES
from app.isolation.checks import Check, Exit, Preflight
from app.isolation.keeper.bearing import on_this_machine
from app.isolation.keeper.client import KeeperClient
from app.isolation.keeper.messages import Plain, preflight_from
from app.isolation.plan import Before, LaunchPlan, Mode, Upstream
from app.isolation.profile import Profile, clean_url
from app.isolation.profile_problems import ProfileMissing
from app.isolation.profiles import Profiles
from app.isolation.proxies import Proxies
from app.kernel.errors import Cancelled, Problem
from app.kernel.gate import Ability, Act, Pass, Refused
from app.kernel.ids import ProfileId
from app.kernel.paths import Paths
from app.kernel.secret import Secret
from app.kernel.settings import Settings
from app.vault.vault import OpenVault


@dataclass(frozen=True, slots=True)
class Opened:
    """How an opening went: a window, or a refusal with the checks that say why."""

    profile: Profile
    is_open: bool
    preflight: Preflight
    pid: int = 0
    engine: Plain | None = None
    endpoint: Secret | None = None


class Opening:
    """What people do with windows, for one session."""

    def __init__(
        self, vault: OpenVault, paths: Paths, settings: Settings, profiles: Profiles, proxies: Proxies
    ) -> None:
        self._vault = vault
        self._paths = paths
        self._settings = settings
        self._profiles = profiles
        self._proxies = proxies

    def open_window(
        self,
        who: str,
        *,
        urls: Sequence[str] = (),
        mode: Mode = Mode.HANDS_ON,
        with_endpoint: bool = False,
        only_this_once: bool = False,
        reason: str | None = None,
        engines: tuple[Engine, ...] | None = None,
        is_wanted: Callable[[], bool] = lambda: True,
    ) -> Opened:
        """Opens a profile's window, after its preflight; in automation mode a script may drive it.

        `with_endpoint` asks at once for the address where a script attaches.
        `only_this_once` opens in spite of a red check that a person may answer for; proxy and relay are never
        among those. `engines` spares the search where the face knows them. `is_wanted` is asked once
        more before anything of the browser starts. Blocking: seconds.
        Raises Refused, ProfileMissing, NoEngine, NoScreen, ProfileBusy, EngineFailed, KeeperUnreachable, …
        """
        profile = self._profiles.get(who)
        pass_ = self._admit(Ability.WINDOW_OPEN, profile.id, reason)
        recorded = self._recorded(pass_, mode, only_this_once=only_this_once, reason=reason)
        plan = self.plan(profile, pass_, urls, mode=mode, only_this_once=only_this_once, engines=engines)
        with KeeperClient.start(self._paths) as keeper:
            known = keeper.prepare(plan)
            if not is_wanted():
                keeper.abandon(profile.id)
                raise Cancelled
            before = self._learn(pass_, profile, known)
            if known.exit is None and known.stops(only_this_once=False):
                return Opened(profile, is_open=False, preflight=known)
            seen = f"{plan.engine.kind} {plan.engine.version}"
            # Written first: a face that dies from here on must not leave a store that saw more than we know.
            profile = self._profiles.record_opened(
                recorded, before, known.exit, seen, is_usual=not only_this_once
            )
            try:
                # An exit that nobody can place fixes nothing for life, and still holds for this window.
                event = keeper.launch(profile.id, before.fingerprint)
            except Problem:
                self._profiles.take_back_opening(pass_, before, profile)
                raise
            endpoint = keeper.endpoint(profile.id) if with_endpoint and event["event"] == "open" else None
        preflight = preflight_from(event["preflight"])
        if event["event"] != "open":
            profile = self._profiles.take_back_opening(pass_, before, profile)
            return Opened(profile, is_open=False, preflight=preflight)
        engine = event["engine"]
        return Opened(profile, True, preflight, event["pid"], engine, endpoint)

    def _learn(self, pass_: Pass, profile: Profile, known: Preflight) -> Profile:
        """The profile with what the probe of its path has taught: a host key, and what the exit fixes."""
        if known.host_key and profile.proxy is not None:
            self._proxies.pool.learn_host_key(pass_, profile.proxy, known.host_key)
        return profile if known.exit is None else self._profiles.fix_fingerprint(pass_, profile, known.exit)

    def script_address(self, who: str, *, reason: str | None = None) -> tuple[Profile, Secret]:
        """Where a script attaches to a profile's automation window; who asked is recorded before.

        Raises ProfileMissing, Refused, NotOpen, NotForScripts, KeeperUnreachable.
        """
        profile = self._profiles.get(who)
        pass_ = self._admit(Ability.WINDOW_SCRIPT, profile.id, reason)
        with KeeperClient.of_windows(self._paths) as keeper:
            address = keeper.endpoint(profile.id)
        self._vault.database.write(pass_, lambda _tx: None)
        return profile, address

    def picture(self, who: str, *, tab: str = "", reason: str | None = None) -> tuple[Profile, bytes]:
        """A PNG of a tab, or of the one in front; who took it is recorded before.

        Raises ProfileMissing, Refused, NotOpen, TabMissing, KeeperUnreachable.
        """
        profile = self._profiles.get(who)
        pass_ = self._admit(Ability.WINDOW_PICTURE, profile.id, reason)
        with KeeperClient.of_windows(self._paths) as keeper:
            png = keeper.picture(profile.id, tab)
        self._vault.database.write(pass_, lambda _tx: None)
        return profile, png

    def note_exits(self, seen: Mapping[ProfileId, Exit]) -> None:
        """Remembers where open windows come out by now, for the next store that comes out there.

        Profiles that this session may not see are left out.
        """
        for profile_id, exit_ in seen.items():
            with contextlib.suppress(Refused, ProfileMissing):
                if not self._profiles.comes_out_at(profile_id, exit_):
                    pass_ = self._admit(Ability.WINDOW_EXIT, profile_id, None)
                    self._profiles.record_move(pass_, profile_id, exit_)

    def at_once(self) -> int:
        """How many windows may be opening at the same time."""
        return self._settings.number("windows.open_at_once") or on_this_machine()

    def go_on(self, profile_id: ProfileId, shown: Sequence[Check], *, reason: str | None = None) -> None:
        """Lets a window that is held back go on with what it is held for, as the person was shown it.

        Raises Refused, NotOpen, NotHeld, CannotGoOn, KeeperUnreachable, …
        """
        pass_ = self._admit(Ability.WINDOW_OVERRIDE, profile_id, reason)
        with KeeperClient.of_windows(self._paths) as keeper:
            self._vault.database.write(pass_, lambda tx: tx.touch(PROFILE, profile_id))
            keeper.go_on(profile_id, shown)

    def plan(
        self,
        profile: Profile,
        pass_: Pass,
        urls: Sequence[str] = (),
        *,
        mode: Mode = Mode.HANDS_ON,
        only_this_once: bool = False,
        engines: tuple[Engine, ...] | None = None,
    ) -> LaunchPlan:
        """Everything that the keeper will be told, the proxy's password included.

        Raises NoEngine, AddressWrong.
        """
        wanted = profile.engine.kind
        if wanted in ("", "auto"):
            wanted = self._settings.text("windows.default_engine")
        engine = choose_engine(wanted, profile.engine.path, find_engines() if engines is None else engines)
        upstream: Upstream = self._proxies.upstream_of(pass_, profile)
        return LaunchPlan(
            profile=profile.id,
            number=profile.number,
            name=profile.name,
            colour=profile.colour,
            directory=str(self._paths.profile(profile.id)),
            engine=engine.choice(),
            mode=mode,
            fingerprint=profile.fingerprint,
            upstream=upstream,
            start_pages=profile.start_pages,
            urls=tuple(clean_url(url) for url in urls),
            market=profile.market,
            password_store=profile.password_store,
            download_folder=profile.download_folder,
            echo_urls=self._settings.texts("network.echo_urls"),
            probe_timeout_s=float(self._settings.number("network.probe_timeout_s")),
            allow_private=profile.allow_private,
            only_this_once=only_this_once,
            screen=_screen(),
            stops=profile.stops,
            before=_before(profile),
            watch_s=float(self._settings.number("network.watch_s")),
            jail=profile.jail,
            country_file=self._settings.text("network.country_file"),
        )

    def _recorded(self, pass_: Pass, mode: Mode, *, only_this_once: bool, reason: str | None) -> Pass:
        """What the history tells of an opening."""
        if mode is Mode.AUTOMATION:
            pass_ = self._admit(Ability.WINDOW_SCRIPT, pass_.act.subject, reason)
        if only_this_once:
            pass_ = self._admit(Ability.WINDOW_OVERRIDE, pass_.act.subject, reason)
        return pass_

    def _admit(self, ability: Ability, subject: str, reason: str | None) -> Pass:
        return self._vault.gate.admit(self._vault.session, Act(ability, subject), reason=reason)


def _before(profile: Profile) -> Before:
    if profile.exit is None:
        return Before(engine=profile.engine_seen)
    return Before(profile.exit.ip, profile.exit.country, profile.engine_seen)


def _screen() -> tuple[tuple[str, str], ...]:
    return tuple((name, os.environ[name]) for name in SCREEN_VARIABLES if os.environ.get(name))
