"""The gate follows the hardest answer of all rules."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from app.kernel.changes import ALL
from app.kernel.errors import ExitCode
from app.kernel.gate import Ability, AbilityRule, Act, Answer, Gate, Refused, Session, Verdict
from app.kernel.ids import OperatorId
from app.kernel.text import say

ACT = Act(Ability.SECRET_REVEAL, "credential:1")
SESSION = Session(OperatorId("o"), "Anna", frozenset({Ability.SECRET_REVEAL}), ALL, "cli")


@dataclass(frozen=True)
class Says:
    answer: Answer

    def judge(self, session: Session, act: Act) -> Verdict:
        return Verdict(self.answer, say("Rule says {answer}.", answer=self.answer.value))


@pytest.mark.parametrize("answer", [Answer.ALLOW, Answer.RECORD])
def test_mild_answers_let_the_act_through(answer: Answer):
    passed = Gate([Says(answer)]).admit(SESSION, ACT)

    assert (passed.session, passed.act, passed.reason) == (SESSION, ACT, None)


@pytest.mark.parametrize("reason", [None, "", "  \n"])
def test_where_a_reason_is_wanted_nothing_else_will_do(reason: str | None):
    with pytest.raises(Refused) as refused:
        Gate([Says(Answer.REASON)]).admit(SESSION, ACT, reason=reason, approval="boss")

    assert refused.value.needs is Answer.REASON
    assert refused.value.exit_code is ExitCode.REFUSED
    assert "--reason" in str(refused.value)


def test_a_reason_is_kept_in_the_pass():
    passed = Gate([Says(Answer.REASON)]).admit(SESSION, ACT, reason="customer asked")

    assert passed.reason == "customer asked"


def test_a_reason_does_not_stand_for_an_approval():
    with pytest.raises(Refused) as refused:
        Gate([Says(Answer.APPROVAL)]).admit(SESSION, ACT, reason="please")

    assert refused.value.needs is Answer.APPROVAL
    assert Gate([Says(Answer.APPROVAL)]).admit(SESSION, ACT, approval="boss").approval == "boss"


def test_nothing_helps_against_a_block():
    with pytest.raises(Refused) as refused:
        Gate([Says(Answer.BLOCK)]).admit(SESSION, ACT, reason="please", approval="boss")

    assert refused.value.needs is Answer.BLOCK


@pytest.mark.parametrize("harder", range(1, len(Answer)))
def test_the_hardest_answer_wins_in_any_order_of_rules(harder: int):
    mild, hard = list(Answer)[harder - 1], list(Answer)[harder]

    for rules in ([Says(mild), Says(hard)], [Says(hard), Says(mild)]):
        assert Gate(rules)._hardest(SESSION, ACT).answer is hard


def test_a_gate_without_rules_is_shut():
    with pytest.raises(Refused, match="You may not do this here"):
        Gate([]).admit(SESSION, ACT)


def test_an_operator_without_the_ability_is_blocked_by_name():
    with pytest.raises(Refused, match=r"Anna may not do this \(profile.purge\)"):
        Gate([AbilityRule()]).admit(SESSION, Act(Ability.PROFILE_PURGE, "profile:1"))


def test_an_operator_with_the_ability_is_let_through():
    assert Gate([AbilityRule()]).admit(SESSION, ACT).act is ACT
