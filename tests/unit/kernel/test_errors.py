"""Expected errors carry a sentence, a next step, a name for machines and an exit code."""

from __future__ import annotations

import errno

import pytest

from app.kernel.errors import (
    ExitCode,
    FolderNotWritable,
    LockedProblem,
    NotFoundProblem,
    Problem,
    RefusedProblem,
    StorageFull,
    UsageProblem,
    storage_problem,
)
from app.kernel.text import say


class ProxyRefusedUs(Problem):
    """For these tests."""


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (Problem, ExitCode.FAILED),
        (UsageProblem, ExitCode.USAGE),
        (LockedProblem, ExitCode.LOCKED),
        (NotFoundProblem, ExitCode.NOT_FOUND),
        (RefusedProblem, ExitCode.REFUSED),
    ],
)
def test_each_kind_of_problem_has_its_exit_code(kind: type[Problem], code: ExitCode):
    assert kind(say("No."), say("Yes.")).exit_code is code


def test_the_exit_codes_are_the_contract():
    assert [(code.name, code.value) for code in ExitCode] == [
        ("DONE", 0),
        ("FAILED", 1),
        ("USAGE", 2),
        ("LOCKED", 3),
        ("NOT_FOUND", 4),
        ("REFUSED", 5),
    ]


def test_machines_get_a_name_a_sentence_and_facts():
    problem = ProxyRefusedUs(say("{host} refused.", host="a.test"), say("Check the password."))

    assert problem.as_json() == {
        "error": "proxy-refused-us",
        "message": "a.test refused.",
        "next_step": "Check the password.",
        "facts": {"host": "a.test"},
        "exit_code": 1,
    }
    assert str(problem) == "a.test refused. Check the password."


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_called_so(code: int):
    problem = storage_problem(OSError(code, "full"), "/data")

    assert isinstance(problem, StorageFull)
    assert "/data" in str(problem)


def test_another_refusal_of_the_system_names_folder_and_reason():
    problem = storage_problem(PermissionError(errno.EACCES, "Permission denied"), "/data")

    assert isinstance(problem, FolderNotWritable)
    assert "/data: Permission denied" in str(problem)
    assert "refused" in str(storage_problem(OSError(), "/data"))
