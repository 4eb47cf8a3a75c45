"""Looking closely at a profile, from the side of the person who asks: `berth check`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.isolation.browser.engines import Engine
from app.isolation.checks import Check, Level
from app.isolation.fingerprint.automatic import fix
from app.isolation.keeper.client import KeeperClient
from app.isolation.opening import Opening
from app.isolation.plan import LaunchPlan
from app.isolation.profile import Profile
from app.isolation.profiles import Profiles
from app.kernel.gate import Ability, Act
from app.kernel.paths import Paths
from app.kernel.text import Text, say
from app.vault.vault import OpenVault


@dataclass(frozen=True, slots=True)
class Checked:
    """Every line of a check; `fingerprint_id` is a short name for what the window shows, empty for none."""

    profile: Profile
    checks: tuple[Check, ...]
    fingerprint_id: str
    was_open: bool

    @property
    def is_red(self) -> bool:
        """Whether anything is not as it has to be."""
        return any(check.level is Level.RED for check in self.checks)


class Checking:
    """What people check, for one session."""

    def __init__(self, vault: OpenVault, paths: Paths, profiles: Profiles, opening: Opening) -> None:
        self._vault = vault
        self._paths = paths
        self._profiles = profiles
        self._opening = opening

    def check(
        self, who: str, *, reason: str | None = None, engines: tuple[Engine, ...] | None = None
    ) -> Checked:
        """Looks at a profile's open window, or at a stand-in when it is closed; no store hears of it.

        Nothing is fixed or remembered by it. Blocking: seconds.
        Raises Refused, ProfileMissing, NoEngine, NoScreen, ProfileBusy, EngineFailed, KeeperUnreachable, …
        """
        profile = self._profiles.get(who)
        act = Act(Ability.WINDOW_OPEN, profile.id)
        pass_ = self._vault.gate.admit(self._vault.session, act, reason=reason)
        plan = self._opening.plan(profile, pass_, engines=engines)
        with KeeperClient.start(self._paths) as keeper:
            was_open = any(window["profile"] == profile.id for window in keeper.windows())
            if was_open:
                checks, name = keeper.check(profile.id)
            else:
                checks, name = self._closed(keeper, plan)
        return Checked(profile, (*checks, *self._links(profile, checks)), name, was_open)

    def _closed(self, keeper: KeeperClient, plan: LaunchPlan) -> tuple[tuple[Check, ...], str]:
        known = keeper.prepare(plan)
        settings = plan.fingerprint
        if known.exit is not None:
            settings = fix(settings, known.exit, plan.market)
        if settings.is_fixed:
            return keeper.check(plan.profile, settings)
        keeper.abandon(plan.profile)
        text = say(
            "Languages and time zone come from the exit, which is not known, so no window can be shown."
        )
        advice = say("Mend the proxy, or set languages and time zone yourself.")
        return (*known.checks, Check("window.answers", Level.RED, text, advice=advice)), ""

    def _links(self, profile: Profile, checks: Sequence[Check]) -> tuple[Check, ...]:
        """What still ties this profile to the others of this vault."""
        others = self._profiles.counts().living - 1
        names, count = self._profiles.twins(profile)
        return _hardware(profile, others, checks), _twins(names, count)


def _hardware(profile: Profile, others: int, checks: Sequence[Check]) -> Check:
    """The same hardware under all profiles: true, and said plainly."""
    settings = profile.fingerprint
    if others < 1:
        text = say("Canvas, audio, graphics and fonts are this computer's own; no other store is here.")
        return Check("links.hardware", Level.GREEN, text)
    if settings.canvas != "real" and settings.audio != "real":
        text = say(
            "Canvas and audio are this profile's own; graphics and fonts are this computer's, in every store."
        )
        return Check("links.hardware", Level.AMBER, text)
    graphics = next((check.seen for check in checks if check.id == "machine.graphics"), "")
    text = say(
        "Canvas, audio, graphics and fonts are this computer's own, "
        "shared with the other stores here: {count}.",
        count=others,
    )
    advice = say("Stores that must never be linked need different computers.")
    return Check("links.hardware", Level.AMBER, text, seen=graphics, advice=advice)


def _twins(names: Sequence[str], count: int) -> Check:
    if not names:
        text = say("No other store has the same languages, time zone, scale and cores.")
        return Check("links.twins", Level.GREEN, text)
    text = Text(
        "Same languages, time zone, scale and cores as {names}: "
        "a shop cannot tell these profiles apart by them.",
        {"names": ", ".join(names) + (" …" if count > len(names) else "")},
        n=count,
    )
    advice = say("Give this profile another scale or number of cores.")
    return Check("links.twins", Level.AMBER, text, seen=", ".join(names), advice=advice)
