"""Each thing of Qt's that must fail a test of the window program does fail one."""

from __future__ import annotations

import pytest

from tests.support.inside import outcomes_of

FAILING = {
    "a warning of Qt": (
        """
        from PySide6.QtCore import qWarning
        def test_it(qapp):
            qWarning("odd widget")
        """,
        "odd widget",
    ),
    "a warning of Qt while the program runs": (
        """
        from PySide6.QtCore import qWarning
        def test_it(locked):
            qWarning("odd widget")
        """,
        "unexpected WARNING from berth.gui.qt: default: odd widget",
    ),
    "an exception in a slot": (
        """
        from PySide6.QtCore import QTimer
        def boom():
            raise ValueError("in a slot")
        def test_it(qapp, qtbot):
            with qtbot.waitSignal(qapp.aboutToQuit, timeout=50, raising=False):
                QTimer.singleShot(0, boom)
        """,
        "ValueError: in a slot",
    ),
    "an exception in a slot while the program runs": (
        """
        from PySide6.QtCore import QTimer
        def boom():
            raise ValueError("in a slot")
        def test_it(locked):
            QTimer.singleShot(0, boom)
            locked.until_says("Something in Berth went wrong")
        """,
        "unexpected ERROR from berth.gui",
    ),
    "a bug in a job": (
        """
        def test_it(locked):
            locked.app.jobs.call(lambda: 1 / 0, owner=locked.app)
            locked.until_says("Something in Berth went wrong")
        """,
        "unexpected ERROR from berth.jobs",
    ),
    "a widget left over": (
        """
        from PySide6.QtWidgets import QWidget
        LEFT = []
        def test_it(qapp):
            LEFT.append(QWidget())
            LEFT[0].setObjectName("forgotten")
        """,
        "QWidget forgotten",
    ),
    "a part that flashes as a window of its own": (
        """
        from PySide6.QtWidgets import QLabel
        def test_it(locked):
            label = QLabel("flash")
            label.setVisible(True)
            label.setParent(locked.window)
        """,
        "shown as windows of their own for a moment:\nQLabel  ['flash']",
    ),
    "a running timer left over": (
        """
        from PySide6.QtCore import QTimer
        LEFT = []
        def test_it(qapp):
            LEFT.append(QTimer())
            LEFT[0].start(1_000_000)
        """,
        "QTimer (no name)",
    ),
    "a thread of Qt left over": (
        """
        from PySide6.QtCore import QThread
        LEFT = []
        def test_it(qapp):
            LEFT.append(QThread())
            LEFT[0].start()
        def test_other(qapp):
            pass
        def teardown_module():
            LEFT[0].quit()
            LEFT[0].wait()
        """,
        "QThread (no name)",
    ),
    "a process of Qt left over": (
        """
        from PySide6.QtCore import QProcess
        LEFT = []
        def test_it(qapp):
            LEFT.append(QProcess())
            LEFT[0].start("sleep", ["63"])
        def teardown_module():
            LEFT[0].kill()
            LEFT[0].waitForFinished()
        """,
        "QProcess (no name)",
    ),
    "a model that breaks Qt's rules": (
        """
        from PySide6.QtCore import QAbstractListModel
        class Wrong(QAbstractListModel):
            def rowCount(self, parent=None):
                return -1
            def data(self, index, role=0):
                return None
        def test_it(qapp, qtmodeltester):
            qtmodeltester.check(Wrong())
        """,
        "Qt modeltester errors",
    ),
}
BEHAVED = """
    def test_it(gui):
        gui.make("Anna")
        assert gui.names() == ["Anna"]
    """


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the project's own configuration makes of each test file: "" for a pass, else what was told."""
    sources = {name: source for name, (source, _) in FAILING.items()} | {"behaved": BEHAVED}
    return outcomes_of(
        tmp_path_factory.mktemp("inside-ui"), sources, "-p", "tests.conftest", "-p", "tests.ui.conftest"
    )


@pytest.mark.parametrize("name", FAILING)
def test_a_test_fails_that_leaves(outcomes: dict[str, str], name: str):
    expected = FAILING[name][1]

    told = outcomes[name]

    assert expected in told


def test_a_test_of_the_program_that_behaves_passes(outcomes: dict[str, str]):
    assert outcomes["behaved"] == ""
