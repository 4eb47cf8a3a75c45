"""The window program for each test: offscreen, over a vault of the test's own; failures leave a picture."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QLocale, Qt, qInstallMessageHandler
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.demo.internet import LocalInternet, LocalInternetThread
from app.demo.screen import some_screen
from app.isolation.keeper.client import KeeperClient
from app.kernel.paths import Paths
from app.kernel.secret import Secret
from tests.support.gui import Gui, copy_vault, make_vault, settle
from tests.support.leftovers import left_over

# Before Qt begins; children that want another screen say so.
SCREEN = Path(__file__).resolve().parents[1] / "support" / "offscreen.json"
os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={SCREEN}"
os.environ.pop("QT_SCALE_FACTOR", None)
_known: list[str] = []
PICTURES = Path(__file__).resolve().parents[2] / "build" / "failed-ui"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keeps a picture while the program that failed is still there."""
    report = yield
    used = getattr(item, "funcargs", {}).values()
    gui = next((one for one in used if isinstance(one, Gui) and one.has_begun), None)
    if report.failed and call.when == "call" and gui is not None:
        name = re.sub(r"[^\w.-]+", "-", item.name)[:120]
        gui.picture(PICTURES / f"{name}.png")
        report.sections.append(("Picture", str(PICTURES / f"{name}.png")))
    return report


@pytest.fixture(scope="session")
def qapp(qapp_args: list[str], qapp_cls: type[QApplication]) -> QApplication:
    """The one QApplication, set up as `berth gui` does it."""
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_DontShowIconsInMenus, False)
    QLocale.setDefault(QLocale("en_US"))
    qt = QApplication.instance() or qapp_cls(["berth"])
    assert isinstance(qt, QApplication)
    assert qt.platformName() == "offscreen"
    qt.setApplicationName("Berth")
    qt.setQuitOnLastWindowClosed(False)
    return qt


@pytest.fixture(scope="session")
def net(screen: None) -> Iterator[LocalInternet]:
    """The local internet, for the whole run."""
    with LocalInternetThread() as internet:
        yield internet.net


@pytest.fixture
def street(net: LocalInternet, gui: Gui) -> Iterator[Gui]:
    """The program beside the local internet; at the end every window of a store is closed."""
    gui.work.settings.set("network.echo_urls", net.echo_url)
    yield gui
    keeper = KeeperClient.find(gui.paths)
    if keeper is not None:
        with keeper:
            keeper.close_windows()


@pytest.fixture(scope="session")
def _made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Secret]:
    folder = tmp_path_factory.mktemp("made-gui") / "home"
    return folder, make_vault(folder)


@pytest.fixture(autouse=True)
def _nothing_of_qt_left(qapp: QApplication, expected_log: object) -> Iterator[None]:
    """Fails a test that leaves widgets, timers or threads of Qt behind."""
    yield
    settle()
    found = left_over(qapp)
    told = [one for one in found if one not in _known]
    _known[:] = found  # what one test left is not held against the next
    qapp.clipboard().clear()
    if told:
        pytest.fail("left over in Qt:\n" + "\n".join(told), pytrace=False)


@pytest.fixture
def empty_gui(_nothing_of_qt_left: None, qapp: QApplication, qtbot: QtBot, paths: Paths) -> Iterator[Gui]:
    """The program that has not begun, without a vault."""
    hook, handler = sys.excepthook, qInstallMessageHandler(None)
    qInstallMessageHandler(handler)
    made = Gui(qapp, qtbot, paths)
    yield made
    made.end()
    # The program gives the hooks back to Python; here they belong to pytest-qt.
    sys.excepthook = hook
    qInstallMessageHandler(handler)
    settle()
    if made.flashed:
        pytest.fail("shown as windows of their own for a moment:\n" + "\n".join(made.flashed), pytrace=False)


@pytest.fixture
def with_vault(paths: Paths, _made: tuple[Path, Secret]) -> Paths:
    """A data folder with the vault of `gui`, for programs in processes of their own."""
    copy_vault(_made[0], paths)
    return paths


@pytest.fixture
def recovery_code(_made: tuple[Path, Secret]) -> Secret:
    """The recovery code of the vault of `gui`."""
    return _made[1]


@pytest.fixture
def locked(empty_gui: Gui, _made: tuple[Path, Secret]) -> Gui:
    """The program at its lock screen."""
    copy_vault(_made[0], empty_gui.paths)
    empty_gui.begin()
    return empty_gui


@pytest.fixture
def gui(locked: Gui) -> Gui:
    """The program, unlocked: the stores page without a store."""
    locked.unlock()
    return locked


@pytest.fixture(scope="session")
def screen() -> Iterator[None]:
    """A screen for browsers, for the whole run."""
    with some_screen(always_virtual=True):
        yield
