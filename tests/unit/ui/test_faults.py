"""Each way in which a check of a proxy can fail has its words and its next steps."""

from __future__ import annotations

import pytest

from app.isolation.network import errors
from app.isolation.network.errors import ProxyProblem
from app.isolation.proxies import CheckProblem
from app.kernel.text import say
from app.ui.pages.proxies.faults import FAULTS, fault_of

# Berth's own refusal of a private address: a probe's page is chosen by the user, so it never meets it.
NOT_OF_A_PROBE = {"target-refused"}


def of(kind: str) -> CheckProblem:
    return CheckProblem(kind, say("It went wrong."), say("Try again."))


def test_every_problem_of_the_network_is_in_the_table():
    kinds = {
        one(say("x"), say("y")).id
        for one in vars(errors).values()
        if isinstance(one, type) and issubclass(one, ProxyProblem) and one is not ProxyProblem
    }

    assert kinds - NOT_OF_A_PROBE == set(FAULTS)


@pytest.mark.parametrize("kind", FAULTS)
def test_each_has_words_of_its_own_and_two_steps_that_are_sentences(kind: str):
    fault = fault_of(of(kind))

    assert [one for one in FAULTS if FAULTS[one].words == fault.words] == [kind]
    assert len(fault.words.english()) <= 24  # it stands in a badge
    assert len(fault.steps) == 2
    assert all(step.english().endswith(".") for step in fault.steps)


def test_one_that_is_not_in_the_table_keeps_its_own_next_step():
    fault = fault_of(of("quite-new"))

    assert fault.words.english() == "Check failed"
    assert [step.english() for step in fault.steps] == ["Try again."]
