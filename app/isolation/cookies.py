"""What people do with a store's cookies: take them out, put them in, clear them; each is recorded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from app.isolation.cookie import CookieNote, CookieWrong, clean_domain
from app.isolation.cookie_reading import CookiesUnreadable, read_cookies
from app.isolation.cookie_writing import CookieFormat, WrittenCookies, write_cookies
from app.isolation.keeper.client import KeeperClient
from app.isolation.profile import Profile
from app.isolation.profiles import Profiles
from app.kernel.clock import Clock
from app.kernel.errors import NotFoundProblem, UsageProblem
from app.kernel.gate import Ability, Act, Pass
from app.kernel.paths import Paths
from app.kernel.text import echoed, say
from app.vault.vault import OpenVault

_OPEN = ("open", "held")  # nothing of a held window gets out, and its cookies are at hand all the same


class CookiesNeedWindow(NotFoundProblem):
    """Only a running browser gives its cookies out, and takes some in."""

    def __init__(self, name: str) -> None:
        super().__init__(
            say("The window of {name} is not open, and only an open one has its cookies at hand.", name=name),
            say("Open the store, then try again."),
        )


class SiteWrong(UsageProblem):
    """This is no site."""

    def __init__(self, site: str) -> None:
        super().__init__(
            say("{site} is not a site.", site=echoed(site)), say("Name one such as www.example.com.")
        )


@dataclass(frozen=True, slots=True)
class ImportedCookies:
    """How an import went: what was taken, what was refused and why, what was read with a change."""

    profile: Profile
    format: str
    taken: int
    refused: tuple[CookieNote, ...]
    changed: tuple[CookieNote, ...]


class Cookies:
    """The cookies of open windows, for one session. Blocking: moments."""

    def __init__(self, vault: OpenVault, paths: Paths, clock: Clock, profiles: Profiles) -> None:
        self._vault = vault
        self._paths = paths
        self._clock = clock
        self._profiles = profiles

    def export(
        self, who: str, form: CookieFormat, *, host: str = "", reason: str | None = None
    ) -> tuple[Profile, WrittenCookies]:
        """All cookies of a store in a form; who took them is recorded before they are given out.

        Raises ProfileMissing, Refused, CookiesNeedWindow, CookiesUnreadable, SiteWrong.
        """
        if form is CookieFormat.HEADER and not host:
            raise CookiesUnreadable.no_host()
        site = _site(host) if host else ""
        profile = self._profiles.get(who)
        self._admit(Ability.COOKIE_EXPORT, profile, reason)
        with self._keeper(profile) as keeper:
            found = keeper.cookies(profile.id)
        written = write_cookies(found, form, site)
        self._record(self._admit(Ability.COOKIE_EXPORT, profile, reason, written.count))
        return profile, written

    def bring_in(
        self, who: str, raw: bytes, *, host: str = "", test_run: bool = False, reason: str | None = None
    ) -> ImportedCookies:
        """Puts the cookies of a file into a store; a test run says what would happen.

        Raises ProfileMissing, Refused, CookiesNeedWindow, CookiesUnreadable.
        """
        profile = self._profiles.get(who)
        self._admit(Ability.COOKIE_EDIT, profile, reason)
        read = read_cookies(raw, self._clock.now().timestamp(), host)
        if test_run:
            with self._keeper(profile):
                pass  # only whether the window is there
            return ImportedCookies(profile, read.format, len(read.cookies), read.refused, read.changed)
        with self._keeper(profile) as keeper:
            self._record(self._admit(Ability.COOKIE_EDIT, profile, reason, len(read.cookies)))
            places = keeper.set_cookies(profile.id, read.cookies)
        why = say("The browser refused it.")
        refused = [
            CookieNote(at + 1, read.cookies[at].name, read.cookies[at].written_domain, why) for at in places
        ]
        taken = len(read.cookies) - len(places)
        return ImportedCookies(profile, read.format, taken, (*read.refused, *refused), read.changed)

    def clear(self, who: str, *, site: str = "", reason: str | None = None) -> tuple[Profile, int]:
        """Removes a store's cookies, or those of one site and the hosts below it; how many went.

        Raises ProfileMissing, Refused, CookiesNeedWindow, SiteWrong.
        """
        domain = _site(site) if site else ""
        profile = self._profiles.get(who)
        pass_ = self._admit(Ability.COOKIE_EDIT, profile, reason)
        with self._keeper(profile) as keeper:
            self._record(pass_)
            return profile, keeper.remove_cookies(profile.id, domain)

    @contextmanager
    def _keeper(self, profile: Profile) -> Iterator[KeeperClient]:
        """The keeper, which has this store's window open."""
        keeper = KeeperClient.find(self._paths)
        if keeper is None:
            raise CookiesNeedWindow(profile.name)
        with keeper:
            if not any(
                window["profile"] == profile.id and window["state"] in _OPEN for window in keeper.windows()
            ):
                raise CookiesNeedWindow(profile.name)
            yield keeper

    def _record(self, pass_: Pass) -> None:
        self._vault.database.write(pass_, lambda _tx: None)

    def _admit(self, ability: Ability, profile: Profile, reason: str | None, count: int = 1) -> Pass:
        act = Act(ability, profile.id, count=count)
        return self._vault.gate.admit(self._vault.session, act, reason=reason)


def _site(text: str) -> str:
    try:
        site = clean_domain(text.split("//", 1)[-1].split("/", 1)[0].rsplit(":", 1)[0])
    except CookieWrong:
        site = ""
    if not site or " " in site:
        raise SiteWrong(text)
    return site
