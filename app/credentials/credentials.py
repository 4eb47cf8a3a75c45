"""Credentials: added, listed without passwords, revealed as a recorded act, removed."""

from __future__ import annotations

import difflib

from app.credentials.model import (
    Credential,
    CredentialMissing,
    CredentialNameTaken,
    check_password,
    clean_site,
    clean_username,
    usual_name,
)
from app.credentials.store import logins as store
from app.isolation.profile import clean_name
from app.kernel.changes import All, Kind
from app.kernel.clock import Clock
from app.kernel.gate import Ability, Act, Pass
from app.kernel.ids import CredentialId
from app.kernel.pages import PAGE_ROWS, Page
from app.kernel.secret import Secret
from app.kernel.text import echoed, say
from app.vault.database import Tx
from app.vault.fields import Sealed
from app.vault.vault import OpenVault

CREDENTIAL = Kind("credential")


class Credentials:
    """What people do with credentials, for one session."""

    def __init__(self, vault: OpenVault, clock: Clock) -> None:
        self._vault = vault
        self._clock = clock

    def add(self, site: str, username: str, password: Secret, *, name: str = "") -> Credential:
        """Keeps a sign-in; site and user name it where no name is given.

        Raises AddressWrong, UsernameWrong, PasswordWrong, NameWrong, CredentialNameTaken, Refused.
        """
        page, user = clean_site(site), clean_username(username)
        now = self._clock.now()
        label = clean_name(name) if name else usual_name(page, user)
        fresh = Credential(CredentialId(self._vault.ids.new()), label, page, user, now, now)
        pass_ = self._admit(Ability.CREDENTIAL_EDIT, fresh.id)
        sealed = self._vault.fields.seal(check_password(password), store.password_context(fresh.id))

        def work(tx: Tx) -> None:
            if store.is_taken(tx, fresh.name):
                raise CredentialNameTaken(
                    say("There is already a login called {name}.", name=fresh.name),
                    say("Give this one another name."),
                )
            store.insert(tx, fresh, sealed)
            tx.touch(CREDENTIAL, fresh.id)

        self._vault.database.write(pass_, work)
        return fresh

    def page(self, after: str | None = None, limit: int = PAGE_ROWS) -> Page[Credential]:
        """Credentials by name, a page at a time. Raises Refused, PageMarkWrong."""
        self._admit(Ability.CREDENTIAL_VIEW, "")
        if not self._sees_all:
            return Page(())
        with self._vault.database.reader() as reader:
            return store.page(reader, after, limit)

    def show(self, who: str) -> Credential:
        """A credential by its name or id, without the password. Raises CredentialMissing."""
        self._admit(Ability.CREDENTIAL_VIEW, "")
        with self._vault.database.reader() as reader:
            found = store.find(reader, who.strip()) if self._sees_all else None
            names = store.names(reader) if self._sees_all and found is None else []
        if found is None:
            raise _missing(who, difflib.get_close_matches(who.strip(), names, n=1))
        return found

    def reveal(self, who: str, *, reason: str | None = None) -> Secret:
        """A credential's password; who revealed it is recorded before it is given out.

        Raises CredentialMissing, Refused.
        """
        credential = self.show(who)
        pass_ = self._admit(Ability.SECRET_REVEAL, credential.id, reason)
        context = store.password_context(credential.id)
        with self._vault.database.reader() as reader:
            blob = store.password(reader, credential.id)
        if blob is None:  # removed since
            raise _missing(who, [])
        return self._vault.fields.reveal(pass_, Sealed(blob, context))

    def remove(self, who: str) -> Credential:
        """Forgets a credential for good. Raises CredentialMissing, Refused."""
        credential = self.show(who)
        pass_ = self._admit(Ability.CREDENTIAL_EDIT, credential.id)

        def work(tx: Tx) -> None:
            store.delete(tx, credential.id)
            tx.touch(CREDENTIAL, credential.id)

        self._vault.database.write(pass_, work)
        return credential

    @property
    def _sees_all(self) -> bool:
        # A credential belongs to no profile yet, so nobody with a few profiles only is granted any.
        return isinstance(self._vault.session.grants, All)

    def _admit(self, ability: Ability, subject: str, reason: str | None = None) -> Pass:
        return self._vault.gate.admit(self._vault.session, Act(ability, subject), reason=reason)


def _missing(who: str, near: list[str]) -> CredentialMissing:
    return CredentialMissing(
        say("There is no login called {name}.", name=echoed(who, 80)),
        say("Did you mean {near}?", near=near[0])
        if near
        else say("`berth credential list` shows all of them."),
    )
