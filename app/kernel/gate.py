"""The gate: every act is judged by rules before it happens, and only a Pass lets it through."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from app.kernel.changes import All
from app.kernel.errors import RefusedProblem
from app.kernel.ids import OperatorId
from app.kernel.text import Text, say


class Ability(StrEnum):
    """What an operator may be allowed to do; roles are sets of these."""

    PROFILE_VIEW = "profile.view"
    PROFILE_EDIT = "profile.edit"
    PROFILE_DELETE = "profile.delete"
    PROFILE_PURGE = "profile.purge"
    WINDOW_OPEN = "window.open"
    WINDOW_OVERRIDE = "window.override"
    WINDOW_SCRIPT = "window.script"
    WINDOW_PICTURE = "window.picture"
    WINDOW_EXIT = "window.exit"
    COOKIE_EXPORT = "cookie.export"
    COOKIE_EDIT = "cookie.edit"
    PROXY_VIEW = "proxy.view"
    PROXY_EDIT = "proxy.edit"
    CREDENTIAL_VIEW = "credential.view"
    CREDENTIAL_EDIT = "credential.edit"
    SECRET_REVEAL = "secret.reveal"  # noqa: S105 - the name of a right
    SETTING_EDIT = "setting.edit"
    VAULT_CHECK = "vault.check"


@dataclass(frozen=True, slots=True)
class Session:
    """A person who unlocked the vault, and what that person may do now.

    `grants` are the ids of profiles and groups the person sees; `via` is the face's name.
    """

    operator: OperatorId
    name: str
    abilities: frozenset[Ability]
    grants: frozenset[str] | All
    via: str


@dataclass(frozen=True, slots=True)
class Act:
    """One thing somebody is about to do: which ability, to what, with which text, how many at once."""

    ability: Ability
    subject: str
    text: str | None = None
    count: int = 1


class Answer(StrEnum):
    """How a rule judges an act, from mildest to hardest."""

    ALLOW = "allow"
    RECORD = "record"
    REASON = "reason"
    APPROVAL = "approval"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A rule's answer and, where it is not a plain yes, the sentence for the person."""

    answer: Answer
    text: Text | None = None


class Rule(Protocol):
    """Judges acts; rooms hand theirs to the gate."""

    def judge(self, session: Session, act: Act) -> Verdict:
        """What this rule says of the act."""


@dataclass(frozen=True, slots=True)
class Pass:
    """Proof that the gate admitted an act; a write asks for it and records it. Only `Gate` makes one."""

    session: Session
    act: Act
    reason: str | None = None
    approval: str | None = None


class Refused(RefusedProblem):
    """The gate did not admit an act; `needs` says what would change that (reason, approval, or nothing)."""

    def __init__(self, text: Text, next_step: Text, needs: Answer) -> None:
        super().__init__(text, next_step)
        self.needs = needs


_ORDER = list(Answer)


class Gate:
    """Asks every rule and follows the hardest answer."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = tuple(rules)

    def admit(
        self, session: Session, act: Act, *, reason: str | None = None, approval: str | None = None
    ) -> Pass:
        """A Pass for the act.

        Raises Refused with what is missing: a reason, an approval, or nothing that would help.
        """
        verdict = self._hardest(session, act)
        held = {Answer.REASON: bool(reason and reason.strip()), Answer.APPROVAL: bool(approval)}
        if verdict.answer in (Answer.ALLOW, Answer.RECORD) or held.get(verdict.answer, False):
            return Pass(session, act, reason, approval)
        raise Refused(
            verdict.text or say("You may not do this here."), _NEXT_STEPS[verdict.answer], verdict.answer
        )

    def _hardest(self, session: Session, act: Act) -> Verdict:
        verdicts = [rule.judge(session, act) for rule in self._rules]
        return max(verdicts, key=lambda v: _ORDER.index(v.answer), default=Verdict(Answer.BLOCK))


class AbilityRule:
    """Blocks acts the operator has no ability for; the first rule of every gate."""

    def judge(self, session: Session, act: Act) -> Verdict:
        if act.ability in session.abilities:
            return Verdict(Answer.ALLOW)
        return Verdict(
            Answer.BLOCK,
            say("{name} may not do this ({ability}).", name=session.name, ability=act.ability.value),
        )


_NEXT_STEPS = {
    Answer.REASON: say("Say why with --reason and try again."),
    Answer.APPROVAL: say("Ask someone who may approve it."),
    Answer.BLOCK: say("Ask the owner of this vault to allow it."),
}
