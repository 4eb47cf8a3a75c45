"""Groups of profiles: named, coloured, put in order, dissolved."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence

from app.isolation.bin import PROFILE
from app.isolation.profile import NameWrong, clean_colour, clean_label, name_key
from app.isolation.profile_problems import group_not_granted
from app.isolation.store import groups as store
from app.isolation.store.groups import GROUP as GROUP  # noqa: PLC0414 - faces import no store
from app.isolation.store.groups import Group as Group  # noqa: PLC0414 - faces import no store
from app.kernel.changes import All
from app.kernel.errors import NotFoundProblem, UsageProblem
from app.kernel.gate import Ability, Act, Pass
from app.kernel.ids import GroupId
from app.kernel.text import echoed, say
from app.vault.database import Tx
from app.vault.vault import OpenVault

__all__ = ["GROUP", "Group", "Groups"]  # for faces, which know no store


class GroupMissing(NotFoundProblem):
    """No group that this person may see has this name."""


class GroupNameTaken(UsageProblem):
    """Another group has this name."""


class Groups:
    """What people do with groups, for one session."""

    def __init__(self, vault: OpenVault) -> None:
        self._vault = vault

    def all(self) -> tuple[Group, ...]:
        """The groups this session may see, in their order. Raises Refused."""
        self._admit(Ability.PROFILE_VIEW, "")
        with self._vault.database.reader() as reader:
            return store.every(reader, self._vault.session)

    def get(self, who: str) -> Group:
        """A group by its id or name. Raises GroupMissing."""
        found = self.all()
        wanted = name_key(who)
        for group in found:
            if who == group.id or wanted == name_key(group.name):
                return group
        near = difflib.get_close_matches(who.strip(), [group.name for group in found], n=1)
        raise GroupMissing(
            say("There is no group called {name}.", name=echoed(who)),
            say("Did you mean {near}?", near=near[0])
            if near
            else say("A group is made when a profile is put into it."),
        )

    def rename(self, who: str, name: str) -> Group:
        """Another name. Raises GroupMissing, GroupNameTaken, NameWrong, Refused."""
        label = _clean(name)
        group = self.get(who)

        def work(tx: Tx) -> None:
            if store.owner_of_name(tx, name_key(label)) not in (None, group.id):
                raise GroupNameTaken(
                    say("Another group is called {name}.", name=label), say("Choose another name.")
                )
            store.rename(tx, group.id, label)
            self._touch_members(tx, group.id)

        return self._write(group, work)

    def recolour(self, who: str, colour: str) -> Group:
        """Another colour, as #RRGGBB; empty for none. Raises GroupMissing, ValueWrong, Refused."""
        chosen = clean_colour(colour) if colour else ""
        group = self.get(who)
        return self._write(group, lambda tx: store.recolour(tx, group.id, chosen))

    def reorder(self, ids: Sequence[str]) -> tuple[Group, ...]:
        """Puts groups into this order; those not named follow in the order they had. Raises GroupMissing."""
        named = [self.get(one).id for one in dict.fromkeys(ids)]
        pass_ = self._admit(Ability.PROFILE_EDIT, "groups")

        def work(tx: Tx) -> None:
            store.place(tx, named)
            tx.touch(GROUP)

        self._vault.database.write(pass_, work)
        return self.all()

    def remove(self, who: str) -> Group:
        """Dissolves a group; its profiles stay and belong to none. Raises GroupMissing, Refused.

        Only for who sees every profile: to others, those of the group would vanish.
        """
        group = self.get(who)
        if not isinstance(self._vault.session.grants, All):
            raise group_not_granted("")

        def work(tx: Tx) -> None:
            self._touch_members(tx, group.id)
            store.remove(tx, group.id)

        self._write(group, work)
        return group

    def _write(self, group: Group, work: Callable[[Tx], None]) -> Group:
        def whole(tx: Tx) -> Group:
            work(tx)
            tx.touch(GROUP, group.id)
            return next((one for one in store.every(tx, self._vault.session) if one.id == group.id), group)

        return self._vault.database.write(self._admit(Ability.PROFILE_EDIT, group.id), whole)

    def _touch_members(self, tx: Tx, group: GroupId) -> None:
        if found := store.members(tx, group):
            tx.touch(PROFILE, *found)

    def _admit(self, ability: Ability, subject: str) -> Pass:
        return self._vault.gate.admit(self._vault.session, Act(ability, subject))


def _clean(name: str) -> str:
    label = clean_label(name)
    if not label:
        raise NameWrong(say("The name is empty."), say("Write the group's new name."))
    return label
