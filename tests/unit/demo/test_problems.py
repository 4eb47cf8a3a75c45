"""A tour that fails says why and what to do."""

from __future__ import annotations

from app.demo.problems import TourFailed
from app.kernel.errors import ExitCode
from app.kernel.text import say


def test_a_failed_tour_says_why_and_where_to_look():
    problem = TourFailed(say("The sample store never heard of the run {run}.", run="first"))

    assert problem.text.english() == "The sample store never heard of the run first."
    assert "berth doctor" in problem.next_step.english()
    assert problem.exit_code is ExitCode.FAILED
