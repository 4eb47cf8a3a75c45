"""Each condition that must fail a test does fail one, and a test that behaves passes."""

from __future__ import annotations

import psutil
import pytest

from tests.support.inside import outcomes_of

FAILING = {
    "an unexpected warning in the log": (
        """
        import logging
        def test_it():
            logging.getLogger("berth.x").warning("disk is odd")
        """,
        "unexpected WARNING from berth.x: disk is odd",
    ),
    "an expected log that never came": (
        """
        def test_it(expected_log):
            expected_log("berth.x", "odd")
        """,
        "expected a warning of berth.x with 'odd', none came",
    ),
    "a lost exception of an asyncio task": (
        """
        import asyncio, gc
        async def boom():
            raise ValueError("lost")
        async def test_it():
            asyncio.get_running_loop().create_task(boom())
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            gc.collect()
        """,
        "Task exception was never retrieved",
    ),
    "a Python warning": (
        """
        import warnings
        def test_it():
            warnings.warn("old", DeprecationWarning)
        """,
        "DeprecationWarning: old",
    ),
    "a file that was not closed": (
        """
        import gc
        def test_it(tmp_path):
            (tmp_path / "a").write_text("a")
            open(tmp_path / "a")
            gc.collect()
        """,
        "ResourceWarning",
    ),
    "an exception in a thread": (
        """
        import threading
        def boom():
            raise ValueError("in a thread")
        def test_it():
            thread = threading.Thread(target=boom)
            thread.start()
            thread.join()
        """,
        "ValueError: in a thread",
    ),
    "a thread left behind": (
        """
        import threading
        def test_it():
            threading.Thread(target=threading.Event().wait, name="forgotten", daemon=True).start()
        """,
        "thread forgotten",
    ),
    "a child process left behind": (
        """
        import subprocess
        CHILDREN = []
        def test_it():
            CHILDREN.append(subprocess.Popen(["sleep", "61"]))
        """,
        "sleep 61",
    ),
    "a detached process left behind": (
        """
        import subprocess
        def test_it():
            subprocess.run(["sh", "-c", "setsid sleep 62 >/dev/null 2>&1 &"], check=True)
        """,
        "sleep 62",
    ),
    "an unexpected pass": (
        """
        import pytest
        @pytest.mark.xfail(reason="known")
        def test_it():
            pass
        """,
        "XPASS(strict)",
    ),
    "an unknown marker": (
        """
        import pytest
        @pytest.mark.lnog
        def test_it():
            pass
        """,
        "'lnog' not found in `markers`",
    ),
}


BEHAVED = """
    import logging, subprocess, threading
    def test_it(expected_log):
        expected_log("berth", "disk")
        thread = threading.Thread(target=lambda: None)
        thread.start()
        subprocess.run(["true"], check=True)
        logging.getLogger("berth.x").warning("disk is odd")
        logging.getLogger("berth.x").info("fine")
    """


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the project's own configuration makes of each test file: "" for a pass, else what was told."""
    sources = {name: source for name, (source, _) in FAILING.items()} | {"behaved": BEHAVED}
    return outcomes_of(
        tmp_path_factory.mktemp("inside"),
        sources,
        "-p",
        "tests.support.failing",
        "--continue-on-collection-errors",
    )


@pytest.mark.parametrize("name", FAILING)
def test_a_test_fails_that_leaves(outcomes: dict[str, str], name: str):
    expected = FAILING[name][1]

    told = outcomes[name]

    assert expected in told


def test_a_test_that_behaves_passes(outcomes: dict[str, str]):
    assert outcomes["behaved"] == ""


def test_processes_that_were_left_are_ended(outcomes: dict[str, str]):
    assert outcomes
    assert _running_sleeps() == []


def test_tests_run_in_random_order(pytestconfig: pytest.Config):
    assert pytestconfig.pluginmanager.has_plugin("randomly")
    assert pytestconfig.getoption("randomly_reorganize")


def _running_sleeps() -> list[str]:
    found = []
    for process in psutil.process_iter(["cmdline"]):
        line = process.info["cmdline"] or []
        if line[:1] == ["sleep"] and line[1:] in (["61"], ["62"]):
            found.append(" ".join(line))
    return found
