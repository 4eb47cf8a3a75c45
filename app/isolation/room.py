"""Wires the isolation room over an unlocked vault."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from app.isolation.bin import ProfileBin
from app.isolation.browser.directory import is_in_use
from app.isolation.checking import Checking
from app.isolation.cookies import Cookies
from app.isolation.fingerprint.choosing import Machine
from app.isolation.fingerprint.machine import this_machine
from app.isolation.groups import Groups
from app.isolation.opening import Opening
from app.isolation.profiles import Profiles
from app.isolation.proxies import Proxies
from app.isolation.template import Templates, shipped_and_own
from app.isolation.views import Views
from app.kernel.clock import Clock
from app.kernel.errors import Problem
from app.kernel.ids import ProfileId
from app.kernel.paths import Paths
from app.kernel.settings import Settings
from app.vault.vault import OpenVault


@dataclass(frozen=True, slots=True)
class IsolationRoom:
    """What faces get of this room."""

    profiles: Profiles
    groups: Groups
    views: Views
    proxies: Proxies
    templates: Templates
    opening: Opening
    cookies: Cookies
    checking: Checking


def build(
    vault: OpenVault,
    paths: Paths,
    clock: Clock,
    settings: Settings,
    *,
    is_open: Callable[[ProfileId], bool] | None = None,
    machine: Callable[[], Machine] = this_machine,
    rng: random.Random | None = None,
) -> IsolationRoom:
    """The room for the vault's session. `is_open` says whether an engine holds a profile's folder."""
    is_open = is_open or (lambda profile: is_in_use(paths.profile(profile)))
    templates = shipped_and_own(paths.data / "templates")
    proxies = Proxies(vault, clock, settings)
    profile_bin = ProfileBin(vault, paths, clock, is_open)
    with suppress(Problem):  # a command that opens nothing must not fail for it
        profile_bin.heal()
    # Not a secret: which of several true settings a profile shows.
    source = rng or random.Random()  # noqa: S311
    profiles = Profiles(vault, clock, templates, proxies, profile_bin, machine, source)
    opening = Opening(vault, paths, settings, profiles, proxies)
    cookies = Cookies(vault, paths, clock, profiles)
    checking = Checking(vault, paths, profiles, opening)
    return IsolationRoom(
        profiles, Groups(vault), Views(vault), proxies, templates, opening, cookies, checking
    )
