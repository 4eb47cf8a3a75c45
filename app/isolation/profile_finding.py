"""Finds profiles: by name, number or id, and as lists a page at a time."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from app.isolation.profile import Profile, name_key
from app.isolation.profile_listing import Counts, ProfileRow
from app.isolation.profile_problems import ProfileMissing, ambiguous, missing, sort_unknown
from app.isolation.store import listing
from app.isolation.store import profiles as store
from app.isolation.store.profiles import ProfileQuery
from app.kernel.gate import Ability, Act
from app.kernel.ids import ProfileId, is_ulid
from app.kernel.pages import Page
from app.vault.vault import OpenVault

_NUMBER = re.compile(r"#?[0-9]{1,9}")


class Finding:
    """Looks profiles up for one session, which sees only what it is granted."""

    def __init__(self, vault: OpenVault) -> None:
        self._vault = vault

    def page(self, query: ProfileQuery | None, after: str | None) -> Page[Profile]:
        """One page of a list. Raises Refused, PageMarkWrong."""
        self._admit()
        with self._vault.database.reader() as reader:
            return store.page(reader, self._vault.session, query or ProfileQuery(), after)

    def each(self, query: ProfileQuery | None) -> Iterator[Profile]:
        """Every profile of a query, read page by page."""
        after: str | None = None
        while True:
            page = self.page(query, after)
            yield from page.rows
            if page.after is None:
                return
            after = page.after

    def ids(self, query: ProfileQuery | None) -> tuple[ProfileId, ...]:
        """The ids of all profiles of a query, in order. Raises Refused, SortUnknown."""
        asked = query or ProfileQuery()
        if asked.sort not in listing.SORTS:
            raise sort_unknown(asked.sort, listing.SORTS)
        self._admit()
        with self._vault.database.reader() as reader:
            return listing.ids(reader, self._vault.session, asked)

    def rows(self, ids: Sequence[str]) -> tuple[ProfileRow, ...]:
        """The rows of these ids in the order asked for, without those that are not there."""
        self._admit()
        with self._vault.database.reader() as reader:
            return listing.some(reader, self._vault.session, ids)

    def counts(self, expiring_before: datetime | None) -> Counts:
        """How many profiles stand where."""
        self._admit()
        with self._vault.database.reader() as reader:
            return listing.counts(reader, self._vault.session, expiring_before)

    def get(self, who: str, *, in_bin: bool) -> Profile:
        """One profile. Raises ProfileMissing, ProfileAmbiguous, Refused."""
        self._admit()
        return self._only(who, self._matching(who.strip(), in_bin), in_bin)

    def anywhere(self, who: str) -> Profile:
        """One profile, in the bin or not; the living one first. Raises what `get` raises."""
        self._admit()
        found = self._matching(who.strip(), False) or self._matching(who.strip(), True)
        return self._only(who, found, False)

    def _admit(self) -> None:
        self._vault.gate.admit(self._vault.session, Act(Ability.PROFILE_VIEW, ""))

    def _matching(self, who: str, in_bin: bool) -> list[Profile]:
        session = self._vault.session
        with self._vault.database.reader() as reader:
            if is_ulid(who.upper()):
                by_id = store.by_id(reader, session, who.upper(), in_bin=in_bin)
                if by_id is not None:
                    return [by_id]
            found = store.by_name(reader, session, name_key(who), in_bin=in_bin)
            if _NUMBER.fullmatch(who):
                numbered = store.by_number(reader, session, int(who.lstrip("#")), in_bin=in_bin)
                found += [numbered] if numbered is not None and numbered not in found else []
            return found

    def _only(self, who: str, found: list[Profile], in_bin: bool) -> Profile:
        if not found:
            raise self._missing(who, in_bin)
        if len(found) > 1:
            raise ambiguous(who, found)
        return found[0]

    def _missing(self, who: str, in_bin: bool) -> ProfileMissing:
        if is_ulid(who.upper()):
            return missing(who, "", in_bin)  # nobody mistypes an id, and comparing thousands of names is slow
        with self._vault.database.reader() as reader:
            names = store.names(reader, self._vault.session, in_bin=in_bin)
        near = difflib.get_close_matches(who.strip(), names, n=1)
        return missing(who, near[0] if near else "", in_bin)
