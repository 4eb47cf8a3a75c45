"""Saved views of the list of profiles: what was searched for, in which order, with which columns."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from app.isolation.profile import NameWrong, clean_label, name_key
from app.isolation.store import views as store
from app.isolation.store.views import View as View  # noqa: PLC0414 - faces import no store
from app.kernel.changes import Kind
from app.kernel.errors import NotFoundProblem, UsageProblem
from app.kernel.gate import Ability, Act, Pass
from app.kernel.ids import ViewId
from app.kernel.text import echoed, say
from app.vault.database import Tx
from app.vault.vault import OpenVault

__all__ = ["VIEW", "View", "Views"]  # for faces, which know no store

VIEW = Kind("view")
MAX_CONTENT_BYTES = 16 * 1024


class ViewMissing(NotFoundProblem):
    """No saved view has this name."""


class ViewNameTaken(UsageProblem):
    """Another view has this name."""


class ViewWrong(UsageProblem):
    """What was to be saved is no view, or is too large."""


class Views:
    """What people do with saved views. They belong to the vault: whoever sees profiles shares them."""

    def __init__(self, vault: OpenVault) -> None:
        self._vault = vault

    def all(self) -> tuple[View, ...]:
        """All views in their order. Raises Refused."""
        self._admit("")
        with self._vault.database.reader() as reader:
            return store.every(reader)

    def save(self, name: str, content: str) -> View:
        """Saves a view under a name, in place of the one that had it; `content` is JSON.

        Raises NameWrong, ViewWrong, Refused.
        """
        view = View(ViewId(self._vault.ids.new()), _clean(name), _checked(content))

        def work(tx: Tx) -> View:
            store.save(tx, view)
            saved = store.by_name(tx, name_key(view.name))
            assert saved is not None
            tx.touch(VIEW, saved.id)
            return saved

        return self._vault.database.write(self._admit(view.id), work)

    def rename(self, who: str, name: str) -> View:
        """Another name for a view, found by its id or name. Raises ViewMissing, ViewNameTaken, NameWrong."""
        label = _clean(name)

        def work(tx: Tx, view: View) -> View:
            other = store.by_name(tx, name_key(label))
            if other is not None and other.id != view.id:
                raise ViewNameTaken(
                    say("Another view is called {name}.", name=label), say("Choose another name.")
                )
            store.rename(tx, view.id, label)
            return View(view.id, label, view.content)

        return self._write(who, work)

    def remove(self, who: str) -> View:
        """Forgets a view, found by its id or name. Raises ViewMissing."""

        def work(tx: Tx, view: View) -> View:
            store.remove(tx, view.id)
            return view

        return self._write(who, work)

    def reorder(self, ids: Sequence[str]) -> tuple[View, ...]:
        """Puts views into this order; those not named follow in the order they had. Raises ViewMissing."""

        def work(tx: Tx) -> tuple[View, ...]:
            store.place(tx, [_found(tx, one).id for one in ids])
            tx.touch(VIEW)
            return store.every(tx)

        return self._vault.database.write(self._admit("views"), work)

    def _write(self, who: str, work: Callable[[Tx, View], View]) -> View:
        def whole(tx: Tx) -> View:
            view = _found(tx, who)
            tx.touch(VIEW, view.id)
            tx.name_subjects([view.id])
            return work(tx, view)

        return self._vault.database.write(self._admit("views"), whole)

    def _admit(self, subject: str) -> Pass:
        return self._vault.gate.admit(self._vault.session, Act(Ability.PROFILE_VIEW, subject))


def _found(tx: Tx, who: str) -> View:
    for view in store.every(tx):
        if who == view.id or name_key(who) == name_key(view.name):
            return view
    raise ViewMissing(
        say("There is no view called {name}.", name=echoed(who)), say("It may have been removed.")
    )


def _clean(name: str) -> str:
    label = clean_label(name)
    if not label:
        raise NameWrong(say("The name is empty."), say("Write a name for the view."))
    return label


def _checked(content: str) -> str:
    if len(content) > MAX_CONTENT_BYTES or len(content.encode("utf-8", "replace")) > MAX_CONTENT_BYTES:
        raise ViewWrong(
            say("This view is too large to be saved."), say("Search for less, or choose fewer profiles.")
        )
    try:
        json.loads(content)
        content.encode()
    except (ValueError, RecursionError):
        raise ViewWrong(say("This is not a view."), say("Save it again from the list.")) from None
    return content
